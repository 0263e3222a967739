"""A workbook as the files of a study: from there on, everything is read as it is of a folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from outcomes.errors import BookIsNoStudyError, PlanError
from outcomes.plan.read import INSTRUMENTS_FOLDER, PLAN_FILE, parse_plan
from outcomes.study.book.layout import DATES, DATES_KEY, PLAN, file_of
from outcomes.study.book.plan_text import read_plan_sheets
from outcomes.study.book.tables import is_absent, judge_other, read_table_sheet
from outcomes.study.book.words import FILES, to_sheets
from outcomes.study.files import records_of
from outcomes.study.identifiers import WHAT
from outcomes.study.own_instruments import is_definition, read_own
from outcomes.study.privacy import tells_somebody
from outcomes.study.schemas import CLIENT, for_plan
from outcomes.study.sheets import Book
from outcomes.study.source import LARGEST_TABLE, Held, Refusal, Source, read_whole
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from outcomes.plan.definition import Definition
    from outcomes.study.book.tables import TableText
    from outcomes.study.dates import Dates
    from outcomes.study.model import Finding
    from outcomes.study.source import Readable

_OPEN_ELSEWHERE = ("~${name}", ".~lock.{name}#")


class BookFiles:
    """The files that the sheets of a workbook stand for."""

    def __init__(self, place: Path) -> None:
        """Read a workbook.

        Raises
        ------
        SourceNotReadableError, BookIsNoStudyError, InputChangedError
            When it is no workbook, or none that holds a study.
        """
        self.place = place
        self.files: dict[str, bytes] = {}
        self._titles: dict[str, str] = {}
        self._above: dict[str, int] = {}
        self._findings: list[Finding] = []
        try:
            content, _ = read_whole(place, place.name, home=place.parent, largest=LARGEST_TABLE)
        except Refusal as refusal:
            raise BookIsNoStudyError(place.name, f"{refusal.rule}. {refusal.fix}") from None
        with Book(content, place.name) as book:
            self._read(book)

    def _read(self, book: Book) -> None:
        sheets = {" ".join(title.casefold().split()): book.read(title) for title in book.titles}
        if PLAN not in sheets:
            raise BookIsNoStudyError(book.name)
        plan = read_plan_sheets(sheets)
        self.files[PLAN_FILE] = plan.content()
        self._lines = plan.places
        self._plan_title = sheets[PLAN].title
        families = {title.removeprefix(PLAN).strip(): sheet.title for title, sheet in sheets.items()}
        self._families = {family: title for family, title in families.items() if title.casefold().startswith(PLAN)}
        for title, sheet in sheets.items():
            if title.startswith(PLAN):
                self._findings.extend(sheet.faults())
        self._findings.extend(plan.findings)
        order = self._order(plan.settings.get(DATES_KEY, ""))
        needed = _columns_of_plan(self.files[PLAN_FILE], read_own(self).definitions)
        tables: dict[str, TableText] = {}
        for sheet in sheets.values():
            if (file := file_of(sheet.title)) is not None:
                tables[file] = read_table_sheet(sheet, file, needed=needed, order=order)
                self._titles[file], self._above[file] = sheet.title, tables[file].above
            elif (finding := judge_other(sheet)) is not None:
                self._findings.append(finding)
        for file, table in tables.items():
            if not is_absent(file, table):
                self.files[file] = table.content
                self._findings.extend(table.findings)

    def _order(self, said: str) -> Dates:
        if said in DATES:
            return cast("Dates", said)
        if said:
            rule, fix = f"must be one of: {', '.join(DATES)}", "Choose one."
            name = f"{self.place.name}, sheet {self._plan_title}"
            self._findings.append(make_finding("STOP", "E103", name, (), DATES_KEY, rule, fix))
        return "year-month-day"

    def holds(self, name: str) -> bool:
        """Whether a file is there."""
        return name in self.files

    def items(self) -> list[str]:
        """Names of the files of items, without folder and ending."""
        found = (name.removeprefix("items/").removesuffix(".csv") for name in self.files if name.startswith("items/"))
        return sorted(found)

    def instruments(self) -> list[str]:
        """Names of the definitions in the folder that is kept beside the workbook."""
        return [path.stem for path in sorted((records_of(self.place) / INSTRUMENTS_FOLDER).glob("*.toml"))]

    def source(self, name: str, **limits: int) -> Readable:
        """Open a file: a sheet, or a definition beside the workbook; raises Refusal."""
        if is_definition(name):
            home = records_of(self.place)
            return Source(home / name, name, home=home, **limits)
        return Held(self.files[name], name)

    def check(self, _known: Collection[str]) -> Iterable[Finding]:
        """Give what there is to say of the workbook itself."""
        if code := tells_somebody(self.place.resolve().stem):
            rule = f"the name holds what looks like {WHAT[code][0]}"
            fix = "Rename the workbook; its name stands in the report."
            yield make_finding("STOP", "E309", "the workbook", (), "", rule, fix)
        for pattern in _OPEN_ELSEWHERE:
            if self.place.with_name(pattern.format(name=self.place.name)).exists():
                rule = "a spreadsheet has the workbook open, which may not be saved yet"
                yield make_finding("CHECK", "E248", self.place.name, (), "", rule, "Save it there and close it.")
        yield from self._findings

    def require_unchanged(self) -> None:
        """Nothing can have changed: the workbook was read at once."""

    def rows_above(self, name: str) -> int:
        """Count the rows that a person sees above the names of a table's columns."""
        return self._above.get(name, 0)

    def tell(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Give findings with sheet and row in the place of file and line."""
        for one in findings:
            yield self._tell(one)

    def _tell(self, finding: Finding) -> Finding:
        name = self.place.name
        finding = replace(finding, rule=to_sheets(finding.rule), fix=to_sheets(finding.fix))
        if finding.file == PLAN_FILE:
            title, row = self._lines.get(finding.rows[0], ("", 0)) if finding.rows else ("", 0)
            mine = (sheet for family, sheet in self._families.items() if finding.column.startswith(f"{family}."))
            title = title or next(mine, self._plan_title)
            return replace(finding, file=f"{name}, sheet {title}", rows=(row,) if row else ())
        if finding.file in self._titles:
            rows = tuple(row + self._above[finding.file] for row in finding.rows)
            return replace(finding, file=f"{name}, sheet {self._titles[finding.file]}", rows=rows)
        if finding.file in FILES:
            return replace(finding, file=f"{name}, without a sheet {FILES[finding.file]}")
        return finding

    def tell_plan(self, error: PlanError) -> PlanError:
        """Give the faults of the plan with sheet and row in the place of the line."""
        faults = []
        for key, line, message in error.faults:
            title, row = self._lines.get(line or 0, (self._plan_title, 0))
            place = f"sheet {title}, row {row}, {key}" if row else f"sheet {title}, {key}"
            faults.append((place, None, to_sheets(message)))
        return PlanError(faults, file=f"The plan in {self.place.name}")

    def miss(self, table: str) -> BookIsNoStudyError:
        """Give the error that says that a table is not there."""
        title = table.removesuffix(".csv") if table == "clients.csv" else "scores, nor one of the items"
        return BookIsNoStudyError(self.place.name, f"it has no sheet called {title}. Put it back, or begin a new one")


def _columns_of_plan(content: bytes, own: Mapping[str, Definition]) -> frozenset[str]:
    """Columns of the tables that a plan names; none where the plan has faults, which are told by who reads it next."""
    try:
        plan = parse_plan(content, own)
    except PlanError:
        return frozenset({CLIENT})
    schemas: Mapping[str, object] = for_plan(plan)["clients"].columns
    return frozenset(name for name, column in schemas.items() if getattr(column, "required", False))
