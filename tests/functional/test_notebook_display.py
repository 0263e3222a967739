"""What a notebook shows of a study, a result, a table and a figure: no client, and nothing computed on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import outcomes
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.notebook import Results
    from outcomes.study.model import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return outcomes.read_study(write_small_study(tmp_path_factory.mktemp("data") / "small"))


@pytest.fixture(scope="module")
def results(study: Study) -> Results:
    return outcomes.analyse(study)


def test_a_study_shows_shapes_and_nobody(study: Study) -> None:
    shown = study._repr_html_() + repr(study)
    assert "<td>60</td>" in shown
    assert "P001" not in shown
    assert "woman" not in shown


def test_a_result_shows_all_that_it_holds_unrounded(results: Results) -> None:
    result = results["mmrm.mood.end.difference"]
    shown = result._repr_html_()
    assert repr(result.value) in shown
    assert "Kenward" in shown
    assert "&lt;" not in results["flow.full.started"]._repr_html_()


def test_a_table_is_a_question_as_it_is_printed(results: Results) -> None:
    table = results.table("outcomes")
    assert table.loc["mmrm.mood.end.difference", "text"] == results.record("mmrm.mood.end.difference").text
    assert {"low", "high", "n_full"} <= set(table.columns)


def test_a_figure_is_drawn_when_asked_for_and_not_when_shown(results: Results, tmp_path: Path, monkeypatch) -> None:
    picture = results.figure("forest")
    monkeypatch.setattr("outcomes.reporting.figures.to_svg", None)
    assert picture._repr_svg_().lstrip().startswith("<?xml")
    picture.save(tmp_path / "forest.svg")
    assert (tmp_path / "forest.svg").read_text(encoding="utf-8") == picture.svg
    assert repr(picture) == "Picture('forest')"


def test_a_name_that_is_not_there_is_answered_with_those_that_are(results: Results) -> None:
    with pytest.raises(KeyError, match=r"mmrm\.mood\.end\.difference"):
        results["mmrm.mood.end.diff"]
    with pytest.raises(KeyError, match=r"there are: .*baseline"):
        results.table("outcome")
    with pytest.raises(KeyError, match="forest"):
        results.figure("forests")
    assert "results" in repr(results)
    assert len(list(results)) == len(results) == len(results.to_frame())
