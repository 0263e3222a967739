"""Ids of results: dotted, lower case, made of the plan's words, never of positions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEWEST_SIGNS = 6  # of a digest


def word(text: str) -> str:
    """Make a word of an id from free text, such as a level of a covariate.

    Letters keep their base form, everything else becomes one underscore; a text without any letter or digit becomes
    its code points, so that different levels keep different words as far as words can.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return made or "u" + "_".join(f"{ord(letter):x}" for letter in text[:12])


def word_beside(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Make a word of an id from each of several names that stand beside words of another kind, such as measures.

    A name whose word is one of those says what it is: the covariate `mood` beside a measure `mood` is `mood_covariate`.
    The order of the names changes nothing; no two of them have one word to begin with.

    Returns
    -------
    dict of str to str
        Word by name, no two alike and none of them taken.
    """
    plain, others = {name: word(name) for name in names}, frozenset(taken)
    used = others.union(plain.values())
    found = dict(plain)
    for name in sorted(name for name, made in plain.items() if made in others):
        while found[name] in used:
            found[name] += "_covariate"
        used |= {found[name]}
    return found


def words_of(texts: Iterable[str]) -> dict[str, str]:
    """Make a word of an id from each of several texts that stand side by side, such as the levels of a covariate.

    A text that would share its word with another (`<6m` and `>6m`) gets a digest of itself behind it; every other keeps
    `word`. The order of the texts changes nothing.

    Parameters
    ----------
    texts : iterable of str
        All that stand in one place; the same text twice is one.

    Returns
    -------
    dict of str to str
        Word by text, no two alike.
    """
    plain = {text: word(text) for text in sorted(set(texts))}
    shared = Counter(plain.values())
    taken = {made for made in plain.values() if shared[made] == 1}
    found: dict[str, str] = {}
    for text, made in plain.items():
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        longer = (f"{made}_{digest[:length]}" for length in range(_FEWEST_SIGNS, len(digest) + 1))
        found[text] = made if shared[made] == 1 else next(one for one in longer if one not in taken)
        taken.add(found[text])
    return found
