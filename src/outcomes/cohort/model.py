"""The people as every analysis sees them: one row a client, one grid of clients by visits for each measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from outcomes.cohort.structure import number_units, read_arrangement

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.cohort.structure import Cluster
    from outcomes.instruments.model import Reliability
    from outcomes.plan.model import Plan
    from outcomes.results.arrangement import Arrangement

P = ParamSpec("P")
R = TypeVar("R")


def once(find: Callable[Concatenate[Cohort, P], R]) -> Callable[Concatenate[Cohort, P], R]:
    """Find something out about a cohort once, whichever analyses ask; it is forgotten with the cohort.

    What is found is shared by all who ask: an array is made read-only.
    """

    @wraps(find)
    def ask(cohort: Cohort, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (find, args, tuple(sorted(kwargs.items())))
        if key not in cohort.found:
            found = find(cohort, *args, **kwargs)
            if isinstance(found, np.ndarray):
                found.flags.writeable = False
            cohort.found[key] = found
        return cohort.found[key]  # type: ignore[no-any-return]  # kept under what makes it

    return ask


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What does not enter, and why.

    Attributes
    ----------
    reason : str
        A phrase for people.
    what : str
        What is counted: "people", "scores" or "questionnaires".
    n_full, n_skills : int
        Count by arm.
    n_others : int
        Count of neither.
    """

    reason: str
    what: str
    n_full: int
    n_skills: int
    n_others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cohort:
    """Everyone who started, by the programme they started.

    Attributes
    ----------
    plan : Plan
    clients : DataFrame
        One row a client, sorted by `client_id`, columns as in `Study.clients`.
    completed : ndarray, shape (n,)
        1 completed, 0 did not, nan not known.
    grids : mapping of str to ndarray, shape (n, visits)
        Scores by measure; nan where not observed. The grid is complete: every client has a row, every visit a column.
    structure : tuple of Cluster
        Skills group, therapist and site, each with how it lies to the arms.
    left_out : tuple of LeftOut
    outside : mapping of str to ndarray of bool, shape (n,)
        By measure: who has a score dated outside every visit window.
    alphas : mapping of str to float
        Cronbach's alpha of measures scored from items.
    published : mapping of str to Reliability
        By measure whose plan names a questionnaire: the reliability that is published for it.
    tables : mapping of str to DataFrame
        The other tables of the study, by file.
    last_answer : ndarray of datetime64[D] or None, shape (n,)
        Last day on which each person filled in a questionnaire; NaT where none has a date.
    found : dict
        What `once` has found out about it.
    """

    plan: Plan
    clients: pd.DataFrame
    completed: NDArray[np.float64]
    grids: Mapping[str, NDArray[np.float64]]
    structure: tuple[Cluster, ...]
    left_out: tuple[LeftOut, ...] = ()
    outside: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    alphas: Mapping[str, float] = field(default_factory=dict)
    published: Mapping[str, Reliability] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    last_answer: NDArray[np.datetime64] | None = None
    found: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False)

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Cohort({self.full.sum()} full, {(~self.full).sum()} skills only; {len(self.grids)} measures)"

    @property
    @once
    def full(self) -> NDArray[np.bool_]:
        """Whether each client is in the full programme, shape (n,)."""
        return self.clients["full"].to_numpy(dtype=bool, copy=True)

    def in_arm(self, arm: str) -> NDArray[np.bool_]:
        """Whether each client is in an arm, shape (n,)."""
        return self.full if arm == "full" else ~self.full

    def scores(self, measure: str, visit: str) -> NDArray[np.float64]:
        """Scores of a measure at a visit, shape (n,); nan where not observed."""
        return self.grids[measure][:, tuple(self.plan.visits).index(visit)]

    def reliability(self, measure: str) -> float | None:
        """Reliability of a measure: the plan's, else that of the items, else as published; None where none is known."""
        own = self.plan.measures[measure].reliability or self.alphas.get(measure)
        return self.published[measure].low if own is None and measure in self.published else own

    @property
    @once
    def arrangement(self) -> Arrangement:
        """How skills groups lie to the arms."""
        return read_arrangement(self.clients, self.plan)

    @property
    def clustering(self) -> Cluster | None:
        """What makes people alike for robust standard errors: the skills group where any share one, else therapists."""
        return next((cluster for cluster in self.structure if cluster.kind != "site" and cluster.is_shared), None)

    @once
    def number_clusters(self) -> NDArray[np.intp] | None:
        """Give the number of each client's cluster, or None where nobody shares one; without one a client is alone."""
        if self.clustering is None:
            return None
        return number_units(self.clients[self.clustering.column])
