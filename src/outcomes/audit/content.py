"""What can be asked of a file that cannot be made again here: a table for its results, PDF and Word for their form.

Pages are asked in `outcomes.audit.page`, whatever else is checked.
"""

from __future__ import annotations

import csv
import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from outcomes.audit.archives import ask_archive
from outcomes.results.outcome import Estimate
from outcomes.results.store import to_row

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable

    from outcomes.results.registry import Registry

_CELLS = ("kind", "value", "se", "df", "p_value", "low", "high", "n", "n_full", "n_skills", "text")


def explain_content(name: str, content: bytes | None, results: Registry) -> str | None:
    """Say what is wrong with a file beyond other versions, or None."""
    asked = _ASKED.get(PurePosixPath(name).suffix)
    return None if asked is None or content is None else asked(content, results)


def _ask_table(content: bytes, results: Registry) -> str | None:
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
        strange = [row for row in rows if row["id"] not in results]
    except (ValueError, KeyError, csv.Error):
        return "is no table of results"
    if strange:
        return f"holds {len(strange)} rows that are of no result"
    differing = {row["id"] for row in rows if not _agrees(row, results)}
    return f"holds other numbers than the results for {len(differing)} of them" if differing else None


def _agrees(row: dict[str, str], results: Registry) -> bool:
    """Whether a row shows what its result holds; of a curve each place has a row of its own."""
    record = results.record(row["id"])
    stored = to_row(record)
    names = _CELLS if isinstance(record.outcome, Estimate) else ("kind",)
    return all(
        (row[name] or "").removeprefix("'") == ("" if stored[name] is None else str(stored[name]))
        for name in names
        if name in row
    )


def _ask_pdf(content: bytes, _: Registry) -> str | None:
    is_one = content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    return None if is_one else "is no PDF"


def _ask_word(content: bytes, _: Registry) -> str | None:
    return None if ask_archive(content, _is_word) else "is no Word document"


def _is_word(opened: zipfile.ZipFile) -> bool:
    return opened.testzip() is None and "word/document.xml" in opened.namelist()


_ASKED: dict[str, Callable[[bytes, Registry], str | None]] = {
    ".csv": _ask_table,
    ".pdf": _ask_pdf,
    ".docx": _ask_word,
}
