"""Agreement: how many other ways of estimating the main difference agree with it.

Another way agrees with the main result where it leans to the same side and its estimate lies within the main interval.
Ways that ask another question are not counted, nor is the same estimate with another interval: it could not disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.occasion import Occasion
from outcomes.results.how import How
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity
from outcomes.results.ways import MAIN, WAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.results.outcome import Outcome

LABELS = {
    "compared": "Other ways of estimating the same difference",
    "agree": "Other ways that agree with the main result",
}
METHOD = "count of ways that lean to the same side as the main result and whose estimate lies within its interval"


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
    main = found.get(str(MAIN.key(*at)))
    others = {
        way.text: outcome
        for way in WAYS
        if way.role == "counted" and isinstance(outcome := found.get(str(way.key(*at))), Estimate)
    }
    if not isinstance(main, Estimate) or main.interval is None or not others:
        reason = "There is no main result to hold the others against." if others else "There is no other result."
        yield from (planned.refuse(reason) for planned in (compared, agree))
        return
    apart = [text for text, outcome in others.items() if not agrees(outcome, main)]
    how = How(estimator="count")
    yield compared.estimate(float(len(others)), method="count", how=how)
    notes = (f"Elsewhere: {', '.join(apart)}.",) if apart else ()
    yield agree.estimate(float(len(others) - len(apart)), method=METHOD, how=how, notes=notes)


def agrees(outcome: Estimate, main: Estimate) -> bool:
    """Whether an estimate leans to the side of the main one and lies within its interval."""
    limits = main.interval
    if limits is None:
        return False
    above = limits.low is None or outcome.value >= limits.low
    below = limits.high is None or outcome.value <= limits.high
    return above and below and outcome.value * main.value >= 0
