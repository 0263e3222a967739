"""Short names: what tables, figures and sentences call an arm, a measure, a visit or a kind of event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

# What stands in brackets at the end of a label: “(121 + group)”, “(DERS-16)”.
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


class Named(Protocol):
    """What has a label, and perhaps a short name beside it."""

    @property
    def label(self) -> str:
        """What people call it."""

    @property
    def short(self) -> str | None:
        """What tables and figures print; None where the plan does not say."""


def shorten_label(label: str) -> str:
    """Give the default of a short name: the label without what stands in brackets at its end."""
    return _BRACKETS.sub("", label) or label


def name_all(things: Mapping[str, Named]) -> dict[str, str]:
    """Give the short name of each, by word.

    A default that another one of them has as well, as label or as short name, tells nobody which is meant: there the
    whole label stands.
    """
    made = {word: one.short or shorten_label(one.label) for word, one in things.items()}
    folded = [_fold(name) for name in made.values()]
    return {
        word: made[word] if one.short or folded.count(_fold(made[word])) == 1 else one.label
        for word, one in things.items()
    }


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())


# `{full}` stands in a text of the program for the name of the arm, `{individual}` for what a session alone is called.
_FIELD = re.compile(r"\{(\w+)\}")


def fill(text: str, words: Mapping[str, str]) -> str:
    """Put the plan's own words where a text of the program leaves them open; one that begins it gets a capital."""
    if "{" not in text:
        return text
    filled = _FIELD.sub(lambda found: words.get(found[1], found[0]), text)
    return filled[:1].upper() + filled[1:] if text.startswith("{") else filled
