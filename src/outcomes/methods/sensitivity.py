"""How strong something that was not recorded would have to be.

Sources: VanderWeele & Ding (2017) for the E-value, with RR ≈ exp(0.91 d) for a standardised difference (Chinn 2000;
VanderWeele 2017); Cinelli & Hazlett (2020) for the robustness value (eq. 15 to 18) and the bounds from a measured
covariate (eq. 20 and the formulas of their section 4.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import fit_least_squares
from outcomes.methods.reference import t_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LOG_RATIO_PER_SD = 0.91


def e_value(*, risk_ratio: float) -> float:
    """Smallest risk ratio that a confounder needs, with arm and with outcome, to explain a risk ratio away [ratio].

    Raises
    ------
    ValueError
        When the ratio is not positive.
    """
    if not risk_ratio > 0:
        msg = "a risk ratio is positive"
        raise ValueError(msg)
    ratio = max(risk_ratio, 1 / risk_ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))


def to_risk_ratio(*, standardised: float) -> float:
    """Approximate risk ratio of a standardised difference [ratio]."""
    return math.exp(_LOG_RATIO_PER_SD * standardised)


def e_value_of_interval(*, low: float, high: float) -> float:
    """Give the E-value of the limit nearer to one, as risk ratios; one where the interval holds one [ratio].

    Raises
    ------
    ValueError
        When the limits stand the wrong way round, or one is not positive.
    """
    if not 0 < low <= high:
        msg = "the limits of a risk ratio are positive, the lower one first"
        raise ValueError(msg)
    if low <= 1 <= high:
        return 1.0
    return e_value(risk_ratio=low if low > 1 else high)


def robustness_value(*, t: float, df: float, level: float | None) -> float:
    """Share of what is left of arm and of outcome that a confounder must explain to bring the estimate to zero.

    With a level, to bring the limit of the interval to zero instead.

    Parameters
    ----------
    t : float
        Estimate over its classical standard error.
    df : float
        Residual degrees of freedom [count].
    level : float or None
        Confidence level [share].

    Raises
    ------
    NotEstimableError
        With a level and a single degree of freedom.
    """
    f = abs(t) / math.sqrt(df)
    if level is None:
        return _balance_point(f)
    if df <= 1:
        raise NotEstimableError("One more covariate would leave no degrees of freedom for an interval.")
    critical = t_critical(df=df - 1, level=level) / math.sqrt(df - 1)
    rest = f - critical
    if rest <= 0:
        return 0.0
    return _balance_point(rest) if f < 1 / critical else (f**2 - critical**2) / (1 + f**2)


def robustness_value_of_limit(*, t: float, df: float, estimate: float, limits: tuple[float, float]) -> float:
    """Robustness value of a printed limit: what brings the limit nearer to zero there, the interval as wide as it is.

    Bias is the classical standard error times √df times a function of the confounder's two shares (Cinelli & Hazlett,
    eq. 8), whatever the interval rests on. To move the limit, f is taken times the limit's part of the estimate.

    Parameters
    ----------
    t : float
        Estimate over its classical standard error.
    df : float
        Residual degrees of freedom [count].
    estimate : float
    limits : pair of float
        Of an interval of any kind, in any unit; zero where it spans zero.
    """
    low, high = limits
    if low <= 0 <= high:
        return 0.0
    return _balance_point(abs(t) / math.sqrt(df) * min(abs(low), abs(high)) / abs(estimate))


def _balance_point(f: float) -> float:
    return 0.5 * (math.sqrt(f**4 + 4 * f**2) - f**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """The estimate if something not recorded were as strong as a covariate.

    Attributes
    ----------
    name : str
        The covariate.
    with_arm, with_outcome : float
        Partial R² of that confounder with arm and with outcome [share].
    estimate : float or None
        Estimate after its worst bias [points]; None where a confounder as strong would decide the arm alone.
    """

    name: str
    with_arm: float
    with_outcome: float
    estimate: float | None


def fit_benchmarks(
    *, scores: NDArray[np.float64], full: NDArray[np.bool_], covariates: NDArray[np.float64], names: Sequence[str]
) -> tuple[Benchmark, ...]:
    """Bound the bias of a confounder as strong as each covariate in turn.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        [points]
    full : ndarray of bool, shape (n,)
    covariates : ndarray, shape (n, p)
    names : sequence of str, length p

    Raises
    ------
    NotEstimableError
        As `fit_least_squares`.
    """
    if not names:  # nothing is adjusted for: there is nothing to be as strong as
        return ()
    design = np.column_stack([np.ones(len(full)), full.astype(float), covariates])
    columns = ("the intercept", "the arm", *names)
    estimate, se, df, of_outcome = _fit(scores, design, columns)
    of_arm = _fit(full.astype(float), np.delete(design, 1, axis=1), ("the intercept", *names))[3]
    return tuple(
        _bound(name, estimate, se, df, with_arm=of_arm[place + 1], with_outcome=of_outcome[place + 2])
        for place, name in enumerate(names)
    )


def _fit(
    y: NDArray[np.float64], design: NDArray[np.float64], names: Sequence[str]
) -> tuple[float, float, float, NDArray[np.float64]]:
    """Second coefficient, its classical standard error, residual df, and the partial R² of every column."""
    fit = fit_least_squares(scores=y, design=design, names=names)
    df = float(design.shape[0] - design.shape[1])
    variance = float(fit.residuals @ fit.residuals) / df * np.diag(fit.bread)
    if not (variance > 0).all():
        raise NotEstimableError("The covariates leave nothing to be explained.")
    t_squared = fit.beta**2 / variance
    return float(fit.beta[1]), float(np.sqrt(variance[1])), df, t_squared / (t_squared + df)


def _bound(name: str, estimate: float, se: float, df: float, *, with_arm: float, with_outcome: float) -> Benchmark:
    odds = with_arm / (1 - with_arm)
    if odds >= 1:
        return Benchmark(name=name, with_arm=1.0, with_outcome=with_outcome, estimate=None)
    shared = with_arm**2 / (1 - with_arm) ** 2
    outcome = min(((1 + math.sqrt(shared)) / math.sqrt(1 - shared)) ** 2 * with_outcome / (1 - with_outcome), 1.0)
    bias = se * math.sqrt(df) * math.sqrt(outcome * odds / (1 - odds))
    moved = math.copysign(1.0, estimate) * (abs(estimate) - bias)
    return Benchmark(name=name, with_arm=odds, with_outcome=outcome, estimate=moved)
