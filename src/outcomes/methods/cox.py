"""Proportional hazards of leaving, with Efron's handling of ties, and a check whether they are proportional.

Sources: Cox (1972); Efron (1977); Lin & Wei (1989) and Therneau & Grambsch (2000), ch. 7, for the sandwich from score
residuals; Grambsch & Therneau (1994) for the check, here as the score test of a coefficient that moves with g(t), which
R's survival has used since version 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.cluster import number_clusters
from outcomes.methods.least_squares import orthogonalise
from outcomes.methods.survival import FEWEST_CLUSTERS, fit_kaplan_meier, require_times
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ITERATIONS = 100
_GAIN = 1e-12
_SPREAD = 1e-10  # of a column's variance among everybody: less of it among those at risk is none
_SETTLED = 1e-5  # a coefficient that still moves by more than this when the likelihood has settled runs off


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CoxFit:
    """Proportional hazards.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Log hazard ratio per unit of each column.
    beta_cov : ndarray, shape (k, k)
        Inverse of the information.
    score_residuals : ndarray, shape (n, k)
        What each person adds to the score.
    log_likelihood : float
        Efron's partial log-likelihood at `beta`.
    diverged : tuple of bool, length k
        Coefficients that have no finite maximum: the others are their limits as these grow.
    times : ndarray, shape (n,)
    left : ndarray of bool, shape (n,)
    design : ndarray, shape (n, k)
        Centred.
    """

    beta: NDArray[np.float64]
    beta_cov: NDArray[np.float64]
    score_residuals: NDArray[np.float64]
    log_likelihood: float
    diverged: tuple[bool, ...]
    times: NDArray[np.float64]
    left: NDArray[np.bool_]
    design: NDArray[np.float64]

    def robust_cov(self, clusters: NDArray[np.generic]) -> tuple[NDArray[np.float64], int]:
        """Sandwich of the clusters' summed scores times G/(G − 1), and G.

        Raises
        ------
        NotEstimableError
            With fewer than four clusters.
        """
        codes, labels = number_clusters(clusters)
        count = len(labels)
        if count < FEWEST_CLUSTERS:
            msg = f"There are {count} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
            raise NotEstimableError(msg)
        sums = np.zeros((count, len(self.beta)))
        np.add.at(sums, codes, self.score_residuals)
        return self.beta_cov @ (sums.T @ sums) @ self.beta_cov * (count / (count - 1)), count


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionalityTest:
    """Score test against a log hazard ratio that moves with time.

    Attributes
    ----------
    chi_squared, df, p_value : float
    """

    chi_squared: float
    df: float
    p_value: float


def fit_cox(
    *, times: NDArray[np.float64], left: NDArray[np.bool_], design: NDArray[np.float64], names: Sequence[str]
) -> CoxFit:
    """Fit by Newton's method.

    Parameters
    ----------
    times : ndarray, shape (n,)
        [units of time]
    left : ndarray of bool, shape (n,)
    design : ndarray, shape (n, k)
        Without an intercept.
    names : sequence of str, length k

    Raises
    ------
    NotEstimableError
        When nobody left, a column repeats others or is the same for all who were there whenever somebody left, or the
        first column, the arm, has no finite coefficient.
    ValueError
        When a time is missing or below zero.
    """
    require_times(times)
    if not left.any():
        raise NotEstimableError("Nobody left, so that there is nothing to compare.")
    orthogonalise(design=np.column_stack([np.ones(len(times)), design]), names=("the intercept", *names))
    centred = design - design.mean(axis=0)
    length = np.sqrt((centred**2).mean(axis=0))
    sets = _RiskSets.read(times, left)
    _require_spread(sets, centred / length, names)
    beta, step, log_likelihood = _maximise(sets, centred / length)
    information = _information(sets, centred / length, beta)[1]
    diverged = np.abs(step) > _SETTLED
    if diverged[0]:
        raise NotEstimableError("In one arm nobody left while the other had people there: the ratio has no limit.")
    kept = ~diverged
    cov = np.zeros_like(information)
    cov[np.ix_(kept, kept)] = np.linalg.inv(information[np.ix_(kept, kept)])
    return CoxFit(
        beta=beta / length,
        beta_cov=cov / np.outer(length, length),
        score_residuals=_score_residuals(sets, centred / length, beta) * length,
        log_likelihood=log_likelihood,
        diverged=tuple(bool(one) for one in diverged),
        times=times,
        left=left,
        design=centred,
    )


def check_proportionality(*, fit: CoxFit, column: int | None) -> ProportionalityTest:
    """Test whether log hazard ratios move with g(t) = 1 − Kaplan–Meier just before t, the default of R's cox.zph.

    Parameters
    ----------
    fit : CoxFit
    column : int or None
        Position of the coefficient; None for all of them at once.

    Raises
    ------
    NotEstimableError
        When everybody who left did so at one time.
    """
    sets = _RiskSets.read(fit.times, fit.left)
    stay = fit_kaplan_meier(times=fit.times, left=fit.left)
    g = 1 - np.concatenate([[1.0], stay.share[:-1]])
    g = g - np.average(g, weights=stay.left)
    if not (np.abs(g) > 0).any():
        raise NotEstimableError("All who left did so at one time, so that no course over time can be seen.")
    scores, informations = _by_time(sets, fit.design, fit.beta)
    k = len(fit.beta)
    one = informations.sum(axis=0)
    cross, two = (np.einsum("t,tij->ij", power, informations) for power in (g, g**2))
    information = np.block([[one, cross], [cross, two]])
    kept = np.flatnonzero(~np.array(fit.diverged))
    moving = kept if column is None else np.array([column])
    rows = np.concatenate([kept, k + moving])
    score = np.concatenate([np.zeros(len(kept)), (g @ scores)[moving]])
    chi_squared = max(float(score @ np.linalg.lstsq(information[np.ix_(rows, rows)], score)[0]), 0.0)
    return ProportionalityTest(
        chi_squared=chi_squared, df=float(len(moving)), p_value=float(special.chdtrc(len(moving), chi_squared))
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _RiskSets:
    """Who is there at each time of leaving, as positions in the order of time.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        People from the longest time to the shortest.
    reach : ndarray of int, shape (t,)
        How many of them are at risk at each time of leaving, from the first on.
    place : ndarray of int, shape (n,)
        Index of the time at which each left; −1 where censored.
    last : ndarray of int, shape (n,)
        Count of times of leaving at which each is at risk.
    tied : ndarray, shape (t,)
        Who leave at each [count].
    leavers : ndarray of int, shape (d,)
        Those who leave, from the first time to the last.
    """

    order: NDArray[np.int64]
    reach: NDArray[np.int64]
    place: NDArray[np.int64]
    last: NDArray[np.int64]
    tied: NDArray[np.int64]
    leavers: NDArray[np.int64]

    @classmethod
    def read(cls, times: NDArray[np.float64], left: NDArray[np.bool_]) -> _RiskSets:
        at, tied = np.unique(times[left], return_counts=True)
        order = np.argsort(-times, kind="stable")
        return cls(
            order=order,
            reach=len(times) - np.searchsorted(times[order[::-1]], at, side="left"),
            place=np.where(left, np.searchsorted(at, times), -1),
            last=np.searchsorted(at, times, side="right"),
            tied=tied,
            leavers=order[::-1][left[order[::-1]]],
        )

    def at_risk(self, series: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over those at risk at each time, shape (t, …)."""
        return np.cumsum(series[self.order], axis=0)[self.reach - 1]

    def leaving(self, series: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over those who leave at each time, shape (t, …)."""
        return self.add_up(series[self.leavers])

    def add_up(self, series: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over the steps of each time of leaving, shape (t, …), of a series over all who leave in their order."""
        return np.add.reduceat(series, np.cumsum(self.tied) - self.tied, axis=0)

    def shares(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Efron's steps: index of the time of each, and the part l/d of those tied that is taken out."""
        time = np.repeat(np.arange(len(self.tied)), self.tied)
        first = np.repeat(np.cumsum(self.tied) - self.tied, self.tied)
        return time, (np.arange(len(time)) - first) / self.tied[time]


def _require_spread(sets: _RiskSets, x: NDArray[np.float64], names: Sequence[str]) -> None:
    """Refuse columns that tell nobody apart among those who were there whenever somebody left."""
    information = _information(sets, x, np.zeros(x.shape[1]))[1]
    same = [name for name, seen in zip(names, np.diag(information), strict=True) if seen < _SPREAD * sets.tied.sum()]
    if same:
        msg = f"Whenever somebody left, all who were still there were alike in {', '.join(same)}."
        raise NotEstimableError(msg)
    if np.linalg.eigvalsh(information)[0] < _SPREAD * sets.tied.sum():
        raise NotEstimableError("Among those who were there whenever somebody left, a covariate repeats others.")


def _maximise(sets: _RiskSets, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Newton–Raphson until the likelihood settles: coefficients, the step that would follow, log-likelihood."""
    beta = np.zeros(x.shape[1])
    log_likelihood = _log_likelihood(sets, x, beta)
    for _ in range(_ITERATIONS):
        score, information = _information(sets, x, beta)
        step = np.asarray(np.linalg.lstsq(information, score)[0], dtype=np.float64)
        tried, new = beta, -math.inf
        for halving in range(40):
            tried = beta + step / 2**halving
            new = _log_likelihood(sets, x, tried)
            if new >= log_likelihood - 1e-13 * abs(log_likelihood):
                break
        if new - log_likelihood < _GAIN * max(1.0, abs(log_likelihood)) and float(score @ step) < _GAIN * max(
            1.0, abs(log_likelihood)
        ):
            return tried, step, new
        beta, log_likelihood = tried, new
    raise NotEstimableError("The hazard ratio found no maximum.")


def _log_likelihood(sets: _RiskSets, x: NDArray[np.float64], beta: NDArray[np.float64]) -> float:
    predictor = x @ beta
    shift = float(predictor.max())
    weight = np.exp(predictor - shift)
    time, part = sets.shares()
    sums = sets.at_risk(weight)[time] - part * sets.leaving(weight)[time]
    return float(predictor[sets.place >= 0].sum() - np.log(sums).sum() - shift * len(time))


def _information(
    sets: _RiskSets, x: NDArray[np.float64], beta: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scores, informations = _by_time(sets, x, beta)
    return scores.sum(axis=0), informations.sum(axis=0)


def _by_time(
    sets: _RiskSets, x: NDArray[np.float64], beta: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score and information of each time of leaving, shapes (t, k) and (t, k, k)."""
    predictor = x @ beta
    weight = np.exp(predictor - predictor.max())
    first = weight[:, None] * x
    second = first[:, :, None] * x[:, None, :]
    time, part = sets.shares()
    s0 = sets.at_risk(weight)[time] - part * sets.leaving(weight)[time]
    s1 = sets.at_risk(first)[time] - part[:, None] * sets.leaving(first)[time]
    s2 = sets.at_risk(second)[time] - part[:, None, None] * sets.leaving(second)[time]
    mean = s1 / s0[:, None]
    spread = s2 / s0[:, None, None] - mean[:, :, None] * mean[:, None, :]
    return sets.leaving(x) - sets.add_up(mean), sets.add_up(spread)


def _score_residuals(sets: _RiskSets, x: NDArray[np.float64], beta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Split the score among people: who leaves adds x less the mean, who is at risk takes away their part of it."""
    predictor = x @ beta
    weight = np.exp(predictor - predictor.max())
    first = weight[:, None] * x
    time, part = sets.shares()
    s0 = sets.at_risk(weight)[time] - part * sets.leaving(weight)[time]
    mean = (sets.at_risk(first)[time] - part[:, None] * sets.leaving(first)[time]) / s0[:, None]
    hazard, moment = sets.add_up(1 / s0), sets.add_up(mean / s0[:, None])
    # what Efron's steps take out for those who leave at this time
    own, own_moment = sets.add_up(part / s0), sets.add_up(part[:, None] * mean / s0[:, None])
    centre = sets.add_up(mean / sets.tied[time][:, None])
    until = np.concatenate([[0.0], np.cumsum(hazard)])[sets.last]
    until_moment = np.vstack([np.zeros(x.shape[1]), np.cumsum(moment, axis=0)])[sets.last]
    residuals = -weight[:, None] * (x * until[:, None] - until_moment)
    mine = sets.place >= 0
    at = sets.place[mine]
    residuals[mine] += x[mine] - centre[at]
    residuals[mine] += weight[mine][:, None] * (x[mine] * own[at][:, None] - own_moment[at])
    return np.asarray(residuals)
