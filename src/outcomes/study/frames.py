"""A study from data frames: each is written as the CSV text that a folder would hold, and read as that is.

So the rules are those of files, whatever the frames come from, and the digests are those of the texts: the folder that
`Study.write` makes of them has the same ones, and a run is verified against it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.errors import FrameError, TableMissingError
from outcomes.plan.model import Plan
from outcomes.plan.read import INSTRUMENTS_FOLDER, PLAN_FILE
from outcomes.plan.write import to_toml
from outcomes.study.files import SUFFIX
from outcomes.study.folder import ITEMS_FOLDER
from outcomes.study.header import label_of
from outcomes.study.identifiers import WHAT
from outcomes.study.own_instruments import file_of, read_own
from outcomes.study.privacy import tells_somebody
from outcomes.study.schemas import CLIENT, OPTIONAL
from outcomes.study.source import Held
from outcomes.study.text import FIRST_ROW, make_finding, to_csv

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from outcomes.errors import OutcomesError, PlanError
    from outcomes.study.model import Finding
    from outcomes.study.source import Readable

FROM_FRAMES = "made from data frames"
_MIDNIGHT = dt.time()


class FrameFiles:
    """Files that are held in memory: of data frames, or of a part of a study."""

    def __init__(self, files: Mapping[str, bytes], place: Path) -> None:
        self.files = dict(files)
        self.place = place

    def holds(self, name: str) -> bool:
        """Whether a file is there."""
        return name in self.files

    def items(self) -> list[str]:
        """Names of the files of items, without folder and ending."""
        before = f"{ITEMS_FOLDER}/"
        return sorted(name.removeprefix(before).removesuffix(".csv") for name in self.files if name.startswith(before))

    def instruments(self) -> list[str]:
        """Names of the definitions of instruments of its own, without folder and ending."""
        before = f"{INSTRUMENTS_FOLDER}/"
        return sorted(name.removeprefix(before).removesuffix(".toml") for name in self.files if name.startswith(before))

    def source(self, name: str, **_limits: int) -> Readable:
        """Open a file."""
        return Held(self.files[name], name)

    def check(self, _known: Collection[str]) -> Iterable[Finding]:
        """Look at the study's name, which stands in the report."""
        if code := tells_somebody(self.place.stem):
            rule = f"the name holds what looks like {WHAT[code][0]}"
            yield make_finding("STOP", "E309", "the study", (), "", rule, "Give it another name.")

    def require_unchanged(self) -> None:
        """Nothing can have changed: the texts are held."""

    def rows_above(self, _name: str) -> int:
        """Count the rows above the names of a table's columns: a frame has none."""
        return 0

    def tell(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Give what must be mended with the row as the frame counts it; the rest as the files of the study have it."""
        for one in findings:
            if one.level == "STOP" and one.file.endswith(".csv"):
                rows = tuple(max(row - FIRST_ROW, 0) for row in one.rows)
                counted = ", rows counted from 0" if rows else ""
                yield replace(one, file=f"the frame {one.file.removesuffix('.csv')}{counted}", rows=rows)
            else:
                yield one

    def tell_plan(self, error: PlanError) -> PlanError:
        """Give the faults of the plan by their keys."""
        return error

    def miss(self, table: str) -> OutcomesError:
        """Give the error that says that a table is not there."""
        return TableMissingError(table, "Give it as a frame: outcomes.study(clients=…, scores=…, plan=…).")


def lay_out_frames(
    tables: Mapping[str, Any],
    items: Mapping[str, Any],
    plan: Plan | Mapping[str, Any] | str | Path,
    *,
    name: str,
    folder: Path,
    instruments: Mapping[str, Any] | None = None,
) -> FrameFiles:
    """Write frames as the files of a study.

    Parameters
    ----------
    tables : mapping of str to frame or None
        By the name of the table without its ending.
    items : mapping of str to frame
        Answers to questions, by instrument.
    plan : Plan, mapping or path
    name : str
        What the study is called.
    folder : Path
        Where what belongs to it is kept: its lock, and the ledger of what was released.
    instruments : mapping of str to mapping or path, optional
        Definitions of the study's own instruments, by name: as their files would hold them, or the files.

    Raises
    ------
    FrameError
        Where something is no frame, or a cell nothing that a table can hold.
    """
    known = ("clients", "scores", *OPTIONAL)
    own = write_definitions(plan, instruments or {})
    files = {PLAN_FILE: read_plan_text(plan, FROM_FRAMES, own=own), **own}
    for table in known:
        if tables.get(table) is not None:
            files[f"{table}.csv"] = write_frame(tables[table], table)
    for instrument, frame in items.items():
        files[f"{ITEMS_FOLDER}/{instrument}.csv"] = write_frame(frame, f"items/{instrument}")
    return FrameFiles(files, folder / f"{name}{SUFFIX}")


def write_definitions(plan: Any, given: Mapping[str, Any]) -> dict[str, bytes]:
    """Give the files of a study's own instruments: of those in a Plan, and of those that were given."""
    held = plan.instruments if isinstance(plan, Plan) else {}
    said = {word: one.model_dump(mode="json", exclude_none=True, exclude_unset=True) for word, one in held.items()}
    files = {}
    for word, one in {**said, **given}.items():
        if isinstance(one, str | Path) and not Path(one).is_file():
            raise TableMissingError(Path(one).name)
        text = Path(one).read_bytes() if isinstance(one, str | Path) else to_toml(one).encode()
        files[file_of(word)] = text
    return files


def read_plan_text(
    plan: Plan | Mapping[str, Any] | str | Path,
    *steps: str,
    kept: tuple[str, ...] = (),
    own: Mapping[str, bytes] | None = None,
) -> bytes:
    """Give the text of a plan that is a path, a dictionary as plan.toml would hold it, or a Plan; with what was done.

    `own` are the files of the study's own instruments, by which it is judged.

    Raises
    ------
    TableMissingError
        When there is no such file.
    PlanError, DataError
        With every fault.
    """
    from outcomes.plan.read import parse_plan

    defined = read_own(FrameFiles(own or {}, Path())).require_sound()
    if isinstance(plan, str | Path):
        path = Path(plan)
        path = path / PLAN_FILE if path.is_dir() else path
        if not path.is_file():
            raise TableMissingError(path.name)
        plan = parse_plan(path.read_bytes(), defined)
    elif not isinstance(plan, Plan):
        plan = parse_plan(to_toml(plan).encode(), defined)
    done = tuple(dict.fromkeys((*kept, *plan.derived, *steps)))
    return to_toml(plan.model_copy(update={"derived": done}) if done else plan).encode()


def write_frame(frame: Any, table: str) -> bytes:
    """Write a frame as the CSV text of its table: each number with all its digits, a day without a time."""
    columns = _take_columns(frame, table)
    texts = {
        name: _to_texts(cells, table, label_of(name, place)) for place, (name, cells) in enumerate(columns.items())
    }
    if CLIENT not in texts and table == "clients":
        raise FrameError(table, f"it has no column {CLIENT}; if that is the index, give frame.reset_index()")
    return to_csv(texts, zip(*texts.values(), strict=True)).encode()


def _take_columns(frame: Any, table: str) -> dict[str, list[Any]]:
    """Take the columns of whatever narwhals takes, as lists of plain values."""
    import narwhals.stable.v2 as nw

    try:
        taken = nw.from_native(frame, eager_only=True)
    except (TypeError, ValueError):
        why = f"a data frame is wanted (pandas, Polars, PyArrow), and a {type(frame).__name__} was given"
        raise FrameError(table, why) from None
    if not all(isinstance(name, str) for name in taken.columns):
        raise FrameError(table, "the names of its columns are not all texts")
    return {name: taken[name].to_list() for name in taken.columns}


def _to_texts(cells: list[Any], table: str, label: str) -> list[str]:
    known: dict[Any, str] = {}
    texts = []
    for cell in cells:
        try:
            text = known.get((type(cell), cell))
            if text is None:
                text = known[type(cell), cell] = _to_text(cell)
        except TypeError:
            why = f"a cell of the column {label} holds a {type(cell).__name__}, which no table of a study can hold"
            raise FrameError(table, why) from None
        texts.append(text)
    return texts


def _to_text(cell: Any) -> str:
    """Text of a cell; raises TypeError of what is no text, number, day, or yes or no."""
    if cell is None or cell != cell or type(cell).__name__ in {"NAType", "NaTType"}:  # noqa: PLR0124  # nan is not itself
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool) or type(cell).__name__ == "bool":  # numpy's as well
        return "yes" if cell else "no"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    number = float(cell)
    return str(int(number)) if math.isfinite(number) and number.is_integer() else repr(number)
