"""How long people stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

DIFFERENCE = Key("retention", what="difference", subject="rmst")
HAZARD_RATIO = Key("retention", what="hazard_ratio")
PROPORTIONAL = Key("retention", what="proportional_hazards")


def say_retention(quoter: Quoter) -> Phrase:
    """Say who left early, and how much longer people stayed in one programme: size, then certainty."""
    result = DIFFERENCE
    if not quoter.has(result):
        return say_absent(quoter, result, Phrase("Staying"))
    return Phrase(
        "{} of people in {} and {} in {} left before the planned end. Over the first {} weeks people stayed {} in {} "
        "on average ({} interval {}). That is not adjusted: it describes how people stayed, and is no answer beside "
        "that on completing."
    ).format(
        quoter.result(Key("retention", what="left", arm="full")),
        quoter.arm("full"),
        quoter.result(Key("retention", what="left", arm="skills")),
        quoter.arm("skills"),
        quoter.result(DIFFERENCE.but(what="horizon")),
        quoter.result(result),
        quoter.arm("full"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )


def say_hazards(quoter: Quoter) -> Phrase:
    """Say how often people leave among those still there, and whether one ratio describes all weeks."""
    result, check = HAZARD_RATIO, PROPORTIONAL
    if not quoter.has(result):
        return say_absent(quoter, result, Phrase("Leaving among similar people"))
    found = Phrase(
        "Among similar people who are still there, leaving is {} times as frequent in {} as in {} ({} interval {})."
    ).format(
        quoter.result(result),
        quoter.arm("full"),
        quoter.arm("skills"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )
    if not quoter.has(check):
        return found
    p_value = getattr(quoter.get(check), "p_value", None)
    moves = p_value is not None and p_value < 1 - quoter.plan_model.confidence.level
    reading = (
        "the ratio seems to change over time, so that one number does not describe it: look at the curves"
        if moves
        else "that it changes over time was not seen, which a study of this size can miss"
    )
    return found + Phrase(" Whether one ratio holds for all weeks: p {}; {}.").format(
        quoter.part(check, "p_value"), reading
    )
