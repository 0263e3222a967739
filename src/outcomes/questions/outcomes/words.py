"""What was found on a measure: direction, size and certainty as three statements, each with its numbers bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import rounds_to_zero
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import Reading, read_difference, say_in_short, say_share
from outcomes.blocks.refusals import is_apart, say_absent, say_beyond
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate
from outcomes.results.ways import MAIN

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.key import Key

BELOW = "The tables below hold the numbers."
ANSWERS = {
    "answered": "answered",
    "partly": "partly answered",
    "cannot": "this data cannot answer",
    "absent": "not answered",
}


def main_result(quoter: Quoter, measure: str) -> Key:
    """Key of the main comparison of a measure at the primary visit."""
    return MAIN.key(measure, quoter.plan_model.primary)


def say_measure(quoter: Quoter, measure: str) -> Phrase:
    """Say what was found on a measure at the primary visit."""
    result = main_result(quoter, measure)
    reading = read_difference(quoter.get(result), quoter.plan_model.measures[measure])
    if reading.answer == "absent":
        return say_absent(quoter, result, quoter.measure(measure))
    if is_apart(quoter):
        return say_beyond(quoter, result, quoter.measure(measure))
    sentences = [_say_found(quoter, result, measure), _say_against(quoter, measure, reading)]
    sentences += [_say_better(quoter, measure), _say_certainty(quoter, result, reading)]
    return Phrase(" ").join(sentence for sentence in sentences if sentence)


def say_reading(quoter: Quoter, result: Key, reading: Reading) -> Phrase:
    """Say in a few words how a difference reads; nothing where there is none, or where people cannot be compared."""
    if reading.answer == "absent" or is_apart(quoter) or not quoter.has(result):
        return Phrase("")
    name = Phrase("") if reading.favours == "neither" else quoter.arm(reading.favours)
    return Phrase(say_in_short(reading)).format(arm=name)


def read_measure(quoter: Quoter, measure: str) -> Reading:
    """Read the main comparison of a measure."""
    return read_difference(quoter.get(main_result(quoter, measure)), quoter.plan_model.measures[measure])


def has_side(quoter: Quoter, result: Key) -> bool:
    """Whether a difference as printed says in which direction it lies; one that rounds to nothing does not."""
    outcome = quoter.get(result)
    return isinstance(outcome, Estimate) and not rounds_to_zero(outcome, quoter.plan_model)


def _say_found(quoter: Quoter, result: Key, measure: str) -> Phrase:
    sides = {"full": quoter.arm("full"), "skills": quoter.arm("skills"), "measure": quoter.measure(measure)}
    value = quoter.result(result)
    finished = Phrase("People in {full} finished {value} on {measure} than similar people in {skills}")
    between = Phrase("Between people in {full} and similar people in {skills} the difference on {measure} was {value}")
    return Phrase("{} ({} interval {}; {} and {} people).").format(
        (finished if has_side(quoter, result) else between).format(value=value, **sides),
        quoter.percent("confidence.level"),
        quoter.interval(result),
        quoter.part(result, "n_full"),
        quoter.part(result, "n_skills"),
    )


def _say_against(quoter: Quoter, measure: str, reading: Reading) -> Phrase:
    if reading.share is None or reading.leans == "neither":
        return Phrase("")
    worthwhile = quoter.plan(f"measures.{measure}.worthwhile")
    side = "" if reading.leans == "full" else ", but in the other direction"
    return Phrase("That is {} the difference the clinic called worthwhile ({} points){}.").format(
        say_share(reading.share), worthwhile, side
    )


def _say_better(quoter: Quoter, measure: str) -> Phrase:
    return Phrase("A {} score is better on this scale.").format(quoter.plan_model.measures[measure].better)


def _say_certainty(quoter: Quoter, result: Key, reading: Reading) -> Phrase:
    if reading.favours == "neither":
        spans = Phrase("The data are compatible with anything from {}").format(quoter.interval(result))
        if reading.worthwhile == "excluded":
            return spans + Phrase("; a difference as large as the worthwhile one, either way, does not fit them.")
        return spans + Phrase(", so they do not tell which programme does better on this measure.")
    against = {
        "reached": " and lies beyond the worthwhile difference",
        "open": "; whether the difference is worthwhile stays open",
        "excluded": ", but falls short of the worthwhile difference",
        "not stated": "",
    }[reading.worthwhile]
    return Phrase("The whole interval favours {}{}.").format(quoter.arm(reading.favours), against)


def answer_outcomes(quoter: Quoter) -> list[tuple[str, str]]:
    """How far each primary measure is answered: word of the measure, phrase."""
    plan = quoter.plan_model
    readings = {
        measure: read_difference(quoter.get(main_result(quoter, measure)), plan.measures[measure])
        for measure in plan.primary_measures
    }
    apart = is_apart(quoter)
    return [
        (measure, ANSWERS["cannot" if apart and reading.answer != "absent" else reading.answer])
        for measure, reading in readings.items()
    ]


def lead_outcomes(quoter: Quoter) -> Phrase:
    """Say in one sentence what was found on each primary measure, and how far that is an answer."""
    found = []
    for measure, phrase in answer_outcomes(quoter):
        result = main_result(quoter, measure)
        numbers = (
            Phrase("{} ({}), ").format(quoter.result(result), quoter.interval(result)) if quoter.has(result) else ""
        )
        found.append(Phrase("{}: {}{}").format(quoter.measure(measure), numbers, phrase))
    return Phrase("Difference at the visit “{}”, with its interval, and how far that is an answer: {}.").format(
        quoter.visit(quoter.plan_model.primary), Phrase("; ").join(found)
    )


def picture_trajectory(quoter: Quoter) -> str:
    """Say how far apart the programmes were by the primary visit."""
    plan = quoter.plan_model
    visit = plan.visits[plan.primary].label
    arms = " compared with ".join(plan.arm_labels[arm] for arm in ARMS)
    found = _list_found(quoter, {measure: main_result(quoter, measure) for measure in plan.primary_measures})
    return f"Mean scores over the visits. By the visit “{visit}”, {arms}: {found}. {BELOW}"


def picture_forest(quoter: Quoter) -> str:
    """Say what the main comparison gives in standard deviations; the others stand in the tables."""
    plan = quoter.plan_model
    found = _list_found(
        quoter, {measure: main_result(quoter, measure).but(what="g") for measure in plan.primary_measures}
    )
    return (
        f"Every way of comparing, in standard deviations; above zero favours {plan.arm_labels['full']}. "
        f"The main one: {found}. {BELOW}"
    )


def _list_found(quoter: Quoter, results: dict[str, Key]) -> str:
    return "; ".join(_name_found(quoter, measure, result) for measure, result in results.items())


def _name_found(quoter: Quoter, measure: str, result: Key) -> str:
    label = quoter.plan_model.measures[measure].label
    value = quoter.result(result).plain
    return f"{label} {value} ({quoter.interval(result).plain})" if quoter.has(result) else f"{label} {value}"
