"""Fit a mixed model for repeated measures by restricted maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.mmrm.basis import make_basis
from outcomes.methods.mmrm.estimable import require_enough, require_spread, require_told_apart
from outcomes.methods.mmrm.inference import MmrmFit
from outcomes.methods.mmrm.judged import Judged, invert_information
from outcomes.methods.mmrm.likelihood import (
    curve,
    evaluate,
    expected_information,
    log_likelihood,
    observed_information,
    score,
)
from outcomes.methods.mmrm.pattern_moments import LARGEST, Moments, moments, require_magnitude
from outcomes.methods.mmrm.structures import Structure, to_covariance
from outcomes.methods.mmrm.turn import find_turn
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.methods.mmrm.basis import Basis, Sums
    from outcomes.methods.mmrm.likelihood import Curvature, Gls
    from outcomes.methods.mmrm.pattern_moments import Floats
    from outcomes.methods.mmrm.structures import Covariance
    from outcomes.methods.mmrm.turn import Turn

_ITERATIONS = 200
_HALVINGS = 40
_DECREMENT = 1e-20  # of the log-likelihood: two Newton steps past what double precision can see in it
_FLAT = 1e-11
NEAR_SINGULAR = 1e-8
_RESIDUE = 1e-12
_ROUNDING, _SEEN = 1e-13, 1e-9  # of the log-likelihood: what a sum may lose, and a rise that no sum shows for sure
_UNFINISHED = 1e-6  # of the log-likelihood: a rise that should have been found


def fit_mmrm(
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None = None,
    weights: Floats | None = None,
    covariance: str = "unstructured",
    names: Sequence[str] | None = None,
    visits: Sequence[str] | None = None,
) -> MmrmFit:
    """Gather the moments and fit them; see `moments` and `fit_moments`."""
    gathered = moments(scores=scores, by_visit=by_visit, constant=constant, weights=weights, names=names, visits=visits)
    return fit_moments(gathered, covariance=covariance)


def fit_moments(gathered: Moments, *, covariance: str = "unstructured", near: MmrmFit | None = None) -> MmrmFit:
    """Fit a model to its moments; the cost does not depend on the number of clients.

    Parameters
    ----------
    gathered : Moments
        Of one set of clients, or the sum of several.
    covariance : str
        Structure of the covariance matrix within a client, one of `STRUCTURES`; other programs' names, such as UN,
        AR(1) or CSH, are known too.
    near : MmrmFit, optional
        Of the same structure and visits on much the same scores: the iteration begins at its covariances, and ends at
        the same maximum.

    Returns
    -------
    MmrmFit

    Raises
    ------
    NotEstimableError
        When the scores cannot tell the effects or the covariances apart; the reason is a sentence.
    """
    structure = Structure(name=to_covariance(covariance), n_visits=len(gathered.visits))
    require_enough(gathered, structure)
    labels = (gathered.visits, gathered.by_visit, gathered.constant)
    require_magnitude(gathered.gram, gathered.centre, labels, least=1 / LARGEST)
    basis = make_basis(gathered)
    sums = basis.apply(gathered)
    require_told_apart(sums, gathered)
    require_spread(sums, gathered, structure)
    theta, gls = newton_raphson(sums, structure, None if near is None else _evaluate(sums, structure, near.theta))
    turn = find_turn(structure.matrix(theta)) if structure.name == "unstructured" else None
    judged = None
    if turn is not None:
        theta, gls, judged = _finish_turned(sums, structure, theta, turn, basis)
    frame, local = structure.frame(theta)
    pieces = curve(sums, gls, local)
    return MmrmFit.from_gls(
        judged=judged,
        basis=basis,
        sums=sums,
        gls=gls,
        structure=structure,
        theta=theta,
        frame=frame,
        information=observed_information(
            sums, gls, pieces, expected_information(gls, pieces), structure.second_derivative(theta)
        ),
        pieces=pieces,
        gathered=gathered,
        value=log_likelihood(sums, gls, structure.matrix(theta)),
        gradient=score(sums, gls, structure.derivative(theta)),
    )


def fit_first_estimable(
    gathered: Moments, *, order: Sequence[Covariance]
) -> tuple[MmrmFit, tuple[tuple[Covariance, str], ...]]:
    """Fit the first structure of an order that can be estimated.

    Returns
    -------
    fit : MmrmFit
    tried : tuple of (structure, reason)
        What came before it and could not be estimated.

    Raises
    ------
    NotEstimableError
        When none can; with the reason of the last.
    """
    tried: list[tuple[Covariance, str]] = []
    for covariance in order:
        try:
            return fit_moments(gathered, covariance=covariance), tuple(tried)
        except NotEstimableError as reason:
            tried.append((covariance, str(reason)))
    raise NotEstimableError(tried[-1][1])


def _finish_turned(
    sums: Sums, structure: Structure, theta: Floats, turn: Turn, basis: Basis
) -> tuple[Floats, Gls, Judged]:
    """Go the last of the way in scores that are not nearly one, and judge there what is found."""
    turned = turn.apply(sums)
    begun = _evaluate(turned, structure, structure.start(turn.to_turned(structure.matrix(theta))))
    if begun is None:
        raise NotEstimableError("The estimated covariances are at the edge of what is possible.")
    there, top = newton_raphson(turned, structure, begun)
    _, local = structure.frame(there)
    pieces = curve(turned, top, local)
    information = observed_information(turned, top, pieces, expected_information(top, pieces), None)
    found = structure.start(turn.from_turned(structure.matrix(there)))
    judged = Judged(
        back=basis.back @ turn.coefficients(basis.sizes),
        sums=turned,
        gls=top,
        pieces=pieces,
        local_cov=invert_information(information),
        frame=np.column_stack([structure.start(one) for one in turn.from_turned(local)]),
    )
    return found, evaluate(sums, structure.matrix(found)), judged


def newton_raphson(sums: Sums, structure: Structure, begun: _Step | None = None) -> tuple[Floats, Gls]:
    """Newton's method with halved steps; Fisher scoring where the surface does not bend down."""
    at = begun or _start(sums, structure)
    smallest = np.inf
    for _ in range(_ITERATIONS):
        frame, local = structure.frame(at.theta)
        gradient = score(sums, at.gls, local)
        pieces = curve(sums, at.gls, local)
        ascent = _newton_step(sums, at, pieces, gradient, structure)
        rise = float(gradient @ ascent)
        moved = _line_search(sums, structure, at, frame @ ascent, slack(rise, at.value))
        rests = rise < _UNFINISHED and rise > smallest / 2  # what is left is rounding
        smallest = min(smallest, rise)
        if moved is None or rests or rise < _DECREMENT * max(1.0, abs(at.value)):
            # the last step is taken where it can be: it squares what was left to gain
            _require_maximum(rise, structure.matrix(at.theta))
            top = moved or at
            return top.theta, top.gls
        at = moved
    raise NotEstimableError("The likelihood of this covariance structure has no maximum that can be found.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class _Step:
    """Where the iteration stands."""

    theta: Floats
    gls: Gls
    value: float


def _start(sums: Sums, structure: Structure) -> _Step:
    """Begin at the covariances of the residuals of least squares, drawn to the diagonal until positive-definite."""
    identity = evaluate(sums, np.eye(sums.n_visits))
    together = np.einsum("p,pt,ps->ts", sums.copies, sums.observed, sums.observed)
    there = sums.observed[:, :, None] & sums.observed[:, None, :]
    sigma = np.where(there, identity.residual, 0.0).sum(axis=0) / np.maximum(together, 1.0)
    scale = np.diag(sums.yy.sum(axis=0)) / np.diag(together)
    flat = np.diag(sigma) <= _RESIDUE * max(float(scale.max()), np.finfo(float).tiny)
    if flat.all() or (structure.has_variance_per_visit and flat.any()):
        raise NotEstimableError("At some visit the scores do not differ beyond what the effects explain.")
    for keep in (1.0, 0.9, 0.7, 0.5, 0.2, 0.0):
        drawn = keep * sigma + (1 - keep) * np.diag(np.diag(sigma))
        begun = _evaluate(sums, structure, structure.start(drawn))
        if begun is not None:
            return begun
    raise NotEstimableError("No covariance matrix of this structure fits the scores.")


def _evaluate(sums: Sums, structure: Structure, theta: Floats) -> _Step | None:
    """Evaluate the model at θ; None where Σ is not positive-definite, a variance vanishes, or a number is too large."""
    sigma = structure.matrix(theta)
    if np.diag(sigma).min() <= _RESIDUE * np.diag(sigma).max():
        return None
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            np.linalg.cholesky(sigma)
            gls = evaluate(sums, sigma)
            return _Step(theta=theta, gls=gls, value=log_likelihood(sums, gls, sigma))
    # the effects can be told apart, and the numbers written down, unless Σ is at its edge
    except (np.linalg.LinAlgError, FloatingPointError, NotEstimableError):
        return None


def _newton_step(sums: Sums, at: _Step, pieces: Curvature, gradient: Floats, structure: Structure) -> Floats:
    """Newton's step where the observed information is positive-definite, else the scoring step."""
    expected = expected_information(at.gls, pieces)
    observed = observed_information(sums, at.gls, pieces, expected, structure.second_derivative(at.theta))
    for information in (observed, expected):
        scale = np.sqrt(np.abs(np.diag(information)))
        if (scale <= 0).any():
            continue
        scaled = information / np.outer(scale, scale)
        values, vectors = np.linalg.eigh(scaled)
        if values[0] > _FLAT:
            return np.asarray((vectors @ ((vectors.T @ (gradient / scale)) / values)) / scale)
    raise NotEstimableError("The scores do not tell these covariances apart.")


def slack(rise: float, value: float) -> float:
    """Give the fall of the log-likelihood that counts as rounding: more where it cannot see what is left to gain."""
    return (_SEEN if rise < _SEEN else _ROUNDING) * max(1.0, abs(value))


def _line_search(sums: Sums, structure: Structure, at: _Step, step: Floats, fall: float) -> _Step | None:
    """Take the step, halved until the likelihood rises and the matrix is positive-definite."""
    for halving in range(_HALVINGS):
        reached = _evaluate(sums, structure, at.theta + step / 2**halving)
        if reached is not None and reached.value >= at.value - fall:
            return reached
    return None


def _require_maximum(rise: float, sigma: Floats) -> None:
    """Refuse what is no maximum, and a matrix at the edge of what is possible: its errors would mean nothing."""
    if rise > _UNFINISHED:
        raise NotEstimableError("The likelihood of this covariance structure has no maximum that can be found.")
    scale = np.sqrt(np.diag(sigma))
    if np.linalg.eigvalsh(sigma / np.outer(scale, scale))[0] < NEAR_SINGULAR:
        raise NotEstimableError("The estimated covariances are at the edge of what is possible.")
