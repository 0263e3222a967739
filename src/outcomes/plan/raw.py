"""Parts of a TOML file before it is a model: what has not the wanted type is told elsewhere, and counts as absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Mapping

Fault: TypeAlias = tuple[tuple[str, ...], str]
# Columns with a meaning of their own: the comparison itself, or what a programme makes of people who have started it.
RESERVED = frozenset(
    {
        *("client_id", "arm", "full", "end_date", "end_reason", "completed", "followed_until"),
        *("referred_date", "assessed_date", "offered_date", "start_date"),
    }
)


def table(raw: object, *path: str) -> Mapping[str, Any]:
    """Give the table at a path."""
    for key in path:
        raw = raw.get(key) if isinstance(raw, dict) else None
    return raw if isinstance(raw, dict) else {}


def tables(raw: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give the tables of a table."""
    return {name: part for name, part in raw.items() if isinstance(part, dict)}


def texts(value: object) -> list[str]:
    """Give the texts of a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def pair(value: object) -> tuple[float, float] | None:
    """Give two numbers, such as the lowest and highest of a range."""
    numbers = [one for one in value if is_number(one)] if isinstance(value, list) else []
    return (numbers[0], numbers[1]) if isinstance(value, list) and len(numbers) == len(value) == 2 else None  # noqa: PLR2004


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number; in Python true and false are numbers as well."""
    return isinstance(value, int | float) and not isinstance(value, bool)
