"""An import in one go: the map is proposed where there is none, tables and a plan are written, and all of it again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from outcomes.errors import ArmsNotNamedError, OutputNotWritableError
from outcomes.importing.amend import amend_raw, amend_text
from outcomes.importing.convert import import_study
from outcomes.importing.draft import draft_plan
from outcomes.importing.map import read_map
from outcomes.importing.map_rows import parse_csv, read_rows, to_file
from outcomes.importing.propose import propose_map
from outcomes.plan.faults import TomlFaultsError, parse_toml
from outcomes.plan.raw import table
from outcomes.plan.read import PLAN_FILE
from outcomes.study.own_instruments import read_instruments_beside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.importing.convert import Imported

MAP_FILE, MAP_TABLE = "import-map.toml", "import-map.csv"
_WRITTEN = ".import.json"  # digests of what an import wrote, by which it knows its own tables again
_ARMS = frozenset({"full", "skills"})


def import_folder(
    source: Path,
    *,
    out: Path,
    sheet: str | None = None,
    arms: Mapping[str, str],
    dates: str | None = None,
    dictionary: Path | None = None,
    key: Path | None = None,
) -> Imported:
    """Make a study's folder of an export: propose a map or take the corrected one that lies in it, then write all.

    Raises
    ------
    ArmsNotNamedError
        When nobody has said which text is which arm; the map has been written all the same.
    MapError, SourceNotReadableError, DataError, OutputExistsError, OutputNotWritableError
    """
    the_map, own = find_map(out), read_instruments_beside(out)
    try:
        if not the_map.is_file():
            out.mkdir(parents=True, exist_ok=True)
            the_map.write_text(propose_map(source, sheet=sheet, arms=arms, dates=dates, own=own), encoding="utf-8")
        elif arms or dates:
            _amend(the_map, arms=arms, dates=dates)
    except OSError as fault:
        raise OutputNotWritableError(out.name, fault.strerror or type(fault).__name__) from fault
    _require_arms(the_map)
    found = read_map(the_map, own)
    done = import_study(source, the_map=the_map, out=out, dictionary=dictionary, key=key, own=_find_own(out))
    digests = {name: digest((out / name).read_bytes()) for name in done.tables}
    (out / _WRITTEN).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    if not (out / PLAN_FILE).exists():
        (out / PLAN_FILE).write_text(draft_plan(found), encoding="utf-8")
    return done


def find_map(study: Path) -> Path:
    """Find the map of a study's folder: a table for a spreadsheet where somebody has put one there, else TOML."""
    return study / MAP_TABLE if (study / MAP_TABLE).is_file() else study / MAP_FILE


def read_raw(the_map: Path) -> dict[str, Any]:
    """Give a map as its file holds it; empty where it cannot be read, which is told with its line by who reads it."""
    try:
        if the_map.suffix.lower() == ".csv":
            content = read_rows(parse_csv(the_map.read_bytes()), name=the_map.name).content().encode()
        else:
            content = the_map.read_bytes()
        return parse_toml(content)[1]
    except TomlFaultsError:
        return {}


def _amend(the_map: Path, *, arms: Mapping[str, str], dates: str | None) -> None:
    """Put what was said into the map that is there, which somebody may have corrected."""
    raw = read_raw(the_map)
    if the_map.suffix.lower() == ".csv":
        the_map.write_text(to_file(amend_raw(raw, arms=arms, dates=dates)), encoding="utf-8", newline="")
        return
    text = the_map.read_text(encoding="utf-8-sig")
    the_map.write_text(amend_text(text, raw, arms=arms, dates=dates), encoding="utf-8")


def _require_arms(the_map: Path) -> None:
    """Ask which text is which arm before anything else: without it no other fault of the map matters."""
    raw = read_raw(the_map)
    said = table(raw, "values", "arm")
    if said and not set(said.values()) >= _ARMS:
        raise ArmsNotNamedError(str(table(raw, "clients").get("arm", "")), tuple(said))


def _find_own(out: Path) -> set[str]:
    """Name the tables that an earlier import wrote and that are still as it wrote them."""
    known = read_digests(out / _WRITTEN)
    return {name for name, one in known.items() if (out / name).is_file() and digest((out / name).read_bytes()) == one}


def read_digests(path: Path) -> dict[str, str]:
    """Read the digests of what an import wrote, by file; none where it wrote nothing."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(one) for name, one in known.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def digest(content: bytes) -> str:
    """SHA-256 of a table."""
    return hashlib.sha256(content).hexdigest()
