"""Allow for shared skills groups and therapists in two ways: a mixed model, and the means of groups and therapists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.methods.cluster_means import compare_cluster_means
from outcomes.methods.mixed import GROUP, THERAPIST, MixedFit, fit_mixed
from outcomes.models.contract import People, attempt
from outcomes.models.design import UNSEEN, Design, occasions_of, people_of
from outcomes.models.main import FALLBACK, tell_fallback
from outcomes.results.outcome import Estimate, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion

KINDS = {"group": GROUP, "therapist": THERAPIST}
PLACES = {GROUP: "the skills group (both arms)", THERAPIST: "the 121 therapist (full arm only)"}
NOBODY_SHARES = "Neither a skills group nor a 121 therapist is recorded."
FEWEST = 2
FEW = "Fewer than ten of: {names}. The spread between them is itself uncertain."
BOUNDARY = (
    "The spread between units of the kind {name} was estimated as zero, the boundary of what is possible: "
    "they differ no more than chance makes them, and the degrees of freedom take the zero as known."
)
CROSSED = "Some skills groups hold people of both arms; this comparison does not allow for what those share."


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedModel:
    """The mixed model of one measure, with what is needed to read it."""

    fit: MixedFit
    design: Design
    method: str
    notes: tuple[str, ...]


def compare(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the arms on every measure at every later visit, allowing for who shared a group or a therapist."""
    for measure in cohort.plan.measures:
        yield from _compare_measure(cohort, measure, covariates)
        for occasion in occasions_of(cohort, measure):
            yield from _compare_means(occasion)


def _compare_measure(cohort: Cohort, measure: str, covariates: Covariates) -> Iterator[Outcome]:
    people = people_of(cohort, measure, covariates)
    model: MixedModel | str
    try:
        model = _fit(cohort, Design.read(cohort, measure, covariates))
    except NotEstimableError as reason:
        model = str(reason)
    for occasion in occasions_of(cohort, measure):
        yield from _read_off(occasion, model, people)
    label = cohort.plan.measures[measure].label
    for kind, name in KINDS.items():
        if _labels(cohort, kind) is not None:
            result = result_id("mixed", measure, f"{kind}_sd")
            text = f"{label}: standard deviation between units of the kind {name}"
            yield attempt(result, text, _spread(result, text, model, name), people=people)


def _fit(cohort: Cohort, design: Design) -> MixedModel:
    """Fit the first structure of the fallback that can be estimated, with a residual spread of its own in each arm."""
    labels, notes = _who_shares(cohort, design.people)
    tried: list[tuple[str, str]] = []
    for by_arm in (True, False):
        for covariance in FALLBACK:
            name = f"{covariance} ({'in each arm' if by_arm else 'the same in both arms'})"
            try:
                fit = fit_mixed(
                    scores=design.scores,
                    by_visit=design.by_visit,
                    constant=design.constant,
                    full=design.people.full[design.people.used],
                    groups=labels.get(GROUP),
                    therapists=labels.get(THERAPIST),
                    covariance=covariance,
                    by_arm=by_arm,
                )
            except NotEstimableError as reason:
                tried.append((name, str(reason)))
                continue
            shares = " and of ".join(PLACES[kind] for kind in labels)
            few = [kind for kind, count in fit.levels.items() if count < FEW_CLUSTERS]
            return MixedModel(
                fit=fit,
                design=design,
                method=(
                    f"mixed model by REML over all visits, a random intercept of {shares}, {name} residual covariance "
                    f"within each person, adjusted for {design.adjusted}; Satterthwaite df"
                ),
                notes=(
                    *notes,
                    *design.notes,
                    *(tell_fallback(before, why, name) for before, why in tried),
                    *(BOUNDARY.format(name=kind) for kind in fit.boundary),
                    *((FEW.format(names=", ".join(few)),) if few else ()),
                ),
            )
    raise NotEstimableError(tried[0][1])


def _who_shares(cohort: Cohort, people: People) -> tuple[dict[str, NDArray[np.object_]], tuple[str, ...]]:
    """Labels of the groups and therapists of those in the model, where there are two at least; and what is left out."""
    found, notes = {}, []
    for kind, name in KINDS.items():
        labels = _labels(cohort, kind)
        if labels is None:
            continue
        counted = people.used & people.full if name == THERAPIST else people.used
        if len({label for label in labels[counted] if label is not None}) < FEWEST:
            notes.append(f"Fewer than two of the kind {name} are in it: their spread cannot be estimated.")
        else:
            found[name] = labels[people.used]
    if not found:
        raise NotEstimableError(" ".join(notes) or NOBODY_SHARES)
    return found, tuple(notes)


def _labels(cohort: Cohort, kind: str) -> NDArray[np.object_] | None:
    """Group or therapist of each client, None where it is not recorded; None where nobody has one."""
    cluster = next((one for one in cohort.structure if one.kind == kind), None)
    if cluster is None or not cluster.is_present:
        return None
    labels = cohort.clients[cluster.column].to_numpy(dtype=object, copy=True)
    labels[cohort.clients[cluster.column].isna().to_numpy()] = None
    return np.asarray(labels)


def _read_off(occasion: Occasion, model: MixedModel | str, people: People) -> Iterator[Outcome]:
    result, what = occasion.id("mixed", "difference"), "adjusted difference, mixed model of groups and therapists"
    size = "adjusted effect size, mixed model of groups and therapists"

    def contrast() -> tuple[MixedModel, Contrast]:
        if isinstance(model, str):
            raise NotEstimableError(model)
        if occasion.visit not in model.design.visits:
            raise NotEstimableError(UNSEEN)
        return model, model.fit.contrast(model.design.difference(occasion.visit))

    def difference() -> Outcome:
        read, found = contrast()
        return occasion.to_points(result, what, found, people.counts(), method=read.method, notes=read.notes)

    def standardised() -> Outcome:
        return occasion.to_adjusted_g("mixed", contrast()[1], people, what=size)

    yield attempt(result, f"{occasion.label}: {what}", difference, people=people)
    yield attempt(occasion.id("mixed", "g"), f"{occasion.label}: {size}", standardised, people=people)


def _spread(result: str, label: str, model: MixedModel | str, name: str) -> Callable[[], Outcome]:
    def compute() -> Outcome:
        if isinstance(model, str):
            raise NotEstimableError(model)
        if name not in model.fit.variances:
            raise NotEstimableError(next(note for note in model.notes if name in note))
        return Estimate(
            id=result,
            label=label,
            value=float(np.sqrt(model.fit.variances[name])),
            unit="points",
            method="square root of a variance of the mixed model, by REML",
            notes=(BOUNDARY.format(name=name),) if name in model.fit.boundary else (),
            **model.design.people.counts(),
        )

    return compute


def _compare_means(occasion: Occasion) -> Iterator[Outcome]:
    people = People(occasion.paired, occasion.cohort.full)
    result, what = occasion.id("clusters", "difference"), "difference in change, means of groups and therapists"
    size = "effect size of the change, means of groups and therapists"

    def contrast() -> tuple[Contrast, str, tuple[str, ...]]:
        occasion.require_baseline()
        occasion.require_arms(people.used)
        labels, method, notes = _units(occasion.cohort)
        changes = np.where(people.used, occasion.after - occasion.before, np.nan)
        fit = compare_cluster_means(scores=changes, full=people.full, clusters=labels)
        few = min(len(fit.means_full), len(fit.means_skills)) < FEW_CLUSTERS
        return fit.difference, method, (*notes, *(("Fewer than ten means in an arm.",) if few else ()))

    def difference() -> Outcome:
        found, method, notes = contrast()
        return occasion.to_points(result, what, found, people.counts(), method=method, notes=notes)

    def standardised() -> Outcome:
        return occasion.to_adjusted_g("clusters", contrast()[0], people, of="difference of mean changes", what=size)

    yield attempt(result, f"{occasion.label}: {what}", difference, people=people)
    yield attempt(occasion.id("clusters", "g"), f"{occasion.label}: {size}", standardised, people=people)


def _units(cohort: Cohort) -> tuple[NDArray[np.object_], str, tuple[str, ...]]:
    """Whose means are compared: of therapists in the full arm where recorded, else of groups; who has none is alone."""
    group, therapist = _labels(cohort, "group"), _labels(cohort, "therapist")
    if group is None and therapist is None:
        raise NotEstimableError(NOBODY_SHARES)
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
    return labels, method, (CROSSED,) if crossed else ()
