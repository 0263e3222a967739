"""How long people waited, said for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.questions.waiting.spans import SPANS, WHOLE, median_of, within_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter


def list_known(quoter: Quoter) -> list[str]:
    """List the waits of which an arm has a median; the sum of two that are told is not told again."""
    known = [span for span in SPANS if any(quoter.has(median_of(span, arm)) for arm in ARMS)]
    parts = {"assessed_to_offered", "offered_to_started"}
    return [span for span in known if span != "assessed_to_started" or not parts <= set(known)]


def say_waits(quoter: Quoter) -> Phrase:
    """Say how long the whole way in took, or the first part of it that is recorded, in both programmes."""
    known = list_known(quoter)
    span = WHOLE if WHOLE in known else next(iter(known), "")
    if not span:
        return say_absent(quoter, median_of(WHOLE, "full"), Phrase("How long people waited"))
    told = Phrase("; ").join(_say_arm(quoter, span, arm) for arm in ARMS)
    return Phrase("{}, for those who started: {}.").format(SPANS[span].label, told)


def _say_arm(quoter: Quoter, span: str, arm: str) -> Phrase:
    median, within = median_of(span, arm), within_of(span, arm)
    if not quoter.has(median):
        return Phrase("{} in {}").format(quoter.result(median), quoter.arm(arm))
    said = Phrase("half waited up to {} weeks in {}").format(quoter.result(median), quoter.arm(arm))
    outcome = quoter.get(median)
    if isinstance(outcome, Estimate) and outcome.interval is not None:
        said += Phrase(" ({})").format(quoter.interval(median))
    if not quoter.has(within):
        return said
    return said + Phrase(", and {} of {} no longer than the {} weeks of the plan").format(
        quoter.result(within), quoter.part(within, "n"), quoter.plan(f"waiting.{span}")
    )
