"""Levels that may mean that nothing is known, or that say the same, are told; sound ones are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from clean_studies import GENDERS
from examined import check_study
from outcomes.study.levels import find_not_known, find_synonyms
from outcomes.study.numbers import find_codes
from small_study import spoil

if TYPE_CHECKING:
    from pathlib import Path

SOUND = (
    *GENDERS,
    ("F", "M", "Non-binary"),
    ("A", "B", "AB", "O"),
    ("<6m", ">6m", "6m"),
    ("A-", "A", "A+"),
    ("1-2", "12", "3-4"),
    ("White British", "White Irish", "Asian British", "Other"),
    ("A", "B", "C", "D", "M", "N", "Z"),
    ("school", "college", "university"),
    ("yes", "no"),
    ("North", "N. East", "West"),
)
SAME = (
    (("F", "Female", "M"), {0, 1}),
    (("Female", "male", "m"), {1, 2}),
    (("Woman", "Female", "Man"), {0, 1}),
    (("Y", "Yes", "No", "n"), {0, 1, 2, 3}),
    (("White British", "White-British", "Irish"), {0, 1}),
    (("H", "High", "Low"), {0, 1}),
    (("U.K.", "UK", "France"), {0, 1}),
)


@pytest.mark.parametrize("levels", SOUND)
def test_sound_levels_are_taken_as_they_stand(levels: tuple[str, ...]) -> None:
    assert find_synonyms(levels) == []
    assert find_not_known(levels, of_people=True) == []


@pytest.mark.parametrize(("levels", "expected"), SAME)
def test_levels_that_say_the_same_are_found(levels: tuple[str, ...], expected: set[int]) -> None:
    assert set(find_synonyms(levels)) == expected


@pytest.mark.parametrize("word", ["N/K", "nk", "Unknown", "not known", "Not stated", "not recorded", "99", "-9", "d/k"])
def test_words_and_numbers_for_not_known_are_found_among_the_levels_of_a_characteristic(word: str) -> None:
    assert find_not_known(("school", word, "college"), of_people=True) == [1]


def test_initials_of_a_therapist_and_numbers_of_groups_are_no_words_for_not_known() -> None:
    assert find_not_known(("NK", "AB", "9", "X"), of_people=False) == []


def test_a_nine_beside_two_levels_under_numbers_is_a_code_and_a_third_level_is_not() -> None:
    gender = np.array([1.0, 2.0, 1.0, 2.0, 9.0])
    assert find_codes(gender)[0].tolist() == [False, False, False, False, True]
    assert not find_codes(np.array([1.0, 2.0, 3.0]))[0].any()
    assert find_codes(np.array([0.0, 1.0, -1.0]))[0].tolist() == [False, False, True]
    assert not find_codes(np.array([45.0, 50.0, 99.0]))[0].any()


def test_both_are_checks_with_a_remedy_and_without_the_word(small_study: Path) -> None:
    for row in (5, 8):
        spoil(small_study, "clients.csv", row, "gender", "w")
    spoil(small_study, "clients.csv", 9, "gender", "N/K")
    found = {one.code: one for one in check_study(small_study)}
    assert {code: (one.level, one.file, one.column) for code, one in found.items()} == {
        "E225": ("CHECK", "clients.csv", "gender"),
        "E284": ("CHECK", "clients.csv", "gender"),
    }
    assert found["E225"].rows == (9,)
    assert {5, 8} & set(found["E284"].rows)
    assert not any("N/K" in one.rule + one.fix or "woman" in one.rule + one.fix for one in found.values())


def test_levels_of_sites_may_be_called_like_letters(small_study: Path) -> None:
    clients = pd.read_csv(small_study / "clients.csv", dtype=str)
    clients["site"] = ["N" if place % 2 else "North" for place in range(len(clients))]
    clients.to_csv(small_study / "clients.csv", index=False)
    assert check_study(small_study) == ()
