"""Agreement: how many other ways of estimating the main difference agree with it.

Another way agrees where its own interval, read alone, has the direction and the side of worthwhile that the verdict
claims. Ways that ask another question are not counted, nor is the main estimate with its other interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.occasion import Occasion
from outcomes.results.how import How
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity
from outcomes.results.verdict import Rung, agrees, orient, orient_worthwhile
from outcomes.results.ways import WAYS, WAYS_OF_KINDS, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.results.outcome import Outcome
    from outcomes.results.verdict import Verdict

LABELS = {
    "compared": "Other ways of estimating the same difference",
    "agree": "Other ways that agree with the verdict",
}
METHOD = "count of ways whose own interval, read alone, has the direction and the size that the verdict claims"


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Count, for every primary measure at the primary visit, the ways that agree with the main comparison."""
    for measure in cohort.plan.primary_measures:
        yield from _conclude_measure(Occasion(cohort, measure, cohort.plan.primary), found)


def _conclude_measure(occasion: Occasion, found: Found) -> Iterator[Outcome]:
    at = (occasion.measure, occasion.visit)
    compared, agree = (
        occasion.declare(occasion.key("agreement", what), label, Quantity.TALLY, unit="number")
        for what, label in LABELS.items()
    )
    verdict = _verdict(found.get(str(verdict_of(*at))))
    others = {
        way.text: outcome
        for way in WAYS_OF_KINDS.get(occasion.cohort.plan.measures[occasion.measure].kind, WAYS)
        if way.role == "counted" and isinstance(outcome := found.get(str(way.key(*at))), Estimate)
    }
    if verdict is None or verdict.rung is Rung.CANNOT or not others:
        reason = "There is no verdict to hold the others against." if others else "There is no other result."
        yield from (planned.refuse(reason) for planned in (compared, agree))
        return
    described = occasion.cohort.plan.measures[occasion.measure]
    worthwhile = orient_worthwhile(described.worthwhile, ratio=described.kind == "count")
    apart = [text for text, outcome in others.items() if not _agrees(occasion, outcome, verdict, worthwhile)]
    how = How(estimator="count")
    yield compared.estimate(float(len(others)), method="count", how=how)
    notes = (f"Elsewhere: {', '.join(apart)}.",) if apart else ()
    yield agree.estimate(float(len(others) - len(apart)), method=METHOD, how=how, notes=notes)


def _verdict(outcome: Outcome | None) -> Verdict | None:
    return outcome.verdict if isinstance(outcome, Estimate) else None


def _agrees(occasion: Occasion, outcome: Estimate, verdict: Verdict, worthwhile: float | None) -> bool:
    if outcome.interval is None:
        return False
    is_ratio = outcome.quantity is Quantity.RATE_RATIO
    limits = orient(outcome.interval.low, outcome.interval.high, sign=occasion.sign, ratio=is_ratio)
    return agrees(limits, verdict, worthwhile)
