"""What is found out about a cohort is found out once, and belongs to it alone."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from outcomes.cohort import Cohort, assemble
from outcomes.cohort.model import once
from outcomes.methods import mmrm
from outcomes.models.clusterings import clusterings
from outcomes.models.grouping import read_grouping
from outcomes.models.main import fit_main
from outcomes.pipeline import answer
from outcomes.results.outcome import NotEstimableError
from outcomes.scoring import score_study
from small_study import edit

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cohort(small_study: Path) -> Cohort:
    study = outcomes.read_study(small_study)
    return assemble(study, score_study(study))


def test_a_cohort_is_asked_once_for_each_question(cohort: Cohort) -> None:
    asked = []

    @once
    def count(cohort: Cohort, measure: str, *, by_week: float) -> float:
        asked.append((measure, by_week))
        return len(cohort.full) + by_week

    for _ in range(3):
        assert count(cohort, "mood", by_week=1.0) == 61
        assert count(cohort, "mood", by_week=2.0) == 62
        assert count(cohort, "skill", by_week=1.0) == 61
    assert asked == [("mood", 1.0), ("mood", 2.0), ("skill", 1.0)]


def test_another_cohort_is_asked_again(small_study: Path) -> None:
    study = outcomes.read_study(small_study)
    one, other = (assemble(study, score_study(study)) for _ in range(2))
    assert fit_main(one, "mood") is fit_main(one, "mood")
    assert fit_main(one, "mood") is not fit_main(other, "mood")


def test_what_cannot_be_found_is_refused_each_time(cohort: Cohort) -> None:
    @once
    def refuse(cohort: Cohort) -> float:
        raise NotEstimableError(f"of {len(cohort.full)} people nothing is known")

    for _ in range(2):
        with pytest.raises(NotEstimableError):
            refuse(cohort)


def test_nobody_can_change_what_others_are_told(cohort: Cohort) -> None:
    with pytest.raises(ValueError, match="read-only"):
        cohort.full[0] = True
    assert isinstance(cohort.full, np.ndarray)
    assert "found" not in repr(cohort)


def test_what_was_found_is_forgotten_with_the_cohort(small_study: Path) -> None:
    study = outcomes.read_study(small_study)
    mine = assemble(study, score_study(study))
    found = weakref.ref(mine.full)
    assert found() is mine.full
    del mine
    gc.collect()
    assert found() is None


@pytest.mark.parametrize(("shared", "column"), [(False, None), (True, "therapist_id")])
def test_units_that_nobody_shares_are_no_clusters(small_study: Path, *, shared: bool, column: str | None) -> None:
    plan = small_study / "plan.toml"
    plan.write_text(plan.read_text("utf-8").replace("[adjust]", '[adjust]\ntherapist = "therapist_id"'), "utf-8")
    people = 2 if shared else 1
    edit(small_study, "clients.csv", lambda clients: clients.assign(therapist_id=(clients.index // people).astype(str)))
    study = outcomes.read_study(small_study)
    cohort = assemble(study, score_study(study))
    clustering = cohort.clustering
    assert (None if clustering is None else clustering.column) == column
    assert list(clusterings(cohort)) == ([column] if shared else [])
    assert read_grouping(cohort).refuses is False


def test_a_report_fits_the_main_model_of_a_measure_once(small_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[bytes] = []
    fit = mmrm.fit_first_estimable

    def count(moments: mmrm.Moments, *, order: tuple[mmrm.Covariance, ...]) -> object:
        fitted.append(moments.gram.tobytes())
        return fit(moments, order=order)

    monkeypatch.setattr(mmrm, "fit_first_estimable", count)
    answer(outcomes.read_study(small_study))
    assert fitted
    assert len(set(fitted)) == len(fitted)
