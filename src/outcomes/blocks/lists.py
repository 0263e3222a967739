"""Phrases in a row, as a sentence has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence


def join_words(phrases: Sequence[Phrase]) -> Phrase:
    """Join phrases by commas, and the last two by "and"."""
    if len(phrases) < 2:  # noqa: PLR2004  # nothing to join
        return Phrase("").join(phrases)
    return Phrase(", ").join(phrases[:-1]) + Phrase(" and ") + phrases[-1]
