"""Logistic regression by maximum likelihood or by Firth's penalised likelihood, with profile intervals.

Sources: Firth (1993), Heinze & Schemper (2002) for the penalty ½ log|I(β)| and its profile; Konis (2007), ch. 4, for
finding separation by a linear programme.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from outcomes.methods.firth import penalised_information, products_of
from outcomes.methods.least_squares import orthogonalise
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_ITERATIONS = 500
_HALVINGS = 40
_SCORE = 1e-10
_ROUNDING = 1e-13  # of a likelihood
_ENOUGH = 1e-4  # of the rise that the slope promises
_MARGIN = 1e-7
_SURE = 1e-6  # distance of a share from zero or one
_FURTHEST = 60.0  # log odds; a limit beyond this is open
_SINGULAR = 1e-13  # of the longest side of a design
_NONE_FOUND = "The logistic regression found no maximum."


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
        drop = 2 * (self.log_likelihood - self._profile(coefficient, 0.0)[1])
        return float(special.chdtrc(1, max(drop, 0.0)))

    def interval(self, coefficient: int, level: float) -> tuple[float, float]:
        """Profile-likelihood limits of one coefficient [log odds]; an open side is infinite."""
        step = float(np.sqrt(self.beta_cov[coefficient, coefficient]))
        return self._limit(coefficient, level, -step), self._limit(coefficient, level, step)

    def _limit(self, coefficient: int, level: float, step: float) -> float:
        allowed = float(special.chdtri(1, 1 - level)) / 2
        near: NDArray[np.float64] | None = None

        def excess(value: float) -> float:
            nonlocal near
            near, log_likelihood = self._profile(coefficient, value, near)
            return self.log_likelihood - log_likelihood - allowed

        return _cross(excess, self.beta[coefficient], step)

    def _profile(
        self, coefficient: int, value: float, near: NDArray[np.float64] | None = None
    ) -> tuple[NDArray[np.float64], float]:
        """Maximise over the other coefficients.

        Far out, Firth's likelihood of few people can have several maxima: the highest of those above the tangent at
        the estimate and above the line to the last place is taken.
        """
        free = np.arange(len(self.beta)) != coefficient
        lines = [self.beta_cov[coefficient]]
        if near is not None and near[coefficient] != self.beta[coefficient]:
            lines = [near - self.beta, *lines] if self.penalised else [near - self.beta]
        found = []
        for line in lines:
            start = self.beta + (value - self.beta[coefficient]) / line[coefficient] * line
            start[coefficient] = value
            with suppress(NotEstimableError):
                found.append(_maximise(self.events, self.design, start, free, penalised=self.penalised))
        if not found:
            raise NotEstimableError(_NONE_FOUND)
        return max(found, key=lambda one: one[1])


def fit_logistic(
    *, events: NDArray[np.bool_], design: NDArray[np.float64], names: Sequence[str], penalised: bool
) -> LogisticFit:
    """Fit by Newton's steps.

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
    length = np.sqrt((design**2).sum(axis=0))
    scaled = design / length
    start, free = np.zeros(design.shape[1]), np.ones(design.shape[1], dtype=bool)
    try:
        beta, maximum = _maximise(events, scaled, start, free, penalised=penalised)
    except NotEstimableError:
        _require_overlap(events, design, penalised=penalised)
        raise
    share = special.expit(scaled @ beta)
    if min(share.min(), (1 - share).min()) < _SURE:
        _require_overlap(events, design, penalised=penalised)
    cov = np.linalg.inv((scaled.T * (share * (1 - share))) @ scaled)
    return LogisticFit(
        beta=beta / length,
        beta_cov=cov / np.outer(length, length),
        log_likelihood=maximum + (float(np.log(length).sum()) if penalised else 0.0),
        penalised=penalised,
        events=events,
        design=design,
    )


def _require_overlap(events: NDArray[np.bool_], design: NDArray[np.float64], *, penalised: bool) -> None:
    """Refuse separated data, whose likelihood without a penalty climbs for ever.

    Newton's steps move such people by about one in log odds each, so that they never settle before a fitted share is
    far nearer to zero or one than `_SURE`: elsewhere the linear programme has nothing to find.
    """
    if not penalised and (separated := find_separated(events=events, design=design)).any():
        raise NoMaximumError(separated)


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
    """Newton–Raphson over the free coefficients; a step that does not rise enough is halved."""
    beta = start
    log_likelihood, score, information = _evaluate(events, design, beta, penalised=penalised)
    if log_likelihood == -np.inf:
        raise NotEstimableError(_NONE_FOUND)
    for _ in range(_ITERATIONS):
        if not free.any():
            break
        step = np.zeros(len(beta))
        try:
            step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        except np.linalg.LinAlgError as fault:
            raise NotEstimableError(_NONE_FOUND) from fault
        rise = float(score @ step)
        if rise < _SCORE**2 or np.abs(step).max() < _SCORE * (1 + np.abs(beta).max()):
            break
        for part in 0.5 ** np.arange(_HALVINGS):
            tried = beta + part * step
            new = _evaluate(events, design, tried, penalised=penalised)
            if new[0] >= log_likelihood + _ENOUGH * part * rise - _ROUNDING * abs(log_likelihood):
                break
        else:
            raise NotEstimableError(_NONE_FOUND)
        beta, (log_likelihood, score, information) = tried, new
    else:
        raise NotEstimableError(_NONE_FOUND)
    return beta, log_likelihood


def _evaluate(
    events: NDArray[np.bool_], design: NDArray[np.float64], beta: NDArray[np.float64], *, penalised: bool
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, score and information at a place, all three with the penalty where there is one."""
    predictor = design @ beta
    share = special.expit(predictor)
    weight = share * special.expit(-predictor)
    log_likelihood = float(special.log_expit(np.where(events, predictor, -predictor)).sum())
    information = (design.T * weight) @ design
    residual = events - share
    if penalised:
        # by QR, as the information of nearly sure people is singular long before their likelihood is flat
        turned, root = np.linalg.qr(np.sqrt(weight)[:, None] * design)
        size = np.abs(np.diag(root))
        if size.min() <= _SINGULAR * size.max():
            return -np.inf, np.zeros(len(beta)), np.eye(len(beta))
        half = np.linalg.inv(root)
        log_likelihood += float(np.log(size).sum())
        leverage = (turned**2).sum(axis=1)
        residual = residual + leverage * (0.5 - share)
        products, inverse = products_of(design), half @ half.T
        information = penalised_information(
            design=design, products=products, predictor=predictor, leverage=leverage, inverse=inverse
        )
    return log_likelihood, design.T @ residual, information


def _cross(excess: Callable[[float], float], start: float, step: float) -> float:
    """Place beyond `start` in the direction of `step` where the profile falls below what is allowed."""
    reach = 2 * step
    while excess(start + reach) < 0:
        reach *= 1.6
        if abs(reach) > _FURTHEST * max(1.0, abs(step)):
            return float(np.copysign(np.inf, step))
    return float(optimize.brentq(excess, start, start + reach, xtol=1e-12, rtol=1e-12))
