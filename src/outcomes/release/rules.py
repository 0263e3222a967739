"""Why a result may not leave the clinic: one rule, one small function, one reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.questions.needs.model import FEW
from outcomes.results.outcome import Curve, Estimate, Outcome

if TYPE_CHECKING:
    from outcomes.plan.model import Disclosure

SMALL_ARM = "an arm has fewer people than the plan's minimum for an estimate"
LOCAL_EVIDENCE = frozenset({"local", "pooled_with_local"})
EXTREMES = frozenset({"min", "max", "minimum", "maximum"})


def why_hidden(outcome: Outcome, rules: Disclosure) -> str | None:
    """Give the reason why a result is hidden, or None.

    A reason names the rule, never the count behind it.
    """
    if is_published(outcome):
        return None
    if outcome.id.rsplit(".", 1)[-1] in EXTREMES:
        return "a smallest or largest value belongs to one person"
    if isinstance(outcome, Estimate) and outcome.unit in {"people", "records"}:
        return _why_count(outcome.value, rules) or (_why_arm(outcome, rules) if outcome.unit == "records" else None)
    if not isinstance(outcome, Estimate | Curve):
        # what was not estimated because few have it must not be told from what is hidden because few have it
        return SMALL_ARM if outcome.reason == FEW else None
    if isinstance(outcome, Curve):
        return _why_arm(outcome, rules) or _why_steps(outcome, rules)
    return _why_arm(outcome, rules) or _why_share(outcome, rules)


def is_published(outcome: Outcome) -> bool:
    """Whether a number was published by others, so that it is neither hidden nor rounded here.

    Of the evidence, the local result and what holds it are the clinic's own.
    """
    words = outcome.id.split(".")
    return words[0] == "evidence" and words[-1] not in LOCAL_EVIDENCE


def _why_count(count: float, rules: Disclosure) -> str | None:
    return "fewer people than the plan's minimum count" if count < rules.minimum_count else None


def _why_arm(outcome: Estimate | Curve, rules: Disclosure) -> str | None:
    """Nothing is estimated from an arm below the minimum; a result that names no arm counts its people as one."""
    by_arm = [count for count in (outcome.n_full, outcome.n_skills) if count is not None]
    sizes = by_arm or [count for count in (outcome.n,) if count is not None]
    if any(size < rules.minimum_arm for size in sizes):
        return SMALL_ARM
    return None


def _why_share(outcome: Estimate, rules: Disclosure) -> str | None:
    """Judge both counts that a share tells: those with the trait and those without."""
    if outcome.unit != "share" or outcome.n is None:
        return None
    count = outcome.value * outcome.n
    if min(count, outcome.n - count) < rules.minimum_count:
        return "a share that stands for fewer people than the plan's minimum count, on one side or the other"
    return None


def _why_steps(outcome: Curve, rules: Disclosure) -> str | None:
    """Judge the counts that a share of people growing from visit to visit tells: each step, and those left over."""
    if outcome.unit != "share" or not outcome.id.startswith("pace.") or not outcome.people:
        return None
    counts = [share * people for share, people in zip(outcome.value, outcome.people, strict=True)]
    steps = [
        after - before for before, after in zip([0.0, *counts], [*counts, float(outcome.people[-1])], strict=False)
    ]
    if any(step < rules.minimum_count for step in steps):
        return "a step of a curve stands for fewer people than the plan's minimum count"
    return None
