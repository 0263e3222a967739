"""Whether other code finds the same: every primary estimate beside its second computation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.contract import Counts
from outcomes.replication import ALLOWED, look_again
from outcomes.results.outcome import Estimate, NotEstimable, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.replication import Look

NAME = "independent"
NOTHING = "No main estimate could be computed a second time."
HOW = {
    "mmrm": "REML by expectation and maximisation over the people",
    "ancova": "least squares of what the other columns leave of score and arm",
    "confounding": "root of the equation that defines the E-value",
    "weighting": "propensities by MINPACK on an orthonormal basis, sums over people",
    "change": "score equations of the logistic regression by MINPACK, averaged person by person",
    "completion": "score equations of the logistic regression by MINPACK, averaged person by person",
}
STAYING = {
    "retention.rmst.difference": "mean stay weighted for who was not followed",
    "": "Efron's score from a table of who is there when, by MINPACK",
}


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Give each second value, how many agree, and the largest disagreement."""
    looks = list(look_again(cohort, found))
    for look in looks:
        yield _tell(look)
    compared = [look for look in looks if look.value is not None]
    for what, label, count in (
        ("compared", "Main estimates computed a second time", len(compared)),
        ("agreeing", "Main estimates that agree", sum(look.disagreement <= ALLOWED for look in compared)),
    ):
        method = f"count; agreeing: within {ALLOWED:g} of a standard error, or of itself where an estimate has none"
        yield Estimate(id=f"{NAME}.{what}", label=label, value=float(count), unit="number", method=method)
    yield _largest(compared)


def _tell(look: Look) -> Outcome:
    first = look.first
    result, label = f"{NAME}.{first.id}", f"{first.label}, computed a second time"
    counts = Counts()
    if first.n is not None and first.n_full is not None and first.n_skills is not None:
        counts = Counts(n=first.n, n_full=first.n_full, n_skills=first.n_skills)
    if look.value is None:
        return NotEstimable(id=result, label=label, reason=look.reason, **counts)
    analysis = first.id.partition(".")[0]
    how = HOW.get(analysis) or STAYING.get(first.id, STAYING[""])
    return Estimate(id=result, label=label, value=look.value, unit=first.unit, method=how, **counts)


def _largest(compared: list[Look]) -> Outcome:
    result, label = f"{NAME}.largest", "Largest disagreement of the two computations"
    if not compared:
        return NotEstimable(id=result, label=label, reason=NOTHING)
    worst = max(compared, key=lambda look: look.disagreement)
    return Estimate(
        id=result,
        label=label,
        value=worst.disagreement,
        unit="standard_errors",
        method="distance over the standard error of the first, or over itself where it has none; the largest of all",
        notes=(f"Largest for: {worst.first.label}.",),
    )
