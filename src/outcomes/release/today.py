"""To be deleted: what results of completion, retention and the evidence that carry no key yet would say of themselves.

docs/methods/disclosure.md lists which result carries what. Nothing else in release reads an id.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimable, Outcome
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from collections.abc import Iterable

ARMS = ("full", "skills")
_UNITS = {
    "people": Quantity.COUNT,
    "share": Quantity.SHARE,
    "share_difference": Quantity.SHARE_DIFFERENCE,
    "ratio": Quantity.RATIO,
    "sd": Quantity.STANDARDISED_DIFFERENCE,
}
_WORDS = {
    "number_needed": Quantity.NUMBER_NEEDED,
    "odds_ratio": Quantity.ODDS_RATIO,
    "hazard_ratio": Quantity.HAZARD_RATIO,
    "logrank": Quantity.STATISTIC,
}


@dataclass(frozen=True, slots=True)
class Spelt(Key):
    """A key that prints as the id that a result has today."""

    spelt: str = ""

    def __post_init__(self) -> None:
        """Take any id."""

    def __str__(self) -> str:
        """Print the id."""
        return self.spelt


def dress(registry: Registry) -> Registry:
    """Give every result that has no key what it would say of itself."""
    return Registry(_dressed(record, registry) for record in registry.records())


def undress(record: Record) -> Record:
    """Take from a result what it did not have."""
    outcome = record.outcome
    if not isinstance(outcome.key, Spelt):
        return record
    return dataclasses.replace(
        record, outcome=dataclasses.replace(outcome, key=None, quantity=None, tells=(), id=record.id)
    )


def _dressed(record: Record, registry: Registry) -> Record:
    outcome, words = record.outcome, record.id.split(".")
    if outcome.key is not None and outcome.key.of and outcome.quantity is None:
        quantity = _quantity(outcome, words[-1])
        return dataclasses.replace(
            record, outcome=dataclasses.replace(outcome, quantity=quantity, tells=_first(record))
        )
    if outcome.key is not None or words[0] not in {"completion", "attendance", "retention", "evidence"}:
        return record
    others = (Spelt(words[0], spelt=name) for name in _relation(words) if name in registry and name != record.id)
    told = tuple(others)
    given: dict[str, Any] = {
        "key": Spelt(words[0], what=words[-1], spelt=record.id),
        "quantity": _quantity(outcome, words[-1]),
        "tells": (told,) if told else (),
    }
    return dataclasses.replace(record, outcome=dataclasses.replace(outcome, **given))


def _first(record: Record) -> tuple[tuple[Key, ...], ...]:
    return ((Spelt(spelt=record.id.removeprefix("independent."), analysis="independent"),),)


def _quantity(outcome: Outcome, last: str) -> Quantity:
    unit = "" if isinstance(outcome, NotEstimable) else outcome.unit
    return _WORDS.get(last, _UNITS.get(unit, Quantity.DIFFERENCE))


def _relation(words: list[str]) -> Iterable[str]:
    match words:
        case ["completion", ("crude" | "adjusted"), _] | ["evidence", "dropout", ("local" | "pooled_with_local")]:
            return [f"completion.{arm}.share" for arm in ARMS]
        case ["completion", stream, "difference"]:
            return [f"completion.{stream}.{arm}.share" for arm in ARMS]
        case ["completion", arm, "share"]:
            return [f"flow.{arm}.completed"]
        case ["retention", "curve", arm] | ["retention", ("full" | "skills") as arm, "rmst"]:
            return [f"retention.{arm}.left"]
        case ["retention", *_] if words[-1] != "left":
            return [f"retention.{arm}.left" for arm in ARMS]
        case _:
            return []
