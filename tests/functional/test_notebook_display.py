"""What a notebook shows of a study, a result, a table and a figure: no client, and nothing computed on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from matplotlib.figure import Figure

import outcomes
from outcomes.errors import OutputExistsError
from outcomes.notebook.tables import list_main
from outcomes.plan.read import read_plan
from outcomes.results.outcome import Curve
from outcomes.results.store import read_registry
from small_study import write_small_study

if TYPE_CHECKING:
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


def test_a_table_is_a_question_tidy_as_it_is_printed_in_the_order_of_the_plan(results: Results) -> None:
    table = results.table("outcomes")
    main = table.loc["mmrm.mood.end.difference"]
    assert main["text"] == results.record("mmrm.mood.end.difference").text == results.text("mmrm.mood.end.difference")
    assert (main["measure"], main["visit"], main["what"]) == ("mood", "end", "difference")
    assert (main["value"], main["low"]) == (results[main.name].value, results[main.name].interval.low)
    measures = table.loc[table["measure"] != "", "measure"].drop_duplicates().tolist()
    assert measures == list(results.plan.measures)
    visits = table.loc[(table["measure"] == "mood") & (table["visit"] != ""), "visit"].drop_duplicates().tolist()
    assert visits == list(results.plan.visits)


def test_results_show_the_first_pages_table_and_what_else_there_is(results: Results) -> None:
    shown = repr(results)
    assert "Results of “A small synthetic study”" in shown
    assert results.text("mmrm.mood.end.difference") in shown
    assert results.record("verdict.mood.end.rung").text in shown
    assert results.text("completion.adjusted.difference") in shown
    assert "tables: results.table(NAME) of flow, " in shown
    assert results.text("mmrm.mood.end.difference") in results._repr_html_()
    assert results._ipython_key_completions_() == list(results)


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_figure_is_one_of_matplotlib_and_written_by_its_ending(results, tmp_path: Path, ending, begins) -> None:
    figure = results.figure("forest")
    assert isinstance(figure, Figure)
    file = f"{tmp_path}/forest.{ending}"
    figure.savefig(file)
    assert (tmp_path / f"forest.{ending}").read_bytes().startswith(begins)


def test_a_curve_is_drawn_and_nothing_else_is(results: Results) -> None:
    curve = next(one for one in results.values() if isinstance(one, Curve))
    line = results.plot(curve.id).axes[0].lines[0]
    assert line.get_xdata().tolist() == list(curve.at)
    assert line.get_ydata().tolist() == list(curve.value)
    with pytest.raises(KeyError, match="is no curve; the curves are: "):
        results.plot("mmrm.mood.end.difference")


def test_tables_go_to_a_workbook_to_markdown_and_to_latex(results: Results, tmp_path: Path) -> None:
    file = results.to_excel(tmp_path / "all.xlsx")
    sheets = pd.read_excel(file, sheet_name=None)
    assert next(iter(sheets)) == "main results"
    assert len(sheets) == 1 + len(results.tables)
    told = sheets["outcomes"].set_index("id").loc["mmrm.mood.end.difference"]
    assert told["value"] == pytest.approx(results["mmrm.mood.end.difference"].value, rel=1e-14)  # a workbook's digits
    with pytest.raises(OutputExistsError):
        results.to_excel(file)
    lines = results.to_markdown("outcomes").splitlines()
    assert len(lines) == 2 + len(results.table("outcomes"))
    assert len({line.count("|") for line in lines}) == 1
    latex = results.to_latex("outcomes")
    assert latex.startswith(r"\begin{tabular}{lll")
    assert r"adjusted\_mean" in latex
    assert latex.count(r" \\") == 1 + len(results.table("outcomes"))


def test_a_name_that_is_not_there_is_answered_with_those_that_are(results: Results) -> None:
    with pytest.raises(KeyError, match=r"mmrm\.mood\.end\.difference"):
        results["mmrm.mood.end.diff"]
    with pytest.raises(KeyError, match=r"there are: .*baseline"):
        results.table("outcome")
    with pytest.raises(KeyError, match="forest"):
        results.figure("forests")
    assert len(list(results)) == len(results) == len(results.to_frame())


def test_the_first_pages_table_holds_measures_completion_and_events() -> None:
    run = Path(__file__).parents[2] / "reports" / "example" / "reference"
    plan = read_plan(outcomes.example() / "plan.toml")
    table = list_main(read_registry(run / "results.json"), plan)
    measures = [plan.measures[word].label for word in plan.primary_measures]
    assert table["measure"].tolist() == [*measures, "Completed", plan.events["self_harm"].label]
    assert table["what it tells"].str.len().min() > 0
