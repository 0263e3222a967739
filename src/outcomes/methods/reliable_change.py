"""Reliable and clinically significant change of single people.

Sources: Jacobson & Truax (1991): S_diff = √2 · SD · √(1 − r), a change beyond z S_diff is reliable; cut-offs a (two
standard deviations from the clinical norm), b (two from the functional norm, with that norm's own mean and standard
deviation) and c (where the two norms are equally near).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scipy import special

from outcomes.core.estimates import NotEstimableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CutOff = Literal["a", "b", "c"]
_TWO = 2.0  # standard deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliableChange:
    """What became of each person.

    Attributes
    ----------
    improved, deteriorated : ndarray of bool, shape (n,)
        Changed by more than the error of measurement, for the better or the worse; `improved` holds the recovered too.
    recovered : ndarray of bool, shape (n,), or None
        Improved, and moved from the clinical to the functional side of the cut-off; None without norms.
    threshold : float
        Smallest reliable change [points].
    cut_off : float or None
        [points]
    """

    improved: NDArray[np.bool_]
    deteriorated: NDArray[np.bool_]
    recovered: NDArray[np.bool_] | None
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
    return float(special.ndtri((1 + level) / 2)) * math.sqrt(2) * sd * math.sqrt(1 - reliability)


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
    cut_off: float | None,
) -> ReliableChange:
    """Judge each person by strict inequalities.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        [points]
    higher_is_better : bool
    threshold : float
        Smallest reliable change [points].
    cut_off : float or None
        [points]
    """
    sign = 1.0 if higher_is_better else -1.0
    gain = sign * (after - before)
    improved, deteriorated = gain > threshold, gain < -threshold
    recovered = None
    if cut_off is not None:
        recovered = improved & (sign * before < sign * cut_off) & (sign * after > sign * cut_off)
    return ReliableChange(
        improved=improved, deteriorated=deteriorated, recovered=recovered, threshold=threshold, cut_off=cut_off
    )
