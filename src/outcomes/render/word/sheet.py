"""A table in Word: real cells to edit, its head repeated on every page, no row cut in two."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from outcomes.render.word.markup import KEEP_NEXT, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.render.document import Cell, Runs, Table

    # Writes runs: what is given, and whether all of it is strong.
    WritesRuns = Callable[[Runs, bool], str]

TWIPS = 9750  # the width of the text
WHOLE_MM = 215.0  # height of a table that may fit on a page with its caption
_LINE = 'w:val="single" w:sz="4" w:space="0" w:color="D5DBE2"'
_BORDERS = "".join(f"<w:{side} {_LINE}/>" for side in ("top", "bottom", "insideH"))
_MARGINS = "".join(f'<w:{side} w:w="60" w:type="dxa"/>' for side in ("left", "right"))
# Until the caption, in the order of the schema; the width is the whole of the text, in fiftieths of a per cent.
_LOOK = (
    f'<w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_BORDERS}</w:tblBorders><w:tblCellMar>{_MARGINS}</w:tblCellMar>'
    '<w:tblLook w:val="{look:04X}" w:firstRow="1" w:lastRow="0" w:firstColumn="{first:d}" w:lastColumn="0"'
    ' w:noHBand="1"/>'
)
_HEAD_ROW, _FIRST_COLUMN, _NO_BANDS = 0x20, 0x80, 0x200


def write_sheet(sheet: Table, write_runs: WritesRuns) -> str:
    """Write a table.

    Parameters
    ----------
    sheet : Table
    write_runs : callable
        Gives the markup of runs of text and small pictures.
    """
    widths = [round(TWIPS * share / sum(sheet.widths)) for share in sheet.widths]
    has_names = all(row[0].is_header for row in sheet.body if row)
    look = _LOOK.format(look=_HEAD_ROW | _NO_BANDS | _FIRST_COLUMN * has_names, first=has_names)
    caption = "".join(run.text for run in sheet.caption)
    rows = [_row(row, widths, write_runs, is_head=True, keep=True) for row in sheet.head]
    # a table that fits on a page stays whole: each of its rows keeps with the next; where it does not, Word cuts it
    kept = len(sheet.body) - 1 if sheet.height <= WHOLE_MM else 0
    rows += [_row(row, widths, write_runs, is_head=False, keep=place < kept) for place, row in enumerate(sheet.body)]
    return table(f"{look}<w:tblCaption w:val={quoteattr(caption)}/>", widths, rows)


def _row(
    cells: tuple[Cell, ...],
    widths: list[int],
    write_runs: WritesRuns,
    *,
    is_head: bool,
    keep: bool,
) -> str:
    made, place = [], 0
    for cell in cells:
        width = sum(widths[place : place + cell.columns])
        place += cell.columns
        spans = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
        content = paragraph("Table Text", write_runs(cell.runs, is_head), properties=_shape(cell, keep=keep))
        made.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}</w:tcPr>{content}</w:tc>')
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_head else ''}</w:trPr>{''.join(made)}</w:tr>"


def _shape(cell: Cell, *, keep: bool) -> str:
    return (
        (KEEP_NEXT if keep else "")
        + ('<w:ind w:left="170"/>' if cell.is_inset else "")
        + ('<w:jc w:val="right"/>' if cell.is_number else "")
    )
