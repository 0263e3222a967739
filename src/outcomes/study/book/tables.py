"""The sheets of a study's tables as CSV: what stands above the names of the columns is not read."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outcomes.study.book.layout import IMPORT_MAP, PLAN, START
from outcomes.study.columns import read_columns
from outcomes.study.dates import cut_time, to_iso
from outcomes.study.schemas import TABLES
from outcomes.study.text import make_finding, to_csv

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.study.columns import Column
    from outcomes.study.dates import Dates
    from outcomes.study.model import Finding, Level
    from outcomes.study.sheets import Sheet

_LOOKED_AT = 60  # rows in which the names of the columns may stand
_ALIKE = 0.75  # of the letters of a title
# Whatever else is empty counts as absent; these stay, so that their absence is told as it is of a folder.
_NEVER_ABSENT = frozenset({TABLES["clients"].name, TABLES["scores"].name})


@dataclass(slots=True, kw_only=True, repr=False)
class TableText:
    """A table as CSV, and how many rows of the sheet stand above the names of its columns."""

    content: bytes
    above: int
    is_empty: bool
    findings: list[Finding] = field(default_factory=list)


def read_table_sheet(sheet: Sheet, file: str, *, needed: frozenset[str], order: Dates) -> TableText:
    """Give a sheet as the file that a folder would hold.

    Parameters
    ----------
    sheet : Sheet
    file : str
    needed : frozenset of str
        Columns that stay though nobody has filled them in, because the plan names them.
    order : str
        How dates are written that were typed as texts.
    """
    known = read_columns(TABLES["items" if file.startswith("items/") else file.removesuffix(".csv")])
    head = _find_names(sheet, known)
    names = [cell.strip() for cell in sheet.rows[head]] if sheet.rows else []
    body = sheet.rows[head + 1 :]
    findings: list[Finding] = list(sheet.faults())
    kept: list[int] = []
    for place, name in enumerate(names):
        filled = any(line[place].strip() for line in body)
        column = known.get(name)
        if name and (filled or name in needed or (column is not None and column.required)):
            kept.append(place)
        elif filled:
            rule, fix = "a column without a name is not read", "Give it a name if it is to be read."
            rows = [row for row, line in _numbered(body, head) if line[place].strip()]
            findings.append(make_finding("CHECK", "E208", sheet.name, tuple(rows), str(place + 1), rule, fix))
    _find_dates_made_of_texts(sheet, names, known, head, findings)
    if hidden := sorted(row for row in sheet.hidden if row > head + 1):
        rule, fix = (
            "the row is hidden, by a filter or by hand, and is read all the same",
            "Take out rows that are not meant.",
        )
        findings.append(make_finding("NOTE", "E296", sheet.name, tuple(hidden), "", rule, fix))
    dated = {place for place in kept if (column := known.get(names[place])) is not None and column.kind == "date"}
    lines = [[_to_day(line[place], order) if place in dated else line[place] for place in kept] for line in body]
    content = to_csv([names[place] for place in kept], lines).encode()
    empty = not any(any(line) for line in lines)
    return TableText(content=content, above=head, is_empty=empty, findings=findings)


def _to_day(text: str, order: Dates) -> str:
    """Write a date year-month-day; a time of day behind it stays, and is told where dates are read."""
    bare = cut_time(text.strip())
    found = to_iso(bare, order)
    return text if found is None else found + text.strip()[len(bare) :]


def _numbered(body: list[list[str]], head: int) -> Iterator[tuple[int, list[str]]]:
    yield from enumerate(body, start=head + 2)


def _find_names(sheet: Sheet, known: Mapping[str, Column]) -> int:
    """Find the row that holds the names of the columns: the first of those with most of them."""
    scores = [len({cell.strip() for cell in row} & known.keys()) for row in sheet.rows[:_LOOKED_AT]]
    return scores.index(max(scores)) if scores else 0


def _find_dates_made_of_texts(
    sheet: Sheet, names: list[str], known: Mapping[str, Column], head: int, findings: list[Finding]
) -> None:
    """Find dates where none is expected: a spreadsheet makes them of texts such as 3-4."""
    rows: dict[int, list[int]] = {}
    for row, place in sheet.dated:
        if row > head + 1 and place < len(names) and names[place]:
            rows.setdefault(place, []).append(row)
    for place, found in rows.items():
        column = known.get(names[place])
        if column is not None and column.kind == "date":
            continue
        rule = "a date stands where none is expected; a spreadsheet may have made it of a text such as 3-4"
        fix = "Format the column as text, and type it again."
        level: Level = "STOP" if column is not None else "CHECK"
        findings.append(make_finding(level, "E220", sheet.name, tuple(found), names[place], rule, fix))


def is_absent(file: str, table: TableText) -> bool:
    """Whether a sheet counts as absent: nobody has filled it in."""
    return table.is_empty and file not in _NEVER_ABSENT


def judge_other(sheet: Sheet) -> Finding | None:
    """Say of a sheet that is no table of a study that it is not read."""
    title = " ".join(sheet.title.casefold().split())
    if title in {START, IMPORT_MAP} or title.startswith(PLAN) or not sheet.rows:
        return None
    near = difflib.get_close_matches(title, [*(name for name in TABLES if name != "items"), PLAN], n=1, cutoff=_ALIKE)
    if near:
        rule = f"the sheet is not read; its title looks like {near[0]}"
        return make_finding("CHECK", "E248", sheet.name, (), "", rule, f"Call it {near[0]}, if it is that.")
    rule, fix = "the sheet is not known and is not read", "Nothing needs to be done if that is intended."
    return make_finding("NOTE", "E248", sheet.name, (), "", rule, fix)
