"""Names of columns, as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.quote import wording

if TYPE_CHECKING:
    from outcomes.blocks.phrase import Phrase


def name_column(name: str) -> Phrase:
    """Name a column without the strokes that stand for spaces."""
    return wording(name.replace("_", " "))
