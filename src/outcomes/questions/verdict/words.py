"""The words of a verdict on a page: the sentence, the numbers behind what holds it back, and other visits beside it.

A verdict is read from its result and never made here, so that no two pages can differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import TIMES, is_times
from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.verdicts import BARS, CAPS, NOT_TO_BE_HAD, SUPPORTS
from outcomes.blocks.verdicts import JUST as JUST_SO
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.verdict import Bar, Rung, Support
from outcomes.results.ways import OF_KINDS, VERDICT_ON_COMPLETION, main_key, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.quote import Quoter
    from outcomes.plan.model import Plan
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry
    from outcomes.results.verdict import Verdict

NOTHING = Phrase("")
EVERY = "All the intervals that it must stand in say the same: "
SENTENCES = {
    Rung.BETTER_WORTHWHILE: EVERY + "better in {arm}, by a worthwhile amount.",
    Rung.BETTER_LESS: EVERY + "better in {arm}, and less than worthwhile.",
    Rung.BETTER_OPEN: EVERY + "better in {arm}; whether the difference is worthwhile stays open.",
    Rung.TOO_SMALL: ("The data are compatible with anything from {interval}: too small either way to be worthwhile."),
    Rung.LEANS_LESS: "This leans towards {arm}, by less than worthwhile, and is not settled.",
    Rung.LEANS: "This leans towards {arm} and is not settled.",
    Rung.DOES_NOT_TELL: ("The data are compatible with anything from {interval}, so they do not tell {question}."),
}
BETTER = EVERY + "better in {arm}."  # where the plan states no worthwhile difference
# The same in a sentence about several measures: what is said of those of which one thing is told.
ANSWERS = {
    Rung.BETTER_WORTHWHILE: "similar people did better in {arm} on {on}, by a worthwhile amount",
    Rung.BETTER_LESS: "similar people did better in {arm} on {on}, by less than a worthwhile amount",
    Rung.BETTER_OPEN: "similar people did better in {arm} on {on} (whether by a worthwhile amount stays open)",
    Rung.TOO_SMALL: "on {on} any difference is too small either way to be worthwhile",
    Rung.LEANS_LESS: "on {on} the answer leans towards {arm}, by less than a worthwhile amount, and is not settled",
    Rung.LEANS: "on {on} the answer leans towards {arm} and is not settled",
    Rung.DOES_NOT_TELL: "on {on} the data do not tell which does better",
    Rung.CANNOT: "on {on} these data cannot answer",
}
ANSWER_BETTER = "similar people did better in {arm} on {on}"  # where the plan states no worthwhile difference
ANSWER_HIDDEN = "on {on} the answer is not shown in this edition"
BETTER_ON_WHICH = "which programme does better on this measure"
MORE_COMPLETE = "in which programme more people complete"
FEWER_EVENTS, MORE_EVENTS = "in which programme there are fewer", "in which programme there are more"
HELD = "What holds it back: {}."
JUST = (
    "That is only just so: had one limit of an interval lain elsewhere by a twentieth of the worthwhile difference, "
    "it would read otherwise."
)
ELSEWHERE = "At the visit “{}”: {} ({}), {}. This is not corrected for looking at more than one visit."
ANSWERED, PARTLY, NOT_SETTLED = "answered", "partly answered", "leans, and is not settled"
DOES_NOT_TELL, CANNOT = "the data do not tell", "this data cannot answer"


def list_measures(plan: Plan) -> tuple[str, ...]:
    """List the measures of the first page: the primary ones, then secondary ones of symptoms."""
    symptoms = (
        word for word, one in plan.measures.items() if one.domain == "symptoms" and word not in plan.primary_measures
    )
    return (*plan.primary_measures, *symptoms)


def name_measure(quoter: Quoter, measure: str) -> Phrase:
    """Name a measure, and say where it is a secondary one."""
    label = quoter.measure(measure)
    return label if measure in quoter.plan_model.primary_measures else Phrase("{} (secondary)").format(label)


def key_of(quoter: Quoter, measure: str) -> Key:
    """Key of the verdict on a measure at the primary visit."""
    return verdict_of(measure, quoter.plan_model.primary)


def read(quoter: Quoter, key: Key) -> Verdict | None:
    """Read a verdict; None where this edition has none."""
    return _verdict(quoter.get(key))


def _verdict(outcome: Outcome | None) -> Verdict | None:
    return outcome.verdict if isinstance(outcome, Estimate) else None


def say_in_short(quoter: Quoter, key: Key) -> Phrase:
    """Say it in a few words, as its result prints; nothing where this edition has none."""
    return NOTHING if read(quoter, key) is None else quoter.result(key)


def is_barred(quoter: Quoter, key: Key) -> bool:
    """Whether there is an estimate, and the data cannot answer all the same."""
    verdict = read(quoter, key)
    return verdict is not None and bool({Bar.APART, Bar.ONE_GROUP_EACH} & set(verdict.bars))


def say_in_full(quoter: Quoter, key: Key, result: Key) -> Phrase:
    """Say in a sentence what a comparison tells, then what holds it back and whether it is so by a little only."""
    verdict = read(quoter, key)
    if verdict is None or verdict.rung is Rung.CANNOT:
        return NOTHING
    is_open = verdict.rung is Rung.BETTER_OPEN and not verdict.has_worthwhile
    said = Phrase(BETTER if is_open else SENTENCES[verdict.rung]).format(
        arm=quoter.arm(verdict.side) if verdict.side else NOTHING,
        interval=_say_interval(quoter, result),
        question=Phrase(_ask(quoter, key)),
    )
    held = say_what_holds(quoter, key)
    return said + " " + held if held else said


def say_what_holds(quoter: Quoter, key: Key) -> Phrase:
    """Say what holds a verdict back and whether it is so by a little only; nothing where neither is so."""
    verdict = read(quoter, key)
    if verdict is None or verdict.rung is Rung.CANNOT:
        return NOTHING
    reasons = list(_list_reasons(quoter, key, verdict))
    said = [Phrase(HELD).format(Phrase("; ").join(reasons))] if reasons else []
    return Phrase(" ").join([*said, *([JUST] if verdict.just else [])])


def say_answer(quoter: Quoter) -> Phrase:
    """Say in one sentence what is told of the primary measures at the primary visit, the most settled first."""
    plan = quoter.plan_model
    told: dict[tuple[int, str, str], list[Phrase]] = {}
    for measure in plan.primary_measures:
        verdict = read(quoter, key_of(quoter, measure))
        told.setdefault(_tell(verdict), []).append(quoter.measure(measure))
    parts = (
        Phrase(said).format(arm=quoter.arm(side) if side else NOTHING, on=join_words(measures))
        for (_, said, side), measures in sorted(told.items(), key=lambda one: one[0])
    )
    return Phrase("At the visit “{}”: {}.").format(quoter.visit(plan.primary), Phrase("; ").join(parts))


def _tell(verdict: Verdict | None) -> tuple[int, str, str]:
    """Give the place of a verdict in such a sentence, what is said, and in favour of which arm."""
    if verdict is None:
        return max(Rung) + 1, ANSWER_HIDDEN, ""
    is_open = verdict.rung is Rung.BETTER_OPEN and not verdict.has_worthwhile
    said = ANSWER_BETTER if is_open else ANSWERS[verdict.rung]
    return verdict.rung, f"{said} ({JUST_SO})" if verdict.just else said, verdict.side or ""


def _ask(quoter: Quoter, key: Key) -> str:
    """Say what is asked, where the data do not tell."""
    event = quoter.plan_model.events.get(key.subject) if key.what == "events" else None
    if event is not None:
        return FEWER_EVENTS if event.better == "fewer" else MORE_EVENTS
    return MORE_COMPLETE if key == VERDICT_ON_COMPLETION else BETTER_ON_WHICH


def _say_interval(quoter: Quoter, result: Key) -> Phrase:
    """Quote both limits; behind those of a ratio of counts stands what they are."""
    outcome, limits = quoter.get(result), quoter.interval(result)
    return limits + f" {TIMES}" if outcome is not None and is_times(outcome) else limits


def _list_reasons(quoter: Quoter, key: Key, verdict: Verdict) -> Iterator[Phrase]:
    """List what holds a verdict back, each with its number where it has one."""
    for support in verdict.held_by:
        number = _number_of(quoter, key, support)
        yield Phrase("{} ({})").format(Phrase(SUPPORTS[support]), number) if number else Phrase(SUPPORTS[support])
    yield from (Phrase(NOT_TO_BE_HAD.format(SUPPORTS[support])) for support in verdict.not_estimable)
    yield from (Phrase(CAPS[cap]) for cap in verdict.caps if verdict.is_capped)


def _number_of(quoter: Quoter, key: Key, support: Support) -> Phrase:
    at = Key("", key.measure, key.visit)
    if support is Support.HOLM:
        if key.what == "events":
            p_value = Key("events", subject=key.subject, what="p_holm")
        else:
            kind = quoter.plan_model.measures[key.measure].kind
            p_value = at.but(analysis=OF_KINDS[kind].analysis if kind in OF_KINDS else "mmrm", what="p_holm")
        found = quoter.get(p_value)
        error = 1 - quoter.plan_model.confidence.level
        # told coarsely it may fall below what it is held against
        is_told = isinstance(found, Estimate) and found.value >= error
        return Phrase("p {}").format(quoter.result(p_value)) if is_told else NOTHING
    other = at.but(analysis="mixed", what="difference")
    if support is Support.CLINICS:
        other = at.but(analysis="pool", what="two_stage")
    if support is Support.START:
        other = at.but(analysis="imputation", what="start")
    return quoter.interval(other) if quoter.has(other) else NOTHING


def say_why_barred(quoter: Quoter, key: Key) -> Phrase:
    """Say why the data cannot answer although a model gives a number."""
    verdict = read(quoter, key)
    return Phrase("; ").join([Phrase(BARS[bar]) for bar in (verdict.bars if verdict else ()) if BARS[bar]])


def list_elsewhere(registry: Registry, plan: Plan, measure: str) -> list[str]:
    """List the visits at which the verdict on a measure claims what it does not at the primary one, or contradicts it.

    Holm's correction is for the primary visit: others may claim more by that alone, which is said where they are named.
    """
    verdicts = {visit: _verdict(registry.get(verdict_of(measure, visit))) for visit in plan.later}
    here = verdicts.pop(plan.primary)
    if here is None or here.rung is Rung.CANNOT:
        return []
    return [visit for visit, other in verdicts.items() if other is not None and _adds(other, here)]


def _adds(other: Verdict, here: Verdict) -> bool:
    against = bool(other.side) and bool(here.side) and other.side != here.side
    return against or bool(other.claims - here.claims)


def say_elsewhere(quoter: Quoter, measure: str) -> Phrase:
    """Say what those visits tell."""
    found = []
    for visit in list_elsewhere(quoter.registry, quoter.plan_model, measure):
        result = main_key(quoter.registry, measure, visit)
        short = say_in_short(quoter, verdict_of(measure, visit))
        found.append(
            Phrase(ELSEWHERE).format(quoter.visit(visit), quoter.result(result), quoter.interval(result), short)
        )
    return Phrase(" ").join(found)


def name_elsewhere(quoter: Quoter, measure: str) -> Phrase:
    """Name them in a few words."""
    return Phrase("; ").join(
        [
            Phrase("at {}: {}").format(quoter.visit(visit), say_in_short(quoter, verdict_of(measure, visit)))
            for visit in list_elsewhere(quoter.registry, quoter.plan_model, measure)
        ]
    )


def how_far_answered(verdict: Verdict) -> str:
    """Say how far a verdict answers its question: direction and size, one of them, a leaning, nothing."""
    if verdict.rung is Rung.CANNOT:
        return CANNOT
    if verdict.rung is Rung.DOES_NOT_TELL:
        return DOES_NOT_TELL
    if verdict.rung in {Rung.LEANS, Rung.LEANS_LESS}:
        return NOT_SETTLED
    return PARTLY if verdict.rung is Rung.BETTER_OPEN and verdict.has_worthwhile else ANSWERED
