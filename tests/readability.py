"""How hard a text is to read: the grade of Flesch and Kincaid, over the sentences of a laid-out page.

Kincaid, Fishburne, Rogers and Chissom (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are
groups of vowels, without an e that is not spoken at the end; a number counts as a word of one syllable.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.render.document import Box, Definitions, ItemList, Paragraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from outcomes.render.document import Block, Runs

_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9“])")
_WORD = re.compile(r"[A-Za-z]+|\d[\d.,\u202f]*")
_VOWELS = re.compile(r"[aeiouy]+")


def list_sentences(blocks: Iterable[Block]) -> Iterator[str]:
    """List the sentences of paragraphs, lists and cards; a table's cells are none."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from _split(block.runs)
        elif isinstance(block, ItemList):
            for item in block.items:
                yield from list_sentences(item)
        elif isinstance(block, Definitions):
            for _, said in block.pairs:
                yield from _split(said)
        elif isinstance(block, Box):
            yield from list_sentences(block.blocks)


def _split(runs: Runs) -> Iterator[str]:
    text = " ".join("".join(run.text for run in runs).split())
    yield from (one for one in _END.split(text) if one)


def count_syllables(word: str) -> int:
    """Count the syllables of an English word, nearly."""
    low = word.lower()
    if not low.isalpha():
        return 1
    spoken = low[:-1] if low.endswith("e") and not low.endswith("le") else low
    spoken = spoken[:-2] if low.endswith("ed") and low[-3:-2] not in {"t", "d"} else spoken
    return max(1, len(_VOWELS.findall(spoken)))


def grade(sentences: Collection[str]) -> float:
    """Grade of Flesch and Kincaid: years at school that a text asks for."""
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    syllables = sum(map(count_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
