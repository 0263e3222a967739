"""How clusters lie to the arms, and the variance and degrees of freedom that follow from it.

Clusters with people of the full arm only, of the other only, and of both are three strata. The spread is judged within
a stratum, with its g/(g − 1), and the degrees of freedom are Satterthwaite's for the sum: with three therapists in one
arm and people by themselves in the other, there are hardly more than two. Sources: Satterthwaite (1946); Wolter (2007),
ch. 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.methods.cluster import FEWEST_CLUSTERS, number_clusters
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST_OF_A_KIND = 2


class Strata(NamedTuple):
    """Clusters.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Cluster of each person.
    kinds : ndarray of int, shape (g,)
        Stratum of each cluster.
    """

    codes: NDArray[np.intp]
    kinds: NDArray[np.intp]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Strata({len(self.codes)} people, {len(self.kinds)} clusters)"

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum within each cluster, shape (g,)."""
        return np.bincount(self.codes, weights=values, minlength=len(self.kinds)).astype(np.float64)

    def add_up(self, squares: NDArray[np.float64], *, jackknife: bool) -> tuple[float, float]:
        """Variance and degrees of freedom from each cluster's squared part.

        Parameters
        ----------
        squares : ndarray, shape (g,)
        jackknife : bool
            Whether the parts come from leaving out a cluster, which overstates the spread by g/(g − 1) (else from sums
            of influences, which understate it by as much).
        """
        variance = weight = 0.0
        for kind in np.unique(self.kinds):
            mine = squares[self.kinds == kind]
            count = len(mine)
            part = float(mine.sum()) * ((count - 1) / count if jackknife else count / (count - 1))
            variance += part
            weight += part**2 / (count - 1)
        return variance, variance**2 / weight if weight > 0 else 0.0


def stratify(clusters: NDArray[np.generic], full: NDArray[np.bool_], used: NDArray[np.bool_]) -> Strata:
    """Sort clusters by the arms of their people; a kind with a single cluster joins the commonest.

    Parameters
    ----------
    clusters : ndarray, shape (n,)
    full, used : ndarray of bool, shape (n,)
        `used`: who has a part in the difference itself.

    Raises
    ------
    NotEstimableError
        With fewer than four clusters, or all the people of an arm in one.
    """
    codes, labels = number_clusters(clusters)
    if len(labels) < FEWEST_CLUSTERS:
        msg = f"There are {len(labels)} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    for arm in (full, ~full):
        if len(np.unique(codes[arm & used])) < _FEWEST_OF_A_KIND:
            raise NotEstimableError(
                "All people of one programme share one cluster, so that nothing tells how much clusters differ there."
            )
    holds = [np.bincount(codes[arm], minlength=len(labels)) > 0 for arm in (full, ~full)]
    kinds = np.where(holds[0] & holds[1], 2, np.where(holds[0], 0, 1))
    counts = np.bincount(kinds, minlength=3)
    for kind in np.flatnonzero((counts > 0) & (counts < _FEWEST_OF_A_KIND)):
        kinds[kinds == kind] = int(np.argmax(counts))
    return Strata(codes, kinds)
