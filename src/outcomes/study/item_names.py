"""The columns of a questionnaire's answers, however they are numbered: Q1, q1, item_01 and phq9_1 are q01."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from outcomes.study.characters import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.study.columns import Column
    from outcomes.study.text import TextTable

_NUMBERED = re.compile(r"(?P<before>.*\D)0*(?P<number>[1-9][0-9]{0,2})")
_WORDS = ("question", "item", "q", "i")  # what may stand before the number of an item and names nothing


def name_items(table: TextTable, columns: Mapping[str, Column]) -> None:
    """Call the answers in a table q01 to the last where it numbers them otherwise, all of them and each once.

    Parameters
    ----------
    table : TextTable
        The file's name is that of the questionnaire, which may stand before the numbers. Its columns are renamed;
        messages call them what the file calls them.
    columns : mapping of str to Column
        What the table holds.
    """
    wanted = [name for name, column in columns.items() if column.kind == "answer"]
    if not wanted or set(wanted) <= set(table.columns):
        return
    groups: dict[str, dict[int, list[str]]] = {}
    for name in table.columns:
        if found := _NUMBERED.fullmatch(name):
            groups.setdefault(fold(found["before"]), {}).setdefault(int(found["number"]), []).append(name)
    whole = {
        before: [same[0] for _, same in sorted(numbered.items())]
        for before, numbered in groups.items()
        if sorted(numbered) == list(range(1, len(wanted) + 1)) and all(len(same) == 1 for same in numbered.values())
    }
    if len(whole) != 1:
        return
    ((before, taken),) = whole.items()
    if not _is_called(before, fold(PurePosixPath(table.name).stem)):
        return
    meant = dict(zip(taken, wanted, strict=True))
    table.labels = {meant.get(name, name): label for name, label in table.labels.items()}
    table.columns = {meant.get(name, name): cells for name, cells in table.columns.items()}
    rule = f"the answers are numbered otherwise than {wanted[0]} to {wanted[-1]}, and are read as these"
    table.find("E314", (1,), taken[0], rule, "Nothing needs to be done.", level="NOTE")


def _is_called(before: str, questionnaire: str) -> bool:
    """Whether what stands before the numbers names the questionnaire, or nothing at all."""
    stem = next((before.removesuffix(word) for word in _WORDS if before.endswith(word)), before)
    letters = re.sub(r"[0-9]", "", questionnaire)
    return stem in {"", questionnaire, letters} or before in {questionnaire, letters}
