"""The plan's covariates as columns of numbers: a number as it is, levels as indicators against the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort.model import once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort


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
    """

    columns: NDArray[np.float64]
    names: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Clients with every covariate, shape (n,)."""
        return np.asarray(~np.isnan(self.columns).any(axis=1))

    def varying(self, used: NDArray[np.bool_]) -> Covariates:
        """Give the same without columns that are the same for all of some clients: these could adjust nothing there."""
        some = self.columns[used]
        return self._only((some != some[:1]).any(axis=0))

    def among(self, used: NDArray[np.bool_]) -> Covariates:
        """Rows of some clients, without columns that are the same for all of them."""
        return replace(self, columns=self.columns[used]).varying(np.ones(int(used.sum()), dtype=bool))

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
        return Covariates(columns=columns, names=(name, *self.names), sources=(name, *self.sources))

    def left_out(self, among: Covariates) -> tuple[str, ...]:
        """Sentences about the columns that `among` left out."""
        return tuple(
            f"{name} is the same for everybody here and so adjusts nothing."
            for name in self.names
            if name not in among.names
        )


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
        column = cohort.clients[name]
        if is_number(column):
            columns.append(np.asarray(column.to_numpy(dtype=float, na_value=np.nan)))
            names.append(name)
            continue
        texts = column.astype(object).where(column.notna(), None)
        for level in levels_of(column)[1:]:
            columns.append(np.array([np.nan if text is None else float(str(text) == level) for text in texts]))
            names.append(f"{name}: {level}")
    shape = (len(cohort.clients), len(names))
    return Covariates(
        columns=np.column_stack(columns) if columns else np.empty(shape),
        names=tuple(names),
        sources=cohort.plan.adjust.covariates,
    )
