"""What is asked alike of counts and of yes/no at visits: who is compared, adjusted for what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.contract import People
from outcomes.models.covariates import read_covariates
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion

STARTS = {"yes_no": "the answer at the start", "count": "the logarithm of the count at the start plus one"}
NOT_AT_THE_START = "The measure was not taken at the start, so that nothing of it there is adjusted for."


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Adjusted:
    """Who is compared at a visit, and what they are adjusted for.

    Attributes
    ----------
    covariates : Covariates
        Of everybody; the start first, where it was taken.
    people : People
        Those with all of it, and a value at the visit.
    adjusted : tuple of str
        As columns of the study; "baseline" for the start.
    notes : tuple of str
    """

    covariates: Covariates
    people: People
    adjusted: tuple[str, ...]
    notes: tuple[str, ...]


def read_adjusted(occasion: Occasion) -> Adjusted:
    """Read them; a count at the start is adjusted for on the scale of its logarithm."""
    cohort, covariates = occasion.cohort, read_covariates(occasion.cohort)
    kind = cohort.plan.measures[occasion.measure].kind
    adjusted = covariates.sources
    notes: tuple[str, ...] = (NOT_AT_THE_START,)
    if not np.isnan(occasion.before).all():
        start = np.log(occasion.before + 1) if kind == "count" else occasion.before
        covariates, adjusted, notes = covariates.beside(start, STARTS[kind]), ("baseline", *covariates.sources), ()
    used = ~np.isnan(occasion.after) & covariates.known
    return Adjusted(covariates=covariates, people=People(used, cohort.full), adjusted=adjusted, notes=notes)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Repeated:
    """All values of a measure after the start, one row a person at a visit.

    Attributes
    ----------
    values : ndarray, shape (N,)
    design : ndarray, shape (N, k)
        Intercept, arm, later visits but the first, what is adjusted for.
    names : tuple of str, length k
    rows : ndarray of int, shape (N,)
        Row of the person in the cohort.
    visits : ndarray of int, shape (N,)
        Place of the visit among those after the start.
    people : People
    """

    values: NDArray[np.float64]
    design: NDArray[np.float64]
    names: tuple[str, ...]
    rows: NDArray[np.intp]
    visits: NDArray[np.intp]
    people: People


def read_repeated(occasion: Occasion, adjusted: Adjusted) -> Repeated:
    """Lay the values of a measure out for a model of all visits after the start.

    Raises
    ------
    NotEstimableError
        Where an arm has nobody, or there is one such visit alone.
    """
    cohort = occasion.cohort
    later = cohort.grids[occasion.measure][:, 1:]
    known = ~np.isnan(later) & adjusted.covariates.known[:, None]
    rows, visits = np.nonzero(known)
    used = np.asarray(known.any(axis=1))
    occasion.require_arms(used)
    if len(np.unique(visits)) < 2:  # noqa: PLR2004  # of one the comparison at it tells all
        raise NotEstimableError("There is one visit after the start, at which the comparison at it tells all.")
    among = adjusted.covariates.varying(used)
    replace(among, columns=among.columns[used]).require_apart(cohort.full[used])
    held = np.unique(visits)[1:]
    columns = [np.ones(len(rows)), cohort.full[rows], *((visits == visit).astype(float) for visit in held)]
    labels = [cohort.plan.visits[cohort.plan.later[visit]].label for visit in held]
    return Repeated(
        values=later[rows, visits],
        design=np.column_stack([*columns, among.columns[rows]]),
        names=("the intercept", "the arm", *(f"the visit {label}" for label in labels), *among.names),
        rows=rows,
        visits=visits,
        people=People(used, cohort.full),
    )
