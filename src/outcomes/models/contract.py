"""What an analysis gives: a function from the cohort to outcomes, and what all of them estimate alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypedDict

import numpy as np

from outcomes.methods import proportions
from outcomes.results.how import How
from outcomes.results.outcome import Curve, Estimate, Interval, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.results.planned import Planned

Analyse: TypeAlias = Callable[["Cohort"], Iterable[Outcome]]
Found: TypeAlias = Mapping[str, Outcome]
Conclude: TypeAlias = Callable[["Cohort", Found], Iterable[Outcome]]
OF_THE_LOGARITHM = "The standard error is that of the logarithm."
_SHARE = How(estimator="share", inference="wilson")


class Counts(TypedDict, total=False):
    """Counts of an outcome; an arm that it is not about is absent."""

    n: int
    n_full: int
    n_skills: int


@dataclass(frozen=True, slots=True, repr=False)
class People:
    """Who is behind a number, as a mask over the cohort.

    Attributes
    ----------
    used : ndarray of bool, shape (n,)
    full : ndarray of bool, shape (n,)
    """

    used: NDArray[np.bool_]
    full: NDArray[np.bool_]

    def counts(self) -> Counts:
        """Give the `n`, `n_full` and `n_skills` of an outcome."""
        in_full = int((self.used & self.full).sum())
        return Counts(n=int(self.used.sum()), n_full=in_full, n_skills=int((self.used & ~self.full).sum()))


def count_arm(arm: str, used: NDArray[np.bool_]) -> Counts:
    """Give the counts of an outcome about one arm."""
    count = int(used.sum())
    return Counts(n=count, n_full=count) if arm == "full" else Counts(n=count, n_skills=count)


def to_interval(level: float, limits: tuple[float, float]) -> Interval:
    """Interval of an estimate from a pair of limits; an infinite limit is open."""
    low, high = (float(limit) if np.isfinite(limit) else None for limit in limits)
    return Interval(level=level, low=low, high=high)


def estimate_points(
    planned: Planned,
    contrast: Contrast,
    *,
    level: float,
    method: str,
    how: How,
    notes: tuple[str, ...] = (),
    tested: bool = True,
) -> Estimate:
    """Estimate something in points with its t reference; a mean is not tested against zero."""
    return planned.estimate(
        contrast.estimate,
        se=contrast.se,
        df=contrast.df if math.isfinite(contrast.df) else None,
        p_value=contrast.p_value if tested else None,
        interval=to_interval(level, contrast.interval(level)),
        method=method,
        how=how,
        notes=notes,
    )


def estimate_ratio(
    planned: Planned,
    contrast: Contrast,
    *,
    level: float,
    method: str,
    how: How,
    notes: tuple[str, ...] = (),
    cells: tuple[int, ...] = (),
    tested: bool = True,
) -> Estimate:
    """Estimate a ratio from its logarithm, whose standard error is told: the notes should say so."""
    low, high = contrast.interval(level)
    return planned.estimate(
        math.exp(contrast.estimate),
        se=contrast.se,
        df=contrast.df if math.isfinite(contrast.df) else None,
        p_value=contrast.p_value if tested else None,
        interval=to_interval(level, (math.exp(low), math.exp(high))),
        cells=cells,
        method=method,
        how=how,
        notes=notes,
    )


def estimate_mean(
    planned: Planned, fit: Mean, *, interval: Interval, method: str, how: How, notes: tuple[str, ...] = ()
) -> Estimate:
    """Estimate a mean; of zeros and ones it is a share, whose interval is another."""
    return planned.estimate(fit.mean, se=fit.se, df=fit.df, interval=interval, method=method, how=how, notes=notes)


def estimate_share(
    planned: Planned, *, events: int, n: int, level: float, method: str, notes: tuple[str, ...] = ()
) -> Estimate:
    """Estimate a share of people with Wilson's interval; both sides of it are cells.

    Raises
    ------
    NotEstimableError
        Of nobody.
    """
    fit = proportions.fit_share(events=events, n=n, level=level)
    return planned.estimate(
        fit.value,
        interval=to_interval(level, (fit.low, fit.high)),
        cells=(events, n - events),
        method=method,
        how=_SHARE,
        notes=notes,
    )


def curve_of_shares(
    planned: Planned,
    fits: Iterable[proportions.ShareFit],
    *,
    axis: str,
    at: Iterable[float],
    people: Iterable[int],
    level: float,
    method: str,
    how: How,
) -> Curve:
    """Give shares of people along an axis, each with its limits."""
    known = tuple(fits)
    return planned.curve(
        axis=axis,
        at=tuple(map(float, at)),
        value=tuple(fit.value for fit in known),
        low=tuple(fit.low for fit in known),
        high=tuple(fit.high for fit in known),
        level=level,
        people=tuple(map(int, people)),
        how=how,
        method=method,
    )


class Mean(Protocol):
    """A mean that knows how sure it is."""

    @property
    def mean(self) -> float:
        """In the unit of the values."""

    @property
    def se(self) -> float:
        """Standard error."""

    @property
    def df(self) -> float:
        """Degrees of freedom."""
