"""The plain sentences: direction, size and certainty as three statements, each with its numbers bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from outcomes.render.reading import Reading, read_difference, read_limits, say_share

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
    sentences = [_say_found(quoter, result, measure), _say_against(quoter, measure, reading)]
    sentences.append(_say_certainty(quoter, result, reading))
    return Markup(" ").join(sentence for sentence in sentences if sentence)


def say_absent(quoter: Quoter, result: str, label: Markup) -> Markup:
    """Say why there is no estimate."""
    if quoter.get(result) is None:
        return Markup("{}: not shown in this edition; see what was hidden and why.").format(label)
    return Markup("{}: this data cannot answer. {}").format(label, quoter.field(result, "reason"))


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


def say_completion(quoter: Quoter) -> Markup:
    """Say who completes, and how the arms compare."""
    result = "completion.adjusted.difference"
    reading = read_limits(quoter.get(result), sign=1.0, worthwhile=None)
    if reading.answer == "absent":
        return say_absent(quoter, result, Markup("Completion"))
    found = Markup("{} of people in {} and {} in {} completed; among similar people {} in {} ({} interval {}).").format(
        quoter.result("completion.full.share"),
        quoter.arm("full"),
        quoter.result("completion.skills.share"),
        quoter.arm("skills"),
        quoter.result(result),
        quoter.arm("full"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )
    if reading.favours == "neither":
        return found + Markup(" The data do not tell in which programme more people complete.")
    return found + Markup(" The whole interval favours {}.").format(quoter.arm(reading.favours))


def answer_outcomes(quoter: Quoter) -> list[tuple[str, str]]:
    """How far each primary measure is answered: word of the measure, phrase."""
    plan = quoter.plan_model
    readings = {
        measure: read_difference(quoter.get(main_result(quoter, measure)), plan.measures[measure])
        for measure in plan.primary_measures
    }
    return [(measure, ANSWERS[reading.answer]) for measure, reading in readings.items()]


def lead_outcomes(quoter: Quoter) -> Markup:
    """Say in one sentence how far the primary measures are answered."""
    answers = [Markup("{}: {}").format(quoter.measure(measure), phrase) for measure, phrase in answer_outcomes(quoter)]
    return Markup("{}.").format(Markup("; ").join(answers))


def lead_change(quoter: Quoter) -> Markup:
    """Say for each primary measure how many improved reliably in each arm."""
    plan = quoter.plan_model
    sentences = []
    for measure in plan.primary_measures:
        at = f"change.{measure}.{plan.primary}"
        if not all(quoter.has(f"{at}.{arm}.improved") for arm in ("full", "skills")):
            continue
        sentence = Markup("{}: {} of those seen in {} and {} in {} improved reliably.").format(
            quoter.measure(measure),
            quoter.result(f"{at}.full.improved"),
            quoter.arm("full"),
            quoter.result(f"{at}.skills.improved"),
            quoter.arm("skills"),
        )
        sentences.append(sentence)
    return Markup(" ").join(sentences) or Markup("This data cannot answer how many people changed reliably.")


def say_confounding(quoter: Quoter, measure: str) -> Markup:
    """Say how strong an unrecorded confounder would have to be, and no more than that."""
    at = f"confounding.{measure}.{quoter.plan_model.primary}"
    if not quoter.has(f"{at}.robustness_value"):
        return say_absent(quoter, f"{at}.robustness_value", quoter.measure(measure))
    return Markup(
        "{}: something unrecorded that explains {} of what is left of both programme and score would take the "
        "difference to zero. As risk ratios it would need about {} with each (E-value), and {} to reach the limit of "
        "the interval."
    ).format(
        quoter.measure(measure),
        quoter.result(f"{at}.robustness_value"),
        quoter.result(f"{at}.e_value"),
        quoter.result(f"{at}.e_value_interval"),
    )


def lead_precision(quoter: Quoter) -> Markup:
    """Say for each primary measure with a worthwhile difference how many people it takes to see it."""
    plan = quoter.plan_model
    sentences = [
        Markup("{}: {} people would have to start to see a difference of {} points four times in five.").format(
            quoter.measure(measure),
            quoter.result(f"precision.{measure}.{plan.primary}.clients_needed"),
            quoter.plan(f"measures.{measure}.worthwhile"),
        )
        for measure in plan.primary_measures
        if quoter.has(f"precision.{measure}.{plan.primary}.clients_needed")
    ]
    started = Markup("{} and {} people started here.").format(
        quoter.result("flow.full.started"), quoter.result("flow.skills.started")
    )
    return Markup(" ").join([*sentences, started])
