"""Reliable and clinically significant change of single people.

Sources: Jacobson & Truax (1991): S_diff = √2 · SD · √(1 − r), a change beyond z S_diff is reliable; cut-offs a (two
standard deviations from the clinical norm), b (two from the functional norm, with that norm's own mean and standard
deviation) and c (where the two norms are equally near).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from outcomes.methods.reference import normal_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CutOff = Literal["a", "b", "c"]
_TWO = 2.0  # standard deviations
ROUNDING = 1e-9  # [points] of means of a few ratings, whose difference may fall short of what it is


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReliableChange:
    """What became of each person.

    Attributes
    ----------
    improved, deteriorated : ndarray of bool, shape (n,)
        Changed by more than the error of measurement, for the better or the worse; `improved` holds the recovered too.
    recovered : ndarray of bool, shape (n,), or None
        Improved, and moved from the clinical to the functional side of the cut-off; None without norms.
    crossed : ndarray of bool, shape (n,), or None
        Moved across the cut-off the same way without having changed reliably: unchanged; None without norms.
    threshold : float
        Smallest reliable change [points].
    cut_off : float or None
        [points]
    """

    improved: NDArray[np.bool_]
    deteriorated: NDArray[np.bool_]
    recovered: NDArray[np.bool_] | None
    crossed: NDArray[np.bool_] | None
    threshold: float
    cut_off: float | None


def smallest_reliable_change(*, sd: float, reliability: float, level: float) -> float:
    """Change beyond which measurement error alone is unlikely: z √2 · SD · √(1 − r) [points].

    Raises
    ------
    NotEstimableError
        When nobody differs, or the reliability is no number between 0 and 1.
    """
    if not 0 < reliability < 1:
        raise NotEstimableError("The reliability of the measure is not a number between 0 and 1.")
    if not sd > 0:
        raise NotEstimableError("All scores at the start are equal, so there is no standard deviation.")
    return normal_critical(level=level) * math.sqrt(2) * sd * math.sqrt(1 - reliability)


def find_cut_off(*, clinical: tuple[float, float], functional: tuple[float, float], kind: CutOff) -> float:
    """Score between the clinical and the functional norm, each a mean and a standard deviation [points].

    Raises
    ------
    NotEstimableError
        When the two norms have the same mean.
    """
    (sick, sick_sd), (well, well_sd) = clinical, functional
    if sick == well:
        raise NotEstimableError("The clinical and the non-clinical norm have the same mean.")
    toward = math.copysign(1.0, well - sick)
    if kind == "a":
        return sick + toward * _TWO * sick_sd
    if kind == "b":
        return well - toward * _TWO * well_sd
    return (sick_sd * well + well_sd * sick) / (sick_sd + well_sd)


def fit_reliable_change(
    *,
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    higher_is_better: bool,
    threshold: float,
    reached: bool,
    cut_off: float | None,
) -> ReliableChange:
    """Judge each person: beyond the threshold, and strictly across the cut-off.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        [points]
    higher_is_better : bool
    threshold : float
        Smallest reliable change [points].
    reached : bool
        Whether a change of just that size is reliable, as a published threshold means it.
    cut_off : float or None
        [points]
    """
    sign = 1.0 if higher_is_better else -1.0
    gain = sign * (after - before)
    beyond = threshold - ROUNDING if reached else threshold
    improved, deteriorated = gain > beyond, gain < -beyond
    recovered = crossed = None
    if cut_off is not None:
        over = (sign * before < sign * cut_off) & (sign * after > sign * cut_off)
        recovered, crossed = improved & over, ~improved & over
    return ReliableChange(
        improved=improved,
        deteriorated=deteriorated,
        recovered=recovered,
        crossed=crossed,
        threshold=threshold,
        cut_off=cut_off,
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CaseChange:
    """What became of each person by a service's rules over several scales on which lower is better.

    Attributes
    ----------
    case : ndarray of bool, shape (n,)
        At or above the threshold of a case on any scale at the start.
    recovered : ndarray of bool, shape (n,)
        A case at the start, and below the threshold on every scale after.
    improved, deteriorated : ndarray of bool, shape (n,)
        Reliably better (worse) on any scale, and reliably worse (better) on none.
    """

    case: NDArray[np.bool_]
    recovered: NDArray[np.bool_]
    improved: NDArray[np.bool_]
    deteriorated: NDArray[np.bool_]


def fit_case_change(
    *,
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    caseness: NDArray[np.float64],
    reliable: NDArray[np.float64],
) -> CaseChange:
    """Judge each person on all scales at once; here a change of exactly the reliable size counts.

    Parameters
    ----------
    before, after : ndarray, shape (n, k)
        [points]
    caseness, reliable : ndarray, shape (k,)
        Lowest score of a case, and smallest reliable change, of each scale [points].
    """
    case = np.asarray((before >= caseness).any(axis=1))
    better = np.asarray((before - after >= reliable).any(axis=1))
    worse = np.asarray((after - before >= reliable).any(axis=1))
    return CaseChange(
        case=case,
        recovered=case & np.asarray((after < caseness).all(axis=1)),
        improved=better & ~worse,
        deteriorated=worse & ~better,
    )
