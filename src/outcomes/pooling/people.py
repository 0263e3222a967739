"""The people of a clinic's study as an agreement sees them: arms, covariates by agreed levels, scores by visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.counts import say_count
from outcomes.models.covariates import START, is_number
from outcomes.models.design import BY_VISIT
from outcomes.pooling.agreement import NUMBER
from outcomes.pooling.refusals import ContributionRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.pooling.agreement import Agreement

SUMMED = (*BY_VISIT, START)  # the by-visit columns of every clinic's sums


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class People:
    """Everybody who started in a clinic.

    Attributes
    ----------
    ids : ndarray of str, shape (n,)
    full : ndarray of bool, shape (n,)
    start : mapping of str to ndarray, shape (n,)
        Score at the start by measure; nan where there is none [points].
    later : mapping of str to ndarray, shape (n, T)
        Scores at later visits by measure.
    numbers : mapping of str to ndarray, shape (n,)
        Covariates that are numbers; nan where not recorded.
    levels : mapping of str to ndarray of int, shape (n,)
        Place of the agreed level by covariate; -1 where not recorded.
    """

    ids: NDArray[np.str_]
    full: NDArray[np.bool_]
    start: Mapping[str, NDArray[np.float64]]
    later: Mapping[str, NDArray[np.float64]]
    numbers: Mapping[str, NDArray[np.float64]]
    levels: Mapping[str, NDArray[np.int64]]

    def seen(self, measure: str) -> NDArray[np.bool_]:
        """Whose score at which later visit can be in sums, shape (n, T): with covariates and a score at the start."""
        known = ~np.isnan(self.start[measure])
        for column in self.numbers.values():
            known &= ~np.isnan(column)
        for places in self.levels.values():
            known &= places >= 0
        return np.asarray(known[:, None] & ~np.isnan(self.later[measure]))


def read_people(cohort: Cohort, agreement: Agreement) -> People:
    """Lay out a clinic's people.

    Raises
    ------
    ContributionRefusedError
        When a covariate holds a level that was not agreed, or is a number in one clinic and has levels in another.
    """
    reasons: list[str] = []
    numbers: dict[str, NDArray[np.float64]] = {}
    levels: dict[str, NDArray[np.int64]] = {}
    for name, kind in agreement.covariates.items():
        column = cohort.clients[name]
        if is_number(column) != (kind == NUMBER):
            was, is_ = ("a number", "texts") if kind == NUMBER else ("texts", "a number")
            reasons.append(f"{name} was agreed on as {was} and holds {is_} here: code it as the other clinics do.")
        elif kind == NUMBER:
            numbers[name] = np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
        else:
            places = {level: place for place, level in enumerate(agreement.levels_of(name))}
            texts = column.astype(object).where(column.notna(), None)
            known = [None if text is None else kind.get(str(text)) for text in texts]
            strange = [
                row
                for row, (level, there) in enumerate(zip(known, column.notna(), strict=True))
                if there and level is None
            ]
            if strange:
                held = say_count(len(strange), "row of clients.csv holds", "rows of clients.csv hold")
                reasons.append(
                    f"{name}: {held} a level that was not agreed on. "
                    "Write the agreed level there, or let all clinics agree anew with outcomes pool "
                    f'new --merge "{name}:LEVEL=AGREED LEVEL".'
                )
            levels[name] = np.array([-1 if level is None else places[level] for level in known], dtype=np.int64)
    if reasons:
        raise ContributionRefusedError(reasons)
    measures = tuple(agreement.plan.measures)
    return People(
        ids=cohort.clients["client_id"].to_numpy(dtype=str),
        full=cohort.full,
        start={measure: cohort.grids[measure][:, 0] for measure in measures},
        later={measure: cohort.grids[measure][:, 1:] for measure in measures},
        numbers=numbers,
        levels=levels,
    )


__all__ = ["START", "SUMMED", "People", "read_people"]
