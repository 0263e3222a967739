"""Who stands alone: people whose own row is the only one of a design to inform some coefficient.

Somebody alone in a level, or in a combination of levels, is fitted exactly: leverage one. Without that row, and without
the coefficient that it alone informs, every other estimate is what it was, to the last digit; and a standard error that
asks how far each person lies from what the others tell has nothing to ask there. So the coefficient stays, and HC3, CR2
and the jackknife go by the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import find_repeated
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FULL = 1 - 1e-10  # leverage of somebody alone, but for rounding
_NOTHING = 1e-8  # of the largest pull on an estimate
ONE_DECIDES = "One person alone decides the difference, so that nothing tells how sure it is."


def is_alone(leverage: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whose leverage is one, shape of the leverages."""
    return np.asarray(leverage > _FULL)


def find_alone(design: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find who stands alone, whether or not columns repeat others, shape (n,).

    Parameters
    ----------
    design : ndarray, shape (n, k)
    """
    columns = design[:, ~find_repeated(design)]
    length = np.sqrt((columns**2).sum(axis=0))
    return is_alone((np.linalg.qr(columns / length)[0] ** 2).sum(axis=1))


def find_untold(design: NDArray[np.float64], told: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find of whom nothing can be said by those who are told of: their row is no combination of theirs, shape (n,).

    Parameters
    ----------
    design : ndarray, shape (n, k)
    told : ndarray of bool, shape (n,)
    """
    length = np.sqrt((design**2).sum(axis=0))
    scaled = design / np.where(length > 0, length, 1.0)
    _, sizes, across = np.linalg.svd(scaled[told], full_matrices=False)
    kept = across[sizes > _NOTHING * float(sizes.max(initial=0.0))]
    left = scaled - (scaled @ kept.T) @ kept
    return np.asarray(np.abs(left).max(axis=1, initial=0.0) > _NOTHING)


def require_others(pull: NDArray[np.float64], alone: NDArray[np.bool_]) -> None:
    """Refuse an estimate that somebody alone decides.

    Parameters
    ----------
    pull : ndarray, shape (n,)
        Weight of each person's score in it.
    alone : ndarray of bool, shape (n,)

    Raises
    ------
    NotEstimableError
    """
    if (np.abs(pull[alone]) > _NOTHING * np.abs(pull).max()).any():
        raise NotEstimableError(ONE_DECIDES, "too few")
