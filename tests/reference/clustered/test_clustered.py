"""The mean of clustered records in closed form against the general CR2, and shares against Wilson."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from outcomes.methods.cluster import fit_cr2
from outcomes.methods.clustered import fit_clustered_mean
from outcomes.methods.proportions import fit_share
from outcomes.results.outcome import NotEstimableError


@given(st.lists(st.integers(1, 12), min_size=4, max_size=9), st.integers(0, 2**31))
def test_the_closed_form_is_the_general_one(sizes, seed):
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    values = rng.normal(size=len(clusters)) + rng.normal(size=len(sizes))[clusters]
    if len(values) < 2:
        return
    ours = fit_clustered_mean(values=values, clusters=clusters)
    general = fit_cr2(
        scores=values, design=np.ones((len(values), 1)), clusters=clusters.astype(object), names=("one",)
    ).contrast(np.ones(1))
    assert ours.mean == pytest.approx(general.estimate, abs=1e-12)
    assert ours.se == pytest.approx(general.se, rel=1e-10)
    assert ours.df == pytest.approx(general.df, rel=1e-9)


def test_people_by_themselves_give_the_ordinary_t_interval():
    values = np.random.default_rng(1).normal(3, 2, 17)
    fit = fit_clustered_mean(values=values, clusters=np.arange(17))
    low, high = stats.t.interval(0.95, 16, loc=values.mean(), scale=stats.sem(values))
    assert (fit.df, *fit.interval(0.95)) == pytest.approx((16, low, high), rel=1e-12)


def test_without_clustering_the_share_has_wilsons_interval_but_for_t():
    events = np.repeat([1.0, 0.0], [300, 1700])
    fit = fit_clustered_mean(values=events, clusters=np.arange(2000))
    wilson = fit_share(events=300, n=2000, level=0.95)
    assert fit.share_interval(0.95) == pytest.approx((wilson.low, wilson.high), rel=2e-3)  # t on 1,999 for z


def test_where_all_sessions_agree_the_clusters_are_counted():
    fit = fit_clustered_mean(values=np.ones(200), clusters=np.repeat(np.arange(10), 20))
    low, high = fit.share_interval(0.95)
    t = stats.t.ppf(0.975, fit.df)
    assert (low, high) == pytest.approx((10 / (10 + t**2), 1.0), rel=1e-12)


def test_clusters_that_differ_widen_the_interval_and_stay_within_nought_and_one():
    alike = fit_clustered_mean(values=np.tile([1.0, 0.0], 50), clusters=np.repeat(np.arange(10), 10))
    apart = fit_clustered_mean(values=np.repeat([1.0, 0.0], 50), clusters=np.repeat(np.arange(10), 10))
    assert np.diff(apart.share_interval(0.95)) > 2.5 * np.diff(alike.share_interval(0.95))
    assert 0 < apart.share_interval(0.95)[0] < apart.share_interval(0.95)[1] < 1


def test_three_clusters_are_refused():
    with pytest.raises(NotEstimableError, match="3 clusters"):
        fit_clustered_mean(values=np.ones(9), clusters=np.repeat(np.arange(3), 3))
