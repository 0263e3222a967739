"""The main comparison with what is missing at the start completed: the score at the start, and the covariates.

Everybody who has a later score is in it. What is missing of them is drawn with the arm, the covariates and the later
scores in the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.model import once
from outcomes.core.seeds import seed_for
from outcomes.methods.impute import CompletedStart, StartModel
from outcomes.models.contract import People
from outcomes.models.covariates import START, read_covariates
from outcomes.models.design import NOWHERE, occasions_of, why_not
from outcomes.models.grouping import read_grouping
from outcomes.models.main import FALLBACK
from outcomes.results.arrangement import judges_by_group
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.pooling import PooledFit


@dataclass(frozen=True, slots=True, kw_only=True)
class StartComparison:
    """The comparison of a measure.

    Attributes
    ----------
    fit : CompletedStart
    visits : tuple of str
        Of the fit.
    refused : mapping of str to NotEstimableError
        Later visits that cannot be compared, and why.
    clusters : str
        Column of the groups that the standard error within each data set allows for, or "".
    notes : tuple of str
        That groups are nested and not allowed for.
    """

    fit: CompletedStart
    visits: tuple[str, ...]
    refused: Mapping[str, NotEstimableError]
    clusters: str
    notes: tuple[str, ...]

    def at(self, visit: str) -> PooledFit:
        """Give the pooled difference at a visit.

        Raises
        ------
        NotEstimableError
        """
        if visit in self.refused:
            raise self.refused[visit]
        return self.fit.pooled[self.visits.index(visit)]


def who_has_later(cohort: Cohort, measure: str) -> People:
    """Everybody who has a score after the start."""
    return People(np.asarray(~np.isnan(cohort.grids[measure][:, 1:]).all(axis=1)), cohort.full)


def who_lacks_some(cohort: Cohort, measure: str) -> NDArray[np.bool_]:
    """Who has no score at the start, or lacks a covariate, shape (n,)."""
    start = cohort.scores(measure, cohort.plan.baseline)
    return np.asarray(np.isnan(start) | ~read_covariates(cohort).known)


@once
def compare_completed(cohort: Cohort, measure: str) -> StartComparison:
    """Complete what is missing at the start of a measure, and compare.

    Raises
    ------
    NotEstimableError
        When nobody has a score at the start, or some covariate, or a model cannot be fitted.
    """
    people, occasions = who_has_later(cohort, measure), occasions_of(cohort, measure)
    occasions[0].require_baseline()
    occasions[0].require_arms(people.used)
    nothing = np.empty((len(people.full), 0))
    refused = {one.visit: why for one in occasions if (why := why_not(one.after, people, beside=nothing)) is not None}
    visits = tuple(one.visit for one in occasions if one.visit not in refused)
    if not visits:
        raise NotEstimableError(NOWHERE, "not seen")
    covariates = read_covariates(cohort).beside(cohort.scores(measure, cohort.plan.baseline), START)
    columns = covariates.columns[people.used]
    gaps = np.asarray(np.isnan(columns).all(axis=0))
    if never := [name for name, gap in zip(covariates.names, gaps, strict=True) if gap]:
        msg = f"Recorded for nobody who has a later score: {', '.join(never)}."
        raise NotEstimableError(msg, "not seen")
    by_group, grouping = judges_by_group(cohort.arrangement), read_grouping(cohort, people.used)
    model = StartModel(
        scores=np.column_stack([cohort.scores(measure, visit)[people.used] for visit in visits]),
        full=people.full[people.used],
        columns=columns,
        names=covariates.names,
        visits=tuple(cohort.plan.visits[visit].label for visit in visits),
        order=FALLBACK,
        clusters=grouping.labels if by_group else None,
    )
    seed = seed_for(str(Key("imputation", measure, what="start")), seed=cohort.plan.random.seed)
    return StartComparison(
        fit=model.fit(draws=cohort.plan.missing.imputations, rng=np.random.default_rng(seed)),
        visits=visits,
        refused=refused,
        clusters=grouping.column if by_group and grouping.labels is not None else "",
        notes=grouping.notes if by_group else (),
    )
