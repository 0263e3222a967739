"""An import in one go: the map is proposed where there is none, tables and a plan are written, and all of it again."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.errors import ArmsNotNamedError, OutputExistsError, OutputNotWritableError
from outcomes.importing.convert import import_study
from outcomes.importing.draft import draft_plan
from outcomes.importing.map import read_map
from outcomes.importing.propose import propose_map
from outcomes.plan.faults import TomlFaultsError, parse_toml
from outcomes.plan.raw import table
from outcomes.plan.read import PLAN_FILE
from outcomes.study.book.fill import read_rows, save_book
from outcomes.study.files import is_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.importing.convert import Imported

MAP_FILE = "import-map.toml"
_WRITTEN = ".import.json"  # digests of what an import wrote, by which it knows its own tables again
_ARMS = frozenset({"full", "skills"})


def import_whole(
    source: Path,
    *,
    out: Path,
    sheet: str | None = None,
    arms: Mapping[str, str],
    dates: str | None = None,
    dictionary: Path | None = None,
    key: Path | None = None,
) -> Imported:
    """Make a study of an export: propose a map or take the corrected one that lies in the study, then write all.

    Raises
    ------
    ArmsNotNamedError
        When nobody has said which text is which arm; the map has been written all the same.
    MapError, SourceNotReadableError, DataError, OutputExistsError, OutputNotWritableError
    """
    if is_workbook(out):
        return _import_into_book(source, out, sheet=sheet, arms=arms, dates=dates, dictionary=dictionary, key=key)
    the_map = out / MAP_FILE
    try:
        if arms or dates or not the_map.is_file():
            out.mkdir(parents=True, exist_ok=True)
            the_map.write_text(propose_map(source, sheet=sheet, arms=arms, dates=dates), encoding="utf-8")
    except OSError as fault:
        raise OutputNotWritableError(out.name, fault.strerror or type(fault).__name__) from fault
    _require_arms(the_map)
    found = read_map(the_map)
    done = import_study(source, the_map=the_map, out=out, dictionary=dictionary, key=key, own=_find_own(out))
    digests = {name: _digest(out / name) for name in done.tables}
    (out / _WRITTEN).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    if not (out / PLAN_FILE).exists():
        (out / PLAN_FILE).write_text(draft_plan(found), encoding="utf-8")
    return done


def _import_into_book(source: Path, out: Path, **said: Any) -> Imported:
    """Make a workbook of an import: what was proposed for the plan stands on its sheets, and is corrected there."""
    if out.exists():
        raise OutputExistsError(out.name)
    with tempfile.TemporaryDirectory(prefix="outcomes-") as draft:
        home = Path(draft) / "study"
        done = import_whole(source, out=home, **said)
        raw = parse_toml((home / PLAN_FILE).read_bytes())[1]
        tables = {name: read_rows(home / name) for name in done.tables}
    save_book(out, raw, tables)
    return replace(done, folder=out)


def _require_arms(the_map: Path) -> None:
    """Ask which text is which arm before anything else: without it no other fault of the map matters."""
    try:
        _, raw = parse_toml(the_map.read_bytes())
    except TomlFaultsError:
        return  # told with its line by who reads the map
    said = table(raw, "values", "arm")
    if said and not set(said.values()) >= _ARMS:
        raise ArmsNotNamedError(str(table(raw, "clients").get("arm", "")), tuple(said))


def _find_own(out: Path) -> set[str]:
    """Name the tables that an earlier import wrote and that are still as it wrote them."""
    try:
        known = json.loads((out / _WRITTEN).read_text(encoding="utf-8"))
        return {name for name, digest in known.items() if (out / name).is_file() and _digest(out / name) == digest}
    except (OSError, ValueError, AttributeError):
        return set()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
