"""Agreement: how much the answer depends on the method.

Another way agrees with the main result where it leans to the same side and its estimate lies within the main interval.
Ways that ask another question are not counted, nor is the same estimate with another interval: it could not disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.ids import result_id
from outcomes.results.outcome import Estimate, NotEstimable
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
        yield from _conclude_measure(cohort, measure, found)


def _conclude_measure(cohort: Cohort, measure: str, found: Found) -> Iterator[Outcome]:
    at = (measure, cohort.plan.primary)
    start = f"{cohort.plan.measures[measure].label}, {cohort.plan.visits[cohort.plan.primary].label}"
    main = found.get(MAIN.id(*at))
    others = {
        way.text: outcome
        for way in WAYS
        if way.role == "counted" and isinstance(outcome := found.get(way.id(*at)), Estimate)
    }
    if not isinstance(main, Estimate) or main.interval is None or not others:
        reason = "There is no main result to hold the others against." if others else "There is no other result."
        for what, label in LABELS.items():
            yield NotEstimable(id=result_id("agreement", *at, what), label=f"{start}: {label}", reason=reason)
        return
    apart = [text for text, outcome in others.items() if not agrees(outcome, main)]
    counts = {"compared": len(others), "agree": len(others) - len(apart)}
    for what, label in LABELS.items():
        yield Estimate(
            id=result_id("agreement", *at, what),
            label=f"{start}: {label}",
            value=float(counts[what]),
            unit="number",
            method="count" if what == "compared" else METHOD,
            notes=(f"Elsewhere: {', '.join(apart)}.",) if apart and what == "agree" else (),
        )


def agrees(outcome: Estimate, main: Estimate) -> bool:
    """Whether an estimate leans to the side of the main one and lies within its interval."""
    limits = main.interval
    if limits is None:
        return False
    above = limits.low is None or outcome.value >= limits.low
    below = limits.high is None or outcome.value <= limits.high
    return above and below and outcome.value * main.value >= 0
