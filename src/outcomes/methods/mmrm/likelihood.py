"""The restricted likelihood as a function of the covariance matrix alone, with its derivatives, from the moments.

With W = Σ⁻¹ on the visits that a pattern has, and zero elsewhere, every sum over clients is a sum over patterns:
XᵀWX = Σ_p (Σ z zᵀ) ⊗ W_p, and so on. Derivatives in the parameters θ of Σ follow from ∂W/∂θ_i = −W D_i W with
D_i = ∂Σ/∂θ_i.
Sources: Harville (1977); Jennrich & Schluchter (1986); Lindstrom & Bates (1988).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.estimates import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.mmrm.basis import Design
    from outcomes.methods.mmrm.pattern_moments import Floats

_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """The likelihood at one covariance matrix.

    Attributes
    ----------
    value : float
        Restricted log-likelihood, in the basis of the design.
    beta : ndarray, shape (k,)
    phi : ndarray, shape (k, k)
        (XᵀWX)⁻¹.
    weight : ndarray, shape (m, T, T)
        W of each pattern.
    residual : ndarray, shape (m, T, T)
        Σ e eᵀ of each pattern.
    spread : ndarray, shape (m, T, T)
        Σ X Φ Xᵀ of each pattern.
    crossed_z, crossed_c : ndarray, shapes (m, q, T) and (m, r, T)
        Σ z eᵀ and Σ c eᵀ.
    """

    value: float
    beta: Floats
    phi: Floats
    weight: Floats
    residual: Floats
    spread: Floats
    crossed_z: Floats
    crossed_c: Floats


def evaluate(design: Design, sigma: Floats) -> Place | None:
    """Evaluate at a covariance matrix; None where it is not positive-definite.

    Raises
    ------
    NotEstimableError
        When the scores at hand cannot tell the coefficients apart.
    """
    inverted = _invert(design, sigma)
    if inverted is None:
        return None
    weight, log_det = inverted
    information = sandwich(design, weight)
    try:
        factor, phi = np.linalg.cholesky(information), np.linalg.inv(information)
    except np.linalg.LinAlgError:
        raise NotEstimableError("At some visit the scores cannot tell the effects apart.") from None
    phi = (phi + phi.T) / 2
    beta = phi @ score_vector(design, design.zy, design.cy, weight)
    crossed_z, crossed_c, residual = _residuals(design, beta)
    beta = beta + phi @ score_vector(design, crossed_z, crossed_c, weight)  # what rounding left over
    crossed_z, crossed_c, residual = _residuals(design, beta)
    quadratic = float(np.einsum("pts,pts->", weight, residual))
    n = float(design.copies @ design.observed.sum(axis=1))
    value = -0.5 * (
        float(design.copies @ log_det)
        + 2 * float(np.log(np.diag(factor)).sum())
        + quadratic
        + (n - design.n_coefficients) * _LOG_2PI
    )
    return Place(
        value=value,
        beta=beta,
        phi=phi,
        weight=weight,
        residual=residual,
        spread=_spread(design, phi),
        crossed_z=crossed_z,
        crossed_c=crossed_c,
    )


def sandwich(design: Design, weight: Floats) -> Floats:
    """Σ XᵀMX for a symmetric M per pattern; a leading axis of `weight` is kept, shape (…, k, k)."""
    patterns, q, r = design.zc.shape
    n_visits, lead = design.n_visits, weight.shape[:-3]
    top = q * n_visits
    whole = np.empty((*lead, top + r, top + r))
    # as matrix products: the sum over patterns is the inner dimension
    blocks = design.zz.reshape(patterns, q * q).T @ weight.reshape(*lead, patterns, n_visits**2)
    blocks = blocks.reshape(*lead, q, q, n_visits, n_visits)
    whole[..., :top, :top] = np.swapaxes(blocks, -3, -2).reshape(*lead, top, top)
    if r:
        rows = weight.sum(axis=-1)
        mixed = design.zc.reshape(patterns, q * r).T @ rows
        mixed = np.swapaxes(mixed.reshape(*lead, q, r, n_visits), -1, -2).reshape(*lead, top, r)
        whole[..., :top, top:] = mixed
        whole[..., top:, :top] = np.swapaxes(mixed, -1, -2)
        whole[..., top:, top:] = (rows.sum(axis=-1) @ design.cc.reshape(patterns, r * r)).reshape(*lead, r, r)
    return whole


def score_vector(design: Design, zy: Floats, cy: Floats, weight: Floats) -> Floats:
    """Σ XᵀMy from the cross-products of covariates with y, shape (…, k)."""
    lead = weight.shape[:-3]
    by_visit = (zy @ weight).sum(axis=-3)  # M is symmetric
    constant = (cy * weight.sum(axis=-2)[..., None, :]).sum(axis=(-3, -1))
    return np.concatenate([by_visit.reshape(*lead, zy.shape[1] * design.n_visits), constant], axis=-1)


def score(design: Design, place: Place, derivative: Floats) -> Floats:
    """Gradient of the restricted log-likelihood in θ, shape (m,), from ∂Σ/∂θ, shape (m, T, T)."""
    return np.asarray(-0.5 * np.einsum("its,ts->i", derivative, _total_pull(design, place), optimize=True))


def observed_information(
    design: Design, place: Place, derivative: Floats, second: Floats | None
) -> tuple[Floats, Floats, Pieces]:
    """Observed and expected information in θ, both shape (m, m), and the pieces that inference needs.

    With P = W − WXΦXᵀW: observed_ij = −½ tr(P D_i P D_j) + yᵀP D_i P D_j P y + ½ [tr(P D_ij) − yᵀP D_ij P y], and
    expected_ij = ½ tr(P D_i P D_j).
    """
    weight = place.weight
    pulled = weight[None] @ derivative[:, None]  # W D_i, shape (i, p, t, s)
    twice = pulled @ weight[None]  # W D_i W
    slopes = sandwich(design, twice)  # XᵀW D_i W X
    of_residual = score_vector(design, place.crossed_z, place.crossed_c, twice)  # XᵀW D_i W e
    plain = _traces(design.copies[:, None, None] * pulled, pulled)
    through = _traces(pulled, twice @ place.spread)
    bent = slopes @ place.phi
    traces = plain - (through + through.T) + _traces(bent, bent)
    errors = _traces(pulled, twice @ place.residual)
    errors = (errors + errors.T) / 2 - of_residual @ place.phi @ of_residual.T
    observed = -0.5 * traces + errors
    if second is not None:
        observed = observed + 0.5 * np.einsum("ijts,ts->ij", second, _total_pull(design, place), optimize=True)
    return (observed + observed.T) / 2, 0.5 * traces, Pieces(pulled=pulled, twice=twice, slopes=slopes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """W D_i and W D_i W per pattern, shapes (i, m, T, T), and XᵀW D_i W X, shape (i, k, k)."""

    pulled: Floats
    twice: Floats
    slopes: Floats


def _traces(one: Floats, other: Floats) -> Floats:
    """Σ tr(A_i B_j) over everything but the first axis, shape (i, j)."""
    mirrored = np.swapaxes(other, -1, -2)
    return np.asarray(one.reshape(len(one), -1) @ mirrored.reshape(len(other), -1).T)


def _total_pull(design: Design, place: Place) -> Floats:
    """Σ_p n_p W − W (R + S) W: what pulls at Σ, shape (T, T)."""
    weight = place.weight
    pull = design.copies[:, None, None] * weight - weight @ (place.residual + place.spread) @ weight
    return np.asarray(pull.sum(axis=0))


def _invert(design: Design, sigma: Floats) -> tuple[Floats, Floats] | None:
    """W and log|Σ| of each pattern; a visit that is absent has a one on the diagonal while it is inverted."""
    both = design.observed[:, :, None] & design.observed[:, None, :]
    eye = np.eye(len(sigma))
    filled = np.where(both, sigma, eye)
    try:
        factors, inverse = np.linalg.cholesky(filled), np.linalg.inv(filled)
    except np.linalg.LinAlgError:
        return None
    inverse = (inverse + inverse.swapaxes(1, 2)) / 2
    log_det = 2 * np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    return np.where(both, inverse, 0.0), log_det


def _residuals(design: Design, beta: Floats) -> tuple[Floats, Floats, Floats]:
    """Cross-products of covariates with residuals, and of residuals with themselves."""
    q, n_visits = design.zz.shape[1], design.n_visits
    by_visit, constant = beta[: q * n_visits].reshape(q, n_visits), beta[q * n_visits :]
    there = design.observed.astype(float)
    fitted_z = (design.zz @ by_visit + (design.zc @ constant)[:, :, None]) * there[:, None, :]
    fitted_c = (design.zc.swapaxes(1, 2) @ by_visit + (design.cc @ constant)[:, :, None]) * there[:, None, :]
    crossed_z, crossed_c = design.zy - fitted_z, design.cy - fitted_c
    of_score = np.einsum("kt,pks->pts", by_visit, design.zy) + np.einsum("c,pcs->ps", constant, design.cy)[:, None, :]
    of_error = np.einsum("kt,pks->pts", by_visit, crossed_z) + np.einsum("c,pcs->ps", constant, crossed_c)[:, None, :]
    of_score, of_error = of_score * there[:, :, None], of_error * there[:, :, None]
    residual = design.yy - of_score.swapaxes(1, 2) - of_error
    return crossed_z, crossed_c, (residual + residual.swapaxes(1, 2)) / 2


def _spread(design: Design, phi: Floats) -> Floats:
    """Σ XΦXᵀ of each pattern."""
    q, n_visits = design.zz.shape[1], design.n_visits
    top = q * n_visits
    corner = np.swapaxes(phi[:top, :top].reshape(q, n_visits, q, n_visits), 1, 2).reshape(q * q, n_visits**2)
    both = design.observed[:, :, None] & design.observed[:, None, :]
    patterns, r = len(design.zz), phi.shape[0] - top
    spread = (design.zz.reshape(patterns, q * q) @ corner).reshape(patterns, n_visits, n_visits)
    if r:
        edge = np.swapaxes(phi[:top, top:].reshape(q, n_visits, r), 1, 2).reshape(q * r, n_visits)
        mixed = design.zc.reshape(patterns, q * r) @ edge
        spread = spread + mixed[:, :, None] + mixed[:, None, :]
        spread = spread + (design.cc.reshape(patterns, r * r) @ phi[top:, top:].ravel())[:, None, None]
    return np.where(both, spread, 0.0)
