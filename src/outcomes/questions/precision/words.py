"""How many more people, and whether the difference is shown to be small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.blocks.quote import Quoter


def lead_precision(quoter: Quoter) -> Phrase:
    """Say how many people it takes to see the worthwhile difference on each primary measure, or why nobody can."""
    plan = quoter.plan_model
    ids = {measure: f"precision.{measure}.{plan.primary}.clients_needed" for measure in plan.primary_measures}
    needed = [_say_needed(quoter, measure, result) for measure, result in ids.items() if quoter.has(result)]
    sentences = _say_unknown(quoter, {word: name for word, name in ids.items() if not quoter.has(name)})
    if needed:
        sentences.insert(
            0,
            Phrase("To see the worthwhile difference with a power of {} it takes {}, both programmes together.").format(
                quoter.percent("precision.power"), join_words(needed)
            ),
        )
    started = Phrase("Here {} and {} started.").format(
        quoter.result("flow.full.started"), quoter.result("flow.skills.started")
    )
    return Phrase(" ").join([*sentences, started])


def _say_unknown(quoter: Quoter, ids: Mapping[str, str]) -> list[Phrase]:
    """Say why there is no number, once for all measures that share a reason."""
    reasons: dict[str, list[str]] = {}
    for measure, name in ids.items():
        reasons.setdefault(getattr(quoter.get(name), "reason", ""), []).append(measure)
    return [
        say_absent(quoter, ids[measures[0]], join_words([quoter.measure(measure) for measure in measures]))
        for measures in reasons.values()
    ]


def _say_needed(quoter: Quoter, measure: str, result: str) -> Phrase:
    return Phrase("{} people for {} points on {}").format(
        quoter.result(result), quoter.plan(f"measures.{measure}.worthwhile"), quoter.measure(measure)
    )


def say_equivalence(quoter: Quoter, measure: str) -> Phrase:
    """Say whether the main difference is shown to lie within the worthwhile one."""
    result = f"precision.{measure}.{quoter.plan_model.primary}.equivalence"
    outcome = quoter.get(result)
    worthwhile = quoter.plan_model.measures[measure].worthwhile
    if not isinstance(outcome, Estimate) or outcome.interval is None or worthwhile is None:
        return say_absent(quoter, result, quoter.measure(measure))
    low, high = outcome.interval.low, outcome.interval.high
    inside = low is not None and high is not None and -worthwhile < low and high < worthwhile
    if inside:
        return Phrase(
            "{}: the interval lies within the worthwhile difference on both sides, so that a difference as large, "
            "either way, does not fit the data."
        ).format(quoter.measure(measure))
    return Phrase("{}: the interval reaches the worthwhile difference, so that one as large stays possible.").format(
        quoter.measure(measure)
    )
