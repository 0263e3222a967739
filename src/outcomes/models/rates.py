"""Events of a kind compared between the arms: who is in the comparison, and the regressions of their counts.

The main way is the negative binomial, adjusted for the plan's covariates and, where the plan says how many weeks before
the start are known, for the logarithm of the events in them plus one (`docs/methods/events.md`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.events import read_events
from outcomes.cohort.model import once
from outcomes.methods.ancova import ancova_design
from outcomes.methods.count_spread import CountSpread, require_spread
from outcomes.methods.negative_binomial import fit_counts
from outcomes.models.contract import People
from outcomes.models.covariates import read_covariates
from outcomes.models.grouping import read_grouping
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.methods.negative_binomial import Family
    from outcomes.models.covariates import Covariates

NOT_PROVIDED = "events.csv was not provided."
BEFORE = "events before the start"
NO_MORE_SPREAD = "The counts spread no more than Poisson's would, so that the answer is that of a Poisson regression."
WITHOUT_EVENTS = (
    "By their covariates some people had no event at all: they count as such, and the ratio rests on the others."
)
NOBODY = "In one programme nobody was followed for any time with all that is adjusted for recorded."


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RateModel:
    """A regression of the events of a kind.

    Attributes
    ----------
    people : People
        Who is in it.
    spread : CountSpread
    cells : tuple of int
        People with and without an event, by arm.
    how : How
    text : str
        What was done, for people.
    notes : tuple of str
    """

    people: People
    spread: CountSpread
    cells: tuple[int, ...]
    how: How
    text: str
    notes: tuple[str, ...]

    def log_ratio(self) -> Contrast:
        """Give the logarithm of the rate ratio, full over skills."""
        return self.spread.log_ratio()


def require_events(cohort: Cohort) -> None:
    """Refuse a study without events; raises NotEstimableError."""
    if "events" not in cohort.tables:
        raise NotEstimableError(NOT_PROVIDED, "not provided")


def covariates_of(cohort: Cohort, kind: str, *, adjusted: bool) -> Covariates:
    """Give what a comparison of a kind is adjusted for: the events before the start first, where they are known."""
    covariates = read_covariates(cohort)
    if not adjusted:
        return replace(covariates, columns=covariates.columns[:, :0], names=(), sources=())
    if cohort.plan.events[kind].before is None:
        return covariates
    before = read_events(cohort, kind, "before")
    return covariates.beside(np.log(before.number + 1), BEFORE)


def who_is_compared(cohort: Cohort, kind: str, *, adjusted: bool = True) -> People:
    """Who was followed for some time since the start, and has all that is adjusted for."""
    exposed = read_events(cohort, kind, "since").exposed
    return People(exposed & covariates_of(cohort, kind, adjusted=adjusted).known, cohort.full)


def count_cells(happened: NDArray[np.float64], full: NDArray[np.bool_]) -> tuple[int, ...]:
    """Count people with and without an event, by arm."""
    sides = [happened[full == arm] > 0 for arm in (True, False)]
    return tuple(int(count) for side in sides for count in (side.sum(), (~side).sum()))


@once
def fit_rates(
    cohort: Cohort,
    kind: str,
    family: Family = "negative_binomial",
    *,
    adjusted: bool = True,
    without: int | None = None,
) -> RateModel:
    """Fit the counts of a kind since the start.

    Parameters
    ----------
    cohort : Cohort
    kind : str
        Word of the plan.
    family : str
    adjusted : bool
    without : int, optional
        Row of a person to leave out.

    Raises
    ------
    NotEstimableError
        Where an arm has nobody or no event, or the model cannot be fitted.
    """
    require_events(cohort)
    events, covariates = read_events(cohort, kind, "since"), covariates_of(cohort, kind, adjusted=adjusted)
    used = events.exposed & covariates.known
    if without is not None:
        used[without] = False
    full = cohort.full[used]
    if full.all() or not full.any():
        raise NotEstimableError(NOBODY, "not seen")
    among = covariates.among(used)
    among.require_apart(full)
    fit = fit_counts(
        counts=events.number[used],
        exposure=events.years[used],
        design=ancova_design(full=full, covariates=among.columns),
        names=("the intercept", "the arm", *among.names),
        family=family,
    )
    require_spread(fit)
    grouping = read_grouping(cohort, used)
    labels = None if grouping.labels is None else grouping.labels[fit.kept]
    is_poisson = family == "negative_binomial" and math.isinf(fit.theta)
    how = How(
        estimator=family,
        inference="satterthwaite" if labels is not None else "t",
        covariance="cr2" if labels is not None else "hc3",
        adjusted=covariates.sources if among.names else (),
        bounded=is_poisson,
    )
    notes = (*among.notes, *grouping.notes, *((NO_MORE_SPREAD,) if is_poisson else ()))
    return RateModel(
        people=People(used, cohort.full),
        spread=CountSpread(fit=fit, clusters=labels),
        cells=count_cells(events.number[used], full),
        how=grouping.mark(how),
        text=_say(family, covariates.sources if among.names else (), grouping.column),
        notes=notes if fit.kept.all() else (*notes, WITHOUT_EVENTS),
    )


def find_heaviest(model: RateModel) -> int:
    """Find the row of the person who moves the ratio most, in one step of the fit."""
    rows = np.flatnonzero(model.people.used)[model.spread.fit.kept]
    return int(rows[np.abs(model.spread.pulls()).argmax()])


def _say(family: str, sources: tuple[str, ...], column: str) -> str:
    name = {"negative_binomial": "negative binomial regression", "poisson": "Poisson regression"}[family]
    by = f"adjusted for {', '.join(sources)}" if sources else "without covariates"
    spread = f"CR2 by {column}, Satterthwaite df" if column else "HC3, t on people less coefficients"
    return f"{name} with the logarithm of the years followed as offset, {by}; {spread}"
