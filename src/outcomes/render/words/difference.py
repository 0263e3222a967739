"""What was found on a measure: direction, size and certainty as three statements, each with its numbers bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from outcomes.render.reading import Reading, read_difference, say_share
from outcomes.render.words.balance import is_apart

if TYPE_CHECKING:
    from outcomes.render.quote import Quoter

ANSWERS = {
    "answered": "answered",
    "partly": "partly answered",
    "cannot": "this data cannot answer",
    "absent": "not answered",
}


def main_result(quoter: Quoter, measure: str) -> str:
    """Id of the main comparison of a measure at the primary visit."""
    return f"mmrm.{measure}.{quoter.plan_model.primary}.difference"


def say_measure(quoter: Quoter, measure: str) -> Markup:
    """Say what was found on a measure at the primary visit."""
    result = main_result(quoter, measure)
    reading = read_difference(quoter.get(result), quoter.plan_model.measures[measure])
    if reading.answer == "absent":
        return say_absent(quoter, result, quoter.measure(measure))
    if is_apart(quoter):
        return say_beyond(quoter, result, quoter.measure(measure))
    sentences = [_say_found(quoter, result, measure), _say_against(quoter, measure, reading)]
    sentences.append(_say_certainty(quoter, result, reading))
    return Markup(" ").join(sentence for sentence in sentences if sentence)


def say_absent(quoter: Quoter, result: str, label: Markup) -> Markup:
    """Say why there is no estimate."""
    if quoter.get(result) is None:
        return Markup("{}: not shown in this edition; see what was hidden and why.").format(label)
    return Markup("{}: this data cannot answer. {}").format(label, quoter.field(result, "reason"))


def say_beyond(quoter: Quoter, result: str, label: Markup) -> Markup:
    """Say what a model gives where the people cannot be compared, and that it is no answer."""
    return Markup(
        "{}: this data cannot answer. A model gives {} in {} ({} interval {}), but it reaches beyond the people who "
        "are there: it compares them with nobody like them."
    ).format(
        label,
        quoter.result(result),
        quoter.arm("full"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )


def _say_found(quoter: Quoter, result: str, measure: str) -> Markup:
    return Markup(
        "By the visit “{}”, people in {} finished {} on {} than similar people in {} "
        "({} interval {}; {} and {} people)."
    ).format(
        quoter.visit(quoter.plan_model.primary),
        quoter.arm("full"),
        quoter.result(result),
        quoter.measure(measure),
        quoter.arm("skills"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
        quoter.part(result, "n_full"),
        quoter.part(result, "n_skills"),
    )


def _say_against(quoter: Quoter, measure: str, reading: Reading) -> Markup:
    better = Markup("{} is better on this scale.").format(
        "A higher score" if quoter.plan_model.measures[measure].better == "higher" else "A lower score"
    )
    if reading.share is None or reading.leans == "neither":
        return better
    worthwhile = quoter.plan(f"measures.{measure}.worthwhile")
    side = "" if reading.leans == "full" else ", but in the other direction"
    return Markup("{} That is {} the difference the clinic called worthwhile ({} points){}.").format(
        better, say_share(reading.share), worthwhile, side
    )


def _say_certainty(quoter: Quoter, result: str, reading: Reading) -> Markup:
    if reading.favours == "neither":
        spans = Markup("The data are compatible with anything from {}").format(quoter.interval(result))
        if reading.worthwhile == "excluded":
            return spans + Markup("; a difference as large as the worthwhile one, either way, does not fit them.")
        return spans + Markup(", so they do not tell which programme does better on this measure.")
    against = {
        "reached": " and lies beyond the worthwhile difference",
        "open": "; whether the difference is worthwhile stays open",
        "excluded": ", but falls short of the worthwhile difference",
        "not stated": "",
    }[reading.worthwhile]
    return Markup("The whole interval favours {}{}.").format(quoter.arm(reading.favours), against)


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


def lead_outcomes(quoter: Quoter) -> Markup:
    """Say in one sentence how far the primary measures are answered."""
    answers = [Markup("{}: {}").format(quoter.measure(measure), phrase) for measure, phrase in answer_outcomes(quoter)]
    return Markup("{}.").format(Markup("; ").join(answers))
