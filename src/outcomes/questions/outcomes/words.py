"""What was found on a measure: direction, size and certainty as three statements, each with its numbers bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import rounds_to_zero
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import say_share
from outcomes.blocks.refusals import say_absent, say_beyond
from outcomes.plan.model import ARMS
from outcomes.questions.influence.keys import of_measure
from outcomes.questions.influence.words import say_carried
from outcomes.questions.kinds import words as kinds
from outcomes.questions.verdict.words import (
    is_barred,
    key_of,
    name_measure,
    say_elsewhere,
    say_in_full,
    say_in_short,
    say_what_holds,
    say_why_barred,
)
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import BY_PEOPLE, OF_KINDS, main_key

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

BELOW = "The tables below hold the numbers."


def main_result(quoter: Quoter, measure: str) -> Key:
    """Key of the main comparison of a measure at the primary visit."""
    return main_key(quoter.registry, measure, quoter.plan_model.primary)


def say_measure(quoter: Quoter, measure: str) -> Phrase:
    """Say what was found on a measure at the primary visit, what that tells, and what other visits add."""
    if quoter.plan_model.measures[measure].kind in OF_KINDS:
        return kinds.say_measure(quoter, measure)
    result, verdict, name = main_result(quoter, measure), key_of(quoter, measure), name_measure(quoter, measure)
    if not quoter.has(result):
        return say_absent(quoter, result, name)
    if is_barred(quoter, verdict):
        return say_beyond(quoter, result, name, say_why_barred(quoter, verdict))
    sentences = [_say_role(quoter, measure), _say_found(quoter, result, measure), _say_against(quoter, result, measure)]
    sentences += [_say_better(quoter, measure), say_in_full(quoter, verdict, result)]
    sentences += [say_carried(quoter, of_measure(measure, quoter.plan_model.primary), verdict)]
    sentences += [say_elsewhere(quoter, measure)]
    return Phrase(" ").join(sentence for sentence in sentences if sentence)


def say_beside(quoter: Quoter, measure: str) -> Phrase:
    """Say what stands beside a difference and its verdict: why there is none, what holds it back, other visits."""
    result, verdict, name = main_result(quoter, measure), key_of(quoter, measure), name_measure(quoter, measure)
    if not quoter.has(result):
        return say_absent(quoter, result, name)
    if is_barred(quoter, verdict):
        return say_beyond(quoter, result, name, say_why_barred(quoter, verdict))
    sentences = [
        say_what_holds(quoter, verdict),
        say_carried(quoter, of_measure(measure, quoter.plan_model.primary), verdict),
        say_elsewhere(quoter, measure),
    ]
    said = Phrase(" ").join(sentence for sentence in sentences if sentence)
    return Phrase("{} {}").format((name + ".").strong(), said) if said else said


def _say_role(quoter: Quoter, measure: str) -> Phrase:
    """Mark a secondary measure, so that what it tells is not taken for an answer of the plan."""
    return Phrase("" if measure in quoter.plan_model.primary_scored else kinds.SECONDARY)


def has_side(quoter: Quoter, result: Key) -> bool:
    """Whether a difference as printed says in which direction it lies; one that rounds to nothing does not."""
    outcome = quoter.get(result)
    return isinstance(outcome, Estimate) and not rounds_to_zero(outcome, quoter.plan_model)


def _say_found(quoter: Quoter, result: Key, measure: str) -> Phrase:
    sides = {"full": quoter.arm("full"), "skills": quoter.arm("skills"), "measure": quoter.measure(measure)}
    value = quoter.result(result)
    finished = Phrase("People in {full} finished {value} on {measure} than similar people in {skills}")
    between = Phrase("Between people in {full} and similar people in {skills} the difference on {measure} was {value}")
    return Phrase("{} ({} interval {}; {} and {} people compared{}).").format(
        (finished if has_side(quoter, result) else between).format(value=value, **sides),
        quoter.percent("confidence.level"),
        quoter.interval(result),
        quoter.part(result, "n_full"),
        quoter.part(result, "n_skills"),
        _say_seen(quoter, measure),
    )


def _say_seen(quoter: Quoter, measure: str) -> Phrase:
    """Say how many of those compared were seen at the visit itself: the others count by their other scores."""
    seen = [Key("flow", measure, what="compared_and_seen", arm=arm) for arm in ARMS]
    if not all(map(quoter.has, seen)):
        return Phrase("")
    return Phrase(", {} and {} of them seen at this visit").format(*map(quoter.result, seen))


def _say_against(quoter: Quoter, result: Key, measure: str) -> Phrase:
    outcome, described = quoter.get(result), quoter.plan_model.measures[measure]
    if not isinstance(outcome, Estimate) or described.worthwhile is None or not outcome.value:
        return Phrase("")
    share = described.sign * outcome.value / described.worthwhile
    return Phrase("That is {} the difference the clinic called worthwhile ({} points){}.").format(
        say_share(share),
        quoter.plan(f"measures.{measure}.worthwhile"),
        "" if share > 0 else ", but in the other direction",
    )


def _say_better(quoter: Quoter, measure: str) -> Phrase:
    return Phrase("A {} score is better on this scale.").format(quoter.plan_model.measures[measure].better)


def lead_outcomes(quoter: Quoter) -> Phrase:
    """Say in one sentence what was found on each primary measure, and what that tells."""
    found = []
    for measure in quoter.plan_model.primary_measures:
        result = main_result(quoter, measure)
        told = say_in_short(quoter, key_of(quoter, measure)) or quoter.result(result)
        if quoter.has(result):
            told = Phrase("{} ({}), {}").format(quoter.result(result), quoter.interval(result), told)
        found.append(Phrase("{}: {}").format(quoter.measure(measure), told))
    return Phrase("Difference at the visit “{}”, with its interval, and what it tells: {}.").format(
        quoter.visit(quoter.plan_model.primary), Phrase("; ").join(found)
    )


def say_who_is_counted(quoter: Quoter) -> Phrase:
    """Say once which people a number can be of; each table says which of these it has."""
    return Phrase(
        "A number is of one of four sets of people: those who started; those in the main comparison, with a score "
        "at the start, a later one and all that is adjusted for; those seen at a visit, with a score there; those "
        "seen at both, at the start and at the visit “{}”, of whom a change is known. Each table says which it has."
    ).format(quoter.visit(quoter.plan_model.primary))


def picture_trajectory(quoter: Quoter) -> str:
    """Say how far apart the programmes were by the primary visit."""
    plan = quoter.plan_model
    visit = plan.visits[plan.primary].label
    arms = " compared with ".join(plan.arm_names[arm] for arm in ARMS)
    found = _list_found(quoter, {measure: main_result(quoter, measure) for measure in plan.primary_scored})
    return f"Mean scores over the visits. By the visit “{visit}”, {arms}: {found}. {BELOW}"


def picture_forest(quoter: Quoter) -> str:
    """Say what the main comparison gives in standard deviations; the others stand in the tables."""
    plan = quoter.plan_model
    found = _list_found(
        quoter, {measure: BY_PEOPLE.key(measure, plan.primary).but(what="g") for measure in plan.primary_scored}
    )
    return (
        f"Every way of comparing, in standard deviations; above zero favours {plan.arm_names['full']}. "
        f"The main one: {found}. {BELOW}"
    )


def _list_found(quoter: Quoter, results: dict[str, Key]) -> str:
    return "; ".join(_name_found(quoter, measure, result) for measure, result in results.items())


def _name_found(quoter: Quoter, measure: str, result: Key) -> str:
    label = quoter.plan_model.measures[measure].label
    value = quoter.result(result).plain
    return f"{label} {value} ({quoter.interval(result).plain})" if quoter.has(result) else f"{label} {value}"
