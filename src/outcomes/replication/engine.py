"""Which estimates are computed a second time, and by which road."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from outcomes.plan.model import ARMS
from outcomes.replication import kinds, repeated, scores, shares, staying, weighting
from outcomes.replication.columns import covariate_columns, known
from outcomes.replication.comparison import Comparison, NotFollowedError, Numbers
from outcomes.replication.people import scores_at
from outcomes.replication.roads import find_road, mixed
from outcomes.replication.stay import read_stays
from outcomes.replication.wide import Wide
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.replication.people import People
    from outcomes.results.outcome import Outcome

    Found: TypeAlias = Mapping[str, Outcome]

OTHER_STRUCTURE = "The second computation knows the unstructured covariance only, and another was used here."
AT_INFINITY = "A coefficient beside it runs to infinity, which the second computation does not follow."
NO_REST = "The second computation did not come to rest."
NO_ROAD = "No second computation is written for this kind of result."
NOT_FOLLOWED = "The second computation does not follow what the first did here."
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
    structures : collection of str
        The structures of a repeated-measures model that it knows; none where there is no such model.
    alone : bool
        Whether its standard error supposes that nobody shares a group, where that of the first may allow for it:
        statsmodels has neither CR2 nor the sandwich of Efron's scores.
    rests_on : tuple of Estimate
        Results of models that the first is made of, where it is of no model itself.
    """

    key: Key
    compute: Callable[[Estimate], Numbers | None]
    structures: Collection[str] = ()
    alone: bool = True
    rests_on: tuple[Estimate, ...] = ()

    def why_not(self, first: Estimate) -> str:
        """Say why it cannot follow how the first was computed; "" where it can."""
        models = [one.how for one in self.rests_on or (first,)]
        if self.structures and any(how is None or how.structure not in {"", *self.structures} for how in models):
            return OTHER_STRUCTURE
        return AT_INFINITY if first.how is not None and first.how.infinite else ""


def replicate(people: People, found: Found, *, further: bool = False) -> Iterator[Comparison]:
    """Compute every primary estimate that was found a second time.

    Parameters
    ----------
    people : People
        Of the cohort; or, for who verifies, read again from the study.
    found : mapping of str to Outcome
        Used to know what there is to compute, and which choices were made (a penalty, a horizon), never for a value.
    further : bool
        Whether to compute besides what stands around the primary estimates: for who verifies, not for the report.
    """
    roads = [*_primary(people), *_staying(people, found)]
    without: list[Estimate] = []
    if further:
        wide = {str(road.key): road for road in _widely(people, found)}
        standing = {str(road.key): road for road in (*roads, *_further(people, found))}
        ways = {**standing, **wide}  # what gives standard errors too is taken where there are two
        roads = list(ways.values())
        without = [
            one for name, one in found.items() if isinstance(one, Estimate) and not one.key.of and name not in ways
        ]
    for road in roads:
        first = found.get(str(road.key))
        if not isinstance(first, Estimate):
            continue
        reason = road.why_not(first)
        try:
            second = None if reason else _compute(road, first)
        except NotFollowedError:
            if further:
                yield Comparison(key=road.key, first=first, second=None, reason=NOT_FOLLOWED, has_road=False)
            continue
        yield Comparison(key=road.key, first=first, second=second, reason="" if second else reason or NO_REST)
    for first in without:
        yield Comparison(key=first.key, first=first, second=None, reason=NO_ROAD, has_road=False)


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


def _widely(people: People, found: Found) -> Iterator[_Road]:
    """Roads to the other kinds of results."""
    wide = Wide(people, found)
    for first in found.values():
        way = find_road(wide, first) if isinstance(first, Estimate) else None
        if way is not None and isinstance(first, Estimate):
            mains = tuple(wide.mains(first).values())
            known_here = mixed.STRUCTURES if first.key.analysis == "mixed" else (repeated.STRUCTURE,)
            structures = known_here if mains or (first.how is not None and first.how.structure) else ()
            yield _Road(first.key, way, structures=structures, alone=False, rests_on=mains)


def _primary(people: People) -> Iterator[_Road]:
    """Roads to the primary measures at the primary visit, and to completion."""
    covariates = covariate_columns(people)
    for measure in people.plan.primary_scored:
        yield from _of_measure(people, measure, covariates)
    for measure in people.plan.primary_measures:
        if (way := OF_KINDS.get(people.plan.measures[measure].kind)) is not None:
            road = partial(kinds.compute, people, covariates=covariates)
            yield _Road(way.key(measure, people.plan.primary), road, alone=False)
    road = partial(_standardised, people, people.completed, covariates)
    yield _Road(Key("completion", subject="adjusted", what="difference"), road)


def _of_measure(people: People, measure: str, covariates: NDArray[np.float64]) -> Iterator[_Road]:
    key = Key("mmrm", measure, people.plan.primary, "difference")

    def e_value(_: Estimate) -> Numbers:
        return scores.e_value(people, measure, covariates, scores.at_one_visit(people, measure, covariates).value)

    def improved(first: Estimate) -> Numbers | None:
        columns = np.column_stack([scores_at(people, measure, people.plan.baseline), covariates])
        return _standardised(people, shares.improved(people, measure), columns, first)

    yield _Road(key, lambda _: repeated.over_all_visits(people, measure, covariates), structures=(repeated.STRUCTURE,))
    yield _Road(key.but(analysis="ancova"), lambda _: scores.at_one_visit(people, measure, covariates))
    yield _Road(key.but(analysis="confounding", what="e_value"), e_value)
    overlap = key.but(analysis="weighting", what="overlap")
    yield _Road(overlap, lambda _: weighting.overlap_difference(people, measure))
    yield _Road(key.but(analysis="change", category="improved"), improved)


def _standardised(
    people: People, happened: NDArray[np.float64], columns: NDArray[np.float64], first: Estimate
) -> Numbers | None:
    if first.how is not None and first.how.estimator == "share":  # all were alike: no model was fitted
        used, level = known(happened, columns), first.interval.level if first.interval else 0.0
        return shares.crude_difference(happened[used], people.full[used], level=level)
    penalised = first.how is not None and first.how.penalised
    return shares.standardised_difference(happened, people.full, columns, penalised=penalised)


def _staying(people: People, found: Found) -> Iterator[_Road]:
    """Roads to the difference of the mean stays and to the hazard ratio."""
    stay, full, covariates = read_stays(people), people.full, covariate_columns(people)

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


def _further(people: People, found: Found) -> Iterator[_Road]:
    """Roads to what each arm's completion and stay are by themselves, and to how they differ without a model."""
    stay, full, completed = read_stays(people), people.full, people.completed
    used, level = known(stay.weeks), people.plan.confidence.level
    horizon = found.get(str(HORIZON))

    def share(_: Estimate, mine: NDArray[np.bool_]) -> Numbers:
        return shares.share(completed[mine], level=level)

    def mean(_: Estimate, mine: NDArray[np.bool_], horizon: float) -> Numbers:
        return staying.mean_stay(stay.weeks[mine], stay.left[mine], horizon)

    def log_rank(_: Estimate) -> Numbers:
        return staying.log_rank(stay.weeks[used], stay.left[used], full[used])

    for arm in ARMS:
        mine = full if arm == "full" else ~full
        yield _Road(Key("completion", arm=arm, what="share"), partial(share, mine=mine))
        if isinstance(horizon, Estimate):
            road = partial(mean, mine=used & mine, horizon=horizon.value)
            yield _Road(Key("retention", arm=arm, what="rmst"), road, alone=False)
    crude = Key("completion", subject="crude", what="difference")
    yield _Road(crude, lambda _: shares.crude_difference(completed, full, level=level))
    yield _Road(Key("retention", what="logrank"), log_rank, alone=False)
