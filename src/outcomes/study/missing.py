"""Why there is no study at a place: what stands there instead, named as what it is, with what to do."""

from __future__ import annotations

from pathlib import Path

from outcomes.plan.read import PLAN_FILE
from outcomes.study.schemas import TABLES

_BEGIN = "make one with: outcomes new FOLDER, or outcomes new my-study.xlsx"
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
_PLANS = frozenset({Path(PLAN_FILE).stem, PLAN_FILE})
_TABLES = frozenset(schema.name for schema in TABLES.values())


def explain_absence(place: Path) -> str:
    """Say what stands at a place where a study was looked for, in a sentence or two."""
    if not place.exists():
        return f"Nothing of that name is here. Check the name, or {_BEGIN}"
    return _explain_file(place) if place.is_file() else _explain_folder(place)


def _explain_folder(place: Path) -> str:
    names = sorted(one.name for one in place.iterdir())
    shown = [name for name in names if not name.startswith(".")]
    if not shown:
        return f"The folder is empty. To begin a study, {_BEGIN}"
    if near := [name for name in shown if Path(name.casefold()).stem in _PLANS and name != PLAN_FILE]:
        return _explain_plan(near[0])
    books = [name for name in shown if _ending(name) in _WORKBOOKS and not name.startswith("~$")]
    if books and not _TABLES & set(shown):
        return (
            "The folder holds a workbook and no plan.toml. If the workbook is a study (made by outcomes new "
            "BOOK.xlsx), name the workbook itself; if it is a clinic's own table: outcomes import WORKBOOK --out STUDY"
        )
    if _TABLES & set(shown):
        return (
            "The folder holds tables and no plan.toml, which says what is compared. outcomes new FOLDER makes one to "
            "begin with: put its plan.toml beside the tables, and change it"
        )
    return f"The folder holds no plan.toml. Check the name, or {_BEGIN}"


def _explain_file(place: Path) -> str:
    if place.name == PLAN_FILE:
        return "This is the plan itself. Name the folder in which it lies"
    if _ending(place.name) == ".csv":
        return "This is a table and no study. To make a study of it: outcomes import FILE --out STUDY"
    if _ending(place.name) in _WORKBOOKS:
        return "This is a workbook of another kind. Save it as .xlsx in your spreadsheet"
    return f"This is a file and no study. A study is a folder that holds plan.toml, or a workbook; {_BEGIN}"


def explain_table(place: Path, table: str) -> str:
    """Say of a table that is missing what stands there under nearly its name; nothing where nothing does."""
    wanted = Path(table)
    for path in sorted(place.iterdir()):
        ends = [end.casefold() for end in path.suffixes]
        if path.name[: len(wanted.stem)].casefold() != wanted.stem:
            continue
        if ends[-1:] and ends[-1] in _WORKBOOKS:
            return (
                f"{path.name} is there, which is a workbook: save it in your spreadsheet as CSV UTF-8, as "
                f"{wanted.name}; or: outcomes import {path.name} --out STUDY."
            )
        if ends in ([".csv", ".csv"], [".csv", ".txt"], [".txt"]):
            return f"{path.name} is there; call it {wanted.name}."
    return ""


def _explain_plan(name: str) -> str:
    if name.casefold() == PLAN_FILE:
        return f"The folder has a plan that is called with capitals. Call it {PLAN_FILE}"
    hidden = (
        " (Windows hides endings: in the Explorer, View, Show, File name extensions)"
        if "toml" in name.casefold()
        else ""
    )
    return f"The folder has a plan that is called {name}. Call it {PLAN_FILE}{hidden}"


def _ending(name: str) -> str:
    return Path(name).suffix.casefold()
