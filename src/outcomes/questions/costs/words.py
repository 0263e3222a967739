"""What the programmes cost, and against what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.questions.costs.keys import COMPLETION, DIFFERENCE, HOURS, hours_of, mean_of, price_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.blocks.quote import Quoter
    from outcomes.questions.costs.keys import Effect

NOT_COUNTED = "What the programmes save or cost elsewhere, such as in hospital, is not in these figures."


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


def say_counted(quoter: Quoter) -> Phrase:
    """Quote all that is known of the prices: currency and year, what was counted, and what was not and why."""
    for result in map(mean_of, ARMS):
        if isinstance(quoter.get(result), Estimate):
            return quoter.field(result, "notes")
    return Phrase("")


def lead_costs(quoter: Quoter) -> Phrase:
    """Say what each programme cost a client, in money and in their own time."""
    if not quoter.has(DIFFERENCE):
        money = say_absent(quoter, DIFFERENCE, Phrase("Money"))
    else:
        unit = currency(quoter)
        money = Phrase(
            "Each person in {} cost the service {} {} on average, in {} {} {}: a difference of {} {} ({} interval {})."
        ).format(
            *(quoter.arm("full"), unit, quoter.result(mean_of("full"))),
            *(quoter.arm("skills"), unit, quoter.result(mean_of("skills"))),
            *(unit, quoter.result(DIFFERENCE), quoter.percent("confidence.level"), quoter.interval(DIFFERENCE)),
        )
    if not quoter.has(HOURS):
        time = say_absent(quoter, HOURS, Phrase("The client's own time"))
    else:
        time = Phrase("They gave {} and {} hours of their own time.").format(*map(quoter.result, map(hours_of, ARMS)))
    return money + " " + time


def say_all_prices(quoter: Quoter, effects: Sequence[Effect]) -> Phrase:
    """Say the price of one more person with each effect; why there is none, once for all that share the reason."""
    known = [say_price(quoter, effect) for effect in effects if quoter.has(price_of(effect))]
    reasons: dict[str, list[Effect]] = {}
    for effect in effects:
        if not quoter.has(price_of(effect)):
            reasons.setdefault(getattr(quoter.get(price_of(effect)), "reason", ""), []).append(effect)
    absent = [say_absent(quoter, price_of(alike[0]), _name_all(quoter, alike)) for alike in reasons.values()]
    return Phrase(" ").join([*known, *absent])


def _name_all(quoter: Quoter, effects: Sequence[Effect]) -> Phrase:
    measures = [quoter.measure(effect.measure) for effect in effects if effect != COMPLETION]
    nouns = [Phrase("reliably improved on {}").format(join_words(measures))] if measures else []
    nouns += [Phrase("who completes")] if COMPLETION in effects else []
    return Phrase("The price of one more person {}").format(Phrase(", or ").join(nouns))


def say_price(quoter: Quoter, effect: Effect) -> Phrase:
    """Say what one more person improved on a measure, or one more completer, costs; or why there is no such price."""
    result = price_of(effect)
    if not quoter.has(result):
        return say_absent(quoter, result, _name_all(quoter, [effect]))
    noun = Phrase("One more person who completes")
    if effect != COMPLETION:
        noun = Phrase("One more person reliably improved on {}").format(quoter.measure(effect.measure))
    return Phrase("{} costs the service {} {} more ({} interval {}).").format(
        noun, currency(quoter), quoter.result(result), quoter.percent("confidence.level"), quoter.interval(result)
    )


def say_row_of_costs(quoter: Quoter) -> Phrase:
    """Say for the first page what a person cost in each arm, and the difference; nothing where it is not known."""
    if not quoter.has(DIFFERENCE):
        return Phrase("")
    means = (quoter.result(mean_of(arm)) for arm in ARMS)
    said = Phrase("{currency} {} and {} a person; difference {currency} {} ({})")
    return said.format(*means, quoter.result(DIFFERENCE), quoter.interval(DIFFERENCE), currency=currency(quoter))


def say_row_of_hours(quoter: Quoter) -> Phrase:
    """Say for the first page how many hours of their own time people gave; nothing where it is not known."""
    if not all(quoter.has(hours_of(arm)) for arm in ARMS):
        return Phrase("")
    return Phrase("{} and {} hours a person").format(*(quoter.result(hours_of(arm)) for arm in ARMS))
