"""Standardised differences of what is recorded at the start, before and after weighting, and the overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.contract import People, count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.baseline.analysis import tell_levels
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.characteristics import Characteristic
    from outcomes.questions.balance.propensity import Propensity

NEGLIGIBLE = 0.1  # standard deviations: Austin (2009)
BINS = 10  # of the drawn propensities: tenths, so that a bar of a small study still stands for several people
MODEL = "logistic propensity model by maximum likelihood on {}"
NOTHING_COMPARED = "The plan names no characteristic and no measure that was taken at the start."


def describe(cohort: Cohort, propensity: Propensity) -> Iterator[Outcome]:
    """Compare each characteristic, count the negligible differences, and give the propensities of both arms."""
    before = [_compare(one, cohort, None) for one in propensity.characteristics]
    after = [_compare(one, cohort, propensity) for one in propensity.characteristics]
    yield from before
    yield from after
    yield _count(cohort, "compared", "Characteristics compared", before, limit=None)
    yield _count(cohort, "alike", "Characteristics alike before weighting", before, limit=NEGLIGIBLE)
    yield _count(cohort, "alike_weighted", "Characteristics alike after weighting", after, limit=NEGLIGIBLE)
    yield _judge(cohort, propensity)
    yield _share_in_common(cohort, propensity)
    for arm in ARMS:
        yield _bin(cohort, propensity, arm)


def _compare(one: Characteristic, cohort: Cohort, propensity: Propensity | None) -> Outcome:
    """Standardised difference of a characteristic; with a propensity model, after overlap weighting."""
    when = "before" if propensity is None else "after"
    planned = Planned(
        key=Key(analysis="balance", subject=one.name, what=when),
        label=f"{one.label}, standardised difference {when} weighting",
        quantity=Quantity.STANDARDISED_DIFFERENCE,
        unit="sd",
        tells=tell_levels(Key(analysis="baseline", subject=one.name), one),
        counts=People(one.known, cohort.full).counts(),
    )
    if propensity is not None and propensity.fit is None:
        return planned.refuse(propensity.reason, propensity.cause)
    weights = None if propensity is None or propensity.fit is None else propensity.fit.weights("overlap")
    method = "difference of means in units of the root mean square of the arms' standard deviations"
    if weights is not None:
        method += ", after overlap weighting; the standard deviations stay unweighted"
    how = How(estimator="standardised_difference", weights="" if weights is None else "overlap")
    return planned.attempt(lambda p: p.estimate(one.compare(cohort.full, weights).value, method=method, how=how))


def _count(cohort: Cohort, what: str, label: str, outcomes: Sequence[Outcome], *, limit: float | None) -> Outcome:
    planned = _of_everybody(cohort, what, label, Quantity.TALLY, "number")
    found = [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
    if not found:
        refused = next((outcome for outcome in outcomes if isinstance(outcome, NotEstimable)), None)
        return planned.refuse(refused.reason, refused.cause) if refused else planned.refuse(NOTHING_COMPARED)
    return planned.estimate(
        float(sum(limit is None or abs(outcome.value) < limit for outcome in found)),
        method="count" if limit is None else f"count of those less than {limit:g} standard deviations apart",
        how=How(estimator="count"),
    )


def _of_everybody(cohort: Cohort, what: str, label: str, quantity: Quantity, unit: str) -> Planned:
    people = People(np.ones(len(cohort.full), dtype=bool), cohort.full)
    key = Key(analysis="balance", what=what)
    return Planned(key=key, label=label, quantity=quantity, unit=unit, counts=people.counts())


def _judge(cohort: Cohort, propensity: Propensity) -> Outcome:
    label = "Whether the two programmes hold people who can be compared (1 yes, 0 no)"
    planned = _of_everybody(cohort, "comparable", label, Quantity.TALLY, "number")
    if propensity.comparable is None:
        return planned.refuse(propensity.reason, propensity.cause)
    return planned.estimate(
        float(propensity.comparable),
        method="no separation of the arms, and after overlap weighting a fifth or more of the information in each",
        how=propensity.how,
        notes=(*((propensity.reason,) if propensity.reason else ()), *propensity.notes),
    )


def _share_in_common(cohort: Cohort, propensity: Propensity) -> Outcome:
    label = "Share of people whose propensity lies within the range of the other programme's"
    planned = _of_everybody(cohort, "overlap", label, Quantity.SHARE, "share")
    if propensity.fit is None:
        return planned.refuse(propensity.reason, propensity.cause)
    common = propensity.fit.common()
    return planned.estimate(
        float(common.mean()),
        cells=(int(common.sum()), int((~common).sum())),
        method=MODEL.format(propensity.sources),
        how=propensity.how,
        notes=propensity.notes,
    )


def _bin(cohort: Cohort, propensity: Propensity, arm: str) -> Outcome:
    """Count the people of an arm by tenths of the propensity."""
    mine = cohort.in_arm(arm)
    planned = Planned(
        key=Key(analysis="balance", what="propensity", arm=arm),
        label=f"Propensity of {cohort.plan.arm_names[arm]}",
        quantity=Quantity.COUNT,
        unit="people",
        counts=count_arm(arm, mine),
    )
    if propensity.fit is None:
        return planned.refuse(propensity.reason, propensity.cause)
    counts = _count_bins(propensity.fit.share[mine])
    return planned.curve(
        axis="chance of {full}, given what is recorded at the start: middle of a tenth",
        at=tuple((place + 0.5) / BINS for place in range(BINS)),
        value=tuple(float(count) for count in counts),
        people=tuple(int(count) for count in counts),
        method=MODEL.format(propensity.sources),
        how=propensity.how,
        notes=propensity.notes,
    )


def _count_bins(share: NDArray[np.float64]) -> NDArray[np.int64]:
    """People in each bin; a propensity of one belongs to the last."""
    places = np.minimum((share * BINS).astype(np.int64), BINS - 1)
    return np.bincount(places, minlength=BINS)
