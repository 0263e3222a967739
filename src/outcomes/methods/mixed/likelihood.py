"""The restricted likelihood of the mixed model and its derivatives, from the moments.

y = Xβ + Σ_g Z_g u_g + ε, u_g ~ N(0, v_g I), ε ~ N(0, R) with R = Σ_a on the visits of a client of stratum a. A random
intercept is a client covariate with one effect at every visit: with U = [X, Z] and W = R⁻¹, UᵀWU and UᵀWy come from the
same moments as those of the MMRM, and all that V⁻¹ would be needed for from C = (UᵀWU + diag(0, 1/v))⁻¹:
P = W − W U C UᵀW, P y = W e with e = y − U b, b = C UᵀW y. With S = diag(1, √v), C = S (S UᵀWU S + diag(0, 1))⁻¹ S,
which holds at v = 0 too.
Sources: Henderson (1975), the mixed-model equations; Harville (1977); Lindstrom & Bates (1988).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.mmrm.likelihood import Curvature, Gls, curve, invert, score
from outcomes.methods.mmrm.products import (
    along_diagonal,
    cross_residuals,
    flat,
    sandwich,
    score_vector,
    spread,
    square_residuals,
    symmetric,
)
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.pattern_moments import Floats
    from outcomes.methods.mmrm.structures import Structure

_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What is fitted.

    Attributes
    ----------
    strata : tuple of Sums
        Of the clients that share a residual covariance; their constant columns end with the random ones.
    structure : Structure
        Of each residual covariance.
    n_fixed : int
        Coefficients k that are not random [count].
    random : tuple of slice
        Columns of each random effect among those of U.
    """

    strata: tuple[Sums, ...]
    structure: Structure
    n_fixed: int
    random: tuple[slice, ...]

    @property
    def n_columns(self) -> int:
        """Columns of U [count]."""
        return self.random[-1].stop if self.random else self.n_fixed

    def split(self, theta: Floats) -> tuple[Floats, Floats]:
        """Variances of the random effects, and the residual parameters of each stratum, shape (strata, m)."""
        count = len(self.random)
        return theta[:count], theta[count:].reshape(len(self.strata), -1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MixedGls:
    """The model at one set of covariance parameters.

    Attributes
    ----------
    value : float
        Restricted log-likelihood.
    effects : ndarray, shape (K,)
        b: coefficients, then random effects.
    joint : ndarray, shape (K, K)
        C.
    information : ndarray, shape (K, K)
        UᵀWU.
    pull : ndarray, shape (K,)
        UᵀWe.
    strata_gls : tuple of Gls
        Of each stratum.
    """

    value: float
    effects: Floats
    joint: Floats
    information: Floats
    pull: Floats
    strata_gls: tuple[Gls, ...]


def evaluate_mixed(model: Model, theta: Floats) -> MixedGls | None:
    """Evaluate at covariance parameters; None where they are no covariances.

    Raises
    ------
    NotEstimableError
        When the scores cannot tell the coefficients apart.
    """
    variances, residual = model.split(theta)
    sigmas = [model.structure.matrix(each) for each in residual]
    try:
        log_det = sum(_log_det(sums, sigma) for sums, sigma in zip(model.strata, sigmas, strict=True))
    except np.linalg.LinAlgError:
        return None
    weights = [invert(sums, sigma) for sums, sigma in zip(model.strata, sigmas, strict=True)]
    together = list(zip(model.strata, weights, strict=True))
    information = np.sum([sandwich(sums, weight[:, :, None])[0] for sums, weight in together], axis=0)
    scale, ridge = np.ones(model.n_columns), np.zeros(model.n_columns)
    for columns, variance in zip(model.random, variances, strict=True):
        scale[columns], ridge[columns] = np.sqrt(variance), 1.0
    scaled = information * np.outer(scale, scale) + np.diag(ridge)
    try:
        root, inverse = np.linalg.cholesky(scaled), symmetric(np.linalg.inv(scaled))
    except np.linalg.LinAlgError:
        raise NotEstimableError("At some visit the scores cannot tell the effects apart.") from None
    standard = inverse @ (scale * np.sum([_vector(sums, sums.yx, weight) for sums, weight in together], axis=0))
    crossed = [(sums, cross_residuals(sums, scale * standard), weight) for sums, weight in together]
    pull = np.sum([_vector(*one) for one in crossed], axis=0)
    standard = standard + inverse @ (scale * pull - ridge * standard)  # what rounding left over
    effects, joint = scale * standard, inverse * np.outer(scale, scale)
    strata_gls = tuple(_gls(sums, weight, effects, joint) for sums, weight in together)
    pull = np.sum(
        [_vector(sums, one.crossed, one.weight) for sums, one in zip(model.strata, strata_gls, strict=True)], axis=0
    )
    quadratic = sum(float((one.weight * one.residual).sum()) for one in strata_gls) + float(ridge @ standard**2)
    n = sum(float(sums.copies @ sums.observed.sum(axis=1)) for sums in model.strata)
    value = -0.5 * (log_det + 2 * float(np.log(np.diag(root)).sum()) + quadratic + (n - model.n_fixed) * _LOG_2PI)
    return MixedGls(
        value=value, effects=effects, joint=joint, information=information, pull=pull, strata_gls=strata_gls
    )


def differentiate(model: Model, gls: MixedGls, theta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Score, observed and expected information in θ, and ∂(C⁻¹)-slopes for the degrees of freedom.

    With D_i = ∂V/∂θ_i: score_i = ½ (yᵀP D_i P y − tr P D_i); expected_ij = ½ tr(P D_i P D_j) and observed_ij =
    yᵀP D_i P D_j P y − expected_ij (+ terms of the second derivatives of a structure that is not linear). For a random
    effect D = Z Zᵀ, and P Z = W U K with K = E − C UᵀWZ.

    Returns
    -------
    score : ndarray, shape (m,)
    observed, expected : ndarray, shape (m, m)
    slopes : ndarray, shape (m, k, k)
        XᵀV⁻¹ D_i V⁻¹X in terms of Φ: ∂Φ/∂θ_i = slopes_i.
    """
    pieces = _curve_strata(model, gls, theta)
    slopes = np.concatenate([one.slopes for one in pieces.curvatures])
    of_residual = np.concatenate([one.of_residual for one in pieces.curvatures])
    joint, eye = gls.joint, np.eye(model.n_columns)
    bent = slopes @ joint
    loops = flat(bent, 2) @ flat(bent.swapaxes(-1, -2), 2).T
    expected_rr = 0.5 * (pieces.plain - 2 * pieces.through + loops)
    quadratic_rr = pieces.errors - of_residual @ joint @ of_residual.T + pieces.second
    inner = gls.information - gls.information @ joint @ gls.information  # UᵀPU
    turns = [eye[:, columns] - joint @ gls.information[:, columns] for columns in model.random]
    pulls = [gls.pull[columns] for columns in model.random]
    count, size = len(turns), len(turns) + len(slopes)
    expected, quadratic, gradient = np.empty((size, size)), np.empty((size, size)), np.empty(size)
    gradient[count:] = pieces.score
    expected[count:, count:], quadratic[count:, count:] = expected_rr, quadratic_rr
    for g, (turn, pull, own) in enumerate(zip(turns, pulls, model.random, strict=True)):
        gradient[g] = 0.5 * (float(pull @ pull) - float(np.trace(inner[own, own])))
        expected[g, count:] = expected[count:, g] = 0.5 * np.einsum("ah,iab,bh->i", turn, slopes, turn, optimize=True)
        quadratic[g, count:] = quadratic[count:, g] = of_residual @ (turn @ pull)
        for h, (other, columns) in enumerate(zip(pulls, model.random, strict=True)):
            block = inner[own, columns]
            expected[g, h], quadratic[g, h] = 0.5 * float((block**2).sum()), float(pull @ block @ other)
    return gradient, symmetric(quadratic - expected), symmetric(expected), _phi_slopes(model, gls, slopes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class _Pieces:
    curvatures: tuple[Curvature, ...]
    plain: Floats
    through: Floats
    errors: Floats
    second: Floats
    score: Floats


def _curve_strata(model: Model, gls: MixedGls, theta: Floats) -> _Pieces:
    """Second derivatives along the residual parameters; those of different strata meet only through C."""
    _, residual = model.split(theta)
    curvatures, scores, seconds = [], [], []
    for sums, one, parameters in zip(model.strata, gls.strata_gls, residual, strict=True):
        derivative = model.structure.derivative(parameters)
        curvatures.append(curve(sums, one, derivative))
        scores.append(score(sums, one, derivative))
        bend = model.structure.second_derivative(parameters)
        size = len(parameters)
        # the score along ∂²Σ/∂θ_i∂θ_j, with its sign turned
        seconds.append(
            np.zeros((size, size))
            if bend is None
            else -score(sums, one, bend.reshape((size * size, *bend.shape[2:]))).reshape(size, size)
        )
    return _Pieces(
        curvatures=tuple(curvatures),
        plain=along_diagonal([one.plain for one in curvatures]),
        through=along_diagonal([one.through for one in curvatures]),
        errors=along_diagonal([one.errors for one in curvatures]),
        second=along_diagonal(seconds),
        score=np.concatenate(scores),
    )


def _phi_slopes(model: Model, gls: MixedGls, slopes: Floats) -> Floats:
    """∂Φ/∂θ_i, shape (m, k, k): Φ XᵀV⁻¹D_iV⁻¹X Φ, with V⁻¹XΦ = W U C[:, fixed]."""
    fixed = gls.joint[:, : model.n_fixed]
    through = gls.information @ fixed
    random = [through[columns].T @ through[columns] for columns in model.random]
    first = np.array(random).reshape(-1, model.n_fixed, model.n_fixed)
    return np.concatenate([first, np.asarray(fixed.T @ slopes @ fixed)])


def _log_det(sums: Sums, sigma: Floats) -> float:
    np.linalg.cholesky(sigma)
    both = sums.observed[:, :, None] & sums.observed[:, None, :]
    factors = np.linalg.cholesky(np.where(both, sigma, np.eye(sums.n_visits)))
    return float(sums.copies @ (2 * np.log(np.diagonal(factors, axis1=-2, axis2=-1)).sum(axis=-1)))


def _vector(sums: Sums, xy: Floats, weight: Floats) -> Floats:
    return np.asarray(score_vector(sums, xy, weight[:, :, None])[0])


def _gls(sums: Sums, weight: Floats, effects: Floats, joint: Floats) -> Gls:
    crossed = cross_residuals(sums, effects)
    return Gls(
        beta=effects,
        information=joint,
        phi=joint,
        weight=weight,
        residual=square_residuals(sums, effects, crossed),
        spread=spread(sums, joint),
        crossed=crossed,
    )
