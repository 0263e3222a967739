"""The analysis of balance on small studies: exact likeness, what is left out, and when it says that it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from outcomes.reporting.summary import warn
from outcomes.results.outcome import Curve, Estimate, NotEstimable
from small_study import edit, write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.results.registry import Registry

WAYS = ("overlap", "ate", "att", "atc", "doubly_robust", "doubly_robust_att", "doubly_robust_overlap", "mmrm")


def analyse(folder: Path, change: Callable[[pd.DataFrame], pd.DataFrame] | None = None, n: int = 60) -> Registry:
    write_small_study(folder, n=n)
    if change is not None:
        edit(folder, "clients.csv", change)
    return outcomes.analyse(outcomes.read_study(folder))


def number(results: Registry, result: str) -> float:
    outcome = results[result]
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


def why(results: Registry, result: str) -> str:
    outcome = results[result]
    assert isinstance(outcome, NotEstimable), outcome
    return outcome.reason


def test_weights_make_every_characteristic_alike_even_where_some_are_not_recorded(tmp_path: Path) -> None:
    results = analyse(tmp_path, lambda c: c.assign(age=np.where(c.index % 7 == 0, "", c["age"])))
    names = ("age", "gender", "mood", "skill")
    for name in names:
        assert number(results, f"balance.{name}.before") == number(results, f"baseline.{name}.smd")
        assert abs(number(results, f"balance.{name}.after")) < 1e-10
    assert number(results, "balance.compared") == number(results, "balance.alike_weighted") == len(names)
    before = [abs(number(results, f"balance.{name}.before")) for name in names]
    assert number(results, "balance.alike") == sum(size < 0.1 for size in before)
    overlap = results["balance.overlap"]
    assert isinstance(overlap, Estimate)
    assert "age" in overlap.notes[0]
    assert number(results, "weighting.left_out") == 0


def test_every_way_of_weighting_has_a_number_with_its_interval(tmp_path: Path) -> None:
    results = analyse(tmp_path)
    for way in WAYS:
        outcome = results[f"weighting.mood.end.{way}"]
        assert isinstance(outcome, Estimate), outcome
        assert outcome.interval is not None
    sizes = [number(results, f"weighting.{arm}.effective_n") for arm in ("full", "skills")]
    assert number(results, "weighting.effective_n") == pytest.approx(sum(sizes))
    assert all(0 < size <= 30 for size in sizes)


def test_the_histogram_counts_everybody(tmp_path: Path) -> None:
    results = analyse(tmp_path)
    for arm in ("full", "skills"):
        curve = results[f"balance.propensity.{arm}"]
        assert isinstance(curve, Curve)
        assert sum(curve.value) == sum(curve.people) == 30


def test_swapping_the_arms_flips_the_signs(tmp_path: Path) -> None:
    there = analyse(tmp_path / "a")
    back = analyse(tmp_path / "b", lambda c: c.assign(arm=np.where(c["arm"] == "full", "skills", "full")))
    mirrored = {"att": "atc", "atc": "att"}
    for way in ("overlap", "ate", "att", "atc", "doubly_robust", "doubly_robust_overlap", "mmrm"):
        one, other = there[f"weighting.mood.end.{way}"], back[f"weighting.mood.end.{mirrored.get(way, way)}"]
        assert isinstance(one, Estimate)
        assert isinstance(other, Estimate)
        assert (one.value, one.se) == pytest.approx((-other.value, other.se), rel=1e-6)


def test_a_person_of_a_kind_that_one_arm_lacks_is_left_out_and_counted(tmp_path: Path) -> None:
    results = analyse(tmp_path, lambda c: c.assign(gender=np.where(c.index == 1, "other", c["gender"])))
    assert number(results, "weighting.left_out") == 1
    assert number(results, "balance.comparable") == 1
    assert isinstance(results["weighting.mood.end.overlap"], Estimate)
    everybody = results["weighting.mood.end.ate"]
    assert isinstance(everybody, Estimate)
    assert any("nobody in the other programme is like them" in note for note in everybody.notes)


def test_arms_told_apart_by_one_characteristic_cannot_be_compared_and_every_reader_is_told(tmp_path: Path) -> None:
    results = analyse(tmp_path, lambda c: c.assign(age=np.where(c["arm"] == "full", "70", c["age"])))
    assert number(results, "balance.comparable") == 0
    for way in WAYS:
        assert "cannot answer" in why(results, f"weighting.mood.end.{way}")
    study = outcomes.read_study(tmp_path)
    assert "cannot answer" in str(warn(results))
    page = read_books(outcomes.report(study, out=tmp_path / "reports").folder, "internal")
    first = page[page.index('id="found"') : page.index('id="compared"')]
    assert "too different to be compared" in first
    assert first.count("this data cannot answer") >= 4  # banner, two sentences, two questions of the seven
    plain = (next((tmp_path / "reports").rglob("summary.html"))).read_text(encoding="utf-8")
    assert plain.count("too different for us to compare") == 2  # the measure, and who stayed
    section = page[page.index('id="balance"') :]
    assert "too different to be compared" in section[:600]


def test_arms_that_hardly_overlap_cannot_be_compared(tmp_path: Path) -> None:
    """A quarter of each arm might belong to the other: not separated, and yet hardly anybody is comparable."""

    def shift(c: pd.DataFrame) -> pd.DataFrame:
        rng = np.random.default_rng(1)
        return c.assign(age=np.round(40 + 24 * (c["arm"] == "full") + rng.normal(0, 8, len(c))).astype(int).astype(str))

    results = analyse(tmp_path, shift, n=200)
    assert number(results, "balance.comparable") == 0
    verdict = results["balance.comparable"]
    assert isinstance(verdict, Estimate)
    assert "less than a fifth" in verdict.notes[0]
    assert abs(number(results, "balance.age.after")) < 1e-10


def test_a_separation_that_may_be_chance_is_no_verdict(tmp_path: Path) -> None:
    """So much recorded about so few: they are separated, but nothing follows from it."""
    results = analyse(tmp_path, n=8)
    assert "chance" in why(results, "balance.comparable") or "too few" in why(results, "balance.comparable")


def test_with_nothing_recorded_nothing_is_judged(tmp_path: Path) -> None:
    write_small_study(tmp_path)
    plan = (tmp_path / "plan.toml").read_text()
    (tmp_path / "plan.toml").write_text(plan.replace('covariates = ["age", "gender"]', "covariates = []"))
    scores = pd.read_csv(tmp_path / "scores.csv", dtype=str)
    scores[scores["visit"] != "start"].to_csv(tmp_path / "scores.csv", index=False)
    results = outcomes.analyse(outcomes.read_study(tmp_path))
    for result in ("balance.comparable", "balance.overlap", "weighting.effective_n", "weighting.mood.end.overlap"):
        assert "at the start" in why(results, result)
