"""What `verify` says of a Word file that somebody edited: in which sections, and never what was typed."""

from __future__ import annotations

import io
import zipfile

from outcomes.audit.edited import tell_edits

HEADING = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
PARAGRAPH = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'


def make(*texts: str, picture: bytes = b"a", look: str = "") -> bytes:
    """Make a document; a text that begins with # is the title of a section."""
    written = io.BytesIO()
    parts = [HEADING.format(text[1:]) if text.startswith("#") else PARAGRAPH.format(text) for text in texts]
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("word/document.xml", f"<w:body>{look}{''.join(parts)}</w:body>")
        archive.writestr("word/media/image1.png", picture)
    return written.getvalue()


OURS = ("before", "#Harms", "one", "two", "#Costs", "three")


def test_changed_added_and_removed_paragraphs_are_counted_by_section() -> None:
    """By the titles of the document that is made here."""
    theirs = ("before", "#Harms", "ONE", "two", "more", "#Costs")
    said = tell_edits(make(*theirs), make(*OURS))
    assert said == "it was edited: its text in “Harms” (2 paragraphs), “Costs” (1 paragraph)"


def test_what_was_typed_is_never_told() -> None:
    """Not even as the title of a section."""
    said = tell_edits(make("before", "#Ada Lovelace", "one", "two", "#Costs", "three"), make(*OURS))
    assert "Lovelace" not in said
    assert "Harms" in said


def test_pictures_and_look_are_told_apart_from_text() -> None:
    """A file that Word has only saved again is told as that."""
    assert tell_edits(make(*OURS, picture=b"b"), make(*OURS)) == "it was edited: its pictures"
    assert "text and pictures are those of the run" in tell_edits(make(*OURS, look="<w:p/>"), make(*OURS))


def test_what_is_no_document_is_named() -> None:
    """As something that cannot be read."""
    assert "can be read" in tell_edits(b"nothing", make(*OURS))
