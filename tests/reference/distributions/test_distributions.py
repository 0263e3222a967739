"""Tail areas and quantiles against scipy.stats, R and closed forms, far out and with broken degrees of freedom.

R 4.2.2: `pt(-t, df)` and `qt(share, df)`, printed with 17 digits. scipy.stats: the whole grid. Tolerance 1e-12
relative, as both sides are double-precision arithmetic of the same closed forms; for the noncentral t, whose series
are cut off by both, 1e-12 absolute, which moves no limit by more than its search does.
"""

from __future__ import annotations

import math
from itertools import product

import pytest
from scipy import special, stats

from outcomes.methods.reference import (
    _by_series,
    noncentral_t_cdf,
    noncentral_t_limits,
    normal_critical,
    t_cdf,
    t_critical,
    t_limits,
    t_p_value,
    t_quantile,
)

CLOSED = 1e-12
FREEDOMS = (1.0, 1.5, 2.5, 7.3, 44.25, 1000.5, 1e7, 1e12, math.inf)
AWAY = (0.0, 1e-9, 0.1, 1.0, 2.0, 9.0, 37.0)
SHARES = (1e-12, 1e-4, 0.025, 0.4, 0.5, 0.6, 0.975, 0.9995, 1 - 1e-9)
TAILS_OF_R = [
    (1.5, 0.1, 0.46602072674348127),
    (1.5, 40, 0.0014898121954656227),
    (7.3, 2, 0.041970519667051551),
    (7.3, 40, 4.0185675839568655e-10),
    (44.25, 9, 7.373135198755127e-12),
    (44.25, 40, 1.1058777455725395e-36),
    (1000.5, 9, 5.5603264959100888e-19),
    (1000.5, 40, 4.8116990317780886e-210),
    (1e7, 9, 1.1287780826953677e-19),
]
QUANTILES_OF_R = [
    (1.5, 0.975, 6.0166631044279288),
    (1.5, 0.999999999, 521946.9525745493),
    (7.3, 0.6, 0.26275680525071937),
    (7.3, 0.999999999, 35.28355022976519),
    (44.25, 0.9995, 3.5243888801098979),
    (1000.5, 0.975, 1.9623378924593478),
    (1e7, 0.999999999, 5.9978125636323352),
]


@pytest.mark.parametrize(("df", "t", "tail"), TAILS_OF_R)
def test_a_tail_of_t_is_that_of_r(df: float, t: float, tail: float) -> None:
    assert t_cdf(-t, df=df) == pytest.approx(tail, rel=CLOSED)
    assert t_p_value(t * 3.0, se=3.0, df=df) == pytest.approx(2 * tail, rel=CLOSED)


@pytest.mark.parametrize(("df", "share", "t"), QUANTILES_OF_R)
def test_a_quantile_of_t_is_that_of_r(df: float, share: float, t: float) -> None:
    # 1 − share has lost seven digits where it is 1e-9
    assert t_quantile(share, df=df) == pytest.approx(t, rel=CLOSED if share < 0.9999 else 1e-7)


@pytest.mark.parametrize("df", FREEDOMS)
def test_tails_and_quantiles_of_t_are_those_of_scipy_stats(df: float) -> None:
    for away in AWAY:
        assert t_cdf(-away, df=df) == pytest.approx(stats.t.sf(away, df), rel=CLOSED)
        assert t_cdf(away, df=df) == pytest.approx(stats.t.cdf(away, df), rel=CLOSED)
    for share in SHARES:
        assert t_quantile(share, df=df) == pytest.approx(stats.t.ppf(share, df), rel=CLOSED, abs=1e-15)


@pytest.mark.parametrize("t", [1e-6, 0.3, 2.0, 50.0, 1e6])
def test_one_and_two_degrees_of_freedom_have_their_closed_forms(t: float) -> None:
    root = math.sqrt(2 + t * t)
    digits = CLOSED if t > 0.01 else 1e-10  # 1/(1 + t²), from which it is computed, no longer holds all of a small t
    assert t_cdf(-t, df=1) == pytest.approx(math.atan2(1, t) / math.pi, rel=digits)
    assert t_cdf(-t, df=2) == pytest.approx(1 / (root * (root + t)), rel=digits)


def test_infinite_degrees_of_freedom_are_the_normal_distribution() -> None:
    for away in AWAY:
        assert t_p_value(away, se=1.0, df=math.inf) == pytest.approx(2 * stats.norm.sf(away), rel=CLOSED)
    for level in (0.5, 0.8, 0.95, 0.999):
        reach = stats.norm.ppf((1 + level) / 2)
        assert normal_critical(level=level) == pytest.approx(reach, rel=CLOSED)
        assert t_critical(df=math.inf, level=level) == pytest.approx(reach, rel=CLOSED)
        assert t_limits(1.0, se=2.0, df=math.inf, level=level) == pytest.approx((1 - 2 * reach, 1 + 2 * reach))


def test_the_noncentral_t_is_that_of_scipy_stats() -> None:
    for df, away, t in product((1.5, 2.5, 7.3, 44.25, 399.5), (0.0, 0.1, 3.0, 12.0), (0.0, 0.3, 2.0, 9.0, 37.0)):
        assert noncentral_t_cdf(t, df=df, noncentrality=away) == pytest.approx(stats.nct.cdf(t, df, away), abs=1e-12)
        mirrored = noncentral_t_cdf(-t, df=df, noncentrality=-away)
        assert mirrored == pytest.approx(stats.nct.sf(t, df, away), abs=1e-12)


@pytest.mark.parametrize(
    ("df", "away", "t", "share"),
    [
        (44.25, 3.0, -1.5, 4.5582406836830458e-06),
        (399.5, 3.0, -1.5, 3.5152829674922614e-06),
        (399.5, 0.5, -1.5, 0.022952965448827189),
        (2.5, 12.0, -3.0, 0.0),
        (7.3, 30.0, 0.25, 0.0),
    ],
)
def test_the_far_side_of_the_noncentral_t_is_a_number_where_scipy_has_none(
    df: float, away: float, t: float, share: float
) -> None:
    # R stops its series at 1e-12 of the whole
    assert noncentral_t_cdf(t, df=df, noncentrality=away) == pytest.approx(share, abs=1e-12)
    assert noncentral_t_cdf(-t, df=df, noncentrality=-away) == pytest.approx(1 - share, abs=1e-12)


def test_both_series_of_the_noncentral_t_agree_where_both_have_a_number() -> None:
    for df, away, t in product((1.5, 8.0, 399.5), (0.1, 1.5, 12.0), (-3.0, -0.1, 0.0, 0.2, 3.0, 20.0)):
        found = float(special.nctdtr(df, away, t))
        if math.isfinite(found):
            assert _by_series(t, df, away) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(("t", "df", "level"), [(40.0, 3.0, 0.99), (20.0, 2.0, 0.999), (-40.0, 1.0, 0.95)])
def test_a_statistic_far_from_zero_with_few_people_has_limits(t: float, df: float, level: float) -> None:
    low, high = noncentral_t_limits(t, df=df, level=level)
    assert low < t < high
    assert noncentral_t_cdf(t, df=df, noncentrality=low) == pytest.approx((1 + level) / 2, abs=1e-12)
    assert noncentral_t_cdf(t, df=df, noncentrality=high) == pytest.approx((1 - level) / 2, abs=1e-12)


def test_tails_of_f_and_chi_squared_are_those_of_scipy_stats() -> None:
    for df, value in product((1.0, 2.0, 3.7, 40.0), (1e-6, 0.5, 3.0, 40.0, 400.0)):
        assert special.chdtrc(df, value) == pytest.approx(stats.chi2.sf(value, df), rel=CLOSED)
        for below in (1.5, 7.3, 44.25, 1e7):
            assert special.fdtrc(df, below, value) == pytest.approx(stats.f.sf(value, df, below), rel=CLOSED)
    for df, share in product((1.0, 2.0, 3.7, 40.0), (1e-12, 0.025, 0.5, 0.975)):
        assert special.chdtri(df, share) == pytest.approx(stats.chi2.isf(share, df), rel=CLOSED)
