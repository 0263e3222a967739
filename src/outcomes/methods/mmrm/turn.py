"""The model in scores turned so that their covariance is near the identity, to infer where visits are nearly one.

With M Σ Mᵀ near the identity the scores M y have the same likelihood, coefficients M β_j and covariance M Σ Mᵀ, linear
in the elements of Σ, so that estimates, standard errors and degrees of freedom are the same. What the weights lose to
correlations near one, the square of the condition of Σ in a degree of freedom, is not lost. Covariates with one effect
at all visits stay such, since M maps equal scores to equal scores. A pattern that lacks visits has the weight of its
part of the turned scores.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.pattern_moments import Floats

_ALIKE = 1e-2  # smallest eigenvalue of the correlations of the visits: below it digits of a df are lost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Turn:
    """A turn of the scores.

    Attributes
    ----------
    forth, back : ndarray, shape (T, T)
        M and its inverse.
    stretch : float
        What M makes of equal scores: λ in M 1 = λ 1.
    """

    forth: Floats
    back: Floats
    stretch: float

    def apply(self, sums: Sums) -> Sums:
        """Turn the scores of the sums."""
        parts = [self._part(observed) for observed in sums.observed]
        rows, turns = (np.stack(kind) for kind in zip(*parts, strict=True))
        return replace(sums, yx=turns @ sums.yx, yy=turns @ sums.yy @ turns.swapaxes(-1, -2), rows=rows)

    def _part(self, observed: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Orthonormal rows of the turned scores that a pattern tells of, and how they follow from its scores."""
        if observed.all():
            return np.eye(len(observed)), self.forth
        rows, turn = np.zeros_like(self.forth), np.zeros_like(self.forth)
        across, upper = np.linalg.qr(self.back[observed].T)
        rows[: across.shape[1]] = across.T
        turn[:, observed] = across @ np.linalg.inv(upper).T
        return rows, turn

    def coefficients(self, sizes: tuple[int, int, int]) -> Floats:
        """Coefficients of the scores from those of the turned ones, shape (k, k)."""
        q, r, size = sizes
        whole = np.zeros((q * size + r, q * size + r))
        whole[: q * size, : q * size] = np.kron(np.eye(q), self.back)
        whole[q * size :, q * size :] = np.eye(r) / self.stretch
        return whole

    def to_turned(self, sigma: Floats) -> Floats:
        """Give the covariance of the turned scores."""
        turned = self.forth @ sigma @ self.forth.T
        return np.asarray((turned + turned.T) / 2)

    def from_turned(self, sigma: Floats) -> Floats:
        """Give the covariance of the scores, or a direction of it, shape (…, T, T)."""
        found = self.back @ sigma @ self.back.T
        return np.asarray((found + found.swapaxes(-1, -2)) / 2)


def find_turn(sigma: Floats) -> Turn | None:
    """Make the turn for a covariance; None where the visits are not nearly one.

    M = O L⁻¹ with Σ = L Lᵀ, and O the reflection that makes L⁻¹ 1 equal at all visits.
    """
    size, scale = len(sigma), np.sqrt(np.diag(sigma))
    if size == 1 or np.linalg.eigvalsh(sigma / np.outer(scale, scale))[0] >= _ALIKE:
        return None
    root = np.linalg.cholesky(sigma)
    equal = np.linalg.solve(root, np.ones(size))
    stretch = float(np.linalg.norm(equal)) / float(np.sqrt(size))
    across = equal - stretch
    length = float(across @ across)
    reflect = np.eye(size) - (2 / length) * np.outer(across, across) if length > 0 else np.eye(size)
    return Turn(forth=reflect @ np.linalg.inv(root), back=root @ reflect, stretch=stretch)
