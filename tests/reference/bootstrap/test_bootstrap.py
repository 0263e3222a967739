"""The bootstrap of sums against scipy's BCa on the same samples, and against samples drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from outcomes.methods.bootstrap import Resampled, draw, solve_each
from outcomes.models.resampling import CohortSamples
from outcomes.results.outcome import NotEstimableError

LEVEL = 0.95
Z = stats.norm.ppf((1 + LEVEL) / 2)


def read_bca(resampled):
    """Give the limits with z, as scipy reads them; ours stand a little further out where units are few."""
    return resampled._read(Z)


def every(samples):
    """How often each unit stands in: the people themselves, the samples, the people without each unit."""
    count = samples.copies.shape[1]
    whole = np.ones((1, count), dtype=int)
    return np.concatenate([whole, samples.copies.astype(int), whole - np.eye(count, dtype=int)])


def test_limits_of_a_mean_are_scipys():
    values = np.random.default_rng(2).gamma(2, 3, 40)
    theirs = stats.bootstrap((values,), np.mean, method="BCa", n_resamples=999, rng=np.random.default_rng(4))
    without = (values.sum() - values) / 39
    ours = Resampled(
        value=values.mean(), samples=theirs.bootstrap_distribution, without=without, strata=np.zeros(40, dtype=int)
    )
    assert read_bca(ours) == pytest.approx(tuple(theirs.confidence_interval), rel=1e-12)


def test_limits_of_a_difference_within_strata_are_scipys():
    rng = np.random.default_rng(5)
    one, zero = rng.gamma(2, 3, 31), rng.gamma(1, 3, 19)

    def difference(x, y, axis):
        return x.mean(axis=axis) - y.mean(axis=axis)

    theirs = stats.bootstrap((one, zero), difference, method="BCa", n_resamples=999, rng=np.random.default_rng(6))
    without = np.concatenate(
        [(one.sum() - one) / 30 - zero.mean(), one.mean() - (zero.sum() - zero) / 18],
    )
    ours = Resampled(
        value=one.mean() - zero.mean(),
        samples=theirs.bootstrap_distribution,
        without=without,
        strata=np.repeat([0, 1], [31, 19]),
    )
    assert read_bca(ours) == pytest.approx(tuple(theirs.confidence_interval), rel=1e-12)


def test_sums_of_a_sample_are_sums_over_its_people():
    rng = np.random.default_rng(7)
    units, strata = np.repeat(np.arange(6), [3, 1, 4, 2, 5, 2]), np.array([0, 0, 0, 1, 1, 1])
    features = rng.normal(size=(17, 2))
    samples = draw(units=units, strata=strata, replicates=50, rng=rng)
    sums = samples.sums(features)
    for row, copies in zip(sums, every(samples), strict=True):
        people = np.repeat(np.arange(17), copies[units])
        np.testing.assert_allclose(row, features[people].sum(axis=0), atol=1e-12)
    assert (samples.copies[:, :3].sum(axis=1) == 3).all()
    assert (samples.copies[:, 3:].sum(axis=1) == 3).all()


def test_coefficients_of_every_sample_are_least_squares_on_its_people():
    rng = np.random.default_rng(8)
    design = np.column_stack([np.ones(30), rng.random(30) < 0.5, rng.normal(50, 9, 30)])
    outcome = rng.normal(size=30)
    units = np.arange(30) // 3
    samples = draw(units=units, strata=np.zeros(10, dtype=int), replicates=40, rng=rng)
    found = samples.coefficients(design, outcome)
    for row, copies in zip(found, every(samples), strict=True):
        people = np.repeat(np.arange(30), copies[units])
        expected = np.linalg.lstsq(design[people], outcome[people], rcond=None)[0]
        np.testing.assert_allclose(row, expected, rtol=1e-7, atol=1e-9)


def test_a_column_that_vanishes_in_a_sample_leaves_the_others():
    gram = np.array([[[4.0, 0.0, 2.0], [0.0, 0.0, 0.0], [2.0, 0.0, 2.0]]])
    np.testing.assert_allclose(solve_each(gram, np.array([[2.0, 0.0, 2.0]])), [[0.0, 0.0, 1.0]], atol=1e-12)


def test_few_units_reach_further_out():
    rng = np.random.default_rng(9)

    def width(count):
        samples = rng.normal(size=2000)
        found = Resampled(value=0.0, samples=samples, without=np.zeros(count), strata=np.zeros(count, dtype=int))
        return np.diff(found.limits(LEVEL))[0]

    assert width(5) > 1.3 * width(500)


@pytest.mark.parametrize(
    ("count", "sample", "sentence"), [(3, 0.0, "3 clusters"), (9, np.nan, "hold nobody")], ids=["few", "empty"]
)
def test_what_cannot_have_limits_says_why(count, sample, sentence):
    samples = np.append(np.random.default_rng(1).normal(size=99), sample)
    found = Resampled(value=0.1, samples=samples, without=np.zeros(count), strata=np.zeros(count, dtype=int))
    with pytest.raises(NotEstimableError, match=sentence):
        found.limits(LEVEL)


def test_a_limit_may_be_open():
    samples = np.concatenate([np.arange(90.0), np.full(10, np.inf)])
    found = Resampled(value=45.0, samples=samples, without=np.zeros(500), strata=np.zeros(500, dtype=int))
    low, high = found.limits(LEVEL)
    assert (np.isfinite(low), high) == (True, np.inf)


def test_two_thousand_samples_take_well_under_a_second():
    import time

    rng = np.random.default_rng(10)
    design = np.column_stack([np.ones(300), rng.random(300) < 0.5, rng.normal(size=(300, 6))])
    began = time.process_time()
    samples = draw(units=np.arange(300), strata=(design[:, 1]).astype(int), replicates=2000, rng=rng)
    samples.wrap(samples.coefficients(design, rng.normal(size=300))[:, 1]).limits(LEVEL)
    assert time.process_time() - began < 0.8


@pytest.mark.parametrize(("farthest", "rests"), [(3.0, False), (50.0, True)])
def test_a_spread_that_one_sample_makes_gives_no_standard_error(farthest, rests):
    samples = np.append(stats.norm.ppf((np.arange(1999) + 0.5) / 1999), farthest)
    found = Resampled(value=0.0, samples=samples, without=np.zeros(10), strata=np.zeros(10, dtype=int))
    drawn = CohortSamples(drawn=(), seed=1, phrase="", clusters="", has_limits=True)
    assert found.rests_on_one is rests
    assert (drawn.se([found]) is None) is rests
    assert np.isfinite(found.limits(LEVEL)).all()
