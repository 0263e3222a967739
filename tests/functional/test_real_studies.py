"""Both real trials are reported, agree with R, and verify."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long  # whole studies, one after the other


@pytest.fixture(scope="module", params=["beat-the-blues", "psychotherapy-add-on"])
def run(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    study = outcomes.read_study(shared / "studies" / request.param)
    folder = outcomes.report(study, out=tmp_path_factory.mktemp("real")).folder
    return request.param, folder


def test_a_real_trial_verifies(run: tuple[str, Path], shared: Path) -> None:
    name, folder = run
    assert outcomes.verify(folder, study=shared / "studies" / name).exit_code == 0


def test_its_results_are_those_of_r(run: tuple[str, Path], shared: Path) -> None:
    name, folder = run
    stored = {row["id"]: row for row in json.loads((folder / "results.json").read_text())["results"]}
    expected = json.loads((shared / "reference" / "studies.json").read_text())[name]
    closed = 1e-10
    if name == "beat-the-blues":
        ancova, completion = stored["ancova.bdi.m8.difference"], stored["completion.adjusted.difference"]
        assert ancova["value"] == pytest.approx(expected["ancova_m8"]["est"], rel=closed)
        assert ancova["se"] == pytest.approx(expected["ancova_m8"]["se_hc3"], rel=closed)
        assert completion["value"] == pytest.approx(expected["completion_nobase"]["rd"], rel=1e-6)
        assert completion["se"] == pytest.approx(expected["completion_nobase"]["rd_se"], rel=1e-6)
        visit, effect = "bdi.m8", expected["effect_m8"]
    else:
        assert stored["ancova.bdi.t4.difference"]["value"] == pytest.approx(expected["ancova_bdi_4"]["est"], rel=closed)
        visit, effect = "bdi.t4", expected["effect_bdi_4"]
    # lower is better on the BDI: what favours the full programme is positive
    assert stored[f"between.{visit}.g_change"]["value"] == pytest.approx(-effect["d_ppc2"], rel=closed)
    assert stored[f"between.{visit}.g_score"]["value"] == pytest.approx(-effect["g_post"], rel=closed)
    assert stored[f"within.{visit}.full.change"]["value"] == pytest.approx(effect["within_full"]["change"], rel=closed)


def test_every_primary_measure_is_answered_by_the_repeated_measures_model(run: tuple[str, Path], shared: Path) -> None:
    name, _ = run
    study = outcomes.read_study(shared / "studies" / name)
    registry = outcomes.analyse(study)
    gold = json.loads((shared / "reference" / "mmrm.json").read_text())
    for measure in study.plan.primary_measures:
        outcome = registry[f"mmrm.{measure}.{study.plan.primary}.difference"]
        assert isinstance(outcome, Estimate)
        key = "beat-the-blues: bdi ~ bdi.pre*visit + drug + length + arm*visit"
        key = key if name == "beat-the-blues" else f"{name}, {measure}"
        last = gold[key]["per_visit_observed_information"][-1]
        assert outcome.value == pytest.approx(last["est"], rel=1e-9)
        assert outcome.se == pytest.approx(last["se_kr"], rel=1e-8)
        assert outcome.df == pytest.approx(last["df"], rel=1e-6)
