"""A long frame, one row a person at a visit: whose each row is, in which order the visits are, who is in the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.errors import FrameError
from outcomes.frames.formulas import code_terms, read_formula
from outcomes.frames.sample import (
    Sample,
    as_names,
    drop,
    missing_covariates,
    read_arm,
    read_covariates,
    read_numbers,
    take,
)
from outcomes.models.covariates import Covariates
from outcomes.models.design import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Asked:
    """What a model is fitted to, and what it is adjusted for."""

    sample: Sample
    layout: Layout
    adjusted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Repeated:
    """A long frame: whose row each is, and at which visit.

    Attributes
    ----------
    frame : DataFrame
    order : list
        The visits.
    who : ndarray of int, shape (rows,)
        Place of the person among all, in order of the ids.
    when : ndarray of int, shape (rows,)
        Place of the visit.
    n : int
        People [count].
    client : str
    """

    frame: pd.DataFrame
    order: list[Any]
    who: NDArray[np.intp]
    when: NDArray[np.intp]
    n: int
    client: str

    @classmethod
    def read(cls, frame: pd.DataFrame, *, client: str, visit: str, order: list[Any]) -> Repeated:
        """Give each person and each visit a number; raises FrameError where a person has two rows at one."""
        when = pd.Categorical(take(frame, visit), categories=order).codes.astype(np.intp)
        known = take(frame, client).notna().to_numpy() & (when >= 0)
        if not known.all():
            frame, when = frame[known], when[known]
        who, people = pd.factorize(frame[client], sort=True)
        if np.bincount(who * len(order) + when, minlength=1).max() > 1:
            why = f"a person has two rows at the same {visit}; keep one measure, and one row a person at a visit"
            raise FrameError("data", why)
        return cls(frame=frame, order=order, who=who, when=when, n=len(people), client=client)

    def ask(
        self,
        formula: str | None,
        *,
        score: str | None,
        arm: str,
        reference: Any,
        baseline: str | None,
        covariates: str | Sequence[str],
        visit: str,
    ) -> Asked:
        """Find what the model holds, and who is in it."""
        names = as_names(covariates, "covariates")
        starts: tuple[str, ...] = (baseline,) if baseline is not None else ()
        if formula is None:
            people = self.people(dict.fromkeys((arm, *starts, *names)))
            start = _numbers(people, starts)
            constant = read_covariates(people, names)
        else:
            asked = read_formula(formula, self.frame, arm=arm, visit=visit)
            if arm not in asked.with_visit or asked.with_arm:
                why = f"the arm meets the visit, and nothing else, in it: {arm}*{visit} + …"
                raise FrameError("formula", why)
            people = self.people(dict.fromkeys(one for one in self.frame.columns if _is_fixed(one, formula, visit)))
            starts = tuple(name for name in asked.with_visit if name != arm)
            start, score = code_terms(starts, people), asked.score
            constant = code_terms(tuple(one for one in asked.columns.sources if one not in starts), people)
        full, known, arms = read_arm(people, arm, reference)
        scores = self.spread(str(score))
        missing = {f"no {arm}": ~known, "no score at any visit": np.asarray(np.isnan(scores).all(axis=1))}
        missing |= missing_covariates(start) | missing_covariates(constant)
        used, dropped = drop(missing)
        sample = Sample(frame=people, used=used, full=full, arms=arms, covariates=constant, dropped=dropped)
        sample.require_arms()
        labels = tuple(map(str, self.order))
        layout = Layout(scores=scores, start=start, constant=constant, visits=labels, labels=labels)
        adjusted = (*(f"{name} by visit" for name in start.sources), *constant.sources)
        return Asked(sample=sample, layout=layout, adjusted=adjusted)

    def people(self, names: Any) -> pd.DataFrame:
        """Give what belongs to each person, one row a person; raises FrameError where it changes between visits."""
        first = self._first_rows(np.arange(len(self.who)))
        people = self.frame.iloc[first].reset_index(drop=True)
        for name in (name for name in names if name != self.client):
            column = take(self.frame, name)
            known = column.notna().to_numpy()
            if not known.all():  # what one row lacks another of the person may tell
                telling = self._first_rows(np.flatnonzero(known))
                rows = np.where(telling < 0, first, telling)
                people[name] = column.iloc[rows].reset_index(drop=True)
            told = people[name].to_numpy()[self.who]
            if bool((known & (column.to_numpy() != told)).any()):
                raise FrameError("data", f"the column {name} changes within a person, and must not")
        return people

    def _first_rows(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give the first of some rows, in their order, that each person has; -1 where there is none."""
        first = np.full(self.n, -1)
        first[self.who[rows[::-1]]] = rows[::-1]  # the last that is written stays
        return first

    def spread(self, score: str) -> Floats:
        """Give the scores, one row a person and one column a visit."""
        wide = np.full((self.n, len(self.order)), np.nan)
        wide[self.who, self.when] = read_numbers(self.frame, score)
        return wide


def _is_fixed(name: str, formula: str, visit: str) -> bool:
    """Whether a formula speaks of a column on its right as of a person's."""
    from formulaic import Formula

    right = formula.split("~", 1)[-1]
    return name != visit and name in {str(one) for one in Formula(f"~ {right}").required_variables}


def _numbers(people: pd.DataFrame, names: tuple[str, ...]) -> Covariates:
    columns = [read_numbers(people, name) for name in names]
    empty = np.empty((len(people), 0))
    return Covariates(columns=np.column_stack([empty, *columns]), names=names, sources=names)


def find_order(column: pd.Series, name: str, visits: Sequence[Any] | None) -> list[Any]:
    """Give the visits in order of time; raises FrameError where nothing tells it."""
    present = list(pd.unique(column.dropna()))
    if visits is not None:
        unknown = [one for one in visits if one not in present]
        if unknown or len(set(visits)) < len(visits):
            raise FrameError("visits", f"each of them once, and all of them in the column {name}")
        return list(visits)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [one for one in column.cat.categories if one in present]
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return sorted(present)
    why = f"{name} is text, whose alphabet tells no time; say the order: visits=[…], or make it an ordered category"
    raise FrameError("data", why)
