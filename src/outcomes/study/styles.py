"""A workbook whose styles the reader cannot make out: the same with its styles cut down to the formats of numbers.

Colours and fonts say nothing about a value, but the format of a number does: by it a day is told from a number.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree as ET  # entities are refused below

STYLES = "xl/styles.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_EMPTY = (
    '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
)


def with_plain_styles(content: bytes) -> bytes:
    """Give the bytes of a workbook whose styles hold nothing but the formats of numbers."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
            for part in before.infolist():
                text = before.read(part)
                after.writestr(part.filename, _reduce(text) if part.filename == STYLES else text)
    except (zipfile.BadZipFile, ET.ParseError, ValueError, OSError):
        return content
    return out.getvalue()


def _reduce(text: bytes) -> bytes:
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", text):
        raise ValueError("a workbook declares no entities")
    root = ET.fromstring(text)  # noqa: S314  # no entity can stand in it
    formats = [
        f'<numFmt numFmtId="{int(one.get("numFmtId", "0"))}" formatCode={_quote(one.get("formatCode", ""))}/>'
        for one in root.iter(f"{{{_MAIN}}}numFmt")
    ]
    cells = root.find(f"{{{_MAIN}}}cellXfs")
    found = [] if cells is None else [int(one.get("numFmtId", "0")) for one in cells]
    kinds = [f'<xf numFmtId="{one}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for one in found or [0]]
    listed = f'<numFmts count="{len(formats)}">{"".join(formats)}</numFmts>' if formats else ""
    made = f'<cellXfs count="{len(kinds)}">{"".join(kinds)}</cellXfs>'
    return f'<styleSheet xmlns="{_MAIN}">{listed}{_EMPTY}{made}</styleSheet>'.encode()


def _quote(text: str) -> str:
    from xml.sax.saxutils import quoteattr

    return quoteattr(text)
