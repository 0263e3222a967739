"""Rows of an export that are no client: totals, and a row of units below the names."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING

from outcomes.study.cells import TOTALS

if TYPE_CHECKING:
    from outcomes.importing.table import Source


def without_totals(source: Source, column: str) -> Source:
    """Leave out rows that hold totals, and a row of units right below the names, both of which are no client."""
    ids = source.columns.get(column, [])
    totals = [text.strip().casefold().rstrip(":") in TOTALS for text in ids]
    units = bool(ids) and not ids[0].strip() and len(ids) > 1 and all(text.strip() for text in ids[1:])
    kept = [not total and not (units and place == 0) for place, total in enumerate(totals)]
    if all(kept):
        return source
    counts = ((sum(totals), "rows of totals"), (int(units), "row below the names without an id, such as one of units"))
    notes = (*source.notes, *(f"{count} {what}" for count, what in counts if count))
    columns = {name: list(compress(texts, kept)) for name, texts in source.columns.items()}
    return replace(source, columns=columns, rows=list(compress(source.rows, kept)), notes=notes)
