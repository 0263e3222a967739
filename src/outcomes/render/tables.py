"""The same results as CSV, one file a question, unrounded, for those who go on calculating."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from outcomes.results.outcome import Curve, Estimate
from outcomes.results.store import to_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Record, Registry

COLUMNS = (
    *("id", "kind", "label", "value", "unit", "se", "df", "p_value", "low", "high", "level"),
    *("n", "n_full", "n_skills", "method", "text"),
)
POINT_COLUMNS = (
    *("id", "kind", "label", "axis", "at", "value", "unit", "low", "high", "level", "people"),
    *("n", "n_full", "n_skills", "text"),
)
# A spreadsheet takes a text that begins like this for a formula; some read the full-width letters as well.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render_tables(registry: Registry) -> dict[str, str]:
    """CSV text by the name of the analysis."""
    by_analysis: dict[str, list[Record]] = {}
    for record in registry.records():
        by_analysis.setdefault(record.provenance.analysis, []).append(record)
    return {name: _to_csv(records) for name, records in sorted(by_analysis.items())}


def render_figure_tables(registry: Registry, ids: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """CSV text of the numbers behind each figure: a row for an estimate, one for each place of a curve."""
    return {name: _points_to_csv(registry.record(result) for result in wanted) for name, wanted in ids.items()}


def _points_to_csv(records: Iterable[Record]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, POINT_COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for record in records:
        row = {name: _defuse(cell) for name, cell in to_row(record).items() if name in POINT_COLUMNS}
        for point in _points(record.outcome):
            writer.writerow(row | point)
    return buffer.getvalue()


def _points(outcome: Outcome) -> Iterator[dict[str, object]]:
    """Give what changes from place to place of a curve; an estimate has one place, what cannot be computed none."""
    if isinstance(outcome, Estimate):
        yield {}
    if isinstance(outcome, Curve):
        series = {"at": outcome.at, "value": outcome.value, "low": outcome.low, "high": outcome.high}
        given = {name: numbers for name, numbers in (series | {"people": outcome.people}).items() if numbers}
        for place in range(len(outcome.at)):
            yield {"axis": outcome.axis} | {name: numbers[place] for name, numbers in given.items()}


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
