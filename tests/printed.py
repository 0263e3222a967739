"""What a page says, line by line, with the numbers as they are printed: for tests that read a page as a person does.

A line is a paragraph, an item of a list, a row of a table, a term with what is said of it. A printed number knows of
which result it is told, and what of it; its value is read from its text and the words around it, never from what the
page says to programs, for it is the text that can contradict another text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from page_tree import Element, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = frozenset({"p", "li", "tr", "h1", "h2", "h3", "h4", "caption", "figcaption", "summary", "dd", "dt"})
SILENT = frozenset({"style", "script", "svg", "head"})
BEGIN = "<!doctype html>"  # of each document; a parser that meets a second one leaves it out
INSIDE = frozenset({"numbers", "glossary"})  # sections that hold the results themselves, and words explained
RESULT = re.compile(r"result:(?P<id>.+)#(?P<part>[a-z_0-9]+)")
NUMBER = re.compile(r"(?P<sign>[−-]?)(?P<digits>\d[\d\u202f]*)(?P<decimals>\.\d+)?")
DOWN = re.compile(r"\b(lower|fewer|shorter|less)\b")
UP = re.compile(r"\b(higher|more|longer)\b")


@dataclass(frozen=True)
class Printed:
    """A number on a page.

    Attributes
    ----------
    id, part : str
        Result and what of it: "value", a limit ("low", "high"), people ("n", "n_full", "n_skills"), "p_value" …
    text : str
        As it is printed.
    start, end : int
        Where it stands in its line.
    """

    id: str
    part: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Line:
    """A line of a page: its text, the numbers in it, and where it stands."""

    place: str
    kind: str
    text: str
    numbers: tuple[Printed, ...] = ()
    cells: tuple[str, ...] = ()

    def find(self, part: str, of: str | None = None) -> Printed | None:
        """Find the first number of this part, of a result if wanted."""
        return next((one for one in self.numbers if one.part == part and of in {None, one.id}), None)


@dataclass(frozen=True)
class Said:
    """A number as it was read, and how far from it the number can lie that was rounded to it."""

    value: float
    slack: float
    line: Line


@dataclass
class _Writer:
    text: str = ""
    numbers: list[Printed] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


def read_lines(html: str) -> list[Line]:
    """Read the lines of a page, or of several one behind another, but those of the list of all numbers and glossary."""
    documents = [one for one in html.split(BEGIN) if one.strip()]
    return [line for one in documents for line in _walk(read_tree(BEGIN + one), "")]


def _walk(element: Element, place: str) -> Iterator[Line]:
    if element.tag in SILENT or not isinstance(element.node.tag, str):
        return
    if element.tag == "section":
        place = element.attributes.get("id", place)
    if place in INSIDE:
        return
    if _is_pair(element) or (element.tag in LINES and not _holds_lines(element)):
        yield _read(element, place)
        return
    for child in element.elements:
        yield from _walk(child, place)


def _is_pair(element: Element) -> bool:
    tags = [child.tag for child in element.elements]
    return element.tag == "div" and tags == ["dt", "dd"]


def _holds_lines(element: Element) -> bool:
    return element.tag != "tr" and any(child.tag in LINES - {"summary"} for child in list(element.walk())[1:])


def _read(element: Element, place: str) -> Line:
    writer = _Writer()
    _write(element, writer)
    kind = "pair" if element.tag == "div" else element.tag
    return Line(place, kind, writer.text.strip(), tuple(writer.numbers), tuple(writer.cells))


def _write(element: Element, writer: _Writer) -> None:
    if element.tag in SILENT or not isinstance(element.node.tag, str):
        return
    begun = len(writer.text)
    for part in element.content:
        if isinstance(part, str):
            writer.text += re.sub(r"[ \t\r\n\u00a0]+", " ", part) if writer.text else part.lstrip()
        else:
            _write(part, writer)
    if element.tag == "data":
        _note(element, writer, begun)
    if element.tag in {"td", "th"}:
        writer.cells.append(writer.text[begun:].strip())
    if element.tag in {"td", "th", "dt", "br"} or "line" in element.classes:
        writer.text += " | "


def _note(element: Element, writer: _Writer, begun: int) -> None:
    given = element.attributes
    told = (given["data-id"], "value") if "data-id" in given else _part(given.get("data-literal", ""))
    if told is not None:
        writer.numbers.append(Printed(*told, writer.text[begun:], begun, len(writer.text)))


def _part(literal: str) -> tuple[str, str] | None:
    found = RESULT.fullmatch(literal)
    return None if found is None else (found["id"], found["part"])


def read_number(text: str) -> tuple[float, float] | None:
    """Read a number, with its sign from the words beside it, and half of its last place; None where there is none."""
    found = NUMBER.search(text)
    if found is None or text.lstrip().startswith(("<", ">", "less than")):
        return None
    decimals = found["decimals"] or ""
    value = float(found["digits"].replace("\u202f", "") + decimals)
    slack = 0.5 * 10.0 ** -max(0, len(decimals) - 1)
    after = text[found.end() :]
    if after.startswith("%") or "in 100" in after:
        value, slack = value / 100, slack / 100
    return (-value if found["sign"] or DOWN.search(after) else value), slack


def list_said(lines: list[Line]) -> dict[tuple[str, str], list[Said]]:
    """Give everything that is said of each part of each result."""
    said: dict[tuple[str, str], list[Said]] = {}
    for line in lines:
        for one in line.numbers:
            read = _limit(line, one) if one.part in {"low", "high"} else read_number(one.text)
            if read is not None:
                said.setdefault((one.id, one.part), []).append(Said(*read, line))
    return said


def _limit(line: Line, one: Printed) -> tuple[float, float] | None:
    """Read a limit, whose direction may be told behind it or behind the limit that follows."""
    read = read_number(one.text)
    if read is None:
        return None
    behind = re.split(r"[;,()|]", line.text[one.end :], maxsplit=1)[0]
    pair = re.match(r"\s*(\w*)\s*to\s+\S+?%?(?:\s+in 100)?\s+(\w+)", behind)
    words = (pair[1] or pair[2]) if pair else behind[:12]
    value, slack = read
    scale = 100 if _is_of_a_hundred(line, one) else 1
    return (-abs(value) if DOWN.search(words) else value) / scale, slack / scale


def _is_of_a_hundred(line: Line, one: Printed) -> bool:
    """Whether a limit stands beside a number that is told "in 100"."""
    beside = line.find("value", one.id)
    return beside is not None and "in 100" in beside.text and not one.text.endswith("%")
