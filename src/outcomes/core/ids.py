"""Ids of results: dotted, lower case, made of the plan's words, never of positions."""

from __future__ import annotations

import re
import unicodedata

_PATTERN = re.compile(r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")


def result_id(*words: str) -> str:
    """Join words to an id.

    Parameters
    ----------
    *words : str
        Analysis, then the plan's words, then what is reported.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When a word is not lower case letters, digits and underscores.
    """
    joined = ".".join(words)
    if not _PATTERN.match(joined):
        msg = "an id is made of lower-case words, digits and underscores, joined by dots"
        raise ValueError(msg)
    return joined


def word(text: str) -> str:
    """Make a word of an id from free text, such as a level of a covariate.

    Letters keep their base form, everything else becomes one underscore; a text without any letter or digit becomes
    its code points, so that different levels keep different words as far as words can.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return made or "u" + "_".join(f"{ord(letter):x}" for letter in text[:12])
