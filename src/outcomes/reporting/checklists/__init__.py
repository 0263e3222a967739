"""Reporting guidelines as lists of topics: where the report answers each, and what only a person can answer."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

NAMES = ("strobe", "record", "target", "harms")
BY_CHANCE = ("consort",)  # where chance decided who was in which programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A topic of a guideline; exactly one of section, person and note says how it is answered.

    Attributes
    ----------
    number, topic : str
    section : str or None
        Id of the part of the page that answers it.
    person : str or None
        What is left for a person to write.
    note : str or None
        A sentence that answers it for every study.
    """

    number: str
    topic: str
    section: str | None = None
    person: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A guideline: its name, the source of the wording, how many items it has, and its topics."""

    name: str
    source: str
    items: int
    topics: tuple[Item, ...]

    @property
    def open(self) -> tuple[Item, ...]:
        """Topics that are left for a person."""
        return tuple(item for item in self.topics if item.person is not None)


@cache
def read_checklists(*, by_chance: bool) -> tuple[Checklist, ...]:
    """Read the guidelines that a report is held against; some only where chance decided who was in which programme."""
    return tuple(_read(name) for name in (*NAMES, *(BY_CHANCE if by_chance else ())))


def list_open(*, by_chance: bool) -> list[tuple[str, list[str]]]:
    """List what is left for a person, with the items of all guidelines that ask for it."""
    asked: dict[str, list[str]] = {}
    for one in read_checklists(by_chance=by_chance):
        for item in one.open:
            asked.setdefault(item.person or "", []).append(f"{one.name.partition(',')[0]} {item.number}")
    return list(asked.items())


def _read(name: str) -> Checklist:
    raw = tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    topics = tuple(Item(**item) for item in raw["item"])
    return Checklist(name=raw["name"], source=raw["source"], items=raw["items"], topics=topics)
