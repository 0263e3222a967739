"""What the programmes cost, in money and in the time of clients, and against what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, Section, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.costs import words
from outcomes.questions.costs.keys import (
    ADJUSTED,
    COMPLETION,
    DIFFERENCE,
    HOURS,
    WITH_TIME,
    effect_of,
    hours_of,
    list_effects,
    mean_of,
    place_of,
    price_of,
)
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

TABULATED = (
    *(*map(mean_of, ARMS), DIFFERENCE, ADJUSTED, WITH_TIME),
    *(*map(hours_of, ARMS), HOURS),
    *(place_of(arm, kind) for kind in ("per_attended_place", "per_booked_place") for arm in ARMS),
)
HOW = (mean_of("full"), DIFFERENCE, HOURS, place_of("full", "per_booked_place"))


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    said, effects = words.lead_costs(q), list_effects(context.plan)
    prices = words.say_all_prices(q, effects)
    counted = words.say_counted(q)
    blocks = (
        Paragraph(said, "lead"),
        *((Paragraph(counted, "quiet"),) if counted else ()),
        Paragraph(prices),
        *context.figure("costs", f"{said.plain} {prices.plain}", explain_figure(context)),
        *_list_numbers(context),
    )
    return Section("costs", Phrase("Costs"), blocks)


def explain_figure(context: Context) -> Phrase:
    """Give the legend of the figure."""
    currency = words.currency(context.quoter)
    return Phrase(
        "Left: share of bootstrap samples in which {} is worth its cost, by what one more person is "
        "worth to whoever pays{}. Right, only where the interval of an effect excludes zero: the samples' ellipse of "
        "cost and effect."
    ).format(context.quoter.arm("full"), Phrase(", in {}").format(currency) if currency else "")


def _list_numbers(context: Context) -> Iterator[Block]:
    q = context.quoter
    if not any(isinstance(outcome, Estimate) for outcome in q.registry.where(analysis="costs")):
        return
    caption = Phrase("{} {} intervals by bootstrap. No price is built in: all come from the clinic's table.").format(
        words.say_prices(q), q.percent("confidence.level")
    )
    effects = list_effects(context.plan)
    results = (*TABULATED, *(result for effect in effects for result in (effect_of(effect), price_of(effect))))
    rows = tuple(context.result_row(result, is_tested=False) for result in results)
    yield Table(caption, columns("What", numbers=("Value", "Interval", "People")), rows)
    yield meaning(
        "Booked are places on offer that the service did not cancel; which of them are paid for, the plan says. What "
        "the programmes save or cost elsewhere, such as in hospital, is not in these figures."
    )
    first = effects[0]
    yield from context.how((*HOW, effect_of(first), price_of(first), price_of(COMPLETION)))
