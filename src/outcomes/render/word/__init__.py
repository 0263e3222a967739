"""The report as a Word document: real styles, captions and tables to edit, pictures that say what they show.

The bytes are the same every time: the archive is packed anew with fixed dates, and no time is written into it.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from outcomes.render.word.pictures import draw_pictures
from outcomes.render.word.styles import open_template
from outcomes.render.word.writer import Writer

if TYPE_CHECKING:
    from outcomes.render.document import Document

# When a run was made stands in its manifest alone.
FIXED = datetime(2000, 1, 1, tzinfo=UTC)
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)


def render_word(document: Document, *, run: str) -> bytes:
    """Write a report as a .docx file.

    Parameters
    ----------
    document : Document
    run : str
        For the running head.
    """
    word = open_template(document, run=run)
    Writer(word, draw_pictures(document)).write(document)
    properties = word.core_properties
    properties.title, properties.language = document.title[:255], document.language
    properties.author = properties.last_modified_by = "outcomes"
    properties.subject, properties.comments = "Report of a comparison of two ways of delivering DBT", f"run {run}"
    properties.created = properties.modified = FIXED
    properties.revision = 1
    buffer = io.BytesIO()
    word.save(buffer)
    return _pack_anew(buffer.getvalue())


def _pack_anew(archive: bytes) -> bytes:
    """Pack an archive with fixed dates, its members in order; the list of contents must stand first."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(entry, old.read(name))
    return packed.getvalue()
