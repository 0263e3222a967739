"""Words and keys of this question, made from the plan: for what computes them and for what quotes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.ids import word, words_of
from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

LOOKS = Key("needs", what="looks")
LOOKS_APART = Key("needs", what="looks_apart")
LOOKS_BY_CHANCE = Key("needs", what="looks_by_chance")
NO_MODERATORS = Key("needs", what="moderators")


def word_moderators(plan: Plan) -> dict[str, str]:
    """Give the word of each moderator of the plan by its name, in the plan's order."""
    words = words_of(plan.needs.moderators)
    return {name: words[name] for name in plan.needs.moderators}


def word_value(value: float) -> str:
    """Give the word of a value of a number at which the plan asks for the effect."""
    return word(f"at {'minus ' if value < 0 else ''}{abs(value):g}")


def word_profiles(plan: Plan) -> dict[str, str]:
    """Give the word of each profile of the plan by its label."""
    return words_of(profile.label for profile in plan.needs.profiles)


def interaction(plan: Plan, measure: str, moderator: str) -> Key:
    """Give the key of the interaction of a moderator with the arm at the primary visit."""
    return Key("needs", measure, plan.primary, "interaction", subject=moderator)


def effect_of(plan: Plan, measure: str) -> str:
    """Give what tells the comparison of the arms at a level: of a count a ratio, else a difference."""
    return "rate_ratio" if plan.measures[measure].kind == "count" else "difference"
