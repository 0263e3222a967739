"""Rows of the files of a study that a result may draw on: how many, and which. They are told, and never kept."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from outcomes.audit.sources import CLIENT, CLIENTS
from outcomes.core.ids import word
from outcomes.errors import OutcomesError, StudyForRunNotFoundError
from outcomes.study.dates import cut_time
from outcomes.study.files import is_study, open_files
from outcomes.study.published import EVIDENCE, open_table
from outcomes.study.source import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from outcomes.audit.sources import Condition, Use
    from outcomes.plan.model import Plan
    from outcomes.study.files import Files

FIRST_ROW = 2  # of data, as a spreadsheet counts: the header is row 1
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows of a file, as a spreadsheet shows them, of all that it has; or why they were not looked for."""

    rows: tuple[int, ...] = ()
    of: int = 0
    fault: str = ""


@dataclass(slots=True)
class Tables:
    """The CSV files of a study, each read once and only if it is what the run was made from."""

    files: Files
    digests: Mapping[str, str]
    plan: Plan
    _known: dict[str, dict[str, str]] = field(default_factory=dict)
    _read: dict[str, list[tuple[int, dict[str, str]]] | str] = field(default_factory=dict)

    def find(self, use: Use) -> Found:
        """Find the rows that a result may draw on."""
        table = self._table(use.file)
        clients = self._table(CLIENTS)
        if isinstance(table, str):
            return Found(fault=table)
        known = {} if isinstance(clients, str) else self._clients(clients)
        if use.clients and isinstance(clients, str):
            return Found(fault=clients)
        rows = (number for number, row in table if self._holds(row, use, known))
        return Found(rows=tuple(rows), of=len(table))

    def read(self, file: str) -> list[dict[str, str]] | None:
        """Give the rows of a file; None where it is not what the run was made from."""
        table = self._table(file)
        return None if isinstance(table, str) else [row for _, row in table]

    def holds(self, row: Mapping[str, str], use: Use) -> bool:
        """Whether a row is one that a result may draw on."""
        clients = self._table(CLIENTS)
        return self._holds(row, use, {} if isinstance(clients, str) else self._clients(clients))

    def _clients(self, rows: list[tuple[int, dict[str, str]]]) -> dict[str, dict[str, str]]:
        if not self._known:
            self._known.update({row.get(CLIENT, ""): row for _, row in rows})
        return self._known

    def _holds(self, row: Mapping[str, str], use: Use, known: Mapping[str, Mapping[str, str]]) -> bool:
        client = known.get(row.get(CLIENT, ""), {})
        return all(self._is(one, row, client) for one in use.where) and all(
            self._is(one, client, client) for one in use.clients
        )

    def _is(self, condition: Condition, row: Mapping[str, str], client: Mapping[str, str]) -> bool:
        cell = row.get(condition.column, "")
        if not condition.values:
            return bool(cell)
        if not cell and condition.dated:
            return any(self._lies_in(visit, row, client) for visit in condition.dated)
        return (word(cell) if condition.spelt and cell else cell) in condition.values

    def _lies_in(self, visit: str, row: Mapping[str, str], client: Mapping[str, str]) -> bool:
        window = self.plan.visits[visit].window
        try:
            days = _day(row["date"]) - _day(client["start_date"])
        except (KeyError, ValueError):
            return False
        return window is not None and window[0] <= days.days / _DAYS_A_WEEK <= window[1]

    def _table(self, name: str) -> list[tuple[int, dict[str, str]]] | str:
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def _load(self, name: str) -> list[tuple[int, dict[str, str]]] | str:
        try:
            is_here = self.files.holds(name) or (name == EVIDENCE and name in self.digests)
            source = open_table(self.files, name) if is_here else None
            content = None if source is None else b"".join(source.blocks())
        except Refusal:
            content = None
        if source is None or content is None:
            return f"{name} is not in the study's folder"
        if source.digest(0).sha256 != self.digests.get(name):
            return f"{name} is not the file that the run was made from"
        records = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        header = [cell.strip() for cell in next(records, [])]
        numbered = enumerate(records, start=FIRST_ROW + self.files.rows_above(name))
        return [(number, dict(zip(header, map(str.strip, row), strict=False))) for number, row in numbered if row]


def find_tables(run: Path, manifest: Mapping[str, Any], plan: Plan, study: Path | None) -> Tables | None:
    """Give the tables of the study, where it is at hand: named, or where the run says."""
    if study is not None and not is_study(study):
        raise StudyForRunNotFoundError(str(study))
    beside = manifest.get("study_path")  # a pooled run has none
    folder = study or (None if beside is None else (run / beside).resolve())
    if folder is None or not is_study(folder):
        return None
    try:
        files = open_files(folder)
    except OutcomesError:
        return None
    return Tables(files, {file["name"]: file["sha256"] for file in manifest["files"]}, plan)


def _day(text: str) -> date:
    return date.fromisoformat(cut_time(text))


def say_rows(rows: Sequence[int]) -> str:
    """Name rows, those that follow each other as a range."""
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in _runs(rows))


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], row
        else:
            runs.append((row, row))
    return runs
