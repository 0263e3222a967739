"""Characters that cannot be seen, or look like others: two texts that a person takes for one must not be two."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Never in a table: control characters, marks that turn the direction of writing, marks without width, line separators,
# private and unassigned signs, halves of pairs, tags.
_CONTROL = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff"
    "\ue000-\uf8ff\ufdd0-\ufdef\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
HIDDEN = re.compile(f"[{_CONTROL}]")
# Nor in a word, an id or a number: spaces that are no spaces, joiners, soft hyphens, variation marks.
_SPACES = "\xa0\xad\u034f\u115f\u1160\u1680\u2000-\u200a\u200c\u200d\u202f\u205f\u3000\u3164\ufe00-\ufe0f\uffa0"
HIDDEN_IN_WORD = re.compile(f"[{_CONTROL}{_SPACES}\t\n\r]")
MOJIBAKE = re.compile("Ã[\x80-\xbf ©¨¤¶¼]|â€|Â[\xa0-\xbf]")
# Letters of other alphabets that nobody can tell from a Latin one.
_LOOKALIKES = str.maketrans(
    "аеіјорсухѕһԁԛԝӏαονρτικυʟɑᴀＡ",
    "aeijopcyxshdqwlaovptikulaaA",
)
_LATIN = re.compile("[a-z]")
_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u052f]")


_FORMULA = re.compile(r"\s*(?:[=@].|[+-].*[(|!])", re.DOTALL)
_FORMULA_SIGNS = frozenset("=@+- \t")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text: it begins like a formula, and is no number with a sign."""
    return text[:1] in _FORMULA_SIGNS and _FORMULA.match(text) is not None


def find_hidden(texts: Sequence[str], *, word: bool) -> list[int]:
    """Positions of the texts that hold a character which cannot be seen.

    Parameters
    ----------
    texts : sequence of str
    word : bool
        Whether they are words, ids or numbers, where a line break or a hard space is a fault as well.
    """
    joined = "".join(texts)
    if joined.isascii() and joined.isprintable():
        return []
    pattern = HIDDEN_IN_WORD if word else HIDDEN
    if not pattern.search(joined):
        return []
    return [place for place, text in enumerate(texts) if pattern.search(text.strip(" \t") if word else text)]


def find_mixed_scripts(texts: Sequence[str]) -> list[int]:
    """Positions of the texts that mix Latin letters with Cyrillic or Greek ones, as nobody types."""
    if "".join(texts).isascii():
        return []
    return [
        place
        for place, text in enumerate(texts)
        if _OTHER_SCRIPT.search(text) and _LATIN.search(unicodedata.normalize("NFKD", text).casefold())
    ]


def fold(text: str) -> str:
    """Give the text as it looks: one normal form, no capitals, no spaces, no invisible marks, Latin look-alikes."""
    return _MARKS.sub("", fold_look(text))


_MARKS = re.compile("[_.-]+")


def fold_look(text: str) -> str:
    """Give the text as it looks, its hyphens, points and underscores kept: q1_12 and q11_2 are two names."""
    if text.isascii():
        return _GAPS.sub("", text.casefold())
    bare = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    folded = unicodedata.normalize("NFC", bare.casefold().translate(_LOOKALIKES))
    return _GAPS.sub("", folded)


_GAPS = re.compile(r"\s+")


def fold_case(texts: Sequence[str]) -> list[str]:
    """Give texts without what a person overlooks: capitals, spaces, normal form, invisible marks."""
    joined = "\n".join(texts)
    if joined.isascii() and joined.count("\n") == len(texts) - 1:
        return joined.casefold().translate(_NO_SPACES).split("\n")
    return [_fold_case(text) for text in texts]


def fold_signs(texts: Sequence[str]) -> list[str]:
    """Give ids without what is misread in them: as `fold_case`, and O as 0, l and I as 1, no zeros at the start."""
    joined = "\n".join(fold_case(texts)).translate(_SIMILAR)
    return _FIRST_ZEROS.sub("", joined).split("\n")


def _fold_case(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return "".join(unicodedata.normalize("NFC", bare.casefold()).split())


_NO_SPACES = str.maketrans("", "", " \t\r\v\f")
_SIMILAR = {**_LOOKALIKES, **str.maketrans("oli", "011")}
_FIRST_ZEROS = re.compile("^0+", re.MULTILINE)
