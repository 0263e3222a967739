"""Visits that are nearly one: complete data keep the identities of closed forms, and the turn changes nothing.

On complete data, unstructured, arm by visit, the contrast at a visit is the pooled t test; with the start by visit it
is the analysis of covariance of that visit. Both are closed forms, and hold to 1e-8 however near one the correlations
are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outcomes.methods.mmrm import fit as fitting
from outcomes.methods.mmrm import fit_mmrm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def draw(seed: int, rho: float, *, n: int, visits: int, decays: bool) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    apart = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    sigma = rho**apart if decays else np.where(apart > 0, rho, 1.0)
    full = np.arange(n) % 5 < 2
    spread = rng.uniform(1, 30, visits)
    noise = rng.multivariate_normal(np.zeros(visits), sigma, size=n, method="cholesky")
    scores = 40 + spread * noise + 3 * full[:, None]
    return scores, np.column_stack([np.ones(n), full])


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    exponent=st.floats(0, 6),
    visits=st.integers(2, 5),
    n=st.integers(14, 60),
    start=st.booleans(),
    decays=st.booleans(),
)
def test_complete_data_give_the_pooled_t_test_and_ancova_however_near_one_the_visits_are(
    seed: int, exponent: float, visits: int, n: int, start: bool, decays: bool
) -> None:
    scores, by_visit = draw(seed, 1 - 10**-exponent, n=n, visits=visits, decays=decays)
    if start:
        by_visit = np.column_stack([by_visit, np.random.default_rng(seed + 1).normal(20, 6, n)])
    fit = fit_mmrm(scores=scores, by_visit=by_visit)
    df = n - by_visit.shape[1]
    bread = np.linalg.inv(by_visit.T @ by_visit)
    for visit in range(visits):
        beta = np.linalg.lstsq(by_visit, scores[:, visit], rcond=None)[0]
        left = scores[:, visit] - by_visit @ beta
        line = np.zeros(by_visit.shape[1] * visits)
        line[visits + visit] = 1.0
        for method in ("kenward-roger", "satterthwaite"):
            found = fit.contrast(line, method=method)  # type: ignore[arg-type]
            assert found.estimate == pytest.approx(beta[1], rel=1e-8, abs=1e-8)
            assert found.se == pytest.approx(np.sqrt(left @ left / df * bread[1, 1]), rel=1e-8)
            assert found.df == pytest.approx(df, rel=1e-8)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), rho=st.floats(0.991, 0.9995), visits=st.integers(2, 4), constant=st.booleans())
def test_the_turn_changes_nothing_where_the_given_scores_still_serve(
    seed: int, rho: float, visits: int, constant: bool
) -> None:
    """With scores missing and covariates of one effect, where there is no closed form: against the fit without turn."""
    whole, by_visit = draw(seed, rho, n=50, visits=visits, decays=False)
    rng = np.random.default_rng(seed + 2)
    scores = np.where(rng.random(whole.shape) < 0.15, np.nan, whole)
    scores = np.where(np.isnan(scores).all(axis=1, keepdims=True), whole, scores)
    extra = rng.normal(size=(50, 2)) if constant else None
    turned = fit_mmrm(scores=scores, by_visit=by_visit, constant=extra)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "find_turn", lambda sigma: None)  # noqa: ARG005
        plain = fit_mmrm(scores=scores, by_visit=by_visit, constant=extra)
    assume(turned.judged.sums.rows is not None)  # by chance a correlation may be a little less
    assert plain.judged.sums.rows is None
    assert turned.beta == pytest.approx(plain.beta, rel=1e-6, abs=1e-7)
    assert turned.covariance == pytest.approx(plain.covariance, rel=1e-6)
    assert turned.theta_cov == pytest.approx(plain.theta_cov, rel=1e-4, abs=1e-4 * np.abs(plain.theta_cov).max())
    for place in range(len(turned.beta)):
        line = np.eye(len(turned.beta))[place]
        for method in ("kenward-roger", "satterthwaite"):
            one, other = (fit.contrast(line, method=method) for fit in (turned, plain))  # type: ignore[arg-type]
            assert one.se == pytest.approx(other.se, rel=1e-6)
            assert one.df == pytest.approx(other.df, rel=1e-4)
