"""What is said of harms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.harms.keys import (
    DEATH,
    DETERIORATED,
    LEFT_WORSE,
    NAMES,
    SERIOUS,
    key_of,
    list_kinds,
    list_subjects,
    subject_of,
)
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

UNTOLD = {
    DETERIORATED: "who got reliably worse",
    LEFT_WORSE: "who left after getting reliably worse",
    SERIOUS: "serious events",
    DEATH: "deaths",
}
HIDDEN = "not shown in this edition"


def name_harm(quoter: Quoter, subject: str) -> Phrase:
    """Name a harm: by its own words, or by the plan's label of its kind of event."""
    kinds = {subject_of(kind): kind for kind in list_kinds(quoter.plan_model) if kind != DEATH}
    if subject in kinds:
        return quoter.plan(f"events.{kinds[subject]}.label")
    return Phrase(NAMES.get(subject, "Serious events"))


def say_arm(quoter: Quoter, subject: str, arm: str) -> Phrase:
    """Say how many of how many; where nobody was seen with it, what would be compatible with that."""
    people, share = (key_of(subject, what, arm=arm) for what in ("people", "share"))
    count = quoter.get(people)
    if not isinstance(count, Estimate):
        return Phrase(HIDDEN)
    if not quoter.has(share):
        return Phrase("known of nobody")
    if count.value == 0:
        return Phrase("none of {} (up to {} would be compatible with that)").format(
            quoter.part(people, "n"), quoter.result(key_of(subject, "upper", arm=arm))
        )
    return Phrase("{} of {} ({})").format(quoter.result(people), quoter.part(people, "n"), quoter.result(share))


def say_harm(quoter: Quoter, subject: str) -> Phrase:
    """Say a harm in both arms; or why it cannot be told."""
    first = quoter.get(key_of(subject, "people", arm=ARMS[0])) or quoter.get(key_of(subject, "people"))
    name = name_harm(quoter, subject)
    if isinstance(first, NotEstimable):
        return Phrase("{}: not known. {}").format(name, quoter.field(first.id, "reason"))
    full, skills = (say_arm(quoter, subject, arm) for arm in ARMS)
    if full.plain == skills.plain == HIDDEN:
        return Phrase("{}: not shown in this edition, as too few people had it or did not.").format(name)
    said = Phrase("{}: {} in {}, {} in {}.")
    return said.format(name, full, quoter.arm("full"), skills, quoter.arm("skills"))


def say_harms(quoter: Quoter) -> Phrase:
    """Say every harm, with the reason why one cannot be told."""
    return Phrase(" ").join(say_harm(quoter, subject) for subject in list_subjects(quoter.plan_model))


def list_in_short(quoter: Quoter) -> list[Phrase]:
    """Say of each harm what is known in both arms, and name those of which nothing is."""
    told = [say_harm(quoter, one) for one in list_told(quoter)]
    return [said for said in (*told, say_untold(quoter)) if said]


def list_told(quoter: Quoter) -> list[str]:
    """List the harms of which anything is known."""
    return [one for one in list_subjects(quoter.plan_model) if not is_unknown(quoter, one)]


def say_untold(quoter: Quoter) -> Phrase:
    """Name the harms of which nothing is known; nothing where there are none."""
    unknown = [one for one in list_subjects(quoter.plan_model) if is_unknown(quoter, one)]
    if not unknown:
        return Phrase("")
    named = join_words([Phrase(UNTOLD[one]) if one in UNTOLD else name_harm(quoter, one) for one in unknown])
    return Phrase("These tables do not tell of {}.").format(named)


def say_row(quoter: Quoter) -> Phrase:
    """Say the harms of which anything is known, each in both arms, for a row of a table: nothing where none is."""
    said = (
        Phrase("{}: {} and {}").format(name_harm(quoter, one), *(say_arm(quoter, one, arm) for arm in ARMS))
        for one in list_told(quoter)
    )
    return Phrase(". ").join(said)


def is_unknown(quoter: Quoter, subject: str) -> bool:
    """Whether the data cannot tell of a harm; what this edition hides is another thing."""
    found = quoter.get(key_of(subject, "people", arm=ARMS[0])) or quoter.get(key_of(subject, "people"))
    return isinstance(found, NotEstimable)
