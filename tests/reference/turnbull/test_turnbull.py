"""The nonparametric estimate for intervals against R, and against what decides: no direction of mass goes uphill."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.methods.turnbull import fit_turnbull
from outcomes.results.outcome import NotEstimableError

REFERENCE = json.loads((Path(__file__).parent / "turnbull.json").read_text())
EARLY = 2e-3  # survfit stops when its steps are small; its log-likelihood is the lower one
FLAT = 2e-4  # BFGS on a softmax stops where the likelihood is flat to 1e-9


def read(name):
    found = {key: np.array(value, dtype=float) for key, value in REFERENCE[name].items()}
    for side in ("right", "cell_right"):
        found[side] = np.where(found[side] < 0, np.inf, found[side])
    return found


@pytest.mark.parametrize("name", REFERENCE)
def test_masses_agree_with_r_and_lie_at_least_as_high(name):
    r = read(name)
    fit = fit_turnbull(left=r["left"], right=r["right"], counts=np.ones(len(r["left"])), precision=1e-12)
    np.testing.assert_array_equal(fit.left, r["cell_left"])
    np.testing.assert_array_equal(fit.right, r["cell_right"])
    np.testing.assert_allclose(fit.mass, r["mass"], atol=FLAT)
    holds = (r["left"][:, None] <= fit.left) & (fit.right <= r["right"][:, None])
    log_likelihood = np.log(holds @ fit.mass).sum()
    assert log_likelihood >= r["loglik"].item() - 1e-10
    assert log_likelihood == pytest.approx(r["loglik"].item(), abs=1e-6)
    finite = np.isfinite(fit.right)
    at = [np.flatnonzero(r["survfit_time"] <= right)[-1] for right in fit.right[finite]]
    np.testing.assert_allclose([fit.share_by(right) for right in fit.right[finite]], r["survfit"][at], atol=EARLY)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4), st.booleans()), min_size=1, max_size=25))
def test_no_mass_can_be_moved_uphill(people):
    left = np.array([float(start) for start, _, _ in people])
    right = np.array([np.inf if never else float(start + length) for start, length, never in people])
    fit = fit_turnbull(left=left, right=right, counts=np.ones(len(left)), precision=1e-6)
    holds = (left[:, None] <= fit.left) & (fit.right <= right[:, None])
    slopes = (holds / (holds @ fit.mass)[:, None]).sum(axis=0)
    assert slopes.max() <= len(left) * (1 + 2e-6)
    assert fit.mass.sum() == pytest.approx(1)


def test_with_every_visit_kept_it_is_the_share_seen_by_each():
    left = np.array([0.0, 0.0, 12.0, 24.0, 24.0])
    right = np.array([12.0, 12.0, 24.0, np.inf, np.inf])
    fit = fit_turnbull(left=left, right=right, counts=np.ones(5), precision=1e-12)
    assert [float(fit.share_by(week)) for week in (12.0, 24.0)] == pytest.approx([2 / 5, 3 / 5], abs=1e-12)


def test_with_people_leaving_at_visits_it_is_kaplan_and_meier():
    left = np.array([0.0, 0.0, 12.0, 12.0, 12.0, 24.0])
    right = np.array([12.0, 12.0, 24.0, np.inf, 24.0, np.inf])
    fit = fit_turnbull(left=left, right=right, counts=np.ones(6), precision=1e-13)
    assert float(fit.share_by(24.0)) == pytest.approx(1 - (4 / 6) * (1 / 3), abs=1e-9)


def test_many_sets_at_once_are_each_set_alone():
    r = read("visits")
    kinds = np.unique(np.stack([r["left"], r["right"]], axis=1), axis=0)
    counts = np.random.default_rng(3).integers(1, 9, size=(20, len(kinds))).astype(float)
    together = fit_turnbull(left=kinds[:, 0], right=kinds[:, 1], counts=counts, precision=1e-9)
    for row, mass in zip(counts, together.mass, strict=True):
        alone = fit_turnbull(left=kinds[:, 0], right=kinds[:, 1], counts=row, precision=1e-9)
        np.testing.assert_allclose(mass, alone.mass, atol=1e-12)


def test_a_week_inside_an_interval_with_mass_is_not_known():
    fit = fit_turnbull(left=np.array([0.0]), right=np.array([24.0]), counts=np.ones(1), precision=1e-9)
    assert not fit.is_known_at(12.0)
    assert fit.is_known_at(24.0)


def test_nobody_is_refused():
    with pytest.raises(NotEstimableError, match="Nobody"):
        fit_turnbull(left=np.empty(0), right=np.empty(0), counts=np.empty(0), precision=1e-9)
