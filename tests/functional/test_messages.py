"""What is told is true, is told once, and is enough to act on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from examined import check_study
from filled_book import fill_book
from outcomes.cli import main
from outcomes.runs.software import CODE, name_software
from outcomes.study.privacy import tells_somebody
from small_study import spoil, write_small_study

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small", n=24)


def check(*words: object) -> str:
    answer = CliRunner().invoke(main, ["check", *map(str, words)])
    assert answer.exit_code == 1
    return " ".join(answer.output.split())


@pytest.mark.parametrize(("column", "text"), [("visit", "Start"), ("measure", "Mood"), ("visit", "week 1")])
def test_a_word_that_is_not_the_plans_is_told_once_a_row_and_nothing_else_of_that_row(
    study: Path, column: str, text: str
) -> None:
    for row in range(2, 40):
        spoil(study, "scores.csv", row, column, text)
    stops = [one for one in check_study(study) if one.level == "STOP"]
    assert [(one.code, one.column, one.more) for one in stops] == [("E218", column, 33)]
    assert "the plan follow your word" in stops[0].fix
    assert not [one for one in check_study(study) if one.code == "E244"]


def test_a_date_that_is_none_has_the_cure_for_excel_beside_it(study: Path) -> None:
    text = (study / "clients.csv").read_text(encoding="utf-8").replace("completed\n", "completed,start_date\n")
    lines = [f"{line},03/04/2024" if place else line for place, line in enumerate(text.splitlines())]
    (study / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "Format Cells, Custom, type yyyy-mm-dd" in check(study)


@pytest.mark.parametrize("name", ["plan.toml.txt", "plan.txt", "Plan.toml"])
def test_a_plan_under_another_name_is_named(study: Path, name: str) -> None:
    (study / "plan.toml").rename(study / name)
    assert f"a plan that is called {name}" in check(study) or "called with capitals" in check(study)


def test_what_stands_where_a_study_was_looked_for_is_named_as_what_it_is(study: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "books").mkdir()
    fill_book(study, tmp_path / "books" / "clinic.xlsx")
    assert "The folder is empty" in check(tmp_path / "empty")
    assert "The folder holds a workbook and no plan.toml" in check(tmp_path / "books")
    assert "Nothing of that name is here" in check(tmp_path / "nowhere")
    assert "This is the plan itself" in check(study / "plan.toml")
    assert "outcomes import FILE" in check(study / "clients.csv")
    (study / "plan.toml").unlink()
    assert "The folder holds tables and no plan.toml" in check(study)


def test_a_workbook_of_clients_beside_no_table_of_them_is_named(study: Path) -> None:
    (study / "clients.csv").rename(study / "clients.xlsx")
    assert "clients.xlsx is there, which is a workbook" in check(study)


@pytest.mark.parametrize("quotes", ["“”", "„“", "‘’"])
def test_curly_quotes_are_named_with_their_line(study: Path, quotes: str) -> None:
    text = (study / "plan.toml").read_text(encoding="utf-8")
    first, last = quotes
    (study / "plan.toml").write_text(text.replace('label = "Skills use"', f"label = {first}Skills use{last}"), "utf-8")
    told = check(study)
    assert "curly quotes" in told
    assert "line 19" in told


@pytest.mark.parametrize("name", ["ms-study", "james-street", "mr-clinic", "victoria_road", "grace house"])
def test_a_place_or_a_study_is_no_person(name: str) -> None:
    assert tells_somebody(name) is None


@pytest.mark.parametrize("name", ["james-smith", "ms-jones", "james smith clinic", "mr_jones_study"])
def test_a_person_is_a_person_whatever_stands_behind_the_name(name: str) -> None:
    assert tells_somebody(name) == "E308"


def test_a_folder_that_is_called_like_a_street_is_read(study: Path, tmp_path: Path) -> None:
    shutil.copytree(study, tmp_path / "james-street")
    assert not [one for one in check_study(tmp_path / "james-street") if one.level == "STOP"]


def test_help_is_a_command_and_the_version_names_the_code() -> None:
    asked = CliRunner().invoke(main, ["help", "check"])
    assert asked.output == CliRunner().invoke(main, ["check", "--help"]).output
    assert "Commands:" in CliRunner().invoke(main, ["help"]).output
    assert CliRunner().invoke(main, ["help", "nothing"]).exit_code == 2
    assert name_software()[CODE] in CliRunner().invoke(main, ["--version"]).output
