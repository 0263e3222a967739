"""Words of statistics in a report: each leads, where a section first uses it, to what it means."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from outcomes.blocks.model import Box, Cell, Definitions, Figure, Fold, Heading, ItemList, Paragraph, Section, Table
from outcomes.blocks.phrase import Literal, Number, Phrase, Run, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.model import Block

# A name is quoted as it is.
_NAMES = re.compile(r"(?:plan|manifest|text):|result:[^#]*#(?:id|label)$")


@cache
def read_terms() -> tuple[Term, ...]:
    """Read the glossary."""
    raw = tomllib.loads(resources.files("outcomes.blocks").joinpath("glossary.toml").read_text(encoding="utf-8"))
    return tuple(Term(one["id"], tuple(one["forms"]), one["says"]) for one in raw["term"])


def mark_section(section: Section) -> tuple[Section, frozenset[str]]:
    """Mark the first use of each term in a section, and the first in what is folded away there.

    Returns
    -------
    section : Section
    used : frozenset of str
        Ids of the terms that it uses.
    """
    marker = _Marker()
    blocks = marker.blocks(section.blocks)
    return replace(section, blocks=blocks), frozenset(marker.used)


@dataclass(slots=True)
class _Marker:
    """Walks through a section in the order in which it is read; names, numbers, headings and links stay as they are."""

    used: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _seen_folded: set[str] = field(default_factory=set)
    _folds: int = 0

    def blocks(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(self._block(block) for block in blocks)

    def _block(self, block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, phrase=self._phrase(block.phrase))
        if isinstance(block, Figure):
            return replace(block, caption=self._phrase(block.caption))
        if isinstance(block, Definitions):
            return replace(block, entries=tuple(replace(one, said=self._phrase(one.said)) for one in block.entries))
        return block if isinstance(block, Heading) else self._holder(block)

    def _holder(self, block: ItemList | Table | Fold | Box) -> Block:
        if isinstance(block, ItemList):
            items = (self._phrase(one) if isinstance(one, Phrase) else self.blocks(one) for one in block.items)
            return replace(block, items=tuple(items))
        if isinstance(block, Table):
            caption = self._phrase(block.caption)
            return replace(block, caption=caption, rows=tuple(tuple(map(self._cell, row)) for row in block.rows))
        if isinstance(block, Box):
            return replace(block, blocks=self.blocks(block.blocks))
        self._folds += 1
        made = replace(block, blocks=self.blocks(block.blocks))
        self._folds -= 1
        return made

    def _cell(self, cell: Cell) -> Cell:
        return cell if cell.is_header else replace(cell, phrase=self._phrase(cell.phrase))

    def _phrase(self, phrase: Phrase) -> Phrase:
        return Phrase.of(*(part for run in phrase.runs for part in (self._split(run) if _is_open(run) else (run,))))

    def _split(self, run: Run) -> Iterator[Run]:
        last, shown = 0, run.text
        for found in _pattern().finditer(shown):
            term = _by_form()[found.group().lower()]
            seen = self._seen_folded if self._folds else self._seen
            if term.id in self._seen or term.id in seen:
                continue
            seen.add(term.id)
            self.used.add(term.id)
            yield run._replace(text=run.text[last : found.start()])
            yield run._replace(text=found.group(), term=term)
            last = found.end()
        yield run._replace(text=run.text[last:])


def _is_open(run: Run) -> bool:
    """Whether the words of a run may be marked."""
    is_name = isinstance(run.origin, Literal) and _NAMES.match(run.origin.source) is not None
    is_styled = run.code or run.emphasis or run.target or run.picture
    return not (isinstance(run.origin, Number) or is_name or is_styled)


@cache
def _by_form() -> dict[str, Term]:
    return {form.lower(): term for term in read_terms() for form in term.forms}


@cache
def _pattern() -> re.Pattern[str]:
    forms = sorted(_by_form(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms))})(?![\w-])", re.IGNORECASE)
