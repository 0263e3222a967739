"""Which parts of a Word document were edited, by the sections of the one that is made here."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from outcomes.audit.archives import ask_archive
from outcomes.core.counts import say_count

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

SHOWN = 8  # sections that are named
_CONTENT, _PICTURES = "word/document.xml", "word/media/"
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_SECTION = re.compile(r'<w:pStyle w:val="Heading1"/>')


class _Content(NamedTuple):
    """Texts of the paragraphs, the section of each, and the pictures."""

    texts: list[str]
    sections: list[str]
    pictures: Counter[bytes]


def tell_edits(stored: bytes, made: bytes) -> str:
    """Say in which sections the paragraphs of a Word file are not those of the one made here.

    Only titles of the one that is made here are named: what somebody has typed may be about a person.
    """
    theirs, ours = ask_archive(stored, _read), ask_archive(made, _read)
    if theirs is None or ours is None:
        return "it is no longer a Word document that can be read"
    changed = Counter(_list_changed(theirs, ours))
    parts = [f"“{title}” ({say_count(count, 'paragraph')})" for title, count in changed.items()]
    more = [f"and {len(parts) - SHOWN} more sections"] if len(parts) > SHOWN else []
    told = f"its text in {', '.join([*parts[:SHOWN], *more])}" if parts else ""
    shown = "its pictures" if theirs.pictures != ours.pictures else ""
    return "it was edited: " + (
        " and ".join(filter(None, (told, shown)))
        or "its look or its properties; text and pictures are those of the run"
    )


def _read(opened: zipfile.ZipFile) -> _Content:
    content = opened.read(_CONTENT).decode("utf-8")
    texts, sections, title = [], [], "the head of the document"
    for found in _PARAGRAPH.finditer(content):
        text = " ".join(unescape("".join(_TEXT.findall(found.group()))).split())
        title = text if _SECTION.search(found.group()) and text else title
        if text:  # what is empty is written in several ways
            texts.append(text)
            sections.append(title)
    pictures = Counter(opened.read(name) for name in opened.namelist() if name.startswith(_PICTURES))
    return _Content(texts, sections, pictures)


def _list_changed(theirs: _Content, ours: _Content) -> Iterator[str]:
    """Give the section of ours of each paragraph that was changed, added or taken out."""
    matcher = SequenceMatcher(a=ours.texts, b=theirs.texts, autojunk=False)
    for kind, begin, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        for place in range(max(end - begin, last - first)):
            yield ours.sections[min(begin + place, max(end - 1, begin - 1, 0))]
