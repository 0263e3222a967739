"""How groups, therapists and sites lie to the arms: nested in both, nested in one, crossed, or absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from outcomes.results.arrangement import find_arrangement

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.results.arrangement import Arrangement

Position = Literal["nested in both arms", "nested in one arm", "crossed with arm", "absent"]
NAMES = {"group": "group", "therapist": "therapist", "site": "site"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One kind of cluster.

    Attributes
    ----------
    kind : str
        group, therapist or site.
    column : str
        Column of clients.csv; "" where absent.
    position : str
    clusters_full, clusters_skills, clusters_both : int
        Clusters with clients of the full arm, of the skills arm, of both [count].
    n_full, n_skills : int
        Clients with a cluster, by arm [count].
    """

    kind: Literal["group", "therapist", "site"]
    column: str
    position: Position
    clusters_full: int = 0
    clusters_skills: int = 0
    clusters_both: int = 0
    n_full: int = 0
    n_skills: int = 0

    @property
    def is_present(self) -> bool:
        """Whether any client has a cluster of this kind."""
        return self.position != "absent"

    @property
    def is_shared(self) -> bool:
        """Whether any two clients have one of this kind together: else it tells nothing of how alike they are."""
        return self.clusters_full + self.clusters_skills - self.clusters_both < self.n_full + self.n_skills

    def to_sentence(self, arms: Mapping[str, str]) -> str:
        """Say it with its counts, and the names of the arms."""
        name = NAMES[self.kind]
        if not self.is_present:
            return f"No {name} is recorded."
        count = self.clusters_full + self.clusters_skills - self.clusters_both
        return (
            f"The {name} is {self.position}: {count} in all, {self.clusters_full} with people of {arms['full']}, "
            f"{self.clusters_skills} with people of {arms['skills']}, {self.clusters_both} with both; "
            f"recorded for {self.n_full} and {self.n_skills} people."
        )


def number_units(column: pd.Series) -> NDArray[np.intp]:
    """Give the number of each person's unit, from the column that names it; who has none is a unit alone."""
    alone = np.array([f"alone {row}" for row in range(len(column))], dtype=object)
    labels = np.where(column.isna(), alone, column.to_numpy(dtype=object))
    return np.unique(labels.astype(str), return_inverse=True)[1]


def read_structure(clients: pd.DataFrame, plan: Plan) -> tuple[Cluster, ...]:
    """Read the design off the data: skills group, therapist, site, in this order."""
    columns = {"group": plan.adjust.skills_group, "therapist": plan.adjust.therapist, "site": "site"}
    return (
        _place("group", columns["group"], clients),
        _place("therapist", columns["therapist"], clients),
        _place("site", columns["site"], clients),
    )


def read_arrangement(clients: pd.DataFrame, plan: Plan) -> Arrangement:
    """Find how skills groups lie to the arms; where none is recorded, as the plan says."""
    column = plan.adjust.skills_group
    arms = [clients["full"], ~clients["full"]]
    if column is None or column not in clients:
        groups: list[list[Any]] = [[None] * int(mine.sum()) for mine in arms]
    else:
        known = clients[column].astype(object).where(clients[column].notna(), None)
        groups = [known[mine].tolist() for mine in arms]
    return find_arrangement(groups[0], groups[1], plan.adjust.groups)


def _place(kind: Literal["group", "therapist", "site"], column: str | None, clients: pd.DataFrame) -> Cluster:
    if column is None or column not in clients or clients[column].notna().sum() == 0:
        return Cluster(kind=kind, column="", position="absent")
    known = clients.loc[clients[column].notna(), ["full", column]]
    full = set(known.loc[known["full"], column])
    skills = set(known.loc[~known["full"], column])
    position: Position = "nested in both arms" if full and skills else "nested in one arm"
    if full & skills:
        position = "crossed with arm"
    return Cluster(
        kind=kind,
        column=column,
        position=position,
        clusters_full=len(full),
        clusters_skills=len(skills),
        clusters_both=len(full & skills),
        n_full=int(known["full"].sum()),
        n_skills=int((~known["full"]).sum()),
    )
