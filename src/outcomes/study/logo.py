"""The logo that a plan names: a small picture that runs nothing and asks for nothing, as SVG of one size."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from outcomes.study.source import Refusal, read_whole

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 200 * 2**10  # bytes: every document holds it whole
LARGEST_SIDE = 4000  # pixels or units: ten times what any page prints of it
CODE = "E310"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
# What draws and does nothing else: no script, no foreign page, no picture from elsewhere, no animation, no link.
_DRAWS = frozenset(
    {
        *("svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "use", "symbol", "style"),
    }
)
_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!#)|@|expression|javascript:|\\", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([\d.]+)\s*(?:px)?\s*")
_SAVE_AGAIN = "Save it again as a plain SVG or PNG, or take logo out of the plan."


def read_logo(home: Path, name: str) -> str:
    """Read the logo of a study, and give it as SVG.

    Parameters
    ----------
    home : Path
        Folder of the study, or of its workbook.
    name : str
        Name of the file, as the plan gives it.

    Raises
    ------
    Refusal
        When it is not there, too large, no picture, or more than one.
    """
    if not (home / name).is_file():
        raise Refusal(CODE, "the logo that the plan names is not there", "Put the file beside plan.toml.")
    content, _ = read_whole(home / name, name, home=home, largest=LARGEST)
    width, height = _measure_png(content) if name.endswith(".png") else _measure_svg(content)
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise _refuse("the logo has no size that a page can print")
    kind = "png" if name.endswith(".png") else "svg+xml"
    held = base64.b64encode(content).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}"><image width="{width:g}" height="{height:g}" '
        f'href="data:image/{kind};base64,{held}"/></svg>'
    )


def _refuse(rule: str) -> Refusal:
    return Refusal(CODE, rule, _SAVE_AGAIN)


def _measure_png(content: bytes) -> tuple[float, float]:
    """Give the size of a PNG that is whole, chunk by chunk, with nothing behind its end [pixels]."""
    if not content.startswith(_SIGNATURE):
        raise _refuse("the logo is called .png and is none")
    at, size, last = len(_SIGNATURE), (0.0, 0.0), b""
    while at + 12 <= len(content) and last != b"IEND":
        (length,) = struct.unpack_from(">I", content, at)
        last, end = content[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(content) or zlib.crc32(content[at + 4 : end]) != struct.unpack_from(">I", content, end)[0]:
            raise _refuse("the logo is a damaged PNG")
        if last == b"IHDR":
            size = struct.unpack_from(">II", content, at + 8)
        at = end + 4
    if last != b"IEND" or at != len(content):
        raise _refuse("the logo is a damaged PNG")
    return size


def _measure_svg(content: bytes) -> tuple[float, float]:
    """Give the size of an SVG that only draws [units]."""
    try:
        text = content.decode("utf-8-sig")
        if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper() or "<?xml-" in text:
            raise _refuse("the logo holds a document type, entities or a style sheet from elsewhere")
        root = ET.fromstring(text)  # noqa: S314  # what could blow it up has just been refused
    except (UnicodeDecodeError, ET.ParseError):
        raise _refuse("the logo is called .svg and cannot be read as one") from None
    for element in root.iter():
        _require_drawing(element)
    return _size_of(root)


def _require_drawing(element: ET.Element) -> None:
    """Refuse an element that does more than draw, or asks for something from elsewhere."""
    space, _, name = str(element.tag).rpartition("}")
    if name == "text":  # whose letters are others on each machine, and none in a PDF
        raise Refusal(
            CODE, "the logo holds letters that need a font", "Turn its letters into paths, or save it as PNG."
        )
    if name not in _DRAWS or space not in {"", _NAMESPACE[:-1]}:
        raise _refuse("the logo holds more than a drawing: a script, a link, a picture or a page from elsewhere")
    for key, value in element.attrib.items():
        is_link = key == _LINK or key.rpartition("}")[2] == "href"
        if key.lower().startswith("on") or (is_link and not value.startswith("#")) or _ELSEWHERE.search(value):
            raise _refuse("the logo runs something, or refers to something from elsewhere")
    if name == "style" and _ELSEWHERE.search("".join(element.itertext())):
        raise _refuse("the logo refers to something from elsewhere")


def _size_of(root: ET.Element) -> tuple[float, float]:
    box = root.get("viewBox", "").replace(",", " ").split()
    given = box[2:] if len(box) == 4 else [root.get("width", ""), root.get("height", "")]  # noqa: PLR2004  # x, y, width, height
    found = [_LENGTH.fullmatch(one) for one in given]
    try:
        width, height = (float(one.group(1)) if one else 0.0 for one in found)
    except ValueError:
        width = height = 0.0
    return width, height
