"""Whether the groups that people share can be allowed for: enough of them in all, and more than one in each arm.

Robust standard errors judge by the spread between groups. With fewer than four in all, or with a single one in an arm,
there is none to judge by: the sum of the residuals of an arm's only group is zero, and says nothing of its spread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort.structure import NAMES
from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.cohort.structure import Cluster
    from outcomes.results.how import How

    Mask = NDArray[np.bool_]

FEWEST_IN_AN_ARM = 2
MOST = 0.5  # of the people of an arm: where more have no group recorded, they are its units
NOT_ALLOWED_FOR = {
    kind: (
        f"What people who share a {NAMES[kind]} have in common is not allowed for: that needs "
        f"{FEWEST_CLUSTERS} of them in all and {FEWEST_IN_AN_ARM} in each programme, and there are fewer."
    )
    for kind in ("group", "therapist")
}

TOO_FEW = (
    f"To allow for people who share a group takes at least {FEWEST_CLUSTERS} groups in all and {FEWEST_IN_AN_ARM} in "
    "each programme, and there are fewer."
)


@dataclass(frozen=True, slots=True, repr=False)
class Grouping:
    """The groups that a result among some people allows for.

    Attributes
    ----------
    labels : ndarray or None
        Group of each of those people; None where none is allowed for.
    column : str
        Column of the groups allowed for, or "".
    notes : tuple of str
        That groups are recorded and not allowed for.
    """

    labels: NDArray[np.generic] | None
    column: str
    notes: tuple[str, ...] = ()

    @property
    def refuses(self) -> bool:
        """Whether groups are recorded and not allowed for."""
        return bool(self.notes)

    def require(self) -> NDArray[np.generic]:
        """Give the groups, where the result is about nothing else.

        Raises
        ------
        NotEstimableError
            Where they cannot be allowed for.
        """
        if self.labels is None:
            raise NotEstimableError(TOO_FEW, "too few")
        return self.labels

    def mark(self, how: How) -> How:
        """Say in the fields of a result whether groups are allowed for."""
        return replace(how, clusters=self.column, groups_not_allowed_for=self.refuses)


def read_grouping(cohort: Cohort, used: Mask | None = None) -> Grouping:
    """Read the groups of some people, or of everybody, and whether they can be allowed for."""
    clustering, labels = cohort.clustering, cohort.number_clusters()
    if clustering is None or labels is None:
        return Grouping(None, "")
    among = np.ones(len(labels), dtype=bool) if used is None else used
    if not can_allow_for(cohort, clustering, among):
        return Grouping(None, "", (NOT_ALLOWED_FOR[clustering.kind],))
    return Grouping(labels[among], clustering.column)


def can_allow_for(cohort: Cohort, cluster: Cluster, used: Mask) -> bool:
    """Whether there are enough groups of a kind among some people."""
    return are_enough(cohort.clients[cluster.column], cohort.full, used)


def are_enough(column: pd.Series, full: Mask, used: Mask) -> bool:
    """Whether a column names enough groups among some people, in all and in each arm.

    Who has no group stands alone, and is a unit where most people of the arm do; else a few such people would make
    many groups of a few.
    """
    codes = pd.factorize(column)[0]  # -1 where none is recorded
    known = codes >= 0
    alone, in_all = 0, np.empty(0, dtype=np.intp)
    for arm in (full, ~full):
        mine = used & arm
        if not mine.any():
            continue
        unknown = int((mine & ~known).sum())
        apart = unknown if unknown > MOST * mine.sum() else 0
        groups = np.unique(codes[mine & known])
        if len(groups) + apart < FEWEST_IN_AN_ARM:
            return False
        alone, in_all = alone + apart, np.union1d(in_all, groups)
    return len(in_all) + alone >= FEWEST_CLUSTERS
