"""The words for the people who were treated: short sentences, no terms, the same rules as everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import read_difference, read_limits
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import ADJUSTED, COMPLETED
from outcomes.questions.outcomes.words import has_side, main_result

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.blocks.reading import Reading

TOPICS = {
    "distress tolerance": "Coping with distress",
    "emotion regulation": "Handling strong feelings",
    "mindfulness": "Noticing the here and now",
    "symptoms": "How people felt",
    "alliance": "Working with the therapist",
}
SIZES = {
    "reached": "The gap was big enough to matter.",
    "excluded": "The gap was small. It was less than we would call worth having.",
    "open": "We cannot say yet if the gap is big enough to matter.",
    "not stated": "",
}
LEFT_OUT = Phrase("We could not work this out, or it had to be left out to protect people.")
TOO_DIFFERENT = Phrase(
    "The people in the two groups are too different for us to compare. So we cannot say in which people do better."
)


def name_topic(quoter: Quoter, measure: str) -> Phrase:
    """Name what a measure is about, with its label from the plan."""
    topic = TOPICS.get(quoter.plan_model.measures[measure].domain)
    label = quoter.measure(measure)
    return label if topic is None else Phrase("{}: {}").format(topic, label)


def say_plainly(quoter: Quoter, measure: str) -> Phrase:
    """Say what was found on a measure."""
    result = main_result(quoter, measure)
    reading = read_difference(quoter.get(result), quoter.plan_model.measures[measure])
    if is_apart(quoter):
        return TOO_DIFFERENT
    if reading.answer == "absent":
        return LEFT_OUT
    value = quoter.result(result, link=False)
    score = Phrase("The score in “{}” was {}.") if has_side(quoter, result) else Phrase("The gap in “{}” was {}.")
    return Phrase("{} {} It could be anywhere from {}. A {} score is better.").format(
        _say_direction(quoter, reading),
        score.format(quoter.arm("full"), value),
        quoter.interval(result),
        quoter.plan_model.measures[measure].better,
    )


def _say_direction(quoter: Quoter, reading: Reading) -> Phrase:
    if reading.favours != "neither":
        said = Phrase("On average, people did better in “{}”.").format(quoter.arm(reading.favours))
        return Phrase(" ").join(part for part in (said, SIZES[reading.worthwhile]) if part)
    if reading.worthwhile == "excluded":
        return Phrase(
            "On average, people did about as well in both. A gap big enough to matter does not fit what we saw."
        )
    return Phrase("We cannot tell in which of the two people did better. We need to see more people.")


def say_completion_plainly(quoter: Quoter) -> Phrase:
    """Say how many finished the group."""
    shares = [COMPLETED.but(arm=arm) for arm in ARMS]
    if not all(quoter.has(share) for share in shares):
        return LEFT_OUT
    said = Phrase("In “{}” {} of the {} people we know of stayed to the end. In “{}” it was {} of {}.").format(
        quoter.arm("full"),
        quoter.result(shares[0], link=False),
        quoter.part(shares[0], "n"),
        quoter.arm("skills"),
        quoter.result(shares[1], link=False),
        quoter.part(shares[1], "n"),
    )
    if is_apart(quoter):
        return Phrase("{} {}").format(said, TOO_DIFFERENT)
    reading = read_limits(quoter.get(ADJUSTED), sign=1.0, worthwhile=None)
    if reading.favours == "neither":
        return said + Phrase(" This could be chance. We need to see more people to know.")
    return said + Phrase(" The gap is more than chance would often make.")
