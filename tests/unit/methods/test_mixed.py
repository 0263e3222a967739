"""The mixed model at its edges, and the check by cluster means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from outcomes.methods import mmrm
from outcomes.methods.cluster_means import compare_cluster_means
from outcomes.methods.mixed import GROUP, THERAPIST, MixedFit, fit_mixed
from outcomes.results.outcome import NotEstimableError


def trial(seed: int, n: int = 60, visits: int = 2, therapists: int = 5, between: float = 0.0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    full = np.arange(n) % 2 == 1
    of_therapist, of_group = rng.integers(0, therapists, n), rng.integers(0, 6, n)
    shift = between * (rng.normal(0, 1, therapists)[of_therapist] * full + rng.normal(0, 1, 6)[of_group])
    scores = rng.normal(20, 4, (n, visits)) + rng.normal(0, 3, (n, 1)) + shift[:, None]
    scores[rng.random(scores.shape) < 0.1] = np.nan
    return {
        "scores": scores,
        "by_visit": np.column_stack([np.ones(n), full]).astype(float),
        "constant": rng.normal(0, 1, (n, 1)),
        "full": full,
        "groups": of_group,
        "therapists": of_therapist,
    }


def fit(arrays: dict[str, Any], **choices: Any) -> MixedFit:
    return fit_mixed(**{"covariance": "unstructured", "by_arm": False, **arrays, **choices})


@pytest.mark.parametrize("seed", range(30))
def test_few_therapists_give_a_fit_or_a_boundary_but_never_a_crash(seed: int) -> None:
    arrays = trial(seed, therapists=4 + seed % 5, between=float(seed % 3))
    result = fit(arrays, by_arm=seed % 2 == 0)
    contrast = result.contrast(np.eye(5)[3])
    assert np.isfinite([contrast.estimate, contrast.se, contrast.df]).all()
    for name, variance in result.variances.items():
        assert (variance == 0) == (name in result.boundary)
    assert np.abs(result.score @ result.theta_cov @ result.score) < 1e-14
    assert result.levels == {GROUP: 6, THERAPIST: len(np.unique(arrays["therapists"][arrays["full"]]))}


def test_both_variances_at_the_boundary_leave_the_model_without_groups() -> None:
    for seed in range(40):
        arrays = trial(seed)
        result = fit(arrays)
        if len(result.boundary) == 2:
            break
    plain = mmrm.fit_mmrm(scores=arrays["scores"], by_visit=arrays["by_visit"], constant=arrays["constant"])
    expected = plain.contrast(np.eye(5)[3], method="satterthwaite")
    found = result.contrast(np.eye(5)[3])
    assert found.estimate == pytest.approx(expected.estimate, rel=1e-9)
    assert found.se == pytest.approx(expected.se, rel=1e-8)
    assert found.df == pytest.approx(expected.df, rel=1e-6)
    assert result.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-11)


def test_what_does_not_matter_changes_nothing() -> None:
    arrays = trial(3, between=2.0)
    order = np.random.default_rng(0).permutation(60)
    plain = fit(arrays, by_arm=True).contrast(np.eye(5)[3])
    permuted = fit({name: array[order] for name, array in arrays.items()}, by_arm=True).contrast(np.eye(5)[3])
    scaled = fit({**arrays, "scores": 10 * arrays["scores"] + 500}, by_arm=True).contrast(np.eye(5)[3])
    renamed = fit({**arrays, "groups": np.array([f"group {g}" for g in arrays["groups"]])}, by_arm=True)
    for other, times in ((permuted, 1.0), (scaled, 10.0), (renamed.contrast(np.eye(5)[3]), 1.0)):
        assert other.estimate == pytest.approx(times * plain.estimate, rel=1e-8)
        assert other.se == pytest.approx(times * plain.se, rel=1e-8)
        assert other.df == pytest.approx(plain.df, rel=1e-7)


def test_people_without_a_group_share_nothing() -> None:
    arrays = trial(3, between=2.0)
    empty = arrays["groups"].astype(object)
    empty[::3], empty[1::3] = None, np.nan
    assert fit(arrays, groups=empty).levels[GROUP] == len(np.unique(arrays["groups"][2::3]))


def test_therapists_of_the_skills_arm_are_not_looked_at() -> None:
    arrays = trial(3, between=2.0)
    other = np.where(arrays["full"], arrays["therapists"], 99)
    assert fit(arrays, therapists=other).variances == fit(arrays).variances


def test_one_group_cannot_differ_from_others() -> None:
    with pytest.raises(NotEstimableError, match="fewer than two of: group"):
        fit(trial(1), groups=np.zeros(60))


def test_a_group_of_one_each_cannot_be_told_from_the_people() -> None:
    arrays = trial(1, visits=1)
    arrays["scores"] = np.nan_to_num(arrays["scores"], nan=20.0)
    with pytest.raises(NotEstimableError, match="tell the spread between groups or therapists"):
        fit(arrays, groups=np.arange(60), therapists=None)


def test_cluster_means_are_compared_by_welch() -> None:
    arrays = trial(5, between=2.0)
    labels = np.where(arrays["full"], arrays["therapists"].astype(str), np.char.add("g", arrays["groups"].astype(str)))
    scores = arrays["scores"][:, 0]
    result = compare_cluster_means(scores=scores, full=arrays["full"], clusters=labels)
    expected = stats.ttest_ind(result.means_full, result.means_skills, equal_var=False)
    assert len(result.means_full) == 5
    assert result.means_full[0] == pytest.approx(np.nanmean(scores[labels == "0"]))
    assert result.difference.p_value == pytest.approx(expected.pvalue, rel=1e-12)
    assert result.difference.df == pytest.approx(expected.df, rel=1e-12)


def test_cluster_means_of_shared_few_or_equal_clusters_are_refused() -> None:
    full, scores = np.array([True, True, False, False]), np.array([1.0, 2.0, 3.0, 4.0])
    for clusters, values, reason in (
        ("abac", scores, "both arms"),
        ("aabc", scores, "full arm has fewer than two"),
        ("abcd", np.ones(4), "do not differ"),
    ):
        with pytest.raises(NotEstimableError, match=reason):
            compare_cluster_means(scores=values, full=full, clusters=list(clusters))


def test_more_groups_than_the_model_can_carry_are_refused() -> None:
    arrays = trial(1, n=400)
    arrays["groups"] = np.arange(400)
    with pytest.raises(NotEstimableError, match="groups or therapists, and the mixed model is fitted with 300 at most"):
        fit(arrays)


def test_a_group_for_each_person_cannot_be_told_from_the_spread_between_people() -> None:
    arrays = trial(1)
    arrays["groups"] = np.arange(60)
    arrays["therapists"] = None
    with pytest.raises(NotEstimableError, match="do not tell the spread"):
        fit(arrays)


def test_a_spread_that_is_known_no_better_than_not_at_all_gives_no_interval() -> None:
    """With 10⁻¹⁴ degrees of freedom the limits were ±10¹⁴⁶, and printed."""
    result = fit(trial(3))
    line, slopes = np.eye(5)[3], np.zeros_like(result.slopes)
    slopes[3, ..., 3] = 1.0
    unknown = replace(result, slopes=slopes, theta_cov=np.eye(len(result.theta_cov)) * 100)
    with pytest.raises(NotEstimableError, match="known no better than not at all"):
        unknown.contrast(line)
    known = replace(result, slopes=slopes, theta_cov=unknown.theta_cov * 1e-6)
    assert np.isfinite(known.contrast(line).interval(0.95)).all()
