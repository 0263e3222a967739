"""The map as rows of four cells, for a CSV file or a sheet: what a spreadsheet opens, and no text editor is needed for.

A row says which part of the map it belongs to, what it is about, which one of it, and what stands in the source.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.errors import MapError
from outcomes.study.book.plan_text import quote
from outcomes.study.text import to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

NAMES = ("part", "what", "which", "in the source")
EXPLAINED = (
    "Part of the map: setting, missing, clients, text, row, scores, items, date or table; see docs/importing.md.",
    "What is set, or what of the study: a column of clients, a measure, a questionnaire, a table.",
    "Which one of it: a visit; of a text, what the study calls it (full, skills, or nothing to leave it out).",
    "What stands in your file: the name of a column, or a text.",
)
_SIMPLE = {"clients": "clients", "row": "rows", "date": "visit_dates"}
_BY_VISIT = frozenset({"scores", "items"})
_WHERE = frozenset({"sheet", "file", "repeat"})
_NUMBERS = frozenset({"version", "header_row"})


@dataclass(slots=True, kw_only=True, repr=False)
class MapText:
    """A map as TOML, a line for each row, and the row of the file or sheet by line."""

    lines: list[str] = field(default_factory=lambda: ["version = 1"])
    rows: dict[int, int] = field(default_factory=dict)
    faults: list[tuple[str, int | None, str]] = field(default_factory=list)

    def put(self, line: str, row: int) -> None:
        """Add a line that stands on a row."""
        self.lines.append(line)
        self.rows[len(self.lines)] = row

    def content(self) -> str:
        """Give the text."""
        return "\n".join(self.lines) + "\n"


def to_rows(raw: Mapping[str, Any]) -> list[list[str]]:
    """Give a map, as its file holds it, as rows below their names."""
    return [list(NAMES), *_to_rows(raw)]


def _to_rows(raw: Mapping[str, Any]) -> Iterator[list[str]]:
    for key, value in raw.items():
        if key == "missing":
            yield from (["missing", "", "", str(text)] for text in value)
        elif not isinstance(value, dict):
            if key != "version":
                yield ["setting", key, "", str(value)]
        elif key == "values":
            yield from (["text", what, word, text] for what, words in value.items() for text, word in words.items())
        elif key in _BY_VISIT:
            for what, source in value.items():
                by_visit = source if isinstance(source, dict) else {"": source}
                yield from ([key, what, visit, column] for visit, column in by_visit.items())
        elif key == "tables":
            for name, table in value.items():
                yield from (["table", name, where, table[where]] for where in sorted(_WHERE & table.keys()))
                yield from (["table", name, f"column {what}", one] for what, one in table.get("columns", {}).items())
        else:
            part = next(part for part, name in _SIMPLE.items() if name == key)
            yield from ([part, what, "", str(column)] for what, column in value.items())


def to_file(raw: Mapping[str, Any]) -> str:
    """Give a map as a CSV file."""
    head, *rows = to_rows(raw)
    return to_csv(head, rows)


def read_rows(rows: Iterable[Sequence[str]], *, name: str) -> MapText:
    """Give rows as TOML; what stands above the names of the columns is not read.

    Raises
    ------
    MapError
        When there are no such names.
    """
    numbered = [(number, [*(cell.strip() for cell in row), "", "", "", ""][:4]) for number, row in enumerate(rows, 1)]
    head = next((place for place, (_, row) in enumerate(numbered) if [one.casefold() for one in row] == [*NAMES]), None)
    if head is None:
        raise MapError(name, [(name, None, f"must have a row with the names {', '.join(NAMES)}")])
    text = MapText()
    missing: list[tuple[int, str]] = []
    for number, row in numbered[head + 1 :]:
        if row[0].casefold() == "missing":
            missing.append((number, row[3]))
        elif any(row):
            _read_row(row, number, text)
    if missing:
        text.put(f"missing = [{', '.join(quote(one) for _, one in missing)}]", missing[0][0])
    return text


def _read_row(row: list[str], number: int, text: MapText) -> None:
    part, what, which, source = row
    part = part.casefold()
    if part == "setting":
        text.put(f"{quote(what)} = {source if what in _NUMBERS and source.isdigit() else quote(source)}", number)
    elif part == "text":
        text.put(f"values.{quote(what)}.{quote(source)} = {quote(which)}", number)
    elif part in _SIMPLE:
        text.put(f"{_SIMPLE[part]}.{quote(what)} = {quote(source)}", number)
    elif part in _BY_VISIT:
        text.put(f"{part}.{'.'.join(quote(one) for one in (what, which) if one)} = {quote(source)}", number)
    elif part == "table":
        column = which.removeprefix("column ").strip()
        place = quote(which) if which in _WHERE else f"columns.{quote(column)}"
        text.put(f"tables.{quote(what)}.{place} = {quote(source)}", number)
    else:
        parts = ", ".join(("setting", "missing", "text", *_SIMPLE, *sorted(_BY_VISIT), "table"))
        text.faults.append((part or "part", number, f"is no part of a map; there are: {parts}"))


def parse_csv(content: bytes) -> list[list[str]]:
    """Give the rows of a CSV file, with commas, or with the semicolons that spreadsheets of some countries write."""
    decoded = content.decode("utf-8-sig", errors="replace")
    first = decoded.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    return list(csv.reader(io.StringIO(decoded, newline=""), delimiter=mark))
