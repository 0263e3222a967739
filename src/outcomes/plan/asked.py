"""What a form asks for each key of the plan, in words."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from outcomes.plan.keys import Family, PlanKey

_ELSEWHERE = "See docs/plan.md."


class Asked(NamedTuple):
    """What is asked, what it means, and what happens without an answer."""

    label: str
    meaning: str
    without: str


@cache
def _words() -> dict[str, Any]:
    text = resources.files("outcomes.plan").joinpath("keys.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def ask(key: PlanKey) -> Asked:
    """Give the words for a key that is no part of a family."""
    words = _words()["keys"].get(key.name, {})
    label = words.get("label", to_words(key.path[-1]))
    return Asked(label, words.get("meaning", _ELSEWHERE), words.get("without") or _say_without(key))


def ask_heading(part: str) -> str:
    """Give the heading above the keys of one part of the plan."""
    return str(_words()["headings"].get(part, to_words(part)))


def ask_family(family: Family) -> str:
    """Say what the lines of a family are."""
    return str(_words()["families"].get(family.name, {}).get("meaning", f"One line each. {_ELSEWHERE}"))


def ask_column(family: Family, column: str, key: PlanKey | None) -> str:
    """Say what a column of a family holds, and whether every line needs it."""
    known = _words()["entries"].get(family.name, {})
    meaning = str(known.get(column) or known.get("word" if key is None else key.name) or to_words(column))
    needed = key is None or key.required
    choices = "" if key is None or not key.choices else f" ({', '.join(key.choices)})"
    default = "" if key is None or key.default in (None, False) else f" Empty: {key.default}."
    return f"{meaning}{choices}.{default}{' Needed.' if needed else ''}"


def to_words(key: str) -> str:
    """Give a key as words."""
    return key.replace("_", " ").replace(".", " ").strip()


def _say_without(key: PlanKey) -> str:
    if key.required:
        return "Needed: nothing is computed without it."
    if key.default is None or key.default in ((), {}):
        return "Nothing is done with it."
    if isinstance(key.default, bool):
        return "yes" if key.default else "no"
    return (
        ", ".join(map(str, key.default))
        if isinstance(key.default, tuple)
        else f"{key.default:g}"
        if isinstance(key.default, float)
        else str(key.default)
    )
