"""The run that was written last is found by what runs say of themselves."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import forging
from outcomes.cli import main
from outcomes.errors import RunNotFoundError
from outcomes.runs.latest import find_latest

if TYPE_CHECKING:
    from pathlib import Path


def test_the_latest_run_is_the_one_that_says_so_whatever_the_files_say(small_run: Path, tmp_path: Path) -> None:
    for name, created in (("a/one", "2026-03-01T00:00:00+00:00"), ("b/two", "2026-02-01T00:00:00+00:00")):
        place = tmp_path / name
        place.mkdir(parents=True)
        shutil.copy(small_run / "manifest.json", place)
        forging.write_manifest(place / "manifest.json", forging.read(place / "manifest.json") | {"created": created})
    os.utime(tmp_path / "a" / "one" / "manifest.json", (0, 0))
    (tmp_path / "b" / "three").mkdir()
    (tmp_path / "b" / "three" / "manifest.json").write_text("{", encoding="utf-8")
    assert find_latest(tmp_path) == tmp_path / "a" / "one"


def test_verify_without_a_run_says_when_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(main, ["verify"])
    assert answer.exit_code == 2
    assert answer.output.startswith("E107")
    with pytest.raises(RunNotFoundError):
        find_latest(tmp_path / "reports")
