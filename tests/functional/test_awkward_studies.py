"""Awkward but legitimate studies are answered without a crash or a warning, and their pages contradict nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awkward_mixtures import ASPECTS, mixture, name_mixture
from frozen_results import digest
from read_back import contradict, write_pages

if TYPE_CHECKING:
    from pathlib import Path

SOON, MANY = 40, 300


@pytest.mark.parametrize("seed", range(SOON))
def test_an_awkward_study_is_answered_and_no_page_contradicts_itself(seed: int, tmp_path: Path) -> None:
    pages = write_pages(mixture(seed, tmp_path / "study"), with_figures=False)
    assert contradict(pages) == [], name_mixture(seed)


@pytest.mark.long
def test_the_pages_of_the_example_contradict_nothing(root: Path) -> None:
    assert contradict(write_pages(root / "data" / "example", with_figures=False)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SOON, MANY))
def test_many_more_are_answered_and_drawn(seed: int, tmp_path: Path) -> None:
    pages = write_pages(mixture(seed, tmp_path / "study"), with_figures=True)
    assert contradict(pages) == [], name_mixture(seed)


def test_a_seed_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    assert digest(mixture(7, tmp_path / "one")) == digest(mixture(7, tmp_path / "other"))


def test_every_oddity_is_met_among_the_many() -> None:
    met = {name for seed in range(MANY) for name in name_mixture(seed).split("; ")}
    assert {name for _, oddities in ASPECTS for name in oddities} <= met
