"""Phrases in a row, as a sentence has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence


def join_words(phrases: Sequence[Markup]) -> Markup:
    """Join phrases by commas, and the last two by "and"."""
    if len(phrases) < 2:  # noqa: PLR2004  # nothing to join
        return Markup("").join(phrases)
    return Markup(", ").join(phrases[:-1]) + Markup(" and ") + phrases[-1]
