"""Studies at the edge: each gives a report that verifies, with a number or a reason for everything, and no warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import write_active_study
from outcomes.audit.independent import SECOND_ENGINE
from page_alone import page_alone
from small_study import edit, write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.long  # whole studies, one after the other

Table = pd.DataFrame


@pytest.fixture(autouse=True)
def _page_alone() -> Iterator[None]:
    with page_alone():
        yield


CLIENTS: dict[str, Callable[[Table], Table]] = {
    "everybody completed": lambda c: c.assign(completed="yes"),
    "nobody completed": lambda c: c.assign(completed="no"),
    "completion is not known": lambda c: c.assign(completed=""),
    "one arm completed wholly": lambda c: c.assign(
        completed=np.where((c["arm"] == "full") | (c.index % 3 > 0), "yes", "no")
    ),
    "a covariate is the same for all": lambda c: c.assign(gender="woman"),
    "a covariate is the arm": lambda c: c.assign(gender=np.where(c["arm"] == "full", "a", "b")),
    "a covariate is half missing": lambda c: c.assign(age=np.where(c.index % 2 == 0, c["age"], "")),
    "a covariate is missing throughout": lambda c: c.assign(age=""),
    "a covariate has a level for each": lambda c: c.assign(gender=c["client_id"] + "x"),
    "a covariate tells who completed": lambda c: c.assign(gender=np.where(c["completed"] == "yes", "a", "b")),
    "a level that one arm lacks": lambda c: c.assign(gender=np.where(c.index == 1, "other", c["gender"])),
    "a covariate is constant in one arm": lambda c: c.assign(gender=np.where(c["arm"] == "full", "a", c["gender"])),
    "a number tells the arms apart": lambda c: c.assign(age=np.where(c["arm"] == "full", "70", c["age"])),
    "a number nearly tells the arms apart": lambda c: c.assign(
        age=np.where(c["arm"] == "full", 50 + c.index // 4, 20 + c.index // 2).astype(str)
    ),
    "all covariates are missing": lambda c: c.assign(age="", gender=""),
    "three people in one arm": lambda c: c.assign(arm=np.where(c.index < 3, "full", "skills")),
    "one person in one arm": lambda c: c.assign(arm=np.where(c.index < 1, "full", "skills")),
}
SCORES: dict[str, Callable[[Table], Table]] = {
    "nobody at the primary visit": lambda s: s[s["visit"] != "end"],
    "one arm at the primary visit": lambda s: s[(s["visit"] != "end") | (s["client_id"].str[-1].astype(int) % 2 == 0)],
    "nobody at the start": lambda s: s[s["visit"] != "start"],
    "all scores equal": lambda s: s.assign(score="3"),
    "all at the floor at the end": lambda s: s.assign(score=np.where(s["visit"] == "end", "0", s["score"])),
    "a fifth of the scores empty": lambda s: s.assign(score=np.where(s.index % 5 == 0, "", s["score"])),
}


# What the small study does not ask, so that each edge meets it as well.
NEEDS = """
[needs]
moderators = ["age", "gender", "mood", "skill"]
[[needs.profiles]]
label = "Women under 40"
where = { gender = "woman", age = [18, 39] }
"""


def check(folder: Path) -> None:
    plan = folder / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + NEEDS, encoding="utf-8")
    run = outcomes.report(outcomes.read_study(folder), out=folder.parent / "reports")
    verdict = outcomes.verify(run.folder, study=folder, independent=True)
    assert verdict.exit_code != 1, verdict.to_text()
    unchecked = {check.name for check in verdict.checks if check.status == "not checked"}
    assert unchecked <= {SECOND_ENGINE}  # which says of each estimate that it cannot compute why not


@pytest.mark.parametrize("case", CLIENTS)
def test_odd_people(small_study: Path, case: str) -> None:
    edit(small_study, "clients.csv", CLIENTS[case])
    check(small_study)


@pytest.mark.parametrize("case", SCORES)
def test_odd_scores(small_study: Path, case: str) -> None:
    edit(small_study, "scores.csv", SCORES[case])
    check(small_study)


@pytest.mark.parametrize("n", [4, 6, 12])
def test_few_people(tmp_path: Path, n: int) -> None:
    check(write_small_study(tmp_path / "few", n=n))


@pytest.mark.parametrize("groups", [1, 3, 5, 12])
def test_groups_of_every_number(small_study: Path, groups: int) -> None:
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\nskills_group = "group_id"'))
    edit(small_study, "clients.csv", lambda c: c.assign(group_id=(c.index % groups).astype(str)))
    check(small_study)


def test_everybody_in_the_hands_of_one_therapist(small_study: Path) -> None:
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\ntherapist = "therapist_id"'))
    edit(small_study, "clients.csv", lambda c: c.assign(therapist_id=np.where(c["arm"] == "full", "T1", "")))
    check(small_study)


def test_labels_with_marks_of_html_stay_text(small_study: Path) -> None:
    plan = (small_study / "plan.toml").read_text()
    label = "<script>alert(1)</script> & 'Mood' 5"
    (small_study / "plan.toml").write_text(plan.replace("Low mood (0-63)", label))
    run = outcomes.report(outcomes.read_study(small_study), out=small_study.parent / "reports")
    page = run.page.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    check(small_study)


ACTIVITY: dict[str, tuple[str, Callable[[Table], Table]]] = {
    "no component is recorded": ("sessions.csv", lambda t: t[["client_id", "date", "session"]]),
    "nobody ever attended": ("attendance.csv", lambda t: t.assign(status="missed", minutes="")),
    "prices in two currencies": ("costs.csv", lambda t: t.assign(currency=["GBP", "EUR", "GBP"])),
}


@pytest.mark.parametrize("case", ["as it is", *ACTIVITY])
def test_odd_sessions_attendance_and_prices(tmp_path: Path, case: str) -> None:
    folder = write_active_study(tmp_path / "active", n=40)
    if case in ACTIVITY:
        edit(folder, *ACTIVITY[case])
    check(folder)


def test_few_people_with_sessions(tmp_path: Path) -> None:
    check(write_active_study(tmp_path / "few", n=4))


def test_a_trial_is_not_called_anything_else(tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "small")
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    (study / "plan.toml").write_text(plan.replace("[arms]", 'allocation = "random"\n[arms]', 1), encoding="utf-8")
    run = outcomes.report(study, out=tmp_path / "out")
    page, plain = (
        (run.folder / name).read_text(encoding="utf-8") for name in ("internal/report.html", "share/summary.html")
    )
    assert "chance decided who was in which programme" in page
    assert "not allocated at random" not in page
    assert "Nothing here was allocated at random" not in page
    assert "Chance decided who was in which group" in plain
    assert outcomes.verify(run.folder, study).exit_code == 0
