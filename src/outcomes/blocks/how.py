"""How results were computed, said once for all that were computed in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.blocks.quote import Quoter

PARTS = (("se", "standard error"), ("df", "degrees of freedom"))


class Said(NamedTuple):
    """A text about results, and their ids with what belongs to each alone; none where it holds for all named above."""

    results: tuple[Phrase, ...]
    text: Phrase


def explain(quoter: Quoter, ids: Iterable[str]) -> list[Said]:
    """Say the methods, then the notes and reasons, of those results that this edition has."""
    known = [name for name in dict.fromkeys(ids) if name in quoter.registry]
    said = [
        Said(tuple(_name(quoter, name) for name in names), quoter.field(names[0], "method"))
        for names in _group(quoter, known, "method")
    ]
    for part in ("notes", "reason"):
        for names in _group(quoter, known, part):
            are_all_named = bool(said) and len(names) == len(known)
            whom = () if are_all_named else tuple(_code(quoter, name) for name in names)
            said.append(Said(whom, quoter.field(names[0], part)))
    return said


def _group(quoter: Quoter, ids: list[str], part: str) -> list[list[str]]:
    """Group results by what one of their parts says; those that say nothing are left out."""
    groups: dict[str, list[str]] = {}
    for name in ids:
        if text := quoter.field(name, part).plain:
            groups.setdefault(text, []).append(name)
    return list(groups.values())


def _name(quoter: Quoter, name: str) -> Phrase:
    """Give an id, and in brackets the standard error and degrees of freedom of its result."""
    parts = [
        Phrase("{} {}").format(phrase, quoter.part(name, part)) for part, phrase in PARTS if quoter.stores(name, part)
    ]
    return Phrase("{} ({})").format(_code(quoter, name), Phrase(", ").join(parts)) if parts else _code(quoter, name)


def _code(quoter: Quoter, name: str) -> Phrase:
    return quoter.field(name, "id").code()
