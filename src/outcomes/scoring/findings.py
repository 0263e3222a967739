"""What the audit of items can say; the sentences stand in findings.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from outcomes.instruments import Instrument

Kind: TypeAlias = Literal[
    "wrong_item_count",
    "total_as_item",
    "shifted_coding",
    "out_of_range",
    "not_whole",
    "constant_item",
    "same_answers",
    "block_against",
    "reversed_twice",
    "left_unreversed",
    "against_scale",
    "opposite_coding",
    "unchecked_key",
    "plan_range",
    "plan_direction",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One suspicion about a file of answers.

    Attributes
    ----------
    kind : str
        Name of the rule.
    instrument : str
        Id of the instrument, which is also the name of its file of items.
    items : tuple of int
        Numbers of the items (columns) concerned; empty where it is all of them, or none in particular.
    sentence : str
        What was found, and what was expected.
    remedy : str
        What to do.
    visits : tuple of str
        Visits at which it was found, where visits were looked at one by one.
    """

    kind: Kind
    instrument: str
    items: tuple[int, ...]
    sentence: str
    remedy: str
    visits: tuple[str, ...] = ()


def find(
    kind: Kind, instrument: Instrument, items: tuple[int, ...] = (), *, case: str = "always", **facts: object
) -> AuditFinding:
    """Put a suspicion into words.

    Parameters
    ----------
    kind : str
    instrument : Instrument
    items : tuple of int
    case : str
        Which of a kind's sentences, where it has several.
    **facts : object
        What else the sentence names.
    """
    low, high = instrument.answers
    known = {"name": instrument.name, "n_items": instrument.n_items, "low": low, "high": high}
    named = {"items": _list(items), "Items": _name(items).capitalize()} if items else {}
    sentence, remedy = (read_texts()[kind][case][part] for part in ("sentence", "remedy"))
    return AuditFinding(
        kind=kind,
        instrument=instrument.id,
        items=items,
        sentence=sentence.format(**known, **named, **facts),
        remedy=remedy,
    )


@cache
def read_texts() -> dict[str, dict[str, dict[str, str]]]:
    """Sentence and remedy of every suspicion, by kind and case."""
    text = resources.files("outcomes.scoring").joinpath("findings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _name(items: tuple[int, ...]) -> str:
    return f"item {items[0]}" if len(items) == 1 else f"each of items {_list(items)}"


def _list(items: tuple[int, ...]) -> str:
    numbers = [str(item) for item in items]
    return " and ".join([", ".join(numbers[:-1]), numbers[-1]])
