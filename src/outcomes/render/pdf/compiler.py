"""The compiler of typst: what it has read for one document, as the pictures, it need not read for the next."""

from __future__ import annotations

import threading
from typing import Any

from outcomes.render.pdf.glyphs import fonts_folder

FONT = "DejaVu Sans"
_OWN = threading.local()  # a compiler serves one document at a time


def compiler() -> Any:
    """Compiler with the fonts of the figures and no others, so that every machine sets the same page; one a thread."""
    import typst

    if not hasattr(_OWN, "compiler"):
        _OWN.compiler = typst.Compiler(font_paths=[str(fonts_folder())], ignore_system_fonts=True)
    return _OWN.compiler
