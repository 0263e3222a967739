"""What was found on a count or a yes/no: shares and rates in words, never points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import say_share
from outcomes.blocks.refusals import say_absent, say_beyond
from outcomes.plan.model import ARMS
from outcomes.questions.influence.keys import of_measure
from outcomes.questions.influence.words import say_carried
from outcomes.questions.verdict.words import (
    is_barred,
    key_of,
    name_measure,
    say_elsewhere,
    say_in_full,
    say_why_barred,
)
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.plan.model import Plan

SECONDARY = "A secondary measure, beside the plan's own."


def main_of(quoter: Quoter, measure: str) -> Key:
    """Key of the main comparison of a measure that is no score, at the primary visit."""
    plan = quoter.plan_model
    return OF_KINDS[plan.measures[measure].kind].key(measure, plan.primary)


def seen_of(plan: Plan, measure: str) -> Key:
    """Key of what those of the full programme had at the primary visit."""
    kind = plan.measures[measure].kind
    return OF_KINDS[kind].key(measure, plan.primary).but(what="rate" if kind == "count" else "share", arm="full")


def say_measure(quoter: Quoter, measure: str) -> Phrase:
    """Say what was found on it at the primary visit, what that tells, and what other visits add."""
    result, verdict, name = main_of(quoter, measure), key_of(quoter, measure), name_measure(quoter, measure)
    if not quoter.has(result):
        return say_absent(quoter, result, name)
    if is_barred(quoter, verdict):
        return say_beyond(quoter, result, name, say_why_barred(quoter, verdict))
    role = Phrase("" if measure in quoter.plan_model.primary_measures else SECONDARY)
    is_count = quoter.plan_model.measures[measure].kind == "count"
    about = (
        (_say_means, _say_ratio, _say_worthwhile_ratio, _say_fewer)
        if is_count
        else (_say_shares, _say_difference, _say_against, _say_better)
    )
    sentences = (
        role,
        *(say(quoter, measure) for say in about),
        say_in_full(quoter, verdict, result),
        say_carried(quoter, of_measure(measure, quoter.plan_model.primary), verdict),
        say_elsewhere(quoter, measure),
    )
    return Phrase(" ").join(sentence for sentence in sentences if sentence)


def _say_shares(quoter: Quoter, measure: str) -> Phrase:
    """Say how many had a yes, of those seen."""
    visit = quoter.plan_model.primary
    shares = {arm: Key("yes_no", measure, visit, "share", arm) for arm in ARMS}
    if not all(map(quoter.has, shares.values())):
        return Phrase("")
    said = (
        Phrase("{} of {} people in {}").format(quoter.result(key), quoter.part(key, "n"), quoter.arm(arm))
        for arm, key in shares.items()
    )
    return Phrase("{} at the visit “{}”: a yes for {}, of those seen.").format(
        quoter.measure(measure), quoter.visit(visit), Phrase(" and ").join(said)
    )


def _say_difference(quoter: Quoter, measure: str) -> Phrase:
    result = main_of(quoter, measure)
    return Phrase("Among similar people a yes for {} in {} than in {} ({} interval {}; {} and {} people).").format(
        quoter.result(result),
        quoter.arm("full"),
        quoter.arm("skills"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
        quoter.part(result, "n_full"),
        quoter.part(result, "n_skills"),
    )


def _say_against(quoter: Quoter, measure: str) -> Phrase:
    outcome, described = quoter.get(main_of(quoter, measure)), quoter.plan_model.measures[measure]
    if not isinstance(outcome, Estimate) or described.worthwhile is None or not outcome.value:
        return Phrase("")
    share = described.sign * outcome.value / described.worthwhile
    return Phrase("That is {} the difference the clinic called worthwhile ({} of people){}.").format(
        say_share(share),
        quoter.percent(f"measures.{measure}.worthwhile"),
        "" if share > 0 else ", but in the other direction",
    )


def _say_better(quoter: Quoter, measure: str) -> Phrase:
    better = quoter.plan_model.measures[measure].better == "higher"
    return Phrase("A yes is the better answer here." if better else "A no is the better answer here.")


def say_times(ratio: float) -> str:
    """Say in words how many times as many; between two words it turns at their geometric mean."""
    steps = (
        (0.15, "far fewer than"),
        (0.29, "about a quarter as many as"),
        (0.41, "about a third as many as"),
        (0.58, "about half as many as"),
        (0.72, "about two thirds as many as"),
        (0.87, "about three quarters as many as"),
        (0.97, "somewhat fewer than"),
        (1.03, "about as many as"),
        (1.15, "somewhat more than"),
        (1.38, "about a quarter more than"),
        (1.72, "about one and a half times as many as"),
        (2.4, "about twice as many as"),
        (3.5, "about three times as many as"),
    )
    return next((words for limit, words in steps if ratio < limit), "more than three times as many as")


def weeks_of(quoter: Quoter, measure: str, visit: str) -> Phrase:
    """Quote of how many weeks a count at a visit is."""
    given = quoter.plan_model.measures[measure].weeks
    path = f"measures.{measure}.weeks"
    return quoter.plan(f"{path}.{visit}" if isinstance(given, dict) else path)


def _say_means(quoter: Quoter, measure: str) -> Phrase:
    """Say the mean numbers of those seen."""
    visit = quoter.plan_model.primary
    rates = {arm: Key("counts", measure, visit, "rate", arm) for arm in ARMS}
    if not all(map(quoter.has, rates.values())):
        return Phrase("")
    said = (Phrase("{} in {}").format(quoter.result(key), quoter.arm(arm)) for arm, key in rates.items())
    return Phrase("{} in the {} weeks before the visit “{}”: on average {}, of those seen.").format(
        quoter.measure(measure), weeks_of(quoter, measure, visit), quoter.visit(visit), Phrase(" and ").join(said)
    )


def _say_ratio(quoter: Quoter, measure: str) -> Phrase:
    """Say the ratio in words and numbers, then the difference."""
    result = main_of(quoter, measure)
    outcome, difference = quoter.get(result), result.but(what="rate_difference")
    words = say_times(outcome.value) if isinstance(outcome, Estimate) else ""
    said = Phrase("People in {} had {} similar people in {}: {} ({} interval {}; {} and {} people)").format(
        quoter.arm("full"),
        Phrase(words),
        quoter.arm("skills"),
        quoter.result(result),
        quoter.percent("confidence.level"),
        quoter.interval(result),
        quoter.part(result, "n_full"),
        quoter.part(result, "n_skills"),
    )
    if not quoter.has(difference):
        return said + Phrase(".")
    weeks = weeks_of(quoter, measure, quoter.plan_model.primary)
    return said + Phrase(", or {} a person in {} weeks ({}).").format(
        quoter.result(difference), weeks, quoter.interval(difference)
    )


def _say_worthwhile_ratio(quoter: Quoter, measure: str) -> Phrase:
    if quoter.plan_model.measures[measure].worthwhile is None:
        return Phrase("")
    said = "The clinic called a ratio of {} worthwhile, and as much the other way."
    return Phrase(said).format(quoter.plan(f"measures.{measure}.worthwhile"))


def _say_fewer(quoter: Quoter, measure: str) -> Phrase:
    better = quoter.plan_model.measures[measure].better == "higher"
    return Phrase("More is better here." if better else "Fewer is better here.")


def picture_shares(quoter: Quoter) -> str:
    """Say what the picture of shares and rates shows at the primary visit."""
    plan = quoter.plan_model
    said = []
    for measure, described in plan.measures.items():
        if described.kind in OF_KINDS:
            result = main_of(quoter, measure)
            told = quoter.result(result).plain
            said.append(
                f"{described.label} {told}" + (f" ({quoter.interval(result).plain})" if quoter.has(result) else "")
            )
    arms = " compared with ".join(plan.arm_names[arm] for arm in ARMS)
    return f"By the visit “{plan.visits[plan.primary].label}”, {arms}: {'; '.join(said)}. The tables hold the numbers."
