"""Shares as they would be if everybody had been in one arm: g-computation after logistic regression.

Each person's predicted share under either arm is averaged over the cohort; standard errors by the delta method, from
the model's covariance or, with clusters, from the sandwich of the clusters' scores with the factor G/(G − 1).
Sources: Robins (1986); Lane & Nelder (1982); Liang & Zeger (1986).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.core.estimates import NotEstimableError
from outcomes.methods.reference import t_limits, t_p_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.logistic import LogisticFit

FEWEST_CLUSTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedShares:
    """A comparison of two standardised shares on one scale.

    Attributes
    ----------
    value, se : float
        The se of a ratio is that of its logarithm.
    df : float
        Infinite without clusters; else clusters − 1 [count].
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardisedShares:
    """Shares standardised over the cohort.

    Attributes
    ----------
    full, skills : float
        Share if all had been in the arm.
    cov : ndarray, shape (2, 2)
        Covariance of (full, skills).
    df : float
        Reference degrees of freedom [count].
    n_clusters : int or None
    """

    full: float
    skills: float
    cov: NDArray[np.float64]
    df: float
    n_clusters: int | None

    def difference(self, level: float) -> ComparedShares:
        """Full minus skills."""
        slope = np.array([1.0, -1.0])
        value, se = self.full - self.skills, math.sqrt(float(slope @ self.cov @ slope))
        low, high = t_limits(value, se=se, df=self.df, level=level)
        return ComparedShares(
            value=value, se=se, df=self.df, low=low, high=high, p_value=t_p_value(value, se=se, df=self.df)
        )

    def ratio(self, level: float) -> ComparedShares:
        """Full over skills; interval and standard error on the logarithm."""
        slope = np.array([1 / self.full, -1 / self.skills])
        log, se = math.log(self.full / self.skills), math.sqrt(float(slope @ self.cov @ slope))
        low, high = t_limits(log, se=se, df=self.df, level=level)
        return ComparedShares(
            value=math.exp(log),
            se=se,
            df=self.df,
            low=math.exp(low),
            high=math.exp(high),
            p_value=t_p_value(log, se=se, df=self.df),
        )


def fit_standardised_shares(*, fit: LogisticFit, arm: int, clusters: NDArray[np.object_] | None) -> StandardisedShares:
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
    cov, count = fit.beta_cov, None
    if clusters is not None:
        cov, count = _sandwich(fit, clusters)
    slope = np.array(slopes)
    return StandardisedShares(
        full=shares[0],
        skills=shares[1],
        cov=slope @ cov @ slope.T,
        df=math.inf if count is None else count - 1.0,
        n_clusters=count,
    )


def _sandwich(fit: LogisticFit, clusters: NDArray[np.object_]) -> tuple[NDArray[np.float64], int]:
    labels, codes = np.unique(clusters.astype(str), return_inverse=True)
    count = len(labels)
    if count < FEWEST_CLUSTERS:
        msg = f"There are {count} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    scores = fit.design * (fit.events - special.expit(fit.design @ fit.beta))[:, None]
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, codes, scores)
    return fit.beta_cov @ (sums.T @ sums) @ fit.beta_cov * (count / (count - 1)), count
