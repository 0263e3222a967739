"""Which rows of a study's files are others in a second one: counted and described, never named or quoted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.audit.sources import CLIENT, CLIENTS, ITEMS, SCORES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.audit.rows import Tables
    from outcomes.audit.sources import Use
    from outcomes.plan.model import Plan

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# Columns that say which row is which; a file without them is compared row by row, in any order.
_NAMED = {CLIENTS: (CLIENT,), SCORES: (CLIENT, "visit", "measure", "date")}
_ITEMS = (CLIENT, "visit", "date")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Row:
    """A row that is not the same: as it was and as it is, of which one may be missing."""

    before: Mapping[str, str] | None
    after: Mapping[str, str] | None

    def __repr__(self) -> str:
        """Say nothing of a client."""
        return f"Row({sorted(self.columns)})"

    @property
    def columns(self) -> frozenset[str]:
        """Columns in which it differs; all where it is new or gone."""
        if self.before is None or self.after is None:
            return frozenset((self.before or self.after or {}).keys())
        names = self.before.keys() | self.after.keys()
        return frozenset(name for name in names if self.before.get(name, "") != self.after.get(name, ""))

    @property
    def any(self) -> Mapping[str, str]:
        """The row as it is, or as it was where it is gone."""
        return self.after or self.before or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """The rows of a file that are not the same in two studies that are both at hand."""

    file: str
    rows: tuple[Row, ...]
    tables: tuple[Tables, Tables]

    def touching(self, uses: Iterable[Use]) -> tuple[Row, ...]:
        """Give those that what a result takes from the file, in either study, would meet."""
        mine = [use for use in uses if use.file == self.file]
        return tuple(row for row in self.rows if any(self._meets(row, use) for use in mine))

    def _meets(self, row: Row, use: Use) -> bool:
        answers = {name for name in row.columns if name.startswith("q")} if "q…" in use.columns else set()
        if not (row.columns & set(use.columns) or answers):
            return False
        versions = zip(self.tables, (row.before, row.after), strict=True)
        return any(table.holds(cells, use) for table, cells in versions if cells is not None)

    def say(self, rows: Iterable[Row], plan: Plan) -> str:
        """Say of rows of this file whose what changed: "two people's scores at 24 weeks changed"."""
        listed = list(rows)
        people = len({row.any.get(CLIENT, str(place)) for place, row in enumerate(listed)})
        if not all(CLIENT in row.any for row in listed):
            return f"{_count(len(listed))} row{'s' if len(listed) > 1 else ''} of {self.file} changed"
        whose = "one person's" if people == 1 else f"{_count(people)} people's"
        return f"{whose} {self._what(listed, plan)} {_fate(listed)}"

    def _what(self, rows: list[Row], plan: Plan) -> str:
        if self.file != SCORES and not self.file.startswith(ITEMS):
            named = sorted({name for row in rows if row.before and row.after for name in row.columns})
            return f"{', '.join(named)} in {self.file}" if named else f"rows of {self.file}"
        noun = "scores" if self.file == SCORES else "answers"
        visits = {row.any.get("visit", "") for row in rows}
        known = [visit.label or name for name, visit in plan.visits.items() if name in visits]
        return f"{noun} at {' and '.join(known)}" if known and "" not in visits else noun


def _fate(rows: list[Row]) -> str:
    if all(row.before is None for row in rows):
        return "are new"
    return "are gone" if all(row.after is None for row in rows) else "changed"


def _count(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)


def compare_file(file: str, before: Tables, after: Tables) -> ChangedFile | None:
    """Compare a file of two studies; None where either is not at hand as its run was made from it."""
    then, now = before.read(file), after.read(file)
    if then is None or now is None:
        return None
    names = _ITEMS if file.startswith(ITEMS) else _NAMED.get(file, ())
    rows = _by_name(then, now, names) if names else _by_content(then, now)
    return ChangedFile(file=file, rows=tuple(rows), tables=(before, after))


def _by_name(then: list[dict[str, str]], now: list[dict[str, str]], names: tuple[str, ...]) -> list[Row]:
    sides: list[dict[tuple[str, ...], list[dict[str, str]]]] = []
    for table in (then, now):
        side: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
        for row in table:
            side[tuple(row.get(name, "") for name in names)].append(row)
        sides.append(side)
    changed = []
    for key in dict.fromkeys((*sides[0], *sides[1])):
        old, new = sides[0].get(key, []), sides[1].get(key, [])
        pairs = [(one, other) for one, other in zip(_pad(old, len(new)), _pad(new, len(old)), strict=True)]
        changed += [Row(before=one, after=other) for one, other in pairs if one != other]
    return changed


def _pad(rows: list[dict[str, str]], length: int) -> list[dict[str, str] | None]:
    return [*rows, *[None] * (length - len(rows))]


def _by_content(then: list[dict[str, str]], now: list[dict[str, str]]) -> list[Row]:
    counts = [Counter(tuple(row.items()) for row in table) for table in (then, now)]
    gone, new = counts[0] - counts[1], counts[1] - counts[0]
    rows = [Row(before=dict(row), after=None) for row in gone.elements()]
    return rows + [Row(before=None, after=dict(row)) for row in new.elements()]
