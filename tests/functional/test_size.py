"""`outcomes size`: people needed with no data at all, and with what a study's data say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from outcomes.cli import main
from outcomes.pipeline import answer
from outcomes.study.read import read_study
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["size", *arguments])


def results(result: Result) -> dict[str, Any]:
    parts = json.loads(result.stdout)["parts"]
    return {one["id"]: one for part in parts for one in part["results"]}


def test_a_medium_difference_needs_64_people_an_arm_and_says_so_in_a_sentence() -> None:
    """Cohen (1988), table 2.4.1."""
    result = run("--difference", "0.5")
    assert result.exit_code == 0
    assert "128 people have to start: 64 in the first programme and 64 in the second" in result.stdout
    assert "power of 80% at 95% confidence" in result.stdout


def test_the_curve_has_a_bar_for_each_difference_and_marks_the_one_asked_for() -> None:
    lines = run("--difference", "0.5").stdout.splitlines()
    bars = [line for line in lines if "█" in line]
    assert len(bars) == 9
    assert [line.split()[0] for line in bars if "asked for" in line] == ["0.5"]
    lengths = [line.count("█") for line in bars]
    assert lengths == sorted(lengths, reverse=True)


def test_what_was_taken_is_said() -> None:
    text = run(
        *("--difference", "5", "--sd", "12", "--correlation", "0.6", "--dropout", "0.25", "0.35"),
        *("--caseload", "6", "--icc-therapist", "0.05", "--group-size", "10", "--icc-group", "0.03", "--ratio", "2"),
    ).stdout
    for phrase in (
        "standard deviation 12",
        "correlation with the start 0.6",
        "not seen 25% and 35%",
        "therapists of 6",
    ):
        assert phrase in text
    assert "2 people in the first programme for each" in text


@pytest.mark.parametrize(
    "more",
    [
        ("--icc-therapist", "0.1", "--caseload", "8"),
        ("--dropout", "0.3", "0.3"),
        ("--ratio", "3"),
        ("--power", "0.9"),
        ("--explained", "0.2"),
        ("--icc-group", "0.1", "--group-size", "8", "--separate"),
    ],
)
def test_what_makes_an_answer_harder_needs_more_people(more: tuple[str, ...]) -> None:
    base, harder = (results(run("--difference", "0.5", "--json", *extra)) for extra in ((), more))
    assert harder["size.people"]["value"] > base["size.people"]["value"]
    assert harder["size.full.people"]["value"] + harder["size.skills.people"]["value"] == harder["size.people"]["value"]


def test_two_shares_are_planned_as_r_plans_them() -> None:
    """power.prop.test(p1 = 0.5, p2 = 0.3, power = 0.8) of R 4.2.2: 92.9988 an arm."""
    found = results(run("--shares", "0.5", "0.3", "--json"))
    assert found["size.full.people"]["value"] == found["size.skills.people"]["value"] == 93
    assert "186 people" in run("--shares", "0.5", "0.3").stdout


def test_a_study_gives_what_is_not_stated(tmp_path: Path) -> None:
    folder = str(write_small_study(tmp_path / "s"))
    result = run(folder)
    assert result.exit_code == 0
    assert result.stdout.startswith("Low mood (0-63)\nTo see a difference of 5 points")
    stated = results(run(folder, "--json", "--difference", "2.5"))
    assert stated["size.mood.people"]["value"] > results(run(folder, "--json"))["size.mood.people"]["value"]


@pytest.mark.parametrize("seed", [1, 7, 23])
def test_the_command_and_the_report_need_the_same_number_of_people(seed: int, tmp_path: Path) -> None:
    """They took the share not seen of other people, and differed by one person."""
    folder = write_small_study(tmp_path / "s", n=70, seed=seed)
    told = answer(read_study(folder)).registry["precision.mood.end.clients_needed"]
    assert results(run(str(folder), "--json"))["size.mood.people"]["value"] == told.value


def test_a_plan_without_worthwhile_difference_asks_for_one(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s")
    plan = (folder / "plan.toml").read_text(encoding="utf-8").replace("worthwhile = 5\n", "")
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    result = run(str(folder))
    assert result.exit_code == 1
    assert "--difference" in result.stdout
    assert run(str(folder), "--difference", "5").exit_code == 0


def test_a_drawing_is_written_once_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "curve.svg"
    assert run("--difference", "0.5", "--out", str(file)).exit_code == 0
    first = file.read_bytes()
    assert first.startswith(b"<?xml")
    again = run("--difference", "0.5", "--out", str(file))
    assert (again.exit_code, file.read_bytes()) == (1, first)
    assert "E105" in again.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--difference", "-1"),
        ("--difference", "0"),
        ("--difference", "1", "--correlation", "1"),
        ("--difference", "1", "--dropout", "1", "0"),
        ("--difference", "1", "--power", "1"),
        ("--shares", "0.5", "0.4", "--sd", "2"),
        ("--shares", "0.5", "0.5", "--out", "x.svg"),
    ],
)
def test_wrong_use_is_told_from_a_question_without_answer(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments).exit_code == 2


def test_a_question_without_answer_is_a_sentence() -> None:
    for arguments in (("--shares", "0.5", "0.5"), ("--difference", "1e-9")):
        result = run(*arguments)
        assert result.exit_code == 1
        assert result.stdout.strip().endswith(".")
