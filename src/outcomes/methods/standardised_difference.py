"""How unlike two arms are in one characteristic, in standard deviations.

Sources: Austin (2009) for a number and for two levels; Yang & Dalton (2012) for several levels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardisedDifference:
    """A standardised difference between the arms.

    Attributes
    ----------
    value : float
        Full minus skills; for three or more levels a distance, never negative [sd].
    n : int
        People [count].
    """

    value: float
    n: int


def fit_number_difference(
    *, values: NDArray[np.float64], full: NDArray[np.bool_], weights: NDArray[np.float64] | None
) -> StandardisedDifference:
    """Difference of a number: (m₁ − m₀) / √((s₁² + s₀²)/2); weights move the means, never the denominator.

    Parameters
    ----------
    values : ndarray, shape (n,)
    full : ndarray of bool, shape (n,)
    weights : ndarray, shape (n,), or None

    Raises
    ------
    NotEstimableError
        When an arm has fewer than two people, or nobody differs.
    """
    _require_arms(full, least=2)
    spread = math.sqrt((values[full].var(ddof=1) + values[~full].var(ddof=1)) / 2)
    if spread <= 0:
        raise NotEstimableError("Everybody in each arm has the same value, so there is no spread to compare with.")
    used = np.ones(len(values)) if weights is None else weights
    means = [float(np.average(values[arm], weights=used[arm])) for arm in (full, ~full)]
    return StandardisedDifference(value=(means[0] - means[1]) / spread, n=len(values))


def fit_level_difference(
    *, levels: NDArray[np.int64], full: NDArray[np.bool_], weights: NDArray[np.float64] | None
) -> StandardisedDifference:
    """Difference of a characteristic with levels.

    Two levels: (p₁ − p₀) / √((p₁q₁ + p₀q₀)/2) of the higher code. More: √(dᵀ S⁻¹ d) with d the differences of all
    shares but the first and S the mean of the arms' multinomial covariances (Yang & Dalton 2012, eq. 3).

    Parameters
    ----------
    levels : ndarray of int, shape (n,)
        Codes, 0 to k − 1.
    full : ndarray of bool, shape (n,)
    weights : ndarray, shape (n,), or None
        They move the shares, never the denominator.

    Raises
    ------
    NotEstimableError
        When an arm is empty or everybody has the same level.
    """
    _require_arms(full, least=1)
    names = np.unique(levels)
    if len(names) < 2:  # noqa: PLR2004  # one level is no comparison
        raise NotEstimableError("Everybody has the same level, so there is nothing to compare.")
    indicators = (levels[:, None] == names[None, 1:]).astype(float)
    used = np.ones(len(levels)) if weights is None else weights
    shares = [indicators[arm].mean(axis=0) for arm in (full, ~full)]
    moved = [np.average(indicators[arm], axis=0, weights=used[arm]) for arm in (full, ~full)]
    spread = np.mean([np.diag(share) - np.outer(share, share) for share in shares], axis=0)
    difference = moved[0] - moved[1]
    if np.linalg.matrix_rank(spread) < len(difference):
        raise NotEstimableError(_why_no_spread(levels[full], levels[~full]))
    if len(difference) == 1:
        return StandardisedDifference(value=float(difference[0] / math.sqrt(spread[0, 0])), n=len(levels))
    distance = float(difference @ np.linalg.solve(spread, difference))
    return StandardisedDifference(value=math.sqrt(max(distance, 0.0)), n=len(levels))


def _why_no_spread(one: NDArray[np.int64], other: NDArray[np.int64]) -> str:
    if len(np.unique(one)) == len(np.unique(other)) == 1:
        return "Each arm has a single level, so there is no spread to compare with."
    if not np.isin(one, other).any():
        return "The arms share none of the levels, so that no spread tells how far apart they are."
    return "The levels leave too little spread within the arms to compare with."


def _require_arms(full: NDArray[np.bool_], *, least: int) -> None:
    if min(int(full.sum()), int((~full).sum())) < least:
        raise NotEstimableError("An arm has too few people for whom this is recorded.")
