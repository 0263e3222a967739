"""Counts of the time that was not seen, against closed forms and against studies in which it was seen.

The mean of what is drawn is (θ + y)/(θ + λt) · λ′s and its variance that mean times 1 + mean/(θ + y) (gamma
with Poisson, Keene et al. 2014). Tolerances: five Monte-Carlo errors of the number of draws that is made.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.methods.impute import CountDraws, Unfollowed, complete_counts, complete_yes_no, draw_count_posterior
from outcomes.methods.negative_binomial import fit_counts

DRAWS = 10_000
BETA = np.array([math.log(3.0), math.log(0.5)])  # a rate of 3 in skills group only, of 1.5 in the full programme
FULL = np.array([1.0, 1.0, 0.0, 0.0])
COUNTS = np.array([0.0, 5.0, 0.0, 5.0])
SEEN, LEFT = 0.4, 0.6


def complete(theta: float, *, times: float = 1.0, **chosen: object) -> np.ndarray:
    people = Unfollowed(
        counts=COUNTS,
        exposure=np.full(4, SEEN),
        remaining=np.full(4, LEFT),
        design=np.column_stack([np.ones(4), FULL]),
        times=np.full(4, times),
    )
    draws = CountDraws(
        beta=np.tile(BETA, (DRAWS, 1)),
        theta=np.full(DRAWS, theta),
        place=np.random.default_rng(1).random((DRAWS, 4)),
    )
    return complete_counts(people, draws=draws, **chosen) - COUNTS  # type: ignore[arg-type]  # as that takes them


@pytest.mark.parametrize("theta", [0.5, 2.0, math.inf])
@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.parametrize("assumption", ["missing at random", "jump to reference", "copy reference"])
def test_what_is_drawn_has_the_mean_and_the_variance_of_the_closed_form(
    theta: float, assumption: str, *, reference: bool
) -> None:
    drawn = complete(theta, assumption=assumption, reference=reference)
    own = 3.0 * 0.5**FULL
    other = np.full(4, 1.5 if reference else 3.0)
    later = own if assumption == "missing at random" else other
    judged = other if assumption == "copy reference" else own
    frailty = np.ones(4) if math.isinf(theta) else (theta + COUNTS) / (theta + judged * SEEN)
    mean = frailty * later * LEFT
    variance = mean if math.isinf(theta) else mean * (1 + mean / (theta + COUNTS))
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=5 * math.sqrt(variance.max() / DRAWS))
    assert drawn.var(axis=0) == pytest.approx(variance, rel=0.1)


def test_those_of_the_reference_itself_are_not_moved() -> None:
    moved, own = (complete(2.0, assumption=one, reference=False) for one in ("jump to reference", "missing at random"))
    assert (moved[:, FULL == 0] == own[:, FULL == 0]).all()
    assert (moved[:, FULL == 1] >= own[:, FULL == 1]).all(), "a higher rate at the same place gives no fewer"


def test_twice_the_rate_gives_twice_as_many_on_average() -> None:
    once, twice = (
        complete(2.0, times=times, assumption="missing at random", reference=False).mean() for times in (1.0, 2.0)
    )
    assert twice / once == pytest.approx(2.0, rel=0.02)


def test_a_person_with_more_events_than_others_is_expected_to_go_on_having_more() -> None:
    drawn = complete(0.5, assumption="missing at random", reference=False).mean(axis=0)
    assert drawn[1] > 5 * drawn[0]


def test_the_posterior_is_as_wide_as_the_information_says() -> None:
    rng = np.random.default_rng(2)
    full = np.arange(400) % 2.0
    counts = rng.negative_binomial(2.0, 2.0 / (2.0 + 3.0 * 0.5**full)).astype(float)
    design = np.column_stack([np.ones(400), full])
    fit = fit_counts(
        counts=counts,
        exposure=np.ones(400),
        design=design,
        names=("the intercept", "the arm"),
        family="negative_binomial",
    )
    draws = draw_count_posterior(fit, people=400, draws=DRAWS, rng=rng)
    information = (design.T * (fit.mean / (1 + fit.mean / fit.theta))) @ design
    assert np.cov(draws.beta.T) == pytest.approx(np.linalg.inv(information), rel=0.05)
    assert np.log(draws.theta).mean() == pytest.approx(math.log(fit.theta), abs=0.01)


def test_who_leaves_because_of_what_was_seen_is_put_back_by_missing_at_random_and_not_by_leaving_them_out() -> None:
    """4,000 people, who are lost half-way where they have had few events; everybody's second half is known here."""
    rng = np.random.default_rng(3)
    n = 4_000
    full = np.arange(n) % 2.0
    frailty = rng.gamma(1.0, 1.0, n)
    halves = rng.poisson(frailty * 3.0 * 0.5**full / 2, (2, n)).astype(float)
    lost = (halves[0] <= 1) & (rng.random(n) < 0.8)
    seen = np.where(lost, halves[0], halves.sum(axis=0))
    design, names = np.column_stack([np.ones(n), full]), ("the intercept", "the arm")
    time = np.where(lost, 0.5, 1.0)
    fit = fit_counts(counts=seen, exposure=time, design=design, names=names, family="negative_binomial")
    draws = draw_count_posterior(fit, people=n, draws=20, rng=rng)
    people = Unfollowed(counts=seen, exposure=time, remaining=1 - time, design=design, times=np.ones(n))
    completed = complete_counts(people, draws=draws, assumption="missing at random", reference=False)
    true, drawn = (halves.sum(axis=0)[lost] - seen[lost]).mean(), (completed[:, lost] - seen[lost]).mean()
    assert drawn == pytest.approx(true, rel=0.06), "six parts of a hundred: two Monte-Carlo errors of so many people"
    by_rate = float(seen[~lost].sum() / (~lost).sum() / 2)
    assert abs(by_rate / true - 1) > 0.5, "the rate of those who stayed tells nothing of those who left"


def test_an_answer_that_was_not_seen_is_drawn_with_its_chance() -> None:
    happened = np.array([1.0, 0.0, np.nan, np.nan])
    design = np.column_stack([np.ones(4), FULL])
    beta = np.tile([0.2, 0.7], (DRAWS, 1))
    place = np.random.default_rng(4).random((DRAWS, 4))
    drawn = complete_yes_no(happened, beta=beta, design=design, place=place, times=np.array([1, 1, 1, 2.0]))
    assert (drawn[:, :2] == happened[:2]).all()
    odds = math.exp(0.2) * np.array([1.0, 2.0])
    assert drawn[:, 2:].mean(axis=0) == pytest.approx(odds / (1 + odds), abs=0.025)
