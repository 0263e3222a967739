"""Draws from the posterior of a repeated-measures model, from the moments of its patterns.

The prior is flat in β and, for the unstructured matrix, the reference prior in the order of the visits: flat in the
regression of each visit on those before it and in the logarithm of its residual variance. On drop-out that is never
undone its posterior is the chain of ordinary regressions, each with its own residual degrees of freedom, whose
intervals hold their level in samples of any size; the usual prior |Σ|^(−(T+1)/2) gives the later visits T − 1 degrees
of freedom too many. With gaps the missing residuals are drawn as well (data augmentation), of which only the sum of
products of each pattern is needed: the cost does not grow with the clients, and all draws are chains that run side by
side. Sources: Rubin (1987), ch. 5; Tanner & Wong (1987); Schafer (1997), ch. 5; Berger & Sun (2008) for the prior.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.estimates import NotEstimableError
from outcomes.methods.mmrm.likelihood import (
    cross_residuals,
    invert,
    sandwich,
    score_vector,
    square_residuals,
    symmetric,
    times,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.mmrm import MmrmFit
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.pattern_moments import Floats

_FORGOTTEN = 1e-4  # of where a chain began
_FEWEST, _MOST = 12, 400  # steps of a chain
_REDRAWS = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
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


def draw_posterior(fit: MmrmFit, *, draws: int, rng: np.random.Generator) -> Draws:
    """Draw parameters, each draw independent of the others.

    Parameters
    ----------
    fit : MmrmFit
        An unstructured matrix is drawn by data augmentation; of another structure the parameters (logarithms of
        variances, Fisher's z of correlations) are drawn from the normal distribution at the top of the likelihood,
        and β given them exactly.
    draws : int
        [count]
    rng : Generator

    Raises
    ------
    NotEstimableError
        When people are too few for proper draws.
    """
    sums = fit.sums
    if fit.covariance_name == "unstructured":
        steps = _count_steps(sums)
        sigma, beta = _augment(sums, fit.covariance, draws, steps, rng)
    else:
        steps, sigma = 0, _approximate(fit, draws, rng)
        beta = _draw_beta(sums, invert(sums, sigma), rng)
    return Draws(beta=beta @ fit.basis.back.T + fit.basis.offset, covariance=sigma, steps=steps)


def _count_steps(sums: Sums) -> int:
    """Count the steps that forget the start; each keeps of it the largest share of missing pairs of visits."""
    together = np.einsum("p,pt,ps->ts", sums.copies, sums.observed, sums.observed)
    kept = 1 - float(together.min()) / float(sums.copies.sum())
    if kept <= 0:
        return 2
    return int(np.clip(math.ceil(math.log(_FORGOTTEN) / math.log(kept)) if kept < 1 else _MOST, _FEWEST, _MOST))


def _augment(sums: Sums, start: Floats, draws: int, steps: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Run the chains: β given Σ from the observed scores, then the missing residuals, then Σ given all residuals."""
    people = float(sums.copies.sum())
    if people <= sums.n_visits + sums.sizes[0]:
        raise NotEstimableError("People are too few to draw their missing scores.")
    sigma = np.repeat(start[None], draws, axis=0)
    for _ in range(steps):
        weight = invert(sums, sigma)
        beta = _draw_beta(sums, weight, rng)
        residual = square_residuals(sums, beta, cross_residuals(sums, beta))
        sigma = _draw_sigma(_complete(sums, sigma, weight, residual, rng), people, rng)
    return sigma, _draw_beta(sums, invert(sums, sigma), rng)


def _draw_beta(sums: Sums, weight: Floats, rng: np.random.Generator) -> Floats:
    """Draw β from its normal distribution given Σ, shape (m, k)."""
    middle = weight[..., None, :]
    information = sandwich(sums, middle)[..., 0, :, :]
    target = score_vector(sums, sums.xy, middle)[..., 0, :]
    root = np.linalg.cholesky(information)
    noise = rng.standard_normal(target.shape)
    half = np.linalg.solve(root, target[..., None])[..., 0] + noise
    return np.asarray(np.linalg.solve(root.swapaxes(-1, -2), half[..., None])[..., 0])


def _complete(sums: Sums, sigma: Floats, weight: Floats, residual: Floats, rng: np.random.Generator) -> Floats:
    """Σ e eᵀ over all visits with the missing residuals drawn, shape (m, T, T).

    A client's residuals are A e + K u: what the seen ones tell, and noise u of the missing part. Of the noise only
    Σ e uᵀ and Σ u uᵀ are drawn: with Σ e eᵀ = F Fᵀ they are F N and NᵀN plus a Wishart matrix, N of normal numbers.
    """
    present, filled = reach_of(sums.observed, sigma, weight)
    gaps = np.flatnonzero(~sums.observed.all(axis=1))
    whole = residual[:, ~np.isin(np.arange(len(sums.observed)), gaps)].sum(axis=1)
    if not gaps.size:
        return symmetric(whole)
    there, copies = sums.observed[gaps], np.rint(sums.copies[gaps]).astype(int)
    reach, noise = present[:, gaps], filled[:, gaps]
    rank = np.cumsum(there, axis=1) * there
    active = there & (rank <= copies[:, None])
    factor = factor_of(residual[:, gaps], active)
    drawn = rng.standard_normal(factor.shape) * active[:, :, None]
    rest = _half_wishart(copies - active.sum(axis=1), drawn.shape, rng)
    crossed = reach @ factor @ drawn @ noise.swapaxes(-1, -2)
    square = noise @ (drawn.swapaxes(-1, -2) @ drawn + rest @ rest.swapaxes(-1, -2)) @ noise.swapaxes(-1, -2)
    told = reach @ residual[:, gaps] @ reach.swapaxes(-1, -2)
    return symmetric(whole + (told + crossed + crossed.swapaxes(-1, -2) + square).sum(axis=1))


def reach_of(observed: NDArray[np.bool_], sigma: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Give what the seen residuals tell of all, and the root of what they leave open.

    Returns
    -------
    reach : ndarray, shape (m, p, T, T)
        A with E[e | seen] = A e; rows of seen visits are those of the identity.
    root : ndarray, shape (m, p, T, T)
        Lower triangular K with K Kᵀ the covariance of what is missing given what is seen.
    """
    reach = sigma[:, None] @ weight
    left = sigma[:, None] - reach @ sigma[:, None]
    missing = ~observed
    return reach, factor_of(symmetric(left), missing)


def factor_of(matrix: Floats, active: NDArray[np.bool_]) -> Floats:
    """Cholesky factors of many small matrices, each restricted to its active rows; the others give zero columns."""
    work = matrix.copy()
    factor = np.zeros_like(work)
    for pivot in range(work.shape[-1]):
        root = np.sqrt(np.where(active[:, pivot], np.maximum(work[..., pivot, pivot], 0.0), 0.0))
        column = np.divide(
            work[..., :, pivot], root[..., None], out=np.zeros(work.shape[:-1]), where=root[..., None] > 0
        )
        column[..., :pivot] = 0.0
        factor[..., pivot] = column
        work -= column[..., :, None] * column[..., None, :]
    return factor


def _half_wishart(df: NDArray[np.int_], shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Lower triangular roots of Wishart matrices of the identity (Bartlett); of rank df where df is small."""
    size = shape[-1]
    left = np.maximum(df[:, None] - np.arange(size), 0)
    lower = rng.standard_normal(shape) * np.tril(np.ones((size, size)), -1) * (left > 0)[:, None, :]
    diagonal = np.sqrt(2 * rng.standard_gamma(np.broadcast_to(left / 2, shape[:-1])))
    lower[..., np.arange(size), np.arange(size)] = diagonal
    return np.asarray(lower)


def _draw_sigma(products: Floats, people: float, rng: np.random.Generator) -> Floats:
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
