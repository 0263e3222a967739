"""What a statistician would say aloud of shares, pace, mediation and costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.methods.bootstrap import Resampled, draw
from outcomes.methods.clustered import fit_clustered_mean
from outcomes.methods.cost import CostEffect
from outcomes.methods.mediation import fit_mediation
from outcomes.methods.turnbull import fit_turnbull

SEEDS = st.integers(0, 2**31)


def people(seed, n=40):
    rng = np.random.default_rng(seed)
    full = np.arange(n) % 2 == 0
    c = rng.normal(size=(n, 1))
    m = full + 0.5 * c[:, 0] + rng.normal(size=n)
    y = 0.3 * full + 0.7 * m - 0.2 * full * m + c[:, 0] + rng.normal(size=n)
    return y, m, full, c


def mediate(y, m, full, c):
    samples = draw(units=np.arange(len(y)), strata=full.astype(int), replicates=60, rng=np.random.default_rng(1))
    used = np.ones(len(y), dtype=bool)
    return fit_mediation(outcome=y, mediator=m, full=full, covariates=c, used=used, names=("c",), resampler=samples)


@settings(max_examples=25)
@given(SEEDS, st.floats(-50, 50), st.floats(0.1, 20))
def test_the_scale_of_the_mediator_is_no_matter_and_that_of_the_outcome_scales_the_effects(seed, shift, scale):
    y, m, full, c = people(seed)
    plain, moved = mediate(y, m, full, c), mediate(scale * y + shift, shift + scale * m, full, c)
    for part in ("direct", "indirect", "total"):
        expected = getattr(plain, part)
        found = getattr(moved, part)
        np.testing.assert_allclose(found.samples, scale * expected.samples, rtol=1e-5, atol=1e-7 * scale)
        assert found.value == pytest.approx(scale * expected.value, rel=1e-7, abs=1e-9 * scale)


@settings(max_examples=25)
@given(SEEDS)
def test_a_mediator_that_does_nothing_carries_nothing(seed):
    _, m, full, c = people(seed)
    without = 2 * full + c[:, 0]
    assert mediate(without, m, full, c).indirect.value == pytest.approx(0, abs=1e-9)


@given(SEEDS, st.integers(4, 12))
def test_relabelling_clusters_or_reordering_records_changes_no_share(seed, count):
    rng = np.random.default_rng(seed)
    clusters = np.concatenate([np.arange(count), rng.integers(count, size=40)])
    events = (rng.random(len(clusters)) < 0.6).astype(float)
    order, names = rng.permutation(len(clusters)), rng.permutation(count) + 100
    one = fit_clustered_mean(values=events, clusters=clusters)
    other = fit_clustered_mean(values=events[order], clusters=names[clusters][order])
    assert other.share_interval(0.95) == pytest.approx(one.share_interval(0.95), rel=1e-9)


@given(SEEDS, st.integers(4, 12))
def test_yes_and_no_are_mirror_images(seed, count):
    rng = np.random.default_rng(seed)
    clusters = np.concatenate([np.arange(count), rng.integers(count, size=40)])
    events = (rng.random(len(clusters)) < 0.6).astype(float)
    low, high = fit_clustered_mean(values=events, clusters=clusters).share_interval(0.95)
    mirrored = fit_clustered_mean(values=1 - events, clusters=clusters).share_interval(0.95)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)
    assert low <= events.mean() <= high


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.booleans()), min_size=1, max_size=20))
def test_time_may_be_counted_in_days_or_weeks_and_everybody_twice_is_everybody(rows):
    left = np.array([float(start) for start, _, _ in rows])
    right = np.array([np.inf if never else float(start + length) for start, length, never in rows])
    weeks = fit_turnbull(left=left, right=right, counts=np.ones(len(rows)), precision=1e-6)
    days = fit_turnbull(left=7 * left, right=7 * right, counts=2 * np.ones(len(rows)), precision=1e-6)
    np.testing.assert_allclose(days.mass, weeks.mass, atol=1e-12)
    shares = [float(weeks.share_by(week)) for week in range(12)]
    assert shares == sorted(shares)


@given(SEEDS, st.floats(0.1, 100))
def test_another_currency_scales_the_price_and_its_limits(seed, rate):
    rng = np.random.default_rng(seed)
    cost, effect = rng.normal(2000, 200, 400), rng.normal(0.3, 0.05, 400)

    def price(factor):
        no = {"without": np.zeros(9), "strata": np.zeros(9, dtype=int)}
        both = CostEffect(
            cost=Resampled(value=2000 * factor, samples=cost * factor, **no),
            effect=Resampled(value=0.3, samples=effect, **no),
        )
        return np.array(both.ratio(0.95))

    np.testing.assert_allclose(price(rate), rate * price(1.0), rtol=1e-9)
