"""Fit one model to many samples of the same patterns at once, each from the top of the fit to everybody.

Newton's method on all samples together: every step is a few matrix products with the sample as a leading axis. A
sample that does not arrive is climbed by itself, with all the guards of a single fit, and without the constant columns
that nobody in it informs any more; one that cannot be fitted has its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcomes.methods.mmrm.basis import dependent_columns
from outcomes.methods.mmrm.fit import NEAR_SINGULAR, newton_raphson
from outcomes.methods.mmrm.likelihood import bend, curve, evaluate, invert, loop, residual_scores
from outcomes.methods.mmrm.products import (
    cross_residuals,
    double,
    flat,
    sandwich,
    score_vector,
    square_residuals,
    times,
)
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.likelihood import Gls
    from outcomes.methods.mmrm.pattern_moments import Floats
    from outcomes.methods.mmrm.structures import Structure

Flags: TypeAlias = NDArray[np.bool_]

_BLOCK = 96  # samples whose arrays stay in the cache together
_APPROXIMATE = 6  # steps before the second derivatives are computed whole
_ITERATIONS = 15
_HALVINGS = 6
_RANK = 1e-6  # of a pivot's square root
_UNBOUNDED, _NOTHING = 1e100, 1e-20  # rises of the log-likelihood


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Refits:
    """Fits of many samples, in the basis of the fit to everybody.

    Attributes
    ----------
    beta : ndarray, shape (b, k)
        nan where a sample could not be fitted.
    theta : ndarray, shape (b, m)
        The same.
    fitted : ndarray of bool, shape (b,)
    reasons : tuple of str
        Of the samples that could not be fitted, in their order.
    """

    beta: Floats
    theta: Floats
    fitted: Flags
    reasons: tuple[str, ...]


def refit(sums: Sums, *, fit: MmrmFit, rise: float) -> Refits:
    """Fit samples, from the top of the fit to everybody.

    Parameters
    ----------
    sums : Sums
        Every array with a leading axis b, but `observed`.
    fit : MmrmFit
        Of everybody; `sums` are in its basis.
    rise : float
        A sample has arrived when its last two steps tell that less than this of the log-likelihood is left.
    """
    count = len(sums.copies)
    found = np.full((count, len(fit.theta)), np.nan)
    beta = np.full((count, sums.n_coefficients), np.nan)
    fitted = np.zeros(count, dtype=bool)
    sound = _is_told_apart(sums)
    for start in range(0, count, _BLOCK):
        some = np.arange(start, min(start + _BLOCK, count))
        some = some[sound[some]]
        if some.size:
            found[some], beta[some], fitted[some] = _newton(sums.take(some), fit, rise)
    reasons = []
    for sample in np.flatnonzero(~fitted):
        try:
            found[sample], beta[sample] = _newton_raphson(sums.take(sample), fit.structure)
            fitted[sample] = True
        except NotEstimableError as reason:
            reasons.append(str(reason))
    found[~fitted] = beta[~fitted] = np.nan
    return Refits(beta=beta, theta=found, fitted=fitted, reasons=tuple(reasons))


def _newton_raphson(sums: Sums, structure: Structure) -> tuple[Floats, Floats]:
    """Fit one sample; a constant column that repeats others there gets a coefficient of zero."""
    q, r, _ = sums.sizes
    repeated = np.array(dependent_columns(sums.xx.sum(axis=-3), range(q + r)), dtype=np.intp) - q
    gone = repeated[repeated >= 0]
    theta, gls = newton_raphson(sums.drop(gone) if gone.size else sums, structure)
    beta = np.zeros(sums.n_coefficients)
    beta[np.setdiff1d(np.arange(len(beta)), q * sums.n_visits + gone)] = gls.beta
    return theta, beta


def _is_told_apart(sums: Sums) -> Flags:
    """Whether the scores of each sample tell the coefficients apart, which no weighting by visit can change."""
    information = sandwich(sums, invert(sums, np.eye(sums.n_visits))[..., None, :])[..., 0, :, :]
    scale = np.sqrt(np.diagonal(information, axis1=-2, axis2=-1))
    present = (scale > 0).all(axis=-1)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = information / (scale[:, :, None] * scale[:, None, :])
    try:
        pivots = np.diagonal(np.linalg.cholesky(scaled), axis1=-2, axis2=-1)
    except np.linalg.LinAlgError:
        return np.asarray(present & (np.linalg.eigvalsh(scaled)[:, 0] > _RANK**2))
    return np.asarray(present & (pivots > _RANK).all(axis=-1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class _Step:
    """A step of many samples.

    Attributes
    ----------
    gls : Gls
        Where it began.
    theta : ndarray, shape (b, i)
        Where it arrived.
    promised : ndarray, shape (b,)
        Rise of the log-likelihood that it promised; without bound where the surface does not bend down.
    bent : ndarray, shape (b, i, i)
        (XᵀWD_iWe)ᵀΦ(XᵀWD_jWe), a small part of the second derivatives that hardly changes on the way.
    """

    gls: Gls
    theta: Floats
    promised: Floats
    bent: Floats


def _newton(sums: Sums, fit: MmrmFit, rise: float) -> tuple[Floats, Floats, Flags]:
    """Step samples together: parameters, coefficients, and which arrived."""
    count, matrix = len(sums.copies), fit.structure.matrix
    theta, beta = _begin(sums, fit), np.empty((count, sums.n_coefficients))
    arrived, going = np.zeros(count, dtype=bool), np.arange(count)
    before, bent = np.full(count, _NOTHING), None
    for iteration in range(_ITERATIONS):
        at = theta[going]
        step = _step(sums, fit, at, bent=bent, exact=iteration >= _APPROXIMATE)
        # the next step would promise less again by the same factor; a sample that strays promises beyond any number
        with np.errstate(over="ignore"):
            there = step.promised * np.minimum(step.promised, before) < rise * before
        theta[going], arrived[going] = step.theta, there
        if there.any():
            beta[going[there]] = _follow(sums, step.gls, matrix(step.theta) - matrix(at), there)
        if there.all():
            break
        still = ~there
        going, sums, before, bent = going[still], sums.take(still), step.promised[still], step.bent[still]
    return theta, beta, arrived & _is_inside(matrix(theta))


def _begin(sums: Sums, fit: MmrmFit) -> Floats:
    """Take one step from the top of the fit to everybody, with W, Φ and the second derivatives of that fit."""
    gls, weight = fit.gls, fit.gls.weight
    moved = score_vector(sums, cross_residuals(sums, gls.beta), weight[:, :, None])[..., 0, :] @ gls.phi
    beta = gls.beta + moved
    residual = square_residuals(sums, beta, cross_residuals(sums, beta)) + gls.spread
    pull = np.tensordot(sums.copies, weight, axes=1) - (weight @ residual @ weight).sum(axis=-3)
    frame, derivative = fit.structure.frame(fit.theta)
    gradient = -0.5 * flat(pull, 2) @ flat(derivative, 2).T
    start = np.repeat(fit.theta[None], len(gradient), axis=0)
    return _line_search(fit.structure, start, gradient @ (frame @ fit.local_cov).T)


def _step(sums: Sums, fit: MmrmFit, theta: Floats, *, bent: Floats | None, exact: bool) -> _Step:
    """Take Newton's step, or the scoring step where the surface does not bend down.

    The gradient is exact. Two small parts of the second derivatives are computed anew only where `exact` says so:
    ½ tr(XᵀWD_iWXΦ XᵀWD_jWXΦ) is that of the fit to everybody, and `bent` that of the first step.
    """
    structure = fit.structure
    gls = evaluate(sums, structure.matrix(theta), polish=False)
    weight, (frame, derivative) = gls.weight, structure.frame(theta)
    directions = flat(derivative, 2)
    counted = sums.copies[..., None, None] * weight
    errors = weight @ (gls.residual + gls.spread) @ weight
    pull = (counted - errors).sum(axis=-3)
    gradient = -0.5 * times(directions, flat(pull, 2))
    if exact:
        pieces = curve(sums, gls, derivative)
        loops, bent = loop(gls, pieces.slopes), bend(gls, pieces.of_residual)
    else:
        loops = loop(fit.gls, fit.pieces.slopes)
        bent = bend(gls, residual_scores(sums, gls, directions)) if bent is None else bent
    information = double(weight, errors - 0.5 * counted, directions) - loops - bent
    second = structure.second_derivative(theta)
    if second is not None:
        information += 0.5 * (second * pull[..., None, None, :, :]).sum(axis=(-1, -2))
    bends = _is_positive_definite(information)
    if not bends.all():
        expected = double(weight, 0.5 * counted - weight @ gls.spread @ weight, directions) + loops
        information = np.where(bends[:, None, None], information, expected)
    step, told_apart = _solve(information, gradient)
    promised = np.where(bends & told_apart, (gradient * step).sum(axis=-1), _UNBOUNDED)
    return _Step(gls=gls, theta=_line_search(structure, theta, times(frame, step)), promised=promised, bent=bent)


def _solve(information: Floats, gradient: Floats) -> tuple[Floats, Flags]:
    """Solve for the steps, and say of which samples the information is no flat one: the others will not arrive here."""
    try:
        step = np.asarray(np.linalg.solve(information, gradient[..., None])[..., 0])
        return step, np.ones(len(gradient), dtype=np.bool_)
    except np.linalg.LinAlgError:
        told_apart = np.linalg.matrix_rank(information, hermitian=True) == information.shape[-1]
        return times(np.asarray(np.linalg.pinv(information, hermitian=True)), gradient), np.asarray(told_apart)


def _follow(sums: Sums, gls: Gls, change: Floats, which: Flags) -> Floats:
    """Coefficients of some of the samples after a last small change of Σ: β − Φ XᵀW ΔΣ W e."""
    some: Flags | slice = slice(None) if which.all() else which
    weight = gls.weight[some]
    moved = score_vector(sums, gls.crossed[some], (weight @ change[some, None] @ weight)[..., None, :])[..., 0, :]
    return gls.beta[some] - times(gls.phi[some], moved)


def _line_search(structure: Structure, theta: Floats, step: Floats) -> Floats:
    """Take the steps, halved where the matrix would not be positive-definite; none where halving does not help."""
    for halving in range(_HALVINGS + 1):
        outside = ~_is_positive_definite(structure.matrix(theta + step))
        if not outside.any():
            break
        step = np.where(outside[:, None], step / 2 if halving < _HALVINGS else 0.0, step)
    return theta + step


def _is_inside(sigma: Floats) -> Flags:
    """Whether covariance matrices keep away from the edge of what is possible, shape (b,)."""
    scale = np.sqrt(np.diagonal(sigma, axis1=-2, axis2=-1))
    return np.asarray(np.linalg.eigvalsh(sigma / (scale[:, :, None] * scale[:, None, :]))[:, 0] > NEAR_SINGULAR)


def _is_positive_definite(matrix: Floats) -> Flags:
    """Whether each of many symmetric matrices is positive-definite, shape (b,)."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.eigvalsh(matrix)[..., 0] > 0)
    return np.ones(len(matrix), dtype=bool)
