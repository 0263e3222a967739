"""How long until something happens, compared between two arms: mean time up to a horizon, and hazards."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.result import OF_THE_LOGARITHM, Fit, Row
from outcomes.frames.sample import read_sample, require_level
from outcomes.methods import cox as hazards
from outcomes.methods import survival
from outcomes.methods.least_squares import Contrast
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.frames.sample import Sample


@in_one_thread()
def rmst(
    data: Any,
    *,
    time: str,
    event: str,
    arm: str = "arm",
    reference: Any = None,
    horizon: float | None = None,
    cluster: str | None = None,
    client: str | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare the mean time until something happens, up to a horizon, between two arms (Royston & Parmar 2013).

    Parameters
    ----------
    data : frame
        One row a person.
    time : str
        Column of how long each was followed, not below zero.
    event : str
        Column of 0 and 1: whether it happened then; else it had not happened yet.
    arm, reference, cluster, client, level
        As in `ancova`.
    horizon : float, optional
        Up to when; by default the longest time up to which both arms were followed.

    Returns
    -------
    Fit
        The difference. `contrasts("means")`: the mean time of each arm.

    Raises
    ------
    FrameError
        Of what cannot be meant.
    NotEstimableError
        Where the data cannot answer.

    Examples
    --------
    >>> people = outcomes.read_study(outcomes.example()).frame("clients")
    >>> outcomes.rmst(people, time="weeks", event="left", horizon=24).rows[0].contrast
    'full - skills'
    """
    level = require_level(level)
    sample, times = _read(data, time=time, event=event, arm=arm, reference=reference, covariates=(), client=client)
    used = sample.used
    sides = {name: mine[used] for name, mine in zip(sample.arms, (sample.full, ~sample.full), strict=True)}
    fits = {
        name: survival.fit_kaplan_meier(times=times.at[mine], left=times.happened[mine]) for name, mine in sides.items()
    }
    until = _horizon(list(fits.values()), horizon)
    means = {name: survival.fit_restricted_mean(fit=fit, horizon=until) for name, fit in fits.items()}
    labels = sample.clusters(cluster)
    first, second = means.values()
    if labels is None:
        found, spread = first.minus(second), "Greenwood-type standard errors, normal reference"
    else:
        found = survival.fit_mean_difference(
            times=times.at, left=times.happened, full=sample.full[used], clusters=labels, horizon=until
        )
        spread = f"standard error from influences summed by {cluster}, t on clusters minus one"
    if found.se <= 0:
        raise NotEstimableError("It happened to nobody, so that there is nothing to compare.", "too few")
    fit = Fit(
        call="rmst",
        title=f"difference of the mean times up to {until:g}",
        rows=(_row(found, term="arm", compared=sample.compared, level=level),),
        level=level,
        scale="difference",
        n=int(used.sum()),
        arms=sample.counts,
        dropped=sample.dropped,
        how=How(
            estimator="restricted_mean",
            inference="influence" if cluster else "greenwood",
            covariance="sandwich" if cluster else "",
            clusters=cluster or "",
        ),
        method=f"difference of the areas under Kaplan–Meier up to {until:g}, {spread}, not adjusted",
        notes=sample.tell_alone(cluster),
        model=means,
    )
    rows = tuple(_row(mean, term="mean", compared=name, level=level, is_tested=False) for name, mean in means.items())
    by_arm = fit.other(rows=rows, scale="mean", title=f"mean times up to {until:g}")
    return replace(fit, offers={"means": lambda: by_arm})


def _row(found: survival.RestrictedMean, *, term: str, compared: str, level: float, is_tested: bool = True) -> Row:
    contrast = Contrast(estimate=found.value, se=found.se, df=found.df)
    return Row.of(contrast, term=term, compared=compared, level=level, is_tested=is_tested)


def _horizon(fits: list[survival.KaplanMeierFit], horizon: float | None) -> float:
    """Give up to when: no further than both arms were followed, or everybody's time is known."""
    followed = [math.inf if len(fit.share) and fit.share[-1] <= 0 else fit.last for fit in fits]
    longest = min(followed)
    if horizon is None:
        until = longest if math.isfinite(longest) else min(fit.last for fit in fits)
    else:
        until = float(horizon)
        if until > longest:
            raise FrameError("horizon", f"both arms were followed up to {longest:g}, and no further")
    if not until > 0:
        raise FrameError("horizon", "it must be above zero")
    return until


@in_one_thread()
def cox(
    data: Any,
    *,
    time: str,
    event: str,
    arm: str = "arm",
    reference: Any = None,
    covariates: str | Sequence[str] = (),
    cluster: str | None = None,
    client: str | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare hazards between two arms: the Cox model, ties by Efron.

    Parameters
    ----------
    data, time, event, arm, reference, cluster, client, level
        As in `rmst`.
    covariates : sequence of str
        Columns; texts and categories are coded against their first level.

    Returns
    -------
    Fit
        The hazard ratio. `contrasts("proportional")`: the test whether it stays the same over time.

    Raises
    ------
    FrameError, NotEstimableError
        As `rmst`.

    Examples
    --------
    >>> people = outcomes.read_study(outcomes.example()).frame("clients")
    >>> outcomes.cox(people, time="weeks", event="left", covariates=["age"]).scale
    'ratio'
    """
    level = require_level(level)
    sample, times = _read(
        data, time=time, event=event, arm=arm, reference=reference, covariates=covariates, client=client
    )
    among, full = sample.among(), sample.full[sample.used].astype(float)
    names = ["the arm", *among.names]
    fitted = hazards.fit_cox(
        times=times.at, left=times.happened, design=np.column_stack([full, among.columns]), names=names
    )
    cov, df, spread = fitted.beta_cov, math.inf, "Wald interval of the logarithm"
    labels = sample.clusters(cluster)
    if labels is not None:
        cov, count = fitted.robust_cov(labels)
        df, spread = count - 1.0, f"sandwich standard error by {cluster}, t on clusters minus one, of the logarithm"
    se = math.sqrt(float(cov[0, 0]))
    if se <= 0:
        raise NotEstimableError("The clusters leave no spread to judge the ratio by.")
    by = sample.covariates.sources
    off = [name for name, runs in zip(names, fitted.diverged, strict=True) if runs]
    runs_off = (
        (f"The coefficient of {', '.join(off)} runs to infinity; the ratio is its limit as it does.",) if off else ()
    )
    contrast = Contrast(estimate=float(fitted.beta[0]), se=se, df=df)
    fit = Fit(
        call="cox",
        title="adjusted hazard ratio" if by else "hazard ratio",
        rows=(Row.of(contrast, term="arm", compared=sample.compared, level=level, is_ratio=True),),
        level=level,
        scale="ratio",
        n=len(full),
        arms=sample.counts,
        dropped=sample.dropped,
        how=How(
            estimator="cox",
            inference="wald",
            covariance="sandwich" if cluster else "model",
            adjusted=by,
            clusters=cluster or "",
            infinite=bool(off),
        ),
        method=f"Cox model, ties by Efron, adjusted for {', '.join(by) or 'nothing'}; {spread}",
        notes=(*runs_off, *among.notes, *sample.tell_alone(cluster), OF_THE_LOGARITHM),
        model=fitted,
    )
    return replace(fit, offers={"proportional": lambda: _proportional(fit)})


def _proportional(fit: Fit) -> Fit:
    test = hazards.check_proportionality(fit=fit.model, column=0)
    row = Row(term="proportional hazards", contrast="χ²", estimate=test.chi_squared, df=test.df, p_value=test.p_value)
    how = replace(fit.how, estimator="cox_proportionality", inference="score")
    return fit.other(rows=(row,), scale="number", title="whether the ratio stays the same over time", how=how, notes=())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Times:
    """How long each was followed, and whether it happened then."""

    at: NDArray[np.float64]
    happened: NDArray[np.bool_]


def _read(
    data: Any,
    *,
    time: str,
    event: str,
    arm: str,
    reference: Any,
    covariates: str | Sequence[str],
    client: str | None,
) -> tuple[Sample, _Times]:
    sample = read_sample(
        data,
        None,
        score=None,
        arm=arm,
        reference=reference,
        covariates=covariates,
        needed={time: "time", event: "word whether it happened"},
        client=client,
    )
    sample.require_arms()
    at, happened = sample.numbers(time), sample.numbers(event)
    if (at < 0).any():
        raise FrameError("data", f"the column {time} holds times below zero")
    if not np.isin(happened, (0, 1)).all():
        raise FrameError("data", f"the column {event} holds other values than 0 and 1")
    return sample, _Times(at=at, happened=happened == 1)
