"""What the second computation of every kind of result rests on: the people, and the models fitted to them so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from outcomes.replication.columns import covariate_columns, known
from outcomes.replication.dense import DenseFit
from outcomes.replication.people import scores_at
from outcomes.replication.repeated import Repeated, fit_repeated
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from numpy.typing import NDArray

    from outcomes.replication.comparison import Numbers
    from outcomes.replication.people import People
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

    Mask: TypeAlias = NDArray[np.bool_]

T = TypeVar("T")
Road: TypeAlias = "Callable[[Wide, Estimate], Numbers | None]"
FEWEST = 4  # groups in all, and two in each arm, from which an inference allows for them


@dataclass(slots=True, repr=False)
class Wide:
    """The people, and the models fitted to them so far."""

    people: People
    found: Mapping[str, Outcome]
    fits: dict[str, tuple[Repeated, DenseFit, list[int]] | None] = field(default_factory=dict)
    covariates: NDArray[np.float64] = field(init=False)
    made: dict[Any, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Wide({len(self.people.full)} people)"

    def __post_init__(self) -> None:
        """Make the columns of the covariates once."""
        self.covariates = covariate_columns(self.people)

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """Make something once, whichever results ask for it."""
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]  # type: ignore[no-any-return]  # kept under what makes it

    def mains(self, first: Estimate) -> dict[str, Estimate]:
        """Give the comparisons whose p-values Holm corrects: by groups where the standardised differences are."""
        found: dict[str, Estimate] = {}
        for measure in self.people.plan.primary_measures if first.key.what == "p_holm" else ():
            visit = self.people.plan.primary
            kind = OF_KINDS.get(self.people.plan.measures[measure].kind)
            if kind is not None:
                main = self.found.get(str(kind.key(measure, visit)))
                found |= {measure: main} if isinstance(main, Estimate) else {}
                continue
            of = first.key.but(analysis="mmrm", measure=measure, visit=visit, subject="")
            g = self.found.get(str(of.but(what="g")))
            by_group = isinstance(g, Estimate) and g.how is not None and g.how.covariance == "cr2"
            main = self.found.get(str(of.but(what="clustered" if by_group else "difference")))
            if isinstance(main, Estimate):
                found[measure] = main
        return found

    def arm(self, key: Key) -> Mask:
        """Who is in the arm of a key."""
        return self.people.full if key.arm == "full" else ~self.people.full

    def level(self) -> float:
        """Level of the intervals."""
        return self.people.plan.confidence.level

    def sign(self, measure: str) -> float:
        """Which way is better."""
        return 1.0 if self.people.plan.measures[measure].better == "higher" else -1.0

    def at(self, key: Key) -> tuple[NDArray[np.float64], NDArray[np.float64], Mask]:
        """Scores at the start and at the visit of a key, and who has both."""
        start = scores_at(self.people, key.measure, self.people.plan.baseline)
        end = scores_at(self.people, key.measure, key.visit)
        return start, end, known(start, end)

    def groups(self, column: str) -> list[object]:
        """Group of each person; who has none stands alone."""
        return [("alone", row) if pd.isna(one) else one for row, one in enumerate(self.people.clients[column])]

    def groups_of(self, first: Estimate, used: Mask) -> list[object] | None:
        """Give the groups that the inference of a result allows for, of the people in it; None where there are none."""
        column = first.how.clusters if first.how is not None else ""
        if not column:
            return None
        labels = self.groups(column)
        return [labels[row] for row in np.flatnonzero(used)]

    def recorded(self, column: str | None) -> NDArray[np.object_]:
        """Whom somebody shares a column with, None where that is not recorded."""
        if column is None or column not in self.people.clients:
            return np.full(len(self.people.full), None, dtype=object)
        return np.array([None if pd.isna(one) else one for one in self.people.clients[column]], dtype=object)

    def units(self, column: str | None, used: Mask, *, shared: bool = False) -> list[object] | None:
        """Give the groups of a column, of the people used; None where they are too few, or nobody shares one."""
        labels, full = self.recorded(column), self.people.full
        mine = [one for one in labels[used] if one is not None]
        if not shared and len(set(mine)) == len(mine):
            return None
        every: set[object] = set()
        for arm in (full, ~full):
            here = labels[used & arm]
            if not len(here):
                continue
            alone = np.flatnonzero([one is None for one in here])
            own = {one for one in here if one is not None}
            own |= {("alone", bool(arm is full), row) for row in alone} if len(alone) > len(here) / 2 else set()
            if len(own) < FEWEST / 2:
                return None
            every |= own
        if len(every) < FEWEST:
            return None
        return [("alone", row) if labels[row] is None else labels[row] for row in np.flatnonzero(used)]

    def fit(self, measure: str) -> tuple[Repeated, DenseFit, list[int]] | None:
        """Fit the repeated-measures model of a measure, once."""
        if measure not in self.fits:
            near = fit_repeated(self.people, measure, self.covariates)
            rows = [] if near is None else np.flatnonzero(near.used)[near.make_rows()].tolist()
            self.fits[measure] = near and (near, DenseFit(near.make_people(), near.sigma), rows)
        return self.fits[measure]

    def column_of(self, subject: str) -> pd.Series | None:
        """Column of clients.csv that a characteristic at the start is; None where it is a measure."""
        words = self.people.plan.covariate_words
        return next((self.people.clients[name] for name, word in words.items() if word == subject), None)

    def values_of(self, subject: str) -> NDArray[np.float64]:
        """Numbers of a characteristic at the start: of a measure or of a covariate."""
        column = self.column_of(subject)
        if column is None:
            return scores_at(self.people, subject, self.people.plan.baseline)
        return column.to_numpy(dtype=float, na_value=np.nan)
