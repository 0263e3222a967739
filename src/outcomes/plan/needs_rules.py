"""What the plan's questions about needs must hold to: moderators and profiles are about the start, each named once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from outcomes.core.ids import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Fault: TypeAlias = tuple[tuple[str, ...], str]
# Columns that a programme, or who gave it, makes: nobody can be chosen by them at the start.
LATER = frozenset({"client_id", "arm", "full", "start_date", "end_date", "end_reason", "completed"})


def check_needs(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every fault of the table `needs`."""
    needs = raw.get("needs")
    if not isinstance(needs, dict):
        return
    forbidden = _made_later(raw)
    given = needs.get("moderators")
    names = [name for name in given if isinstance(name, str)] if isinstance(given, list) else []
    yield from _check_names(names, forbidden)
    yield from _check_values(needs.get("at"), names)
    yield from _check_profiles(needs.get("profiles"), forbidden)


def _made_later(raw: Mapping[str, Any]) -> frozenset[str]:
    tables = {name: table for name in ("adjust", "completion") if isinstance(table := raw.get(name), dict)}
    adjust, completion = tables.get("adjust", {}), tables.get("completion", {})
    columns = (adjust.get("skills_group"), adjust.get("therapist"), completion.get("column"))
    return LATER | {column for column in columns if isinstance(column, str)}


def _check_names(names: list[str], forbidden: frozenset[str]) -> Iterator[Fault]:
    words = [word(name) for name in names]
    for name in dict.fromkeys(names):
        if name in forbidden:
            yield ("needs", "moderators"), f"must not hold {name}, which is not known when somebody starts"
        if words.count(word(name)) > 1:
            yield ("needs", "moderators"), f"hold {name} twice, or two names that differ only in their punctuation"


def _check_values(at: object, names: list[str]) -> Iterator[Fault]:
    for name, values in at.items() if isinstance(at, dict) else ():
        if name not in names:
            yield ("needs", "at", name), "is not one of the moderators"
        elif isinstance(values, list) and sorted(set(map(str, values))) != sorted(map(str, values)):
            yield ("needs", "at", name), "names a value twice"


def _check_profiles(profiles: object, forbidden: frozenset[str]) -> Iterator[Fault]:
    tables = [one for one in profiles if isinstance(one, dict)] if isinstance(profiles, list) else []
    labels = [one["label"] for one in tables if isinstance(one.get("label"), str) and one["label"]]
    if len(set(labels)) < len(labels):
        yield ("needs", "profiles"), "have the same label twice"
    for one in tables:
        where = one.get("where")
        for name in forbidden.intersection(where if isinstance(where, dict) else ()):
            yield ("needs", "profiles"), f"must not use {name}, which is not known when somebody starts"
