"""What python-docx has no words for: fields, bookmarks, links, alternative texts."""

from __future__ import annotations

import re
from typing import Any

# What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xml_text(text: str) -> str:
    """Leave out signs that a document cannot hold."""
    return _FORBIDDEN.sub("", text)


def element(name: str, /, **attributes: str) -> Any:
    """Make an element of WordprocessingML; attributes are of its own namespace."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def set_style(paragraph: Any, name: str) -> None:
    """Give a paragraph a style by its id; python-docx would look through all styles each time."""
    paragraph._p.style = name.replace(" ", "")  # noqa: SLF001  # see above


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """Add a field that Word can bring up to date, with what it shows until then."""
    field = element("fldSimple", instr=f" {code} ")
    run = paragraph.add_run(shown)._r  # noqa: SLF001  # python-docx has no fields
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001  # the same


def add_bookmark(paragraph: Any, name: str, number: int) -> None:
    """Mark a paragraph as a place that links lead to."""
    start = element("bookmarkStart", id=str(number), name=name)
    paragraph._p.append(start)  # noqa: SLF001  # python-docx has no bookmarks
    paragraph._p.append(element("bookmarkEnd", id=str(number)))  # noqa: SLF001  # the same


def add_link(paragraph: Any, run: Any, name: str) -> None:
    """Make a run of a paragraph lead to a bookmark."""
    link = element("hyperlink", anchor=name, history="1")
    link.append(run._r)  # noqa: SLF001  # python-docx has no links inside a document
    paragraph._p.append(link)  # noqa: SLF001  # the same


def describe_picture(shape: Any, alt: str, number: int) -> None:
    """Say what a picture shows, or that it is decoration."""
    properties = shape._inline.docPr  # noqa: SLF001  # python-docx has no alternative texts
    properties.set("id", str(number))
    properties.set("name", f"Picture {number}")
    properties.set("descr", to_xml_text(alt))
    if not alt:
        properties.append(_decoration())


def _decoration() -> Any:
    """Make the mark by which Word and screen readers know that a picture only repeats the words beside it."""
    from docx.oxml import parse_xml

    return parse_xml(
        '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative val="1" '
        'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"/></a:ext></a:extLst>'
    )


def restart_numbers(word: Any, paragraph: Any) -> int:
    """Make a numbering that begins at one again; every ordered list has its own."""
    numbering = word.part.numbering_part.element
    style = word.styles["List Number"].element.pPr.numPr.numId.val
    kind = next(one for one in numbering.num_lst if one.numId == style).abstractNumId.val
    made = numbering.add_num(kind)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    set_numbers(paragraph, made.numId)
    return int(made.numId)


def set_numbers(paragraph: Any, numbers: int) -> None:
    """Give a paragraph its number in a list."""
    given = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001  # python-docx has no lists
    given.get_or_add_ilvl().val = 0
    given.get_or_add_numId().val = numbers
