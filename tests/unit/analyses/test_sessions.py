"""What happens in 121 sessions: small drawn tables whose answer can be counted, and what is said where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import YES_NO, add_to_plan, write_active_study
from outcomes.cohort import assemble
from outcomes.questions.sessions import analysis as sessions
from outcomes.questions.sessions import order, recorded
from outcomes.questions.sessions.components import COMPONENTS, TARGETS, THIRDS
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome
from outcomes.scoring import score_study
from small_study import edit

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.cohort import Cohort


def cohort_of(folder: Path) -> Cohort:
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


def analyse(folder: Path) -> dict[str, Outcome]:
    return {outcome.id: outcome for outcome in sessions.analyse(cohort_of(folder))}


@pytest.fixture(scope="module")
def active(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_active_study(tmp_path_factory.mktemp("active") / "study")


@pytest.fixture(scope="module")
def found(active: Path) -> dict[str, Outcome]:
    return analyse(active)


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    return write_active_study(tmp_path / "study")


def test_every_component_of_the_design_has_a_share_or_a_reason(found: dict[str, Outcome]) -> None:
    for name in COMPONENTS:
        share = found[f"sessions.{name}.share"]
        if name not in YES_NO:
            assert isinstance(share, NotEstimable)
            assert name in share.reason
        else:
            assert isinstance(share, Estimate)
            assert share.interval is not None
            assert 0 < (share.interval.low or 0) < share.value < (share.interval.high or 0) < 1


def test_a_share_is_the_plain_share_of_the_sessions(found: dict[str, Outcome], active: Path) -> None:
    table = pd.read_csv(active / "sessions.csv")
    share = found["sessions.agenda_set.share"]
    assert isinstance(share, Estimate)
    assert share.value == pytest.approx((table["agenda_set"] == "yes").mean(), abs=1e-12)
    assert (share.n, share.n_full, share.n_skills) == (30, 30, None)
    count = found["sessions.recorded"]
    assert isinstance(count, Estimate)
    assert count.value == len(table)


def test_people_with_and_without_a_part_are_counted(spoilt: Path) -> None:
    def draw(table: pd.DataFrame) -> pd.DataFrame:
        first = table.drop_duplicates("client_id")["client_id"].tolist()
        table = table.copy()
        table["agenda_set"] = np.where(table["client_id"].isin(first[:3]), "no", "yes")
        table.loc[table.index[0], "agenda_set"] = "yes"
        return table

    edit(spoilt, "sessions.csv", draw)
    found = analyse(spoilt)
    people = [found[f"sessions.agenda_set.{what}"] for what in ("clients", "clients_without")]
    assert [getattr(one, "value", None) for one in people] == [30 - 2, 3]
    absent = found["sessions.feedback.clients"]  # nothing is recorded of it
    assert isinstance(absent, NotEstimable)
    assert absent.reason == "It is recorded for no session."


def test_the_course_adds_up_to_the_whole(found: dict[str, Outcome], active: Path) -> None:
    curve, table = found["sessions.agenda_set.course"], pd.read_csv(active / "sessions.csv")
    assert isinstance(curve, Curve)
    blocks = (table["session"] - 1) // 4
    kept = [place for place in range(int(blocks.max()) + 1) if 4 * place + 2.5 in curve.at]
    sizes = np.array([(blocks == place).sum() for place in kept])
    events = sum(((table["agenda_set"] == "yes") & (blocks == place)).sum() for place in kept)
    assert float(np.array(curve.value) @ sizes) == pytest.approx(events)


def test_homework_counts_as_followed_up_in_the_very_next_session(spoilt: Path) -> None:
    def draw(table: pd.DataFrame) -> pd.DataFrame:
        table = table[table["session"].astype(int) <= 4].copy()
        turn = table["session"].astype(int)
        table["homework_set"] = np.where(turn.isin([1, 2, 4]), "yes", "no")
        table["homework_reviewed"] = np.where(turn <= 2, "yes", "no")
        return table

    edit(spoilt, "sessions.csv", draw)
    share = analyse(spoilt)["sessions.homework.followed_up"]
    assert isinstance(share, Estimate)
    assert share.value == 0.5  # set at 1, reviewed at 2; set at 2, not reviewed at 3; nothing follows the last


def test_a_session_that_is_missing_in_between_is_no_next_one(spoilt: Path) -> None:
    edit(spoilt, "sessions.csv", lambda t: t[t["session"].astype(int) != 2])
    found = recorded.read_sessions(cohort_of(spoilt))
    assert found is not None
    assert not found.is_next[found.number == 3].any()
    assert found.is_next[found.number == 5].all()


def targets(spoilt: Path, course: str) -> dict[str, Outcome]:
    """Give every client sessions with these targets, in this order: l, t, q or s."""
    words = {"l": "life_threatening", "t": "therapy_interfering", "q": "quality_of_life", "s": "skills"}

    def draw(table: pd.DataFrame) -> pd.DataFrame:
        table = table[table["session"].astype(int) <= len(course)].copy()
        table["target"] = [words[course[int(turn) - 1]] for turn in table["session"]]
        return table

    edit(spoilt, "sessions.csv", draw)
    cohort = cohort_of(spoilt)
    return {outcome.id: outcome for outcome in order.describe(cohort, recorded.read_sessions(cohort))}


@pytest.mark.parametrize(
    ("course", "concordance", "life_first"),
    [("ltqs", 1.0, 1.0), ("sqtl", 0.0, 0.0), ("lqlq", 0.75, 1.0), ("qlsl", 2 / 5, 0.0), ("ssll", 0.0, 0.0)],
)
def test_the_order_of_targets_counts_pairs(spoilt: Path, course: str, concordance: float, life_first: float) -> None:
    found = targets(spoilt, course)
    pairs, first = found["sessions.order.concordance"], found["sessions.order.life_threatening_first"]
    assert isinstance(pairs, Estimate)
    assert isinstance(first, Estimate)
    assert (pairs.value, first.value) == pytest.approx((concordance, life_first))


def test_shares_of_targets_add_up_within_each_third(found: dict[str, Outcome]) -> None:
    for part in ("share", *THIRDS):
        shares = [found[f"sessions.target.{target}.{part}"] for target in TARGETS]
        assert sum(share.value for share in shares if isinstance(share, Estimate)) == pytest.approx(1.0)


def test_without_different_targets_there_is_no_order(spoilt: Path) -> None:
    found = targets(spoilt, "ssss")
    assert isinstance(found["sessions.order.concordance"], NotEstimable)
    assert isinstance(found["sessions.order.life_threatening_first"], NotEstimable)


def test_therapists_below_the_minimum_have_no_numbers(spoilt: Path, found: dict[str, Outcome]) -> None:
    assert not [name for name in found if name.startswith("sessions.therapist.")]  # five clients each
    add_to_plan(spoilt, "[disclosure]\nminimum_count = 5")
    several = analyse(spoilt)
    counts = [several[f"sessions.therapist.t{k}.clients"] for k in range(1, 7)]
    assert all(isinstance(count, Estimate) and count.value == 5 for count in counts)
    assert isinstance(several["sessions.therapist.t1.agenda_set.share"], Estimate)


def test_sessions_of_people_in_skills_only_are_counted_and_left_out(spoilt: Path) -> None:
    before = analyse(spoilt)["sessions.agenda_set.share"]
    edit(spoilt, "sessions.csv", lambda t: pd.concat([t, t.head(3).assign(client_id="P001", session=["1", "2", "3"])]))
    after = analyse(spoilt)
    assert isinstance(after["sessions.left_out"], Estimate)
    assert after["sessions.left_out"].value == 3
    assert after["sessions.agenda_set.share"] == before


def test_without_the_table_every_number_says_so(spoilt: Path) -> None:
    (spoilt / "sessions.csv").unlink()
    found = analyse(spoilt)
    mine = [outcome for name, outcome in found.items() if name.startswith("sessions.")]
    assert len(mine) > 40
    assert {outcome.reason for outcome in mine if isinstance(outcome, NotEstimable)} == {recorded.ABSENT}
    assert all(isinstance(outcome, NotEstimable) for outcome in mine)


def test_rows_in_another_order_change_nothing(spoilt: Path, found: dict[str, Outcome]) -> None:
    for name in ("sessions.csv", "attendance.csv", "clients.csv"):
        edit(spoilt, name, lambda t: t.sample(frac=1, random_state=3))
    assert analyse(spoilt) == found


def test_with_dates_alone_the_order_is_that_of_the_dates(spoilt: Path, found: dict[str, Outcome]) -> None:
    edit(spoilt, "sessions.csv", lambda t: t.drop(columns="session"))
    dated = analyse(spoilt)
    for name in ("sessions.order.concordance", "sessions.homework.followed_up", "sessions.target.skills.last"):
        assert dated[name] == found[name]


def test_dose_is_only_offered_from_a_visit_in_the_middle(spoilt: Path, found: dict[str, Outcome]) -> None:
    assert isinstance(found["dose.mood.end.per_session"], Estimate)
    plan = (spoilt / "plan.toml").read_text()
    (spoilt / "plan.toml").write_text(plan.replace('primary = "end"', 'primary = "mid"'))
    without = analyse(spoilt)["dose.mood.mid.per_session"]
    assert isinstance(without, NotEstimable)
    assert "no visit between" in without.reason


def test_later_sessions_and_later_scores_of_others_do_not_move_the_dose(
    spoilt: Path, found: dict[str, Outcome]
) -> None:
    edit(
        spoilt, "attendance.csv", lambda t: t.assign(status=np.where(t["week"].astype(int) > 12, "missed", t["status"]))
    )
    cut = analyse(spoilt)
    slopes = [name for name in found if name.startswith("dose.") and name.endswith("per_session")]
    assert [cut[name] for name in slopes] == [found[name] for name in slopes]


def test_a_dose_that_works_is_found(spoilt: Path) -> None:
    table = pd.read_csv(spoilt / "attendance.csv")
    came = table[(table["status"] == "attended") & (table["week"] <= 12)].groupby("client_id").size()

    def draw(scores: pd.DataFrame) -> pd.DataFrame:
        mine = scores["visit"].eq("end") & scores["measure"].eq("mood")
        mid = (
            scores[scores["visit"].eq("mid") & scores["measure"].eq("mood")]
            .set_index("client_id")["score"]
            .astype(float)
        )
        noise = np.random.default_rng(3).normal(0, 0.3, len(scores))
        value = (
            40
            + noise
            - came.reindex(scores["client_id"]).to_numpy()
            + 0.01 * mid.reindex(scores["client_id"]).to_numpy()
        )
        return scores.assign(score=np.where(mine & ~np.isnan(value), np.round(value, 3).astype(str), scores["score"]))

    edit(spoilt, "scores.csv", draw)
    slope = analyse(spoilt)["dose.mood.end.per_session"]
    assert isinstance(slope, Estimate)
    assert slope.value == pytest.approx(-1.0, abs=0.1)


def test_pace_and_mediation_have_limits_and_alliance_is_compared(found: dict[str, Outcome]) -> None:
    curve = found["pace.mood.full"]
    assert isinstance(curve, Curve)
    assert curve.at == (12.0, 24.0)
    assert list(curve.value) == sorted(curve.value)
    gap = found["pace.mood.difference"]
    assert isinstance(gap, Estimate | NotEstimable)
    parts = [found[f"mediation.mood.end.bond.{part}"] for part in ("direct", "indirect", "total")]
    assert all(isinstance(part, Estimate) for part in parts)
    direct, indirect, total = (part.value for part in parts if isinstance(part, Estimate))
    assert direct + indirect == pytest.approx(total, abs=1e-12)
    assert isinstance(found["alliance.mid.full.mean"], Estimate)
    assert isinstance(found["alliance.end.difference"], Estimate)
    assert isinstance(found["alliance.mood.end.per_sd"], Estimate)


def test_the_same_seed_draws_the_same_samples_and_another_does_not(spoilt: Path, found: dict[str, Outcome]) -> None:
    name = "mediation.mood.end.bond.direct"
    assert analyse(spoilt)[name] == found[name]
    add_to_plan(spoilt, "[random]\nseed = 3")
    assert analyse(spoilt)[name] != found[name]


def test_the_plan_may_name_skills_use_as_the_mediator(spoilt: Path) -> None:
    add_to_plan(spoilt, '[sessions]\nmediators = ["skill"]')
    found = analyse(spoilt)
    assert isinstance(found["mediation.mood.end.skill.indirect"], Estimate)
    assert not [name for name in found if ".bond." in name and name.startswith("mediation")]


def test_few_therapists_leave_the_clients_as_clusters(tmp_path: Path) -> None:
    found = analyse(write_active_study(tmp_path / "study", therapists=2))
    share = found["sessions.agenda_set.share"]
    assert isinstance(share, Estimate)
    assert "CR2 by client" in share.method


def test_where_nobody_shares_anything_dose_is_least_squares_with_hc3(spoilt: Path) -> None:
    from statsmodels.regression.linear_model import OLS

    plan = (
        (spoilt / "plan.toml")
        .read_text()
        .replace('therapist = "therapist_id"', "")
        .replace('["age", "gender"]', '["age"]')
    )
    (spoilt / "plan.toml").write_text(plan)
    found = analyse(spoilt)["dose.mood.end.per_session"]
    scores = pd.read_csv(spoilt / "scores.csv").query("measure == 'mood'").pivot_table("score", "client_id", "visit")
    table = pd.read_csv(spoilt / "attendance.csv").query("status == 'attended' and week <= 12")
    frame = scores.join(table.groupby("client_id").size().rename("came")).dropna()
    frame = frame.join(pd.read_csv(spoilt / "clients.csv").set_index("client_id")[["arm", "age"]])
    design = np.column_stack(
        [np.ones(len(frame)), frame["came"], frame["arm"] == "full", frame[["mid", "start", "age"]]]
    )
    fit = OLS(frame["end"] - frame["mid"], design.astype(float)).fit(cov_type="HC3", use_t=True)
    assert isinstance(found, Estimate)
    assert (found.value, found.se, found.p_value) == pytest.approx(
        (fit.params.iloc[1], fit.bse.iloc[1], fit.pvalues.iloc[1])
    )
    assert "HC3" in found.method


@pytest.mark.parametrize("n", [4, 6, 10])
def test_few_people_give_numbers_or_reasons(tmp_path: Path, n: int) -> None:
    assert analyse(write_active_study(tmp_path / "study", n=n))
