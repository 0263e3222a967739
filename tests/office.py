"""LibreOffice, which opens and saves again what the program wrote; tests skip where it cannot, installed or not."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

WORD, PDF, WORKBOOK = "docx:MS Word 2007 XML", "pdf", "xlsx:Calc MS Excel 2007 XML"
# What of LibreOffice opens a file of each kind, as Debian packs it; `soffice` is there with either of them alone.
PACKAGES = {".docx": "libreoffice-writer-nogui", ".xlsx": "libreoffice-calc-nogui"}
# A file of the same kind that needs nothing but the parts of LibreOffice that the kind needs.
_SMALLEST = {".docx": ("try.rtf", "{\\rtf1 a}"), ".xlsx": ("try.csv", "a,b\n1,2\n")}


def save_by_office(source: Path, form: str) -> Path:
    """Open a file in LibreOffice and save it in a form, in a folder beside it; skip where LibreOffice cannot."""
    if not _can_open(source.suffix):
        pytest.skip(f"LibreOffice does not open {source.suffix} here ({PACKAGES[source.suffix]} is not installed)")
    saved = _convert(source, form, source.parent / "saved-again")
    assert saved.is_file(), f"LibreOffice opens {source.suffix}, and could not save this one"
    return saved


@cache
def _can_open(kind: str) -> bool:
    """Whether LibreOffice opens and saves the smallest file of a kind."""
    if shutil.which("soffice") is None:
        return False
    name, text = _SMALLEST[kind]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / name
        source.write_text(text, encoding="ascii")
        return _convert(source, kind.removeprefix("."), Path(folder) / "out").is_file()


def _convert(source: Path, form: str, out: Path) -> Path:
    """Save a file in a form; LibreOffice ends with 0 even where it wrote nothing, so the caller looks for the file."""
    command = [str(shutil.which("soffice")), f"-env:UserInstallation={(out / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", form, "--outdir", str(out), str(source)]
    subprocess.run(command, check=False, capture_output=True, timeout=240)  # noqa: S603  # a fixed command
    return out / f"{source.stem}.{form.partition(':')[0]}"
