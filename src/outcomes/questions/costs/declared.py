"""Results that set cost against effect, each declared once: the difference in cost, and what is told of each effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.plan.model import ARMS
from outcomes.questions.costs import keys
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort


def name_one_more(cohort: Cohort, effect: keys.Effect) -> str:
    """Name what is bought."""
    if effect == keys.COMPLETION:
        return "one more person who completes"
    return f"one more person reliably improved on {cohort.plan.measures[effect.measure].label}"


def declare(cohort: Cohort) -> Iterator[Planned]:
    """Declare every number that sets cost against effect."""
    yield declare_cost()
    for effect in keys.list_effects(cohort.plan):
        yield from declare_effect(cohort, effect).values()


def declare_cost() -> Planned:
    """Declare the adjusted difference in cost."""
    return Planned(
        key=keys.ADJUSTED,
        label="Service cost a client, adjusted difference",
        quantity=Quantity.MONEY_DIFFERENCE,
        unit="currency",
        tells=((keys.DIFFERENCE,),),
    )


def declare_effect(cohort: Cohort, about: keys.Effect) -> dict[str, Planned]:
    """Declare what is told of one effect, by what it is."""
    is_completion = about == keys.COMPLETION
    what = "Completed" if is_completion else f"Improved reliably on {cohort.plan.measures[about.measure].label}"
    effect, price, one_more = keys.effect_of(about), keys.price_of(about), name_one_more(cohort, about)
    results = (
        Planned(
            key=effect,
            label=f"{what}, adjusted difference in the cost comparison",
            quantity=Quantity.SHARE_DIFFERENCE,
            unit="share_difference",
            tells=(_shares(cohort, about),),
        ),
        Planned(
            key=price,
            label=f"Service cost of {one_more}",
            quantity=Quantity.COST_EFFECTIVENESS,
            unit="currency",
            tells=((keys.ADJUSTED, effect),),
        ),
        Planned(
            key=keys.acceptability_of(about),
            label=f"How likely {{full}} is worth its cost, by the price of {one_more}",
            quantity=Quantity.SHARE,
            unit="share_of_samples",
            tells=((price,),),
        ),
        Planned(
            key=keys.plane_of(about, "effect"),
            label=f"Samples of {what.lower()}: effect along the ellipse of the level",
            quantity=Quantity.SHARE_DIFFERENCE,
            unit="share_difference",
            tells=((effect,),),
        ),
        Planned(
            key=keys.plane_of(about, "cost"),
            label=f"Samples of {what.lower()}: cost along the ellipse of the level",
            quantity=Quantity.MONEY_DIFFERENCE,
            unit="currency",
            tells=((keys.plane_of(about, "effect"),),),
        ),
    )
    return {planned.key.what: planned for planned in results}


def _shares(cohort: Cohort, effect: keys.Effect) -> tuple[Key, ...]:
    """Keys of the shares whose difference an effect nearly is."""
    if effect == keys.COMPLETION:
        return tuple(Key("completion", what="share", arm=arm) for arm in ARMS)
    at = (effect.measure, cohort.plan.primary)
    return tuple(Key("change", *at, "share", arm, category="improved") for arm in ARMS)
