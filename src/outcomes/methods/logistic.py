"""Logistic regression by maximum likelihood or by Firth's penalised likelihood, with profile intervals.

Sources: Firth (1993), Heinze & Schemper (2002) for the penalty ½ log|I(β)| and its profile; Konis (2007), ch. 4, for
finding separation by a linear programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from outcomes.methods.least_squares import orthogonalise
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_ITERATIONS = 500
_SCORE = 1e-10
_MARGIN = 1e-7
_FURTHEST = 60.0  # log odds; a limit beyond this is open


class NoMaximumError(NotEstimableError):
    """The columns tell without exception to whom it happened, so that the likelihood has no maximum.

    Attributes
    ----------
    people : ndarray of bool, shape (n,)
        As `find_separated`.
    """

    def __init__(self, people: NDArray[np.bool_]) -> None:
        super().__init__("The covariates tell without exception who did and who did not.")
        self.people = people


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LogisticFit:
    """Logistic regression of an event.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Log odds per unit of each column.
    beta_cov : ndarray, shape (k, k)
        Inverse of the information at `beta`.
    log_likelihood : float
        Maximum, with the penalty where `penalised`.
    penalised : bool
        Whether Firth's penalty was used.
    events : ndarray of bool, shape (n,)
    design : ndarray, shape (n, k)
    """

    beta: NDArray[np.float64]
    beta_cov: NDArray[np.float64]
    log_likelihood: float
    penalised: bool
    events: NDArray[np.bool_]
    design: NDArray[np.float64]

    def p_value(self, coefficient: int) -> float:
        """Likelihood-ratio test of one coefficient against zero, two-sided."""
        drop = 2 * (self.log_likelihood - self._profile(coefficient, 0.0))
        return float(special.chdtrc(1, max(drop, 0.0)))

    def interval(self, coefficient: int, level: float) -> tuple[float, float]:
        """Profile-likelihood limits of one coefficient [log odds]; an open side is infinite."""
        allowed = float(special.chdtri(1, 1 - level)) / 2
        step = float(np.sqrt(self.beta_cov[coefficient, coefficient]))

        def excess(value: float) -> float:
            return self.log_likelihood - self._profile(coefficient, value) - allowed

        return _cross(excess, self.beta[coefficient], -step), _cross(excess, self.beta[coefficient], step)

    def _profile(self, coefficient: int, value: float) -> float:
        """Log-likelihood maximised over the other coefficients."""
        free = np.arange(len(self.beta)) != coefficient
        start = self.beta.copy()
        start[coefficient] = value
        return _maximise(self.events, self.design, start, free, penalised=self.penalised)[1]


def fit_logistic(
    *, events: NDArray[np.bool_], design: NDArray[np.float64], names: Sequence[str], penalised: bool
) -> LogisticFit:
    """Fit by Fisher scoring.

    Parameters
    ----------
    events : ndarray of bool, shape (n,)
    design : ndarray, shape (n, k)
        With its intercept.
    names : sequence of str, length k
    penalised : bool
        Whether to use Firth's penalty.

    Raises
    ------
    NotEstimableError
        When the design is singular, or people are too few.
    NoMaximumError
        When the columns separate the events and there is no penalty.
    """
    orthogonalise(design=design, names=names)
    if not penalised:
        separated = find_separated(events=events, design=design)
        if separated.any():
            raise NoMaximumError(separated)
    length = np.sqrt((design**2).sum(axis=0))
    scaled = design / length
    start, free = np.zeros(design.shape[1]), np.ones(design.shape[1], dtype=bool)
    beta, maximum = _maximise(events, scaled, start, free, penalised=penalised)
    share = special.expit(scaled @ beta)
    cov = np.linalg.inv((scaled.T * (share * (1 - share))) @ scaled)
    return LogisticFit(
        beta=beta / length,
        beta_cov=cov / np.outer(length, length),
        log_likelihood=maximum + (float(np.log(length).sum()) if penalised else 0.0),
        penalised=penalised,
        events=events,
        design=design,
    )


def find_separated(*, events: NDArray[np.bool_], design: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Who lies on the sure side of a combination of the columns that never contradicts the events, shape (n,).

    The linear programme max Σ s_i x_iᵀb with s_i x_iᵀb ≥ 0 and |b| ≤ 1, where s_i = ±1, is above zero exactly where
    such a combination exists; those with s_i x_iᵀb > 0 are separated, and without them there may be others.
    """
    signed = np.where(events, 1.0, -1.0)[:, None] * design / np.abs(design).max(axis=0)
    found = optimize.linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    margin = signed @ found.x
    if float(margin.sum()) <= _MARGIN * len(signed):
        return np.zeros(len(signed), dtype=bool)
    return np.asarray(margin > _MARGIN)


def _maximise(
    events: NDArray[np.bool_],
    design: NDArray[np.float64],
    start: NDArray[np.float64],
    free: NDArray[np.bool_],
    *,
    penalised: bool,
) -> tuple[NDArray[np.float64], float]:
    """Climb over the free coefficients; a step that does not rise is halved."""
    beta = start
    height, score, information = _climb(events, design, beta, penalised=penalised)
    for _ in range(_ITERATIONS):
        if not free.any():
            break
        step = np.zeros(len(beta))
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        if float(score @ step) < _SCORE**2 or np.abs(step).max() < _SCORE * (1 + np.abs(beta).max()):
            break
        for halving in range(40):
            tried = beta + step / 2**halving
            new = _climb(events, design, tried, penalised=penalised)
            if new[0] >= height - 1e-13 * abs(height):
                break
        beta, (height, score, information) = tried, new
    else:
        raise NotEstimableError("The logistic regression found no maximum.")
    return beta, height


def _climb(
    events: NDArray[np.bool_], design: NDArray[np.float64], beta: NDArray[np.float64], *, penalised: bool
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, score and information at a place."""
    predictor = design @ beta
    share = special.expit(predictor)
    weight = special.expit(predictor) * special.expit(-predictor)
    height = float(special.log_expit(np.where(events, predictor, -predictor)).sum())
    information = (design.T * weight) @ design
    residual = events - share
    if penalised:
        sign, log_size = np.linalg.slogdet(information)
        if sign <= 0:
            return -np.inf, np.zeros(len(beta)), np.eye(len(beta))
        leverage = weight * np.einsum("ij,ij->i", design @ np.linalg.inv(information), design)
        height += float(log_size) / 2
        residual = residual + leverage * (0.5 - share)
    return height, design.T @ residual, information


def _cross(excess: Callable[[float], float], start: float, step: float) -> float:
    """Place beyond `start` in the direction of `step` where the profile falls below what is allowed."""
    reach = 2 * step
    while excess(start + reach) < 0:
        reach *= 1.6
        if abs(reach) > _FURTHEST * max(1.0, abs(step)):
            return float(np.copysign(np.inf, step))
    return float(optimize.brentq(excess, start, start + reach, xtol=1e-12, rtol=1e-12))
