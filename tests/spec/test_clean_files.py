"""What is sound is read: two real studies, the example, and two hundred clean studies that were made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clean_studies import write_clean_study
from examined import check_study
from outcomes.study.sentences import to_sentences

if TYPE_CHECKING:
    from pathlib import Path


def faults(folder: Path) -> list[str]:
    return to_sentences([finding for finding in check_study(folder) if finding.level == "STOP"])


@pytest.mark.parametrize("tens", range(20))
def test_no_clean_study_is_refused(tmp_path: Path, tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        assert faults(write_clean_study(tmp_path / f"study {seed}", seed)) == [], seed


def test_the_example_is_not_refused(root: Path) -> None:
    assert faults(root / "data" / "example") == []


@pytest.mark.parametrize("name", ["beat-the-blues", "psychotherapy-add-on"])
def test_real_studies_are_not_refused(shared: Path, name: str) -> None:
    assert check_study(shared / "studies" / name) == ()
