"""How alike the arms are at the start, before and after weighting, and how far they overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.models.contract import People, count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.baseline.analysis import compare_arms
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.characteristics import Characteristic
    from outcomes.questions.balance.propensity import Propensity

ALIKE = 0.1  # standard deviations: Austin (2009)
BINS = 10
OVERLAP = "Share of people whose propensity lies within the range of the other programme's"
COMPARABLE = "Whether the two programmes hold people who can be compared (1 yes, 0 no)"
MODEL = "logistic propensity model by maximum likelihood on {}"


def describe(cohort: Cohort, propensity: Propensity) -> Iterator[Outcome]:
    """Compare each characteristic, count those alike, and draw the propensities of both arms."""
    before = [_compare(one, cohort, propensity) for one in propensity.characteristics]
    after = [_compare(one, cohort, propensity, weighted=True) for one in propensity.characteristics]
    yield from before
    yield from after
    yield from _count_alike(cohort, before, after)
    yield _judge(cohort, propensity)
    yield _share_in_common(cohort, propensity)
    for arm in ARMS:
        yield _draw(cohort, propensity, arm)


def _compare(one: Characteristic, cohort: Cohort, propensity: Propensity, *, weighted: bool = False) -> Outcome:
    when = "after" if weighted else "before"
    result, label = result_id("balance", one.name, when), f"{one.label}, standardised difference {when} weighting"
    if not weighted:
        return compare_arms(one, cohort, weights=None, result=result, label=label)
    if propensity.fit is None:
        people = People(one.known, cohort.full)
        return NotEstimable(id=result, label=label, reason=propensity.reason, **people.counts())
    return compare_arms(one, cohort, weights=propensity.fit.weights("overlap"), result=result, label=label)


def _count_alike(cohort: Cohort, before: Sequence[Outcome], after: Sequence[Outcome]) -> Iterator[Outcome]:
    yield _count(cohort, "compared", "Characteristics compared", before, limit=None)
    yield _count(cohort, "alike", "Characteristics alike before weighting", before, limit=ALIKE)
    yield _count(cohort, "alike_weighted", "Characteristics alike after weighting", after, limit=ALIKE)


def _count(cohort: Cohort, what: str, label: str, outcomes: Sequence[Outcome], *, limit: float | None) -> Outcome:
    result, people = result_id("balance", what), _everybody(cohort)
    found = [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
    if not found:
        reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, NotEstimable)]
        reason = next(iter(reasons), "The plan names no characteristic and no measure that was taken at the start.")
        return NotEstimable(id=result, label=label, reason=reason, **people.counts())
    return Estimate(
        id=result,
        label=label,
        value=float(sum(limit is None or abs(outcome.value) < limit for outcome in found)),
        unit="number",
        method="count" if limit is None else f"count of those less than {limit:g} standard deviations apart",
        **people.counts(),
    )


def _everybody(cohort: Cohort) -> People:
    return People(np.ones(len(cohort.full), dtype=bool), cohort.full)


def _judge(cohort: Cohort, propensity: Propensity) -> Outcome:
    people, result = _everybody(cohort), result_id("balance", "comparable")
    if propensity.comparable is None:
        return NotEstimable(id=result, label=COMPARABLE, reason=propensity.reason, **people.counts())
    return Estimate(
        id=result,
        label=COMPARABLE,
        value=float(propensity.comparable),
        unit="number",
        method="no separation of the arms, and after overlap weighting a fifth or more of the information in each",
        notes=(*((propensity.reason,) if propensity.reason else ()), *propensity.notes),
        **people.counts(),
    )


def _share_in_common(cohort: Cohort, propensity: Propensity) -> Outcome:
    people, result = _everybody(cohort), result_id("balance", "overlap")
    if propensity.fit is None:
        return NotEstimable(id=result, label=OVERLAP, reason=propensity.reason, **people.counts())
    return Estimate(
        id=result,
        label=OVERLAP,
        value=float(propensity.fit.common().mean()),
        unit="share",
        method=MODEL.format(propensity.sources),
        notes=propensity.notes,
        **people.counts(),
    )


def _draw(cohort: Cohort, propensity: Propensity, arm: str) -> Outcome:
    mine = cohort.in_arm(arm)
    result = result_id("balance", "propensity", arm)
    label = f"Propensity of {cohort.plan.arm_labels[arm]}"
    if propensity.fit is None:
        return NotEstimable(id=result, label=label, reason=propensity.reason, **count_arm(arm, mine))
    counts = _count_bins(propensity.fit.share[mine])
    return Curve(
        id=result,
        label=label,
        unit="people",
        axis="chance of the full programme, given what is recorded at the start: middle of a tenth",
        at=tuple((place + 0.5) / BINS for place in range(BINS)),
        value=tuple(float(count) for count in counts),
        people=tuple(int(count) for count in counts),
        method=MODEL.format(propensity.sources),
        notes=propensity.notes,
        **count_arm(arm, mine),
    )


def _count_bins(share: NDArray[np.float64]) -> NDArray[np.int64]:
    """People in each bin; a propensity of one belongs to the last."""
    places = np.minimum((share * BINS).astype(np.int64), BINS - 1)
    return np.bincount(places, minlength=BINS)
