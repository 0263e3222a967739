"""Where the files of a study stand: in its folder, or in a workbook that is read to the same files."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from outcomes.errors import StudyNotFoundError, TableMissingError
from outcomes.plan.read import INSTRUMENTS_FOLDER, PLAN_FILE
from outcomes.study.folder import ITEMS_FOLDER, check_folder, require_unchanged, stamp_files
from outcomes.study.missing import explain_absence, explain_table
from outcomes.study.privacy import tells_somebody
from outcomes.study.source import Source, is_there

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from outcomes.errors import OutcomesError, PlanError
    from outcomes.study.model import Finding
    from outcomes.study.source import Readable

WORKBOOK = ".xlsx"
SUFFIX = ".frames"  # of the place that stands for a study that was made from data frames and lies in no file
RECORDS = ".outcomes"  # of a workbook: the folder beside it that holds what the program keeps of it, such as the lock


def is_workbook(study: Path) -> bool:
    """Whether a study is a workbook, by its name."""
    return study.suffix.lower() == WORKBOOK


def is_beside(study: Path) -> bool:
    """Whether what belongs to a study is kept beside it: it is a workbook, or lies in no file at all."""
    return study.suffix.lower() in {WORKBOOK, SUFFIX}


def name_of(study: Path) -> str:
    """Name of a study: of its folder, or of its workbook without the ending."""
    place = study.resolve()
    return place.stem if is_beside(place) else place.name


def records_of(study: Path) -> Path:
    """Folder in which the program keeps what belongs to a study and is no answer: its lock."""
    return study.with_name(f"{study.stem}{RECORDS}") if is_beside(study) else study


def is_study(study: Path) -> bool:
    """Whether there is a study at a place."""
    return study.is_file() if is_workbook(study) else study.is_dir()


class Files(Protocol):
    """The files of a study, wherever they stand."""

    place: Path

    def holds(self, name: str) -> bool:
        """Whether anything of a name is there."""

    def items(self) -> list[str]:
        """Names of the files of items, without folder and ending."""

    def instruments(self) -> list[str]:
        """Names of the definitions of instruments of its own, without folder and ending."""

    def source(self, name: str, **limits: int) -> Readable:
        """Open a file; raises Refusal."""

    def check(self, known: Collection[str]) -> Iterable[Finding]:
        """Go through what else is there."""

    def require_unchanged(self) -> None:
        """Refuse files of two moments; raises InputChangedError."""

    def rows_above(self, name: str) -> int:
        """Count the rows that a person sees above the names of a table's columns."""

    def tell(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Give findings with the places as a person sees them."""

    def tell_plan(self, error: PlanError) -> PlanError:
        """Give the faults of the plan with the places as a person sees them."""

    def miss(self, table: str) -> OutcomesError:
        """Give the error that says that a table is not there."""


class Definitions:
    """The instruments that a folder defines, whether or not it is a study already."""

    def __init__(self, place: Path) -> None:
        """Name the folder; it may be missing."""
        self.place = place

    def instruments(self) -> list[str]:
        """Names of the definitions of instruments of its own, without folder and ending."""
        return [path.stem for path in sorted((self.place / INSTRUMENTS_FOLDER).glob("*.toml"))]

    def source(self, name: str, **limits: int) -> Readable:
        """Open a file; raises Refusal."""
        return Source(self.place / name, name, home=self.place, **limits)


class Folder(Definitions):
    """The files of a study's folder."""

    def __init__(self, place: Path) -> None:
        """Look at a folder; raises StudyNotFoundError when it is no study."""
        if not place.is_dir() or not is_there(place / PLAN_FILE):
            raise StudyNotFoundError(_say_name(place), explain_absence(place))
        super().__init__(place)
        self._before = stamp_files(place)

    def holds(self, name: str) -> bool:
        """Whether anything of a name is there."""
        return is_there(self.place / name)

    def items(self) -> list[str]:
        """Names of the files of items, without folder and ending."""
        return [path.stem for path in sorted((self.place / ITEMS_FOLDER).glob("*.csv"))]

    def check(self, known: Collection[str]) -> Iterable[Finding]:
        """Go through what else is there."""
        return check_folder(self.place, known)

    def require_unchanged(self) -> None:
        """Refuse files of two moments; raises InputChangedError."""
        require_unchanged(self.place, self._before)

    def rows_above(self, _name: str) -> int:
        """Count the rows above the names of a table's columns: a file has none."""
        return 0

    def tell(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Give findings with the places as a person sees them."""
        yield from findings

    def tell_plan(self, error: PlanError) -> PlanError:
        """Give the faults of the plan with the places as a person sees them."""
        return error

    def miss(self, table: str) -> OutcomesError:
        """Give the error that says that a table is not there, and what stands in its place."""
        return TableMissingError(table, explain_table(self.place, table))


def open_files(study: Path) -> Files:
    """Open the files of a study.

    Raises
    ------
    StudyNotFoundError
        When there is none.
    """
    if not is_workbook(study):
        return Folder(study)
    from outcomes.study.book.read import BookFiles

    if not study.is_file():
        raise StudyNotFoundError(_say_name(study), explain_absence(study))
    return BookFiles(study)


@contextlib.contextmanager
def laid_out(study: Path) -> Iterator[Path]:
    """Give a study's files as a folder, for a program that knows nothing else: of a workbook a draft, then removed."""
    if not is_workbook(study):
        yield study
        return
    from outcomes.study.book.read import BookFiles

    with tempfile.TemporaryDirectory(prefix="outcomes-") as draft:
        home = Path(draft) / "study"
        for name, content in BookFiles(study).files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)
        if (own := records_of(study) / INSTRUMENTS_FOLDER).is_dir():
            shutil.copytree(own, home / INSTRUMENTS_FOLDER)
        yield home


def _say_name(place: Path) -> str:
    """Give what a message calls a place that is no study: not by a name that tells somebody."""
    name = place.name or str(place)
    return "of that name" if tells_somebody(Path(name).stem) else name
