"""What a statistician would say aloud about weights and weighted differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special, stats

from outcomes.methods import mmrm, weights
from outcomes.methods.standardised_difference import fit_level_difference, fit_number_difference
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TARGETS: tuple[weights.Target, ...] = ("overlap", "att", "ate", "atc", "matching")
MIRROR: dict[weights.Target, weights.Target] = {
    "overlap": "overlap",
    "att": "atc",
    "atc": "att",
    "ate": "ate",
    "matching": "matching",
}
people = settings(max_examples=25, deadline=None, derandomize=True)


class People:
    """People with three characteristics, of whom the second makes the full arm likelier."""

    def __init__(self, seed: int, n: int, pull: float) -> None:
        rng = np.random.default_rng(seed)
        self.x = np.column_stack(
            [rng.normal(40, 12, n), rng.normal(size=n), rng.integers(0, 3, n) == 0, rng.integers(0, 2, n)]
        ).astype(float)
        self.full = rng.random(n) < special.expit(pull * self.x[:, 1] - 0.3 * self.x[:, 2])
        self.scores = self.x[:, 1] + 2 * self.full + rng.normal(size=n)
        self.scores[rng.random(n) < 0.15] = np.nan

    def fit(self, *, swapped: bool = False) -> weights.PropensityFit:
        full = ~self.full if swapped else self.full
        return weights.fit_propensity(full=full, covariates=self.x, names=("a", "b", "c", "d"))


some_people = st.builds(
    People, seed=st.integers(0, 10_000), n=st.integers(40, 120), pull=st.floats(-1.2, 1.2, allow_nan=False)
).filter(lambda one: min(one.full.sum(), (~one.full).sum()) >= 8)  # fewer are refused, which is tested elsewhere


def difference(one: People, target: weights.Target, scores: NDArray[np.float64], **how: bool) -> weights.WeightedFit:
    fit = one.fit(**how)
    try:
        return weights.fit_weighted_difference(
            scores=scores, propensity=fit, target=target, without=None, clusters=None
        )
    except NotEstimableError:
        assume(False)  # a target that counts people set apart, which is tested elsewhere
        raise


def augmented(one: People, target: weights.Target, scores: NDArray[np.float64], **how: bool) -> weights.WeightedFit:
    fit = one.fit(**how)
    try:
        return weights.fit_augmented_difference(
            scores=scores,
            regressors=one.x,
            propensity=fit,
            target=target,
            normalised=True,
            without=None,
            clusters=None,
        )
    except NotEstimableError:
        assume(False)  # as above
        raise


@people
@given(some_people)
def test_overlap_weights_balance_every_characteristic_exactly(one: People) -> None:
    found = one.fit().weights("overlap")
    for column in one.x.T[:2]:
        assert abs(fit_number_difference(values=column, full=one.full, weights=found).value) < 1e-10
    for column in one.x.T[2:]:
        levels = column.astype(np.int64)
        if all(len(np.unique(levels[arm])) > 1 for arm in (one.full, ~one.full)):
            assert abs(fit_level_difference(levels=levels, full=one.full, weights=found).value) < 1e-10
    assert found[one.full].sum() == pytest.approx(found[~one.full].sum(), rel=1e-10)


@people
@given(some_people, st.sampled_from(TARGETS))
def test_swapping_the_arms_flips_the_sign_and_keeps_the_error(one: People, target: weights.Target) -> None:
    for ask in (difference, augmented):
        there = ask(one, target, one.scores).contrast
        back = ask(one, MIRROR[target], one.scores, swapped=True).contrast
        assert (back.estimate, back.se, back.df) == pytest.approx((-there.estimate, there.se, there.df), rel=1e-7)


@people
@given(some_people, st.sampled_from(TARGETS), st.floats(-50, 50), st.floats(0.1, 20))
def test_a_shift_moves_nothing_and_a_scale_scales(one: People, target: weights.Target, shift: float, by: float) -> None:
    for ask in (difference, augmented):
        there, moved = ask(one, target, one.scores).contrast, ask(one, target, one.scores * by + shift).contrast
        assert (moved.estimate / by, moved.se / by) == pytest.approx((there.estimate, there.se), rel=1e-6, abs=1e-9)


@people
@given(some_people, st.sampled_from(TARGETS), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing(one: People, target: weights.Target, random: object) -> None:
    order = np.arange(len(one.full))
    random.shuffle(order)  # type: ignore[attr-defined]  # a standard Random
    there = difference(one, target, one.scores).contrast
    one.x, one.full, one.scores = one.x[order], one.full[order], one.scores[order]
    again = difference(one, target, one.scores).contrast
    assert (again.estimate, again.se) == pytest.approx((there.estimate, there.se), rel=1e-8)


@people
@given(some_people)
def test_without_characteristics_the_difference_is_that_of_plain_means(one: People) -> None:
    fit = weights.fit_propensity(full=one.full, covariates=np.empty((len(one.full), 0)), names=())
    seen = ~np.isnan(one.scores)
    plain = one.scores[seen & one.full].mean() - one.scores[seen & ~one.full].mean()
    for target in TARGETS:
        found = weights.fit_weighted_difference(
            scores=one.scores, propensity=fit, target=target, without=None, clusters=None
        )
        assert found.estimate == pytest.approx(plain, rel=1e-12)
        assert found.contrast.df == pytest.approx(seen.sum() - 2)
        assert found.contrast.se == pytest.approx(found.known_se, rel=1e-9)


@people
@given(some_people, st.sampled_from(TARGETS))
def test_everybody_alone_in_a_cluster_is_judged_as_by_welch(one: People, target: weights.Target) -> None:
    """Nobody shares a cluster: the spread of each arm's influences, with its own count and degrees of freedom."""
    alone = np.array([f"p{row}" for row in range(len(one.full))], dtype=object)
    there = difference(one, target, one.scores)
    again = weights.fit_weighted_difference(
        scores=one.scores, propensity=one.fit(), target=target, without=None, clusters=alone
    ).contrast
    counts = [int(arm.sum()) for arm in (one.full, ~one.full)]
    parts = [
        float((there.influence[arm] ** 2).sum()) / len(one.full) ** 2 * count / (count - 1)
        for arm, count in zip((one.full, ~one.full), counts, strict=True)
    ]
    assert again.se**2 == pytest.approx(sum(parts), rel=1e-12)
    weight = sum(part**2 / (count - 1) for part, count in zip(parts, counts, strict=True))
    assert again.df == pytest.approx(sum(parts) ** 2 / weight, rel=1e-12)


def test_plain_means_of_therapists_in_one_arm_and_people_alone_in_the_other_are_welch_s_test() -> None:
    """Equal caseloads, no characteristics, all of one therapist alike: the therapists' means against the people."""
    rng = np.random.default_rng(5)
    full = np.arange(60) < 24
    clusters = np.array([f"t{row // 6}" if full[row] else f"p{row}" for row in range(60)], dtype=object)
    scores = np.where(full, rng.normal(size=60)[np.arange(60) // 6 * 6], rng.normal(size=60))
    fit = weights.fit_propensity(full=full, covariates=np.empty((60, 0)), names=())
    found = weights.fit_weighted_difference(
        scores=scores, propensity=fit, target="overlap", without=None, clusters=clusters
    ).contrast
    welch = stats.ttest_ind(scores[:24:6], scores[24:], equal_var=False)
    assert (found.estimate / found.se, found.df) == pytest.approx((welch.statistic, welch.df), rel=1e-10)


def test_an_arm_in_one_cluster_has_no_standard_error() -> None:
    one = People(6, 60, 0.3)
    clusters = np.array([f"p{row}" for row in range(60)], dtype=object)
    clusters[one.full] = "t"
    with pytest.raises(NotEstimableError, match="share one cluster"):
        weights.fit_weighted_difference(
            scores=one.scores, propensity=one.fit(), target="overlap", without=None, clusters=clusters
        )


def test_a_repeated_column_changes_no_propensity() -> None:
    one = People(1, 80, 0.8)
    twice = np.column_stack([one.x, one.x[:, 0] - 2 * one.x[:, 1], np.full(len(one.x), 3.0)])
    fit = weights.fit_propensity(full=one.full, covariates=twice, names=tuple("abcdef"))
    assert fit.names == ("the intercept", "a", "b", "c", "d")
    np.testing.assert_allclose(fit.share, one.fit().share, rtol=1e-9)


def test_people_of_a_kind_that_one_arm_lacks_are_set_apart_and_the_others_are_as_without_them() -> None:
    """The limit of the likelihood: their chance goes to one, their overlap weight to zero."""
    one = People(2, 90, 0.6)
    rare = np.zeros(len(one.full))
    rare[np.flatnonzero(one.full)[:3]] = 1.0
    fit = weights.fit_propensity(full=one.full, covariates=np.column_stack([one.x, rare]), names=tuple("abcde"))
    others = rare == 0
    np.testing.assert_array_equal(fit.apart, rare == 1)
    without = weights.fit_propensity(full=one.full[others], covariates=one.x[others], names=tuple("abcd"))
    np.testing.assert_allclose(fit.share[others], without.share, rtol=1e-9)
    assert not fit.weights("overlap")[fit.apart].any()
    assert fit.weights("atc")[~one.full].min() == 1.0
    for target in ("overlap", "ate", "att", "atc"):
        assert not fit.weights(target)[fit.apart].any()
        with_them = weights.fit_weighted_difference(
            scores=one.scores, propensity=fit, target=target, without=None, clusters=None
        )
        alone = weights.fit_weighted_difference(
            scores=one.scores[others], propensity=without, target=target, without=None, clusters=None
        )
        assert with_them.contrast.estimate == pytest.approx(alone.contrast.estimate, rel=1e-9)
        assert with_them.contrast.se == pytest.approx(alone.contrast.se, rel=1e-9)


def test_arms_that_the_characteristics_tell_apart_are_refused_by_name() -> None:
    one = People(3, 60, 0.2)
    with pytest.raises(weights.SeparatedError):
        weights.fit_propensity(full=one.full, covariates=np.column_stack([one.x, one.full]), names=tuple("abcde"))


def test_weights_of_one_are_the_unweighted_repeated_model() -> None:
    one = People(4, 80, 0.5)
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(80, 2)) + one.x[:, 1:2]
    by_visit = np.column_stack([np.ones(80), one.full])
    fits = [mmrm.fit_mmrm(scores=scores, by_visit=by_visit, weights=used) for used in (None, np.ones(80))]
    np.testing.assert_allclose(fits[0].beta, fits[1].beta, rtol=1e-12)
    np.testing.assert_allclose(fits[0].beta_cov, fits[1].beta_cov, rtol=1e-12)
