"""What no model can answer is refused by name, never with inf, nan or a warning."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods import mmrm
from outcomes.results.outcome import NotEstimableError

NAMES = ("intercept", "arm", "start", "age")
VISITS = ("mid", "end")


def trial(n: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    by_visit = np.column_stack([np.ones(n), np.arange(n) % 2, rng.normal(30, 5, n)])
    return rng.normal(20, 4, (n, 2)) + 0.3 * by_visit[:, 2:], by_visit, rng.normal(40, 9, (n, 1))


def fit(scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray, **more: object) -> mmrm.MmrmFit:
    return mmrm.fit_mmrm(
        scores=scores,
        by_visit=by_visit,
        constant=constant,
        names=NAMES,
        visits=VISITS,
        **more,  # type: ignore[arg-type]
    )


def refuse(match: str, scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray, **more: object) -> None:
    with pytest.raises(NotEstimableError, match=match):
        fit(scores, by_visit, constant, **more)


def numbers_or_reason(
    scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray, place: int, structure: str
) -> str:
    """Reason why there are no numbers; where there are, they are finite, and it is empty."""
    try:
        found = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant, covariance=structure, names=NAMES)
    except NotEstimableError as reason:
        return str(reason)
    contrast = found.contrast(np.eye(len(found.beta))[place], method="kenward-roger")
    assert np.isfinite([contrast.estimate, contrast.se, contrast.df, contrast.p_value]).all()
    return ""


def test_the_trial_itself_can_be_fitted() -> None:
    assert np.isfinite(fit(*trial()).beta).all()


def test_a_covariate_that_repeats_another_is_named() -> None:
    scores, by_visit, _ = trial()
    refuse("repeat others.*age", scores, by_visit, 3 * by_visit[:, 2:] + 1)


def test_a_covariate_that_is_zero_throughout_is_named() -> None:
    scores, by_visit, constant = trial()
    refuse("the same for everybody: age", scores, by_visit, 0 * constant)


def test_a_visit_that_nobody_attended_is_named() -> None:
    scores, by_visit, constant = trial()
    scores[:, 1] = np.nan
    refuse("Nobody has a score at end", scores, by_visit, constant)


def test_an_arm_with_nobody_at_a_visit_is_refused() -> None:
    scores, by_visit, constant = trial()
    scores[by_visit[:, 1] == 1, 1] = np.nan
    refuse("At end the scores cannot tell the effects apart.*, arm repeats", scores, by_visit, constant)


def test_a_constant_covariate_that_stands_for_a_visit_is_named() -> None:
    scores, by_visit, constant = trial()
    scores[:, 1] = np.nan
    scores[:5] = np.nan
    scores[:5, 1] = [20.0, 22.0, 25.0, 21.0, 27.0]
    by_visit[:, 2] = 0.0
    by_visit[:, 2] = np.arange(30) < 5  # whoever is seen at the end
    refuse("cannot tell the effects apart.*start repeats", scores, by_visit, constant, covariance="compound symmetry")


def test_visits_that_nobody_shares_have_no_covariance() -> None:
    scores, by_visit, constant = trial()
    scores[::2, 0] = np.nan
    scores[1::2, 1] = np.nan
    by_visit[:, 1] = np.arange(30) % 4 < 2
    refuse("Nobody has scores at both mid and end", scores, by_visit, constant)


def test_constant_scores_are_refused() -> None:
    scores, by_visit, constant = trial()
    refuse("At mid, end the scores do not differ beyond", np.full_like(scores, 12.0), by_visit, constant)


def test_a_visit_at_which_everybody_scores_the_same_is_named() -> None:
    scores, by_visit, constant = trial()
    scores[:, 1] = 0.0
    refuse("At end the scores do not differ beyond", scores, by_visit, constant)


def test_a_perfect_copy_of_a_visit_is_at_the_edge() -> None:
    scores, by_visit, constant = trial()
    scores[:, 1] = scores[:, 0]
    refuse("covariances|edge|maximum|structure", scores, by_visit, constant)


def test_one_client_is_too_few() -> None:
    scores, by_visit, constant = trial()
    refuse("too few|repeat", scores[:1], by_visit[:1], constant[:1])


def test_fewer_clients_than_parameters_are_too_few() -> None:
    scores, by_visit, constant = trial()
    refuse("too few|Too few|repeat", scores[:4], by_visit[:4], constant[:4])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_covariate_that_is_no_number_is_named(bad: float) -> None:
    scores, by_visit, constant = trial()
    constant[3, 0] = bad
    refuse("age has values that are missing", scores, by_visit, constant)


def test_an_infinite_score_is_placed() -> None:
    scores, by_visit, constant = trial()
    scores[0, 1] = np.inf
    refuse("score at end is infinite", scores, by_visit, constant)


def test_weights_of_zero_leave_nobody() -> None:
    scores, by_visit, constant = trial()
    refuse("Nobody has a score", scores, by_visit, constant, weights=np.zeros(30))


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_a_weight_that_is_none_is_refused(bad: float) -> None:
    scores, by_visit, constant = trial()
    weights = np.ones(30)
    weights[2] = bad
    refuse("weight is negative or not", scores, by_visit, constant, weights=weights)


def test_nobody_with_a_score_is_refused() -> None:
    scores, by_visit, constant = trial()
    refuse("Nobody has a score", np.full_like(scores, np.nan), by_visit, constant)


def test_arrays_that_do_not_belong_together_are_a_fault_of_the_caller() -> None:
    scores, by_visit, constant = trial()
    with pytest.raises(ValueError, match="rows differ"):
        fit(scores[:-1], by_visit, constant)


def test_contrasts_that_repeat_others_are_refused() -> None:
    result = fit(*trial())
    with pytest.raises(NotEstimableError, match="repeats others"):
        result.f_test(np.array([[1.0] * 7, [2.0] * 7]), method="kenward-roger")


def test_the_first_structure_that_can_be_estimated_is_used_and_the_others_are_named() -> None:
    rng = np.random.default_rng(3)
    by_visit = np.column_stack([np.ones(60), np.arange(60) % 2]).astype(float)
    scores = rng.normal(20, 4, (60, 4)) + rng.normal(0, 4, (60, 1))
    scores[:30, 0] = np.nan  # nobody has both the first and the last visit
    scores[30:, 3] = np.nan
    gathered = mmrm.moments(scores=scores, by_visit=by_visit)
    fitted, tried = mmrm.fit_first_estimable(gathered, order=("unstructured", "heterogeneous ar1"))
    assert fitted.covariance_name == "heterogeneous ar1"
    assert [name for name, _ in tried] == ["unstructured"]
    assert "visit 1 and visit 4" in tried[0][1]


@pytest.mark.parametrize("covariance", mmrm.STRUCTURES)
@pytest.mark.parametrize("scale", [1e8, 1e-8])
def test_scores_in_odd_units_give_the_same_answer_in_those_units(covariance: str, scale: float) -> None:
    scores, by_visit, constant = trial(60)
    scores = np.column_stack([scores, scores.mean(axis=1) + np.sin(np.arange(60))])
    plain, scaled = (
        mmrm.fit_mmrm(scores=s, by_visit=by_visit, constant=constant, covariance=covariance)
        for s in (scores, scale * scores)
    )
    for method in ("kenward-roger", "satterthwaite"):
        one, other = (result.contrast(np.eye(10)[4], method=method) for result in (plain, scaled))  # type: ignore[arg-type]
        assert other.estimate == pytest.approx(scale * one.estimate, rel=1e-8)
        assert (other.se, other.df) == pytest.approx((scale * one.se, one.df), rel=1e-8)


@pytest.mark.parametrize("scale", [1e-150, 1e100, 1e200, 1e308])
def test_scores_out_of_all_proportion_are_refused_by_their_visit(scale: float) -> None:
    scores, by_visit, constant = trial()
    refuse("Values of mid, end are too large or too small", scores / 50 * scale, by_visit, constant)


def test_one_score_out_of_all_proportion_is_refused() -> None:
    scores, by_visit, constant = trial()
    scores[3, 1] = 1e300
    refuse("Values of end are too large", scores, by_visit, constant)


def test_a_covariate_out_of_all_proportion_is_refused() -> None:
    scores, by_visit, constant = trial()
    refuse("Values of age are too large", scores, by_visit, constant * 1e200)


def test_weights_too_small_to_stand_for_the_effects_are_refused() -> None:
    scores, by_visit, constant = trial()
    refuse(
        "weights of the scores add up to less than the 7 effects", scores, by_visit, constant, weights=np.full(30, 0.1)
    )


def test_clients_with_a_weight_of_zero_are_not_there() -> None:
    scores, by_visit, constant = trial(40)
    weights = np.ones(40)
    weights[:10] = 0.0
    scores[:5] = 1e6  # whatever they score
    weighted, without = fit(scores, by_visit, constant, weights=weights), fit(scores[10:], by_visit[10:], constant[10:])
    assert weighted.n_clients == 30
    np.testing.assert_allclose(weighted.beta, without.beta, rtol=1e-8)
    np.testing.assert_allclose(weighted.covariance, without.covariance, rtol=1e-8)


def test_a_visit_with_two_people_is_named() -> None:
    scores, by_visit, constant = trial()
    scores[2:, 1] = np.nan
    refuse("Too few people have a score at end", scores, by_visit, constant)


@pytest.mark.parametrize("covariance", mmrm.STRUCTURES)
def test_one_visit_is_the_analysis_of_covariance_whatever_the_structure(covariance: str) -> None:
    scores, by_visit, constant = trial()
    found = mmrm.fit_mmrm(scores=scores[:, :1], by_visit=by_visit, constant=constant, covariance=covariance)
    design = np.column_stack([by_visit, constant])
    beta, residue, *_ = np.linalg.lstsq(design, scores[:, 0], rcond=None)
    contrast = found.contrast(np.eye(4)[1], method="kenward-roger")
    assert contrast.estimate == pytest.approx(beta[1], rel=1e-9)
    assert contrast.se == pytest.approx(np.sqrt(np.linalg.inv(design.T @ design)[1, 1] * residue[0] / 26), rel=1e-9)
    assert contrast.df == pytest.approx(26, rel=1e-8)


@pytest.mark.parametrize("noise", [0.0, 1e-12, 1e-9, 1e-6, 1e-4, 1e-2])
@pytest.mark.parametrize("covariance", mmrm.STRUCTURES)
def test_visits_that_nearly_repeat_each_other_give_finite_numbers_or_a_reason(covariance: str, noise: float) -> None:
    scores, by_visit, constant = trial()
    scores = np.column_stack([scores, 2 * scores[:, 0] + 3 + noise * np.sin(np.arange(30.0))])
    reason = numbers_or_reason(scores, by_visit, constant, 4, covariance)
    assert reason == "" or "covariance" in reason


@pytest.mark.parametrize("noise", [1e-9, 1e-7, 1e-5, 1e-3])
def test_covariates_that_nearly_repeat_each_other_give_finite_numbers_or_their_names(noise: float) -> None:
    scores, by_visit, constant = trial()
    reason = numbers_or_reason(scores, by_visit, by_visit[:, 2:] + noise * constant, 2, "unstructured")
    assert reason == "" or "age" in reason


@pytest.mark.parametrize("people", range(1, 9))
@pytest.mark.parametrize("covariance", mmrm.STRUCTURES)
def test_any_number_of_people_gives_finite_numbers_or_a_reason(covariance: str, people: int) -> None:
    scores, by_visit, constant = trial()
    reason = numbers_or_reason(scores[:people], by_visit[:people], constant[:people], 2, covariance)
    assert reason == "" or reason.endswith(".")
    assert reason or people > 4, "four people cannot be enough for seven effects"
