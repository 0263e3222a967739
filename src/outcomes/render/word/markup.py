"""WordprocessingML as text. python-docx makes a document piece by piece, which takes ten times as long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.render.document import Run

MUTED, ACCENT = "5A6675", "14557B"
_NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
_DECLARED = " ".join(f'xmlns:{short}="{name}"' for short, name in _NAMES.items())
_PICTURE = _NAMES["pic"]
# What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The mark by which Word and screen readers know that a picture only repeats the words beside it.
_DECORATION = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative val="1" '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"/></a:ext></a:extLst>'
)


def to_xml_text(text: str) -> str:
    """Leave out signs that a document cannot hold."""
    return _FORBIDDEN.sub("", text)


def declare(name: str, content: str) -> str:
    """Wrap content in an element that knows the short names of all others."""
    return f"<w:{name} {_DECLARED}>{to_xml_text(content)}</w:{name}>"


def paragraph(style: str, content: str, *, properties: str = "") -> str:
    """Make a paragraph in a style of this name; its properties are given in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/>{properties}</w:pPr>{content}</w:p>'


KEEP_NEXT = "<w:keepNext/>"


def numbered(numbers: int) -> str:
    """Give the property of a paragraph that makes it an item of a list with numbers."""
    return f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{numbers}"/></w:numPr>'


def text_of(text: str, properties: str = "") -> str:
    """Make a run of text; a newline ends a line."""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else "" for line in text.split("\n")
    )
    return f"<w:r><w:rPr>{properties}</w:rPr>{lines}</w:r>" if properties else f"<w:r>{lines}</w:r>"


def styled(run: Run, *, strong: bool = False, is_link: bool = False) -> str:
    """Make a run in its style."""
    colour = ACCENT if is_link else MUTED if run.quiet else ""
    made = text_of(
        run.text,
        ('<w:rStyle w:val="Code"/>' if run.code else "")
        + ("<w:b/>" if strong or run.strong else "")
        + ("<w:i/>" if run.emphasis else "")
        + (f'<w:color w:val="{colour}"/>' if colour else ""),
    )
    return f'<w:hyperlink w:anchor={quoteattr(run.target)} w:history="1">{made}</w:hyperlink>' if is_link else made


def field(code: str, shown: str) -> str:
    """Make a field that Word can bring up to date, with what it shows until then."""
    return f"<w:fldSimple w:instr={quoteattr(f' {code} ')}>{text_of(shown)}</w:fldSimple>"


def entry(name: str, title: str) -> str:
    """Make an entry of a list of contents: a link, with a field for the page, which is empty until it is reckoned.

    Nobody but the program that sets the pages knows their numbers, and a wrong one would be worse than none.
    """
    page = f'{_mark("begin")}<w:r><w:instrText xml:space="preserve"> PAGEREF {escape(name)} </w:instrText></w:r>'
    page += f"{_mark('separate')}{text_of('')}{_mark('end')}"
    shown = f"{text_of(title)}<w:r><w:tab/></w:r>{page}"
    return f'<w:hyperlink w:anchor={quoteattr(name)} w:history="1">{shown}</w:hyperlink>'


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def bookmark(name: str, number: int) -> str:
    """Mark a paragraph as a place that links lead to."""
    return f'<w:bookmarkStart w:id="{number}" w:name={quoteattr(name)}/><w:bookmarkEnd w:id="{number}"/>'


def picture(relation: str, alt: str, number: int, size: tuple[int, int]) -> str:
    """Make a picture in the line of the text, with what it shows, or the mark of decoration.

    Parameters
    ----------
    relation : str
        Name of the relation of the document to the file.
    alt : str
    number : int
        Count of pictures so far.
    size : tuple of int
        Width and height [English metric units].
    """
    extent = f'cx="{size[0]}" cy="{size[1]}"'
    about = f'id="{number}" name="Picture {number}" descr={quoteattr(alt)}'
    return (
        f"<w:r><w:drawing><wp:inline><wp:extent {extent}/><wp:docPr {about}>{'' if alt else _DECORATION}</wp:docPr>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="0" name="image{number}.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def table(properties: str, widths: Iterable[int], rows: Iterable[str]) -> str:
    """Make a table; widths are in twentieths of a point."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
