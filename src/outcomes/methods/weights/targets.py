"""Whom a weighted difference is about, and the weight that each person gets for it.

Everybody (ate), those in the full programme (att), those in the other (atc), those for whom both were likely (overlap),
or as many pairs as can be matched (matching). Sources: Hirano, Imbens & Ridder (2003); Li, Morgan & Zaslavsky (2018)
for overlap; Li & Greene (2013) for matching; Kish (1965) for the effective sample size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Target: TypeAlias = Literal["overlap", "att", "ate", "atc", "matching"]
_HALF = 0.5


class Tilt(NamedTuple):
    """A number for each person, and how it moves with the log odds of the full arm; shaped as the propensities."""

    value: NDArray[np.float64]
    slope: NDArray[np.float64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Tilt({self.value.shape})"

    def among(self, some: NDArray[np.bool_]) -> Tilt:
        """Give the same with nothing for all but some people."""
        return Tilt(np.where(some, self.value, 0.0), np.where(some, self.slope, 0.0))


def weigh(*, share: NDArray[np.float64], full: NDArray[np.bool_], target: Target) -> Tilt:
    """Weight of each person: the target's `tilt` over the chance of the arm that the person is in.

    Parameters
    ----------
    share : ndarray, shape (n,) or (g, n)
        Propensity e, the chance of the full arm. It may be 1 in the full arm and 0 in the other.
    full : ndarray of bool, shape (n,)
    target : str

    Returns
    -------
    Tilt
        1 − e and e for overlap; 1 and e/(1 − e) for att; (1 − e)/e and 1 for atc; 1/e and 1/(1 − e) for ate;
        min(e, 1 − e) over the chance of one's own arm for matching.
    """
    _require_known(target)
    own = np.where(full, share, 1 - share)  # chance of one's own arm
    other = 1 - own
    against = np.where(full, -1.0, 1.0)  # odds of the other arm fall with the log odds in the full arm, else rise
    odds = other / own
    if target == "overlap":
        return Tilt(other, against * own * other)
    if target == "ate":
        return Tilt(1 / own, against * odds)
    if target == "matching":
        less = own > _HALF
        return Tilt(np.where(less, odds, 1.0), np.where(less, against * odds, 0.0))
    fixed = full if target == "att" else ~full
    return Tilt(np.where(fixed, 1.0, odds), np.where(fixed, 0.0, against * odds))


def tilt(*, share: NDArray[np.float64], full: NDArray[np.bool_], target: Target) -> Tilt:
    """How much each person counts in the population that the target is about: h of Li, Morgan & Zaslavsky (2018)."""
    _require_known(target)
    both = share * (1 - share)
    if target == "overlap":
        return Tilt(both, both * (1 - 2 * share))
    if target == "matching":
        less = share < _HALF
        return Tilt(np.where(less, share, 1 - share), np.where(less, both, -both))
    counted = {"ate": np.ones(len(full)), "att": full.astype(float), "atc": (~full).astype(float)}[target]
    return Tilt(np.broadcast_to(counted, share.shape), np.zeros(share.shape))


def effective_n(weights: NDArray[np.float64]) -> float:
    """People whose plain mean would be as precise as the weighted one: (Σw)² / Σw² [count]; 0 without any weight."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def _require_known(target: str) -> None:
    if target not in get_args(Target):
        msg = f"unknown target {target!r}: one of {', '.join(get_args(Target))}"
        raise ValueError(msg)
