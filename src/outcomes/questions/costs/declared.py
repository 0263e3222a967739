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

PER = {"improvement": "one more person reliably improved", "completion": "one more person who completes"}


def measure_of(cohort: Cohort) -> str:
    """Word of the measure whose reliable improvement is the effect."""
    return cohort.plan.costs.measure or cohort.plan.primary_measures[0]


def declare(cohort: Cohort) -> Iterator[Planned]:
    """Declare every number that sets cost against effect."""
    yield declare_cost()
    for kind in keys.KINDS:
        yield from declare_kind(cohort, kind).values()


def declare_cost() -> Planned:
    """Declare the adjusted difference in cost."""
    return Planned(
        key=keys.ADJUSTED,
        label="Service cost a client, adjusted difference",
        quantity=Quantity.MONEY_DIFFERENCE,
        unit="currency",
        tells=((keys.DIFFERENCE,),),
    )


def declare_kind(cohort: Cohort, kind: str) -> dict[str, Planned]:
    """Declare what is told of one effect, by what it is."""
    label = cohort.plan.measures[measure_of(cohort)].label
    what = {"improvement": f"Improved reliably on {label}", "completion": "Completed"}[kind]
    effect, price = keys.effect_of(kind), keys.price_of(kind)
    results = (
        Planned(
            key=effect,
            label=f"{what}, adjusted difference in the cost comparison",
            quantity=Quantity.SHARE_DIFFERENCE,
            unit="share_difference",
            tells=(_shares(cohort, kind),),
        ),
        Planned(
            key=price,
            label=f"Service cost of {PER[kind]}",
            quantity=Quantity.COST_EFFECTIVENESS,
            unit="currency",
            tells=((keys.ADJUSTED, effect),),
        ),
        Planned(
            key=keys.acceptability_of(kind),
            label=f"How likely the full programme is worth its cost, by the price of {PER[kind]}",
            quantity=Quantity.SHARE,
            unit="share_of_samples",
            tells=((price,),),
        ),
        Planned(
            key=keys.plane_of(kind, "effect"),
            label=f"Samples of {what.lower()}: effect along the ellipse of the level",
            quantity=Quantity.SHARE_DIFFERENCE,
            unit="share_difference",
            tells=((effect,),),
        ),
        Planned(
            key=keys.plane_of(kind, "cost"),
            label=f"Samples of {what.lower()}: cost along the ellipse of the level",
            quantity=Quantity.MONEY_DIFFERENCE,
            unit="currency",
            tells=((keys.plane_of(kind, "effect"),),),
        ),
    )
    return {planned.key.what: planned for planned in results}


def _shares(cohort: Cohort, kind: str) -> tuple[Key, ...]:
    """Keys of the shares whose difference an effect nearly is."""
    if kind == "completion":
        return tuple(Key("completion", what="share", arm=arm) for arm in ARMS)
    at = (measure_of(cohort), cohort.plan.primary)
    return tuple(Key("change", *at, "share", arm, category="improved") for arm in ARMS)
