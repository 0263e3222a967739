"""The main comparison: all visits at once, in a mixed model for repeated measures (MMRM)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.analyses.contract import People, attempt, count_arm, to_interval
from outcomes.analyses.outcomes.occasion import Occasion
from outcomes.core.estimates import Estimate, NotEstimable, NotEstimableError, Outcome
from outcomes.core.ids import result_id
from outcomes.methods import mmrm
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.methods.multiplicity import adjust_holm
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.analyses.covariates import Covariates
    from outcomes.cohort import Cohort

DF_METHOD: mmrm.DfMethod = "kenward-roger"
FALLBACK: tuple[mmrm.Covariance, ...] = (
    "unstructured",
    "heterogeneous toeplitz",
    "heterogeneous ar1",
    "heterogeneous compound symmetry",
    "compound symmetry",
)


FEW = ("Fewer than ten clusters: the standard error itself is uncertain.",)


class Arrays(NamedTuple):
    """What the model is fitted to: scores (n, T), columns by visit (n, 3), columns with one effect (n, r)."""

    scores: NDArray[np.float64]
    by_visit: NDArray[np.float64]
    constant: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedModel:
    """The fit of one measure over its later visits, with what is needed to read it.

    Attributes
    ----------
    fit : MmrmFit
        Columns by visit: intercept, arm, score at the start; constant: the covariates.
    visits : tuple of str
        Visits in the fit.
    people : People
        Clients with a score at the start, one later, and all covariates.
    constant : ndarray, shape (n, r)
        Covariates of those clients.
    observations : int
        Scores in the fit [count].
    robust : RobustFit or None
        The same fit judged by the spread between clusters, where people share some.
    method : str
    notes : tuple of str
    """

    fit: mmrm.MmrmFit
    visits: tuple[str, ...]
    people: People
    start: NDArray[np.float64]
    constant: NDArray[np.float64]
    observations: int
    robust: mmrm.RobustFit | None
    method: str
    notes: tuple[str, ...]

    def difference(self, visit: str) -> NDArray[np.float64]:
        """Contrast of the arms at a visit."""
        weights = np.zeros(len(self.fit.beta))
        weights[len(self.visits) + self.visits.index(visit)] = 1.0
        return weights

    def adjusted_mean(self, visit: str, *, full: bool) -> NDArray[np.float64]:
        """Contrast of an arm's mean at a visit, at the mean start and covariates of everybody in the fit."""
        count, at = len(self.visits), self.visits.index(visit)
        weights = np.zeros(len(self.fit.beta))
        weights[at], weights[count + at], weights[2 * count + at] = 1.0, float(full), self.start.mean()
        weights[3 * count :] = self.constant.mean(axis=0)
        return weights


def compare(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the arms on every measure at every later visit, and correct the declared family."""
    found: dict[str, Outcome] = {}
    for measure in cohort.plan.measures:
        for outcome in _compare_measure(cohort, measure, covariates):
            found[outcome.id] = outcome
    yield from found.values()
    yield from _adjust_family(cohort, found)


def _compare_measure(cohort: Cohort, measure: str, covariates: Covariates) -> Iterator[Outcome]:
    occasions = [Occasion(cohort, measure, visit) for visit in cohort.plan.later]
    seen = ~np.isnan(cohort.grids[measure])
    people = People(seen[:, 0] & seen[:, 1:].any(axis=1) & covariates.known, cohort.full)
    try:
        model = _fit(occasions, covariates, people)
    except NotEstimableError as reason:
        for occasion in occasions:
            yield from _refuse(occasion, people, str(reason))
        return
    yield _count_scores(occasions[0], model)
    for occasion in occasions:
        if occasion.visit in model.visits:
            yield from _read_off(occasion, model)
        else:
            yield from _refuse(occasion, people, "In one arm nobody was seen at this visit.")


def _refuse(occasion: Occasion, people: People, reason: str) -> Iterator[Outcome]:
    labels = {"difference": "adjusted difference", "g": "adjusted effect size"}
    for what, label in labels.items():
        name = f"{occasion.label}: {label}"
        yield NotEstimable(id=occasion.id("mmrm", what), label=name, reason=reason, **people.counts())
    for arm in ARMS:
        name = f"{occasion.label}: adjusted mean, {occasion.cohort.plan.arm_labels[arm]}"
        yield NotEstimable(id=occasion.id("mmrm", arm, "adjusted_mean"), label=name, reason=reason, **people.counts())


def _fit(occasions: list[Occasion], covariates: Covariates, people: People) -> RepeatedModel:
    first = occasions[0]
    arrays, kept, among = prepare(occasions, covariates, people)
    scores, start = arrays.scores, arrays.by_visit[:, 2]
    gathered = mmrm.moments(scores=arrays.scores, by_visit=arrays.by_visit, constant=arrays.constant)
    fit, tried = mmrm.fit_first_estimable(gathered, order=FALLBACK)
    adjusted = ", ".join(["the score at the start by visit", *first.cohort.plan.adjust.covariates])
    return RepeatedModel(
        fit=fit,
        visits=kept,
        people=people,
        start=start,
        constant=among.columns,
        observations=int((~np.isnan(scores)).sum()),
        robust=_judge_by_clusters(fit, arrays, first.cohort, people),
        method=(
            f"MMRM by REML, {fit.covariance_name} covariance within each person, adjusted for {adjusted}; "
            "Kenward–Roger standard error and df"
        ),
        notes=(*covariates.left_out(among), *(_tell_fallback(name, why, fit.covariance_name) for name, why in tried)),
    )


def prepare(
    occasions: list[Occasion], covariates: Covariates, people: People
) -> tuple[Arrays, tuple[str, ...], Covariates]:
    """Give what the model is fitted to, the visits at which both arms were seen, and the covariates that vary.

    Raises
    ------
    NotEstimableError
        When there is no start, an arm has nobody, or at no visit both arms were seen.
    """
    first = occasions[0]
    first.require_baseline()
    first.require_arms(people.used)
    kept = [one for one in occasions if _is_seen_in_both_arms(one, people)]
    if not kept:
        raise NotEstimableError("At no later visit was anybody seen in both arms.")
    full, start = people.full[people.used], first.before[people.used]
    among = covariates.among(people.used)
    scores = np.column_stack([one.after[people.used] for one in kept])
    arrays = Arrays(scores, np.column_stack([np.ones(len(full)), full, start]), among.columns)
    return arrays, tuple(one.visit for one in kept), among


def _judge_by_clusters(fit: mmrm.MmrmFit, arrays: Arrays, cohort: Cohort, people: People) -> mmrm.RobustFit | None:
    """Judge the fit by clusters where there are enough of them; the comparison at one visit says why where not."""
    labels = cohort.cluster_labels()
    if labels is None:
        return None
    try:
        return mmrm.fit_cluster_robust(
            fit,
            scores=arrays.scores,
            by_visit=arrays.by_visit,
            constant=arrays.constant,
            clusters=labels[people.used],
        )
    except NotEstimableError:
        return None


def _is_seen_in_both_arms(occasion: Occasion, people: People) -> bool:
    seen = people.used & ~np.isnan(occasion.after)
    return bool((seen & people.full).any() and (seen & ~people.full).any())


def _tell_fallback(name: str, why: str, used: str) -> str:
    return f"The {name} covariance could not be estimated ({why.rstrip('.')}); {used} was used."


def _count_scores(occasion: Occasion, model: RepeatedModel) -> Outcome:
    return Estimate(
        id=result_id("mmrm", occasion.measure, "observations"),
        label=f"{occasion.cohort.plan.measures[occasion.measure].label}: scores after the start in the main model",
        value=float(model.observations),
        unit="number",
        method="count",
        **model.people.counts(),
    )


def _read_off(occasion: Occasion, model: RepeatedModel) -> Iterator[Outcome]:
    def difference() -> Outcome:
        contrast = model.fit.contrast(model.difference(occasion.visit), method=DF_METHOD)
        result = occasion.id("mmrm", "difference")
        counts = model.people.counts()
        return occasion.to_points(
            result, "adjusted difference", contrast, counts, method=model.method, notes=model.notes
        )

    def standardised() -> Outcome:
        contrast = model.fit.contrast(model.difference(occasion.visit), method=DF_METHOD)
        return occasion.to_adjusted_g("mmrm", contrast, model.people)

    labels = {"difference": "adjusted difference", "g": "adjusted effect size"}
    for what, compute in (("difference", difference), ("g", standardised)):
        label = f"{occasion.label}: {labels[what]}"
        yield attempt(occasion.id("mmrm", what), label, compute, people=model.people)
    if model.robust is not None:
        yield _clustered(occasion, model, model.robust)
    for arm in ARMS:
        yield _adjusted_mean(occasion, model, arm)


def _clustered(occasion: Occasion, model: RepeatedModel, robust: mmrm.RobustFit) -> Outcome:
    result, what = occasion.id("mmrm", "clustered"), "adjusted difference, by clusters"
    clustering = occasion.cohort.clustering
    column = clustering.column if clustering is not None else ""

    def compute() -> Outcome:
        contrast = robust.contrast(model.difference(occasion.visit))
        method = f"the main model's difference; CR2 standard error by {column}, Satterthwaite df"
        notes = FEW if robust.n_clusters < FEW_CLUSTERS else ()
        return occasion.to_points(result, what, contrast, model.people.counts(), method=method, notes=notes)

    return attempt(result, f"{occasion.label}: {what}", compute, people=model.people)


def _adjusted_mean(occasion: Occasion, model: RepeatedModel, arm: str) -> Outcome:
    result = occasion.id("mmrm", arm, "adjusted_mean")
    label = f"{occasion.label}: adjusted mean, {occasion.cohort.plan.arm_labels[arm]}"
    mine = model.people.full if arm == "full" else ~model.people.full
    people = People(model.people.used & mine, model.people.full)

    def compute() -> Outcome:
        contrast = model.fit.contrast(model.adjusted_mean(occasion.visit, full=arm == "full"), method=DF_METHOD)
        return Estimate(
            id=result,
            label=label,
            value=contrast.estimate,
            unit="points",
            se=contrast.se,
            df=contrast.df,
            interval=to_interval(occasion.level, contrast.interval(occasion.level)),
            method="mean of the MMRM at the average start and covariates of everybody in it",
            **count_arm(arm, people.used),
        )

    return attempt(result, label, compute, people=people)


def _adjust_family(cohort: Cohort, found: dict[str, Outcome]) -> Iterator[Outcome]:
    """Holm over the primary measures at the primary visit; a test that could not be made still counts as declared."""
    if cohort.plan.confidence.multiplicity == "none":
        return
    family = [Occasion(cohort, measure, cohort.plan.primary) for measure in cohort.plan.primary_measures]
    tests = {one.measure: found[one.id("mmrm", "difference")] for one in family}
    p_values = {
        measure: test.p_value
        for measure, test in tests.items()
        if isinstance(test, Estimate) and test.p_value is not None
    }
    adjusted = adjust_holm(p_values=p_values, family_size=len(family))
    for one in family:
        result, label, test = one.id("mmrm", "p_holm"), f"{one.label}: adjusted p-value", tests[one.measure]
        if one.measure not in adjusted:
            reason = test.reason if isinstance(test, NotEstimable) else "There is no p-value to adjust."
            yield NotEstimable(id=result, label=label, reason=reason)
            continue
        yield Estimate(
            id=result,
            label=label,
            value=adjusted[one.measure],
            unit="probability",
            n=test.n,
            n_full=test.n_full,
            n_skills=test.n_skills,
            method=f"Holm over the {len(family)} primary measures at the primary visit",
        )
