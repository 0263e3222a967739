"""Fit one model to many samples of the same patterns at once, each from the top of the fit to everybody.

Newton's method on all samples together: every step is a few matrix products with the sample as a leading axis. A
sample that does not arrive is climbed by itself, with all the guards of a single fit; one that cannot be fitted has its
reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcomes.core.estimates import NotEstimableError
from outcomes.methods.mmrm.fit import NEAR_SINGULAR, climb
from outcomes.methods.mmrm.likelihood import (
    curve,
    double,
    evaluate,
    expected_information,
    flat,
    invert,
    sandwich,
    score,
    solve,
    times,
)

if TYPE_CHECKING:
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.likelihood import Place
    from outcomes.methods.mmrm.pattern_moments import Floats
    from outcomes.methods.mmrm.structures import Structure

Flags: TypeAlias = NDArray[np.bool_]
Some: TypeAlias = NDArray[np.intp] | slice

_BLOCK = 64  # samples whose arrays stay in the cache together
_APPROXIMATE = 6  # steps before the second derivatives are computed whole
_ITERATIONS = 15
_HALVINGS = 6
_RANK = 1e-6  # of a pivot's square root


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
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
        A sample has arrived when the step to come promises less than this of the log-likelihood, and is taken.
    """
    count = len(sums.copies)
    found = np.full((count, len(fit.theta)), np.nan)
    beta = np.full((count, sums.n_coefficients), np.nan)
    fitted = np.zeros(count, dtype=bool)
    sound = _is_told_apart(sums)
    if sound.any():
        found[sound], beta[sound], fitted[sound] = _newton(sums if sound.all() else take(sums, sound), fit, rise)
    reasons = []
    for sample in np.flatnonzero(~fitted):
        try:
            found[sample], place = climb(take(sums, sample), fit.structure)
            beta[sample], fitted[sample] = place.beta, True
        except NotEstimableError as reason:
            reasons.append(str(reason))
    found[~fitted] = beta[~fitted] = np.nan
    return Refits(beta=beta, theta=found, fitted=fitted, reasons=tuple(reasons))


def take(sums: Sums, which: Some | Flags | np.intp) -> Sums:
    """Give some of the samples, or one without its leading axis."""
    return replace(sums, gram=sums.gram[which], copies=sums.copies[which])


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


@dataclass(slots=True, kw_only=True, eq=False)
class _Climb:
    """Where the samples stand.

    Attributes
    ----------
    theta : ndarray, shape (b, m)
    loops, bent : ndarray, shape (b, m, m)
        The two small parts of the second derivatives that need XᵀWD_iWX and XᵀWD_iWe of every sample:
        ½ tr(XᵀWD_iWXΦ XᵀWD_jWXΦ) and (XᵀWD_iWe)ᵀΦ(XᵀWD_jWe). They are not computed at every step.
    arrived : ndarray of bool, shape (b,)
    """

    theta: Floats
    loops: Floats
    bent: Floats
    arrived: Flags


def _newton(sums: Sums, fit: MmrmFit, rise: float) -> tuple[Floats, Floats, Flags]:
    """Step all samples: parameters, coefficients, and which arrived."""
    count, size = len(sums.copies), len(fit.theta)
    at = _Climb(
        theta=np.repeat(fit.theta[None], count, axis=0),
        loops=np.empty((count, size, size)),
        bent=np.empty((count, size, size)),
        arrived=np.zeros(count, dtype=bool),
    )
    beta = np.empty((count, sums.n_coefficients))
    going = np.arange(count)
    for iteration in range(_ITERATIONS):
        for some in _blocks(going, count):
            if iteration:
                promised = _step(take(sums, some), fit, at, some, exact=iteration >= _APPROXIMATE)
                at.arrived[some] = promised < rise
            else:
                _begin(take(sums, some), fit, at, some)
        going = np.flatnonzero(~at.arrived)
        if not going.size:
            break
    for some in _blocks(np.arange(count), count):
        beta[some] = solve(take(sums, some), fit.structure.matrix(at.theta[some]))
    return at.theta, beta, at.arrived & _is_inside(fit.structure.matrix(at.theta))


def _blocks(going: NDArray[np.intp], count: int) -> list[Some]:
    """Give the samples that go on, some at a time; as slices, which copy nothing, while all do."""
    starts = range(0, len(going), _BLOCK)
    if len(going) == count:
        return [slice(start, start + _BLOCK) for start in starts]
    return [going[start : start + _BLOCK] for start in starts]


def _begin(sums: Sums, fit: MmrmFit, at: _Climb, some: Some) -> None:
    """Take the scoring step from the top of the fit to everybody, where all samples share W.

    With complete data it arrives at once.
    """
    place = evaluate(sums, fit.covariance, polish=False)
    frame, local = fit.structure.frame(fit.theta)
    expected = _bend(sums, place, local, at, some)
    step, _ = _solve(expected, score(sums, place, local))
    _move(fit.structure, at, some, times(frame, step))


def _step(sums: Sums, fit: MmrmFit, at: _Climb, some: Some, *, exact: bool) -> Floats:
    """Take Newton's step, or the scoring step where the surface does not bend down; returns the rise it promised.

    The gradient is exact. The two small parts of the second derivatives are those of the first step, which in the frame
    of the sample's own matrix hardly change, or computed anew where `exact` says so.
    """
    structure, theta = fit.structure, at.theta[some]
    place = evaluate(sums, structure.matrix(theta), polish=False)
    weight, (frame, derivative) = place.weight, structure.frame(theta)
    directions = flat(derivative, 2)
    counted = sums.copies[..., None, None] * weight
    through, errors = weight @ place.spread @ weight, weight @ place.residual @ weight
    pull = (counted - through - errors).sum(axis=-3)
    gradient = -0.5 * times(directions, flat(pull, 2))
    if exact:
        _bend(sums, place, derivative, at, some)
    information = double(weight, errors + through - 0.5 * counted, directions) - at.loops[some] - at.bent[some]
    second = structure.second_derivative(theta)
    if second is not None:
        information += 0.5 * (second * pull[..., None, None, :, :]).sum(axis=(-1, -2))
    bends = _is_positive_definite(information)
    if not bends.all():
        expected = double(weight, 0.5 * counted - through, directions) + at.loops[some]
        information = np.where(bends[:, None, None], information, expected)
    step, told_apart = _solve(information, gradient)
    _move(structure, at, some, times(frame, step))
    return np.where(bends & told_apart, (gradient * step).sum(axis=-1), np.inf)


def _solve(information: Floats, gradient: Floats) -> tuple[Floats, Flags]:
    """Solve for the steps, and say of which samples the information is no flat one: the others will not arrive here."""
    try:
        step = np.asarray(np.linalg.solve(information, gradient[..., None])[..., 0])
        return step, np.ones(len(gradient), dtype=np.bool_)
    except np.linalg.LinAlgError:
        told_apart = np.linalg.matrix_rank(information, hermitian=True) == information.shape[-1]
        return times(np.asarray(np.linalg.pinv(information, hermitian=True)), gradient), np.asarray(told_apart)


def _bend(sums: Sums, place: Place, derivative: Floats, at: _Climb, some: Some) -> Floats:
    """Compute the small parts of the second derivatives; returns the expected information."""
    pieces = curve(sums, place, derivative)
    expected = expected_information(place, pieces)
    at.loops[some] = expected - 0.5 * pieces.plain + pieces.through
    at.bent[some] = pieces.of_residual @ place.phi @ pieces.of_residual.swapaxes(-1, -2)
    return expected


def _move(structure: Structure, at: _Climb, some: Some, step: Floats) -> None:
    """Take the steps, halved where the matrix would not be positive-definite; none where halving does not help."""
    for halving in range(_HALVINGS + 1):
        tried = at.theta[some] + step
        outside = ~_is_positive_definite(structure.matrix(tried))
        if not outside.any():
            break
        step = np.where(outside[:, None], step / 2 if halving < _HALVINGS else 0.0, step)
    at.theta[some] += step


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
