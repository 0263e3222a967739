"""Means, changes and differences of means, with their t reference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import NO_SPREAD, Contrast, require_complete
from outcomes.methods.reference import t_limits, t_p_value
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-13  # of the largest score


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanFit:
    """A mean, or a difference of means, with its t reference.

    Attributes
    ----------
    mean : float
        Mean or difference [points].
    sd : float
        Standard deviation, n − 1; of a difference, the pooled one [points].
    se : float
        Standard error [points].
    df : float
        Degrees of freedom [count].
    p_value : float
        Two-sided, against zero.
    n : int
        People [count].
    """

    mean: float
    sd: float
    se: float
    df: float
    p_value: float
    n: int

    @property
    def contrast(self) -> Contrast:
        """The same as an estimate with its reference."""
        return Contrast(estimate=self.mean, se=self.se, df=self.df)

    def interval(self, level: float) -> tuple[float, float]:
        """Confidence limits at `level` [points]."""
        return t_limits(self.mean, se=self.se, df=self.df, level=level)


def fit_mean(*, scores: NDArray[np.float64]) -> MeanFit:
    """Mean of one group with its t reference.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        [points]

    Raises
    ------
    NotEstimableError
        With fewer than two people.
    """
    require_complete(scores)
    n = len(scores)
    if n < 2:  # noqa: PLR2004  # a standard deviation needs two
        raise NotEstimableError("A mean with its interval needs at least two people.")
    mean, sd = float(scores.mean()), float(scores.std(ddof=1))
    se = sd / math.sqrt(n)
    return MeanFit(mean=mean, sd=sd, se=se, df=n - 1.0, p_value=t_p_value(mean, se=se, df=n - 1.0), n=n)


def fit_difference(*, scores: NDArray[np.float64], full: NDArray[np.bool_]) -> MeanFit:
    """Difference of two means, full minus skills, with the pooled standard deviation (Student).

    Parameters
    ----------
    scores : ndarray, shape (n,)
        [points]
    full : ndarray of bool, shape (n,)

    Raises
    ------
    NotEstimableError
        When an arm has nobody, nothing is left to estimate the standard deviation from, or it is zero.
    """
    require_complete(scores)
    one, zero = split_arms(scores, full)
    difference = float(one.mean() - zero.mean())
    sd, df = pooled_sd(one, zero)
    _require_spread(sd, scores)
    se = sd * math.sqrt(1 / len(one) + 1 / len(zero))
    return MeanFit(mean=difference, sd=sd, se=se, df=df, p_value=t_p_value(difference, se=se, df=df), n=len(scores))


def fit_change(*, before: NDArray[np.float64], after: NDArray[np.float64]) -> MeanFit:
    """Mean change within one group, after minus before, with its t reference.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        [points]

    Raises
    ------
    NotEstimableError
        With fewer than two people, or when all changed alike.
    """
    fit = fit_mean(scores=after - before)
    _require_spread(fit.sd, before)
    return fit


def pooled_sd(one: NDArray[np.float64], zero: NDArray[np.float64]) -> tuple[float, float]:
    """Pooled standard deviation of two groups and its degrees of freedom.

    Parameters
    ----------
    one, zero : ndarray, shape (n₁,) and (n₀,)
        [points]

    Raises
    ------
    NotEstimableError
        With fewer than three people in all.
    """
    df = len(one) + len(zero) - 2
    if df < 1:
        raise NotEstimableError("The standard deviation needs at least three people in the two arms together.")
    squares = float(((one - one.mean()) ** 2).sum() + ((zero - zero.mean()) ** 2).sum())
    return math.sqrt(squares / df), float(df)


def split_arms(scores: NDArray[np.float64], full: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split scores by arm, full first; refuses where an arm has nobody."""
    one, zero = scores[full], scores[~full]
    if not len(one) or not len(zero):
        arm = "the first programme" if not len(one) else "the second"
        msg = f"Nobody in {arm} has the scores that this needs."
        raise NotEstimableError(msg)
    return one, zero


def _require_spread(sd: float, scores: NDArray[np.float64]) -> None:
    """Refuse a standard deviation that is zero but for the rounding of the scores."""
    if sd <= _ROUNDING * float(np.abs(scores).max()):
        raise NotEstimableError(NO_SPREAD)
