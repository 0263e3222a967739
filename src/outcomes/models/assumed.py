"""What is told of counts, events and yes/no under an assumption about those who were lost: words, fields, estimates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.models.completed import BASE, WORSE
from outcomes.models.contract import OF_THE_LOGARITHM, estimate_points, estimate_ratio, to_interval
from outcomes.models.grouping import read_grouping
from outcomes.results.how import How

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.methods.pooling import PooledFit
    from outcomes.models.completed import Array, Lost
    from outcomes.results.outcome import Estimate
    from outcomes.results.planned import Planned

ASSUMED: Mapping[str, str] = {
    "mar": "if those lost went on as similar people of their programme did",
    "jump_to_reference": "if those lost went on as people of the reference programme",
    "copy_reference": "if those lost had been as people of the reference programme all along",
    "twice_full": f"if those lost from {{full}} did {WORSE:g} times worse than that",
    "twice_skills": f"if those lost from {{skills}} did {WORSE:g} times worse than that",
}
POOLED = "compared as in the main comparison, pooled by Rubin's rules with Barnard and Rubin's df"
ERROR = "Monte-Carlo error of {}: {:.3g}, over {} completed data sets."


def estimate_assumed_ratio(
    lost: Lost, planned: Planned, pooled: PooledFit, way: str, *, seen: Array, of: str
) -> Estimate:
    """Estimate a ratio of completed counts.

    Parameters
    ----------
    lost : Lost
    planned : Planned
    pooled : PooledFit
    way : str
    seen : ndarray, shape (n,)
        What was seen of each, nan where nothing was: people with any and with none are the cells.
    of : str
        What was drawn, and from what, in words.
    """
    return estimate_ratio(
        replace(planned, counts=lost.people.counts()),
        pooled.contrast,
        level=lost.cohort.plan.confidence.level,
        cells=_count_cells(lost, seen),
        method=f"{BASE[way]}; {of}; {POOLED}",
        how=_mark(lost, "imputed_negative_binomial"),
        notes=(OF_THE_LOGARITHM, _say_error(pooled, "the logarithm")),
    )


def estimate_assumed_difference(
    lost: Lost, planned: Planned, pooled: PooledFit, way: str, *, seen: Array, of: str
) -> Estimate:
    """Estimate a difference of shares with those not seen drawn, with limits no further out than shares can differ."""
    found = estimate_points(
        replace(planned, counts=lost.people.counts()),
        pooled.contrast,
        level=lost.cohort.plan.confidence.level,
        method=f"{BASE[way]}; {of}; {POOLED}",
        how=_mark(lost, "imputed_logistic"),
        notes=(_say_error(pooled, "the difference"),),
    )
    low, high = found.limits or (-1.0, 1.0)
    interval = to_interval(lost.cohort.plan.confidence.level, (max(low, -1.0), min(high, 1.0)))
    return replace(found, interval=interval, cells=_count_cells(lost, seen))


def _count_cells(lost: Lost, seen: Array) -> tuple[int, ...]:
    sides = (lost.used & (seen > 0), lost.used & (seen == 0))
    return tuple(int((side & (lost.cohort.full == arm)).sum()) for arm in (True, False) for side in sides)


def _mark(lost: Lost, estimator: str) -> How:
    grouping = read_grouping(lost.cohort, lost.used)
    is_count = estimator == "imputed_negative_binomial"
    how = How(
        estimator=estimator,
        inference="rubin",
        covariance="cr2" if grouping.column else "hc3" if is_count else "model",
        adjusted=lost.adjusted,
        draws=lost.draws,
    )
    return grouping.mark(how)


def _say_error(pooled: PooledFit, of: str) -> str:
    return ERROR.format(of, pooled.monte_carlo_error, pooled.imputations)
