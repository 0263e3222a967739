"""The comparison with everybody's scores completed: at random, by reference-based imputation, and delta-adjusted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import impute, means, mmrm
from outcomes.methods.ancova import fit_arm_of_many
from outcomes.methods.pooling import pool_estimates
from outcomes.models.grouping import read_grouping
from outcomes.models.imputation import prepare_imputation
from outcomes.models.occasion import Occasion
from outcomes.questions.missing.assumptions import ASSUMPTIONS, LABELS, WORSE, label_pooled, plan_result, refuse_all
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.pooling import PooledFit
    from outcomes.models.grouping import Grouping
    from outcomes.models.imputation import Imputation
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

POOLED = (
    "multiple imputation from the posterior of the main model, ANCOVA of each completed data set with HC3, pooled by "
    "Rubin's rules with Barnard and Rubin's df"
)
EXPECTED = (
    "ANCOVA with missing scores at their expected value by the main model; jackknife standard error, each person "
    "left out of model and comparison, t on people minus one"
)
WHY_TWO = (
    "Its standard error is how much the estimate would vary from study to study. The one by Rubin's rules, given as "
    "well, is larger: it does not count that those who were lost are assumed to be like the other programme."
)
PLACES = 41  # of the curve: odd, so that one stands where nothing is added


def compare(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Compare the arms on a primary measure at the primary visit."""
    occasion = Occasion(cohort, measure, cohort.plan.primary)
    try:
        imputation = prepare_imputation(cohort, measure)
        imputation.at(occasion.visit)
    except NotEstimableError as why:
        yield from refuse_all(occasion, why)
        return
    comparison = Comparison(occasion, imputation)
    for what, assumption in ASSUMPTIONS.items():
        yield comparison.expected(what, assumption)
        yield comparison.pooled(what, assumption)
    yield comparison.monte_carlo_error()
    yield from comparison.clustered()
    for what, arms in WORSE.items():
        yield comparison.worse(what, arms)
    yield comparison.tipping("tipping_point", impute.Tipping.where_undecided)
    yield comparison.tipping("tipping_lean", impute.Tipping.where_even)
    yield comparison.by_delta()


@dataclass(frozen=True)
class Comparison:
    """A measure at a visit with its imputation."""

    occasion: Occasion
    imputation: Imputation

    def plan(self, what: str, label: str) -> Planned:
        """Declare a result about the people whose scores are observed or completed."""
        return plan_result(self.occasion, what, label, self.imputation.people.counts())

    @property
    def reference(self) -> bool:
        """Whether the full programme is the reference."""
        return self.occasion.cohort.plan.missing.reference == "full"

    @property
    def model(self) -> str:
        """Words on the main model and what is adjusted for."""
        adjusted = ", ".join(["the score at the start", *self.occasion.cohort.plan.adjust.covariates])
        return f"{self.imputation.fit.covariance_name} covariance, adjusted for {adjusted}"

    @property
    def how(self) -> How:
        """How the comparison with scores at their expected value is computed."""
        return How(
            estimator="conditional_mean_imputation",
            inference="jackknife",
            structure=self.imputation.fit.covariance_name,
            adjusted=("baseline", *self.occasion.cohort.plan.adjust.covariates),
        )

    @cached_property
    def _fitted(self) -> impute.Expected | NotEstimableError:
        try:
            return self._fit(None)
        except NotEstimableError as why:
            return why

    def _fit(self, clusters: NDArray[np.generic] | None) -> impute.Expected:
        arrays = self.imputation.arrays
        without = mmrm.leave_one_out(
            self.imputation.fit,
            scores=arrays.scores,
            by_visit=arrays.by_visit,
            constant=arrays.constant,
            clusters=clusters,
        )
        return impute.fit_expected(
            people=arrays,
            without=without,
            units=np.arange(len(arrays.scores)) if clusters is None else clusters,
            names=self.imputation.design.names,
            visit=self.imputation.at(self.occasion.visit),
        )

    def _expected(self) -> impute.Expected:
        """Fit once; the same refusal each time it is asked."""
        if isinstance(self._fitted, NotEstimableError):
            raise NotEstimableError(str(self._fitted), self._fitted.cause)
        return self._fitted

    @property
    def _start(self) -> NDArray[np.float64]:
        return self.occasion.before[self.imputation.people.used]

    @property
    def _df(self) -> float:
        return float(len(self.imputation.arrays.scores) - 1)

    def expected(self, what: str, assumption: impute.Assumption) -> Outcome:
        """Compare with missing scores at their expected value."""
        notes = () if what == "mar" else (WHY_TWO,)

        def compute() -> impute.Jackknifed:
            return self._expected().under(assumption, reference=self.reference)

        return self._jackknifed(what, compute, f"{assumption}; {EXPECTED}; {self.model}", notes)

    def worse(self, what: str, arms: tuple[str, ...]) -> Outcome:
        """Compare with those lost from an arm worse by the plan's number of standard deviations of the start."""
        worse = self.occasion.cohort.plan.missing.worse
        method = f"delta adjustment, in standard deviations of the start as the plan says; {EXPECTED}; {self.model}"

        def compute() -> impute.Jackknifed:
            fit, start, full = self._expected(), self._start, self.imputation.arrays.full
            sd, _ = means.pooled_sd(start[full], start[~full])
            found = fit.under("missing at random", reference=self.reference)
            for arm in arms:
                points = -self.occasion.sign * sd * (worse.full if arm == "full" else worse.skills)
                found = found.plus(fit.slope(full=arm == "full"), times=points)
            return found

        return self._jackknifed(what, compute, method)

    def _jackknifed(
        self, what: str, compute: Callable[[], impute.Jackknifed], method: str, notes: tuple[str, ...] = ()
    ) -> Outcome:
        def make(planned: Planned) -> Outcome:
            contrast = impute.to_contrast(compute(), df=self._df)
            return self.occasion.estimate_points(planned, contrast, method=method, how=self.how, notes=notes)

        return self.plan(what, LABELS[what]).attempt(make)

    def clustered(self) -> Iterator[Outcome]:
        """Compare under missing at random with whole groups left out, where people share some."""
        grouping = read_grouping(self.occasion.cohort, self.imputation.people.used)
        if grouping.column or grouping.refuses:
            planned = self.plan("mar_clustered", f"{LABELS['mar']}, by clusters")
            yield planned.attempt(partial(self._leave_clusters_out, grouping))

    def _leave_clusters_out(self, grouping: Grouping, planned: Planned) -> Outcome:
        labels = grouping.require()
        found = self._fit(labels).under("missing at random", reference=self.reference)
        return self.occasion.estimate_points(
            planned,
            impute.to_contrast(found, df=float(len(set(labels)) - 1)),
            method=f"missing at random; the same with each {grouping.column} left out as a whole; {self.model}",
            how=replace(self.how, clusters=grouping.column),
        )

    def pooled(self, what: str, assumption: impute.Assumption) -> Outcome:
        """Compare by multiple imputation."""

        def make(planned: Planned) -> Outcome:
            contrast, method = self._pool(assumption).contrast, f"{assumption}; {POOLED}; {self.model}"
            return self.occasion.estimate_points(planned, contrast, method=method, how=self._how_pooled)

        return self.plan(f"{what}_rubin", label_pooled(what)).attempt(make)

    @property
    def _how_pooled(self) -> How:
        how, draws = self.how, self.imputation.draws
        return replace(how, estimator="multiple_imputation", inference="rubin", covariance="hc3", draws=draws)

    def _pool(self, assumption: impute.Assumption) -> PooledFit:
        place = self.imputation.at(self.occasion.visit)
        completed = self.imputation.completed.under(assumption, reference=self.reference)[:, :, place]
        arms = fit_arm_of_many(
            scores=completed, design=self.imputation.arrays.design, names=self.imputation.design.names
        )
        return pool_estimates(estimates=arms.estimates, variances=arms.variances, df_complete=arms.df)

    def monte_carlo_error(self) -> Outcome:
        """Give how far the pooled difference would move with other draws."""
        return self.plan("monte_carlo_error", "Monte-Carlo error of the pooled difference").attempt(
            lambda planned: planned.estimate(
                self._pool("missing at random").monte_carlo_error,
                method="root of the variance between the imputations over their number; missing at random",
                how=self._how_pooled,
            )
        )

    def _tipping(self) -> impute.Tipping:
        fit = self._expected()
        return impute.Tipping(
            base=fit.under("missing at random", reference=self.reference),
            slope=fit.slope(full=True),
            df=self._df,
            level=self.occasion.level,
        )

    def tipping(self, what: str, solve: Callable[[impute.Tipping], float]) -> Outcome:
        """Solve for what those lost from the full programme would have to differ, in points of the scale."""
        method = f"added to what missing at random expects of them, solved exactly; {EXPECTED}; {self.model}"
        return self.plan(what, LABELS[what]).attempt(
            lambda planned: planned.estimate(solve(self._tipping()), method=method, how=self.how)
        )

    def by_delta(self) -> Outcome:
        """Trace difference and interval over what is added, as far as the scale is wide or the answer has changed."""
        return self.plan("by_delta", LABELS["by_delta"]).attempt(self._trace)

    def _trace(self, planned: Planned) -> Outcome:
        tipping = self._tipping()
        low, high = self.occasion.cohort.plan.measures[self.occasion.measure].range
        start = self._start
        # past the point where the difference is zero, and a standard deviation either way at least
        reach = min(max(float(start.std(ddof=1)), 1.25 * abs(tipping.where_even())), high - low)
        at = np.linspace(-reach, reach, PLACES)
        found = [tipping.at(float(added)) for added in at]
        limits = np.array([contrast.interval(self.occasion.level) for contrast in found])
        return planned.curve(
            axis="points added to the scores of those lost from {full}",
            at=tuple(at.tolist()),
            value=tuple(contrast.estimate for contrast in found),
            low=tuple(limits[:, 0].tolist()),
            high=tuple(limits[:, 1].tolist()),
            level=self.occasion.level,
            method=f"delta adjustment; {EXPECTED}; {self.model}",
            how=self.how,
        )
