"""Runs without PDF and Word, for tests of the page: both are made of it, and take half the time."""

from __future__ import annotations

import contextlib
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def page_alone() -> Iterator[None]:
    """Write an empty PDF and an empty Word file in their places."""
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w"):
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("outcomes.render.pdf.render_pdf", lambda *_, **__: b"%PDF")
        patch.setattr("outcomes.render.word.render_word", lambda *_, **__: empty.getvalue())
        yield
