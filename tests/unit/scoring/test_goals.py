"""A person's own goals as a measure: whose goals count, at which visit, and what a bad table is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from outcomes.cohort import assemble
from outcomes.errors import DataError, PlanError
from outcomes.pipeline import check
from outcomes.replication.people import read_people
from outcomes.results.outcome import Estimate
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path

GOALS = """
[measures.goals]
label = "Own goals"
domain = "goals"
role = "primary"
better = "higher"
range = [0, 10]
instrument = "gbo"
reliable_change = { points = 2.45, source = "a publication" }
"""
# Of P001 goal 2 is rated at the start and goal 3 is added later; P002 does not rate one of two goals at the end.
RATED = """\
client_id,visit,goal,rating
P001,start,1,2
P001,start,2,4
P001,end,1,5
P001,end,2,8
P001,end,3,0
P002,end,2,
P002,end,1,9
P002,start,1,1
P002,start,2,3
P003,mid,2,6
P003,start,2,7
P004,start,1,
P004,mid,1,3
P004,end,1,4
"""


def with_goals(folder: Path, rows: str = RATED, plan: str = GOALS) -> Path:
    text = (folder / "plan.toml").read_text()
    (folder / "plan.toml").write_text(text.replace("[adjust]", f"{plan}[adjust]"))
    (folder / "goals.csv").write_text(rows)
    return folder


def test_the_goals_that_were_rated_first_count_all_of_them_and_no_other(small_study: Path) -> None:
    study = outcomes.read_study(with_goals(small_study))
    scores = score_study(study)
    grid = assemble(study, scores).grids["goals"]
    np.testing.assert_allclose(grid[:4], [[3, np.nan, 6.5], [2, np.nan, np.nan], [7, 6, np.nan], [np.nan, 3, 4]])
    assert np.isnan(grid[4:]).all()
    assert scores.unscored["goals"] == 1
    assert "goals" not in scores.alphas


def test_both_computations_read_the_same_scores(small_study: Path) -> None:
    rng = np.random.default_rng(8)
    rows = [
        f"P{person:03d},{visit},,{goal},{rng.integers(0, 11)}"
        for person in range(1, 61)
        for goal in rng.permutation([1, 2, 3])[: rng.integers(1, 4)]
        for visit in ("start", "mid", "end")
        if rng.random() < 0.85
    ]
    rows = ["client_id,visit,date,goal,rating", *rows]
    study = outcomes.read_study(with_goals(small_study, "\n".join(rows) + "\n"))
    first, second = assemble(study, score_study(study)).grids["goals"], read_people(study).grids["goals"]
    assert np.isfinite(first).sum() > 80
    np.testing.assert_allclose(first, second, rtol=1e-12)


def test_ratings_with_dates_alone_find_their_visits(small_study: Path) -> None:
    clients = (small_study / "clients.csv").read_text().splitlines()
    clients = [clients[0] + ",start_date", *(f"{row},2024-01-01" for row in clients[1:])]
    (small_study / "clients.csv").write_text("\n".join(clients) + "\n")
    rated = ("06-17,1,6", "01-03,1,2", "01-03,2,5", "06-17,2,7")
    rows = "\n".join(["client_id,date,goal,rating", *(f"P001,2024-{one}" for one in rated)]) + "\n"
    study = outcomes.read_study(with_goals(small_study, rows))
    for grid in (assemble(study, score_study(study)).grids["goals"], read_people(study).grids["goals"]):
        np.testing.assert_allclose(grid[0], [3.5, np.nan, 6.5])


def make_ratings(folder: Path, gain: dict[str, float]) -> Path:
    """Ratings of two goals, of all people: each arm gains what is given; every tenth person loses three."""
    rows = ["client_id,visit,goal,rating"]
    for place, row in enumerate((folder / "clients.csv").read_text().splitlines()[1:]):
        client, arm = row.split(",")[:2]
        change = -3 if place % 10 < 2 else gain[arm] + (place % 3 - 1)  # two of ten, one an arm
        rows += [
            f"{client},{visit},{goal},{3 + goal + change * (visit == 'end')}"
            for visit in ("start", "end")
            for goal in (1, 2)
        ]
    return with_goals(folder, "\n".join(rows) + "\n")


def test_the_mean_change_and_the_share_with_a_reliable_one_are_those_of_the_table(small_study: Path) -> None:
    results = outcomes.analyse(outcomes.read_study(make_ratings(small_study, {"full": 3, "skills": 2})))
    # of thirty people an arm six lose three; the others of full gain 2, 3 and 4, those of skills 1, 2 and 3
    expected = {"full": ((24 * 3 - 6 * 3) / 30, 16 / 30), "skills": ((24 * 2 - 6 * 3) / 30, 8 / 30)}
    for arm, (change, improved) in expected.items():
        assert results[f"within.goals.end.{arm}.change"].value == pytest.approx(change)
        assert results[f"change.goals.end.{arm}.improved"].value == pytest.approx(improved)
        assert results[f"change.goals.end.{arm}.deteriorated.people"].value == 6  # as drawn
    difference = results["between.goals.end.difference"]
    assert isinstance(difference, Estimate)
    assert difference.value == pytest.approx(24 / 30)
    threshold = results["change.goals.end.threshold"]
    assert threshold.value == pytest.approx(2.45)
    assert "a publication" in threshold.method


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("P001,start,1,2", "P001,start,1,11", "E215"),
        ("P001,start,1,2", "P001,start,4,2", "E215"),
        ("P001,start,1,2", "P001,start,1.5,2", "E21"),
        ("P001,start,1,2", "P001,,1,2", "E236"),
        ("P001,start,1,2", "P001,start,2,2", "E241"),
        ("P001,start,1,2", "P001,start,2,4", "E234"),
        ("P001,start,1,2", "P099,start,1,2", "E233"),
        ("P001,start,1,2", "P001,begin,1,2", "E2"),
    ],
)
def test_a_bad_row_is_told_by_its_row(small_study: Path, old: str, new: str, code: str) -> None:
    with_goals(small_study, RATED.replace(old, new))
    with pytest.raises(DataError) as told:
        outcomes.read_study(small_study)
    assert code in str(told.value)
    assert "goals.csv" in str(told.value)


def test_goals_without_a_measure_and_answers_in_the_wrong_place_are_told(small_study: Path) -> None:
    (small_study / "goals.csv").write_text(RATED)
    assert any(one.code == "E238" and one.file == "goals.csv" for one in check(small_study))
    with_goals(small_study)
    (small_study / "items").mkdir(exist_ok=True)
    (small_study / "items" / "gbo.csv").write_text("client_id,visit,q01,q02,q03\nP001,start,1,2,3\n")
    with pytest.raises(DataError, match=r"goals\.csv, one row a goal"):
        outcomes.read_study(small_study)


def test_a_measure_from_goals_has_no_scores_beside_them(small_study: Path) -> None:
    with_goals(small_study)
    with (small_study / "scores.csv").open("a") as file:
        file.write("P001,start,goals,4\n")
    with pytest.raises(DataError, match=r"ratings in goals\.csv"):
        outcomes.read_study(small_study)


def test_a_threshold_beside_a_reliability_is_a_fault(small_study: Path) -> None:
    with pytest.raises(PlanError, match="keep the one that holds"):
        outcomes.read_study(with_goals(small_study, plan=GOALS.replace("reliable", "reliability = 0.9\nreliable", 1)))
