"""Words that make people alike: those that may mean that nothing is known, and two that may mean the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.study.characters import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NOT_KNOWN = (
    *("unknown", "not known", "unk", "n/k", "d/k", "dk", "don't know", "dont know", "missing"),
    *("not recorded", "not stated", "not specified", "unspecified", "not disclosed", "undisclosed", "not collected"),
    *("not asked", "not answered", "no answer", "not available", "not applicable", "not provided", "no data"),
    *("refused", "declined", "blank", "empty", "none recorded"),
)
# These are initials of people and names of places as well, so that they say it of a characteristic alone.
_OF_CHARACTERISTICS = ("nk", "n.k", "n.k.", "n/s", "n/r", "x", "xx", "nil")
# Numbers that stand for "not known" where the other levels are words.
_CODES = frozenset({*("9", "99", "999", "9999", "88", "888", "77", "777"), *("-1", "-9", "-99", "-999", "-88", "-77")})
# Of each line a column uses one word; two of them in one column are most likely one group of people.
_SAME = (
    ("female", "woman", "women", "girl", "f", "fem", "w"),
    ("male", "man", "men", "boy", "m"),
    ("yes", "y", "true", "t"),
    ("no", "n", "false"),
    ("nonbinary", "nb", "enby"),
    ("transgender", "trans"),
)
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])(?:[-_./,'’]+(?=[^\W\d_])|\.+$)")


SPELT_OUT = 4  # letters; shorter words are codes too, such as the blood group AB beside A


def find_not_known(texts: Sequence[str], *, of_people: bool) -> list[int]:
    """Positions of the words that may mean that nothing is known; a number does where all others are words.

    Parameters
    ----------
    texts : sequence of str
    of_people : bool
        Whether they are a characteristic of people, and no names of groups, therapists or sites.
    """
    folded = fold_case(texts)
    meant = _MAY_MEAN_NOT_KNOWN | (_INITIALS if of_people else frozenset())
    found = [place for place, word in enumerate(folded) if word in meant]
    codes = [place for place, word in enumerate(folded) if word in _CODES]
    others = {word for word in folded if word} - meant - _CODES
    if of_people and others and not any(word.lstrip("-").isdecimal() for word in others):
        found += codes
    return sorted(found)


def find_synonyms(texts: Sequence[str]) -> list[int]:
    """Positions of the levels that most likely say the same as another, such as F and Female.

    Words that differ only in capitals and spaces are found elsewhere, and are one word here.
    """
    folded = fold_case(texts)
    bare = [_BETWEEN_LETTERS.sub("", word) for word in folded]
    alike = {word for group in _group(folded, bare) for word in group}
    return [place for place, word in enumerate(folded) if word in alike]


def _group(folded: Sequence[str], bare: Sequence[str]) -> Iterator[set[str]]:
    """Give the sets of levels that say the same."""
    words = {word: plain for word, plain in zip(folded, bare, strict=True) if word}
    families = [{word for word, plain in words.items() if plain in same} for same in _FAMILIES]
    plainly: dict[str, set[str]] = {}
    for word, plain in words.items():
        plainly.setdefault(plain, set()).add(word)
    letters = [_spelt_out(word, words) for word in words if len(word) == 1 and word.isalpha()]
    yield from (group for group in (*families, *plainly.values(), *letters) if len(group) > 1)


def _spelt_out(letter: str, words: dict[str, str]) -> set[str]:
    """Give a letter with the one word that it begins; where it begins several, or all are letters, it is a code."""
    longer = {word for word in words if len(word) >= SPELT_OUT and word.startswith(letter)}
    return {letter, *longer} if len(longer) == 1 else set()


_MAY_MEAN_NOT_KNOWN = frozenset(fold_case(_NOT_KNOWN))
_INITIALS = frozenset(fold_case(_OF_CHARACTERISTICS))
_FAMILIES = tuple(frozenset(same) for same in _SAME)
