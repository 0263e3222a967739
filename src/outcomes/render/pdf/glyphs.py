"""Which signs the fonts of the report have: a PDF for archives must not hold a sign without a glyph."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REPLACEMENT = "□"
# A word longer than this is given places to break at, since nothing else could wrap it.
LONGEST_WORD, STEP = 44, 22
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")
_BREAK = "\u200b"
# Categories of what is no sign: control, private use, surrogate, not assigned.
_NO_SIGNS = frozenset({"Cc", "Co", "Cs", "Cn"})
_KEPT = frozenset("\n\u200b\u200c\u200d\u200e\u200f\u00ad")


def fonts_folder() -> Path:
    """Folder of the fonts that the figures are drawn with; they come with matplotlib."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def to_drawable(text: str, *, code: bool = False) -> str:
    """Replace what no font here can draw, and give long words places to break at.

    An id or a digest is not broken, so that it can be copied.
    """
    signs = _drawable()
    shown = text if signs.issuperset(text) else "".join(sign if sign in signs else REPLACEMENT for sign in text)
    if len(shown) < (2 * LONGEST_WORD if code else LONGEST_WORD):
        return shown
    return _LONG.sub(lambda found: _BREAK.join(_pieces(found.group())), shown)


def name_undrawable(texts: Iterable[str]) -> list[str]:
    """Name the scripts of signs that no font of the PDF has, by the first word of a sign's name, such as "thai"."""
    strange = {sign for text in texts if not text.isascii() for sign in text} - {"\ufeff"}
    missing = strange - _drawable() if strange else strange
    return sorted({unicodedata.name(sign, "unknown").split()[0].lower() for sign in missing})


def _pieces(word: str) -> list[str]:
    return [word[place : place + STEP] for place in range(0, len(word), STEP)]


@cache
def _drawable() -> frozenset[str]:
    """Signs that the fonts of text have, regular and bold, and those that are not drawn but steer what is."""
    from matplotlib.ft2font import FT2Font

    maps = [FT2Font(str(fonts_folder() / f"{style}.ttf")).get_charmap() for style in ("DejaVuSans", "DejaVuSans-Bold")]
    signs = map(chr, maps[0].keys() & maps[1].keys())
    return _KEPT | {sign for sign in signs if unicodedata.category(sign) not in _NO_SIGNS}
