"""Shares as they would be if everybody had been in one arm: g-computation after logistic regression.

Each person's predicted share under either arm is averaged over the cohort; standard errors by the delta method, from
the model's covariance, or with clusters from CR2 on the weighted least squares that the fit ends in, with Satterthwaite
degrees of freedom of the very comparison.
Sources: Robins (1986); Lane & Nelder (1982); Bell & McCaffrey (2002); Pustejovsky & Tipton (2018), section 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.cluster import fit_cr2
from outcomes.methods.reference import t_limits, t_p_value
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.cluster import ClusterFit
    from outcomes.methods.logistic import LogisticFit


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedShares:
    """A comparison of two standardised shares on one scale.

    Attributes
    ----------
    value, se : float
        The se of a ratio is that of its logarithm.
    df : float
        Infinite without clusters; else Satterthwaite's [count].
    low, high : float
    p_value : float
        Two-sided.
    """

    value: float
    se: float
    df: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StandardisedShares:
    """Shares standardised over the cohort.

    Attributes
    ----------
    full, skills : float
        Share if all had been in the arm.
    slopes : ndarray, shape (2, k)
        Change of (full, skills) with the coefficients.
    beta_cov : ndarray, shape (k, k)
        Covariance of the coefficients, as if nobody shared a cluster.
    by_clusters : ClusterFit or None
        The coefficients judged by the spread between clusters.
    """

    full: float
    skills: float
    slopes: NDArray[np.float64]
    beta_cov: NDArray[np.float64]
    by_clusters: ClusterFit | None

    def difference(self, level: float) -> ComparedShares:
        """Full minus skills."""
        value = self.full - self.skills
        se, df = self._judge(self.slopes[0] - self.slopes[1])
        low, high = t_limits(value, se=se, df=df, level=level)
        p_value = t_p_value(value, se=se, df=df)
        return ComparedShares(value=value, se=se, df=df, low=low, high=high, p_value=p_value)

    def ratio(self, level: float) -> ComparedShares:
        """Full over skills; interval and standard error on the logarithm."""
        slope = self.slopes[0] / self.full - self.slopes[1] / self.skills
        return self._on_logarithm(math.log(self.full / self.skills), slope, level)

    def ratio_of_others(self, level: float) -> ComparedShares:
        """Full over skills of the shares to whom it did not happen; interval and standard error on the logarithm."""
        full, skills = 1.0 - self.full, 1.0 - self.skills
        slope = self.slopes[1] / skills - self.slopes[0] / full
        return self._on_logarithm(math.log(full / skills), slope, level)

    def _on_logarithm(self, log: float, slope: NDArray[np.float64], level: float) -> ComparedShares:
        se, df = self._judge(slope)
        low, high = t_limits(log, se=se, df=df, level=level)
        return ComparedShares(
            value=math.exp(log),
            se=se,
            df=df,
            low=math.exp(low),
            high=math.exp(high),
            p_value=t_p_value(log, se=se, df=df),
        )

    def _judge(self, slope: NDArray[np.float64]) -> tuple[float, float]:
        """Give standard error and degrees of freedom of a linear combination of the coefficients."""
        if self.by_clusters is None:
            return math.sqrt(float(slope @ self.beta_cov @ slope)), math.inf
        contrast = self.by_clusters.contrast(slope)
        return contrast.se, contrast.df


def fit_standardised_shares(*, fit: LogisticFit, arm: int, clusters: NDArray[np.generic] | None) -> StandardisedShares:
    """Standardise over everybody in a logistic fit.

    Parameters
    ----------
    fit : LogisticFit
    arm : int
        Position of the arm's column.
    clusters : ndarray, shape (n,), or None

    Raises
    ------
    NotEstimableError
        With fewer than four clusters.
    """
    shares, slopes = [], []
    for value in (1.0, 0.0):
        design = fit.design.copy()
        design[:, arm] = value
        predicted = special.expit(design @ fit.beta)
        shares.append(float(predicted.mean()))
        slopes.append((design * (predicted * (1 - predicted))[:, None]).mean(axis=0))
    return StandardisedShares(
        full=shares[0],
        skills=shares[1],
        slopes=np.array(slopes),
        beta_cov=fit.beta_cov,
        by_clusters=None
        if clusters is None
        else judge_by_clusters(
            beta=fit.beta,
            beta_cov=fit.beta_cov,
            events=fit.events,
            design=fit.design,
            penalised=fit.penalised,
            clusters=clusters,
        ),
    )


def judge_by_clusters(
    *,
    beta: NDArray[np.float64],
    beta_cov: NDArray[np.float64],
    events: NDArray[np.bool_],
    design: NDArray[np.float64],
    penalised: bool,
    clusters: NDArray[np.generic],
) -> ClusterFit:
    """CR2 of the last step of the fit: least squares of √w (xᵀβ + r/w) on √w x, with w the variance of an event.

    The residual r is what the score sums to zero: y − p, and under Firth's penalty y − p + h (½ − p).

    Parameters
    ----------
    beta : ndarray, shape (…, k)
        Of the fit of one set of data, or of many.
    beta_cov : ndarray, shape (…, k, k)
    events : ndarray of bool, shape (…, n)
    design : ndarray, shape (n, k)
    penalised : bool
        Whether Firth's penalty was used.
    clusters : ndarray, shape (n,)

    Raises
    ------
    NotEstimableError
        With fewer than four clusters, or where the model is certain of somebody.
    """
    share = special.expit(beta @ design.T)
    weight = share * (1 - share)
    if not (weight > 0).all():
        raise NotEstimableError("For some people the model is certain, so that clusters cannot judge it.")
    root = np.sqrt(weight)
    scaled = root[..., None] * design
    residual = events - share
    if penalised:
        residual = residual + np.vecdot(scaled @ beta_cov, scaled) * (0.5 - share)
    names = tuple(f"column {place}" for place in range(design.shape[1]))
    scores = np.matvec(scaled, beta) + residual / root
    return fit_cr2(scores=scores, design=scaled, clusters=clusters, names=names, spread=1 / weight)
