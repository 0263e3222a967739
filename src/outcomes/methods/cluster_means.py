"""Compare the arms by the means of their clusters: the independent check of a model with clusters.

Each cluster counts once, whoever is in it, so that nothing has to be assumed about how alike its people are.
Sources: Welch (1947) and Satterthwaite (1946) for the test; Donner & Klar (2000), chapter 6, on means of clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import Contrast
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClusterMeansFit:
    """Means of clusters in the two arms.

    Attributes
    ----------
    difference : Contrast
        Full minus skills [points].
    means_full, means_skills : ndarray
        Mean score of each cluster [points].
    """

    difference: Contrast
    means_full: NDArray[np.float64]
    means_skills: NDArray[np.float64]


def compare_cluster_means(
    *, scores: NDArray[np.float64], full: NDArray[np.bool_], clusters: ArrayLike
) -> ClusterMeansFit:
    """Welch's t test of the means of clusters.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        nan where not observed [points].
    full : ndarray of bool, shape (n,)
    clusters : array of labels, shape (n,)
        Therapist or group of each client; a client by itself has a label of its own.

    Raises
    ------
    NotEstimableError
        When a cluster has people of both arms (its two means are not independent), an arm has fewer than two clusters,
        or the means do not differ.
    """
    seen = ~np.isnan(scores)
    labels = np.asarray(clusters).astype(str)
    shared = np.intersect1d(labels[seen & full], labels[seen & ~full])
    if shared.size:
        msg = f"{shared.size} clusters have people of both arms: their two means are not independent."
        raise NotEstimableError(msg)
    means = {arm: _means(scores[seen & mine], labels[seen & mine]) for arm, mine in (("full", full), ("skills", ~full))}
    for arm, values in means.items():
        if len(values) < _FEWEST:
            msg = f"The {arm} arm has fewer than two clusters with a score."
            raise NotEstimableError(msg)
    parts = [values.var(ddof=1) / len(values) for values in means.values()]
    variance = float(sum(parts))
    if variance <= 0:
        raise NotEstimableError("The means of the clusters do not differ.")
    df = variance**2 / sum(
        float(part) ** 2 / (len(values) - 1) for part, values in zip(parts, means.values(), strict=True)
    )
    difference = float(means["full"].mean() - means["skills"].mean())
    return ClusterMeansFit(
        difference=Contrast(estimate=difference, se=float(np.sqrt(variance)), df=df),
        means_full=means["full"],
        means_skills=means["skills"],
    )


def _means(scores: NDArray[np.float64], labels: NDArray[np.str_]) -> NDArray[np.float64]:
    known, codes = np.unique(labels, return_inverse=True)
    return np.asarray(
        np.bincount(codes, weights=scores, minlength=len(known)) / np.bincount(codes, minlength=len(known))
    )
