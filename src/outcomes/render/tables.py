"""The same results as CSV, one file a question, unrounded, for those who go on calculating."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from outcomes.registry.store import to_row

if TYPE_CHECKING:
    from outcomes.registry import Record, Registry

COLUMNS = (
    *("id", "kind", "label", "value", "unit", "se", "df", "p_value", "low", "high", "level"),
    *("n", "n_full", "n_skills", "method", "text"),
)
# A spreadsheet takes a text that begins like this for a formula; some read the full-width letters as well.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render_tables(registry: Registry) -> dict[str, str]:
    """CSV text by the name of the analysis."""
    by_analysis: dict[str, list[Record]] = {}
    for record in registry.records():
        by_analysis.setdefault(record.provenance.analysis, []).append(record)
    return {name: _to_csv(records) for name, records in sorted(by_analysis.items())}


def _to_csv(records: list[Record]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        row = to_row(record)
        writer.writerow([_defuse(row[name]) for name in COLUMNS])
    return buffer.getvalue()


def _defuse(cell: object) -> object:
    if isinstance(cell, str) and (cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA)):
        return f"'{cell}"
    return cell
