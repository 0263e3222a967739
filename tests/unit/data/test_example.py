"""The example study: made again byte for byte, clean, and true to what its README says."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from outcomes.cohort.completion import judge_attendance
from outcomes.cohort.visits import WHY_LEFT_OUT, assign_visits
from outcomes.instruments import read_instrument
from outcomes.plan.model import AttendanceRule
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outcomes.scoring import Scores
    from outcomes.study.model import Study

ITEM_MEASURES = ("dts", "ders16", "ffmq15")
PROGRAM_MODULES = ("answers", "attendance", "cards", "events", "parameters", "people", "records", "sessions", "truth")


@pytest.fixture(scope="module")
def example(root: Path) -> Path:
    return root / "data" / "example"


@pytest.fixture(scope="module")
def study(example: Path) -> Study:
    return outcomes.read_study(example)


@pytest.fixture(scope="module")
def scores(study: Study) -> Scores:
    return score_study(study)


@pytest.fixture(scope="module")
def clients(example: Path) -> pd.DataFrame:
    return pd.read_csv(example / "clients.csv", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def program(root: Path) -> Iterator[SimpleNamespace]:
    """Modules of the program, which is a script and no package; gone again afterwards."""
    folder = str(root / "data" / "make_example")
    sys.path.insert(0, folder)
    try:
        import answers  # type: ignore[import-not-found]
        import parameters  # type: ignore[import-not-found]

        yield SimpleNamespace(answers=answers, parameters=parameters)
    finally:
        sys.path.remove(folder)
        for name in PROGRAM_MODULES:
            sys.modules.pop(name, None)


def run_program(root: Path, *arguments: str) -> str:
    command = [sys.executable, str(root / "data" / "make_example"), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout  # noqa: S603  # our own program


# --- The program and what it wrote ------------------------------------------------------------------------------------


def test_the_program_writes_byte_for_byte_what_is_committed(root: Path, example: Path, tmp_path: Path) -> None:
    run_program(root, "--out", str(tmp_path))
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(example).as_posix(): path.read_bytes() for path in example.rglob("*") if path.is_file()}
    for written_by_a_report in ("release.key", "release.ledger"):
        del kept[written_by_a_report]
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


def test_tables_have_plain_line_ends_and_no_byte_order_mark(example: Path) -> None:
    for path in example.rglob("*.csv"):
        if path.name != "evidence.csv":
            body = path.read_bytes()
            assert b"\r" not in body
            assert not body.startswith(b"\xef\xbb\xbf")


def test_it_says_that_it_is_synthetic_wherever_it_is_shown(study: Study, example: Path) -> None:
    assert "SYNTHETIC DATA" in study.plan.title
    assert "SYNTHETIC DATA" in (example / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert "SYNTHETIC DATA" in (example / "plan.toml").read_text(encoding="utf-8").splitlines()[0]
    assert set(pd.read_csv(example / "costs.csv")["source"]) == {"invented for the example"}


PUBLISHED_NUMBERS = (
    *(f"{what}_{arm}" for what in ("n", "mean", "sd", "events", "total") for arm in ("full", "skills")),
    *("effect", "low", "high"),
)


def test_the_evidence_has_the_published_numbers_of_the_shared_table(example: Path, shared: Path) -> None:
    """Its words are for readers, its facts are those that were found: each number of each publication."""
    ours, found = (
        sorted(
            (row["doi"], row["year"], name, row[name])
            for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
            for name in PUBLISHED_NUMBERS
            if row[name] and row["outcome"] != "randomised"  # how many were allocated is no result
        )
        for file in (example / "evidence.csv", shared / "evidence" / "evidence.csv")
    )
    assert ours == found


def test_what_the_report_prints_of_the_evidence_holds_no_working_note(example: Path) -> None:
    """The remarks of whoever keeps the table stand in the column note, which is not printed."""
    working = (
        "recalled",
        "confidence",
        "unchecked",
        "conflict",
        "note",
        "derived",
        "left blank",
        "abstract:",
        "randomised",
    )
    rows = list(csv.DictReader((example / "evidence.csv").read_text(encoding="utf-8").splitlines()))
    printed = [
        row[name].casefold() for row in rows for name in ("study", "outcome", "measure", "effect", "effect_type")
    ]
    assert [text for text in printed if any(word in text for word in working)] == []


def test_the_program_scores_as_the_package_does_by_rules_of_its_own(program: SimpleNamespace, study: Study) -> None:
    for name in ITEM_MEASURES:
        scale, instrument = program.parameters.SCALES[name], read_instrument(name)
        assert scale.reversed_items == tuple(sorted(instrument.reversed_items))
        assert (scale.n_items, scale.lowest) == (instrument.n_items, instrument.answers[0])
        answers = study.items[name].filter(regex=r"^q\d+$").to_numpy(dtype=float, na_value=np.nan)
        whole = ~np.isnan(answers).any(axis=1)
        score = scores_of(study, name)
        np.testing.assert_allclose(program.answers.score(scale, answers)[whole], score[whole], rtol=1e-12)


def scores_of(study: Study, name: str) -> np.ndarray:
    frame = score_study(study).frame
    keys = study.items[name][["client_id", "date"]]
    return keys.merge(frame[frame["measure"] == name], on=["client_id", "date"], how="left")["score"].to_numpy(float)


# --- Who and when ----------------------------------------------------------------------------------------------------


def test_180_people_of_two_arms_started_in_2023_to_2025(clients: pd.DataFrame) -> None:
    assert len(clients) == 180
    assert clients["client_id"].str.fullmatch(r"S\d{3}").all()
    counts = clients["arm"].value_counts()
    assert abs(counts["full"] - 110) <= 6
    assert abs(counts["skills"] - 70) <= 6
    assert set(clients["start_date"].str[:4]) == {"2023", "2024", "2025"}


def test_every_skills_group_holds_both_arms_at_one_site(clients: pd.DataFrame) -> None:
    by_group = clients.groupby("group_id")
    assert len(by_group) == 14
    assert by_group.size().between(8, 16).all()
    assert (by_group["arm"].nunique() == 2).all()
    assert has_one_site(clients, "group_id")


def test_thirteen_therapists_see_the_full_arm_only(clients: pd.DataFrame) -> None:
    full = clients["arm"] == "full"
    assert clients.loc[full, "therapist_id"].nunique() == 13
    assert (clients.loc[full, "therapist_id"] != "").all()
    assert (clients.loc[~full, "therapist_id"] == "").all()
    assert has_one_site(clients[full], "therapist_id")


def has_one_site(clients: pd.DataFrame, cluster: str) -> bool:
    return not clients[[cluster, "site"]].drop_duplicates()[cluster].duplicated().any()


def test_about_a_quarter_to_a_third_is_not_seen_at_the_end(study: Study, scores: Scores) -> None:
    placed = assign_visits(scores.frame, study.clients, study.plan)
    at_end = placed[(placed["visit"] == "end") & placed["score"].notna() & placed["left_out"].isna()]
    for name in ITEM_MEASURES:
        assert 0.2 < 1 - (at_end["measure"] == name).sum() / 180 < 0.33


def test_some_questionnaires_are_outside_every_window(study: Study, scores: Scores) -> None:
    placed = assign_visits(scores.frame, study.clients, study.plan)
    reasons = placed["left_out"].value_counts()
    assert [WHY_LEFT_OUT[word] for word in reasons.index] == ["dated outside every visit window"]
    assert 3 <= reasons.iloc[0] <= 30


# --- Reading and scoring ---------------------------------------------------------------------------------------------


def test_it_reads_and_scores_without_anything_to_mend(study: Study, scores: Scores) -> None:
    # people are followed up after their end, as the plan's last visit wants it, and one has many times the self-harm of
    # anybody else, by design; nothing else is to be said
    assert {(finding.level, finding.code) for finding in study.findings} <= {
        ("CHECK", "E286"),
        ("NOTE", "E245"),
        ("NOTE", "E258"),
        ("NOTE", "E278"),
    }
    assert scores.findings == ()


def test_alphas_of_the_items_are_those_of_good_questionnaires(scores: Scores) -> None:
    assert set(scores.alphas) == {*ITEM_MEASURES, "dbt_wccl"}
    assert all(0.85 <= scores.alphas[name] <= 0.92 for name in ITEM_MEASURES)
    assert 0.9 <= scores.alphas["dbt_wccl"] <= 0.97  # of the 38 items of skills use


def test_a_few_answers_are_missing_below_and_above_the_cap(study: Study, scores: Scores) -> None:
    for name in ITEM_MEASURES:
        answers = study.items[name].filter(regex=r"^q\d+$")
        assert 0.01 < answers.isna().to_numpy().mean() < 0.03
        assert scores.prorated[name] > 20
        assert 1 <= scores.unscored[name] <= 20


def test_alliance_begins_after_the_start_in_both_arms(study: Study) -> None:
    alliance = study.scores[study.scores["measure"] == "wai_sr"]
    assert set(alliance["visit"]) == {"mid", "end", "followup"}


# --- Sessions --------------------------------------------------------------------------------------------------------


def test_completion_is_the_stated_rule_on_attendance(study: Study) -> None:
    rule = AttendanceRule(minimum_share=0.75, stream="group", longest_run_missed=4)
    judged = judge_attendance(study.clients, study.attendance, rule)
    np.testing.assert_array_equal(judged, study.clients["completed"].astype(float).to_numpy())


def test_each_attended_individual_session_has_one_record(example: Path) -> None:
    attended = pd.read_csv(example / "attendance.csv").query("kind == 'individual' and status == 'attended'")
    records = pd.read_csv(example / "sessions.csv")
    keys = ["client_id", "date", "minutes"]
    pd.testing.assert_frame_equal(
        attended[keys].reset_index(drop=True), records[keys].reset_index(drop=True), check_dtype=False
    )


def test_only_the_full_arm_has_individual_sessions_and_minutes_are_of_held_ones(
    example: Path, clients: pd.DataFrame
) -> None:
    attendance = pd.read_csv(example / "attendance.csv").merge(clients[["client_id", "arm"]], on="client_id")
    assert set(attendance.loc[attendance["kind"] == "individual", "arm"]) == {"full"}
    assert ((attendance["status"] == "attended") == attendance["minutes"].notna()).all()
    assert attendance["week"].between(1, 24).all()


def test_nothing_is_on_offer_after_four_group_sessions_missed_in_a_row(example: Path) -> None:
    group = pd.read_csv(example / "attendance.csv").query("kind == 'group' and status != 'cancelled_by_service'")
    for _, one in group.groupby("client_id"):
        absent = "".join("x" if status != "attended" else "." for status in one.sort_values("week")["status"])
        assert absent.find("xxxx") in {-1, len(absent) - 4}


def test_life_threatening_targets_fall_over_the_weeks(example: Path) -> None:
    records = pd.read_csv(example / "sessions.csv")
    risk = records["target"].str.startswith("life_threatening")
    assert risk[records["session"] <= 6].mean() > 1.5 * risk[records["session"] > 15].mean()


def test_homework_is_reviewed_only_where_it_was_set_the_time_before(example: Path) -> None:
    records = pd.read_csv(example / "sessions.csv")
    was_set = records.groupby("client_id")["homework_set"].shift(fill_value="no")
    assert (was_set[records["homework_reviewed"] == "yes"] == "yes").all()


# --- Truth -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulated(root: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Figures and their errors from fewer people than the README's, so that the test is quick."""
    lines = run_program(root, "--truth", "--people", "20000").splitlines()[1:]
    return {
        (what, kind): (float(value), float(error)) for what, kind, value, error in (line.split("\t") for line in lines)
    }


def test_the_readme_states_what_the_program_finds_to_be_true(
    example: Path, simulated: dict[tuple[str, str], tuple[float, float]]
) -> None:
    stated = read_stated(example)
    assert len(stated) == 18
    far = {
        key: (value, simulated[key])
        for key, (value, error, half_unit) in stated.items()
        # four standard errors of the difference, in 18 comparisons; and the rounding of the README
        if abs(value - simulated[key][0]) > 4 * np.hypot(error, simulated[key][1]) + half_unit
    }
    assert far == {}


def read_stated(example: Path) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Value, error and half a unit of the last digit of each cell of the README's table."""
    stated = {}
    for line in (example / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace("\u2212", "-") for cell in line.strip("|").split("|")]
        if len(cells) == 5 and all("±" in cell for cell in cells[2:]):
            for kind, cell in zip(("true", "crude", "adjusted"), cells[2:], strict=True):
                value, error = (part.strip() for part in cell.split("±"))
                stated[cells[0], kind] = (float(value), float(error), 0.5 * 10.0 ** -len(value.split(".")[1]))
    return stated


def test_self_harm_moderates_the_effect_on_ders_and_gender_moderates_none(
    example: Path, simulated: dict[tuple[str, str], tuple[float, float]]
) -> None:
    text = (example / "README.md").read_text(encoding="utf-8")
    stated = float(re.search(r"DERS-16 is ([\d.]+) points larger", text)[1])
    value, error = simulated["ders16", "self harm"]
    assert abs(-value - stated) < 4 * error
    for name in (*ITEM_MEASURES, "bsl23", "wai_sr", "completed"):
        value, error = simulated[name, "woman"]
        assert abs(value) < 4 * error


def test_the_readme_states_who_is_gone_by_the_end_and_who_completes(
    example: Path, simulated: dict[tuple[str, str], tuple[float, float]]
) -> None:
    text = (example / "README.md").read_text(encoding="utf-8")
    full, skills = re.search(r"By 24 weeks (\d+) in 100 of the\s+full programme and (\d+) of", text).groups()
    assert abs(simulated["share gone by end", "full"][0] - int(full) / 100) < 0.015
    assert abs(simulated["share gone by end", "skills"][0] - int(skills) / 100) < 0.015
    all_full, none = re.search(r"\(([\d.]+) if all started the full programme, ([\d.]+) if none", text).groups()
    assert abs(simulated["share completed", "if all full"][0] - float(all_full)) < 0.015
    assert abs(simulated["share completed", "if none"][0] - float(none)) < 0.015
