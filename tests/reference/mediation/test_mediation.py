"""Natural effects against the textbook's products, potential outcomes simulated from known models, and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods.bootstrap import draw
from outcomes.methods.mediation import fit_mediation
from outcomes.results.outcome import NotEstimableError


def fit(outcome, mediator, full, covariates, used=None):
    n = len(outcome)
    samples = draw(units=np.arange(n), strata=full.astype(int), replicates=200, rng=np.random.default_rng(1))
    used = np.ones(n, dtype=bool) if used is None else used
    names = tuple(f"c{k}" for k in range(covariates.shape[1]))
    return fit_mediation(
        outcome=outcome,
        mediator=mediator,
        full=full,
        covariates=covariates,
        used=used,
        names=names,
        resampler=samples,
    )


def draw_people(n, *, interaction, seed=3, noise=1.0):
    rng = np.random.default_rng(seed)
    c = rng.normal(size=(n, 2))
    full = rng.random(n) < 1 / (1 + np.exp(-c[:, 0]))
    m = 2 + 1.5 * full + c @ [0.5, -0.3] + noise * rng.normal(size=n)
    y = 1 + 0.8 * full + 0.6 * m + interaction * full * m + c @ [0.2, 0.4] + noise * rng.normal(size=n)
    return y, m, full, c


def test_without_noise_the_parameters_come_out():
    rng = np.random.default_rng(4)
    y, m, full, c = draw_people(400, interaction=0.5)
    m = 2 + 1.5 * full + c @ [0.5, -0.3] + rng.normal(size=400)
    y = 1 + 0.8 * full + 0.6 * m + 0.5 * full * m + c @ [0.2, 0.4]
    found = fit(y, m, full, c)
    # the outcome model is exact; the mediator model is what least squares makes of these people
    beta = np.linalg.lstsq(np.column_stack([np.ones(400), full, c]), m, rcond=None)[0]
    in_skills = beta[0] + c.mean(axis=0) @ beta[2:]
    assert found.indirect.value == pytest.approx((0.6 + 0.5) * beta[1], rel=1e-9)
    assert found.direct.value == pytest.approx(0.8 + 0.5 * in_skills, rel=1e-9)
    assert found.on_mediator.value == pytest.approx(beta[1], rel=1e-9)


def test_they_are_the_potential_outcomes_of_known_models():
    y, m, full, c = draw_people(40_000, interaction=0.5)
    noise = np.random.default_rng(5).normal(size=40_000)
    m0, m1 = (2 + 1.5 * a + c @ [0.5, -0.3] + noise for a in (0, 1))

    def would(a, mediator):
        return 1 + 0.8 * a + 0.6 * mediator + 0.5 * a * mediator + c @ [0.2, 0.4]

    found = fit(y, m, full, c)
    assert found.direct.value == pytest.approx((would(1, m0) - would(0, m0)).mean(), abs=0.06)  # four standard errors
    assert found.indirect.value == pytest.approx((would(1, m1) - would(1, m0)).mean(), abs=0.06)  # four standard errors
    assert found.total.value == pytest.approx((would(1, m1) - would(0, m0)).mean(), abs=0.06)  # four standard errors


def test_by_statsmodels_step_by_step():
    from statsmodels.regression.linear_model import OLS

    y, m, full, c = draw_people(150, interaction=-0.4)
    one, a = np.ones(150), full.astype(float)
    beta = OLS(m, np.column_stack([one, a, c])).fit().params
    theta = OLS(y, np.column_stack([one, a, m, a * m, c])).fit().params
    found = fit(y, m, full, c)
    expected = theta[1] + theta[3] * (beta[0] + c.mean(axis=0) @ beta[2:])
    assert found.direct.value == pytest.approx(expected, rel=1e-9)
    assert found.indirect.value == pytest.approx((theta[2] + theta[3]) * beta[1], rel=1e-9)


def test_direct_and_indirect_add_up_in_every_sample():
    found = fit(*draw_people(80, interaction=0.7))
    np.testing.assert_allclose(found.direct.samples + found.indirect.samples, found.total.samples, atol=1e-12)


def test_a_sample_is_fitted_as_the_people_in_it():
    y, m, full, c = draw_people(60, interaction=0.3)
    samples = draw(units=np.arange(60), strata=full.astype(int), replicates=200, rng=np.random.default_rng(1))
    found = fit(y, m, full, c)
    people = np.repeat(np.arange(60), samples.copies[6])
    again = fit(y[people], m[people], full[people], c[people])
    assert found.indirect.samples[6] == pytest.approx(again.indirect.value, rel=1e-8)
    assert found.direct.samples[6] == pytest.approx(again.direct.value, rel=1e-8)


def test_those_not_used_change_nothing():
    y, m, full, c = draw_people(90, interaction=0.3)
    used = np.arange(90) % 3 > 0
    some, alone = fit(np.where(used, y, np.nan), m, full, c, used), fit(y[used], m[used], full[used], c[used])
    assert some.indirect.value == pytest.approx(alone.indirect.value, rel=1e-10)


def test_a_mediator_that_is_the_arm_is_refused():
    y, _, full, c = draw_people(50, interaction=0.0)
    with pytest.raises(NotEstimableError, match="the mediator"):
        fit(y, full.astype(float), full, c)
