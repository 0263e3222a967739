"""A score compared between two arms whose people are made alike by weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.result import Fit, Row
from outcomes.frames.sample import as_names, read_numbers, read_sample, require_level, take, tell_zero_one
from outcomes.methods import weights
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.models.characteristics import Characteristic
from outcomes.models.covariates import code_column, is_number, levels_of
from outcomes.models.main import FEW
from outcomes.questions.balance.propensity import MANY, fill, judge_overlap
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.methods.weights import Target

FOR_WHOM: dict[str, str] = {
    "overlap": "those for whom both arms were likely",
    "ate": "everybody",
    "att": "people like those in the first arm",
    "atc": "people like those in the reference",
}


@in_one_thread()
def weighted(
    data: Any,
    *,
    score: str,
    covariates: str | Sequence[str],
    arm: str = "arm",
    reference: Any = None,
    target: Target = "overlap",
    doubly_robust: str | Sequence[str] = (),
    cluster: str | None = None,
    client: str | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare a score between two arms made alike by weights from a propensity model.

    The model is fitted to everybody whose arm is known. A covariate that is not recorded of somebody counts as a kind
    of its own, so that nobody is left out for it.

    Parameters
    ----------
    data : frame
        One row a person, whether or not the score was seen.
    score, arm, reference, cluster, client, level
        As in `ancova`.
    covariates : sequence of str
        Columns of what is known at the start.
    target : str
        For whom: "overlap", "ate" (everybody), "att" (the first arm), "atc" (the reference).
    doubly_robust : sequence of str
        Columns that the score is regressed on as well, in each arm.

    Returns
    -------
    Fit
        Jackknife standard error, the propensity model fitted again each time; beyond 2,000 people by stacked
        estimating equations. `contrasts("effective")`: effective sample sizes.

    Raises
    ------
    FrameError
        Of what cannot be meant.
    NotEstimableError
        Where the people of the arms cannot be compared.

    Examples
    --------
    >>> people = outcomes.read_study(outcomes.example()).frame("clients")
    >>> outcomes.weighted(people, score="dts_end", covariates=["age", "gender", "dts_start"]).how.weights
    'overlap'
    """
    level = require_level(level)
    if target not in FOR_WHOM:
        raise FrameError("target", f"one of: {', '.join(FOR_WHOM)}")
    sample = read_sample(data, None, score=None, arm=arm, reference=reference, client=client)
    frame = sample.frame[sample.used].reset_index(drop=True)
    names = as_names(covariates, "covariates")
    full, scores = sample.full[sample.used], read_numbers(frame, score)
    known = [_characteristic(take(frame, name), name) for name in names]
    labels, robust = sample.clusters(cluster), as_names(doubly_robust, "doubly_robust")
    own = [_characteristic(take(frame, name), name) for name in robust]
    fitted = _compare(scores, full, known, own, target=target, labels=labels)
    seen = ~np.isnan(scores)
    unseen = {"no score": int((~seen).sum())} if (~seen).any() else {}
    gaps = [one.name for one in known if not one.known.all()]
    few = labels is not None and len(np.unique(labels)) < FEW_CLUSTERS
    fit = Fit(
        call="weighted",
        title=f"difference for {FOR_WHOM[target]}{', doubly robust' if robust else ''}",
        rows=(Row.of(fitted.contrast, term="arm", compared=sample.compared, level=level),),
        level=level,
        scale="difference",
        n=int(seen.sum()),
        arms={sample.arms[0]: int((seen & full).sum()), sample.arms[1]: int((seen & ~full).sum())},
        dropped={**sample.dropped, **unseen},
        how=How(
            estimator="doubly_robust" if robust else "weighted_means",
            inference="influence" if len(full) > MANY else "jackknife",
            adjusted=names,
            clusters=cluster or "",
            weights=target,
        ),
        method=_say(names, robust, cluster, is_jackknife=len(full) <= MANY),
        notes=(
            *tell_zero_one(scores[seen]),
            *((f"Not recorded of everybody, and so kinds of their own: {', '.join(gaps)}.",) if gaps else ()),
            *sample.tell_alone(cluster),
            *(FEW if few else ()),
        ),
        model=fitted,
    )
    pairs = zip(sample.arms, (fitted.effective_full, fitted.effective_skills), strict=True)
    rows = tuple(Row(term="effective sample size", contrast=name, estimate=size) for name, size in pairs)
    effective = fit.other(rows=rows, scale="number", title="effective sample sizes of those seen, (Σw)²/Σw²")
    return replace(fit, offers={"effective": lambda: effective})


def _compare(
    scores: NDArray[np.float64],
    full: NDArray[np.bool_],
    known: list[Characteristic],
    own: list[Characteristic],
    *,
    target: Target,
    labels: NDArray[np.intp] | None,
) -> weights.WeightedFit:
    """Compare by weights from what is known; where the score has regressors of its own, doubly robust."""
    propensity, comparable, why = judge_overlap(full, tuple(known))
    if propensity is None or not comparable:
        raise why or NotEstimableError("The propensity model could not be fitted.")
    without = None if len(full) > MANY else weights.leave_out(propensity, clusters=labels)
    asked: dict[str, Any] = {
        "scores": scores,
        "propensity": propensity,
        "target": target,
        "clusters": labels,
        "without": without,
    }
    if not own:
        return weights.fit_weighted_difference(**asked)
    return weights.fit_augmented_difference(regressors=fill(own)[0], normalised=True, **asked)


def _characteristic(column: pd.Series, name: str) -> Characteristic:
    """Give a column as what is known of people at the start."""
    columns, names = code_column(column, name)
    levels = None if is_number(column) else levels_of(column)
    gap = column.isna().to_numpy()
    values = columns[:, 0] if levels is None else np.where(gap, np.nan, 0.0)
    return Characteristic(
        name=name, label=name, unit="number", values=values, levels=levels, columns=columns, names=names
    )


def _say(names: tuple[str, ...], robust: tuple[str, ...], cluster: str | None, *, is_jackknife: bool) -> str:
    model = f"weighted by a logistic propensity model on {', '.join(names)}"
    what = cluster or "person"
    spread = (
        f"jackknife standard error, all of it fitted again without each {what}"
        if is_jackknife
        else f"standard error by stacked estimating equations, summed by {what}"
    )
    if robust:
        return f"least squares on {', '.join(robust)} in each arm, plus what is left, {model}; {spread}"
    return f"difference of means, {model}; {spread}"
