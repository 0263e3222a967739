"""Estimates drawn towards what they have in common: empirical Bayes, or best linear unbiased prediction.

θ̂ | θ ~ N(θ, S) with S known, θ = Xμ + Zu, u ~ N(0, τ² I). τ² by restricted maximum likelihood, not below zero; then
θ̃ = Xμ̂ + τ² Z Zᵀ V⁻¹ (θ̂ − Xμ̂), V = S + τ² Z Zᵀ. Levels of a characteristic: X = 1, Z = I. A slope that may be nothing:
X holds the intercept and Z the slope. S need not be diagonal: levels of one model share what the model estimates.
Sources: Robinson (1991); Raudenbush & Bryk (1985); Viechtbauer (2010), whose metafor is the reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GRID = 400  # places at which the likelihood is looked at before the best is polished
_SINGULAR = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ShrunkenFit:
    """Shrunken estimates.

    Attributes
    ----------
    value : ndarray, shape (k,)
        θ̃ [points].
    value_cov : ndarray, shape (k, k)
        Covariance of θ̃ − θ, with the uncertainty of μ̂ and without that of τ².
    common : ndarray, shape (p,)
        μ̂.
    common_cov : ndarray, shape (p, p)
    tau2 : float
        [points²]
    """

    value: NDArray[np.float64]
    value_cov: NDArray[np.float64]
    common: NDArray[np.float64]
    common_cov: NDArray[np.float64]
    tau2: float


def fit_shrunken(
    *,
    estimates: NDArray[np.float64],
    covariance: NDArray[np.float64],
    fixed: NDArray[np.float64],
    random: NDArray[np.float64],
) -> ShrunkenFit:
    """Shrink estimates by their own uncertainty.

    Parameters
    ----------
    estimates : ndarray, shape (k,)
        θ̂ [points].
    covariance : ndarray, shape (k, k)
        S [points²].
    fixed : ndarray, shape (k, p)
        X.
    random : ndarray, shape (k, q)
        Z.

    Raises
    ------
    NotEstimableError
        With no more estimates than common effects, or where S is singular.
    """
    if len(estimates) <= fixed.shape[1]:
        raise NotEstimableError("There is only one estimate, which has nothing to be drawn towards.")
    roots = np.linalg.eigvalsh(covariance)
    if roots[0] <= _SINGULAR * roots[-1]:
        raise NotEstimableError("The estimates repeat each other, so that they cannot be drawn towards each other.")
    tau2 = _find_tau2(estimates, covariance, fixed, random)
    between = tau2 * random @ random.T
    inverse = np.linalg.inv(covariance + between)
    common_cov = np.asarray(np.linalg.inv(fixed.T @ inverse @ fixed), dtype=np.float64)
    common = common_cov @ fixed.T @ inverse @ estimates
    share = between @ inverse
    left = fixed - share @ fixed
    value_cov = between - share @ between + left @ common_cov @ left.T
    return ShrunkenFit(
        value=fixed @ common + share @ (estimates - fixed @ common),
        value_cov=(value_cov + value_cov.T) / 2,
        common=common,
        common_cov=common_cov,
        tau2=tau2,
    )


def _find_tau2(
    estimates: NDArray[np.float64],
    covariance: NDArray[np.float64],
    fixed: NDArray[np.float64],
    random: NDArray[np.float64],
) -> float:
    """Top of the restricted likelihood: with error contrasts w of variance 1 + λτ², −½ Σ {log(1 + λτ²) + w²/(1 + λτ²)}.

    Beyond max (w² − 1)/λ every term falls, so that the search has an end.
    """
    contrasts = np.linalg.svd(fixed, full_matrices=True)[0][:, fixed.shape[1] :].T
    root = np.linalg.cholesky(contrasts @ covariance @ contrasts.T)
    whitened = np.linalg.solve(root, contrasts)
    lengths, turn = np.linalg.eigh(whitened @ random @ random.T @ whitened.T)
    squares = (turn.T @ whitened @ estimates) ** 2
    kept = lengths > _SINGULAR * max(lengths[-1], np.finfo(float).tiny)
    lengths, squares = lengths[kept], squares[kept]
    end = float(((squares - 1) / lengths).max(initial=0.0))
    if end <= 0:
        return 0.0

    def slope(tau2: float) -> float:
        variances = 1 + lengths * tau2
        return float((lengths * (squares / variances - 1) / variances).sum())

    places = np.linspace(0.0, end, _GRID + 1)
    variances = 1 + lengths * places[:, None]
    best = int(np.argmin((np.log(variances) + squares / variances).sum(axis=1)))
    low, high = places[max(best - 1, 0)], places[min(best + 1, _GRID)]
    if slope(low) <= 0:  # the top is at zero, or the grid stands on it
        return float(low) if best else 0.0
    return float(optimize.brentq(slope, low, high, xtol=1e-15, rtol=8.9e-16)) if slope(high) < 0 else float(high)
