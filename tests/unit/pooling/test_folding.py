"""Small groups of people are folded until no sum, nor the difference of two, tells of few."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.pooling.folding import fold, fold_masks, tells_few
from outcomes.pooling.people import People

BOTH, FIRST, LAST, NONE = frozenset({0, 1}), frozenset({0}), frozenset({1}), frozenset[int]()


def test_a_small_pattern_goes_into_the_nearest_larger_one_whose_scores_its_people_all_have() -> None:
    masks = [BOTH] * 3 + [FIRST] * 9
    assert fold_masks(masks, np.zeros(12, dtype=bool), least=8) == [FIRST] * 12


def test_people_who_have_nothing_of_a_larger_pattern_are_left_out() -> None:
    masks = [BOTH] * 9 + [FIRST] * 3
    assert fold_masks(masks, np.zeros(12, dtype=bool), least=8) == [BOTH] * 9 + [NONE] * 3


def test_small_patterns_meet_in_what_they_have_in_common_and_the_last_visit_is_kept_before_others() -> None:
    masks = [BOTH] * 6 + [FIRST] * 2 + [LAST] * 2
    assert fold_masks(masks, np.zeros(10, dtype=bool), least=8) == [LAST] * 6 + [NONE] * 2 + [LAST] * 2


def test_each_arm_is_folded_by_itself() -> None:
    masks = [BOTH] * 9 + [BOTH] * 7
    full = np.array([True] * 9 + [False] * 7)
    assert fold_masks(masks, full, least=8) == [BOTH] * 9 + [NONE] * 7


@given(
    st.lists(st.tuples(st.frozensets(st.integers(0, 3)), st.booleans()), min_size=1, max_size=80), st.integers(1, 12)
)
def test_no_cell_is_smaller_than_the_threshold_and_nothing_is_made_up(
    people: list[tuple[frozenset[int], bool]], least: int
) -> None:
    masks, full = [mask for mask, _ in people], np.array([arm for _, arm in people])
    folded = fold_masks(masks, full, least=least)
    sizes = Counter((mask, bool(arm)) for mask, arm in zip(folded, full, strict=True) if mask)
    assert all(count >= least for count in sizes.values())
    assert all(after <= before for before, after in zip(masks, folded, strict=True))


def make_people(*, seed: int, n: int, measures: int = 2) -> People:
    rng = np.random.default_rng(seed)
    later = {f"m{place}": rng.integers(20, 70, (n, 2)).astype(float) for place in range(measures)}
    for grid in later.values():
        grid[rng.random((n, 2)) < 0.2] = np.nan
    start = {measure: rng.integers(20, 70, n).astype(float) for measure in later}
    start["m0"][:2] = np.nan
    return People(
        ids=np.array([f"P{place}" for place in range(n)]),
        full=rng.random(n) < 0.5,
        start=start,
        later=later,
        numbers={"age": rng.integers(18, 60, n).astype(float)},
        levels={"gender": rng.integers(0, 2, n), "site": rng.integers(0, 3, n)},
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("n", [25, 60, 200])
def test_every_difference_of_two_sums_is_over_whole_cells_of_enough_people(seed: int, n: int) -> None:
    people, threshold = make_people(seed=seed, n=n), 8
    folded = fold(people, measures=("m0", "m1"), threshold=threshold, columns=5)
    blocks = [
        [(kept == np.array(pattern)).all(axis=1) for pattern in {tuple(row) for row in kept if row.any()}]
        for kept in folded.kept.values()
    ]
    # all sums of one measure, each alone or together, minus all of the other
    for one in [*blocks[0], np.zeros(n, dtype=bool), *([np.any(blocks[0], axis=0)] if blocks[0] else [])]:
        for other in [*blocks[1], np.zeros(n, dtype=bool), *([np.any(blocks[1], axis=0)] if blocks[1] else [])]:
            for apart in (one & ~other, other & ~one):
                for arm in (True, False):
                    count = int((apart & (people.full == arm)).sum())
                    assert count == 0 or count >= threshold
    merged = set(folded.merged)
    for name, places in people.levels.items():
        for level in range(1, int(places.max()) + 1):
            if (name, level) in merged:
                continue
            for cell in set(folded.cells.tolist()) - {-1}:
                has = (places == level)[folded.cells == cell]
                assert has.sum() in {0, len(has)} or min(has.sum(), (~has).sum()) >= threshold


@pytest.mark.parametrize("seed", range(6))
def test_a_block_has_more_people_than_columns(seed: int) -> None:
    folded = fold(make_people(seed=seed, n=60), measures=("m0", "m1"), threshold=8, columns=5)
    for kept in folded.kept.values():
        for pattern in {tuple(row) for row in kept if row.any()}:
            people = int((kept == np.array(pattern)).all(axis=1).sum())
            assert people >= 8 + 5 + sum(pattern)


def test_values_that_few_people_differ_in_tell_of_them() -> None:
    assert tells_few(np.array([16.0] * 18 + [20, 31]), 8)
    assert not tells_few(np.full(20, 16.0), 8)
    assert not tells_few(np.array([16.0, 16, 16, *range(20, 37)]), 8)
