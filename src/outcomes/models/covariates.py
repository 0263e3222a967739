"""The plan's covariates as columns of numbers: a number as it is, levels as indicators against the first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort.model import once
from outcomes.methods.least_squares import find_repeated
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

SAME = "is the same for everybody here and so adjusts nothing"
REPEATS = "repeats others here and so adjusts nothing more"
SHARE_NONE = (
    "The arms share no level of {name}: what it does and what the programme does cannot be told apart. Without it in "
    "the plan the comparison would not be adjusted for it."
)
TOGETHER = (
    "The covariates together tell without exception who was in which programme: what they do and what the programme "
    "does cannot be told apart."
)
START = "the score at the start"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Covariates:
    """Columns for a design.

    Attributes
    ----------
    columns : ndarray, shape (n, p)
        nan where a client's covariate is not recorded.
    names : tuple of str
        Name of each column.
    sources : tuple of str
        What the columns were made of, for the method sentence.
    left : mapping of str to str
        Columns that were left out, by name, and why: ends of a sentence.
    """

    columns: NDArray[np.float64]
    names: tuple[str, ...]
    sources: tuple[str, ...]
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Clients with every covariate, shape (n,)."""
        return np.asarray(~np.isnan(self.columns).any(axis=1))

    def varying(self, used: NDArray[np.bool_], beside: NDArray[np.float64] | None = None) -> Covariates:
        """Give the same without columns that could adjust nothing among some clients.

        Parameters
        ----------
        used : ndarray of bool, shape (n,)
        beside : ndarray, shape (n,), optional
            What is adjusted for before them, as the score at the start.

        Returns
        -------
        Covariates
            Without columns that are the same for all of those used, or a combination of those before them: left out,
            such a column changes no estimate.
        """
        some = self.columns[used]
        first = np.column_stack([np.ones(len(some)), *([] if beside is None else [beside[used]])])
        same = ~(some != some[:1]).any(axis=0)
        repeated = find_repeated(np.column_stack([first, np.where(same, 0.0, some)]))[first.shape[1] :]
        why = {
            name: SAME if alike else REPEATS
            for name, alike, out in zip(self.names, same, repeated, strict=True)
            if alike or out
        }
        return replace(self._only(~(same | repeated)), left={**self.left, **why})

    def among(self, used: NDArray[np.bool_], beside: NDArray[np.float64] | None = None) -> Covariates:
        """Rows of some clients, without columns that could adjust nothing there; as `varying`."""
        varying = self.varying(used, beside)
        return replace(varying, columns=varying.columns[used])

    def without(self, source: str) -> Covariates:
        """Give the same without the columns that are made of one covariate."""
        kept = np.array([name != source and not name.startswith(f"{source}: ") for name in self.names], dtype=bool)
        return replace(self._only(kept), sources=tuple(name for name in self.sources if name != source))

    def _only(self, kept: NDArray[np.bool_]) -> Covariates:
        names = tuple(name for name, keep in zip(self.names, kept, strict=True) if keep)
        return replace(self, columns=self.columns[:, kept], names=names)

    def beside(self, column: NDArray[np.float64], name: str) -> Covariates:
        """Give the same with one more column in front."""
        columns = np.column_stack([column, self.columns])
        return replace(self, columns=columns, names=(name, *self.names), sources=(name, *self.sources))

    def require_apart(self, full: NDArray[np.bool_]) -> None:
        """Refuse covariates of some people that tell each one's arm without exception.

        Parameters
        ----------
        full : ndarray of bool, shape (n,)
            Of the same people.

        Raises
        ------
        NotEstimableError
            Naming the covariate whose levels the arms do not share, where it is one alone.
        """
        if not _tells(self.columns, full):
            return
        for source in self.sources:
            own = [place for place, name in enumerate(self.names) if name == source or name.startswith(f"{source}: ")]
            if _tells(self.columns[:, own], full):
                raise NotEstimableError(SHARE_NONE.format(name=source), "not alike")
        raise NotEstimableError(TOGETHER, "not alike")

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the columns that were left out."""
        return tuple(f"Left out: {name}, which {why}." for name, why in self.left.items())


def _tells(columns: NDArray[np.float64], full: NDArray[np.bool_]) -> bool:
    """Whether the arm is a combination of an intercept and these columns."""
    both = np.column_stack([np.ones(len(full)), columns, full])
    return bool(full.any() and not full.all() and find_repeated(both)[-1])


def code_column(column: pd.Series, name: str) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Give a covariate as columns, and their names: a number as it is, levels as indicators against the first."""
    if is_number(column):
        return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))[:, None], (name,)
    texts = column.astype(object).where(column.notna(), None)
    levels = levels_of(column)[1:]
    known = [[np.nan if text is None else float(str(text) == level) for text in texts] for level in levels]
    return np.array(known).reshape(len(levels), len(column)).T, tuple(f"{name}: {level}" for level in levels)


def is_number(column: pd.Series) -> bool:
    """Whether a covariate is a number (else it has levels)."""
    return bool(pd.api.types.is_numeric_dtype(column)) and not pd.api.types.is_bool_dtype(column)


def levels_of(column: pd.Series) -> tuple[str, ...]:
    """Levels of a covariate, in the order of their text."""
    return tuple(sorted(str(level) for level in column.dropna().unique()))


@once
def read_covariates(cohort: Cohort) -> Covariates:
    """Columns of all covariates of the plan, in its order."""
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    for name in cohort.plan.adjust.covariates:
        coded, called = code_column(cohort.clients[name], name)
        columns.append(coded)
        names += called
    shape = (len(cohort.clients), len(names))
    return Covariates(
        columns=np.column_stack(columns) if columns else np.empty(shape),
        names=tuple(names),
        sources=cohort.plan.adjust.covariates,
    )
