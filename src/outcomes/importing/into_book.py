"""An import into a workbook: map, plan and tables on its sheets, corrected there, and all of it again."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.errors import OutputExistsError
from outcomes.importing.map_rows import EXPLAINED, to_rows
from outcomes.importing.whole import MAP_TABLE, digest, find_map, import_folder, read_digests, read_raw
from outcomes.plan.faults import parse_toml
from outcomes.plan.read import INSTRUMENTS_FOLDER, PLAN_FILE
from outcomes.study.book.fill import fill_again, read_rows, save_book
from outcomes.study.book.layout import IMPORT_MAP
from outcomes.study.book.read import BookFiles
from outcomes.study.files import is_workbook, records_of
from outcomes.study.sheets import Book
from outcomes.study.text import to_csv

if TYPE_CHECKING:
    from outcomes.importing.convert import Imported

_WRITTEN = "import.json"  # beside the workbook: digests of what an import wrote, by which it knows its own tables again


def import_whole(source: Path, *, out: Path, **said: Any) -> Imported:
    """Make a study of an export, as a folder or as a workbook: what was said is that of `import_folder`.

    Raises
    ------
    ArmsNotNamedError, MapError, SourceNotReadableError, DataError, OutputExistsError, OutputNotWritableError
    """
    if not is_workbook(out):
        return import_folder(source, out=out, **said)
    with tempfile.TemporaryDirectory(prefix="outcomes-") as draft:
        home = Path(draft) / "study"
        home.mkdir()
        if (own := records_of(out) / INSTRUMENTS_FOLDER).is_dir():
            shutil.copytree(own, home / INSTRUMENTS_FOLDER)
        is_new = not out.exists()
        if not is_new:
            (home / MAP_TABLE).write_text(_read_map(out), encoding="utf-8", newline="")
        done = import_folder(source, out=home, **said)
        tables = {name: read_rows(home / name) for name in done.tables}
        the_map = to_rows(read_raw(find_map(home)))
        if is_new:
            raw = parse_toml((home / PLAN_FILE).read_bytes())[1]
            save_book(out, raw, tables, notes={IMPORT_MAP: (EXPLAINED, the_map)})
        else:
            _require_own(out, set(tables))
            fill_again(out, {**tables, IMPORT_MAP: the_map})
    _remember(out, set(tables))
    return replace(done, folder=out)


def _read_map(out: Path) -> str:
    """Give the sheet of a workbook that holds the map; one without such a sheet was made by no import."""
    with Book(out.read_bytes(), out.name) as book:
        title = next((one for one in book.titles if " ".join(one.casefold().split()) == IMPORT_MAP), None)
        if title is None:
            raise OutputExistsError(out.name)
        rows = book.read(title).rows
    return to_csv(rows[0], rows[1:]) if rows else ""


def _require_own(out: Path, names: set[str]) -> None:
    """Refuse to write over a sheet that somebody has changed since it was imported."""
    known, now = read_digests(records_of(out) / _WRITTEN), BookFiles(out).files
    changed = sorted(name for name in names & now.keys() if known.get(name) != digest(now[name]))
    if changed:
        title = changed[0].removesuffix(".csv").replace("items/", "items ")
        raise OutputExistsError(f"What was changed by hand on the sheet {title} of {out.name}")


def _remember(out: Path, names: set[str]) -> None:
    now = BookFiles(out).files
    digests = {name: digest(now[name]) for name in sorted(names & now.keys())}
    records_of(out).mkdir(exist_ok=True)
    (records_of(out) / _WRITTEN).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
