"""What must hold of every completed comparison, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outcomes.methods import impute, mmrm
from outcomes.methods.ancova import fit_arm_of_many
from outcomes.results.outcome import NotEstimableError

T = 3
Trial = tuple[np.ndarray, np.ndarray, np.ndarray]
ANY = impute.ASSUMPTIONS


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    """Scores with drop-out and gaps, intercept, arm and start, covariates with one effect."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(24, 60))
    full, start = np.arange(n) < n // 2, rng.normal(draw(st.floats(-50, 500)), 8.0, n)
    rho = draw(st.floats(-0.3, 0.9))
    mix = np.linalg.cholesky((1 - rho) * np.eye(T) + rho).T * rng.uniform(0.5, 3.0, T)
    constant = rng.standard_normal((n, draw(st.integers(0, 2))))
    scores = 0.4 * start[:, None] - 2.0 * full[:, None] + 6.0 * rng.standard_normal((n, T)) @ mix
    last = rng.integers(0, T + 3, n)
    scores[np.arange(T)[None, :] >= last[:, None]] = np.nan
    scores[rng.random((n, T)) < 0.05] = np.nan
    return scores, np.column_stack([np.ones(n), full, start]), constant


def expected(scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray) -> impute.Expected:
    try:
        fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
        return impute.fit_expected(
            people=impute.to_people(scores=scores, by_visit=by_visit, constant=constant),
            without=mmrm.leave_one_out(fit, scores=scores, by_visit=by_visit, constant=constant),
            units=np.arange(len(scores)),
            names=[f"column {k}" for k in range(3 + constant.shape[1])],
            visit=T - 1,
        )
    except NotEstimableError:
        assume(False)
        raise


def same(found: impute.Jackknifed, other: impute.Jackknifed, *, times: float = 1.0, within: float = 1e-7) -> None:
    assert found.value == pytest.approx(times * other.value, rel=within, abs=within)
    assert found.covariance(found) == pytest.approx(times**2 * other.covariance(other), rel=1e-5, abs=within)


def stay(scores: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Let nobody of these people leave: whoever is not seen at the last visit is given a score there."""
    kept = scores.copy()
    gone = who & np.isnan(scores[:, -1])
    kept[gone, -1] = np.resize(scores[~np.isnan(scores[:, -1]), -1], gone.sum())
    return kept


@given(trials())
@settings(max_examples=25, deadline=None)
def test_without_covariates_missing_at_random_is_the_main_model(trial: Trial) -> None:
    scores, by_visit, constant = trial
    found = expected(scores, by_visit, constant[:, :0])
    main = mmrm.fit_mmrm(scores=scores, by_visit=by_visit).beta[2 * T - 1]
    assert found.under("missing at random", reference=False).value == pytest.approx(main, rel=1e-8, abs=1e-8)


@given(trials(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_nothing_added_is_missing_at_random(trial: Trial, full: bool) -> None:
    found = expected(*trial)
    base = found.under("missing at random", reference=False)
    added = base.plus(found.slope(full=full), times=0.0)
    assert added.value == pytest.approx(base.value, abs=1e-12)
    assert added.without == pytest.approx(base.without, abs=1e-12)


@given(trials(), st.sampled_from(ANY))
@settings(max_examples=25, deadline=None)
def test_where_nobody_left_the_arm_every_assumption_is_missing_at_random(trial: Trial, how: impute.Assumption) -> None:
    scores, by_visit, constant = trial
    found = expected(stay(scores, by_visit[:, 1] == 1), by_visit, constant)
    base, other = (found.under(name, reference=False) for name in ("missing at random", how))
    assert other.value == base.value
    assert (other.without == base.without).all()
    assert found.slope(full=True).value == 0


@given(trials())
@settings(max_examples=25, deadline=None)
def test_where_nothing_is_missing_it_is_the_comparison_itself(trial: Trial) -> None:
    scores, by_visit, constant = trial
    complete = np.where(np.isnan(scores), 20.0 + by_visit[:, 2:] + scores[::-1], scores)
    complete = np.where(np.isnan(complete), np.arange(T) + np.arange(len(scores))[:, None] % 7, complete)
    found = expected(complete, by_visit, constant)
    design = np.column_stack([by_visit, constant])
    alone = np.linalg.lstsq(design, complete[:, -1], rcond=None)[0][1]
    for how in ANY:
        assert found.under(how, reference=False).value == pytest.approx(alone, rel=1e-9, abs=1e-9)


@given(trials(), st.sampled_from(ANY), st.booleans())
@settings(max_examples=25, deadline=None)
def test_swapping_the_arms_flips_the_sign_and_keeps_the_standard_error(
    trial: Trial, how: impute.Assumption, reference: bool
) -> None:
    scores, by_visit, constant = trial
    swapped = np.column_stack([by_visit[:, 0], 1 - by_visit[:, 1], by_visit[:, 2]])
    one, other = expected(scores, by_visit, constant), expected(scores, swapped, constant)
    same(one.under(how, reference=reference), other.under(how, reference=not reference), times=-1.0)
    same(one.slope(full=True), other.slope(full=False), times=-1.0)


@given(trials(), st.sampled_from(ANY), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_what_does_not_matter_changes_nothing(trial: Trial, how: impute.Assumption, seed: int) -> None:
    scores, by_visit, constant = trial
    order = np.random.default_rng(seed).permutation(len(scores))
    plain = expected(*trial).under(how, reference=False)
    same(expected(scores[order], by_visit[order], constant[order]).under(how, reference=False), plain)
    same(expected(scores + 100.0, by_visit, constant).under(how, reference=False), plain)
    same(expected(10 * scores, by_visit, constant).under(how, reference=False), plain, times=10.0)


@given(trials(), st.sampled_from(ANY), st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_neither_the_order_of_rows_nor_a_second_asking_changes_a_draw(
    trial: Trial, how: impute.Assumption, seed: int
) -> None:
    scores, by_visit, constant = trial
    order = np.random.default_rng(seed).permutation(len(scores))
    one = completed(scores, by_visit, constant)
    other = completed(scores[order], by_visit[order], constant[order])
    found = [each.under(how, reference=False) for each in (one, other)]
    assert found[0][:, order] == pytest.approx(found[1], rel=1e-5, abs=1e-5)
    assert (completed(scores, by_visit, constant).grids == one.grids).all()
    seen = ~np.isnan(scores)
    assert (found[0][:, seen] == scores[seen]).all()


@given(trials(), st.sampled_from(("jump to reference", "copy increments")))
@settings(max_examples=10, deadline=None)
def test_many_draws_go_to_the_expected_comparison(trial: Trial, how: impute.Assumption) -> None:
    scores, by_visit, constant = trial
    fit = expected(*trial)
    people = impute.to_people(scores=scores, by_visit=by_visit, constant=constant)
    count = 3_000
    main = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    draws = impute.Draws(
        beta=np.repeat(main.beta[None], count, 0), covariance=np.repeat(main.covariance[None], count, 0), steps=0
    )
    grids = impute.complete_scores(people=people, draws=draws, rng=np.random.default_rng(5))
    names = [f"column {k}" for k in range(people.design.shape[1])]
    arms = fit_arm_of_many(scores=grids.under(how, reference=False)[:, :, -1], design=people.design, names=names)
    error = float(arms.estimates.std(ddof=1)) / np.sqrt(count)
    assert abs(arms.estimates.mean() - fit.under(how, reference=False).value) < 5 * error + 1e-9


def completed(scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray) -> impute.Completed:
    rng = np.random.default_rng(3)
    people = impute.to_people(scores=scores, by_visit=by_visit, constant=constant)
    try:
        fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
        draws = impute.draw_posterior(fit, people=people, draws=5, rng=rng)
    except NotEstimableError:
        assume(False)
        raise
    return impute.complete_scores(people=people, draws=draws, rng=rng)


@given(trials(), st.floats(0.6, 0.99))
@settings(max_examples=40, deadline=None)
def test_at_the_tipping_point_a_limit_is_zero_and_before_it_none_is(trial: Trial, level: float) -> None:
    fit = expected(*trial)
    base, slope = fit.under("missing at random", reference=False), fit.slope(full=True)
    tipping = impute.Tipping(base=base, slope=slope, df=float(len(trial[0]) - 1), level=level)
    assume(slope.value != 0)
    low, high = tipping.at(0.0).interval(level)
    assert tipping.at(tipping.where_even()).estimate == pytest.approx(0.0, abs=1e-9 * abs(base.value))
    if low <= 0 <= high:
        with pytest.raises(NotEstimableError, match="already"):
            tipping.where_undecided()
        return
    point = tipping.where_undecided()
    assert 0 < point / tipping.where_even() <= 1
    limits = tipping.at(point).interval(level)
    assert min(abs(limit) for limit in limits) < 1e-7 * (1 + abs(base.value))
    for share in (0.2, 0.6, 0.99):
        low, high = tipping.at(share * point).interval(level)
        assert not low <= 0 <= high
