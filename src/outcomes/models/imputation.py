"""Completed scores of a measure: drawn once for every analysis that asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.model import once
from outcomes.cohort.order import rank_people
from outcomes.core.seeds import seed_for
from outcomes.methods import impute
from outcomes.models.contract import People
from outcomes.models.covariates import read_covariates
from outcomes.models.main import fit_main
from outcomes.results.key import Key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods import mmrm
    from outcomes.models.design import Design


@dataclass(frozen=True, kw_only=True)
class Imputation:
    """A measure with its missing scores, and the model that tells of them.

    Attributes
    ----------
    fit : MmrmFit
        The main model.
    people : People
        Clients with a score at the start and all covariates, as a mask over the cohort: all of them are completed.
    arrays : impute.People
        Their scores at `visits`, and the columns of the model.
    design : Design
        Of the main model; its names are also those of the comparison at one visit.
    draws, seed : int
    """

    fit: mmrm.MmrmFit
    people: People
    arrays: impute.People
    design: Design
    draws: int
    seed: int

    def at(self, visit: str) -> int:
        """Place of a visit.

        Raises
        ------
        NotEstimableError
            When the arms cannot be compared there.
        """
        self.design.require(visit)
        return self.design.visits.index(visit)

    @cached_property
    def completed(self) -> impute.Completed:
        """The completed data sets under missing at random.

        Raises
        ------
        NotEstimableError
            When the scores cannot be drawn.
        """
        rng = np.random.default_rng(self.seed)
        draws = impute.draw_posterior(self.fit, people=self.arrays, draws=self.draws, rng=rng)
        return impute.complete_scores(people=self.arrays, draws=draws, rng=rng)

    def scores(self, visit: str) -> NDArray[np.float64]:
        """Completed scores at a visit under missing at random, shape (m, people).

        Raises
        ------
        NotEstimableError
            As `at` and `completed`.
        """
        return self.completed.grids[:, :, self.at(visit)]


@once
def prepare_imputation(cohort: Cohort, measure: str) -> Imputation:
    """Take the main model of a measure and gather everybody whose scores it can complete.

    Raises
    ------
    NotEstimableError
        When the main model cannot be fitted.
    """
    covariates = read_covariates(cohort)
    model = fit_main(cohort, measure)
    design = model.design
    told = ~np.isnan(cohort.scores(measure, cohort.plan.baseline)) & covariates.known
    kept = [place for place, name in enumerate(covariates.names) if name in design.names]
    start = cohort.scores(measure, cohort.plan.baseline)[told]
    everybody = impute.to_people(
        scores=np.column_stack([cohort.scores(measure, visit)[told] for visit in design.visits]),
        by_visit=design.columns_of(start, cohort.full[told]),
        constant=covariates.columns[told][:, kept],
        rank=rank_people(cohort)[told],
    )
    return Imputation(
        fit=model.fit,
        people=People(told, cohort.full),
        arrays=everybody,
        design=design,
        draws=cohort.plan.missing.imputations,
        seed=seed_for(str(Key("imputation", measure)), seed=cohort.plan.random.seed),
    )
