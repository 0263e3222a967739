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
