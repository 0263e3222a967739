"""The second computation reads the people of a study itself, and finds the same people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from awkward_studies import KINDS, awkward_study
from outcomes.cohort import assemble
from outcomes.cohort.stay import read_stay
from outcomes.replication import read_people
from outcomes.replication.stay import read_stays
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path


def compare(folder: Path) -> None:
    study = outcomes.read_study(folder)
    people, cohort = read_people(study), assemble(study, score_study(study))
    assert people.grids.keys() == cohort.grids.keys()
    for measure, grid in cohort.grids.items():
        np.testing.assert_allclose(people.grids[measure], grid, rtol=1e-12)
        np.testing.assert_array_equal(people.outside[measure], cohort.outside[measure])
    np.testing.assert_array_equal(people.completed, cohort.completed)
    assert dict(people.alphas) == pytest.approx(dict(cohort.alphas), rel=1e-12)
    first, again = read_stay(cohort), read_stays(people)
    np.testing.assert_allclose(again.weeks, first.weeks)
    np.testing.assert_array_equal(again.left[~np.isnan(again.weeks)], first.left[~np.isnan(first.weeks)])


def test_the_people_of_the_example_are_found_again(root: Path) -> None:
    compare(root / "data" / "example")


@pytest.mark.parametrize("kind", list(KINDS)[::4])
def test_the_people_of_an_awkward_study_are_found_again(kind: str, tmp_path: Path) -> None:
    awkward_study(list(KINDS).index(kind), tmp_path / "study")
    compare(tmp_path / "study")
