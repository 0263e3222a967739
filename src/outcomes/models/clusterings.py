"""Every way in which people share a skills group or a therapist; the least precise of them judges a result.

A skills group may hold people of both programmes, a 121 therapist only those of one: neither contains the other, and by
chance few clusters can make a result look far too precise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.ancova import fit_hc3
from outcomes.methods.cluster import FEWEST_CLUSTERS, fit_cr2
from outcomes.methods.clustered import ClusteredMean, fit_clustered_mean
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Codes = NDArray[np.intp]

BY_PEOPLE = "HC3 standard error, t on n minus k"


def clusterings(cohort: Cohort) -> dict[str, Codes]:
    """Cluster of each client by the name of the column, shape (n,); who has none stands alone."""
    found = {}
    for cluster in cohort.structure:
        if cluster.is_present and cluster.kind != "site":
            codes, labels = cohort.clients[cluster.column].factorize()
            alone = len(labels) + np.arange(len(codes))
            found[cluster.column] = np.where(codes < 0, alone, codes).astype(np.intp)
    return found


def _enough(cohort: Cohort, used: Mask) -> dict[str, Codes]:
    """Clusterings with enough clusters among some people, or one of people by themselves where there is none at all.

    Raises
    ------
    NotEstimableError
        When people share clusters, and there are too few of them.
    """
    every = clusterings(cohort)
    if not every:
        return {"": np.arange(len(cohort.full), dtype=np.intp)}
    among = {name: codes for name, codes in every.items() if len(np.unique(codes[used])) >= FEWEST_CLUSTERS}
    if not among:
        msg = f"There are fewer than {FEWEST_CLUSTERS} clusters; a cluster-robust standard error needs as many."
        raise NotEstimableError(msg)
    return among


def fit_slope(
    cohort: Cohort, used: Mask, *, scores: Floats, design: Floats, names: Sequence[str]
) -> tuple[Contrast, str]:
    """Fit least squares among some people, and give one coefficient with the phrase on its standard error.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Of everybody.
    design : ndarray, shape (n, k)
        The same; rows of those not used may be nan.
        The intercept, then what is asked about.
    """
    if not clusterings(cohort):
        return fit_hc3(scores=scores[used], design=design[used], names=names).arm, BY_PEOPLE
    weights = np.zeros(design.shape[1])
    weights[1] = 1.0
    fits = {
        name: fit_cr2(
            scores=scores[used], design=design[used], clusters=codes[used].astype(object), names=names
        ).contrast(weights)
        for name, codes in _enough(cohort, used).items()
    }
    name = max(fits, key=lambda one: fits[one].se)
    return fits[name], f"CR2 standard error by {name}, Satterthwaite df"


def fit_mean(cohort: Cohort, used: Mask, values: Floats) -> tuple[ClusteredMean, str]:
    """Take the mean of some people, with the larger of the standard errors that their clusters give."""
    fits = {
        name: fit_clustered_mean(values=values[used], clusters=codes[used])
        for name, codes in _enough(cohort, used).items()
    }
    name = max(fits, key=lambda one: fits[one].se)
    return fits[name], f"CR2 standard error by {name}, Satterthwaite df" if name else "t interval"
