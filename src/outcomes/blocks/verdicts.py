"""The words of a verdict, chosen from its fields: eight short sentences, what holds one back, and "just".

`docs/methods/wording.md` states the rule. These words are texts of results, and hold no number; a page that quotes
numbers beside them makes its own sentences in `questions/verdict/words.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.verdict import Bar, Cap, Rung, Support

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.results.verdict import Verdict

RUNGS = {
    Rung.BETTER_WORTHWHILE: "better in {arm}, by a worthwhile amount",
    Rung.BETTER_LESS: "better in {arm}, less than worthwhile",
    Rung.BETTER_OPEN: "better in {arm}; whether worthwhile stays open",
    Rung.TOO_SMALL: "too small either way to be worthwhile",
    Rung.LEANS_LESS: "leans towards {arm}, by less than worthwhile; not settled",
    Rung.LEANS: "leans towards {arm}; not settled",
    Rung.DOES_NOT_TELL: "does not tell which does better",
    Rung.CANNOT: "this data cannot answer",
}
BETTER = "better in {arm}"  # where the plan states no worthwhile difference
SUPPORTS = {
    Support.MIXED: "allowing for groups and therapists in another way",
    Support.START: "filling in what is missing at the start",
    Support.CLINICS: "allowing for clinics that differ",
    Support.HOLM: "the correction for looking at several measures",
}
CAPS = {
    Cap.FEW_GROUPS: "fewer than four groups in all",
    Cap.ONE_GROUP: "a single group in one programme",
    Cap.GROUPS_UNKNOWN: "groups not recorded",
    Cap.GROUPS_PARTLY_RECORDED: "groups recorded for fewer than half of a programme",
    Cap.NOT_SUPPORTED: "not supported at this size",
    Cap.GROUPS_APART: "separate groups, and not recorded",
}
BARS = {
    Bar.APART: "the people are too unlike to be compared",
    Bar.NO_ESTIMATE: "",
    Bar.ONE_GROUP_EACH: "each programme is one group",
}
NOT_TO_BE_HAD = "{}, which cannot be estimated"
JUST = "only just"


def say_in_short(verdict: Verdict, arms: Mapping[str, str]) -> str:
    """Say it in a few words, and after a colon what holds it back."""
    said = say_rung(verdict, arms)
    reasons = list_reasons(verdict)
    return f"{said}: {', '.join(reasons)}" if reasons else said


def say_rung(verdict: Verdict, arms: Mapping[str, str]) -> str:
    """Say it in a few words alone, as the title of a figure does."""
    said = name_rung(verdict).format(arm=arms.get(verdict.side, ""))
    if not verdict.just:
        return said
    return f"{JUST} {said}" if verdict.rung <= Rung.BETTER_OPEN else f"{said} ({JUST})"


def name_rung(verdict: Verdict) -> str:
    """Give the sentence of its place, with `{arm}` where the name of a programme belongs."""
    if verdict.rung is Rung.BETTER_OPEN and not verdict.has_worthwhile:
        return BETTER
    return RUNGS[verdict.rung]


def list_reasons(verdict: Verdict) -> list[str]:
    """Name what holds it back, or why the data cannot answer."""
    return [
        *(BARS[bar] for bar in verdict.bars if BARS[bar]),
        *(SUPPORTS[one] for one in verdict.held_by),
        *(NOT_TO_BE_HAD.format(SUPPORTS[one]) for one in verdict.not_estimable),
        *(CAPS[cap] for cap in verdict.caps if verdict.is_capped),
    ]
