"""Differences and standardised differences of two groups, and of one group with itself.

Sources: Hedges & Olkin (1985); Steiger (2004) for the exact interval; Becker (1988) and Morris & DeShon (2002) for
change within a group; Morris (2008), eq. 8 to 10 and 25, for change between groups.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.least_squares import NO_SPREAD
from outcomes.methods.means import fit_difference, pooled_sd, split_arms
from outcomes.methods.reference import noncentral_t_limits, t_limits
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardisedFit:
    """A standardised difference.

    Attributes
    ----------
    value : float
        Corrected for small samples where a correction exists [sd].
    uncorrected : float
        Before the correction [sd].
    se : float
        Standard error by the stated formula [sd].
    df : float
        Degrees of freedom of the standard deviation [count].
    low, high : float
        Confidence limits [sd].
    n : int
        People [count].
    """

    value: float
    uncorrected: float
    se: float
    df: float
    low: float
    high: float
    n: int


def small_sample_factor(df: float) -> float:
    """Give J, the factor that makes a standardised difference unbiased, in its exact gamma form (Hedges 1981, eq. 6e).

    Parameters
    ----------
    df : float
        Degrees of freedom of the standard deviation [count]; more than 1.

    Returns
    -------
    float
        Γ(df/2) / (√(df/2) Γ((df − 1)/2)).

    Raises
    ------
    NotEstimableError
        With one degree of freedom or fewer.
    """
    if df <= 1:
        raise NotEstimableError("A standardised difference needs at least three people.")
    return float(math.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2))


def fit_hedges_g(*, scores: NDArray[np.float64], full: NDArray[np.bool_], level: float) -> StandardisedFit:
    """Hedges' g, full minus skills, with its exact interval from the non-central t distribution.

    The limits are those of the noncentrality, divided by √(n₁n₀/(n₁ + n₀)) and multiplied by J; the standard error is
    that of Hedges & Olkin (1985), p. 86.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        [points]
    full : ndarray of bool, shape (n,)
    level : float
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        As `fit_difference`, and when all scores of each arm are equal.
    """
    fit = fit_difference(scores=scores, full=full)
    n_full = int(full.sum())
    root = math.sqrt(n_full * (len(scores) - n_full) / len(scores))
    d = fit.mean / _positive(fit.sd)
    j = small_sample_factor(fit.df)
    low, high = noncentral_t_limits(d * root, df=fit.df, level=level)
    se = math.sqrt(1 / root**2 + (j * d) ** 2 / (2 * len(scores)))
    return StandardisedFit(
        value=j * d, uncorrected=d, se=se, df=fit.df, low=j * low / root, high=j * high / root, n=len(scores)
    )


def fit_standardised_change(
    *, before: NDArray[np.float64], after: NDArray[np.float64], level: float
) -> StandardisedFit:
    """Change within one group in units of the standard deviation at the start, corrected for small samples.

    d = J(n − 1) · mean change / SD(before); variance 2(1 − r)/n + d²/(2n) (Becker 1988), with the correlation r of the
    two scores; the interval is normal.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        [points]
    level : float
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        With fewer than three people, equal scores at the start, or when nobody changed.
    """
    n = len(before)
    j = small_sample_factor(n - 1.0)
    sd = _positive(float(before.std(ddof=1)))
    d = float((after - before).mean()) / sd
    r = _correlation(before, after)
    se = math.sqrt(2 * (1 - r) / n + (j * d) ** 2 / (2 * n))
    if se <= 0:
        raise NotEstimableError(NO_SPREAD)
    low, high = t_limits(j * d, se=se, df=math.inf, level=level)
    return StandardisedFit(value=j * d, uncorrected=d, se=se, df=n - 1.0, low=low, high=high, n=n)


def fit_d_ppc2(
    *, before: NDArray[np.float64], after: NDArray[np.float64], full: NDArray[np.bool_], level: float
) -> StandardisedFit:
    """Give d_ppc2 of Morris (2008): difference in mean change over the pooled standard deviation at the start.

    Eq. 8 to 10 with the exact factor c_P; variance eq. 25 with the correlation pooled within arms; normal interval.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        [points]
    full : ndarray of bool, shape (n,)
    level : float
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        With fewer than two people in an arm, five in all, or equal scores at the start.
    """
    change = fit_difference(scores=after - before, full=full)
    (one, zero), (one_after, zero_after) = split_arms(before, full), split_arms(after, full)
    if min(len(one), len(zero)) < 2:  # noqa: PLR2004  # a correlation within the arm needs two
        raise NotEstimableError("Change between arms needs at least two people in each arm.")
    sd, df = pooled_sd(one, zero)
    factor = small_sample_factor(df)
    delta = factor * change.mean / _positive(sd)
    r = _pooled_correlation((one, one_after), (zero, zero_after))
    spread = len(full) / (len(one) * len(zero))
    if df <= 2:  # noqa: PLR2004  # eq. 25 divides by df − 2
        raise NotEstimableError("The variance of this effect size needs at least five people.")
    # eq. 25 with its denominator multiplied out: it holds for a correlation of one, too
    variance = factor**2 * df / (df - 2) * (2 * (1 - r) * spread + delta**2) - delta**2
    se = math.sqrt(max(variance, 0.0))
    low, high = t_limits(delta, se=se, df=math.inf, level=level)
    return StandardisedFit(value=delta, uncorrected=delta / factor, se=se, df=df, low=low, high=high, n=len(full))


def standardise_difference(
    *, estimate: float, se: float, df: float, sd: float, sd_df: float, level: float
) -> StandardisedFit:
    """Divide a model's difference by a standard deviation, with the uncertainty of both (delta method).

    Var(b/s) ≈ se²/s² + (b/s)²/(2 df): the standard deviation s of df degrees of freedom has variance s²/(2 df). J(df)
    corrects value and standard error; the two are taken as independent.

    Parameters
    ----------
    estimate, se : float
        Difference and standard error [points].
    df : float
        Degrees of freedom of the difference, which the interval takes over [count].
    sd : float
        Standard deviation [points].
    sd_df : float
        Its degrees of freedom [count].
    level : float
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        When the standard deviation is zero or has too few degrees of freedom.
    """
    j = small_sample_factor(sd_df)
    d = estimate / _positive(sd)
    se_g = j * math.sqrt((se / sd) ** 2 + d**2 / (2 * sd_df))
    low, high = t_limits(j * d, se=se_g, df=df, level=level)
    return StandardisedFit(value=j * d, uncorrected=d, se=se_g, df=sd_df, low=low, high=high, n=round(sd_df) + 2)


def _positive(sd: float) -> float:
    if sd <= 0:
        raise NotEstimableError("All scores are equal, so there is no standard deviation to compare with.")
    return sd


def _correlation(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    return _pooled_correlation((before, after))


def _pooled_correlation(*arms: tuple[NDArray[np.float64], NDArray[np.float64]]) -> float:
    """Correlation of the deviations from the arms' own means."""
    before = np.concatenate([start - start.mean() for start, _ in arms])
    after = np.concatenate([end - end.mean() for _, end in arms])
    spread = math.sqrt(float((before**2).sum() * (after**2).sum()))
    return min(max(float((before * after).sum()) / spread, -1.0), 1.0) if spread > 0 else 0.0  # rounding may pass one
