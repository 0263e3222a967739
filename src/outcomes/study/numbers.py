"""Numbers as this project reads them, and what a text that is none most likely is."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Digits, a point, and the exponent that programs write for very small numbers; a minus sign, never a plus.
NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
LARGEST = 1e12  # more than anything that a clinic measures or pays
# Words that stand for "not known", of people and of programs.
MISSING_WORDS = frozenset(
    {
        *("na", "n/a", "#n/a", "n.a.", "n.a", "n\\a", "<na>", "nan", "-nan", "nil", "null", "(null)", "none", "nat"),
        *("undefined", "undef", "missing", "not available", "not applicable", "not known", "unknown", "unk", "refused"),
        *("not answered", "no answer", "blank", "tbc", "tba", "dnk", "dk", "?", "??", "-", "--", "–", "—", ".", ".."),
        *("*", "x", "#ref!", "#value!", "#div/0!", "#null!", "#num!", "#name?", "#error!"),
        *("1.#ind", "-1.#ind", "1.#qnan"),
    }
)
# Of these the computer's own and the dashes mean nothing else, even where a word may stand.
SURELY_MISSING = MISSING_WORDS - {
    *("none", "unknown", "not known", "missing", "refused", "not applicable", "not available", "not answered"),
    *("no answer", "blank", "x", "dk", "unk", "nil"),
}
_INFINITE = re.compile(r"[+-]?(?:inf|infinity|1\.?#inf)", re.IGNORECASE)
_SPACED = re.compile(r"[+-]?[0-9]{1,3}(?:[ '’\u00a0\u2009\u202f][0-9]{3})+(?:[.,][0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_HEXADECIMAL = re.compile(r"[+-]?0[xXoObB][0-9a-fA-F]+")
_UNDERSCORED = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)+(?:\.[0-9]+)?")
_MINUS = re.compile(r"[−‐‑‒–—﹣－][0-9.,]+")
OR_EMPTY = "or leave the cell empty if it is not known."


class Broken(NamedTuple):
    """The rule that a cell breaks, and how to mend it; never the cell."""

    code: str
    rule: str
    fix: str


def is_number_text(text: str) -> bool:
    """Whether a text is a number as this project reads it."""
    return NUMBER.fullmatch(text) is not None and abs(float(text)) <= LARGEST


def parse_number(text: str) -> float | Broken:
    """Read a number exactly as it stands, or say what is wrong with it."""
    if NUMBER.fullmatch(text) is None:
        return _name_fault(text)
    value = float(text)
    if not math.isfinite(value) or abs(value) > LARGEST:
        return Broken("E213", "the number is larger than anything that is measured", f"Correct it, {OR_EMPTY}")
    if value == 0.0 and text.lower().partition("e")[0].strip("-.0"):
        return Broken("E213", "the number is too small to be read exactly", f"Correct it, {OR_EMPTY}")
    return value + 0.0  # minus nought is nought


def parse_plain(texts: Sequence[str]) -> NDArray[np.float64] | None:
    """Read many texts at once if all of them are plain decimal numbers, or empty; None where one is anything else."""
    joined = "\n".join(texts)
    if not joined.isascii():
        return None
    shapes = joined.encode().translate(_SHAPE).split(b"\n")
    if len(shapes) != len(texts) or not all(_PLAIN.fullmatch(shape) for shape in set(shapes)):
        return None
    values = np.array([float(text) if text else math.nan for text in texts], dtype=np.float64)
    return None if (np.abs(values) > LARGEST).any() else values + 0.0


def find_codes(values: NDArray[np.float64]) -> tuple[NDArray[np.bool_], bool]:
    """Find numbers that look like a code for a missing value: far outside all others, and one of the usual codes.

    Parameters
    ----------
    values : ndarray, shape (n,)
        nan where empty.

    Returns
    -------
    ndarray of bool, shape (n,)
    bool
        Whether it is beyond doubt: 777 and more, or -66 and less.
    """
    known = np.unique(values[~np.isnan(values)])
    suspects = known[np.isin(known, CODES)]
    others = known[~np.isin(known, CODES)]
    if not len(suspects) or len(others) < FEWEST_LEVELS:
        return np.zeros(len(values), dtype=bool), False
    low, high = others[0], others[-1]
    if len(others) < FEWEST_OTHERS and (low < 0 or high > HIGHEST_LEVEL):
        return np.zeros(len(values), dtype=bool), False
    gap = max(high - low, 1.0)
    below = low if len(others) < FEWEST_OTHERS else low - gap
    beyond = (suspects > high + gap) | (suspects < below) | ((suspects <= -SURE_BELOW) & (low >= 0))
    far = suspects[beyond]
    sure = bool(np.any((far >= SURE) | (far <= -SURE_BELOW)))
    return np.isin(values, far), sure


CODES = np.array(
    [sign * code for code in (9, 88, 99, 77, 777, 888, 999, 7777, 8888, 9999, 99999, 999999) for sign in (1, -1)]
    + [-1, -2, -3, -7, -8, -66, -666],
    dtype=np.float64,
)
FEWEST_OTHERS = 3  # different values; fewer show no range for a code to lie outside, but where they are
FEWEST_LEVELS, HIGHEST_LEVEL = 2, 8  # levels under numbers, such as 1 and 2 of a gender, and 9 where it is not known
SURE, SURE_BELOW = 777.0, 66.0  # beyond these, and far from all others, nothing is measured that is not a code
_SHAPE = bytes(ord("9") if chr(byte).isascii() and chr(byte).isdigit() else byte for byte in range(256))
_PLAIN = re.compile(rb"(?:-?(?:9{1,15}\.?9{0,17}|\.9{1,17})(?:[eE][+-]?9{1,2})?)?")


def _name_fault(text: str) -> Broken:
    """Say what a text that is no number most likely is."""
    if text.casefold() in MISSING_WORDS:
        rule = "a word or sign for a missing value stands where a number is expected"
        return Broken("E213", rule, "Leave the cell empty where a value is not known.")
    for pattern, code, rule, fix in _FAULTS:
        if pattern.fullmatch(text):
            return Broken(code, rule, fix)
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        return Broken("E213", "the digits are of another script or shape (full-width, Arabic, raised)", _PLAIN_FIX)
    return Broken("E213", "this is not a number", f"Write a number such as 12 or 2.5, {OR_EMPTY}")


_PLAIN_FIX = "Write it with the digits 0 to 9."
_FAULTS: tuple[tuple[Any, str, str, str], ...] = (
    (_INFINITE, "E213", "infinity is not a measurement", f"Correct it, {OR_EMPTY}"),
    (
        _THOUSANDS,
        "E214",
        "the number has a comma or points between its digits: thousands, or decimals, cannot be told apart",
        "Write 1234 or 2.5.",
    ),
    (_DECIMAL_COMMA, "E214", "a decimal comma stands where a decimal point is expected", "Write 2.5, not 2,5."),
    (_SPACED, "E214", "spaces or marks separate the thousands", "Write 1234."),
    (_HEXADECIMAL, "E213", "the number is written as computers do (hexadecimal, octal or binary)", _PLAIN_FIX),
    (_UNDERSCORED, "E213", "underscores stand between the digits", _PLAIN_FIX),
    (re.compile(".*%"), "E213", "a percent sign stands behind the number", "Write the number alone."),
    (
        re.compile(r"\+.*"),
        "E213",
        "a plus sign stands before the number, as before a change and not a score",
        "Write the number without it, if it is what was measured.",
    ),
    (_MINUS, "E213", "a typographic dash stands for the minus sign", "Write a plain hyphen before the number."),
)
