"""The report as a Word document: real styles, captions and tables to edit, pictures that say what they show.

The bytes are the same every time: the archive is packed with fixed dates, and no time is written into it.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outcomes.render.word.pictures import draw_pictures
from outcomes.render.word.styles import open_template
from outcomes.render.word.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outcomes.render.document import Document

# When a run was made stands in its manifest alone.
FIXED = datetime(2000, 1, 1, tzinfo=UTC)
CONTENT_TYPES = "[Content_Types].xml"
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
    properties.subject, properties.comments = "Report of a comparison of two programmes", run
    properties.created = properties.modified = FIXED
    properties.revision = 1
    return _pack(word)


def _pack(word: Any) -> bytes:
    """Pack the parts with fixed dates, in order; the list of contents must stand first."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in sorted(_members(word), key=lambda member: (member[0] != CONTENT_TYPES, member[0])):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            is_packed = name.endswith(".png")  # which is small already
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, content)
    return packed.getvalue()


def _members(word: Any) -> Iterator[tuple[str, bytes]]:
    """Give the files of a document; python-docx itself would write them with the time of day."""
    from docx.opc.packuri import PACKAGE_URI

    package = word.part.package
    parts = sorted(package.iter_parts(), key=lambda part: str(part.partname))
    yield CONTENT_TYPES, _content_types(parts)
    yield PACKAGE_URI.rels_uri.membername, package.rels.xml
    for part in parts:
        yield part.partname.membername, part.blob
        if part.rels:
            yield part.partname.rels_uri.membername, part.rels.xml


def _content_types(parts: Iterable[Any]) -> bytes:
    named = "".join(f'<Override PartName="{part.partname}" ContentType="{part.content_type}"/>' for part in parts)
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{space}">{relations}{named}</Types>'.encode()
