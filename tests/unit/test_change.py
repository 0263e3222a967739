"""The analysis of change on a small study: shares add up, and what is not known is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from outcomes.blocks.context import Context
from outcomes.blocks.model import Table
from outcomes.blocks.quote import Quoter
from outcomes.cohort import assemble
from outcomes.methods.reliable_change import fit_case_change
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.change.analysis import compare_improved
from outcomes.questions.change.figure import draw
from outcomes.questions.change.section import make_section
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.runs import with_texts
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.registry import Registry

AT = "change.mood.end"


def test_without_a_reliability_nothing_is_judged(small_study: Path) -> None:
    found = outcomes.analyse(outcomes.read_study(small_study))[f"{AT}.full.improved"]
    assert isinstance(found, NotEstimable)
    assert "reliability" in found.reason


def test_shares_add_up_and_recovery_needs_norms(small_study: Path) -> None:
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace("worthwhile = 5", "worthwhile = 5\nreliability = 0.9"))
    results = outcomes.analyse(outcomes.read_study(small_study))
    for arm in ("full", "skills"):
        parts = [results[f"{AT}.{arm}.{word}"] for word in ("improved", "unchanged", "deteriorated")]
        assert sum(part.value for part in parts if isinstance(part, Estimate)) == pytest.approx(1.0)
        assert isinstance(results[f"{AT}.{arm}.recovered"], NotEstimable)
    difference = results[f"{AT}.improved.difference"]
    assert isinstance(difference, Estimate)
    assert difference.interval is not None


NORMS = "reliability = 0.9\nclinical = { mean = 30, sd = 8 }\nnonclinical = { mean = 12, sd = 6 }"


def with_norms(folder: Path, more: str = "") -> Registry:
    plan = (folder / "plan.toml").read_text()
    (folder / "plan.toml").write_text(plan.replace("worthwhile = 5", f"worthwhile = 5\n{NORMS}\n{more}"))
    return outcomes.analyse(outcomes.read_study(folder)).registry


def value(results: Registry, name: str) -> float:
    found = results[name]
    assert isinstance(found, Estimate), found
    return found.value


def test_all_three_cut_offs_are_told_and_the_choice_is_the_plans(small_study: Path) -> None:
    results = with_norms(small_study, 'cut_off = "b"')
    assert [value(results, f"{AT}.cut_off.{kind}") for kind in "abc"] == pytest.approx([14, 24, (8 * 12 + 6 * 30) / 14])
    assert "the plan's choice" in getattr(results[f"{AT}.cut_off.b"], "method", "")
    assert "cut-off b" in getattr(results[f"{AT}.threshold"], "method", "")


def test_the_choice_of_cut_off_moves_recovery_and_nothing_else(small_study: Path) -> None:
    by_c = with_norms(small_study)
    plan = (small_study / "plan.toml").read_text()
    (small_study / "plan.toml").write_text(plan.replace(NORMS, f'{NORMS}\ncut_off = "a"'))
    by_a = outcomes.analyse(outcomes.read_study(small_study))
    assert value(by_a, f"{AT}.full.recovered") < value(by_c, f"{AT}.full.recovered")
    for word in ("improved", "unchanged", "deteriorated"):
        assert value(by_a, f"{AT}.full.{word}") == value(by_c, f"{AT}.full.{word}")


def test_counts_stand_beside_the_shares_and_the_words_within_others_do_not_exceed_them(small_study: Path) -> None:
    results = with_norms(small_study)
    for arm in ("full", "skills"):
        for word in ("recovered", "improved", "unchanged", "crossed", "deteriorated"):
            share = results[f"{AT}.{arm}.{word}"]
            assert isinstance(share, Estimate)
            assert value(results, f"{AT}.{arm}.{word}.people") == pytest.approx(share.value * (share.n or 0))
        assert value(results, f"{AT}.{arm}.recovered") <= value(results, f"{AT}.{arm}.improved")
        assert value(results, f"{AT}.{arm}.crossed") <= value(results, f"{AT}.{arm}.unchanged")
        five = ("recovered", "improved_only", "crossed", "unchanged_only", "deteriorated")
        assert sum(value(results, f"{AT}.{arm}.{word}") for word in five) == pytest.approx(1)


@pytest.mark.parametrize("norms", [True, False])
def test_the_table_of_five_words_and_its_figure_count_everybody_once_and_alike(
    small_study: Path, *, norms: bool
) -> None:
    """The table counted the recovered among the improved, the figure beside it did not, under the same word."""
    if norms:
        with_norms(small_study)
    else:
        plan = (small_study / "plan.toml").read_text()
        (small_study / "plan.toml").write_text(plan.replace("worthwhile = 5", "worthwhile = 5\nreliability = 0.8"))
    study = outcomes.read_study(small_study)
    registry = with_texts(outcomes.analyse(study).registry, study.plan)
    context = Context(Quoter(registry, study.plan, {}), study.plan, "internal", {}, frozenset())
    table = next(block for block in make_section(context).blocks if isinstance(block, Table))
    figure = draw(registry, study.plan)
    assert figure is not None
    drawn = sorted(round(bar.get_width()) for bar in figure.axes[0].patches if bar.get_width())  # type: ignore[attr-defined]
    rows = [row for row in table.rows if len(row) == len(table.columns)]
    shares = [[re.search(r"\((\d+)%\)", cell.phrase.plain) for cell in row[1:6]] for row in rows]
    told = [int(found[1]) for row in shares for found in row if found]
    assert sorted(share for share in told if share) == drawn


def test_who_improved_can_be_compared_on_a_completed_set(small_study: Path) -> None:
    """The seam of imputation: with the scores seen it is the result itself; with all filled in it counts everybody."""
    results = with_norms(small_study)
    study = outcomes.read_study(small_study)
    cohort = assemble(study, score_study(study))
    occasion, covariates = Occasion(cohort, "mood", "end"), read_covariates(cohort)
    seen = compare_improved(occasion, covariates, after=occasion.after).shares.difference(0.95)
    assert seen.value == value(results, f"{AT}.improved.difference")
    filled = np.where(np.isnan(occasion.after), occasion.before, occasion.after)
    whole = compare_improved(occasion, covariates, after=filled)
    assert whole.people.counts()["n"] == len(cohort.full)


def test_a_case_recovers_only_below_both_thresholds_and_reliable_change_must_not_be_undone() -> None:
    before = np.array([[12.0, 9], [12, 9], [8, 7], [10, 7], [8, 8], [20, 5], [9, 7]])
    after = np.array([[9.0, 7], [9, 8], [2, 7], [4, 7], [8, 12], [14, 9], [9, 3]])
    change = fit_case_change(before=before, after=after, caseness=np.array([10.0, 8.0]), reliable=np.array([6.0, 4.0]))
    assert list(change.case) == [True, True, False, True, True, True, False]
    assert list(change.recovered) == [True, False, False, True, False, False, False]
    assert list(change.improved) == [False, False, True, True, False, False, True]
    assert list(change.deteriorated) == [False, False, False, False, True, False, False]


def write_both_scales(folder: Path) -> Path:
    """PHQ-9 and GAD-7: of each arm ten, of whom eight are cases, and of these four recover reliably."""
    plan = (folder / "plan.toml").read_text()
    both = ""
    for word, instrument, high in (("phq", "phq9", 27), ("gad", "gad7", 21)):
        both += f"""[measures.{word}]
label = "{word}"
domain = "symptoms"
role = "secondary"
better = "lower"
range = [0, {high}]
instrument = "{instrument}"
"""
    (folder / "plan.toml").write_text(plan.replace("[adjust]", both + "[adjust]"))
    rows = [(folder / "scores.csv").read_text().strip()]
    for number in range(1, 21):
        kind = (number - 1) // 2  # each kind once in each arm
        case, recovers = kind < 8, kind < 4
        start, end = (14 if case else 6), (5 if recovers else 14 if case else 6)
        for word, before, after in (("phq", start, end), ("gad", 5, 5)):
            rows += [f"P{number:03d},start,{word},{before}", f"P{number:03d},end,{word},{after}"]
    (folder / "scores.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_talking_therapies_counts_have_their_own_denominators(small_study: Path) -> None:
    results = outcomes.analyse(outcomes.read_study(write_both_scales(small_study)))
    at = "change.talking_therapies.end.full"
    for word, events, of in (
        ("recovery", 4, 8),
        ("reliable_recovery", 4, 8),
        ("reliable_improvement", 4, 10),
        ("reliable_deterioration", 0, 10),
    ):
        share = results[f"{at}.{word}"]
        assert isinstance(share, Estimate)
        assert (value(results, f"{at}.{word}.people"), share.n) == (events, of), word
    assert value(results, "change.talking_therapies.end.recovery.difference") == pytest.approx(0, abs=0.3)
    assert "not provided" in getattr(results[f"{at}.recovery"], "method", "")


def test_two_contacts_are_completed_treatment_there(small_study: Path) -> None:
    write_both_scales(small_study)
    rows = ["client_id,week,kind,status"]
    for number in range(1, 21):
        came = "missed" if number <= 2 else "attended"
        rows += [f"P{number:03d},1,group,attended", f"P{number:03d},2,group,{came}"]
    (small_study / "attendance.csv").write_text("\n".join(rows) + "\n")
    results = outcomes.analyse(outcomes.read_study(small_study))
    share = results["change.talking_therapies.end.skills.recovery"]
    assert isinstance(share, Estimate)
    assert (share.value, share.n) == (pytest.approx(3 / 7), 7)


def test_without_both_scales_nothing_is_said_of_that_service(small_study: Path) -> None:
    results = outcomes.analyse(outcomes.read_study(small_study))
    assert not results.where(analysis="change", subject="talking_therapies")
