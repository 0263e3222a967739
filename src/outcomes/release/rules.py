"""Why a result may not leave the clinic for what it tells itself: one rule, one small function, one reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.release.curves import steps_of
from outcomes.release.known import EXTREMES, Rule, rule_of
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from outcomes.plan.model import Disclosure

# The same words for what is small itself and for what would tell it: who could tell them apart would know more.
FEW = (
    "a count or a share of fewer people than the plan's minimum count, on one side or the other, or what would tell it"
)
FEW_BEHIND = "a number that tells of fewer people than the plan's minimum count"
FEW_IN_STEP = "a step of a curve stands for fewer people than the plan's minimum count"
SMALL_ARM = "an arm has fewer people than the plan's minimum for an estimate"
EXTREME = "a smallest or largest value belongs to one person"
KEPT = "with what is shown it would tell limits or counts more finely than they are shown"


def why_hidden(outcome: Outcome, rules: Disclosure) -> str | None:
    """Give the reason why a result that has a rule is hidden, or None.

    A reason names the rule, never the count behind it.
    """
    rule = rule_of(outcome)
    if rule in {Rule.GIVEN, Rule.KEPT}:
        return KEPT if rule is Rule.KEPT else None
    if outcome.key.what in EXTREMES:
        return EXTREME
    if isinstance(outcome, NotEstimable):
        # what was not estimated because few have it must not be told from what is hidden because few have it
        return SMALL_ARM if outcome.cause == "too few" else None
    if isinstance(outcome, Curve):
        return _why_arm(outcome, rules) or _why_cells(outcome, rules) or _why_steps(outcome, rules)
    if rule is Rule.COUNT:
        return _why_count(outcome, rules) or _why_cells(outcome, rules)
    return _why_arm(outcome, rules) or _why_share(outcome, rules) or _why_cells(outcome, rules)


def stands_for_people(outcome: Estimate | Curve) -> bool:
    """Whether a count or a share is one of people."""
    return outcome.unit == ("share" if outcome.quantity is Quantity.SHARE else "people")


def _why_count(outcome: Estimate, rules: Disclosure) -> str | None:
    """Judge a count; one of what people have, sessions or scores, by the people who have them as well."""
    if outcome.value < rules.minimum_count:
        return FEW
    return None if stands_for_people(outcome) else _why_arm(outcome, rules)


def _why_cells(outcome: Estimate | Curve, rules: Disclosure) -> str | None:
    """Judge the numbers of people that a result says could be inferred from it."""
    return FEW_BEHIND if any(count < rules.minimum_count for count in outcome.cells) else None


def _why_arm(outcome: Estimate | Curve, rules: Disclosure) -> str | None:
    """Nothing is estimated from an arm below the minimum; a result that names no arm counts its people as one."""
    by_arm = [count for count in (outcome.n_full, outcome.n_skills) if count is not None]
    sizes = by_arm or [count for count in (outcome.n,) if count is not None]
    return SMALL_ARM if any(size < rules.minimum_arm for size in sizes) else None


def _why_share(outcome: Estimate, rules: Disclosure) -> str | None:
    """Judge both counts that a share of people tells: those with the trait and those without."""
    if outcome.quantity is not Quantity.SHARE or outcome.unit != "share" or outcome.n is None:
        return None
    count = outcome.value * outcome.n
    return FEW if min(count, outcome.n - count) < rules.minimum_count - ALMOST else None


def _why_steps(outcome: Curve, rules: Disclosure) -> str | None:
    """Judge the counts that a share of people growing from visit to visit tells: each step, and those left over."""
    return FEW_IN_STEP if any(step < rules.minimum_count - ALMOST for step in steps_of(outcome)) else None


ALMOST = 1e-9  # a count made of a share and its people is whole to this
