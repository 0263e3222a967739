"""The arms compared after weighting: for whom, the effective sample size, and the difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import weights
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.models.alone import APART, tell_alone
from outcomes.models.contract import People, count_arm
from outcomes.models.design import Design
from outcomes.models.grouping import read_grouping
from outcomes.models.main import FALLBACK, FEW
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.questions.balance.propensity import fill
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.models.contract import Counts
    from outcomes.models.covariates import Covariates
    from outcomes.models.grouping import Grouping
    from outcomes.questions.balance.propensity import Propensity
    from outcomes.results.outcome import Outcome

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
    """Give the effective sample size of the overlap weights, and how many people they leave out."""
    effective = Planned(
        key=Key(analysis="weighting", what="effective_n"),
        label="Effective sample size after weighting, ",
        quantity=Quantity.EFFECTIVE_NUMBER,
        unit="people",
    )
    of_arms = [effective.key.but(arm=arm) for arm in ARMS]
    for key in of_arms:
        mine = cohort.in_arm(key.arm)
        one = replace(effective, key=key, label=f"{effective.label}{cohort.plan.arm_names[key.arm]}")
        yield one.attempt(partial(_count_effective, propensity, (mine,), count_arm(key.arm, mine)))
    everybody = People(np.ones(len(cohort.full), dtype=bool), cohort.full).counts()
    both = replace(effective, label=f"{effective.label}both programmes", tells=(tuple(of_arms),))
    yield both.attempt(partial(_count_effective, propensity, (cohort.full, ~cohort.full), everybody))
    left_out = Planned(
        key=Key(analysis="weighting", what="left_out"),
        label="People of a kind that the other programme lacks, whom overlap weighting leaves out",
        quantity=Quantity.COUNT,
        unit="people",
    )
    yield left_out.attempt(partial(_count_left_out, propensity, everybody))


def _count_effective(
    propensity: Propensity, arms: tuple[NDArray[np.bool_], ...], counts: Counts, planned: Planned
) -> Outcome:
    found = propensity.require().weights("overlap")
    return replace(planned, counts=counts).estimate(
        sum(weights.effective_n(found[mine]) for mine in arms),
        method="effective sample size of the overlap weights, (Σw)²/Σw² in each programme",
        how=replace(propensity.how, estimator="effective_sample_size", weights="overlap"),
    )


def _count_left_out(propensity: Propensity, counts: Counts, planned: Planned) -> Outcome:
    apart = propensity.require().apart
    return replace(planned, counts=counts).estimate(
        float(apart.sum()),
        cells=(int(apart.sum()), int((~apart).sum())),
        method="count",
        how=How(estimator="count"),
    )


def compare(cohort: Cohort, measure: str, propensity: Propensity, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the weighted arms on a measure at the primary visit, in every way."""
    one = _Comparison(Occasion(cohort, measure, cohort.plan.primary), propensity, covariates)
    for target in FOR_WHOM:
        yield one.attempt(target, one.name(target), partial(one.plain, target))
    for what, target in AUGMENTED.items():
        yield one.attempt(what, f"{one.name(target)}, doubly robust", partial(one.augmented, target))
    yield one.attempt("mmrm", f"{one.name('overlap')}, all visits", one.repeated)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A measure at the primary visit, the propensity model, and the plan's covariates."""

    occasion: Occasion
    propensity: Propensity
    covariates: Covariates

    def name(self, target: weights.Target) -> str:
        """Say whom the difference is about."""
        return f"difference for {FOR_WHOM[target].format(**self.occasion.cohort.plan.arm_names)}"

    def attempt(self, what: str, label: str, compute: Callable[[Planned], Outcome]) -> Outcome:
        """Compute a difference among those with a score at the visit, or say why there is none."""
        seen = People(~np.isnan(self.occasion.after), self.occasion.cohort.full)
        key = self.occasion.key("weighting", what)
        return self.occasion.declare(key, label, Quantity.DIFFERENCE, counts=seen.counts()).attempt(compute)

    @property
    def grouping(self) -> Grouping:
        """The groups of everybody: whose propensity is left out with them."""
        return read_grouping(self.occasion.cohort)

    @property
    def clusters(self) -> NDArray[np.generic] | None:
        return self.grouping.labels

    def plain(self, target: weights.Target, planned: Planned) -> Outcome:
        """Difference of weighted means."""
        fit = weights.fit_weighted_difference(
            scores=self.occasion.after,
            propensity=self.propensity.require(),
            target=target,
            clusters=self.clusters,
            without=self.propensity.require_without(),
        )
        method = f"difference of means of those seen at this visit, weighted by {self._model}; {self._spread}"
        return self._estimate(planned, fit.contrast, method, self._how("weighted_means", target))

    def augmented(self, target: weights.Target, planned: Planned) -> Outcome:
        """Regressions' predictions for everybody, and the weighted difference of what they leave."""
        plan = self.occasion.cohort.plan
        own = [*map(str, plan.adjust.covariates), f"{plan.measures[self.occasion.measure].label} at the start"]
        names = {*plan.covariate_words.values(), self.occasion.measure}
        fit = weights.fit_augmented_difference(
            scores=self.occasion.after,
            regressors=fill([one for one in self.propensity.characteristics if one.name in names])[0],
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
        return self._estimate(planned, fit.contrast, method, self._how("doubly_robust", target))

    def repeated(self, planned: Planned) -> Outcome:
        """Difference of the main model fitted to weighted people."""
        cohort, visit = self.occasion.cohort, self.occasion.visit
        design = Design.read(cohort, self.occasion.measure, self.covariates)
        design.require(visit)
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
        how = replace(self._how("mmrm", "overlap"), structure=fit.covariance_name)
        among = replace(planned, counts=design.people.counts())
        return self._estimate(among, fit.contrast, method, how)

    @property
    def _model(self) -> str:
        return f"a logistic propensity model on {self.propensity.sources}"

    @property
    def _spread(self) -> str:
        what, df = ("person", "t on the effective sample size minus two")
        if self.grouping.column:
            what, df = self.grouping.column, "Satterthwaite df"
        if self.propensity.without is None:
            return f"standard error by stacked estimating equations, summed by {what}; {df}"
        return f"jackknife standard error, the propensity model and the rest fitted again without each {what}; {df}"

    @property
    def _notes(self) -> tuple[str, ...]:
        clusters = self.clusters
        few = clusters is not None and len(set(clusters)) < FEW_CLUSTERS
        apart = tell_alone(self.occasion.cohort, int(self.propensity.require().apart.sum()), APART)
        return (*self.propensity.notes, *apart, *self.grouping.notes, *(FEW if few else ()))

    def _how(self, estimator: str, target: weights.Target) -> How:
        inference = "jackknife" if self.propensity.without is not None else "influence"
        how = replace(self.propensity.how, estimator=estimator, inference=inference, covariance="", weights=target)
        return self.grouping.mark(how)

    def _estimate(self, planned: Planned, contrast: Contrast, method: str, how: How) -> Outcome:
        return self.occasion.estimate_points(planned, contrast, method=method, how=how, notes=self._notes)
