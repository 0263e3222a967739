"""Which estimates are computed a second time, and how."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from outcomes.cohort.stay import read_stay
from outcomes.replication import repeated, scores, shares, staying, weighting
from outcomes.replication.columns import covariate_columns, known, varied
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

    Found: TypeAlias = Mapping[str, Outcome]
    Second: TypeAlias = Callable[[Estimate], float | None]

# Part of a standard error by which both may differ; of the number itself where it has none. Both are iterated to rest,
# at about a thousandth of this; a wrong datum, person or formula moves an estimate by far more.
ALLOWED = 1e-5
MAIN_STRUCTURE = "unstructured"
OTHER_STRUCTURE = "The second computation knows the unstructured covariance only, and another was used here."
AT_INFINITY = "A coefficient beside it runs to infinity, which the second computation does not follow."
NO_REST = "The second computation did not come to rest."


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An estimate, looked at again.

    Attributes
    ----------
    first : Estimate
    value : float or None
        What the second computation finds, in the unit of the first.
    reason : str
        Why there is none.
    """

    first: Estimate
    value: float | None
    reason: str = ""

    @property
    def disagreement(self) -> float:
        """How far apart both are, in standard errors of the first; in parts of itself where it has none."""
        return math.inf if self.value is None else disagreement(self.first, self.value)


def disagreement(first: Estimate, second: float) -> float:
    """Distance of a second value, in standard errors; a ratio's is on the logarithm, as its standard error is."""
    if first.unit == "ratio" and first.se:
        return abs(math.log(second / first.value)) / first.se if second > 0 else math.inf
    return abs(second - first.value) / (first.se or abs(first.value) or 1.0)


def look_again(cohort: Cohort, found: Found) -> Iterator[Look]:
    """Compute every primary estimate that was found a second time.

    Parameters
    ----------
    cohort : Cohort
    found : mapping of str to Outcome
        Used to know what there is to compute, and which choices were made (a penalty, a horizon), never for a value.
    """
    for result, second in _table(cohort, found).items():
        first = found.get(result)
        if not isinstance(first, Estimate):
            continue
        if result.startswith("mmrm.") and MAIN_STRUCTURE not in first.method:
            yield Look(first=first, value=None, reason=OTHER_STRUCTURE)
            continue
        if any("infinity" in note for note in first.notes):
            yield Look(first=first, value=None, reason=AT_INFINITY)
            continue
        value = _compute(second, first)
        yield Look(first=first, value=value, reason=NO_REST if value is None else "")


def _compute(second: Second, first: Estimate) -> float | None:
    """Compute it; None where the arithmetic of this way breaks down."""
    try:
        with np.errstate(all="ignore"):
            value = second(first)
    except (np.linalg.LinAlgError, ArithmeticError, ValueError):
        return None
    return value if value is not None and math.isfinite(value) else None


def _table(cohort: Cohort, found: Found) -> dict[str, Second]:
    """Every estimate with its second computation."""
    covariates = covariate_columns(cohort)
    table: dict[str, Second] = {}
    for measure in cohort.plan.primary_measures:
        at = f"{measure}.{cohort.plan.primary}"
        table[f"mmrm.{at}.difference"] = partial(_repeated, cohort, measure, covariates)
        table[f"ancova.{at}.difference"] = partial(_at_one_visit, cohort, measure, covariates)
        table[f"confounding.{at}.e_value"] = partial(_e_value, cohort, measure, covariates)
        table[f"weighting.{at}.overlap"] = partial(_overlap, cohort, measure)
        table[f"change.{at}.improved.difference"] = partial(_improved, cohort, measure, covariates)
    table["completion.adjusted.difference"] = partial(_completed, cohort, covariates)
    return table | _staying(cohort, found, covariates)


def _repeated(cohort: Cohort, measure: str, covariates: NDArray[np.float64], _: Estimate) -> float | None:
    return repeated.over_all_visits(cohort, measure, covariates)


def _at_one_visit(cohort: Cohort, measure: str, covariates: NDArray[np.float64], _: Estimate) -> float:
    return scores.at_one_visit(cohort, measure, covariates)


def _e_value(cohort: Cohort, measure: str, covariates: NDArray[np.float64], _: Estimate) -> float:
    return scores.e_value(cohort, measure, covariates, scores.at_one_visit(cohort, measure, covariates))


def _overlap(cohort: Cohort, measure: str, _: Estimate) -> float | None:
    return weighting.overlap_difference(cohort, measure)


def _improved(cohort: Cohort, measure: str, covariates: NDArray[np.float64], first: Estimate) -> float | None:
    columns = np.column_stack([cohort.scores(measure, cohort.plan.baseline), covariates])
    happened = shares.improved(cohort, measure)
    return shares.standardised_difference(happened, cohort.full, columns, penalised=_is_penalised(first))


def _completed(cohort: Cohort, covariates: NDArray[np.float64], first: Estimate) -> float | None:
    penalised = _is_penalised(first)
    return shares.standardised_difference(cohort.completed, cohort.full, covariates, penalised=penalised)


def _is_penalised(first: Estimate) -> bool:
    return "Firth" in first.method


def _staying(cohort: Cohort, found: Found, covariates: NDArray[np.float64]) -> dict[str, Second]:
    stay, full = read_stay(cohort), cohort.full

    def means(_: Estimate) -> float | None:
        horizon = found.get("retention.rmst.horizon")
        if not isinstance(horizon, Estimate):
            return None
        used = known(stay.weeks)
        one, zero = (
            staying.mean_stay(stay.weeks[used & arm], stay.left[used & arm], horizon.value) for arm in (full, ~full)
        )
        return one - zero

    def ratio(columns: NDArray[np.float64]) -> float | None:
        used = known(stay.weeks, columns)
        log = staying.log_hazard_ratio(stay.weeks[used], stay.left[used], full[used], varied(columns[used]))
        return None if log is None else math.exp(log)

    return {
        "retention.rmst.difference": means,
        "retention.hazard_ratio": lambda _: ratio(covariates),
        "retention.unadjusted.hazard_ratio": lambda _: ratio(covariates[:, :0]),
    }
