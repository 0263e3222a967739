"""A clinic contributes to a pool: what is agreed, what is refused before anything is written, and an attack on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import OutputExistsError
from outcomes.pooling import contribute as contributing
from outcomes.pooling.agreement import read_agreement, to_toml
from outcomes.pooling.contribute import contribute, make_again, say_what_leaves
from outcomes.pooling.contribution import read_contribution
from outcomes.pooling.refusals import AgreementError, ContributionRefusedError, PoolRefusedError
from outcomes.pooling.remembered import POOLS_FILE
from pooled_clinics import CLINICS, TWO_MEASURES, agree, write_clinics
from small_study import edit, write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.pooling.agreement import Agreement


@pytest.fixture(autouse=True)
def without_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the released results out, which cost most of the time and are tested elsewhere."""
    monkeypatch.setattr(contributing, "list_shared", lambda _: [])


@pytest.fixture
def clinics(tmp_path: Path) -> dict[str, Path]:
    return write_clinics(tmp_path)


def send(agreement: Agreement, study: Path, clinic: str = "west") -> Path:
    out = study.with_name(f"{clinic}-{agreement.digest[:6]}.json")
    contribute(agreement, study, clinic=clinic, out=out)
    return out


def change_scores(study: Path, rows: int, by: int = 1) -> None:
    """Change the scores of so many people."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        some = sorted(set(table["client_id"]))[:rows]
        mine = table["client_id"].isin(some) & (table["measure"] == "mood") & (table["visit"] == "start")
        moved = (pd.to_numeric(table.loc[mine, "score"]) - by).abs().astype(int).astype(str)
        return table.assign(score=table["score"].where(~mine, moved))

    edit(study, "scores.csv", change)


def find_seen_throughout(study: Path) -> str:
    """Name a person who was seen at every visit, and so is in the sums."""
    scores = pd.read_csv(study / "scores.csv").query("measure == 'mood'")
    counts = scores.groupby("client_id").size()
    return str(counts.index[counts == 3][0])


def test_an_agreement_is_read_as_it_was_written_and_not_after_it_was_edited(clinics: dict[str, Path]) -> None:
    made, path = agree(clinics["west"]), clinics["west"].with_name("POOL.toml")
    path.write_text(to_toml(made), encoding="utf-8")
    assert read_agreement(path) == made
    path.write_text(to_toml(made).replace("threshold = 8", "threshold = 3"), encoding="utf-8")
    with pytest.raises(AgreementError, match="not as outcomes pool new wrote it"):
        read_agreement(path)


def test_two_clinics_and_a_threshold_below_the_plans_are_refused(clinics: dict[str, Path]) -> None:
    with pytest.raises(AgreementError, match="at least 3 clinics"):
        agree(clinics["west"], clinics=CLINICS[:2])
    with pytest.raises(AgreementError, match="lower than the minimum count"):
        agree(clinics["west"], threshold=7)


def test_a_level_that_few_have_is_not_agreed_on_without_saying_what_it_counts_as(clinics: dict[str, Path]) -> None:
    edit(clinics["west"], "clients.csv", lambda table: table.assign(gender=table["gender"].where(table.index > 2, "x")))
    with pytest.raises(AgreementError, match=r'fewer than 8 people.*row 2 of clients.csv.*--merge "gender:LEVEL'):
        agree(clinics["west"])
    made = agree(clinics["west"], merges={("gender", "x"): "woman"})
    assert made.levels_of("gender") == ("woman", "man")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda plan: plan.replace("range = [0, 63]", "range = [0, 60]"), "measures.mood.range"),
        (lambda plan: plan.replace("week = 24", "week = 26"), "visits.end.week"),
        (lambda plan: plan.replace('better = "lower"', 'better = "higher"'), "measures.mood.better"),
        (lambda plan: plan.replace("worthwhile = 5", "worthwhile = 4"), "measures.mood.worthwhile"),
        (lambda plan: plan.replace('["age", "gender"]', '["age"]'), "covariates"),
        (lambda plan: plan.replace('primary = "end"', 'primary = "mid"'), "primary"),
    ],
)
def test_another_plan_is_refused_by_the_key_that_differs(
    clinics: dict[str, Path], change: Callable[[str], str], named: str
) -> None:
    agreement, plan = agree(clinics["west"]), clinics["south"] / "plan.toml"
    plan.write_text(change(plan.read_text(encoding="utf-8")), encoding="utf-8")
    out = clinics["south"].with_name("out.json")
    with pytest.raises(ContributionRefusedError, match=named):
        contribute(agreement, clinics["south"], clinic="south", out=out)
    assert not out.exists()
    assert not (clinics["south"] / POOLS_FILE).exists()


def test_labels_and_the_words_of_the_arms_may_differ(clinics: dict[str, Path]) -> None:
    agreement, plan = agree(clinics["west"]), clinics["south"] / "plan.toml"
    text = plan.read_text(encoding="utf-8").replace('label = "Mid"', 'label = "Half-way"')
    plan.write_text(text.replace('value = "full"', 'value = "F"'), encoding="utf-8")
    edit(clinics["south"], "clients.csv", lambda table: table.assign(arm=table["arm"].replace("full", "F")))
    assert send(agreement, clinics["south"], "south").exists()


def test_a_level_that_was_not_agreed_and_a_clinic_that_was_not_named_are_refused(clinics: dict[str, Path]) -> None:
    agreement = agree(clinics["west"])
    with pytest.raises(ContributionRefusedError, match="names no clinic of that name"):
        send(agreement, clinics["south"], "east")
    edit(
        clinics["south"], "clients.csv", lambda table: table.assign(gender=table["gender"].where(table.index > 8, "x"))
    )
    with pytest.raises(ContributionRefusedError, match=r"gender: 9 rows of clients.csv hold a level") as refused:
        send(agreement, clinics["south"], "south")
    assert "'x'" not in str(refused.value)


def test_the_same_contribution_can_be_made_again_and_has_the_same_digest(clinics: dict[str, Path]) -> None:
    agreement = agree(clinics["west"])
    path = send(agreement, clinics["west"])
    first = path.read_bytes()
    path.unlink()
    # the order of rows is no part of it
    edit(clinics["west"], "clients.csv", lambda table: table.iloc[::-1])
    assert send(agreement, clinics["west"]).read_bytes() == first
    again = make_again(agreement, clinics["west"], clinic="west")
    assert again.digest == json.loads(first)["digest"]


def test_a_second_contribution_and_one_that_differs_by_few_people_are_refused(clinics: dict[str, Path]) -> None:
    agreement = agree(clinics["west"])
    path = send(agreement, clinics["west"])
    change_scores(clinics["west"], 20)
    with pytest.raises(OutputExistsError):
        send(agreement, clinics["west"])
    path.unlink()
    with pytest.raises(ContributionRefusedError, match="A pool takes one contribution of each clinic"):
        send(agreement, clinics["west"])
    assert not path.exists()


def test_in_another_pool_too_a_contribution_may_not_differ_by_few_people(clinics: dict[str, Path]) -> None:
    send(agree(clinics["west"]), clinics["west"])
    change_scores(clinics["west"], 4)  # of whom some are in the sums
    other = agree(clinics["west"], name="other")
    with pytest.raises(ContributionRefusedError, match="differs from this one by fewer people than the threshold"):
        send(other, clinics["west"])
    change_scores(clinics["west"], 4, by=-1)  # as it was
    assert send(other, clinics["west"]).exists()


def test_another_pool_whose_covariates_let_one_more_person_in_is_refused(clinics: dict[str, Path]) -> None:
    study = clinics["west"]
    one = find_seen_throughout(study)
    edit(study, "clients.csv", lambda table: table.assign(age=table["age"].where(table["client_id"] != one, "")))
    send(agree(study), study)
    text = (study / "plan.toml").read_text(encoding="utf-8")
    (study / "plan.toml").write_text(text.replace('["age", "gender"]', '["gender"]'), encoding="utf-8")
    with pytest.raises(ContributionRefusedError, match="fewer people than the threshold"):
        send(agree(study, name="other"), study)


def test_without_that_refusal_the_difference_of_two_contributions_is_one_persons_scores(
    clinics: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Show what is refused: the attack works where nothing stops it."""
    study = clinics["west"]
    one = find_seen_throughout(study)
    edit(study, "clients.csv", lambda table: table.assign(age=table["age"].where(table["client_id"] != one, "")))
    first = json.loads(send(agree(study), study).read_text())
    text = (study / "plan.toml").read_text(encoding="utf-8")
    (study / "plan.toml").write_text(text.replace('["age", "gender"]', '["gender"]'), encoding="utf-8")
    monkeypatch.setattr(contributing, "judge", lambda *_, **__: None)
    second = json.loads(send(agree(study, name="other"), study).read_text())

    def sum_starts(told: dict[str, object]) -> float:
        blocks = told["measures"]["mood"]["blocks"]  # type: ignore[index]
        return sum(block["products"][0][2] for block in blocks)

    scores = pd.read_csv(study / "scores.csv").query("measure == 'mood' and visit == 'start'").set_index("client_id")
    assert sum_starts(second) - sum_starts(first) == scores.loc[one, "score"]


def test_where_nothing_can_be_remembered_nothing_is_contributed(
    clinics: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = agree(clinics["west"])
    (clinics["west"] / POOLS_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ContributionRefusedError, match="cannot be read"):
        send(agreement, clinics["west"])
    (clinics["west"] / POOLS_FILE).unlink()
    monkeypatch.setattr("outcomes.pooling.remembered.open_ledger", lambda _: None)
    with pytest.raises(ContributionRefusedError, match="cannot be remembered"):
        send(agreement, clinics["west"])


def test_a_clinic_too_small_for_sums_is_told_of_the_other_road(tmp_path: Path) -> None:
    agreement = agree(write_small_study(tmp_path / "large", n=60))
    with pytest.raises(ContributionRefusedError, match="too small for sums"):
        send(agreement, write_small_study(tmp_path / "north", n=14, seed=3), "north")


def test_the_file_says_in_plain_words_what_leaves_and_holds_no_row(clinics: dict[str, Path]) -> None:
    agreement, study = agree(clinics["west"]), clinics["west"]
    out = study.with_name("west.json")
    said = "\n".join(say_what_leaves(contribute(agreement, study, clinic="west", out=out), agreement))
    assert "No sum is of fewer than 8 people" in said
    assert "left out so that no group is smaller" in said
    text = out.read_text(encoding="utf-8")
    assert "left out" not in text  # how few were left out stays inside
    ids = set(pd.read_csv(study / "clients.csv")["client_id"])
    assert not [client for client in ids if client in text]


@pytest.mark.parametrize(
    "forge",
    [
        lambda told: told.update(pool="0" * 64),
        lambda told: told["measures"]["mood"]["blocks"][0].update(people=3),
        lambda told: told["measures"]["mood"]["own"][1].update(difference=-20.0),
        lambda told: told.update(clinic="east"),
    ],
)
def test_a_forged_file_is_refused_even_with_a_digest_of_its_own(
    clinics: dict[str, Path], forge: Callable[[dict[str, object]], None]
) -> None:
    from outcomes.core.digests import seal

    agreement = agree(clinics["west"])
    path = send(agreement, clinics["west"])
    told = json.loads(path.read_text(encoding="utf-8"))
    forge(told)
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(PoolRefusedError, match="not as outcomes pool contribute wrote it"):
        read_contribution(path, agreement)
    path.write_text(json.dumps(seal(told)), encoding="utf-8")
    with pytest.raises(PoolRefusedError):
        read_contribution(path, agreement)


def test_no_count_of_a_contribution_is_below_the_threshold(tmp_path: Path) -> None:
    clinics = write_clinics(tmp_path, plan=TWO_MEASURES)
    agreement = agree(clinics["west"])
    for clinic, study in clinics.items():
        told = json.loads(send(agreement, study, clinic).read_text(encoding="utf-8"))
        blocks = [block for one in told["measures"].values() for block in one["blocks"]]
        assert blocks
        level = told["columns"].index("gender: man")
        for block in blocks:
            people, products = block["people"], np.array(block["products"])
            with_level, in_full = products[0, level], products[1, level]
            counts = [block["full"], people - block["full"], with_level, people - with_level]
            counts += [in_full, block["full"] - in_full, with_level - in_full]
            counts += [people - block["full"] - with_level + in_full]
            assert all(count == 0 or count >= 8 for count in counts)


def test_no_persons_score_follows_from_the_sums_of_a_block(clinics: dict[str, Path]) -> None:
    """Other scores, far from those that were given, have the very same sums: for each person of each block."""
    agreement = agree(clinics["west"])
    told = json.loads(send(agreement, clinics["west"]).read_text(encoding="utf-8"))
    rng = np.random.default_rng(1)
    for block in told["measures"]["mood"]["blocks"]:
        gram, n, full = np.array(block["products"]), block["people"], block["full"]
        known = np.column_stack([np.ones(n), np.r_[np.ones(full), np.zeros(n - full)]])  # all but whose arm it is
        free = [place for place in range(2, len(gram)) if gram[place, place] > 0]
        fixed, own = gram[:2, :2], gram[:2][:, free]
        on_known = np.linalg.solve(fixed, own)
        left = gram[np.ix_(free, free)] - own.T @ on_known
        root = np.linalg.cholesky(left)
        across = np.linalg.qr(np.column_stack([known, rng.normal(size=(n, n - 2))]))[0][:, 2:]
        assert n - 2 > len(free) + 1  # room to turn in
        found = []
        for _ in range(30):
            turn = np.linalg.qr(rng.normal(size=(n - 2, len(free))))[0]
            rows = np.column_stack([known, known @ on_known + across @ turn @ root.T])
            whole = [0, 1, *free]
            assert rows.T @ rows == pytest.approx(gram[np.ix_(whole, whole)], rel=1e-9)
            found.append(rows[:, 2])
        assert np.ptp(found, axis=0).min() > 5.0  # points of the score at the start, of every single person
