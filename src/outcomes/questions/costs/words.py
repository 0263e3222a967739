"""What the programmes cost, and against what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

_PRICES = re.compile(r"Prices in (.+) of \d+\.")
PRICED = {"per_improvement": "one more person reliably improved", "per_completion": "one more person who completes"}


def say_prices(quoter: Quoter) -> Phrase:
    """Quote the sentence that names currency and price year."""
    return _quote_prices(quoter, 0)


def currency(quoter: Quoter) -> Phrase:
    """Quote the currency alone."""
    return _quote_prices(quoter, 1)


def _quote_prices(quoter: Quoter, group: int) -> Phrase:
    for arm in ("full", "skills"):
        found = quoter.get(f"costs.{arm}.mean")
        if isinstance(found, Estimate) and found.notes and (prices := _PRICES.match(found.notes[0])):
            return quoter.field(found.id, "notes", prices.group(group))
    return Phrase("")


def lead_costs(quoter: Quoter) -> Phrase:
    """Say what each programme cost a client, in money and in their own time."""
    if not quoter.has("costs.difference"):
        money = say_absent(quoter, "costs.difference", Phrase("Money"))
    else:
        money = Phrase(
            "Each person in {} cost the service {} {}, in {} {}: a difference of {} ({} interval {})."
        ).format(
            quoter.arm("full"),
            currency(quoter),
            quoter.result("costs.full.mean"),
            quoter.arm("skills"),
            quoter.result("costs.skills.mean"),
            quoter.result("costs.difference"),
            quoter.percent("confidence.level"),
            quoter.interval("costs.difference"),
        )
    if not quoter.has("costs.client_hours.difference"):
        time = say_absent(quoter, "costs.client_hours.difference", Phrase("The client's own time"))
    else:
        time = Phrase("They gave {} and {} hours of their own time.").format(
            quoter.result("costs.client_hours.full.mean"), quoter.result("costs.client_hours.skills.mean")
        )
    return money + " " + time


def say_price(quoter: Quoter, what: str) -> Phrase:
    """Say what one more person improved, or one more completer, cost; or why there is no such price."""
    result = f"costs.{what}"
    if not quoter.has(result):
        return say_absent(quoter, result, Phrase("{}").format(PRICED[what].capitalize()))
    return Phrase("{} cost {} {} ({}).").format(
        PRICED[what].capitalize(), currency(quoter), quoter.result(result), quoter.interval(result)
    )
