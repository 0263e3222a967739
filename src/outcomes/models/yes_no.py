"""The main comparison of a yes/no at a visit: a logistic regression, standardised over the people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.cohort.model import once
from outcomes.models.kinds import read_adjusted
from outcomes.models.occasion import Occasion
from outcomes.models.shares import compare_shares

if TYPE_CHECKING:
    from outcomes.cohort import Cohort
    from outcomes.models.alike import AlikeShares
    from outcomes.models.shares import ShareModel


@once
def fit_yes_no(cohort: Cohort, measure: str, visit: str) -> ShareModel | AlikeShares:
    """Fit it, by Firth's likelihood where a cell is small.

    Raises
    ------
    NotEstimableError
        Where an arm has nobody, or the model cannot be fitted.
    """
    occasion = Occasion(cohort, measure, visit)
    found = read_adjusted(occasion)
    occasion.require_arms(found.people.used)
    return compare_shares(cohort, occasion.after, found.covariates, found.people, adjusted=found.adjusted)
