"""A workbook to fill in: the plan in plain words, a sheet for each table, made from the model and the schemas."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from outcomes.errors import OutputExistsError, OutputNotWritableError
from outcomes.instruments import read_instrument
from outcomes.plan.keys import list_families
from outcomes.study.book.plan_pages import write_family, write_keys
from outcomes.study.book.start import write_start
from outcomes.study.book.table_pages import write_table
from outcomes.study.portable import require_portable
from outcomes.study.schemas import OPTIONAL, TABLES, with_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from outcomes.instruments import Instrument

NOT_ASKED = frozenset(
    {"evidence"}
)  # published results are no answers of a clinic; such a sheet is read where it is made


def make_study_book(place: Path, *, questionnaires: Sequence[str] = ()) -> None:
    """Make a workbook to fill in.

    Parameters
    ----------
    place : Path
    questionnaires : sequence of str
        Instruments whose single answers are entered; each has a sheet.

    Raises
    ------
    OutputExistsError
        When something of that name is there.
    UnknownInstrumentError
    OutputNotWritableError
        When it cannot be written.
    """
    require_portable(place)
    if place.exists():
        raise OutputExistsError(place.name)
    book = build_book(_template(), questionnaires=questionnaires)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        book.save(place)
    except OSError as fault:
        raise OutputNotWritableError(place.name, fault.strerror or type(fault).__name__) from fault


def _template() -> dict[str, Any]:
    text = resources.files("outcomes.study").joinpath("template", "plan.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def build_book(
    raw: dict[str, Any], *, questionnaires: Sequence[str] = (), own: Mapping[str, Instrument] | None = None
) -> Any:
    """Build a workbook with a plan filled in, and empty tables.

    Parameters
    ----------
    raw : dict
        The plan as its file holds it.
    questionnaires : sequence of str
    own : mapping of str to Instrument, optional
        Instruments that the study defines itself.
    """
    from openpyxl import Workbook

    used = _instruments(raw, questionnaires, own)
    book = Workbook()
    write_start(book.active)
    write_keys(book, raw)
    for family in list_families():
        write_family(book, family, raw)
    covariates = raw.get("adjust", {}).get("covariates", [])
    words = _find_examples(raw)
    write_table(book, "clients", TABLES["clients"], extra=tuple(map(str, covariates)), words=words)
    write_table(book, "scores", TABLES["scores"], words=words)
    for name in used:
        write_table(book, f"items {name}", with_items(TABLES["items"], read_instrument(name, own).n_items), words=words)
    for name in OPTIONAL:
        if name not in NOT_ASKED:
            write_table(book, name, TABLES[name], words=words)
    return book


def _find_examples(raw: dict[str, Any]) -> dict[str, str]:
    """Give an example of each word that the plan decides: the first of its kind."""
    visits = [word for word, one in raw.get("visits", {}).items() if isinstance(one, dict)]
    arms, measures = raw.get("arms", {}), raw.get("measures", {})
    first = {"visit": visits, "measure": list(measures), "arm": [arms.get("full", {}).get("value", "full")]}
    return {name: str(words[0]) for name, words in first.items() if words}


def _instruments(raw: dict[str, Any], questionnaires: Sequence[str], own: Mapping[str, Instrument] | None) -> list[str]:
    """Name the questionnaires that have a sheet: those asked for, and those that the plan is scored from."""
    measures = raw.get("measures", {}).values()
    named = [one["instrument"] for one in measures if isinstance(one, dict) and one.get("instrument")]
    found = dict.fromkeys(read_instrument(name, own).id for name in (*named, *questionnaires))
    return [name for name in found if read_instrument(name, own).table == "items"]
