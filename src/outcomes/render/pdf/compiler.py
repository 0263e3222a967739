"""The one compiler of typst: what it has read for one document, as the pictures, it need not read for the next."""

from __future__ import annotations

from functools import cache
from typing import Any

from outcomes.render.pdf.glyphs import fonts_folder

FONT = "DejaVu Sans"


@cache
def compiler() -> Any:
    """Compiler with the fonts of the figures and no others, so that every machine sets the same page."""
    import typst

    return typst.Compiler(font_paths=[str(fonts_folder())], ignore_system_fonts=True)
