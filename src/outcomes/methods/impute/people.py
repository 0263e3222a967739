"""Everybody whose scores are completed, sorted by pattern, and the coefficients of a model as means of their visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.mmrm.pattern_moments import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """The arrays of a repeated-measures model, with those who have no score after the start.

    Attributes
    ----------
    scores : ndarray, shape (n, T)
        nan where not observed [points].
    by_visit : ndarray, shape (n, q)
        Intercept, arm (1 in the full programme), then others with an effect at each visit, as the score at the start.
    constant : ndarray, shape (n, r)
        Covariates with one effect.
    observed : ndarray of bool, shape (p, T)
        The patterns of observed visits.
    pattern : ndarray of int, shape (n,)
        Pattern of each client.
    """

    scores: Floats
    by_visit: Floats
    constant: Floats
    observed: NDArray[np.bool_]
    pattern: NDArray[np.intp]

    @property
    def design(self) -> Floats:
        """All covariates, shape (n, q + r)."""
        return np.column_stack([self.by_visit, self.constant])

    @property
    def full(self) -> NDArray[np.bool_]:
        """Whether each client is in the full programme, shape (n,)."""
        return np.asarray(self.by_visit[:, 1] > 0)

    def spread_out(self, beta: Floats) -> Floats:
        """Effect of each column of the design at each visit, shape (…, q + r, T), from β of shape (…, k)."""
        size, q, r = self.scores.shape[1], self.by_visit.shape[1], self.constant.shape[1]
        by_visit = beta[..., : q * size].reshape((*beta.shape[:-1], q, size))
        constant = np.broadcast_to(beta[..., q * size :, None], (*beta.shape[:-1], r, size))
        return np.concatenate([by_visit, constant], axis=-2)

    def weights(self, covariance: Floats) -> Floats:
        """Inverse covariance of the seen visits of each pattern and zero elsewhere, shape (m, p, T, T)."""
        both = self.observed[:, :, None] & self.observed[:, None, :]
        inverse = np.linalg.inv(np.where(both, covariance[:, None], np.eye(covariance.shape[-1])))
        return np.where(both, (inverse + inverse.swapaxes(-1, -2)) / 2, 0.0)


def to_people(*, scores: Floats, by_visit: Floats, constant: Floats) -> People:
    """Find the pattern of everybody.

    Parameters
    ----------
    scores, by_visit, constant
        As the attributes of `People`.
    """
    observed, pattern = np.unique(~np.isnan(scores), axis=0, return_inverse=True)
    return People(scores=scores, by_visit=by_visit, constant=constant, observed=observed, pattern=pattern.ravel())
