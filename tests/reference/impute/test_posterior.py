"""Draws of the parameters against other ways to the same posterior, written out here.

Tolerances: 4.5 Monte-Carlo standard errors of each mean; the given share of each interquartile range, which has an
error of about one and a half per cent over 8,000 draws.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from outcomes.methods import mmrm
from outcomes.methods.impute import draw_posterior, to_people
from outcomes.methods.impute.posterior import Draws
from outcomes.results.outcome import NotEstimableError

sys.path.insert(0, str(Path(__file__).parent))

from trials import T, draw_trial  # beside this file, which is no package

ERRORS = 4.5


def chain_of_regressions(scores: np.ndarray, columns: np.ndarray, rng: np.random.Generator, draws: int) -> Draws:
    """Posterior of drop-out that is never undone: each visit's ordinary regression on those before it (Rubin 1987)."""
    beta = np.zeros((draws, T, columns.shape[1]))
    lower = np.zeros((draws, T, T))
    for visit in range(T):
        here = ~np.isnan(scores[:, visit])
        design = np.column_stack([columns[here], scores[here, :visit]])
        best, rest, _, _ = np.linalg.lstsq(design, scores[here, visit], rcond=None)
        variance = rest[0] / rng.chisquare(here.sum() - design.shape[1], draws)
        root = np.linalg.cholesky(np.linalg.inv(design.T @ design))
        effects = best + np.sqrt(variance)[:, None] * (rng.standard_normal((draws, len(best))) @ root.T)
        own, earlier = effects[:, : columns.shape[1]], effects[:, columns.shape[1] :]
        beta[:, visit] = own + np.einsum("mt,mtk->mk", earlier, beta[:, :visit])
        lower[:, visit] = np.einsum("ms,msj->mj", earlier, lower[:, :visit])
        lower[:, visit, visit] = np.sqrt(variance)
    by_column = beta.swapaxes(1, 2).reshape(draws, -1)
    return Draws(beta=by_column, covariance=lower @ lower.swapaxes(1, 2), steps=0)


def fill_in(scores: np.ndarray, columns: np.ndarray, rng: np.random.Generator, sweeps: int) -> Draws:
    """Another sampler: fill in every missing score, then draw all parameters from the regressions of complete data."""
    seen, filled = ~np.isnan(scores), np.where(np.isnan(scores), np.nanmean(scores, axis=0), scores)
    betas, sigmas = [], []
    for _ in range(sweeps):
        one = chain_of_regressions(filled, columns, rng, 1)
        beta, sigma = one.beta[0].reshape(columns.shape[1], T), one.covariance[0]
        betas.append(one.beta[0])
        sigmas.append(sigma)
        means = columns @ beta
        for pattern in np.unique(seen, axis=0):
            mine = (seen == pattern).all(axis=1)
            if pattern.all():
                continue
            gone = ~pattern
            slope = sigma[np.ix_(gone, pattern)] @ np.linalg.pinv(sigma[np.ix_(pattern, pattern)])
            left = sigma[np.ix_(gone, gone)] - slope @ sigma[np.ix_(pattern, gone)]
            noise = rng.standard_normal((mine.sum(), gone.sum())) @ np.linalg.cholesky(left).T
            told = (filled - means)[np.ix_(mine, pattern)] @ slope.T
            filled[np.ix_(mine, gone)] = means[np.ix_(mine, gone)] + told + noise
    keep = slice(100, None)
    return Draws(beta=np.array(betas)[keep], covariance=np.array(sigmas)[keep], steps=0)


def require_same(found: Draws, expected: Draws, *, spread: float, related: float = 1.0) -> None:
    pairs = ((found.beta, expected.beta), (found.covariance, expected.covariance), (slopes(found), slopes(expected)))
    for one, other in pairs:
        error = np.sqrt(one.var(axis=0) / len(one) + related * other.var(axis=0) / len(other))
        assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) < ERRORS * error).all()
        ranges = [np.subtract(*np.quantile(values, [0.75, 0.25], axis=0)) for values in (one, other)]
        assert ranges[0] == pytest.approx(ranges[1], rel=spread)


def slopes(draws: Draws) -> np.ndarray:
    """Regression of the last visit on those before it."""
    before = draws.covariance[:, :-1, :-1]
    return np.linalg.solve(before, draws.covariance[:, :-1, -1:])[..., 0]


def test_on_drop_out_it_is_the_chain_of_ordinary_regressions() -> None:
    scores, by_visit, _ = draw_trial(np.random.default_rng(3), n=44, gaps=0.0, stay=1)
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit)
    people = to_people(scores=scores, by_visit=by_visit, constant=scores[:, :0])
    found = draw_posterior(fit, people=people, draws=8_000, rng=np.random.default_rng(1))
    require_same(found, chain_of_regressions(scores, by_visit, np.random.default_rng(2), 40_000), spread=0.06)


def test_with_gaps_it_is_what_filling_in_every_score_gives() -> None:
    scores, by_visit, _ = draw_trial(np.random.default_rng(4), n=40, gaps=0.15)
    scores[np.isnan(scores).all(axis=1), 0] = 25.0
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit)
    people = to_people(scores=scores, by_visit=by_visit, constant=scores[:, :0])
    found = draw_posterior(fit, people=people, draws=4_000, rng=np.random.default_rng(1))
    # successive sweeps of one chain are related: their mean is worth about a quarter as many independent draws
    require_same(found, fill_in(scores, by_visit, np.random.default_rng(2), 4_000), spread=0.12, related=4.0)


@pytest.mark.parametrize("covariance", [name for name in mmrm.STRUCTURES if name != "unstructured"])
def test_other_structures_are_drawn_around_their_estimates(covariance: mmrm.Covariance) -> None:
    scores, by_visit, constant = draw_trial(np.random.default_rng(5), n=80)
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant, covariance=covariance)
    people = to_people(scores=scores, by_visit=by_visit, constant=constant)
    found = draw_posterior(fit, people=people, draws=4_000, rng=np.random.default_rng(1))
    spread = np.sqrt(np.diag(fit.beta_cov))
    assert np.median(found.beta, axis=0) == pytest.approx(fit.beta, abs=0.1 * spread.max())
    assert (found.beta.std(axis=0) / spread) == pytest.approx(np.ones(len(spread)), abs=0.1)
    assert np.median(found.covariance, axis=0) == pytest.approx(fit.covariance, rel=0.1)


def test_too_few_people_are_refused() -> None:
    rng = np.random.default_rng(1)
    scores, full = rng.normal(20, 5, (6, T)), np.array([1.0, 0, 1, 0, 1, 0])
    for people, columns, refused in ((6, 2, False), (5, 3, True)):
        some = scores[:people, :2] if refused else scores
        by_visit = np.column_stack([np.ones(6), full, scores[:, 2]])[:people, :columns]
        fit = mmrm.fit_mmrm(scores=some, by_visit=by_visit)
        arrays = to_people(scores=some, by_visit=by_visit, constant=some[:, :0])
        if not refused:
            assert draw_posterior(fit, people=arrays, draws=5, rng=rng).beta.shape == (5, 6)
            continue
        with pytest.raises(NotEstimableError, match="too few"):
            draw_posterior(fit, people=arrays, draws=5, rng=rng)


def test_other_people_than_those_of_the_fit_are_refused() -> None:
    scores, by_visit, constant = draw_trial(np.random.default_rng(6))
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    fewer = to_people(scores=scores[:-4], by_visit=by_visit[:-4], constant=constant[:-4])
    with pytest.raises(ValueError, match="clients"):
        draw_posterior(fit, people=fewer, draws=5, rng=np.random.default_rng(1))
