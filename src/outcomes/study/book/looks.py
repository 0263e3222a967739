"""How the sheets look, and which slips they prevent: drop-downs, limits, formats, and locked explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

if TYPE_CHECKING:
    from collections.abc import Sequence

LAST_ROW = 5000  # down to which a sheet offers its drop-downs; below it is read all the same
DATE, TEXT = "yyyy-mm-dd", "@"
_INK, _PAPER, _HEAD, _ANSWERED = "1F2A37", "F3F4F6", "DCE6F1", "FFFBE6"
_LONGEST_LIST = 250  # letters of a list that is written out


def style(cell: Any, kind: str) -> None:
    """Give a cell the look of its kind: title, heading, name, explanation, example, answer or key."""
    fonts: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "size": 16},
        "heading": {"bold": True, "size": 12},
        "name": {"bold": True},
        "example": {"italic": True, "color": "808080"},
        "key": {"color": "A0A0A0", "size": 8},
    }
    cell.font = Font(**fonts.get(kind, {"color": _INK}))
    fill = {"name": _HEAD, "explanation": _PAPER, "example": _PAPER, "answer": _ANSWERED}.get(kind)
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    cell.alignment = Alignment(wrap_text=kind not in {"title", "heading", "name"}, vertical="top")
    if kind == "answer":
        cell.protection = Protection(locked=False)
        cell.number_format = TEXT if cell.value is None or isinstance(cell.value, str) else "General"


def offer(sheet: Any, cells: str, formula: str, *, strict: bool, title: str = "", says: str = "") -> None:
    """Offer a list to choose from; where it is not strict, another answer is warned of and taken."""
    rule = DataValidation(type="list", formula1=formula, allow_blank=True)
    _finish(sheet, cells, rule, strict=strict, title=title, says=says or "Choose one of the words in the list.")


def offer_words(sheet: Any, cells: str, words: Sequence[str], *, strict: bool = True) -> None:
    """Offer a closed list of words."""
    listed = ",".join(words)
    if not any("," in word or '"' in word for word in words) and len(listed) <= _LONGEST_LIST:
        offer(sheet, cells, f'"{listed}"', strict=strict)


def limit(sheet: Any, cells: str, *, low: float | None, high: float | None, whole: bool) -> None:
    """Hold numbers within limits."""
    kind = "whole" if whole else "decimal"
    if low is None and high is None:
        rule = DataValidation(type=kind, operator="between", formula1="-1E9", formula2="1E9")
        says = "A number is expected."
    elif low is not None and high is not None:
        rule = DataValidation(type=kind, operator="between", formula1=f"{low:.12g}", formula2=f"{high:.12g}")
        says = f"A number between {low:.12g} and {high:.12g} is expected."
    else:
        operator, edge = ("greaterThanOrEqual", low) if high is None else ("lessThanOrEqual", high)
        rule = DataValidation(type=kind, operator=operator, formula1=f"{edge:.12g}")
        says = f"A number of {'at least' if high is None else 'at most'} {edge:.12g} is expected."
    _finish(sheet, cells, rule, strict=True, title="", says=says)


def expect_dates(sheet: Any, cells: str) -> None:
    """Expect dates, as a spreadsheet keeps them."""
    rule = DataValidation(type="date", operator="greaterThanOrEqual", formula1="1")
    _finish(sheet, cells, rule, strict=False, title="", says="A date is expected, such as 31/03/2024.")


def _finish(sheet: Any, cells: str, rule: Any, *, strict: bool, title: str, says: str) -> None:
    rule.allow_blank = True
    rule.errorStyle = "stop" if strict else "warning"
    rule.showErrorMessage = True
    rule.errorTitle, rule.error = title or "Please look again", says
    sheet.add_data_validation(rule)
    rule.add(cells)


def below(column: int, first: int, last: int = LAST_ROW) -> str:
    """Name the cells of a column from a row on."""
    letter = get_column_letter(column)
    return f"{letter}{first}:{letter}{last}"


def width(sheet: Any, column: int, letters: float) -> None:
    """Set the width of a column."""
    sheet.column_dimensions[get_column_letter(column)].width = letters


def format_column(sheet: Any, column: int, number_format: str) -> None:
    """Set the format of all cells of a column that nobody has filled in yet."""
    sheet.column_dimensions[get_column_letter(column)].number_format = number_format


def protect(sheet: Any) -> None:
    """Protect what explains from a slip, without a password: whoever wants to may take it off."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
