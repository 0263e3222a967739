"""Who completes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.pictures import say_ends
from outcomes.blocks.reading import read_limits
from outcomes.blocks.refusals import is_apart, say_absent, say_beyond
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import say_share_completed
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Name, Quoter
    from outcomes.blocks.reading import Reading

# The main comparison: the difference between the shares, adjusted.
DIFFERENCE = Key("completion", what="difference", category="adjusted")


def read_completion(quoter: Quoter) -> Reading:
    """Read the adjusted difference in the share who completed; more is taken to be better."""
    return read_limits(quoter.get(DIFFERENCE), sign=1.0, worthwhile=None)


def say_completion(quoter: Quoter) -> Phrase:
    """Say who completes, and how the arms compare."""
    result = DIFFERENCE
    reading = read_completion(quoter)
    if reading.answer == "absent":
        return say_absent(quoter, result, Phrase("Completion"))
    if is_apart(quoter):
        return say_beyond(quoter, result, Phrase("Completion"))
    found = Phrase("{} and {} completed; among similar people {} in {} ({} interval {}).").format(
        say_share_completed(quoter, "full", "{} people in {arm}"),
        say_share_completed(quoter, "skills", "{} in {arm}"),
        quoter.result(result),
        quoter.arm("full"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )
    if reading.favours == "neither":
        return found + Phrase(" The data do not tell in which programme more people complete.")
    return found + Phrase(" The whole interval favours {}.").format(quoter.arm(reading.favours))


def of_stream(stream: str) -> Key:
    """Name the difference between the shares who completed by attendance of a stream."""
    return Key("completion", what="difference", subject=stream)


def say_streams(quoter: Quoter) -> Phrase:
    """Say how the answer hangs on which sessions count."""
    group, either = of_stream("group_stream"), of_stream("any_stream")
    if quoter.get(group) is None and quoter.get(either) is None:
        if quoter.get(DIFFERENCE) is None:
            return Phrase("")
        return Phrase("There is no attendance to judge completion by, or it is not shown in this edition.")
    if not (quoter.has(group) and quoter.has(either)):
        return say_absent(quoter, group if not quoter.has(group) else either, Phrase("Completion by attendance"))
    return Phrase(
        "Which sessions count: by attendance of the group alone, like for like, {} in {} completed ({} interval "
        "{}); by attendance of all that was on offer, {} ({})."
    ).format(
        quoter.result(group),
        quoter.arm("full"),
        quoter.percent("confidence.level"),
        quoter.interval(group),
        quoter.result(either),
        quoter.interval(either),
    )


def say_penalty(quoter: Quoter, result: Name) -> Phrase:
    """Say that Firth's likelihood was used and why, which is the first note of such a result; else nothing."""
    found = quoter.get(result)
    if not isinstance(found, Estimate) or found.how is None or not found.how.penalised:
        return Phrase("")
    return quoter.field(result, "notes", found.notes[0]) if found.notes else Phrase("")


def picture_attendance(quoter: Quoter) -> str:
    """Say what share came in the first and in the last week."""
    kinds = {"group": "group sessions", "individual": "individual sessions"}
    said = [
        f"{text}, {quoter.plan_model.arm_labels[arm]}: {ends}"
        for kind, text in kinds.items()
        for arm in ARMS
        if (ends := say_ends(quoter.get(Key("attendance", what="attended", subject=kind, arm=arm)), "week"))
    ]
    return f"Share of people who came, week by week. {'; '.join(said)}."
