"""What a statistician would say aloud about logistic regression of few people and odd columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import special

from outcomes.methods.logistic import fit_logistic
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
