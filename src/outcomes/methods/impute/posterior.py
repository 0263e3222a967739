"""Draws from the posterior of a repeated-measures model.

The prior is flat in β and, for the unstructured matrix, the reference prior in the order of the visits: flat in the
regression of each visit on those before it and in the logarithm of its residual variance. On drop-out that is never
undone its posterior is the chain of ordinary regressions, each with its own residual degrees of freedom, whose
intervals hold their level in samples of any size; the usual prior |Σ|^(−(T+1)/2) gives the later visits T − 1 degrees
of freedom too many. The missing residuals are drawn as well (data augmentation), but β is drawn from the observed
scores alone, so that a chain forgets its start quickly; all draws are chains that run side by side.
Sources: Rubin (1987), ch. 5; Tanner & Wong (1987); Schafer (1997), ch. 5; Berger & Sun (2008) for the prior.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.impute.people import weigh_patterns
from outcomes.methods.mmrm.products import sandwich, score_vector, symmetric, times
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.impute.people import People
    from outcomes.methods.mmrm import MmrmFit
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.pattern_moments import Floats

_FORGOTTEN = 1e-3  # of where a chain began
_FEWEST, _MOST = 6, 400  # steps of a chain
_REDRAWS = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Draws:
    """Draws of the parameters of a model.

    Attributes
    ----------
    beta : ndarray, shape (m, k)
        Coefficients, as in the fit [points per unit].
    covariance : ndarray, shape (m, T, T)
    steps : int
        Steps of each chain; 0 where the draws are from the normal approximation [count].
    """

    beta: Floats
    covariance: Floats
    steps: int


def draw_posterior(fit: MmrmFit, *, people: People, draws: int, rng: np.random.Generator) -> Draws:
    """Draw parameters, each draw independent of the others.

    Parameters
    ----------
    fit : MmrmFit
        An unstructured matrix is drawn by data augmentation; of another structure the parameters (logarithms of
        variances, Fisher's z of correlations) are drawn from the normal distribution at the top of the likelihood,
        and β given them exactly.
    people : People
        Of the same arrays; those without a score after the start tell nothing.
    draws : int
        [count]
    rng : Generator

    Raises
    ------
    NotEstimableError
        When people are too few for proper draws, or their scores hardly differ beyond what the effects explain.
    """
    try:
        if fit.covariance_name == "unstructured":
            return _augment(fit, people, draws, rng)
        sigma = _approximate(fit, draws, rng)
        beta = _draw_beta(fit, weigh_patterns(fit.sums.observed, sigma), rng)
        return Draws(beta=beta, covariance=sigma, steps=0)
    except np.linalg.LinAlgError:
        raise NotEstimableError("The scores differ too little for missing ones to be drawn.") from None


def _augment(fit: MmrmFit, people: People, draws: int, rng: np.random.Generator) -> Draws:
    """Run the chains: β given Σ from the observed scores, then the missing residuals, then Σ given all residuals."""
    if fit.n_clients <= fit.sums.n_visits + fit.sums.sizes[0]:
        raise NotEstimableError("People are too few to draw their missing scores.")
    order = people.order()
    told = people.take(order[~np.isnan(people.scores[order]).all(axis=1)])
    if len(told.scores) != fit.n_clients or (told.observed != fit.sums.observed).any():
        msg = f"the fit is of {fit.n_clients} clients; given {len(told.scores)}"
        raise ValueError(msg)
    steps = _count_steps(fit.sums)
    sigma = np.repeat(fit.covariance[None], draws, axis=0)
    weight = weigh_patterns(told.observed, sigma)
    for _ in range(steps):
        beta = _draw_beta(fit, weight, rng)
        residuals = told.residuals(told.design @ told.spread_out(beta))
        filled = told.fill(residuals, sigma, weight, rng)
        sigma = _draw_sigma(filled.swapaxes(-1, -2) @ filled, fit.n_clients, rng)
        weight = weigh_patterns(told.observed, sigma)
    return Draws(beta=_draw_beta(fit, weight, rng), covariance=sigma, steps=steps)


def _count_steps(sums: Sums) -> int:
    """Count the steps that forget the start; each keeps of it the largest share of missing pairs of visits."""
    together = np.einsum("p,pt,ps->ts", sums.copies, sums.observed, sums.observed)
    kept = 1 - float(together.min()) / float(sums.copies.sum())
    if kept <= 0:
        return 2
    return int(np.clip(math.ceil(math.log(_FORGOTTEN) / math.log(kept)) if kept < 1 else _MOST, _FEWEST, _MOST))


def _draw_beta(fit: MmrmFit, weight: Floats, rng: np.random.Generator) -> Floats:
    """Draw β from its normal distribution given Σ, shape (m, k)."""
    middle = weight[..., None, :]
    information = sandwich(fit.sums, middle)[..., 0, :, :]
    target = score_vector(fit.sums, fit.sums.yx, middle)[..., 0, :]
    root = np.linalg.cholesky(information)
    half = np.linalg.solve(root, target[..., None])[..., 0] + rng.standard_normal(target.shape)
    beta = np.linalg.solve(root.swapaxes(-1, -2), half[..., None])[..., 0]
    return np.asarray(beta @ fit.basis.back.T + fit.basis.offset)


def _draw_sigma(products: Floats, people: int, rng: np.random.Generator) -> Floats:
    """Draw Σ given the residuals of everybody: G Gᵀ with G = L B⁻¹, L Lᵀ the products, B lower triangular.

    B has normal numbers below its diagonal, and there the roots of χ² with n, n − 1, … degrees of freedom: the
    regression of each visit on those before it, with its residual degrees of freedom.
    """
    size = products.shape[-1]
    lower = rng.standard_normal(products.shape) * np.tril(np.ones((size, size)), -1)
    df = people - np.arange(size)
    lower[..., np.arange(size), np.arange(size)] = np.sqrt(2 * rng.standard_gamma(df / 2, size=products.shape[:-1]))
    half = np.linalg.solve(lower.swapaxes(-1, -2), np.linalg.cholesky(products).swapaxes(-1, -2)).swapaxes(-1, -2)
    return symmetric(half @ half.swapaxes(-1, -2))


def _approximate(fit: MmrmFit, draws: int, rng: np.random.Generator) -> Floats:
    """Draw the matrices of a structure from the normal distribution of its parameters on an unbounded scale."""
    structure, count = fit.structure, fit.structure.n_variances
    correlations = np.arange(len(fit.theta)) >= count
    centre, slope = fit.theta.copy(), np.ones(len(fit.theta))
    if not structure.is_linear:
        variances, rho = fit.theta[:count], fit.theta[count:]
        centre = np.concatenate([np.log(variances), np.arctanh(rho)])
        slope = np.concatenate([1 / variances, 1 / (1 - rho**2)])
    root = np.asarray(np.linalg.cholesky(slope[:, None] * fit.theta_cov * slope))
    theta = np.full((draws, len(fit.theta)), np.nan)
    waiting = np.arange(draws)
    for _ in range(_REDRAWS):
        tried = np.asarray(centre + times(root, rng.standard_normal((len(waiting), len(centre)))))
        if not structure.is_linear:
            tried = np.where(correlations, np.tanh(tried), np.exp(tried))
        inside = np.linalg.eigvalsh(structure.matrix(tried))[:, 0] > 0
        theta[waiting[inside]] = tried[inside]
        waiting = waiting[~inside]
        if not waiting.size:
            return structure.matrix(theta)
    raise NotEstimableError("The covariances are too uncertain to draw missing scores from.")
