"""The sheets of the plan as the text of plan.toml, and which line of it stands on which row of which sheet."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.plan.keys import list_families, list_keys
from outcomes.study.book.layout import DATES_KEY, PLAN, WORD, columns_of, family_title, to_title
from outcomes.study.cells import NO, YES, is_number_text
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.plan.keys import Family, PlanKey
    from outcomes.study.model import Finding
    from outcomes.study.sheets import Sheet

_KEY_HEAD, _ANSWER_HEAD = "key", "your answer"
_LIST = re.compile(r"[,;\n]")


@dataclass(slots=True, kw_only=True, repr=False)
class PlanText:
    """The text of a plan, line by line.

    Attributes
    ----------
    lines : list of str
    places : dict of int to (str, int)
        Sheet and row by line.
    settings : dict of str to str
        Answers that are about the workbook and not the plan.
    findings : list of Finding
    """

    lines: list[str] = field(default_factory=lambda: ["version = 1"])
    places: dict[int, tuple[str, int]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def __repr__(self) -> str:
        """Shapes only."""
        return f"PlanText({len(self.lines)} lines)"

    def put(self, line: str, title: str, row: int) -> None:
        """Add a line that stands on a row of a sheet."""
        self.lines.append(line)
        self.places[len(self.lines)] = (title, row)

    def content(self) -> bytes:
        """Give the file."""
        return ("\n".join(self.lines) + "\n").encode()


def read_plan_sheets(sheets: Mapping[str, Sheet]) -> PlanText:
    """Read the sheets of the plan, by their titles in small letters."""
    text = PlanText()
    _read_keys(sheets[PLAN], text)
    for family in list_families():
        if (sheet := sheets.get(family_title(family.name))) is not None:
            _read_family(sheet, family, text)
    return text


def _read_keys(sheet: Sheet, text: PlanText) -> None:
    """Read a line for every key that has an answer."""
    known = {key.name: key for key in list_keys()}
    place = next(
        (
            (row, folded.index(_ANSWER_HEAD), folded.index(_KEY_HEAD))
            for row, cells in enumerate(sheet.rows, start=1)
            if {_KEY_HEAD, _ANSWER_HEAD} <= set(folded := [cell.strip().casefold() for cell in cells])
        ),
        None,
    )
    if place is None:
        rule = "the row that begins the plan, with “Your answer” and “Key” in it, is not there"
        fix = "Put it back as outcomes new BOOK.xlsx writes it."
        text.findings.append(make_finding("STOP", "E103", sheet.name, (), "", rule, fix))
        return
    head, answer, named = place
    for row, cells in enumerate(sheet.rows[head:], start=head + 1):
        name, said = cells[named].strip(), cells[answer].strip()
        if name == DATES_KEY:
            text.settings[name] = said
        elif name and said:
            key = known.get(name)
            text.put(f"{name} = {quote(said) if key is None else to_toml(said, key)}", sheet.title, row)


def _read_family(sheet: Sheet, family: Family, text: PlanText) -> None:
    """Read a line for every entry: its word, and an inline table of what is filled in."""
    head = next((row for row, cells in enumerate(sheet.rows) if WORD in [_fold(cell) for cell in cells]), None)
    if head is None:
        rule = f"the row with the names of the columns, of which the first is {WORD}, is not there"
        fix = "Put it back as outcomes new BOOK.xlsx writes it."
        text.findings.append(make_finding("STOP", "E103", sheet.name, (), "", rule, fix))
        return
    names = [_fold(cell) for cell in sheet.rows[head]]
    strange = [name for name in names if name and name != WORD and name not in _columns(family)]
    for name in strange:
        rule, fix = "the column is not known and is not read", "Nothing needs to be done if that is intended."
        text.findings.append(make_finding("NOTE", "E208", sheet.name, (head + 1,), name, rule, fix))
    seen: set[str] = set()
    for row, cells in enumerate(sheet.rows[head + 1 :], start=head + 2):
        filled = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name and cell.strip()}
        if not filled:
            continue
        word = filled.get(WORD, "")
        fault = (
            "the line has no word" if not word else "the word stands in a line above as well" if word in seen else ""
        )
        if fault:
            fix = "Give every line a short word of its own."
            text.findings.append(make_finding("STOP", "E103", sheet.name, (row,), WORD, fault, fix))
            continue
        seen.add(word)
        entry = _entry(family, filled)
        text.put(f"{family.name}.{_bare_or_quoted(word)} = {_inline(entry)}", sheet.title, row)


def _columns(family: Family) -> dict[str, PlanKey]:
    return {to_title(name): key for key in family.keys for name in columns_of(key)}


def _entry(family: Family, filled: Mapping[str, str]) -> dict[str, Any]:
    """Give what an entry holds, as texts of TOML in tables."""
    entry: dict[str, Any] = {}
    for key in family.keys:
        said = [filled.get(to_title(name), "") for name in columns_of(key)]
        if not any(said):
            continue
        value = f"[{', '.join(_number(one) for one in said if one)}]" if key.kind == "pair" else to_toml(said[0], key)
        home = entry
        for part in key.path[:-1]:
            home = home.setdefault(part, {})
        home[key.path[-1]] = value
    return entry


def _inline(entry: Mapping[str, Any]) -> str:
    parts = (f"{name} = {value if isinstance(value, str) else _inline(value)}" for name, value in entry.items())
    return f"{{ {', '.join(parts)} }}"


def to_toml(said: str, key: PlanKey) -> str:
    """Give an answer as TOML writes it; what is not of the key's kind stays a text, and is refused as one."""
    if key.kind in {"number", "whole"}:
        return _number(said)
    if key.kind == "yes_no":
        folded = said.casefold()
        return "true" if folded in YES else "false" if folded in NO else quote(said)
    if key.kind in {"words", "numbers", "pair"}:
        parts = [part.strip() for part in _LIST.split(said) if part.strip()]
        return f"[{', '.join(quote(part) if key.kind == 'words' else _number(part) for part in parts)}]"
    if key.kind == "toml" and _is_toml(said):
        return " ".join(said.split())
    if key.kind == "choice":
        return quote(next((one for one in key.choices if one.casefold() == said.casefold()), said))
    return quote(said)


def _number(said: str) -> str:
    return said if is_number_text(said) and _is_toml(said) else quote(said)


def _is_toml(said: str) -> bool:
    try:
        tomllib.loads(f"answer = {' '.join(said.split())}")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return False
    return True


def quote(text: str) -> str:
    """Give a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _bare_or_quoted(word: str) -> str:
    return word if re.fullmatch(r"[A-Za-z0-9_-]+", word) else quote(word)


def _fold(cell: str) -> str:
    return " ".join(cell.casefold().split())
