"""What is known about people at the start: the plan's covariates, then the baseline score of every measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import standardised_difference
from outcomes.models.covariates import is_number, levels_of, read_covariates

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

NO_YES = ("no", "yes")  # of which the values 0 and 1 are the codes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Characteristic:
    """One thing that is known about people at the start.

    Attributes
    ----------
    name : str
        Word of its ids: the covariate's or the measure's.
    label : str
    unit : str
        Unit of a number.
    values : ndarray, shape (n,)
        Numbers, or codes of the levels; nan where not recorded.
    levels : tuple of str or None
        Of the codes; None for a number.
    columns : ndarray, shape (n, p)
        The same for a design: the number, or indicators of all levels but the first.
    names : tuple of str, length p
    """

    name: str
    label: str
    unit: str
    values: NDArray[np.float64]
    levels: tuple[str, ...] | None
    columns: NDArray[np.float64]
    names: tuple[str, ...]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Clients for whom it is recorded, shape (n,)."""
        return np.asarray(~np.isnan(self.values))

    def compare(
        self, full: NDArray[np.bool_], weights: NDArray[np.float64] | None
    ) -> standardised_difference.StandardisedDifference:
        """Standardised difference between the arms of those for whom it is recorded; levels all at once.

        Raises
        ------
        NotEstimableError
        """
        used = None if weights is None else weights[self.known]
        values, arm = self.values[self.known], full[self.known]
        if self.levels is not None:
            codes = values.astype(np.int64)
            return standardised_difference.fit_level_difference(levels=codes, full=arm, weights=used)
        return standardised_difference.fit_number_difference(values=values, full=arm, weights=used)


def read_characteristics(cohort: Cohort) -> tuple[Characteristic, ...]:
    """Read the plan's covariates, then the measures at the start."""
    return (*_covariates(cohort), *_measures(cohort))


def _covariates(cohort: Cohort) -> Iterator[Characteristic]:
    every, words = read_covariates(cohort), cohort.plan.covariate_words
    for name in cohort.plan.adjust.covariates:
        column = cohort.clients[name]
        levels = None if is_number(column) else levels_of(column)
        mine = [place for place, text in enumerate(every.names) if text == name or text.startswith(f"{name}: ")]
        yield Characteristic(
            name=words[name],
            label=name.replace("_", " "),
            unit="number",
            values=_numbers(column) if levels is None else _codes(column, levels),
            levels=levels,
            columns=every.columns[:, mine],
            names=tuple(every.names[place] for place in mine),
        )


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))


def _codes(column: pd.Series, levels: tuple[str, ...]) -> NDArray[np.float64]:
    places = {level: float(place) for place, level in enumerate(levels)}
    known = column.notna().to_numpy()
    texts = column.astype(object).to_numpy()
    return np.array([places[str(text)] if seen else np.nan for text, seen in zip(texts, known, strict=True)])


def _measures(cohort: Cohort) -> Iterator[Characteristic]:
    names = cohort.plan.measure_names
    for name, measure in cohort.plan.measures.items():
        values = cohort.scores(name, cohort.plan.baseline)
        label = f"{names[name]} at the start"
        yield Characteristic(
            name=name,
            label=label,
            unit="points" if measure.kind == "score" else "number",
            values=values,
            levels=NO_YES if measure.kind == "yes_no" else None,
            columns=values[:, None],
            names=(label,),
        )
