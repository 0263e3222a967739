"""Every way in which people share a skills group or a therapist; the least precise of them judges a result.

A skills group may hold people of both programmes, a 121 therapist only those of one: neither contains the other, and by
chance few clusters can make a result look far too precise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.methods.alone import find_alone
from outcomes.methods.ancova import fit_hc3
from outcomes.methods.cluster import fit_cr2
from outcomes.methods.clustered import ClusteredMean, fit_clustered_mean
from outcomes.models.alone import tell_alone
from outcomes.models.grouping import NOT_ALLOWED_FOR, can_allow_for
from outcomes.results.how import How

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Codes = NDArray[np.intp]


class Precision(NamedTuple):
    """What a standard error and its degrees of freedom rest on: a phrase, and the same as fields of `How`.

    `refused` holds the sentences on groups that are recorded and not allowed for, `alone` that on people who alone
    inform something.
    """

    phrase: str
    inference: str
    covariance: str
    clusters: str = ""
    refused: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Which groups it does not allow for, and how many people it is computed without."""
        return (*self.refused, *self.alone)

    def how(self, estimator: str, adjusted: tuple[str, ...] = ()) -> How:
        """Say how an estimate came about whose standard error this is."""
        return How(
            estimator=estimator,
            inference=self.inference,
            covariance=self.covariance,
            clusters=self.clusters,
            groups_not_allowed_for=bool(self.refused),
            adjusted=adjusted,
        )


BY_PEOPLE = Precision("HC3 standard error, t on n minus k", "t", "hc3")
ONE_BY_ONE = Precision("t interval", "t", "model")


def _by_clusters(column: str) -> Precision:
    return Precision(f"CR2 standard error by {column}, Satterthwaite df", "satterthwaite", "cr2", column)


def clusterings(cohort: Cohort) -> dict[str, Codes]:
    """Cluster of each client by the name of the column, shape (n,); who has none stands alone."""
    found = {}
    for cluster in cohort.structure:
        if cluster.is_shared and cluster.kind != "site":
            codes, labels = cohort.clients[cluster.column].factorize()
            alone = len(labels) + np.arange(len(codes))
            found[cluster.column] = np.where(codes < 0, alone, codes).astype(np.intp)
    return found


class _Sharing(NamedTuple):
    """Clusterings with enough clusters among some people, and which are recorded and have too few."""

    enough: dict[str, Codes]
    refused: tuple[str, ...]

    def precision(self, name: str, otherwise: Precision) -> Precision:
        """Say what a standard error rests on, by a clustering or by people."""
        return (_by_clusters(name) if name else otherwise)._replace(refused=self.refused)


def _share(cohort: Cohort, used: Mask) -> _Sharing:
    every, enough, refused = clusterings(cohort), {}, []
    for cluster in cohort.structure:
        if cluster.column not in every:
            continue
        if can_allow_for(cohort, cluster, used):
            enough[cluster.column] = every[cluster.column]
        else:
            refused.append(NOT_ALLOWED_FOR[cluster.kind])
    return _Sharing(enough, tuple(refused))


def fit_slope(
    cohort: Cohort, used: Mask, *, scores: Floats, design: Floats, names: Sequence[str]
) -> tuple[Contrast, Precision]:
    """Fit least squares among some people, and give one coefficient with what its standard error rests on.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Of everybody.
    design : ndarray, shape (n, k)
        The same; rows of those not used may be nan.
        The intercept, then what is asked about.
    """
    sharing, alone = _share(cohort, used), tell_alone(cohort, int(find_alone(design[used]).sum()))
    if not sharing.enough:
        fit = fit_hc3(scores=scores[used], design=design[used], names=names)
        return fit.arm, sharing.precision("", BY_PEOPLE)._replace(alone=alone)
    weights = np.zeros(design.shape[1])
    weights[1] = 1.0
    fits = {
        name: fit_cr2(
            scores=scores[used], design=design[used], clusters=codes[used].astype(object), names=names
        ).contrast(weights)
        for name, codes in sharing.enough.items()
    }
    name = max(fits, key=lambda one: fits[one].se)
    return fits[name], sharing.precision(name, BY_PEOPLE)._replace(alone=alone)


def fit_mean(cohort: Cohort, used: Mask, values: Floats) -> tuple[ClusteredMean, Precision]:
    """Take the mean of some people, with the larger of the standard errors that their clusters give."""
    sharing = _share(cohort, used)
    alone = {"": np.arange(len(cohort.full), dtype=np.intp)}
    fits = {
        name: fit_clustered_mean(values=values[used], clusters=codes[used])
        for name, codes in (sharing.enough or alone).items()
    }
    name = max(fits, key=lambda one: fits[one].se)
    return fits[name], sharing.precision(name, ONE_BY_ONE)
