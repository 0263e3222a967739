"""The restricted likelihood as a function of the covariance matrix alone, with its derivatives, from the moments.

With W = Σ⁻¹ on the visits that a pattern has, and zero elsewhere, every sum over clients is a sum over patterns:
XᵀWX = Σ_p (Σ z zᵀ) ⊗ W_p, and so on. Derivatives in the parameters θ of Σ follow from ∂W/∂θ_i = −W D_i W with
D_i = ∂Σ/∂θ_i. Every array may have leading axes (shown as …): many samples at once cost one matrix product a step.
Sources: Harville (1977); Jennrich & Schluchter (1986); Lindstrom & Bates (1988).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.mmrm.products import (
    cross_residuals,
    double,
    flat,
    sandwich,
    score_vector,
    spread,
    square_residuals,
    symmetric,
    times,
)
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.pattern_moments import Floats

_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Gls:
    """Generalised least squares at one covariance matrix.

    Attributes
    ----------
    beta : ndarray, shape (…, k)
    information : ndarray, shape (…, k, k)
        XᵀWX.
    phi : ndarray, shape (…, k, k)
        Its inverse.
    weight : ndarray, shape (…, m, T, T)
        W of each pattern.
    residual : ndarray, shape (…, m, T, T)
        Σ e eᵀ of each pattern.
    spread : ndarray, shape (…, m, T, T)
        Σ X Φ Xᵀ of each pattern.
    crossed : ndarray, shape (…, m, T, q + r)
        Σ e xᵀ.
    """

    beta: Floats
    information: Floats
    phi: Floats
    weight: Floats
    residual: Floats
    spread: Floats
    crossed: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Curvature:
    """Second derivatives, in pieces.

    Attributes
    ----------
    pulled, twice : ndarray, shape (…, m, T, i, T)
        W D_i and W D_i W of each pattern.
    slopes : ndarray, shape (…, i, k, k)
        XᵀW D_i W X.
    of_residual : ndarray, shape (…, i, k)
        XᵀW D_i W e.
    plain, through, errors : ndarray, shape (…, i, i)
        Σ_p n_p tr W D_i W D_j, Σ_p tr W D_i W D_j W S and Σ_p tr W D_i W D_j W R, made symmetric.
    """

    pulled: Floats
    twice: Floats
    slopes: Floats
    of_residual: Floats
    plain: Floats
    through: Floats
    errors: Floats


def evaluate(sums: Sums, sigma: Floats, *, polish: bool = True) -> Gls:
    """Fit the coefficients at a covariance matrix, which must be positive-definite.

    Parameters
    ----------
    sums : Sums
    sigma : ndarray, shape (…, T, T)
    polish : bool
        Whether what rounding left over is fitted once more.

    Raises
    ------
    NotEstimableError
        When the scores at hand cannot tell the coefficients apart.
    """
    weight = invert(sums, sigma)
    information = sandwich(sums, weight[..., None, :])[..., 0, :, :]
    try:
        phi = symmetric(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        raise NotEstimableError("At some visit the scores cannot tell the effects apart.") from None
    beta = times(phi, score_vector(sums, sums.yx, weight[..., None, :])[..., 0, :])
    crossed = cross_residuals(sums, beta)
    if polish:
        beta = beta + times(phi, score_vector(sums, crossed, weight[..., None, :])[..., 0, :])
        crossed = cross_residuals(sums, beta)
    return Gls(
        beta=beta,
        information=information,
        phi=phi,
        weight=weight,
        residual=square_residuals(sums, beta, crossed),
        spread=spread(sums, phi),
        crossed=crossed,
    )


def log_likelihood(sums: Sums, gls: Gls, sigma: Floats) -> float:
    """Restricted log-likelihood of one sample, in the basis of the sums.

    Raises
    ------
    NotEstimableError
        As `evaluate`.
    """
    factors = np.linalg.cholesky(_of_patterns(sums, sigma))
    log_det = 2 * np.log(np.diagonal(factors, axis1=-2, axis2=-1)).sum(axis=-1)
    try:
        root = np.linalg.cholesky(gls.information)
    except np.linalg.LinAlgError:
        raise NotEstimableError("At some visit the scores cannot tell the effects apart.") from None
    n = float(sums.copies @ sums.observed.sum(axis=1))
    return -0.5 * (
        float(sums.copies @ log_det)
        + 2 * float(np.log(np.diag(root)).sum())
        + float((gls.weight * gls.residual).sum())
        + (n - sums.n_coefficients) * _LOG_2PI
    )


def score(sums: Sums, gls: Gls, derivative: Floats) -> Floats:
    """Gradient of the restricted log-likelihood in θ, shape (…, i), from ∂Σ/∂θ, shape (…, i, T, T)."""
    return -0.5 * times(flat(derivative, 2), flat(score_matrix(sums, gls), 2))


def score_matrix(sums: Sums, gls: Gls) -> Floats:
    """Σ_p n_p W − W (R + S) W: what pulls at Σ, shape (…, T, T)."""
    weight = gls.weight
    pull = sums.copies[..., None, None] * weight - weight @ (gls.residual + gls.spread) @ weight
    return np.asarray(pull.sum(axis=-3))


def curve(sums: Sums, gls: Gls, derivative: Floats) -> Curvature:
    """Gather the second derivatives along D_i, shape (…, i, T, T)."""
    weight, size, count = gls.weight, sums.n_visits, derivative.shape[-3]
    lead, patterns = weight.shape[:-3], weight.shape[-3]
    beside = derivative.swapaxes(-3, -2).reshape((*derivative.shape[:-3], size, count * size))
    pulled = (weight.reshape((*lead, patterns * size, size)) @ beside).reshape((*lead, patterns, size * count, size))
    twice = (pulled @ weight).reshape((*lead, patterns, size, count, size))
    directions = flat(derivative, 2)
    return Curvature(
        pulled=pulled.reshape(twice.shape),
        twice=twice,
        slopes=sandwich(sums, twice),
        of_residual=score_vector(sums, gls.crossed, twice),
        plain=double(weight, sums.copies[..., None, None] * weight, directions),
        through=double(weight, weight @ gls.spread @ weight, directions),
        errors=double(weight, weight @ gls.residual @ weight, directions),
    )


def observed_information(sums: Sums, gls: Gls, pieces: Curvature, expected: Floats, second: Floats | None) -> Floats:
    """−½ tr(P D_i P D_j) + yᵀP D_i P D_j P y + ½ [tr(P D_ij) − yᵀP D_ij P y], shape (…, i, i)."""
    observed = -expected + pieces.errors - bend(gls, pieces.of_residual)
    if second is not None:
        pull = score_matrix(sums, gls)
        observed = observed + 0.5 * (second * pull[..., None, None, :, :]).sum(axis=(-1, -2))
    return symmetric(observed)


def expected_information(gls: Gls, pieces: Curvature) -> Floats:
    """½ tr(P D_i P D_j) with P = W − WXΦXᵀW, shape (…, i, i)."""
    return symmetric(0.5 * pieces.plain - pieces.through + loop(gls, pieces.slopes))


def loop(gls: Gls, slopes: Floats) -> Floats:
    """½ tr(XᵀW D_i W X Φ XᵀW D_j W X Φ), shape (…, i, i)."""
    bent = slopes @ gls.phi[..., None, :, :]
    return 0.5 * flat(bent, 2) @ flat(bent.swapaxes(-1, -2), 2).swapaxes(-1, -2)


def bend(gls: Gls, of_residual: Floats) -> Floats:
    """(XᵀW D_i W e)ᵀ Φ (XᵀW D_j W e), shape (…, i, i)."""
    return np.asarray(of_residual @ gls.phi @ of_residual.swapaxes(-1, -2))


def residual_scores(sums: Sums, gls: Gls, directions: Floats) -> Floats:
    """XᵀW D_i W e of many samples, shape (b, i, k): `of_residual` of the curvature, without W D_i W of any pattern.

    Parameters
    ----------
    directions : ndarray, shape (b, i, T T)
        The D_i.
    """
    q, _, size = sums.sizes
    outer = flat(gls.weight, 2).swapaxes(-1, -2) @ flat(gls.weight @ gls.crossed, 2)  # W[t, a] (W e xᵀ)[b, x]
    outer = outer.reshape((len(outer), size, size, size, -1)).transpose((0, 2, 3, 1, 4))
    product = directions @ outer.reshape((len(outer), size * size, -1))
    product = product.reshape((*product.shape[:-1], size, -1))
    by_visit = product[..., :q].swapaxes(-1, -2).reshape((*product.shape[:-2], q * size))
    return np.concatenate([by_visit, product[..., q:].sum(axis=-2)], axis=-1)


def invert(sums: Sums, sigma: Floats) -> Floats:
    """W of each pattern, shape (…, m, T, T)."""
    if sums.rows is not None:
        inside = np.linalg.inv(_of_patterns(sums, sigma))
        return np.asarray(symmetric(sums.rows.swapaxes(-1, -2) @ inside @ sums.rows))
    both = sums.observed[:, :, None] & sums.observed[:, None, :]
    filled = _of_patterns(sums, sigma)
    inverse = np.linalg.inv(filled) if sigma.ndim == 2 else _sweep(filled)  # noqa: PLR2004  # one matrix, or many
    return np.where(both, symmetric(inverse), 0.0)


def _of_patterns(sums: Sums, sigma: Floats) -> Floats:
    """Σ of what each pattern tells, shape (…, m, T, T); what it does not has a one on the diagonal."""
    if sums.rows is not None:
        absent = 1.0 - (sums.rows**2).sum(axis=-1)
        return np.asarray(
            sums.rows @ sigma @ sums.rows.swapaxes(-1, -2) + np.round(absent)[..., None] * np.eye(sums.n_visits)
        )
    both = sums.observed[:, :, None] & sums.observed[:, None, :]
    return np.where(both, sigma[..., None, :, :], np.eye(sums.n_visits))


def _sweep(matrix: Floats) -> Floats:
    """Inverses of thousands of small positive-definite matrices, each pivot for all at once (Goodnight 1979)."""
    swept = np.ascontiguousarray(np.moveaxis(matrix, (-2, -1), (0, 1)))
    for pivot in range(len(swept)):
        row, column = swept[pivot] / swept[pivot, pivot], swept[:, pivot].copy()
        inverse = 1 / swept[pivot, pivot]
        swept -= column[:, None] * row
        swept[:, pivot], swept[pivot] = -column * inverse, row
        swept[pivot, pivot] = inverse
    return np.ascontiguousarray(np.moveaxis(swept, (0, 1), (-2, -1)))
