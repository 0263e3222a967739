"""What a message calls the files of a folder, in the words of somebody who has a workbook and has never seen them."""

from __future__ import annotations

import re

from outcomes.plan.read import PLAN_FILE
from outcomes.study.schemas import TABLES

# The sheet that holds what a file of a folder holds.
FILES = {one.name: one.name.removesuffix(".csv") for name, one in TABLES.items() if name != "items"}
_FILE = re.compile(rf"(?P<on>\bin )?(?<![\w/.-])(?P<file>{'|'.join(map(re.escape, (PLAN_FILE, *FILES)))})(?!\w)")
_TABLE_OF_LINES = re.compile(r"(?:\b(?:in|under) )?\[(?P<family>visits|measures|events)(?:\.WORD)?\]")
_TABLE = re.compile(r"\[(?P<key>[a-z_]+(?:\.[a-z_]+)*)\]")
_OTHERS = {
    f"beside {PLAN_FILE}": "beside the workbook",
    f"range in {PLAN_FILE}": "range on the sheet plan measures",
    f"coding of the measure in {PLAN_FILE}": "coding of the measure on the sheet plan measures",
    "see docs/data.md": "outcomes new NAME.xlsx makes a workbook that has them, to look at",
    "take the file out": "take the sheet out",
    "remove the file": "remove the sheet",
}


def to_sheets(text: str) -> str:
    """Name the sheets of a workbook in place of files and of tables of the plan.

    Parameters
    ----------
    text : str
        A sentence of the program about a study.
    """
    for said, meant in _OTHERS.items():
        text = text.replace(said, meant)
    text = _TABLE_OF_LINES.sub(lambda found: f"on the sheet plan {found['family']}", text)
    text = _TABLE.sub(lambda found: found["key"], text)
    return _FILE.sub(lambda found: f"{'on ' if found['on'] else ''}the sheet {_sheet_of(found['file'])}", text)


def _sheet_of(file: str) -> str:
    return "plan" if file == PLAN_FILE else FILES[file]
