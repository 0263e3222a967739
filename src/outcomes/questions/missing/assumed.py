"""The comparison with everybody's scores completed, under several assumptions about those who left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import impute, means, mmrm
from outcomes.methods.ancova import fit_arm_of_many
from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.methods.pooling import pool_estimates
from outcomes.models.contract import attempt
from outcomes.models.imputation import prepare_imputation
from outcomes.models.occasion import Occasion
from outcomes.results.outcome import Curve, Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.pooling import PooledFit
    from outcomes.models.contract import Counts
    from outcomes.models.imputation import Imputation

ASSUMED: Mapping[str, impute.Assumption] = {
    "mar": "missing at random",
    "jump_to_reference": "jump to reference",
    "copy_increments": "copy increments",
    "copy_reference": "copy reference",
}
LABELS = {
    "mar": "difference if those not seen went on as similar people of their programme did",
    "jump_to_reference": "difference if those who left went on as people of the reference programme",
    "copy_increments": "difference if those who left changed from then on as people of the reference programme",
    "copy_reference": "difference if those who left had been as people of the reference programme all along",
}
WORSE = {
    "worse_full": ("full",),
    "worse_skills": ("skills",),
    "worse_both": ("full", "skills"),
}
TIPPING = {
    "tipping_point": "what those who left the full programme would have to differ for the interval to reach zero",
    "tipping_lean": "what those who left the full programme would have to differ for the difference to be zero",
    "by_delta": "difference by what is added to the scores of those who left the full programme",
}
POOLED = (
    "multiple imputation from the posterior of the main model, ANCOVA of each completed data set with HC3, pooled by "
)
POOLED += "Rubin's rules with Barnard and Rubin's df"
EXPECTED = (
    "ANCOVA with missing scores at their expected value by the main model; jackknife standard error, each person "
)
EXPECTED += "left out of model and comparison, t on people minus one"
WHY_TWO = (
    "Its standard error is how much the estimate would vary from study to study. The one by Rubin's rules, given as "
    "well, is larger: it does not count that those who left are assumed to be like the other programme."
)
PLACES = 41  # of the curve


def compare(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Compare the arms on a primary measure at the primary visit."""
    occasion = Occasion(cohort, measure, cohort.plan.primary)
    try:
        imputation = prepare_imputation(cohort, measure)
        imputation.at(occasion.visit)
    except NotEstimableError as reason:
        yield from _refuse(occasion, str(reason))
        return
    comparison = Comparison(occasion, imputation)
    for what, assumption in ASSUMED.items():
        yield comparison.expected(what, assumption)
        yield comparison.pooled(what, assumption)
    yield comparison.monte_carlo_error()
    yield from comparison.clustered()
    for what, arms in WORSE.items():
        yield comparison.worse(what, arms)
    yield comparison.tipping("tipping_point", impute.Tipping.where_undecided)
    yield comparison.tipping("tipping_lean", impute.Tipping.where_even)
    yield comparison.by_delta()


def _refuse(occasion: Occasion, reason: str) -> Iterator[Outcome]:
    labels = LABELS | {f"{what}_rubin": f"{label}, by Rubin's rules" for what, label in LABELS.items()}
    labels |= {what: _label_worse(arms) for what, arms in WORSE.items()} | TIPPING
    labels["monte_carlo_error"] = "Monte-Carlo error"
    for what, label in labels.items():
        name = f"{occasion.label}: {label}"
        yield NotEstimable(id=occasion.id("imputation", what), label=name, reason=reason)


def _label_worse(arms: tuple[str, ...]) -> str:
    words = {"full": "the full programme", "skills": "skills group only"}
    return f"difference if those who left {' or '.join(words[arm] for arm in arms)} were worse than that"


@dataclass(frozen=True, kw_only=False)
class Comparison:
    """A measure at a visit with its imputation."""

    occasion: Occasion
    imputation: Imputation

    @property
    def counts(self) -> Counts:
        """People whose scores are observed or completed."""
        return self.imputation.people.counts()

    @property
    def reference(self) -> bool:
        """Whether the full programme is the reference."""
        return self.occasion.cohort.plan.missing.reference == "full"

    @property
    def model(self) -> str:
        """Words on the main model and what is adjusted for."""
        adjusted = ", ".join(["the score at the start", *self.occasion.cohort.plan.adjust.covariates])
        return f"{self.imputation.fit.covariance_name} covariance, adjusted for {adjusted}"

    @cached_property
    def _fitted(self) -> impute.Expected | NotEstimableError:
        try:
            return self._fit(None)
        except NotEstimableError as reason:
            return reason

    def _fit(self, clusters: NDArray[np.object_] | None) -> impute.Expected:
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
            units=np.arange(len(arrays.scores)) if clusters is None else clusters.astype(str),
            names=self.imputation.names,
            visit=self.imputation.at(self.occasion.visit),
        )

    def _expected(self) -> impute.Expected:
        """Fit once; the same refusal each time it is asked."""
        if isinstance(self._fitted, NotEstimableError):
            raise NotEstimableError(str(self._fitted))
        return self._fitted

    @property
    def _df(self) -> float:
        return float(len(self.imputation.arrays.scores) - 1)

    def expected(self, what: str, assumption: impute.Assumption) -> Outcome:
        """Compare with missing scores at their expected value."""
        notes = () if what == "mar" else (WHY_TWO,)

        def compute() -> impute.Jackknifed:
            return self._expected().under(assumption, reference=self.reference)

        return self._jackknifed(what, LABELS[what], compute, f"{assumption}; {EXPECTED}; {self.model}", notes)

    def clustered(self) -> Iterator[Outcome]:
        """Compare under missing at random with whole groups left out, where people share some."""
        labels, clustering = self.occasion.cohort.cluster_labels(), self.occasion.cohort.clustering
        if labels is None or clustering is None:
            return
        mine = labels[self.imputation.people.used]
        result, label = self.occasion.id("imputation", "mar_clustered"), f"{LABELS['mar']}, by clusters"
        count = len(set(mine))

        def make() -> Outcome:
            if count < FEWEST_CLUSTERS:
                msg = f"There are {count} clusters; a jackknife of clusters needs at least {FEWEST_CLUSTERS}."
                raise NotEstimableError(msg)
            found = self._fit(mine).under("missing at random", reference=self.reference)
            contrast = impute.to_contrast(found, df=float(count - 1))
            method = f"missing at random; the same with each {clustering.column} left out as a whole; {self.model}"
            return self.occasion.to_points(result, label, contrast, self.counts, method=method)

        yield attempt(result, f"{self.occasion.label}: {label}", make, people=self.imputation.people)

    def worse(self, what: str, arms: tuple[str, ...]) -> Outcome:
        """Compare with those who left an arm worse by the plan's number of standard deviations of the start."""
        worse = self.occasion.cohort.plan.missing.worse
        method = f"delta adjustment, in standard deviations of the start as the plan says; {EXPECTED}; {self.model}"

        def compute() -> impute.Jackknifed:
            fit, start, full = self._expected(), self.imputation.arrays.by_visit[:, 2], self.imputation.arrays.full
            sd, _ = means.pooled_sd(start[full], start[~full])
            found = fit.under("missing at random", reference=self.reference)
            for arm in arms:
                points = -self.occasion.sign * sd * (worse.full if arm == "full" else worse.skills)
                found = found.plus(fit.slope(full=arm == "full"), times=points)
            return found

        return self._jackknifed(what, _label_worse(arms), compute, method, ())

    def _jackknifed(
        self, what: str, label: str, compute: Callable[[], impute.Jackknifed], method: str, notes: tuple[str, ...]
    ) -> Outcome:
        result = self.occasion.id("imputation", what)

        def make() -> Outcome:
            contrast = impute.to_contrast(compute(), df=self._df)
            return self.occasion.to_points(result, label, contrast, self.counts, method=method, notes=notes)

        return attempt(result, f"{self.occasion.label}: {label}", make, people=self.imputation.people)

    def pooled(self, what: str, assumption: impute.Assumption) -> Outcome:
        """Compare by multiple imputation."""
        result, label = self.occasion.id("imputation", f"{what}_rubin"), f"{LABELS[what]}, by Rubin's rules"

        def make() -> Outcome:
            contrast = self._pool(assumption).contrast
            method = f"{assumption}; {POOLED}; {self.model}"
            return self.occasion.to_points(result, label, contrast, self.counts, method=method)

        return attempt(result, f"{self.occasion.label}: {label}", make, people=self.imputation.people)

    def _pool(self, assumption: impute.Assumption) -> PooledFit:
        place = self.imputation.at(self.occasion.visit)
        completed = self.imputation.completed.under(assumption, reference=self.reference)[:, :, place]
        arms = fit_arm_of_many(scores=completed, design=self.imputation.arrays.design, names=self.imputation.names)
        return pool_estimates(estimates=arms.estimates, variances=arms.variances, df_complete=arms.df)

    def monte_carlo_error(self) -> Outcome:
        """How far the pooled difference would move with other draws."""
        result, label = (
            self.occasion.id("imputation", "monte_carlo_error"),
            "Monte-Carlo error of the pooled difference",
        )

        def make() -> Outcome:
            return Estimate(
                id=result,
                label=f"{self.occasion.label}: {label}",
                value=self._pool("missing at random").monte_carlo_error,
                unit="points",
                method="root of the variance between the imputations over their number; missing at random",
                **self.counts,
            )

        return attempt(result, f"{self.occasion.label}: {label}", make, people=self.imputation.people)

    def _tipping(self) -> impute.Tipping:
        fit = self._expected()
        return impute.Tipping(
            base=fit.under("missing at random", reference=self.reference),
            slope=fit.slope(full=True),
            df=self._df,
            level=self.occasion.level,
        )

    def tipping(self, what: str, solve: Callable[[impute.Tipping], float]) -> Outcome:
        """Solve for what those who left the full programme would have to differ, in points of the scale."""
        result = self.occasion.id("imputation", what)
        label = f"{self.occasion.label}: {TIPPING[what]}"

        def make() -> Outcome:
            return Estimate(
                id=result,
                label=label,
                value=solve(self._tipping()),
                unit="points",
                method=f"added to what missing at random expects of them, solved exactly; {EXPECTED}; {self.model}",
                **self.counts,
            )

        return attempt(result, label, make, people=self.imputation.people)

    def by_delta(self) -> Outcome:
        """Trace difference and interval over what is added, as far as the scale is wide or the answer has changed."""
        result = self.occasion.id("imputation", "by_delta")
        label = f"{self.occasion.label}: {TIPPING['by_delta']}"

        def make() -> Outcome:
            tipping = self._tipping()
            low, high = self.occasion.cohort.plan.measures[self.occasion.measure].range
            start = self.imputation.arrays.by_visit[:, 2]
            reach = min(max(float(start.std(ddof=1)), 1.25 * abs(tipping.where_even())), high - low)
            at = np.linspace(-reach, reach, PLACES)
            found = [tipping.at(float(added)) for added in at]
            limits = np.array([contrast.interval(self.occasion.level) for contrast in found])
            return Curve(
                id=result,
                label=label,
                unit="points",
                axis="points added to the scores of those who left the full programme",
                at=tuple(at.tolist()),
                value=tuple(contrast.estimate for contrast in found),
                low=tuple(limits[:, 0].tolist()),
                high=tuple(limits[:, 1].tolist()),
                level=self.occasion.level,
                method=f"delta adjustment; {EXPECTED}; {self.model}",
                **self.counts,
            )

        return attempt(result, label, make, people=self.imputation.people)
