"""Who completes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import rounds_to_zero
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.pictures import say_ends
from outcomes.blocks.refusals import say_absent, say_beyond
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import say_share_completed
from outcomes.questions.influence import keys
from outcomes.questions.influence.words import say_carried
from outcomes.questions.verdict.words import is_barred, say_in_full, say_why_barred
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import VERDICT_ON_COMPLETION

if TYPE_CHECKING:
    from outcomes.blocks.quote import Name, Quoter

# The main comparison: the difference between the shares, adjusted.
DIFFERENCE = Key("completion", what="difference", category="adjusted")


def say_completion(quoter: Quoter) -> Phrase:
    """Say who completes, how the arms compare, and what that tells."""
    result, verdict = DIFFERENCE, VERDICT_ON_COMPLETION
    if not quoter.has(result):
        return say_absent(quoter, result, Phrase("Completion"))
    if is_barred(quoter, verdict):
        return say_beyond(quoter, result, Phrase("Completion"), say_why_barred(quoter, verdict))
    found = Phrase("{} and {} completed; {} ({} interval {}; {} and {} people compared).").format(
        say_share_completed(quoter, "full", "{} people in {arm}"),
        say_share_completed(quoter, "skills", "{} in {arm}"),
        say_difference(quoter),
        quoter.percent("confidence.level"),
        quoter.interval(result),
        *(quoter.part(result, f"n_{arm}") for arm in ARMS),
    )
    told = (found, say_in_full(quoter, verdict, result), say_carried(quoter, keys.COMPLETION, verdict))
    return Phrase(" ").join(part for part in told if part)


def say_difference(quoter: Quoter) -> Phrase:
    """Say by how much the shares of similar people differ; a difference that rounds to nothing is in no programme."""
    outcome = quoter.get(DIFFERENCE)
    if isinstance(outcome, Estimate) and rounds_to_zero(outcome, quoter.plan_model):
        return Phrase("among similar people the difference is {}").format(quoter.result(DIFFERENCE))
    return Phrase("among similar people {} in {}").format(quoter.result(DIFFERENCE), quoter.arm("full"))


def _say_completing(quoter: Quoter, result: Key) -> Phrase:
    """Say how many more or fewer completed; a difference that rounds to nothing is in no programme."""
    outcome = quoter.get(result)
    if isinstance(outcome, Estimate) and rounds_to_zero(outcome, quoter.plan_model):
        return Phrase("the difference between those who completed is {}").format(quoter.result(result))
    return Phrase("{} in {} completed").format(quoter.result(result), quoter.arm("full"))


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
        "Which sessions count: by attendance of the group alone, like for like, {} ({} interval "
        "{}); by attendance of all that was on offer, {} ({})."
    ).format(
        _say_completing(quoter, group),
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
        f"{text}, {quoter.plan_model.arm_names[arm]}: {ends}"
        for kind, text in kinds.items()
        for arm in ARMS
        if (ends := say_ends(quoter.get(Key("attendance", what="attended", subject=kind, arm=arm)), "week"))
    ]
    return f"Share of people who came, week by week. {'; '.join(said)}."
