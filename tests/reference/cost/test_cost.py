"""Cost against effect: quadrants, order of prices, the acceptability curve by its definition, and the ellipse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from outcomes.methods.bootstrap import Resampled
from outcomes.methods.cost import CostEffect
from outcomes.results.outcome import NotEstimableError

LEVEL = 0.95
COUNT = 500


def resampled(value, samples):
    return Resampled(value=value, samples=samples, without=np.zeros(COUNT), strata=np.zeros(COUNT, dtype=int))


def pair(cost, effect, *, cost_sd=100.0, effect_sd=0.05, n=4000):
    rng = np.random.default_rng(11)
    costs, effects = rng.normal(cost, cost_sd, n), rng.normal(effect, effect_sd, n)
    return CostEffect(cost=resampled(cost, costs), effect=resampled(effect, effects))


def test_the_ratio_is_cost_over_effect_and_its_limits_hold_the_level_of_the_samples():
    both = pair(2000.0, 0.25)
    value, low, high = both.ratio(LEVEL)
    assert value == 8000.0
    prices = both.cost.samples / both.effect.samples
    assert np.mean((low <= prices) & (prices <= high)) == pytest.approx(LEVEL, abs=0.003)


def test_against_fieller_where_samples_are_normal():
    both = pair(2000.0, 0.25, n=100_000)
    z, v, c = stats.norm.ppf(0.975), 0.05**2, 100.0**2
    a, b, d = 0.25**2 - z**2 * v, 2000.0 * 0.25, 2000.0**2 - z**2 * c
    fieller = ((b - np.sqrt(b**2 - a * d)) / a, (b + np.sqrt(b**2 - a * d)) / a)
    assert both.ratio(LEVEL)[1:] == pytest.approx(fieller, rel=0.02)  # Monte-Carlo error of a percentile


@pytest.mark.parametrize(
    ("cost", "effect", "sentence"),
    [(2000.0, 0.03, "spans both"), (2000.0, -0.25, "Fewer people"), (-500.0, 0.25, "costs no more")],
)
def test_where_there_is_no_price_it_says_why(cost, effect, sentence):
    with pytest.raises(NotEstimableError, match=sentence):
        pair(cost, effect).ratio(LEVEL)


def test_a_sample_without_an_effect_is_infinitely_dear():
    both = pair(2000.0, 0.25, effect_sd=0.12)
    low, high = both.effect.limits(LEVEL)
    assert low > 0 or high < 0
    assert np.isinf(both._prices()[-1])
    assert both.ratio(LEVEL)[2] > 20_000


def test_acceptability_is_the_share_of_samples_worth_their_cost():
    both = pair(2000.0, 0.25)
    prices = np.array([0.0, 4000.0, 8000.0, 16000.0])
    expected = [np.mean(price * both.effect.samples > both.cost.samples) for price in prices]
    np.testing.assert_allclose(both.acceptability(prices), expected, atol=1e-12)
    assert both.acceptability(prices)[2] == pytest.approx(0.5, abs=0.02)
    assert both.acceptability(np.array([0.0]))[0] == np.mean(both.cost.samples < 0)


def test_the_ellipse_holds_the_level_of_normal_samples():
    both = pair(2000.0, 0.25, n=100_000)
    effect, cost = both.ellipse(level=LEVEL, points=721)
    scaled = np.stack([(both.effect.samples - 0.25) / 0.05, (both.cost.samples - 2000) / 100])
    radius = np.hypot((effect - 0.25) / 0.05, (cost - 2000) / 100)
    assert np.mean(np.hypot(*scaled) <= radius.mean()) == pytest.approx(LEVEL, abs=0.003)
