"""The first sheet of a workbook: what to do, in which order, for somebody who knows a spreadsheet and nothing else."""

from __future__ import annotations

from importlib import resources
from typing import Any

from outcomes.study.book import looks
from outcomes.study.book.layout import START

_KINDS = {"#": "title", "##": "heading", ">": "answer"}


def write_start(sheet: Any) -> None:
    """Write the sheet."""
    sheet.title = START
    looks.width(sheet, 1, 110)
    text = resources.files("outcomes.study").joinpath("template", "start.md").read_text(encoding="utf-8")
    for row, line in enumerate(text.splitlines(), start=1):
        mark, _, rest = line.partition(" ")
        kind = _KINDS.get(mark)
        looks.style(sheet.cell(row, 1, rest if kind else line), kind or "text")
    looks.protect(sheet)
