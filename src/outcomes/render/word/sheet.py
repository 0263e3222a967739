"""A table in Word: real cells to edit, its head repeated on every page, no row cut in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from outcomes.render.document.widths import find_widths
from outcomes.render.word.fields import element, set_style, to_xml_text

if TYPE_CHECKING:
    from outcomes.render.document import Cell, Runs, Table

LINE, WIDE = "D5DBE2", "5000"  # the colour of a rule, and the whole width in fiftieths of a per cent
TWIPS = 9750  # the width of the text
SHORT = 14  # rows that fit on a page with what stands above them


class _AddsRuns(Protocol):
    def add_runs(self, paragraph: Any, runs: Runs) -> None: ...


class Sheet(NamedTuple):
    """A table of python-docx that is still empty, and who writes into its cells."""

    grid: Any
    writer: _AddsRuns


def fill_sheet(sheet: Sheet, table: Table) -> None:
    """Write all rows."""
    from docx.shared import Twips

    properties = sheet.grid._tbl.tblPr  # noqa: SLF001  # python-docx has no borders, widths and descriptions of tables
    for old in list(properties):
        properties.remove(old)
    look = element("tblLook", val="0020", firstRow="1", lastRow="0", firstColumn="0", lastColumn="0", noHBand="1")
    said = element("tblCaption", val=to_xml_text("".join(run.text for run in table.caption)))
    for part in (element("tblW", w=WIDE, type="pct"), _borders(), _margins(), look, said):  # in the order of the schema
        properties.append(part)
    shares = find_widths(table)
    widths = [round(TWIPS * share / sum(shares)) for share in shares]
    for column, width in zip(sheet.grid._tbl.tblGrid.gridCol_lst, widths, strict=True):  # noqa: SLF001  # see above
        column.w = Twips(width)
    for row in table.head:
        _add_row(sheet, row, widths, is_head=True, keep=True)
    is_short = len(table.body) <= SHORT
    for place, row in enumerate(table.body):
        # a short table stays whole: each of its rows keeps with the next
        _add_row(sheet, row, widths, is_head=False, keep=is_short and place + 1 < len(table.body))


def _add_row(sheet: Sheet, cells: tuple[Cell, ...], widths: list[int], *, is_head: bool, keep: bool) -> None:
    from docx.table import _Cell

    made = element("tr")
    properties = element("trPr")
    properties.append(element("cantSplit"))
    if is_head:
        properties.append(element("tblHeader"))
    made.append(properties)
    sheet.grid._tbl.append(made)  # noqa: SLF001  # rows made at once: python-docx looks through all cells for each
    place = 0
    for cell in cells:
        part = element("tc")
        shape = element("tcPr")
        shape.append(element("tcW", w=str(sum(widths[place : place + cell.columns])), type="dxa"))
        place += cell.columns
        if cell.columns > 1:
            shape.append(element("gridSpan", val=str(cell.columns)))
        part.append(shape)
        part.append(element("p"))
        made.append(part)
        _fill(sheet, _Cell(part, sheet.grid).paragraphs[0], cell, is_head=is_head, keep=keep)


def _fill(sheet: Sheet, paragraph: Any, cell: Cell, *, is_head: bool, keep: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    set_style(paragraph, "Table Text")
    if cell.is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if cell.is_inset:
        paragraph.paragraph_format.left_indent = Mm(3)
    if keep:
        paragraph.paragraph_format.keep_with_next = True
    sheet.writer.add_runs(paragraph, cell.runs)
    if is_head:
        for run in paragraph.runs:
            run.bold = True


def _borders() -> Any:
    borders = element("tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(element(side, val="single", sz="4", space="0", color=LINE))
    return borders


def _margins() -> Any:
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="60", type="dxa"))
    return margins
