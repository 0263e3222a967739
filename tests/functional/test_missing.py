"""Missing scores at the edge: the right number, or its reason; and draws that nothing irrelevant changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import outcomes
from outcomes.cohort import assemble
from outcomes.models.imputation import prepare_imputation
from outcomes.questions.catalogue import CATALOGUE
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.scoring import score_study
from small_study import edit, write_small_study

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.results.outcome import Outcome

AT = "imputation.mood.end"
SAME = ("mar", "jump_to_reference", "copy_increments", "copy_reference")
Table = pd.DataFrame


def answer(folder: Path) -> Mapping[str, Outcome]:
    """Answer the questions concerned, and no others: that is quicker."""
    study = outcomes.read_study(folder)
    cohort = assemble(study, score_study(study))
    found = (CATALOGUE[name].analyse for name in ("flow", "outcomes", "missing"))
    return {outcome.id: outcome for ask in found if ask is not None for outcome in ask(cohort)}


def estimate(results: Mapping[str, Outcome], what: str) -> Estimate:
    found = results[f"{AT}.{what}"]
    assert isinstance(found, Estimate), found
    return found


def reason(results: Mapping[str, Outcome], what: str) -> str:
    found = results[f"{AT}.{what}"]
    assert isinstance(found, NotEstimable), found
    return found.reason


def complete(scores: Table) -> Table:
    """Give everybody every score: that of the visit before, a little changed, where there is none."""
    known = {(row.client_id, row.visit, row.measure): float(row.score) for row in scores.itertuples()}
    rows = []
    for number in range(1, 61):
        client = f"P{number:03d}"
        for measure, last, step in (("mood", 25.0, 2), ("skill", 2.0, 0.1)):
            for visit in ("start", "mid", "end"):
                last = known.get((client, visit, measure), last + step * (number % 3))  # noqa: PLW2901  # carried on
                rows.append((client, visit, measure, f"{min(last, 63 if measure == 'mood' else 4):.2f}"))
    return pd.DataFrame(rows, columns=["client_id", "visit", "measure", "score"])


def in_full(scores: Table) -> pd.Series:
    return scores["client_id"].str[1:].astype(int) % 2 == 0


def test_where_nobody_dropped_out_nothing_is_assumed(small_study: Path) -> None:
    edit(small_study, "scores.csv", complete)
    results = answer(small_study)
    ancova = results["ancova.mood.end.difference"]
    assert isinstance(ancova, Estimate)
    for what in SAME:
        assert estimate(results, what).value == pytest.approx(ancova.value, rel=1e-9)
        pooled = estimate(results, f"{what}_rubin")
        assert (pooled.value, pooled.se, pooled.df) == pytest.approx((ancova.value, ancova.se, ancova.df), rel=1e-9)
    assert estimate(results, "monte_carlo_error").value < 1e-12
    assert "Nobody was lost" in reason(results, "tipping_point")
    assert "Nobody was lost" in reason(results, "by_delta")


def test_where_everybody_left_after_the_start_there_is_a_reason(small_study: Path) -> None:
    edit(small_study, "scores.csv", lambda s: s[s["visit"] == "start"])
    results = answer(small_study)
    assert reason(results, "mar") == reason(results, "tipping_point") == reason(results, "jump_to_reference_rubin")
    assert results["missing.mood.end.full.share"].value == 1  # type: ignore[union-attr]


def test_an_arm_unseen_at_the_visit_is_a_reason(small_study: Path) -> None:
    edit(small_study, "scores.csv", lambda s: s[(s["visit"] != "end") | in_full(s)])
    results = answer(small_study)
    assert "nobody was seen at this visit" in reason(results, "mar")
    assert isinstance(results["mmrm.mood.mid.difference"], Estimate)


def test_an_arm_that_nobody_left_is_as_missing_at_random(small_study: Path) -> None:
    stayed = complete(pd.read_csv(small_study / "scores.csv", dtype=str)).astype(str)
    edit(small_study, "scores.csv", lambda s: pd.concat([stayed[in_full(stayed)], s[~in_full(s)]]))
    results = answer(small_study)
    for what in SAME[1:]:
        assert estimate(results, what).value == estimate(results, "mar").value
        assert estimate(results, what).se == estimate(results, "mar").se
    assert estimate(results, "worse_skills").value != estimate(results, "mar").value
    told = reason(results, "tipping_lean")  # beside a third of the others who were: it said that nobody was lost
    assert told.startswith("Nobody was lost by this visit from the programme that these assumptions move")


def test_without_a_start_there_is_a_reason_and_with_some_the_others_are_used(small_study: Path) -> None:
    edit(small_study, "scores.csv", lambda s: s[(s["visit"] != "start") | (s["client_id"] > "P010")])
    assert estimate(answer(small_study), "mar").n == 50
    edit(small_study, "scores.csv", lambda s: s[s["visit"] != "start"])
    assert "at the start" in reason(answer(small_study), "mar")


def test_one_pattern_alone_is_enough(small_study: Path) -> None:
    def drop(scores: Table) -> Table:
        whole = complete(scores).astype(str)
        return whole[~((whole["visit"] == "mid") & in_full(whole))]

    edit(small_study, "scores.csv", drop)
    assert "Nobody was lost" in reason(answer(small_study), "tipping_point")  # each was seen at the last visit


def test_visits_that_repeat_each_other_give_a_number_or_a_reason(small_study: Path) -> None:
    def repeat(scores: Table) -> Table:
        end = scores[scores["visit"] == "mid"].assign(visit="end")
        return pd.concat([scores[scores["visit"] != "end"], end[end["client_id"] < "P045"]])

    edit(small_study, "scores.csv", repeat)
    results = answer(small_study)
    for what in (*SAME, *(f"{what}_rubin" for what in SAME), "tipping_point", "by_delta"):
        assert results[f"{AT}.{what}"] is not None


def test_the_reference_may_be_the_other_arm(small_study: Path) -> None:
    before = answer(small_study)
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan + '[missing]\nreference = "full"\nimputations = 20\n')
    after = answer(small_study)
    assert estimate(after, "mar").value == estimate(before, "mar").value
    assert estimate(after, "jump_to_reference").value != estimate(before, "jump_to_reference").value
    assert estimate(after, "tipping_lean").value == estimate(before, "tipping_lean").value


def test_rows_and_names_change_no_draw(tmp_path: Path) -> None:
    plain = answer(write_small_study(tmp_path / "plain"))
    other = write_small_study(tmp_path / "other")
    names = {f"P{k:03d}": f"Q{(k * 37) % 61:03d}" for k in range(1, 61)}
    for name in ("clients.csv", "scores.csv"):
        edit(other, name, lambda t: t.assign(client_id=t["client_id"].map(names)).sample(frac=1, random_state=3))
    renamed = answer(other)
    for what in (*SAME, *(f"{what}_rubin" for what in SAME), "worse_full", "tipping_lean"):
        assert estimate(renamed, what).value == pytest.approx(estimate(plain, what).value, rel=1e-6)


def test_the_scores_of_a_measure_are_drawn_once_whoever_asks(small_study: Path) -> None:
    study = outcomes.read_study(small_study)
    cohort = assemble(study, score_study(study))
    one, other = (prepare_imputation(cohort, "mood") for _ in range(2))
    assert one is other
    assert one.completed is other.completed
    assert prepare_imputation(cohort, "skill").completed is not one.completed


def test_patterns_and_kinds_add_up_to_those_who_started(small_study: Path) -> None:
    results = answer(small_study)
    for arm in ("full", "skills"):
        started = results[f"flow.{arm}.started"].value  # type: ignore[union-attr]
        for part in ("pattern", "kind"):
            found = [o.value for k, o in results.items() if k.startswith(f"missing.mood.{part}.") and k.endswith(arm)]
            assert sum(found) == started
        seen = results[f"flow.mood.end.{arm}.observed"].value  # type: ignore[union-attr]
        share = results[f"missing.mood.end.{arm}.share"].value  # type: ignore[union-attr]
        assert share == pytest.approx(1 - seen / started, abs=1e-15)
        gone = [
            results[f"missing.mood.pattern.{word}.{arm}"].value  # type: ignore[union-attr]
            for word in ("ssm", "smm", "msm", "mmm")
            if f"missing.mood.pattern.{word}.{arm}" in results
        ]
        assert results[f"missing.mood.end.{arm}.lost"].value == sum(gone)  # type: ignore[union-attr]


@pytest.mark.parametrize(("groups", "enough"), [(12, True), (3, False)])
def test_people_who_share_a_group_are_left_out_together(small_study: Path, groups: int, enough: bool) -> None:
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\nskills_group = "group_id"'))
    edit(small_study, "clients.csv", lambda c: c.assign(group_id=(c.index % groups).astype(str)))
    results = answer(small_study)
    if not enough:
        assert "at least 4 groups" in reason(results, "mar_clustered")
        return
    found, alone = estimate(results, "mar_clustered"), estimate(results, "mar")
    assert found.value == alone.value
    assert found.df == 11
    assert found.se != alone.se
