"""Where score equations are zero, by MINPACK (Moré, Garbow & Hillstrom 1980)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TOLERANCE = 1e-13
ZERO = 1e-7  # for each person, of a score that was solved


def solve(
    score: Callable[[NDArray[np.float64]], NDArray[np.float64]], *, size: int, people: int
) -> NDArray[np.float64] | None:
    """Root of the score from zero, by Powell's hybrid and else by Levenberg and Marquardt; None where both fail."""
    start = np.zeros(size)
    for attempt in (0, 1):
        if attempt:
            found = optimize.root(score, start, method="lm", tol=TOLERANCE)
        else:
            found = optimize.root(score, start, method="hybr", tol=TOLERANCE)
        if np.abs(score(found.x)).max() < ZERO * people:
            return np.asarray(found.x)
    return None
