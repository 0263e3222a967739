"""What is published comes with the program and serves every study: results of others, reliabilities by their source."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import outcomes
from outcomes.audit.trace import trace
from outcomes.cli import main
from outcomes.instruments import list_instruments, read_instrument
from outcomes.study.published import EVIDENCE, read_published
from outcomes.study.read import examine_study
from outcomes.study.schemas import TABLES
from small_study import write_small_study

ALPHA = 0.9  # of CORE-10, Barkham et al. 2013: its definition, where it stands as checked


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "study", n=40)


def call(study: Path, instrument: str, *, low: int, high: int) -> None:
    """Say which questionnaire the scores of the first measure are of, stretched to its range."""
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    plan = plan.replace("[measures.mood]", f'[measures.mood]\ninstrument = "{instrument}"')
    (study / "plan.toml").write_text(plan.replace("range = [0, 63]", f"range = [{low}, {high}]"), encoding="utf-8")
    lines = [line.split(",") for line in (study / "scores.csv").read_text(encoding="utf-8").splitlines()]
    for cells in lines[1:]:
        if cells[2] == "mood":
            cells[3] = str(round(low + (high - low) * int(cells[3]) / 63))
    (study / "scores.csv").write_text("\n".join(",".join(cells) for cells in lines) + "\n", encoding="utf-8")


def told(study: Path, code: str) -> list[str]:
    return [f"{one.level}: {one.rule}" for one in examine_study(study)[1] if one.code == code]


def test_the_published_results_of_the_example_are_those_that_come_with_the_program(root: Path) -> None:
    assert (root / "data" / "example" / EVIDENCE).read_bytes() == read_published()


def test_a_study_without_published_results_is_given_them_and_check_says_so(study: Path) -> None:
    found = outcomes.read_study(study)
    assert found.evidence is not None
    assert len(found.evidence) == 41
    assert EVIDENCE in {one.name for one in found.files}
    assert "the 41 published results that come with the program are used" in told(study, "E312")[0]


def test_a_studys_own_take_their_place_and_an_empty_table_shows_none(study: Path, root: Path) -> None:
    lines = (root / "data" / "example" / EVIDENCE).read_text(encoding="utf-8").splitlines()
    (study / EVIDENCE).write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    found = outcomes.read_study(study)
    assert found.evidence is not None
    assert (len(found.evidence), told(study, "E312")) == (2, [])
    (study / EVIDENCE).write_text(lines[0] + "\n", encoding="utf-8")
    assert outcomes.read_study(study).evidence is None


def test_of_another_treatment_nothing_is_served(study: Path) -> None:
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    (study / "plan.toml").write_text(f'{plan}[programme]\nname = "CBT"\n', encoding="utf-8")
    assert outcomes.read_study(study).evidence is None


def test_a_study_that_is_written_again_is_the_one_that_was_read(study: Path, tmp_path: Path) -> None:
    first = outcomes.read_study(study)
    again = outcomes.read_study(first.write(tmp_path / "again"))
    assert again.files == first.files


def test_a_run_is_verified_and_traced_to_the_rows_of_what_came_with_the_program(study: Path, tmp_path: Path) -> None:
    call(study, "core10", low=0, high=40)
    run = outcomes.report(study, out=tmp_path / "out").folder
    verdict = outcomes.verify(run, study)
    assert [one.name for one in verdict.checks if one.status == "differs"] == []
    (use,) = [one for one in trace(run, "evidence.rows", study=study).results[0].uses if one["file"] == EVIDENCE]
    assert (use["count"], use["of"]) == (41, 41)


def test_change_is_judged_by_what_is_published_for_the_questionnaire(study: Path) -> None:
    call(study, "core10", low=0, high=40)
    (said,) = [one for one in told(study, "E299") if "CORE" in one or "Clinical Outcomes" in one]
    assert said.startswith("NOTE: 0.9 is used, as published for the Clinical Outcomes")
    found = outcomes.read_study(study)
    start = found.scores.query("measure == 'mood' and visit == 'start'")["score"].to_numpy()
    # Jacobson & Truax (1991): 1.96 √2 · SD · √(1 − r)
    expected = 1.959963984540054 * np.sqrt(2) * start.std(ddof=1) * np.sqrt(1 - ALPHA)
    threshold = outcomes.analyse(found)["change.mood.end.threshold"]
    assert threshold.value == pytest.approx(expected, rel=1e-12)
    assert "Barkham et al. 2013" in threshold.method
    assert "checked" in threshold.method


def test_what_nobody_checked_is_asked_to_be_looked_at_and_what_is_not_known_is_said(
    study: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(study, other)
    call(study, "gad7", low=0, high=21)
    assert [one for one in told(study, "E299") if one.startswith("CHECK: 0.92 is used") and "unchecked" in one]
    call(other, "who5", low=0, high=100)
    assert [one for one in told(other, "E299") if one.startswith("NOTE: no reliability of the")]


def test_a_measure_that_is_only_called_like_a_questionnaire_is_asked_about_and_never_taken_for_it(study: Path) -> None:
    for name in ("plan.toml", "scores.csv"):
        text = (study / name).read_text(encoding="utf-8")
        (study / name).write_text(
            text.replace("measures.mood", "measures.dts").replace(",mood,", ",dts,"), encoding="utf-8"
        )
    assert [one for one in told(study, "E299") if "does not say whether this is the Distress Tolerance Scale" in one]
    assert outcomes.analyse(outcomes.read_study(study))["change.dts.end.full.improved"].cause == "not planned"


@pytest.mark.parametrize("name", list_instruments())
def test_every_published_alpha_has_a_citation_and_a_status(name: str) -> None:
    instrument = read_instrument(name)
    for score in instrument.scores:
        known = instrument.find_alpha(score)
        if known is not None:
            assert instrument.citation
            assert known.status in {"checked", "unchecked"}
            assert 0 < known.low <= known.high < 1


def test_a_checked_alpha_goes_before_an_unchecked_one_and_the_lowest_of_several_holds() -> None:
    ders, bsl = (read_instrument(name).find_alpha() for name in ("ders16", "bsl23"))
    assert ders is not None
    assert bsl is not None
    assert (ders.low, ders.status) == (0.93, "checked")  # not the 0.92 that nobody checked
    assert bsl.low == 0.935


@pytest.mark.parametrize("name", ["mine.xlsx", "mine"])
def test_new_says_where_every_table_can_be_looked_at_filled_in(tmp_path: Path, name: str) -> None:
    told_of = CliRunner().invoke(main, ["new", str(tmp_path / name)])
    place = told_of.stderr.rpartition("to look at: ")[2].strip()
    wanted = {one.name for one in TABLES.values() if "/" not in one.name}
    assert {one.name for one in Path(place).glob("*.csv")} >= wanted
