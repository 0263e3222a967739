"""A count at a visit: negative binomial or quasi-Poisson, with a sandwich that holds in small samples."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.model import once
from outcomes.methods.ancova import ancova_design
from outcomes.methods.count_spread import CountSpread, require_spread
from outcomes.methods.negative_binomial import Family, fit_counts
from outcomes.models.contract import OF_THE_LOGARITHM, People, estimate_ratio, to_interval
from outcomes.models.covariates import Covariates
from outcomes.models.grouping import read_grouping
from outcomes.models.kinds import read_adjusted
from outcomes.models.occasion import Occasion
from outcomes.results.how import How

if TYPE_CHECKING:
    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.models.kinds import Adjusted
    from outcomes.results.outcome import Estimate
    from outcomes.results.planned import Planned

NO_MORE_SPREAD = "The counts spread no more than chance makes them: the answer is Poisson's, with its sandwich."
NOT_IN = "Told by a covariate to have no episode, and so outside the fit: {n} people."


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountModel:
    """A fit of the counts at a visit, and what is read off it.

    Attributes
    ----------
    spread : CountSpread
    people : People
    cells : tuple of int
        People with any and with none, in each arm.
    level : float
    how : How
    method : str
    notes : tuple of str
    """

    spread: CountSpread
    people: People
    cells: tuple[int, ...]
    level: float
    how: How
    method: str
    notes: tuple[str, ...]

    @property
    def log_ratio(self) -> Contrast:
        """Logarithm of the ratio, full over skills."""
        return self.spread.log_ratio()

    def ratio(self, planned: Planned) -> Estimate:
        """Ratio of the mean counts at equal covariates."""
        return estimate_ratio(
            replace(planned, counts=self.people.counts()),
            self.log_ratio,
            level=self.level,
            cells=self.cells,
            method=self.method,
            how=self.how,
            notes=(*self.notes, OF_THE_LOGARITHM),
        )

    def difference(self, planned: Planned) -> Estimate:
        """Difference of the mean counts predicted for everybody in either arm."""
        found = self.spread.standardised().difference
        return replace(planned, counts=self.people.counts()).estimate(
            found.estimate,
            se=found.se,
            df=found.df,
            p_value=found.p_value,
            interval=to_interval(self.level, found.interval(self.level)),
            cells=self.cells,
            method=f"{self.method}; mean counts predicted for everybody in either programme, delta method",
            how=replace(self.how, estimator=f"standardised_{self.how.estimator}"),
            notes=self.notes,
        )


@once
def fit_counts_at(
    cohort: Cohort, measure: str, visit: str, family: Family, *, adjust: bool = True, without: int | None = None
) -> CountModel:
    """Fit the counts at a visit; `without` leaves out a person, by their row.

    Raises
    ------
    NotEstimableError
        Where an arm has nobody or no episode, or the likelihood has no maximum.
    """
    occasion = Occasion(cohort, measure, visit)
    found = read_adjusted(occasion)
    people = found.people if adjust else People(~np.isnan(occasion.after), cohort.full)
    if without is not None:
        people = replace(people, used=people.used & (np.arange(len(people.used)) != without))
    return _fit(occasion, found, people, family, adjust=adjust)


def _fit(occasion: Occasion, found: Adjusted, people: People, family: Family, *, adjust: bool) -> CountModel:
    cohort, full = occasion.cohort, people.full[people.used]
    occasion.require_arms(people.used)
    among = (found.covariates if adjust else _none(found.covariates)).among(people.used)
    among.require_apart(full)
    counts = occasion.after[people.used]
    fit = fit_counts(
        counts=counts,
        exposure=np.ones(len(counts)),
        design=ancova_design(full=full, covariates=among.columns),
        names=("the intercept", "the arm", *among.names),
        family=family,
    )
    require_spread(fit)
    grouping = read_grouping(cohort, people.used)
    labels = None if grouping.labels is None else grouping.labels[fit.kept].astype(object)
    is_poisson = family == "poisson"
    boundary = not is_poisson and math.isinf(fit.theta)
    outside = int((~fit.kept).sum())
    by = f"adjusted for {', '.join(found.covariates.sources)}" if adjust and among.names else "without covariates"
    likelihood = "quasi-Poisson regression" if is_poisson else "negative binomial regression by maximum likelihood"
    told = f"CR2 by {grouping.column}, Satterthwaite df" if grouping.column else "HC3, t on n minus k"
    how = How(
        estimator="quasi_poisson" if is_poisson else "negative_binomial",
        inference="satterthwaite" if grouping.column else "t",
        covariance="cr2" if grouping.column else "hc3",
        adjusted=found.adjusted if adjust and among.names else (),
        bounded=boundary,
        infinite=outside > 0,
        fallback="poisson" if boundary else "",
    )
    return CountModel(
        spread=CountSpread(fit=fit, clusters=labels),
        people=people,
        cells=tuple(int((side & (full == arm)).sum()) for arm in (True, False) for side in (counts > 0, counts == 0)),
        level=occasion.level,
        how=grouping.mark(how),
        method=f"{likelihood}, log link, {by}; {told}",
        notes=(
            *((NO_MORE_SPREAD,) if boundary else ()),
            *((NOT_IN.format(n=outside),) if outside else ()),
            *among.notes,
            *grouping.notes,
            *(found.notes if adjust else ()),
        ),
    )


def _none(covariates: Covariates) -> Covariates:
    return Covariates(columns=covariates.columns[:, :0], names=(), sources=())
