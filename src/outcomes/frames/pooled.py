"""Published effects pooled: random effects by REML, the interval of Knapp and Hartung."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.result import Fit, Row
from outcomes.frames.sample import drop, read_numbers, require_level, take, to_pandas
from outcomes.methods.meta_analysis import MetaAnalysisFit, fit_meta_analysis
from outcomes.results.how import How


@in_one_thread()
def meta(
    data: Any,
    *,
    effect: str,
    se: str | None = None,
    variance: str | None = None,
    study: str | None = None,
    logarithm: bool = False,
    level: float = 0.95,
) -> Fit:
    """Pool the effects of independent studies.

    Parameters
    ----------
    data : frame
        One row a study.
    effect : str
        Column of effects; of ratios their logarithms.
    se, variance : str
        Column of standard errors, or of sampling variances: one of the two.
    study : str, optional
        Column of names: a study that stands twice is refused, since its effects are not independent.
    logarithm : bool
        Whether the effects are logarithms of ratios, so that ratios are printed.
    level : float
        Confidence level [share].

    Returns
    -------
    Fit
        The mean effect and the prediction interval. `contrasts("heterogeneity")`: τ², I², H² and Q.

    Raises
    ------
    FrameError
        Of what cannot be meant.
    NotEstimableError
        With fewer than two studies.

    Examples
    --------
    >>> import pandas as pd
    >>> studies = pd.DataFrame({"effect": [0.2, 0.5, 0.4], "se": [0.1, 0.2, 0.15]})
    >>> round(outcomes.meta(studies, effect="effect", se="se").estimate, 3)
    0.316
    """
    level = require_level(level)
    frame = to_pandas(data)
    if (se is None) == (variance is None):
        raise FrameError("meta", "give either the standard errors or the variances: se=… or variance=…")
    effects = read_numbers(frame, effect)
    spread = read_numbers(frame, se) ** 2 if se is not None else read_numbers(frame, str(variance))
    used, dropped = drop({"no effect": np.isnan(effects), "no standard error": np.isnan(spread)})
    if study is not None and take(frame, study)[used].duplicated().any():
        raise FrameError("data", f"a study (the column {study}) stands twice: its effects are not independent")
    fitted = fit_meta_analysis(effects=effects[used], variances=spread[used], level=level)
    limits = (fitted.prediction_low, fitted.prediction_high)
    mean = Row(
        term="mean",
        contrast="pooled effect",
        estimate=fitted.value,
        se=fitted.se,
        df=fitted.df,
        p_value=fitted.p_value,
        low=fitted.low,
        high=fitted.high,
    )
    prediction = Row(
        term="prediction",
        contrast="effect in a new setting",
        estimate=fitted.value,
        df=fitted.df,
        low=limits[0],
        high=limits[1],
    )
    close = ("The effects lie closer together than chance would have it.",) if fitted.scale < 1 else ()
    fit = Fit(
        call="meta",
        title="pooled ratio" if logarithm else "pooled effect",
        rows=tuple(_on_scale(row, logarithm=logarithm) for row in (mean, prediction)),
        level=level,
        scale="ratio" if logarithm else "difference",
        n=fitted.k,
        dropped=dropped,
        how=How(estimator="random_effects", inference="knapp_hartung"),
        method="random effects, REML, interval of Knapp and Hartung, t on studies minus one",
        notes=close,
        model=fitted,
    )
    return replace(fit, offers={"heterogeneity": lambda: _heterogeneity(fit, fitted)})


def _on_scale(row: Row, *, logarithm: bool) -> Row:
    if not logarithm or row.low is None or row.high is None:
        return row
    return replace(row, estimate=math.exp(row.estimate), low=math.exp(row.low), high=math.exp(row.high))


def _heterogeneity(fit: Fit, fitted: MetaAnalysisFit) -> Fit:
    rows = (
        Row(term="tau²", contrast="", estimate=fitted.tau2, low=fitted.tau2_low, high=fitted.tau2_high),
        Row(term="I²", contrast="", estimate=fitted.i2),
        Row(term="H²", contrast="", estimate=fitted.h2),
        Row(term="Q", contrast="", estimate=fitted.q, df=fitted.df, p_value=fitted.q_p_value),
    )
    return fit.other(rows=rows, scale="number", title="spread between studies", how=How(estimator="reml"))
