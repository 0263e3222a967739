"""The tables of a study, built from a source by its map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outcomes.importing.cells import LEFT_OUT, Translator
from outcomes.importing.map import item_columns
from outcomes.importing.redcap import EVENT, REPEAT
from outcomes.study.read import CLIENTS_FILE
from outcomes.study.schemas import ARM, CLIENT, TABLES, with_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from outcomes.importing.table import Source


@dataclass(slots=True, kw_only=True, repr=False)
class Table:
    """A table of the study: names of its columns, and its rows as texts."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Builder:
    """Builds the tables one after the other; `left_out` counts the rows that the map leaves out, by reason."""

    translator: Translator
    source: Source
    left_out: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def build(self, others: Mapping[str, Source]) -> dict[str, Table]:
        """Build every table that the map names, by the name of its file."""
        built = {CLIENTS_FILE: self._clients()}
        scores = Table(columns=tuple(TABLES["scores"].columns))
        scores.rows.extend(self._scores())
        if scores.rows:
            built["scores.csv"] = _without_empty(scores)
        for name in self.translator.map.items:
            built[f"items/{name}.csv"] = _without_empty(self._items(name))
        for name, source in others.items():
            built[f"{name}.csv"] = self._other(name, source)
        for name, table in built.items():
            if name != CLIENTS_FILE:
                self._leave_out(table)
        return built

    def _leave_out(self, table: Table) -> None:
        """Leave out the rows of people of another programme."""
        if self.gone and CLIENT in table.columns:
            place = table.columns.index(CLIENT)
            table.rows = [row for row in table.rows if row[place] not in self.gone]

    def _clients(self) -> Table:
        """Give one row a client: of several texts in a column the only one that is not empty."""
        named = self.translator.map.clients
        columns = {target: self.translator.column(self.source, name, target) for target, name in named.items()}
        ids = columns[CLIENT]
        without = [row for row, client in zip(self.source.rows, ids, strict=True) if not client]
        if without:
            rule, fix = "the client's id is empty", "Fill it in, or take the row out."
            self.translator.findings.append(self.source.stop("E210", without, named[CLIENT], rule, fix))
        table = Table(columns=tuple(columns))
        found: dict[str, dict[str, str]] = {client: {} for client in ids if client}
        for target, texts in columns.items():
            self._gather(found, ids, target, texts)
        others = {client: cells[ARM] for client, cells in found.items() if cells.get(ARM, "").startswith(LEFT_OUT)}
        if others:
            self.gone = set(others)
            reason = (
                "people of another programme, with all that belongs to them; clients.csv counts them by its column arm"
            )
            self.left_out[reason] = len(others)
        found |= {client: {CLIENT: client, ARM: arm.removeprefix(LEFT_OUT)} for client, arm in others.items()}
        table.rows = [tuple(cells.get(name, "") for name in table.columns) for cells in found.values()]
        return table

    def _gather(self, found: dict[str, dict[str, str]], ids: list[str], target: str, texts: list[str]) -> None:
        rows = []
        for row, client, text in zip(self.source.rows, ids, texts, strict=True):
            if client and text and found[client].setdefault(target, text) != text:
                rows.append(row)
        if rows:
            rule = "a client has different texts in rows that should tell the same"
            fix = "Correct one of them; a column of clients.csv has one value for each client."
            name = self.translator.map.clients[target]
            self.translator.findings.append(self.source.stop("E274", rows, name, rule, fix))

    def _ids(self, source: Source) -> list[str]:
        return self.translator.column(source, self.translator.map.clients[CLIENT], CLIENT)

    def _scores(self) -> Iterator[tuple[str, ...]]:
        """Give a row for every score that is filled in."""
        the_map = self.translator.map
        if the_map.shape == "wide":
            yield from self._wide_scores()
            return
        clients, visits, dates = self._ids(self.source), self._visits(), self._dates()
        for measure, scores in self._measured().items():
            measures = [measure] * len(scores) if isinstance(measure, str) else list(measure)
            for cells in zip(clients, visits, measures, scores, dates, strict=True):
                if cells[3] and self._is_kept(cells[1], "visit") and self._is_kept(cells[2], "measure"):
                    yield cells

    def _measured(self) -> dict[str | tuple[str, ...], list[str]]:
        """Give the columns of scores, by the measure, or by that of each row."""
        the_map, read = self.translator.map, self.translator.column
        found: dict[str | tuple[str, ...], list[str]] = {}
        for measure, name in the_map.scores.items():
            found[measure] = read(self.source, str(name), f"score of {measure}")
        if the_map.rows.measure is not None and the_map.rows.score is not None:
            measures = read(self.source, the_map.rows.measure, "measure")
            found[tuple(measures)] = read(self.source, the_map.rows.score, "score")
        return found

    def _wide_scores(self) -> Iterator[tuple[str, ...]]:
        clients = self._ids(self.source)
        for measure, by_visit in self.translator.map.scores.items():
            for visit, name in _by_visit(by_visit):
                scores = self.translator.column(self.source, name, f"score of {measure}")
                dates = self._dates_at(visit)
                for client, score, day in zip(clients, scores, dates, strict=True):
                    if score:
                        yield client, visit, measure, score, day

    def _items(self, instrument: str) -> Table:
        """Give a row for every questionnaire with at least one answer."""
        source, count = self.translator.map.items[instrument], self.translator.map.instrument(instrument).n_items
        table = Table(columns=tuple(with_items(TABLES["items"], count).columns))
        clients = self._ids(self.source)
        if self.translator.map.shape == "wide":
            for visit, pattern in _by_visit(source):
                place = ([visit] * len(clients), self._dates_at(visit))
                table.rows.extend(self._answered(clients, *place, item_columns(pattern, count)))
        else:
            table.rows = list(self._answered(clients, self._visits(), self._dates(), item_columns(str(source), count)))
        table.rows = _join(table.rows)
        return table

    def _answered(
        self, clients: list[str], visits: list[str], dates: list[str], names: Iterable[str]
    ) -> Iterator[tuple[str, ...]]:
        answers = [self.translator.column(self.source, name, "item") for name in names]
        for client, visit, day, *cells in zip(clients, visits, dates, *answers, strict=True):
            if any(cells) and self._is_kept(visit, "visit"):
                yield client, visit, day, *cells

    def _visits(self) -> list[str]:
        rows, words = self.translator.map.rows, self.translator.map.values
        name = rows.visit
        if name is None and EVENT in self.source.columns and ("visit" in words or rows.date is None):
            name = EVENT  # where a map names a date and no visit, visits are found by it
        return [""] * len(self.source.rows) if name is None else self.translator.column(self.source, name, "visit")

    def _dates(self) -> list[str]:
        name = self.translator.map.rows.date
        return [""] * len(self.source.rows) if name is None else self.translator.column(self.source, name, "date")

    def _dates_at(self, visit: str) -> list[str]:
        name = self.translator.map.visit_dates.get(visit)
        return [""] * len(self.source.rows) if name is None else self.translator.column(self.source, name, "date")

    def _is_kept(self, word: str, kind: str) -> bool:
        """Count what the map leaves out, once for each score or questionnaire."""
        if word == LEFT_OUT:
            reason = f"scores or questionnaires of a {kind} that the map leaves out"
            self.left_out[reason] = self.left_out.get(reason, 0) + 1
        return word != LEFT_OUT

    def _other(self, name: str, source: Source) -> Table:
        """Give a table that is taken over row by row."""
        chosen = self.translator.map.tables[name]
        columns = {target: self.translator.column(source, column, target) for target, column in chosen.columns.items()}
        mine = [True] * len(source.rows)
        if chosen.repeat is not None:
            mine = [text == chosen.repeat for text in source.columns.get(REPEAT, [""] * len(source.rows))]
        rows = [
            cells for cells, kept in zip(zip(*columns.values(), strict=True), mine, strict=True) if kept and any(cells)
        ]
        return Table(columns=tuple(columns), rows=rows)


def _join(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Join two rows of one client at one visit that complete each other; two that contradict each other stay two."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in rows:
        same = found.setdefault(row[:3], [])
        if same and all(one == other or not one or not other for one, other in zip(same[-1], row, strict=True)):
            same[-1] = tuple(one or other for one, other in zip(same[-1], row, strict=True))
        else:
            same.append(row)
    return [row for same in found.values() for row in same]


def _by_visit(source: str | Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Give the columns by visit; the map was checked to hold no text here."""
    return () if isinstance(source, str) else source.items()


def _without_empty(table: Table) -> Table:
    """Leave out a date or a visit that no row has."""
    kept = [
        place
        for place, name in enumerate(table.columns)
        if name not in {"date", "visit"} or any(row[place] for row in table.rows)
    ]
    rows = [tuple(row[place] for place in kept) for row in table.rows]
    return Table(columns=tuple(table.columns[place] for place in kept), rows=rows)
