"""What is assumed of those who were lost: as moves of their missing scores away from missing at random.

Both arms have one covariance matrix, and the arm has one effect δ_t at each visit; so every assumption that lends a
client the means of the other arm only adds a number to what missing at random would give.
Sources: Carpenter, Roger & Kenward (2013); Cro, Morris, Kenward & Carpenter (2020).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.mmrm.pattern_moments import Floats

Assumption: TypeAlias = Literal["missing at random", "jump to reference", "copy increments", "copy reference"]
ASSUMPTIONS: tuple[Assumption, ...] = get_args(Assumption)


def is_lost(observed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Visits after the last at which a pattern was seen, shape (p, T): from there on it is lost; earlier gaps are not.

    Parameters
    ----------
    observed : ndarray of bool, shape (p, T)
        Patterns of the visits after the start.
    """
    return np.asarray(~np.logical_or.accumulate(observed[:, ::-1], axis=1)[:, ::-1])


def move_scores(*, assumption: Assumption, toward: Floats, projection: Floats, observed: NDArray[np.bool_]) -> Floats:
    """Give what an assumption adds to the missing scores of those who were lost, shape (…, p, T) [points].

    Parameters
    ----------
    assumption : str
        One of `ASSUMPTIONS`: after leaving, the client's mean jumps to the reference arm's; or keeps its distance from
        it as at the last visit seen (at the start there is none); or was the reference arm's from the beginning.
    toward : ndarray, shape (…, T)
        Mean of the reference arm minus that of the client's arm, at each visit.
    projection : ndarray, shape (…, p, T, T)
        What seen residuals tell of all, ΣW of each pattern.
    observed : ndarray of bool, shape (p, T)
    """
    if assumption not in ASSUMPTIONS:
        msg = f"unknown assumption {assumption!r}; known are: {', '.join(ASSUMPTIONS)}"
        raise ValueError(msg)
    lost = is_lost(observed)
    own = toward[..., None, :]
    if assumption == "missing at random":
        return np.zeros((*toward.shape[:-1], *observed.shape))
    if assumption == "copy increments":
        last = observed.shape[1] - 1 - lost.sum(axis=1)
        own = own - np.where(last >= 0, toward[..., last], 0.0)[..., None]
    if assumption == "copy reference":
        own = own - (projection @ np.where(observed, own, 0.0)[..., None])[..., 0]
    return np.where(lost, own, 0.0)
