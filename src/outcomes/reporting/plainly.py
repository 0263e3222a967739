"""The words for the people who were treated: short sentences, no terms, the same rules as everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import COMPLETED, EITHER_WAY, count_not_recorded
from outcomes.questions.outcomes.words import has_side, main_result
from outcomes.questions.verdict.words import key_of, list_elsewhere, read
from outcomes.results.verdict import Rung, Support
from outcomes.results.ways import OF_KINDS, VERDICT_ON_COMPLETION, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.quote import Quoter
    from outcomes.results.verdict import Verdict

TOPICS = {
    "distress tolerance": "Coping with distress",
    "emotion regulation": "Handling strong feelings",
    "mindfulness": "Noticing the here and now",
    "symptoms": "How people felt",
    "alliance": "Working with the therapist",
}
BETTER = "On average, people did better in “{}”."
LEANS = "It looks as if people did better in “{}”. But we cannot be sure yet."
DOES_NOT_TELL = "We cannot tell in which of the two people did better. We need to see more people."
SAID = {
    Rung.BETTER_WORTHWHILE: f"{BETTER} The gap was big enough to matter.",
    Rung.BETTER_LESS: f"{BETTER} The gap was small. It was less than we would call worth having.",
    Rung.BETTER_OPEN: f"{BETTER} We cannot say yet if the gap is big enough to matter.",
    Rung.TOO_SMALL: (
        "We did not see a gap big enough to matter, in either direction. A gap that big does not fit what we saw."
    ),
    Rung.LEANS_LESS: f"{LEANS} If there is a gap, it is less than we would call worth having.",
    Rung.LEANS: LEANS,
    Rung.DOES_NOT_TELL: DOES_NOT_TELL,
}
STAYED = {
    Rung.BETTER_OPEN: " The gap is more than chance would often make.",
    Rung.LEANS: " It may be chance. We cannot be sure yet.",
    Rung.DOES_NOT_TELL: " This could be chance. We need to see more people to know.",
}
NOT_SURE = {
    Support.CLINICS: "Clinics can differ. When we allow for that, we are less sure.",
    Support.HOLM: "We looked at more than one score, and one of several can differ by chance.",
    Support.MIXED: "People who share a group can be alike. When we allow for that in another way, we are less sure.",
    Support.START: "Some first forms are missing. When we allow for that, we are less sure.",
}
GROUPS_NOT_KNOWN = "We do not know enough about who shared a group to be sure."
CANNOT = Phrase("We cannot answer this from what we have.")
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
    result, verdict = main_result(quoter, measure), read(quoter, key_of(quoter, measure))
    if is_apart(quoter):
        return TOO_DIFFERENT
    if verdict is None or not quoter.has(result):
        return LEFT_OUT
    if verdict.rung is Rung.CANNOT:
        return CANNOT
    value = quoter.result(result, link=False)
    if quoter.plan_model.measures[measure].kind in OF_KINDS:
        return _say_kind(quoter, measure, verdict)
    others = Phrase(" ").join(list(_list_later(quoter, measure)))
    score = Phrase("The score in “{}” was {}.") if has_side(quoter, result) else Phrase("The gap in “{}” was {}.")
    said = Phrase("{} {} It is likely to lie somewhere from {}. A {} score is better.").format(
        _say_direction(quoter, verdict),
        score.format(quoter.arm("full"), value),
        quoter.interval(result),
        quoter.plan_model.measures[measure].better,
    )
    return said + Phrase(" {}").format(others) if others else said


def _say_kind(quoter: Quoter, measure: str, verdict: Verdict) -> Phrase:
    """Say it of a yes/no in people of a hundred, of a count as how many times as many."""
    result = main_result(quoter, measure)
    is_count = quoter.plan_model.measures[measure].kind == "count"
    more_is_better = quoter.plan_model.measures[measure].better == "higher"
    gap = Phrase("In “{}” there were {} of “{}”." if is_count else "In “{}” it was {} with a yes in “{}”.")
    said = Phrase("{} {} It is likely to lie somewhere from {}. {}").format(
        _say_direction(quoter, verdict),
        gap.format(quoter.arm("full"), quoter.result(result, link=False), quoter.measure(measure)),
        quoter.interval(result),
        Phrase("More is better." if more_is_better else "Fewer is better."),
    )
    others = Phrase(" ").join(list(_list_later(quoter, measure)))
    return said + Phrase(" {}").format(others) if others else said


def _list_later(quoter: Quoter, measure: str) -> Iterator[Phrase]:
    """Say of each visit at which more is told, or the contrary, what that is."""
    for visit in list_elsewhere(quoter.registry, quoter.plan_model, measure):
        if (verdict := read(quoter, verdict_of(measure, visit))) is not None:
            yield Phrase("At “{}” it was not the same. {}").format(quoter.visit(visit), _say_direction(quoter, verdict))


def _say_direction(quoter: Quoter, verdict: Verdict) -> Phrase:
    if verdict.rung is Rung.BETTER_OPEN and not verdict.has_worthwhile:
        return Phrase(BETTER).format(quoter.arm(verdict.side))
    said = Phrase(" ").join([Phrase(SAID[verdict.rung]), *map(Phrase, list_doubts(verdict))])
    return said.format(quoter.arm(verdict.side)) if verdict.side else said


def list_doubts(verdict: Verdict) -> Iterator[str]:
    """Say why a leaning is not sure, since the range beside it may lie on one side."""
    if verdict.rung in {Rung.LEANS, Rung.LEANS_LESS}:
        held = (*verdict.held_by, *verdict.not_estimable)
        yield from (words for support, words in NOT_SURE.items() if support in held)
        if verdict.is_capped:
            yield GROUPS_NOT_KNOWN


def say_completion_plainly(quoter: Quoter) -> Phrase:
    """Say how many finished the group."""
    shares = [COMPLETED.but(arm=arm) for arm in ARMS]
    if not all(quoter.has(share) for share in shares):
        return LEFT_OUT
    said = Phrase("In “{}” about {} of the {} people we know of finished. In “{}” it was about {} of {}.").format(
        quoter.arm("full"),
        quoter.result(shares[0], link=False),
        quoter.part(shares[0], "n"),
        quoter.arm("skills"),
        quoter.result(shares[1], link=False),
        quoter.part(shares[1], "n"),
    )
    said = Phrase(" ").join(part for part in (said, *(_say_not_known(quoter, arm) for arm in ARMS)) if part)
    if is_apart(quoter):
        return Phrase("{} {}").format(said, TOO_DIFFERENT)
    verdict = read(quoter, VERDICT_ON_COMPLETION)
    return said if verdict is None else said + STAYED.get(verdict.rung, "")


def _say_not_known(quoter: Quoter, arm: str) -> Phrase:
    """Say of how many it is not known whether they finished, and what it would be either way; nothing where of none."""
    unknown, (none, every) = count_not_recorded(quoter, arm, link=False), (share.but(arm=arm) for share in EITHER_WAY)
    if not unknown:
        return Phrase("")
    said = Phrase("Of {} more people in “{}” we do not know.").format(unknown, quoter.arm(arm))
    if not (quoter.has(none) and quoter.has(every)):
        return said
    return said + Phrase(" If none of them finished it was about {} of all. If all did it was about {}.").format(
        quoter.result(none, link=False), quoter.result(every, link=False)
    )
