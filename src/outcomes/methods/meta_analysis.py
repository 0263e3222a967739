"""Random-effects meta-analysis: REML, the interval of Knapp and Hartung, a prediction interval, heterogeneity.

The model is y_i ~ N(mu, v_i + tau2) with known v_i. Sources: Viechtbauer (2005) for REML; Knapp & Hartung (2003) and
Sidik & Jonkman (2002) for the interval, without the floor that some put under its scale; Higgins & Thompson (2002) for
I2 and H2 by the typical variance; Viechtbauer (2007) for the Q profile; Higgins, Thompson & Spiegelhalter (2009) for
the prediction interval, here on k - 1 degrees of freedom like the interval of the mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from outcomes.methods.reference import t_limits, t_p_value
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_GRID = 240
_TIGHT = 8.9e-16
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetaAnalysisFit:
    """Mean effect of several studies and the spread between them.

    Attributes
    ----------
    value, se : float
        Mean effect, with the standard error of Knapp and Hartung [unit of the effects].
    df : float
        k - 1 [count].
    p_value : float
        Two-sided, against zero.
    low, high : float
        Confidence limits of the mean.
    prediction_low, prediction_high : float
        Limits for the effect in a new setting like these.
    tau2 : float
        Variance between studies, REML [unit squared].
    tau2_low, tau2_high : float
        Its Q-profile limits; both zero where even no variance between studies leaves less spread than chance makes.
    i2 : float
        Part of the spread that chance does not explain [share].
    h2 : float
        Total over sampling variance [ratio].
    q, q_p_value : float
        Cochran's Q, and its p-value on k - 1 degrees of freedom.
    scale : float
        Spread of the effects over what the model expects, which the interval is scaled by; below one it makes the
        interval narrower than the model itself would [ratio].
    weights : ndarray, shape (k,)
        Weight of each study, sum one [share].
    k : int
        Studies [count].
    """

    value: float
    se: float
    df: float
    p_value: float
    low: float
    high: float
    prediction_low: float
    prediction_high: float
    tau2: float
    tau2_low: float
    tau2_high: float
    i2: float
    h2: float
    q: float
    q_p_value: float
    scale: float
    weights: NDArray[np.float64]
    k: int


def fit_meta_analysis(*, effects: NDArray[np.float64], variances: NDArray[np.float64], level: float) -> MetaAnalysisFit:
    """Pool the effects of independent studies.

    Parameters
    ----------
    effects : ndarray, shape (k,)
    variances : ndarray, shape (k,)
        Sampling variances, positive [unit of the effects, squared].
    level : float
        Confidence level of every interval [share].

    Raises
    ------
    NotEstimableError
        With fewer than two studies, or a variance that is not positive.
    """
    k = len(effects)
    if k < _FEWEST:
        raise NotEstimableError("One study is shown as it is: there is nothing to pool it with.")
    if not (np.isfinite(effects).all() and np.isfinite(variances).all() and (variances > 0).all()):
        raise NotEstimableError("A study has no positive sampling variance, so that it cannot be weighed.")
    unit = float(np.sqrt(variances.mean()))  # in units of the typical standard error no search meets odd magnitudes
    y, v = effects / unit, variances / unit**2
    tau2 = fit_tau2(effects=y, variances=v)
    weights = 1 / (v + tau2)
    mean = float(weights @ y / weights.sum())
    scale = float(weights @ (y - mean) ** 2 / (k - 1))
    se, df = math.sqrt(scale / weights.sum()), float(k - 1)
    limits = t_limits(mean, se=se, df=df, level=level)
    prediction = t_limits(mean, se=math.hypot(se, math.sqrt(tau2)), df=df, level=level)
    q, typical = _generalised_q(y, v, 0.0), _typical_variance(v)
    profile = profile_tau2(effects=y, variances=v, level=level)
    return MetaAnalysisFit(
        value=mean * unit,
        se=se * unit,
        df=df,
        p_value=t_p_value(mean, se=se, df=df),
        low=limits[0] * unit,
        high=limits[1] * unit,
        prediction_low=prediction[0] * unit,
        prediction_high=prediction[1] * unit,
        tau2=tau2 * unit**2,
        tau2_low=profile[0] * unit**2,
        tau2_high=profile[1] * unit**2,
        i2=tau2 / (tau2 + typical),
        h2=1 + tau2 / typical,
        q=q,
        q_p_value=float(special.chdtrc(df, q)),
        scale=scale,
        weights=weights / weights.sum(),
        k=k,
    )


def fit_tau2(*, effects: NDArray[np.float64], variances: NDArray[np.float64]) -> float:
    """Variance between studies that maximises the restricted likelihood over [0, infinity).

    The likelihood of few studies can have several peaks, or its highest point at zero: every rise is looked for on a
    grid, each peak is found to the last digit as a root of the score, and the highest of them and zero is taken. Beyond
    ten times the squared range (or the largest variance) the score is negative, so that nothing lies there.
    """
    reach = 10 * max(float(np.ptp(effects)) ** 2, float(variances.max()))
    grid = np.concatenate([[0.0], np.geomspace(1e-10 * reach, reach, _GRID)])

    def score(tau2: float) -> float:
        return float(_score(effects, variances, np.array([tau2]))[0])

    slopes = _score(effects, variances, grid)
    falls = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    peaks = [0.0, *(_root(score, grid[place], grid[place + 1]) for place in falls)]
    likelihoods = [_restricted_likelihood(effects, variances, peak) for peak in peaks]
    return peaks[int(np.argmax(likelihoods))]


def profile_tau2(*, effects: NDArray[np.float64], variances: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Q-profile limits of the variance between studies: where Q(tau2) meets the edges of its distribution."""
    df = len(effects) - 1
    return (
        _where_q_is(effects, variances, float(special.chdtri(df, (1 - level) / 2))),
        _where_q_is(effects, variances, float(special.chdtri(df, (1 + level) / 2))),
    )


def _where_q_is(y: NDArray[np.float64], v: NDArray[np.float64], wanted: float) -> float:
    """Variance at which Q falls to a value; zero where it lies below it from the start."""
    if _generalised_q(y, v, 0.0) <= wanted:
        return 0.0
    high = max(float(np.ptp(y)) ** 2, float(v.max()))
    while _generalised_q(y, v, high) > wanted:
        high *= 4
    return _root(lambda tau2: _generalised_q(y, v, tau2) - wanted, 0.0, high)


def _generalised_q(y: NDArray[np.float64], v: NDArray[np.float64], tau2: float) -> float:
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


def _typical_variance(v: NDArray[np.float64]) -> float:
    w = 1 / v
    return float((len(v) - 1) * w.sum() / (w.sum() ** 2 - w @ w))


def _score(y: NDArray[np.float64], v: NDArray[np.float64], tau2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Twice the slope of the restricted log-likelihood at each tau2: y'PPy - tr(P)."""
    w = 1 / (v + tau2[:, None])
    total = w.sum(axis=1)
    residuals = y - (w @ y / total)[:, None]
    return np.asarray((w**2 * residuals**2).sum(axis=1) - total + (w**2).sum(axis=1) / total)


def _restricted_likelihood(y: NDArray[np.float64], v: NDArray[np.float64], tau2: float) -> float:
    w = 1 / (v + tau2)
    return float(np.log(w).sum() - np.log(w.sum()) - _generalised_q(y, v, tau2)) / 2


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(optimize.brentq(function, low, high, xtol=1e-300, rtol=_TIGHT, maxiter=500))
