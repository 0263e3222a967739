"""The arms compared after weighting: for whom, how much information is left, and the difference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods import weights
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.models.contract import People, attempt, count_arm
from outcomes.models.design import UNSEEN, Design
from outcomes.models.main import FALLBACK, FEW
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.questions.balance.propensity import fill
from outcomes.results.outcome import Estimate, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.questions.balance.propensity import Propensity

FOR_WHOM: dict[weights.Target, str] = {
    "overlap": "those for whom both programmes were likely",
    "ate": "everybody who started",
    "att": "people like those in {full}",
    "atc": "people like those in {skills}",
}
AUGMENTED: dict[str, weights.Target] = {
    "doubly_robust": "ate",
    "doubly_robust_att": "att",
    "doubly_robust_overlap": "overlap",
}


def describe(cohort: Cohort, propensity: Propensity) -> Iterator[Outcome]:
    """How much information overlap weighting leaves, and whom it leaves out."""
    everybody = np.ones(len(cohort.full), dtype=bool)

    def size(result: str, label: str, *arms: str) -> Outcome:
        found = propensity.require().weights("overlap")
        masks = {"full": cohort.full, "skills": ~cohort.full}
        value = sum(weights.effective_n(found[masks[arm]]) for arm in arms)
        counts = People(everybody, cohort.full).counts() if len(arms) > 1 else count_arm(arms[0], masks[arms[0]])
        method = "effective sample size of the overlap weights, (Σw)²/Σw² in each programme"
        return Estimate(id=result, label=label, value=value, unit="people", method=method, **counts)

    for arm in ARMS:
        label = f"Effective sample size after weighting, {cohort.plan.arm_labels[arm]}"
        result = result_id("weighting", arm, "effective_n")
        yield attempt(result, label, partial(size, result, label, arm))
    result, label = result_id("weighting", "effective_n"), "Effective sample size after weighting, both programmes"
    yield attempt(result, label, partial(size, result, label, *ARMS))
    yield _left_out(cohort, propensity)


def _left_out(cohort: Cohort, propensity: Propensity) -> Outcome:
    result = result_id("weighting", "left_out")
    label = "People of a kind that the other programme lacks, whom overlap weighting leaves out"

    def count() -> Outcome:
        apart = propensity.require().apart
        people = People(np.ones(len(apart), dtype=bool), cohort.full)
        return Estimate(
            id=result, label=label, value=float(apart.sum()), unit="people", method="count", **people.counts()
        )

    return attempt(result, label, count)


def compare(cohort: Cohort, measure: str, propensity: Propensity, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the weighted arms on a measure at the primary visit, in every way."""
    one = _Comparison(Occasion(cohort, measure, cohort.plan.primary), propensity, covariates)
    for target in FOR_WHOM:
        yield one.attempt(target, one.name(target), partial(one.plain, target))
    for what, target in AUGMENTED.items():
        yield one.attempt(what, f"{one.name(target)}, doubly robust", partial(one.augmented, what, target))
    yield one.attempt("mmrm", f"{one.name('overlap')}, all visits", one.repeated)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A measure at the primary visit, the propensity model, and the plan's covariates."""

    occasion: Occasion
    propensity: Propensity
    covariates: Covariates

    def name(self, target: weights.Target) -> str:
        """Say whom the difference is about."""
        return f"difference for {FOR_WHOM[target].format(**self.occasion.cohort.plan.arm_labels)}"

    def attempt(self, what: str, label: str, compute: Callable[[], Outcome]) -> Outcome:
        """Compute a result, or say why there is none."""
        result = self.occasion.id("weighting", what)
        return attempt(result, f"{self.occasion.label}: {label}", compute, people=self.seen)

    @property
    def seen(self) -> People:
        """Those with a score at the visit."""
        return People(~np.isnan(self.occasion.after), self.occasion.cohort.full)

    @property
    def clusters(self) -> NDArray[np.object_] | None:
        return self.occasion.cohort.cluster_labels()

    def plain(self, target: weights.Target) -> Outcome:
        """Difference of weighted means."""
        fit = weights.fit_weighted_difference(
            scores=self.occasion.after,
            propensity=self.propensity.require(),
            target=target,
            clusters=self.clusters,
            without=self.propensity.require_without(),
        )
        method = f"difference of means of those seen at this visit, weighted by {self._model}; {self._spread}"
        return self._to_points(target, self.name(target), fit, method)

    def augmented(self, what: str, target: weights.Target) -> Outcome:
        """Regressions' predictions for everybody, and the weighted difference of what they leave."""
        plan = self.occasion.cohort.plan
        own = [*map(str, plan.adjust.covariates), f"{plan.measures[self.occasion.measure].label} at the start"]
        fit = weights.fit_augmented_difference(
            scores=self.occasion.after,
            regressors=fill([one for one in self.propensity.characteristics if one.label in own])[0],
            propensity=self.propensity.require(),
            target=target,
            normalised=True,
            clusters=self.clusters,
            without=self.propensity.require_without(),
        )
        method = (
            f"least squares of the score at this visit on {', '.join(own)} in each programme, predicted for the people "
            f"it is about, plus what is left weighted by {self._model}; {self._spread}"
        )
        return self._to_points(what, f"{self.name(target)}, doubly robust", fit, method)

    def repeated(self) -> Outcome:
        """Difference of the main model fitted to weighted people."""
        cohort, visit = self.occasion.cohort, self.occasion.visit
        design = Design.read(cohort, self.occasion.measure, self.covariates)
        if visit not in design.visits:
            raise NotEstimableError(UNSEEN)
        fit = weights.fit_weighted_mmrm(
            scores=design.scores,
            by_visit=design.by_visit,
            constant=design.constant,
            names=design.names,
            visits=design.labels,
            used=design.people.used,
            propensity=self.propensity.require(),
            target="overlap",
            order=FALLBACK,
            contrast=design.difference(visit),
            clusters=self.clusters,
            without=self.propensity.require_without(),
        )
        method = (
            f"the main model, {fit.covariance_name} covariance, with people weighted by {self._model}; {self._spread}"
        )
        what = f"{self.name('overlap')}, all visits"
        return self.occasion.to_points(
            self.occasion.id("weighting", "mmrm"),
            what,
            fit.contrast,
            design.people.counts(),
            method=method,
            notes=self._notes,
        )

    @property
    def _model(self) -> str:
        return f"a logistic propensity model on {self.propensity.sources}"

    @property
    def _spread(self) -> str:
        clustering = self.occasion.cohort.clustering
        what, df = ("person", "t on the effective sample size minus two")
        if clustering is not None:
            what, df = clustering.column, "Satterthwaite df"
        return f"jackknife standard error, the propensity model and the rest fitted again without each {what}; {df}"

    @property
    def _notes(self) -> tuple[str, ...]:
        clusters = self.clusters
        few = clusters is not None and len(set(clusters)) < FEW_CLUSTERS
        return (*self.propensity.notes, *(FEW if few else ()))

    def _to_points(self, what: str, name: str, fit: weights.WeightedFit, method: str) -> Estimate:
        return self.occasion.to_points(
            self.occasion.id("weighting", what),
            name,
            fit.contrast,
            self.seen.counts(),
            method=method,
            notes=self._notes,
        )
