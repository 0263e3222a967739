"""The sheets on which a plan is written in plain words, made from the model of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.plan.asked import ask, ask_column, ask_family, ask_heading
from outcomes.plan.keys import PlanKey, list_keys
from outcomes.study.book import looks
from outcomes.study.book.layout import (
    ANSWER,
    ASKED,
    DATES,
    DATES_KEY,
    EXAMPLE,
    EXPLAINED,
    KEY,
    MEANING,
    NAMES,
    PLAN,
    WITHOUT,
    WORD,
    columns_of,
    family_title,
    to_title,
)
from outcomes.study.book.plan_text import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.plan.keys import Family

_INTRO = (
    "Write your answers into the yellow column, before anybody looks at the outcomes. An empty answer means what "
    "stands in the column “Without it”. Nothing else on this sheet is read."
)
_WIDTHS = ((ASKED, 42), (ANSWER, 34), (MEANING, 62), (WITHOUT, 44), (KEY, 24))
_LINES = 40  # of a family that are offered
_WORDS = f"$A${NAMES + 1}:$A${NAMES + _LINES}"
# Answers that are words of another sheet.
_LISTED = {
    ("visits", "primary"): "visits",
    ("sessions", "landmark"): "visits",
    ("costs", "measure"): "measures",
}
_EXAMPLES: dict[str, dict[str, str]] = {
    "visits": {WORD: "mid", "label": "Mid-point", "week": "12", "window from": "8", "window to": "16"},
    "measures": {WORD: "dts", "label": "Distress tolerance (DTS)", "range lowest": "1", "range highest": "5"},
}


def write_keys(book: Any, raw: Mapping[str, Any]) -> None:
    """Write the sheet with the keys that hold one answer each."""
    sheet = book.create_sheet(PLAN)
    for column, letters in _WIDTHS:
        looks.width(sheet, column, letters)
    _put(sheet, 1, ASKED, "The plan", "title")
    _put(sheet, 2, ASKED, _INTRO, "explanation")
    sheet.merge_cells(start_row=2, start_column=ASKED, end_row=2, end_column=WITHOUT)
    sheet.row_dimensions[2].height = 34
    for column, name in ((ASKED, "What is asked"), (ANSWER, "Your answer"), (MEANING, "What it means")):
        _put(sheet, 3, column, name, "name")
    _put(sheet, 3, WITHOUT, "Without it", "name")
    _put(sheet, 3, KEY, "Key", "name")
    sheet.freeze_panes = "A4"
    row = 4
    for heading, keys in _group(list_keys()):
        _put(sheet, row, ASKED, ask_heading(heading), "heading")
        row += 1
        for key in keys:
            _write_key(sheet, row, key, _look_up(raw, key.path))
            row += 1
    _put(sheet, row, ASKED, "This workbook", "heading")
    _write_dates(sheet, row + 1)
    looks.protect(sheet)


def _group(keys: Iterable[PlanKey]) -> list[tuple[str, list[PlanKey]]]:
    """Give the keys by the part of the plan; words of arms beside each other, since a list offers them."""
    groups: dict[str, list[PlanKey]] = {}
    for key in keys:
        if key.path not in {("version",), ("derived",)}:  # which the program writes
            groups.setdefault(key.path[0] if len(key.path) > 1 else "", []).append(key)
    if "arms" in groups:
        asked = list(dict.fromkeys(key.path[-1] for key in groups["arms"]))
        groups["arms"].sort(key=lambda key: asked.index(key.path[-1]))
    return list(groups.items())


def _write_key(sheet: Any, row: int, key: PlanKey, value: Any) -> None:
    asked = ask(key)
    _put(sheet, row, ASKED, asked.label, "text")
    _put(sheet, row, MEANING, asked.meaning, "explanation")
    _put(sheet, row, WITHOUT, asked.without, "explanation")
    _put(sheet, row, KEY, key.name, "key")
    _put(sheet, row, ANSWER, to_answer(value), "answer")
    _guard(sheet, f"{_letter(ANSWER)}{row}", key)
    if key.path in _LISTED:
        looks.offer(sheet, f"{_letter(ANSWER)}{row}", f"='{family_title(_LISTED[key.path])}'!{_WORDS}", strict=True)


def _write_dates(sheet: Any, row: int) -> None:
    _put(sheet, row, ASKED, "Dates that were typed as texts", "text")
    meaning = (
        "How such dates are written. Cells that your spreadsheet shows as dates are understood whatever you choose."
    )
    _put(sheet, row, MEANING, meaning, "explanation")
    _put(sheet, row, WITHOUT, DATES[0], "explanation")
    _put(sheet, row, KEY, DATES_KEY, "key")
    _put(sheet, row, ANSWER, None, "answer")
    looks.offer_words(sheet, f"{_letter(ANSWER)}{row}", DATES)


def write_family(book: Any, family: Family, raw: Mapping[str, Any]) -> None:
    """Write the sheet of a family: a line an entry, with the words of the plan filled in."""
    sheet = book.create_sheet(family_title(family.name))
    names: list[tuple[str, PlanKey | None]] = [(WORD, None)]
    names += [(name, key) for key in family.keys for name in columns_of(key)]
    examples = _EXAMPLES.get(family.name, {})
    for column, (name, key) in enumerate(names, start=1):
        _put(sheet, EXPLAINED, column, ask_column(family, name, key), "explanation")
        if example := examples.get(to_title(name)):
            _put(sheet, EXAMPLE, column, f"e.g. {example}", "example")
        _put(sheet, NAMES, column, to_title(name), "name")
        looks.width(sheet, column, 40 if name == "label" else 18)
        if key is not None:
            _guard(sheet, looks.below(column, NAMES + 1, NAMES + _LINES), key, single=key.kind == "pair")
    sheet.row_dimensions[EXPLAINED].height = 190
    sheet["A2"].value = sheet["A2"].value or ask_family(family)
    sheet.freeze_panes = f"B{NAMES + 1}"
    entries = {word: one for word, one in raw.get(family.name, {}).items() if isinstance(one, dict)}
    for row, (word, entry) in enumerate(entries.items(), start=NAMES + 1):
        sheet.cell(row, 1, word)
        for column, (name, key) in enumerate(names[1:], start=2):
            if key is not None:
                sheet.cell(row, column, _cell_of(entry, name, key))
    for row in range(NAMES + 1, NAMES + 1 + _LINES):
        for column in range(1, len(names) + 1):
            cell = sheet.cell(row, column)
            looks.style(cell, "answer")
    looks.protect(sheet)


def _cell_of(entry: Mapping[str, Any], name: str, key: PlanKey) -> Any:
    value = _look_up(entry, key.path)
    if key.kind == "pair" and isinstance(value, list):
        return value[columns_of(key).index(name)] if len(value) == len(columns_of(key)) else None
    return to_answer(value)


def to_answer(value: Any) -> Any:
    """Give a value of a plan as a person writes it into a cell."""
    if value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, int | float | str) for one in value):
        return ", ".join(map(str, value))
    return write_toml(value)


def write_toml(value: Any) -> str:
    """Write a value as TOML does, on one line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_name(key)} = {write_toml(part)}' for key, part in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(write_toml, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(value) if isinstance(value, str) else repr(value)


def _name(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else quote(key)


def _guard(sheet: Any, cells: str, key: PlanKey, *, single: bool = False) -> None:
    """Offer what there is to choose, and hold numbers to be numbers."""
    if key.kind == "choice":
        looks.offer_words(sheet, cells, key.choices)
    elif key.kind == "yes_no":
        looks.offer_words(sheet, cells, ("yes", "no"))
    elif key.kind in {"number", "whole"} or single:
        looks.limit(sheet, cells, low=None, high=None, whole=key.kind == "whole")


def _look_up(raw: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        raw = raw.get(part) if isinstance(raw, dict) else None
    return raw


def _put(sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
    cell = sheet.cell(row, column, value)
    looks.style(cell, kind)


def _letter(column: int) -> str:
    return "ABCDEFGH"[column - 1]
