"""Which estimates are computed a second time, and by which road."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from outcomes.cohort.stay import read_stay
from outcomes.plan.model import ARMS
from outcomes.replication import repeated, scores, shares, staying, weighting
from outcomes.replication.columns import covariate_columns, known
from outcomes.replication.comparison import Comparison, Numbers
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

    Found: TypeAlias = Mapping[str, Outcome]

OTHER_STRUCTURE = "The second computation knows the unstructured covariance only, and another was used here."
AT_INFINITY = "A coefficient beside it runs to infinity, which the second computation does not follow."
NO_REST = "The second computation did not come to rest."
HORIZON = Key("retention", subject="rmst", what="horizon")


@dataclass(frozen=True, slots=True)
class _Road:
    """The second computation of one estimate.

    Attributes
    ----------
    key : Key
        Of the first.
    compute : callable
        Given the first, of which it may read how it was computed, never a number.
    structure : str
        The only structure of a repeated-measures model that it knows; "" where there is no such model.
    alone : bool
        Whether its standard error supposes that nobody shares a group, where that of the first may allow for it:
        statsmodels has neither CR2 nor the sandwich of Efron's scores.
    """

    key: Key
    compute: Callable[[Estimate], Numbers | None]
    structure: str = ""
    alone: bool = True

    def why_not(self, first: Estimate) -> str:
        """Say why it cannot follow how the first was computed; "" where it can."""
        if self.structure and (first.how is None or first.how.structure != self.structure):
            return OTHER_STRUCTURE
        return AT_INFINITY if first.how is not None and first.how.infinite else ""


def replicate(cohort: Cohort, found: Found, *, further: bool = False) -> Iterator[Comparison]:
    """Compute every primary estimate that was found a second time.

    Parameters
    ----------
    cohort : Cohort
    found : mapping of str to Outcome
        Used to know what there is to compute, and which choices were made (a penalty, a horizon), never for a value.
    further : bool
        Whether to compute besides what stands around the primary estimates: for who verifies, not for the report.
    """
    roads = (*_primary(cohort), *_staying(cohort, found), *(_further(cohort, found) if further else ()))
    for road in roads:
        first = found.get(str(road.key))
        if not isinstance(first, Estimate):
            continue
        reason = road.why_not(first)
        second = None if reason else _compute(road, first)
        yield Comparison(key=road.key, first=first, second=second, reason="" if second else reason or NO_REST)


def _compute(road: _Road, first: Estimate) -> Numbers | None:
    """Compute it; None where the arithmetic of this way breaks down."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # statsmodels warns of what is judged here: whether it came to rest
            second = road.compute(first)
    except (np.linalg.LinAlgError, ArithmeticError, ValueError):
        return None
    if second is None or not math.isfinite(second.value):
        return None
    comparable = not road.alone or (first.how is not None and not first.how.clusters)
    return second if comparable else replace(second, se=None, df=None)


def _primary(cohort: Cohort) -> Iterator[_Road]:
    """Roads to the primary measures at the primary visit, and to completion."""
    covariates = covariate_columns(cohort)
    for measure in cohort.plan.primary_measures:
        yield from _of_measure(cohort, measure, covariates)
    road = partial(_standardised, cohort, cohort.completed, covariates)
    yield _Road(Key("completion", subject="adjusted", what="difference"), road)


def _of_measure(cohort: Cohort, measure: str, covariates: NDArray[np.float64]) -> Iterator[_Road]:
    key = Key("mmrm", measure, cohort.plan.primary, "difference")

    def e_value(_: Estimate) -> Numbers:
        return scores.e_value(cohort, measure, covariates, scores.at_one_visit(cohort, measure, covariates).value)

    def improved(first: Estimate) -> Numbers | None:
        columns = np.column_stack([cohort.scores(measure, cohort.plan.baseline), covariates])
        return _standardised(cohort, shares.improved(cohort, measure), columns, first)

    yield _Road(key, lambda _: repeated.over_all_visits(cohort, measure, covariates), structure=repeated.STRUCTURE)
    yield _Road(key.but(analysis="ancova"), lambda _: scores.at_one_visit(cohort, measure, covariates))
    yield _Road(key.but(analysis="confounding", what="e_value"), e_value)
    overlap = key.but(analysis="weighting", what="overlap")
    yield _Road(overlap, lambda _: weighting.overlap_difference(cohort, measure))
    yield _Road(key.but(analysis="change", category="improved"), improved)


def _standardised(
    cohort: Cohort, happened: NDArray[np.float64], columns: NDArray[np.float64], first: Estimate
) -> Numbers | None:
    if first.how is not None and first.how.estimator == "share":  # all were alike: no model was fitted
        used, level = known(happened, columns), first.interval.level if first.interval else 0.0
        return shares.crude_difference(happened[used], cohort.full[used], level=level)
    penalised = first.how is not None and first.how.penalised
    return shares.standardised_difference(happened, cohort.full, columns, penalised=penalised)


def _staying(cohort: Cohort, found: Found) -> Iterator[_Road]:
    """Roads to the difference of the mean stays and to the hazard ratio."""
    stay, full, covariates = read_stay(cohort), cohort.full, covariate_columns(cohort)

    def difference(_: Estimate, horizon: float) -> Numbers:
        used = known(stay.weeks)
        return staying.mean_difference(stay.weeks[used], stay.left[used], full[used], horizon)

    def ratio(_: Estimate, columns: NDArray[np.float64]) -> Numbers | None:
        used = known(stay.weeks, columns)
        return staying.hazard_ratio(stay.weeks[used], stay.left[used], full[used], columns[used])

    horizon = found.get(str(HORIZON))
    if isinstance(horizon, Estimate):
        yield _Road(HORIZON.but(what="difference"), partial(difference, horizon=horizon.value))
    yield _Road(Key("retention", what="hazard_ratio"), partial(ratio, columns=covariates))
    yield _Road(Key("retention", subject="unadjusted", what="hazard_ratio"), partial(ratio, columns=covariates[:, :0]))


def _further(cohort: Cohort, found: Found) -> Iterator[_Road]:
    """Roads to what each arm's completion and stay are by themselves, and to how they differ without a model."""
    stay, full, completed = read_stay(cohort), cohort.full, cohort.completed
    used, level = known(stay.weeks), cohort.plan.confidence.level
    horizon = found.get(str(HORIZON))

    def share(_: Estimate, mine: NDArray[np.bool_]) -> Numbers:
        return shares.share(completed[mine], level=level)

    def mean(_: Estimate, mine: NDArray[np.bool_], horizon: float) -> Numbers:
        return staying.mean_stay(stay.weeks[mine], stay.left[mine], horizon)

    def log_rank(_: Estimate) -> Numbers:
        return staying.log_rank(stay.weeks[used], stay.left[used], full[used])

    for arm in ARMS:
        mine = cohort.in_arm(arm)
        yield _Road(Key("completion", arm=arm, what="share"), partial(share, mine=mine))
        if isinstance(horizon, Estimate):
            road = partial(mean, mine=used & mine, horizon=horizon.value)
            yield _Road(Key("retention", arm=arm, what="rmst"), road, alone=False)
    crude = Key("completion", subject="crude", what="difference")
    yield _Road(crude, lambda _: shares.crude_difference(completed, full, level=level))
    yield _Road(Key("retention", what="logrank"), log_rank, alone=False)
