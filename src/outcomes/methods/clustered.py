"""Means and shares of records that lie in clusters, such as the sessions of clients of therapists.

The mean of all records has the CR2 standard error with Satterthwaite degrees of freedom (Bell & McCaffrey 2002;
Pustejovsky & Tipton 2018), which for a mean alone has a closed form. A share has Wilson's interval at the effective
number of records p(1 − p)/se², never more than there are, with t in place of z (Korn & Graubard 1998; Dean & Pavlou
2015); where all records agree the clusters are what is counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.methods.least_squares import Contrast
from outcomes.methods.reference import t_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredMean:
    """The mean of all records, and how sure it is given the clusters.

    Attributes
    ----------
    mean, se : float
        In the unit of the values.
    df : float
        Satterthwaite degrees of freedom [count].
    n, n_clusters : int
        Records and clusters [count].
    """

    mean: float
    se: float
    df: float
    n: int
    n_clusters: int

    def interval(self, level: float) -> tuple[float, float]:
        """Confidence limits of the mean, t on `df`."""
        return Contrast(estimate=self.mean, se=self.se, df=self.df).interval(level)

    def share_interval(self, level: float) -> tuple[float, float]:
        """Confidence limits of the mean of zeros and ones: Wilson's at the effective number of records."""
        share, agree = self.mean, self.mean in {0.0, 1.0}
        spread = share * (1 - share)
        most = float(self.n_clusters if agree else self.n)
        effective = min(spread / self.se**2, most) if self.se > 0 and not agree else most
        reach = t_critical(df=self.df, level=level)
        per = reach**2 / effective
        centre = (share + per / 2) / (1 + per)
        half = math.sqrt(per * (spread + per / 4)) / (1 + per)
        low = 0.0 if share == 0 else centre - half
        high = 1.0 if share == 1 else centre + half
        return low, high


def fit_clustered_mean(*, values: NDArray[np.float64], clusters: NDArray[np.intp]) -> ClusteredMean:
    """Take the mean of all records, each with the same weight.

    With m_g of N records in cluster g and residual sums s_g, CR2 is Σ s_g²/(1 − m_g/N) / N², and the matrix behind the
    degrees of freedom is diag(a) − ccᵀ with a_g = m_g/(1 − m_g/N)/N² and c_g = m_g (1 − m_g/N)^(−1/2) N^(−3/2).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Zeros and ones for a share.
    clusters : ndarray of int, shape (n,)
        Which cluster each record lies in.

    Raises
    ------
    NotEstimableError
        With fewer than four clusters.
    """
    codes = np.unique(clusters, return_inverse=True)[1]
    sizes = np.bincount(codes).astype(float)
    if len(sizes) < FEWEST_CLUSTERS:
        msg = f"There are {len(sizes)} clusters; a cluster-robust standard error needs at least {FEWEST_CLUSTERS}."
        raise NotEstimableError(msg)
    n, mean = float(len(values)), float(values.mean())
    sums = np.bincount(codes, weights=values - mean)
    left = 1 - sizes / n
    own, across = sizes / left / n**2, sizes**2 / left / n**3
    squares = float((own**2).sum() - 2 * (own * across).sum() + across.sum() ** 2)
    return ClusteredMean(
        mean=mean,
        se=math.sqrt(float((sums**2 / left).sum())) / n,
        df=float((own - across).sum()) ** 2 / squares,
        n=int(n),
        n_clusters=len(sizes),
    )
