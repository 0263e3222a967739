"""Scores that look counted or like a yes/no, and a value far outside, are told; sound scores hardly ever are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from examined import check_study
from outcomes.study.shapes import find_far, looks_counted, looks_yes_no
from small_study import spoil

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

Rng = np.random.Generator
QUESTIONNAIRES: dict[str, tuple[float, Callable[[Rng, int], NDArray[np.float64]]]] = {
    "symmetric": (63, lambda rng, n: np.clip(rng.normal(30, 10, n).round(), 0, 63)),
    "with decimals": (4, lambda rng, n: np.clip(rng.normal(2, 0.7, n), 0, 4).round(2)),
    "at its floor": (27, lambda rng, n: np.clip(rng.gamma(0.8, 5, n).round(), 0, 27)),
    "skewed": (40, lambda rng, n: (40 * rng.beta(0.7, 3, n)).round()),
    "at its ceiling": (100, lambda rng, n: 100 - np.clip(rng.gamma(1.5, 8, n).round(), 0, 100)),
    "of two kinds of people": (
        80,
        lambda rng, n: np.clip(rng.normal(np.where(rng.random(n) < 0.2, 60, 25), 6, n), 0, 80),
    ),
    "falling off exponentially": (1e6, lambda rng, n: rng.exponential(10, n)),
}
DRAWS, FALSE_ALARMS = 300, 0.02  # twice 1 / 300, one for each side, and what chance adds to that in 300 draws


@pytest.mark.parametrize("n", [20, 120])
@pytest.mark.parametrize("name", QUESTIONNAIRES)
def test_sound_questionnaires_are_hardly_ever_called_odd(name: str, n: int) -> None:
    rng, (highest, draw) = np.random.default_rng(11), QUESTIONNAIRES[name]
    samples = [draw(rng, n) for _ in range(DRAWS)]
    assert np.mean([find_far(one, np.arange(n)).any() for one in samples]) <= FALSE_ALARMS
    assert not any(looks_yes_no(one) for one in samples)
    if highest < 1e6:
        assert not any(looks_counted(one, highest=highest) for one in samples)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_value_far_outside_is_found_on_either_side_whatever_the_scale(side: float) -> None:
    rng = np.random.default_rng(3)
    values = side * np.append(rng.normal(20, 4, 60), 220.0)
    expected = [False] * 60 + [True]
    assert find_far(values, np.arange(61)).tolist() == expected
    assert find_far(7 + 0.01 * values, np.arange(61)).tolist() == expected
    assert not find_far(np.where(values == side * 220, np.nan, values), np.arange(61)).any()


def test_several_values_of_one_person_count_as_one_and_those_that_lie_among_the_others_are_not_named() -> None:
    rng = np.random.default_rng(4)
    people = np.repeat(np.arange(30), 3)
    values = rng.normal(20, 4, 90)
    values[3:5] = 300, 340
    assert np.flatnonzero(find_far(values, people)).tolist() == [3, 4]


def test_two_people_far_outside_are_no_single_one() -> None:
    values = np.append(np.random.default_rng(5).normal(20, 4, 60), (220.0, 230.0))
    assert not find_far(values, np.arange(62)).any()


def test_of_a_few_people_nothing_is_said() -> None:
    few = np.array([*range(1, 15), 500.0])
    assert not find_far(few, np.arange(15)).any()
    assert not looks_counted(few, highest=1000)
    assert not looks_yes_no(np.tile([0.0, 1.0], 5))


def test_counts_with_a_long_tail_are_told_from_a_scale_by_their_room() -> None:
    counts = np.random.default_rng(6).negative_binomial(0.5, 0.1, 80).astype(float)
    assert looks_counted(counts, highest=500)
    assert not looks_counted(counts, highest=40)
    assert not looks_counted(counts + 0.5, highest=500)
    assert not looks_counted(counts - 1, highest=500)


def test_noughts_and_ones_look_like_a_yes_no_and_other_pairs_do_not() -> None:
    assert looks_yes_no(np.tile([0.0, 1.0, np.nan], 20))
    assert not looks_yes_no(np.tile([1.0, 2.0], 20))
    assert not looks_yes_no(np.ones(40))


def rescore(folder: Path, change: Callable[[pd.Series], pd.Series], limits: str) -> None:
    scores = pd.read_csv(folder / "scores.csv", dtype=str)
    mood = scores["measure"] == "mood"
    scores.loc[mood, "score"] = change(scores.loc[mood, "score"].astype(float)).astype(int).astype(str)
    scores.to_csv(folder / "scores.csv", index=False)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    plan = plan.replace("range = [0, 63]\nworthwhile = 5\n", f"range = {limits}\n")
    (folder / "plan.toml").write_text(plan, encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "limits", "word"),
    [
        (lambda mood: mood > 25, "[0, 1]", "yes/no"),
        (lambda mood: np.exp((mood - 20) / 5).round(), "[0, 9999]", "counted"),
    ],
)
def test_what_is_no_scale_is_a_check_that_names_the_measure(
    small_study: Path, change: Callable[[pd.Series], pd.Series], limits: str, word: str
) -> None:
    rescore(small_study, change, limits)
    (found,) = [one for one in check_study(small_study) if one.code == "E285"]
    assert (found.level, found.file, found.column) == ("CHECK", "scores.csv", "score")
    assert "mood" in found.rule
    assert word in found.rule


def test_a_value_far_outside_is_a_check_that_gives_its_place_and_not_the_value(small_study: Path) -> None:
    rescore(small_study, lambda mood: mood, "[0, 1000]")
    spoil(small_study, "scores.csv", 24, "score", "411")
    lines = (small_study / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert lines[23].split(",")[2] == "mood"
    (found,) = [one for one in check_study(small_study) if one.code == "E286"]
    assert (found.level, found.file, found.rows, found.more, found.column) == ("CHECK", "scores.csv", (24,), 0, "score")
    assert "411" not in found.rule + found.fix


def test_a_characteristic_far_outside_is_a_check_too(small_study: Path) -> None:
    clients = pd.read_csv(small_study / "clients.csv", dtype=str)
    rng = np.random.default_rng(8)
    clients["age"] = rng.integers(18, 40, len(clients)).astype(str)
    clients.loc[20, "age"] = "119"
    clients.to_csv(small_study / "clients.csv", index=False)
    (found,) = check_study(small_study)
    assert (found.code, found.level, found.file, found.rows, found.column) == (
        "E286",
        "CHECK",
        "clients.csv",
        (22,),
        "age",
    )
