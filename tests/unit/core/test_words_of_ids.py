"""Words of ids from what a clinic writes: no two texts become one, and the order of rows names nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.core.ids import word, words_of

LEVELS = [
    ("18+", "18-", "18"),
    ("yes", "yes?"),
    ("≤2", "≥2"),
    ("a b", "a_b", "A-B"),
    ("Łódź", "Łodz", "ódz"),
    ("年齢が十八歳以上である人一", "年齢が十八歳以上である人二"),
    ("+", "-", "±"),
]


@pytest.mark.parametrize("levels", LEVELS)
def test_levels_that_differ_in_signs_alone_stay_apart(levels: tuple[str, ...]) -> None:
    words = words_of(levels)
    assert len(set(words.values())) == len(levels)
    assert words == words_of(reversed(levels))


def test_only_what_would_collide_gets_another_word() -> None:
    words = words_of(["<6m", ">6m", "none", "six months"])
    assert words["none"] == "none"
    assert words["six months"] == "six_months"
    assert words["<6m"].startswith("6m_")
    assert words["<6m"] == words_of([">6m", "<6m"])["<6m"]


@given(st.lists(st.text(max_size=20), unique=True, max_size=12))
def test_any_texts_become_as_many_words(texts: list[str]) -> None:
    words = words_of(texts)
    assert len(set(words.values())) == len(texts)
    assert all(re.fullmatch(r"[a-z0-9_]+", made) for made in words.values())
    alone = [text for text in texts if [word(other) for other in texts].count(word(text)) == 1]
    assert all(words[text] == word(text) for text in alone)
