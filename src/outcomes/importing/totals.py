"""Rows of an export that are no client: totals, and a row of units below the names."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING

from outcomes.study.cells import TOTALS, is_number_text

_HEADS = 2  # rows that a survey tool writes below the names: the questions, and its own ids of them

if TYPE_CHECKING:
    from outcomes.importing.table import Source


def without_totals(source: Source, column: str) -> Source:
    """Leave out rows that hold totals, and a row of units right below the names, both of which are no client."""
    ids = source.columns.get(column, [])
    totals = [text.strip().casefold().rstrip(":") in TOTALS for text in ids]
    units = bool(ids) and not ids[0].strip() and len(ids) > 1 and all(text.strip() for text in ids[1:])
    below = _count_heads(source)
    kept = [not total and not (units and place == 0) and place >= below for place, total in enumerate(totals)]
    if not ids:
        kept = [place >= below for place in range(len(source.rows))]
    if all(kept):
        return source
    counts = (
        (sum(totals), "rows of totals"),
        (int(units and not below), "row below the names without an id, such as one of units"),
        (below, "rows below the names that explain them"),
    )
    notes = (*source.notes, *(f"{count} {what}" for count, what in counts if count))
    columns = {name: list(compress(texts, kept)) for name, texts in source.columns.items()}
    return replace(source, columns=columns, rows=list(compress(source.rows, kept)), notes=notes)


def _count_heads(source: Source) -> int:
    """Count rows right below the names that hold words where all others hold numbers: a survey tool's second heads."""
    numeric = [
        texts for texts in source.columns.values() if len(texts) > _HEADS and all(map(_may_be_number, texts[_HEADS:]))
    ]
    numeric = [texts for texts in numeric if any(is_number_text(text.strip()) for text in texts[_HEADS:])]
    return next(
        (row for row in range(_HEADS) if not numeric or any(_may_be_number(texts[row]) for texts in numeric)), _HEADS
    )


def _may_be_number(text: str) -> bool:
    return not text.strip() or is_number_text(text.strip())
