"""What a statistician would say aloud about logistic regression of few people and odd columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import special

from outcomes.methods.logistic import NoMaximumError, find_separated, fit_logistic
from outcomes.methods.standardise import fit_standardised_shares
from outcomes.methods.standardise_many import fit_shares_of_many

if TYPE_CHECKING:
    from numpy.typing import NDArray

SETS = 200


def draw_with_lone_levels(seed: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """People of two arms, one to three of whom each have a level of their own; at least four events of each kind."""
    rng = np.random.default_rng(seed)
    while True:
        n = int(rng.integers(24, 90))
        lone = np.zeros((n, int(rng.integers(1, 4))))
        lone[rng.choice(n, lone.shape[1], replace=False), np.arange(lone.shape[1])] = 1
        full = rng.random(n) < 0.5
        design = np.column_stack([np.ones(n), full, rng.normal(35, 10, n), rng.random(n) < 0.3, lone])
        events = rng.random(n) < special.expit(rng.uniform(-1, 2) - full)
        cells = [(events == event).sum() for event in (True, False)]
        if min(cells) >= 4 and np.linalg.matrix_rank(design) == design.shape[1]:
            return events, design


def penalised_score(
    events: NDArray[np.bool_], design: NDArray[np.float64], beta: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Firth's score by its definition, for columns of length one."""
    share = special.expit(design @ beta)
    turned = np.linalg.qr(np.sqrt(share * (1 - share))[:, None] * design)[0]
    residual = events - share + (turned**2).sum(axis=1) * (0.5 - share)
    return np.asarray(design.T @ residual / np.linalg.norm(design, axis=0))


@pytest.mark.parametrize("first", range(0, SETS, 50))
def test_firths_score_is_zero_where_people_stand_alone_in_a_level(first: int) -> None:
    for seed in range(first, first + 50):
        events, design = draw_with_lone_levels(seed)
        fit = fit_logistic(events=events, design=design, names=["x"] * design.shape[1], penalised=True)
        assert np.abs(penalised_score(events, design, fit.beta)).max() < 1e-8


def test_many_data_sets_with_lone_levels_at_once_are_the_single_ones() -> None:
    events, design = draw_with_lone_levels(3)
    names = ["x"] * design.shape[1]
    several = np.array([np.roll(events, shift) for shift in range(12)])
    many = fit_shares_of_many(events=several, design=design, names=names, arm=1, penalised=True, clusters=None)
    for place, one in enumerate(several):
        fit = fit_logistic(events=one, design=design, names=names, penalised=True)
        single = fit_standardised_shares(fit=fit, arm=1, clusters=None).difference(0.95)
        assert many.differences[place] == pytest.approx(single.value, abs=1e-9)


def test_firths_profile_of_the_arm_ends_where_the_likelihood_has_fallen_by_what_the_level_allows() -> None:
    for seed in range(30):
        events, design = draw_with_lone_levels(seed)
        fit = fit_logistic(events=events, design=design, names=["x"] * design.shape[1], penalised=True)
        limits = fit.interval(1, 0.95)
        assert limits[0] < fit.beta[1] < limits[1]
        for limit in limits:
            beta, height = fit._profile(1, limit)  # the place itself, to hold it to the definition
            assert 2 * (fit.log_likelihood - height) == pytest.approx(3.841458820694124, abs=1e-6)
            score = penalised_score(events, design, beta)
            assert np.abs(np.delete(score, 1)).max() < 1e-8


def test_separated_data_are_refused_and_no_others() -> None:
    refused = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        n, count = int(rng.integers(8, 60)), int(rng.integers(1, 6))
        others = [rng.normal(30, 9, n) if rng.random() < 0.5 else rng.random(n) < 0.2 for _ in range(count)]
        design = np.column_stack([np.ones(n), rng.random(n) < 0.5, *others])
        events = rng.random(n) < special.expit(rng.normal(0, 2) + design[:, 1] * rng.normal(0, 2))
        if np.linalg.matrix_rank(design) < design.shape[1] or n <= design.shape[1]:
            continue
        separated = find_separated(events=events, design=design)
        try:
            fit_logistic(events=events, design=design, names=["x"] * design.shape[1], penalised=False)
            assert not separated.any()
        except NoMaximumError as fault:
            refused += 1
            np.testing.assert_array_equal(fault.people, separated)
    assert 40 < refused < 190


def test_separation_is_not_looked_for_where_everybody_may_go_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    design = np.column_stack([np.ones(80), np.arange(80) % 2, rng.normal(35, 10, 80)])
    events = rng.random(80) < 0.5

    def look(**_: object) -> None:
        pytest.fail("the linear programme was asked")

    monkeypatch.setattr("outcomes.methods.logistic.find_separated", look)
    fit_logistic(events=events, design=design, names=["x"] * 3, penalised=False)
