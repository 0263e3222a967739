"""What happened in 121 sessions, in what order, and how much of it people got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.pictures import say_ends
from outcomes.blocks.pointers import to_verdict
from outcomes.blocks.quote import wording
from outcomes.blocks.reading import read_side
from outcomes.blocks.refusals import say_absent
from outcomes.questions.sessions.components import COMPONENTS, MODES
from outcomes.questions.sessions.listed import (
    ADHERENCE,
    CLIENTS,
    CONCORDANCE,
    FOLLOWED_UP,
    IN_ORDER,
    LIFE_FIRST_WITHIN,
    RATED,
    RECORDED,
    SEVERAL,
    course_of,
    mode_of,
    share_of,
)
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.plan.model import Plan

_EXPECTED = {
    "less": "Done in fewer sessions than the plan expects",
    "more": "Done in more sessions than the plan expects",
    "open": "The data are compatible with what the plan expects of",
    "unknown": "The plan expects, and the records here do not tell",
}
HALF = 0.5  # of pairs are in order where time plays no part
MOST = 0.75  # of pairs: half of the way from chance to always; only a whole interval from here on is DBT's order
SOME = 0.6  # of pairs: below, the higher target came first hardly more often than chance has it
# Parts that the first sentence tells, the first two of which something is recorded.
NAMED = {
    "agenda_set": "an agenda was set",
    "chain_analysis": "a chain analysis was done",
    "solution_analysis": "a solution analysis was done",
    "priority_target_worked_on": "the priority target was worked on",
    "week_reviewed": "the week was reviewed",
    "skills_generalised": "skills were generalised",
    "goal_set": "a goal was set",
    "validation_and_change": "validation and change were balanced",
    "homework_set": "homework was set",
    "behavioural_task_set": "a behavioural task was set",
    "homework_reviewed": "homework was reviewed",
    "cognitive_restructuring": "thoughts were restructured",
    "crisis_reviewed": "a crisis was reviewed",
    "relationship_discussed": "the relationship was discussed",
    "feedback": "feedback was given",
    "plan_adjusted": "the plan was adjusted",
    "closing_summary": "a closing summary was given",
}
TOLD = 2


def lead_sessions(quoter: Quoter) -> Phrase:
    """Say how many sessions are on record and how often three of their parts were done."""
    parts = [
        Phrase("{} in {}").format(text, quoter.result(share_of(name)))
        for name, text in NAMED.items()
        if quoter.has(share_of(name))
    ][:TOLD]
    if quoter.has(FOLLOWED_UP):
        reviewed = Phrase("homework that was set was reviewed the next time in {}")
        parts.append(reviewed.format(quoter.result(FOLLOWED_UP)))
    if not parts and not quoter.has(RECORDED):
        return say_absent(quoter, share_of("agenda_set"), Phrase("What happens in individual sessions"))
    if not parts:
        said = Phrase("{} sessions on record with {} people; what was done in them is not recorded, or not shown here.")
        return said.format(quoter.result(RECORDED), quoter.result(CLIENTS))
    count = Phrase("Of {} sessions on record with {} people: ").format(quoter.result(RECORDED), quoter.result(CLIENTS))
    return count + Phrase(", ").join(parts) + "."


def say_expected(quoter: Quoter) -> list[Phrase]:
    """Set the share of each part beside what the plan expects of it, as far as the interval tells them apart."""
    sides: dict[str, list[Phrase]] = {"less": [], "more": [], "open": [], "unknown": []}
    for part, expected in quoter.plan_model.sessions.expected.items():
        share, label = quoter.get(share_of(part)), COMPONENTS[part].lower()
        if not isinstance(share, Estimate) or share.limits is None:
            sides["unknown"].append(Phrase(label))
            continue
        low, high = (round(limit, 2) for limit in share.limits)
        side = "less" if high < expected else "more" if low > expected else "open"
        told = Phrase("{} in {} ({}; expected in {})").format(
            label, quoter.result(share_of(part)), quoter.interval(share_of(part)), say_share_expected(quoter, part)
        )
        sides[side].append(Phrase(label) if side == "open" else told)
    return [
        Phrase("{}: {}.").format(_EXPECTED[side], Phrase("; ").join(found)) for side, found in sides.items() if found
    ]


def say_share_expected(quoter: Quoter, part: str) -> Phrase:
    """Quote the share of sessions in which the plan expects a part."""
    return quoter.percent(f"sessions.expected.{part}")


def say_within(quoter: Quoter) -> Phrase:
    """Say in what order targets were taken within a session; nothing where no session has several on record."""
    if not quoter.has(IN_ORDER) or not quoter.has(SEVERAL):
        return Phrase("")
    said = Phrase("Several targets were taken in {} of sessions; in {} of those ({}) from the higher to the lower.")
    found = said.format(quoter.result(SEVERAL), quoter.result(IN_ORDER), quoter.interval(IN_ORDER))
    if quoter.has(LIFE_FIRST_WITHIN):
        first = Phrase(" Where life-threatening behaviour was one of them, it was taken first in {} ({}).")
        found += first.format(quoter.result(LIFE_FIRST_WITHIN), quoter.interval(LIFE_FIRST_WITHIN))
    return found


def say_manner(quoter: Quoter) -> Phrase:
    """Say how sessions were held, and how closely they followed the treatment; nothing where neither is known."""
    modes = [
        Phrase("{} {}").format(label.lower(), quoter.result(mode_of(mode)))
        for mode, label in MODES.items()
        if quoter.has(mode_of(mode))
    ]
    said = Phrase("Held {}. ").format(Phrase(", ").join(modes)) if modes else Phrase("")
    if not quoter.has(ADHERENCE):
        return said
    rated = Phrase(" in the {} of sessions that were rated").format(quoter.result(RATED)) if quoter.has(RATED) else ""
    told = Phrase("Adherence was {} of {} on average ({}){}.")
    return said + told.format(quoter.result(ADHERENCE), wording("5"), quoter.interval(ADHERENCE), rated)


def say_order(quoter: Quoter) -> Phrase:
    """Say whether higher targets came earlier, and no more than that."""
    found = quoter.get(CONCORDANCE)
    if not isinstance(found, Estimate) or found.interval is None:
        return say_absent(quoter, CONCORDANCE, Phrase("The order of targets"))
    where = _grade_order(quoter.plan_model, found.value, *(found.limits or (0.0, 1.0)))
    return Phrase(
        "{}, from session to session: of two sessions of one person with different targets, the higher one came first "
        "in {} ({}); half would be so if time played no part."
    ).format(where, quoter.result(CONCORDANCE), quoter.interval(CONCORDANCE))


def _grade_order(plan: Plan, share: float, low: float, high: float) -> str:
    """Grade the order by the share and its interval as they are printed, so that every edition says the same."""
    share, low, high = (round(number, 2) for number in (share, low, high))
    if low <= HALF <= high:
        return "The data do not tell whether the higher target tends to come first"
    first = "Higher" if low > HALF else "Lower"
    told, nearer = (share, low) if low > HALF else (1 - share, 1 - high)
    if nearer >= MOST:
        whose = f"the order of {plan.programme.name}" if plan.programme.is_dbt else "the order of the targets"
        return f"{first} targets mostly came first, {'in' if low > HALF else 'against'} {whose}"
    if told >= SOME:
        return f"{first} targets came first more often than not, which is no settled order"
    return f"{first} targets came first hardly more often than chance has it"


def say_dose(quoter: Quoter, measure: str) -> Phrase:
    """Say what goes with a session more, among those seen at both visits."""
    plan = quoter.plan_model
    result = Key("dose", measure, plan.primary, "per_session")
    if not quoter.has(result):
        return say_absent(quoter, result, quoter.measure(measure))
    found = Phrase("{}: {} points of later change for each session more ({}).").format(
        quoter.measure(measure), quoter.result(result), quoter.interval(result)
    )
    side = read_side(quoter.get(result), sign=plan.measures[measure].sign)
    if not side:
        return found + " The data do not tell whether those who came more went on to change more."
    more = "more" if side == "full" else "less"
    return found + f" Those who came more went on to improve {more}."


def say_pace(quoter: Quoter, measure: str) -> Phrase:
    """Say in which programme more people had improved reliably at least once by the primary visit."""
    result = Key("pace", measure, what="difference")
    if not quoter.has(result):
        return say_absent(quoter, result, quoter.measure(measure))
    found = Phrase("{}: by the visit “{}”, {} in {} had improved reliably at least once ({}).").format(
        quoter.measure(measure),
        quoter.visit(quoter.plan_model.primary),
        quoter.result(result),
        quoter.arm("full"),
        quoter.interval(result),
    )
    return found + Phrase(" Not adjusted: it describes how soon people improved, and is no answer beside {}.").format(
        to_verdict()
    )


def picture_course(quoter: Quoter) -> str:
    """Say what share of the first and of the last sessions had each part."""
    found = {part: quoter.get(course_of(part)) for part in COMPONENTS}
    said = [
        f"{part.replace('_', ' ')}: {ends}" for part, curve in found.items() if (ends := say_ends(curve, "session"))
    ]
    return f"Share of sessions with each part, from the first sessions to the last. {'; '.join(said)}."


def picture_pace(quoter: Quoter) -> str:
    """Say in which programme more people had improved by the primary visit."""
    said = [say_pace(quoter, measure).plain for measure in quoter.plan_model.primary_scored]
    return f"Share of people who had improved reliably by each visit. {' '.join(said)}"
