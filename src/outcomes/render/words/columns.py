"""Names of columns, as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.render.quote import wording

if TYPE_CHECKING:
    from markupsafe import Markup


def name_column(name: str) -> Markup:
    """Name a column without the strokes that stand for spaces."""
    return wording(name.replace("_", " "))
