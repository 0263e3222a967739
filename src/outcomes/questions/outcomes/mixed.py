"""Allow for shared skills groups and therapists in two ways: a mixed model, and the means of groups and therapists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.methods.cluster_means import compare_cluster_means
from outcomes.methods.mixed import GROUP, NOT_APART, THERAPIST, MixedFit, can_tell_apart, fit_mixed
from outcomes.models.contract import Counts, People
from outcomes.models.design import Design, occasions_of, people_of
from outcomes.models.main import FALLBACK, tell_fallback
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion

LABELS = {  # of the difference in points, and standardised
    "mixed": ("adjusted difference", "adjusted effect size"),
    "clusters": ("difference in change", "effect size of the change"),
}
KINDS = {"group": GROUP, "therapist": THERAPIST}
PLACES = {GROUP: "the group (both arms)", THERAPIST: "the therapist ({full} only)"}
NOBODY_SHARES = "Neither a group nor a therapist is recorded."
FEWEST = 2  # units between which there is a spread
FEW = "Fewer than ten of: {names}. The spread between them is itself uncertain."
BOUNDARY = (
    "The spread between units of the kind {name} was estimated as zero, the boundary of what is possible: "
    "they differ no more than chance makes them, and the degrees of freedom take the zero as known."
)
CROSSED = "Some groups hold people of both arms; this comparison does not allow for what those share."


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedModel:
    """The mixed model of one measure, with what is needed to read it."""

    fit: MixedFit
    design: Design
    how: How
    method: str
    notes: tuple[str, ...]
    without: dict[str, str]


def compare(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Differences of every measure at every later visit, allowing for who shared a group or a therapist."""
    for measure in cohort.plan.scored:
        yield from _compare_measure(cohort, measure, covariates)
        for occasion in occasions_of(cohort, measure):
            yield from _compare_means(occasion)


def _compare_measure(cohort: Cohort, measure: str, covariates: Covariates) -> Iterator[Outcome]:
    counts = people_of(cohort, measure, covariates).counts()
    model: MixedModel | NotEstimableError
    try:
        model = _fit(cohort, Design.read(cohort, measure, covariates))
    except NotEstimableError as refusal:
        model = refusal
    for occasion in occasions_of(cohort, measure):
        yield from _read_off(occasion, model, counts)
    for kind, name in KINDS.items():
        if _labels(cohort, kind) is not None:
            planned = Planned(
                key=Key("mixed", measure, what=f"{kind}_sd"),
                label=f"{cohort.plan.measures[measure].label}: standard deviation between units of the kind {name}",
                quantity=Quantity.SD,
                unit="points",
                counts=counts,
            )
            yield planned.attempt(partial(_spread, model, name))


def _fit(cohort: Cohort, design: Design) -> MixedModel:
    """Fit the first structure of the fallback that can be estimated, with a residual spread of its own in each arm."""
    shared = _who_shares(cohort, design)
    tried: list[tuple[str, str]] = []
    first: NotEstimableError | None = None
    for by_arm, covariance in product((True, False), FALLBACK):
        name = f"{covariance} ({'in each arm' if by_arm else 'the same in both arms'})"
        try:
            fit = fit_mixed(
                scores=design.scores,
                by_visit=design.by_visit,
                constant=design.constant,
                full=design.people.full[design.people.used],
                groups=shared.labels.get(GROUP),
                therapists=shared.labels.get(THERAPIST),
                covariance=covariance,
                by_arm=by_arm,
            )
        except NotEstimableError as refusal:
            first = first or refusal
            tried.append((name, str(refusal)))
            continue
        return _describe(design, shared, fit, name, tried)
    raise first or NotEstimableError(NOBODY_SHARES)


def fit_without(cohort: Cohort, design: Design, visit: str) -> Contrast:
    """Fit the same to some of the people: the difference at a visit.

    Raises
    ------
    NotEstimableError
    """
    return _fit(cohort, design).fit.contrast(design.difference(visit))


def _describe(
    design: Design, shared: _Shared, fit: MixedFit, name: str, tried: Sequence[tuple[str, str]]
) -> MixedModel:
    """Say how a fit was computed, and what to know of it."""
    shares = " and of ".join(PLACES[kind] for kind in shared.labels)
    few = [kind for kind, count in fit.levels.items() if count < FEW_CLUSTERS]
    return MixedModel(
        fit=fit,
        design=design,
        how=How(
            estimator="mixed",
            inference="satterthwaite",
            covariance="model",
            structure=name,
            adjusted=design.adjusted_for,
            clusters=", ".join(shared.columns),
            bounded=bool(fit.boundary),
            fallback=name if tried else "",
        ),
        method=(
            f"mixed model by REML over all visits, a random intercept of {shares}, {name} residual covariance "
            f"within each person, adjusted for {design.adjusted}; Satterthwaite df"
        ),
        notes=(
            *shared.without.values(),
            *design.notes,
            *(tell_fallback(before, why, name) for before, why in tried),
            *(BOUNDARY.format(name=kind) for kind in fit.boundary),
            *((FEW.format(names=", ".join(few)),) if few else ()),
        ),
        without=shared.without,
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Shared:
    """Labels of groups and therapists, the columns they stand in, and why a kind is left out."""

    labels: dict[str, NDArray[np.object_]]
    columns: tuple[str, ...]
    without: dict[str, str]


def _who_shares(cohort: Cohort, design: Design) -> _Shared:
    """Labels of the groups and therapists of those in the model, where they can be told apart; and what is left out."""
    people, used = design.people, design.people.used
    found, columns, without = {}, [], {}
    for kind, name in KINDS.items():
        labels, column = _labels(cohort, kind), _column(cohort, kind)
        if labels is None:
            continue
        counted = people.used & people.full if name == THERAPIST else people.used
        if len({label for label in labels[counted] if label is not None}) < FEWEST:
            without[name] = f"Fewer than two of the kind {name} are in it: their spread cannot be estimated."
        elif not can_tell_apart(labels[used], counted[used], by_visit=design.by_visit, constant=design.constant):
            without[name] = NOT_APART.format(name=name)
        else:
            found[name] = labels[people.used]
            columns.append(column)
    if not found and without:
        raise NotEstimableError(" ".join(without.values()), "too few")
    if not found:
        raise NotEstimableError(NOBODY_SHARES, "not provided")
    return _Shared(labels=found, columns=tuple(columns), without=without)


def _column(cohort: Cohort, kind: str) -> str:
    return next((one.column for one in cohort.structure if one.kind == kind), "")


def _labels(cohort: Cohort, kind: str) -> NDArray[np.object_] | None:
    """Group or therapist of each client, None where it is not recorded; None where nobody has one."""
    cluster = next((one for one in cohort.structure if one.kind == kind), None)
    if cluster is None or not cluster.is_present:
        return None
    labels = cohort.clients[cluster.column].to_numpy(dtype=object, copy=True)
    labels[cohort.clients[cluster.column].isna().to_numpy()] = None
    return np.asarray(labels)


def _read_off(occasion: Occasion, model: MixedModel | NotEstimableError, counts: Counts) -> Iterator[Outcome]:
    def contrast() -> tuple[MixedModel, Contrast]:
        if isinstance(model, NotEstimableError):
            raise model
        model.design.require(occasion.visit)
        return model, model.fit.contrast(model.design.difference(occasion.visit))

    def difference(planned: Planned) -> Outcome:
        read, found = contrast()
        return occasion.estimate_points(planned, found, method=read.method, how=read.how, notes=read.notes)

    def estimate_g(planned: Planned) -> Outcome:
        read, found = contrast()
        return occasion.estimate_adjusted_g(planned, found, read.design.people, how=read.how)

    points, standardised = _declare_pair(occasion, "mixed", "mixed model of groups and therapists", counts)
    yield points.attempt(difference)
    yield standardised.attempt(estimate_g)


def _declare_pair(occasion: Occasion, analysis: str, of: str, counts: Counts) -> tuple[Planned, Planned]:
    """Declare a difference in points, and the same standardised."""
    texts = LABELS[analysis]
    key, g = occasion.key(analysis, "difference"), Quantity.STANDARDISED_DIFFERENCE
    return (
        occasion.declare(key, f"{texts[0]}, {of}", Quantity.DIFFERENCE, counts=counts),
        occasion.declare(key.but(what="g"), f"{texts[1]}, {of}", g, unit="sd", counts=counts),
    )


def _spread(model: MixedModel | NotEstimableError, name: str, planned: Planned) -> Outcome:
    """Estimate the standard deviation between the units of a kind."""
    if isinstance(model, NotEstimableError):
        raise model
    if name not in model.fit.variances:
        raise NotEstimableError(model.without[name], "too few")
    bounded = name in model.fit.boundary
    return planned.estimate(
        float(np.sqrt(model.fit.variances[name])),
        method="square root of a variance of the mixed model, by REML",
        how=replace(model.how, inference="", bounded=bounded),
        notes=(BOUNDARY.format(name=name),) if bounded else (),
    )


def _compare_means(occasion: Occasion) -> Iterator[Outcome]:
    """Difference of the mean changes of groups and therapists, one mean each."""
    people = People(occasion.paired, occasion.cohort.full)

    def fit() -> tuple[Contrast, _Units, tuple[str, ...]]:
        occasion.require_baseline()
        occasion.require_arms(people.used)
        units = _units(occasion.cohort)
        changes = np.where(people.used, occasion.after - occasion.before, np.nan)
        fit = compare_cluster_means(scores=changes, full=people.full, clusters=units.labels)
        few = min(len(fit.means_full), len(fit.means_skills)) < FEW_CLUSTERS
        return fit.difference, units, (*units.notes, *(("Fewer than ten means in an arm.",) if few else ()))

    def difference(planned: Planned) -> Outcome:
        found, units, notes = fit()
        return occasion.estimate_points(planned, found, method=units.method, how=units.how, notes=notes)

    def estimate_g(planned: Planned) -> Outcome:
        found, units, _ = fit()
        return occasion.estimate_adjusted_g(planned, found, people, how=units.how, of="difference of mean changes")

    points, standardised = _declare_pair(occasion, "clusters", "means of groups and therapists", people.counts())
    yield points.attempt(difference)
    yield standardised.attempt(estimate_g)


@dataclass(frozen=True, slots=True, repr=False)
class _Units:
    """Whose means are compared, and how that is said."""

    labels: NDArray[np.generic]
    method: str
    how: How
    notes: tuple[str, ...]


def _units(cohort: Cohort) -> _Units:
    """Whose means are compared: of therapists in the full arm where recorded, else of groups; who has none is alone."""
    group, therapist = _labels(cohort, "group"), _labels(cohort, "therapist")
    if group is None and therapist is None:
        raise NotEstimableError(NOBODY_SHARES, "not provided")
    full = cohort.full
    labels = np.array([f"alone {row}" for row in range(len(full))], dtype=object)
    of_full = (THERAPIST, therapist) if therapist is not None else (GROUP, group)
    for (name, own), mine in ((of_full, full), ((GROUP, group), ~full)):
        if own is not None:
            known = mine & np.array([label is not None for label in own])
            labels[known] = [f"{name} {label}" for label in own[known]]
    crossed = therapist is not None and group is not None and set(group[full]) & set(group[~full]) - {None}
    method = (
        f"Welch's t test of mean changes since the start: of each {of_full[0]} in the full arm, of each "
        f"{GROUP if group is not None else 'person'} in the other, one mean each; who has none counts alone"
    )
    columns = (_column(cohort, kind) for kind, own in (("group", group), ("therapist", therapist)) if own is not None)
    how = How(estimator="cluster_means", inference="welch_t", clusters=", ".join(columns))
    return _Units(labels, method, how, (CROSSED,) if crossed else ())
