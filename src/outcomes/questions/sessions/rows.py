"""Which rows the tables about 121 sessions have: read off the registry, in a fixed order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter


class Therapist(NamedTuple):
    """A therapist: the word of their ids, the id of their count of people, and their name as it stands in its label."""

    short: str
    id: str
    name: str


def has_numbers(quoter: Quoter, *words: str) -> bool:
    """Whether any result whose id starts with these words is a number."""
    return any(isinstance(outcome, Estimate) for outcome in quoter.registry.under(*words))


def list_therapists(quoter: Quoter) -> list[Therapist]:
    """List the therapists with enough people."""
    found = [one for one in quoter.registry.under("sessions", "therapist") if one.id.endswith(".clients")]
    return [Therapist(one.id.split(".")[2], one.id, one.label.partition(":")[0]) for one in found]


def list_alliance_visits(quoter: Quoter) -> list[str]:
    """List the visits at which there is anything to say about alliance."""
    return [visit for visit in quoter.plan_model.later if quoter.registry.under("alliance", visit)]


def list_mediated(quoter: Quoter) -> list[tuple[str, str]]:
    """List pairs of measure and mediator."""
    pairs = [(one.id.split(".")[1], one.id.split(".")[3]) for one in quoter.registry.under("mediation")]
    order = list(quoter.plan_model.measures)
    return sorted(dict.fromkeys(pairs), key=lambda pair: (order.index(pair[1]), order.index(pair[0])))
