"""What the programmes cost, and against what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.questions.costs.keys import DIFFERENCE, HOURS, hours_of, mean_of, price_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

PRICED = {"improvement": "one more person reliably improved", "completion": "one more person who completes"}


def say_prices(quoter: Quoter) -> Phrase:
    """Quote the sentence that names currency and price year: the first note of every cost."""
    for result in map(mean_of, ARMS):
        found = quoter.get(result)
        if isinstance(found, Estimate) and found.notes:
            return quoter.field(result, "notes", found.notes[0])
    return Phrase("")


def currency(quoter: Quoter) -> Phrase:
    """Quote the currency alone."""
    for result in map(mean_of, ARMS):
        found = quoter.get(result)
        if isinstance(found, Estimate) and found.named:
            return quoter.field(result, "notes", found.named)
    return Phrase("")


def lead_costs(quoter: Quoter) -> Phrase:
    """Say what each programme cost a client, in money and in their own time."""
    if not quoter.has(DIFFERENCE):
        money = say_absent(quoter, DIFFERENCE, Phrase("Money"))
    else:
        money = Phrase(
            "Each person in {} cost the service {} {}, in {} {}: a difference of {} ({} interval {})."
        ).format(
            quoter.arm("full"),
            currency(quoter),
            quoter.result(mean_of("full")),
            quoter.arm("skills"),
            quoter.result(mean_of("skills")),
            quoter.result(DIFFERENCE),
            quoter.percent("confidence.level"),
            quoter.interval(DIFFERENCE),
        )
    if not quoter.has(HOURS):
        time = say_absent(quoter, HOURS, Phrase("The client's own time"))
    else:
        time = Phrase("They gave {} and {} hours of their own time.").format(*map(quoter.result, map(hours_of, ARMS)))
    return money + " " + time


def say_price(quoter: Quoter, kind: str) -> Phrase:
    """Say what one more person improved, or one more completer, cost; or why there is no such price."""
    result, noun = price_of(kind), PRICED[kind].capitalize()
    if not quoter.has(result):
        return say_absent(quoter, result, Phrase(noun))
    return Phrase("{} cost {} {} ({}).").format(noun, currency(quoter), quoter.result(result), quoter.interval(result))
