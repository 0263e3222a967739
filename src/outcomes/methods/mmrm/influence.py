"""Leave each client, or each cluster, out and fit again: influence and the jackknife, from the moments.

Sources: Cook (1977); Efron & Stein (1981) for the jackknife variance; Bell & McCaffrey (2002) on its use by cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.jackknife import Jackknifed
from outcomes.methods.least_squares import Contrast
from outcomes.methods.mmrm.refit import refit
from outcomes.methods.mmrm.units import to_units
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats

_BLOCK = 512
_RISE = 1e-17  # of the log-likelihood: the differences are small, and must keep their digits
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LeaveOneOut:
    """Fits without each of the units.

    Attributes
    ----------
    fit : MmrmFit
        With everybody.
    labels : ndarray, shape (g,)
        Label of each unit: the cluster's, or the place of the client in the arrays.
    beta : ndarray, shape (g, k)
        Coefficients without the unit; nan where they cannot be estimated without it.
    covariance : ndarray, shape (g, T, T)
    reasons : tuple of str
        Why not, in the order of the units concerned.
    """

    fit: MmrmFit
    labels: NDArray[np.generic]
    beta: Floats
    covariance: Floats
    reasons: tuple[str, ...]

    def influence(self, weights: Floats) -> Floats:
        """Move of lᵀβ when each unit comes in, shape (g,) [points]."""
        line = np.asarray(weights, dtype=np.float64)
        return np.asarray(line @ self.fit.beta - self.beta @ line)

    def distance(self) -> Floats:
        """Cook's distance of each unit: the move of β in units of its covariance, over k, shape (g,)."""
        moves = self.fit.beta - self.beta
        return np.asarray((moves * np.linalg.solve(self.fit.beta_cov, moves.T).T).sum(axis=1) / len(self.fit.beta))

    def jackknife(self, weights: Floats) -> Contrast:
        """Estimate with the jackknife's standard error, √((g − 1)/g Σ (θ_(j) − θ_(·))²), on g − 1 degrees of freedom.

        Raises
        ------
        NotEstimableError
            When the model cannot be fitted without some unit, or nothing varies.
        """
        values = self.beta @ np.asarray(weights, dtype=np.float64)
        if np.isnan(values).any():
            msg = f"The model cannot be fitted without some of the clients or clusters: {self.reasons[0]}"
            raise NotEstimableError(msg)
        jackknifed = Jackknifed(value=float(weights @ self.fit.beta), without=values)
        variance = jackknifed.covariance(jackknifed)
        if variance <= 0:
            raise NotEstimableError("The contrast does not change, whoever is left out.")
        return Contrast(estimate=jackknifed.value, se=float(np.sqrt(variance)), df=float(len(values) - 1))


def leave_one_out(
    fit: MmrmFit,
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None = None,
    weights: Floats | None = None,
    clusters: ArrayLike | None = None,
) -> LeaveOneOut:
    """Fit again without each client, or without each cluster.

    Parameters
    ----------
    fit : MmrmFit
        Of these arrays.
    scores, by_visit, constant, weights
        As `moments`.
    clusters : array of labels, shape (n,), optional
        What is left out as a whole; clients where there is none.

    Raises
    ------
    NotEstimableError
        With fewer than two units.
    """
    units = to_units(fit, scores=scores, by_visit=by_visit, constant=constant, weights=weights, clusters=clusters)
    if units.count < _FEWEST:
        raise NotEstimableError("There is one cluster: nothing is left without it.")
    done = [
        refit(units.without(np.arange(start, min(start + _BLOCK, units.count))), fit=fit, rise=_RISE)
        for start in range(0, units.count, _BLOCK)
    ]
    theta = np.concatenate([part.theta for part in done])
    return LeaveOneOut(
        fit=fit,
        labels=units.labels,
        beta=np.concatenate([part.beta for part in done]) @ fit.basis.back.T + fit.basis.offset,
        covariance=fit.structure.matrix(theta),
        reasons=tuple(reason for part in done for reason in part.reasons),
    )
