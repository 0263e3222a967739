"""The main model of a measure: all its visits at once, a mixed model for repeated measures (MMRM)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.cohort.model import once
from outcomes.methods import mmrm
from outcomes.models.covariates import read_covariates
from outcomes.models.design import Design
from outcomes.results.how import How

if TYPE_CHECKING:
    from outcomes.cohort import Cohort
    from outcomes.models.contract import People

DF_METHOD: mmrm.DfMethod = "kenward-roger"
FALLBACK: tuple[mmrm.Covariance, ...] = (
    "unstructured",
    "heterogeneous toeplitz",
    "heterogeneous ar1",
    "heterogeneous compound symmetry",
    "compound symmetry",
)
FEW = ("Fewer than ten clusters: the standard error itself is uncertain.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedModel:
    """The fit of one measure over its later visits, with what is needed to read it.

    Attributes
    ----------
    fit : MmrmFit
        Columns by visit: intercept, arm, score at the start; constant: the covariates.
    design : Design
    how : How
    method : str
    notes : tuple of str
    """

    fit: mmrm.MmrmFit
    design: Design
    how: How
    method: str
    notes: tuple[str, ...]

    @property
    def people(self) -> People:
        """Who is in the fit."""
        return self.design.people


@once
def fit_main(cohort: Cohort, measure: str) -> RepeatedModel:
    """Fit the main model of a measure: for what is told of it here, and for completing the scores that are missing.

    Raises
    ------
    NotEstimableError
        When it cannot be fitted.
    """
    design = Design.read(cohort, measure, read_covariates(cohort))
    fit, tried = mmrm.fit_first_estimable(design.moments(), order=FALLBACK)
    return RepeatedModel(
        fit=fit,
        design=design,
        how=How(
            estimator="mmrm",
            inference="kenward_roger",
            covariance="model",
            structure=fit.covariance_name,
            adjusted=design.adjusted_for,
            fallback=fit.covariance_name if tried else "",
        ),
        method=(
            f"MMRM by REML, {fit.covariance_name} covariance within each person, adjusted for {design.adjusted}; "
            "Kenward–Roger standard error and df"
        ),
        notes=(*design.notes, *(tell_fallback(name, why, fit.covariance_name) for name, why in tried)),
    )


def tell_fallback(name: str, why: str, used: str) -> str:
    """Say from which structure to which, and why."""
    return f"The {name} covariance could not be estimated ({why.rstrip('.')}); {used} was used."
