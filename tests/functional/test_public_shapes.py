"""Shapes that public files have, rebuilt by hand: each becomes a study by one command, with all people and scores."""

from __future__ import annotations

import csv
import io
import random
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from outcomes.cli import main
from outcomes.plan.read import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PEOPLE = 12
Rows = list[list[Any]]
DICE = random.Random(8)  # noqa: S311  # no secret hangs on it


def points(count: int, highest: int = 21) -> list[int]:
    return [DICE.randint(0, highest) for _ in range(count)]


def r_names_of_rows() -> Rows:
    """As R's write.csv gives it: names of rows in a first column without a name."""
    rows = [[number, f"C{number:02d}", "AB"[number % 2], *points(2)] for number in range(1, PEOPLE + 1)]
    return [["", "client_id", "arm", "phq9_pre", "phq9_post"], *rows]


def r_names_of_rows_alone() -> Rows:
    """The same without any other id."""
    rows = [[number, "AB"[number % 2], *points(2)] for number in range(1, PEOPLE + 1)]
    return [["", "treatment", "phq9.pre", "phq9.post"], *rows]


def three_arms_and_occasions_in_one_name() -> Rows:
    """Three treatments, and five hours at each of three phases."""
    names = [f"{phase}.{hour}" for phase in ("pre", "post", "fup") for hour in range(1, 6)]
    rows = [[number, "ABC"[number % 3], "MF"[number % 2], *points(15)] for number in range(1, PEOPLE + 1)]
    return [["", "treatment", "gender", *names], *rows]


def two_heads_of_a_survey_tool() -> Rows:
    """Names, the questions below them, and the tool's own ids of the questions."""
    names = ["StartDate", "ResponseId", "Group", "PHQ9_pre", "PHQ9_post"]
    asked = ["Start Date", "Response ID", "Programme", "Total at start", "Total at end"]
    own = [f'{{"ImportId":"QID{number}"}}' for number in range(5)]
    rows = [["2024-01-09 10:00:00", f"R_{number}x", "AB"[number % 2], *points(2)] for number in range(PEOPLE)]
    return [names, asked, own, *rows]


def a_head_of_answers() -> Rows:
    """Names, and below them whether an answer is free."""
    rows = [[1000 + number, "AB"[number % 2], *points(2)] for number in range(PEOPLE)]
    return [["Respondent ID", "Group", "PHQ9 pre", "PHQ9 post"], ["", "Response", "Open-Ended", "Open-Ended"], *rows]


def long_by_week() -> Rows:
    rows = [[f"S{n}", "AB"[n % 2], week, *points(1)] for n in range(PEOPLE) for week in (0, 12)]
    return [["id", "arm", "week", "phq9"], *rows]


def long_by_measure() -> Rows:
    kinds = [(visit, measure) for visit in ("pre", "post") for measure in ("PHQ9", "GAD7")]
    rows = [[f"S{n}", "AB"[n % 2], *kind, *points(1)] for n in range(PEOPLE) for kind in kinds]
    return [["participant", "group", "visit", "measure", "score"], *rows]


def months_as_names() -> Rows:
    rows = [[n, "AB"[n % 2], 30 + n, *points(3)] for n in range(1, PEOPLE + 1)]
    return [["id", "treat", "age", "month0", "month3", "month6"], *rows]


def times_behind_names() -> Rows:
    rows = [[n, "AB"[n % 2], *points(4)] for n in range(1, PEOPLE + 1)]
    return [["ID", "Condition", "phq9_t0", "phq9_t1", "gad7_t0", "gad7_t1"], *rows]


def bare_items() -> Rows:
    answers = [1, 5, *(DICE.randint(1, 5) for _ in range(14))]
    rows = [[f"S{n}", "AB"[n % 2], visit, *answers] for n in range(PEOPLE) for visit in ("pre", "post")]
    return [["id", "arm", "time", *(f"Q{item}" for item in range(1, 17))], *rows]


def items_at_two_visits() -> Rows:
    names = [f"phq9_{item}_{visit}" for visit in ("pre", "post") for item in range(1, 10)]
    return [["id", "arm", *names], *([n, "AB"[n % 2], *points(18, 3)] for n in range(1, PEOPLE + 1))]


def answers_of_a_form() -> Rows:
    rows = [[f"2024/01/0{1 + n % 9} 9:00", f"C{n}", "AB"[n % 2], *points(2)] for n in range(PEOPLE)]
    return [["Timestamp", "Client ID", "Programme", "GAD7 start", "GAD7 end"], *rows]


# Shape, rows of scores, rows of items.
SHAPES: dict[str, tuple[Callable[[], Rows], int, int]] = {
    "R's names of rows": (r_names_of_rows, 24, 0),
    "R's names of rows alone": (r_names_of_rows_alone, 24, 0),
    "three arms": (three_arms_and_occasions_in_one_name, 15 * 8, 0),
    "a survey tool's heads": (two_heads_of_a_survey_tool, 24, 0),
    "a head of answers": (a_head_of_answers, 24, 0),
    "long by week": (long_by_week, 24, 0),
    "long by measure": (long_by_measure, 48, 0),
    "months as names": (months_as_names, 36, 0),
    "times behind names": (times_behind_names, 48, 0),
    "bare items": (bare_items, 0, 24),
    "items at two visits": (items_at_two_visits, 0, 24),
    "answers of a form": (answers_of_a_form, 24, 0),
}


def count(path: Path) -> int:
    return len(list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))) if path.is_file() else 0


@pytest.mark.parametrize("mark", [",", ";", "\t"], ids=["commas", "semicolons", "tabs"])
@pytest.mark.parametrize("name", SHAPES)
def test_a_public_shape_becomes_a_study_by_one_command(tmp_path: Path, name: str, mark: str) -> None:
    make, scores, items = SHAPES[name]
    with (tmp_path / "export.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=mark).writerows(make())
    study = tmp_path / "mine"
    words = [str(tmp_path / "export.csv"), "--out", str(study), "--arm", "A=full", "--arm", "B=skills", "--arm", "C="]
    done = CliRunner().invoke(main, ["import", *words])
    assert done.exit_code == 0, done.output
    assert count(study / "clients.csv") == PEOPLE
    assert count(study / "scores.csv") == scores
    assert sum(count(path) for path in study.glob("items/*.csv")) == items
    if name not in {"three arms", "months as names"}:  # of which no name tells the questionnaire
        assert {one.better for one in read_plan(study / "plan.toml").measures.values()} == {"lower"}
