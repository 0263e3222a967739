"""What the plan's questions about needs must hold to: moderators and profiles are about the start, each named once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.core.ids import word
from outcomes.plan.raw import RESERVED, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.plan.raw import Fault


def check_needs(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every fault of the table `needs`."""
    needs, adjust = table(raw, "needs"), table(raw, "adjust")
    columns = [adjust.get("skills_group"), adjust.get("therapist"), table(raw, "completion").get("column")]
    forbidden = RESERVED.union(texts(columns))
    names = texts(needs.get("moderators"))
    yield from _check_names(names, forbidden)
    yield from _check_values(table(needs, "at"), names)
    yield from _check_profiles(needs.get("profiles"), forbidden)


def _check_names(names: list[str], forbidden: frozenset[str]) -> Iterator[Fault]:
    words = [word(name) for name in names]
    for name in dict.fromkeys(names):
        if name in forbidden:
            yield ("needs", "moderators"), f"must not hold {name}, which is not known when somebody starts"
        if words.count(word(name)) > 1:
            yield ("needs", "moderators"), f"hold {name} twice, or two names that differ only in their punctuation"


def _check_values(at: Mapping[str, Any], names: list[str]) -> Iterator[Fault]:
    for name, values in at.items():
        if name not in names:
            yield ("needs", "at", name), "is not one of the moderators"
        elif isinstance(values, list) and sorted(set(map(str, values))) != sorted(map(str, values)):
            yield ("needs", "at", name), "names a value twice"


def _check_profiles(profiles: object, forbidden: frozenset[str]) -> Iterator[Fault]:
    given = [one for one in profiles if isinstance(one, dict)] if isinstance(profiles, list) else []
    labels = [label for label in texts([one.get("label") for one in given]) if label]
    if len(set(labels)) < len(labels):
        yield ("needs", "profiles"), "have the same label twice"
    for one in given:
        for name in forbidden.intersection(table(one, "where")):
            yield ("needs", "profiles"), f"must not use {name}, which is not known when somebody starts"
