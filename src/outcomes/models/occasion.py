"""A measure at a visit: whose scores there are, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods import effect_size, means
from outcomes.models.contract import People, to_interval, to_points
from outcomes.results.outcome import Estimate, NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.models.contract import Counts


@dataclass(frozen=True, slots=True)
class Occasion:
    """A measure at a visit.

    Attributes
    ----------
    cohort : Cohort
    measure, visit : str
        Words of the plan.
    """

    cohort: Cohort
    measure: str
    visit: str

    def id(self, analysis: str, *what: str) -> str:
        """Id of a result about it."""
        return result_id(analysis, self.measure, self.visit, *what)

    @property
    def label(self) -> str:
        """Label of the measure and the visit."""
        return f"{self.cohort.plan.measures[self.measure].label}, {self.cohort.plan.visits[self.visit].label}"

    @property
    def level(self) -> float:
        """Confidence level [share]."""
        return self.cohort.plan.confidence.level

    @property
    def sign(self) -> float:
        """+1 where higher is better, else −1: what makes a standardised difference favour the full programme."""
        return self.cohort.plan.measures[self.measure].sign

    @property
    def before(self) -> NDArray[np.float64]:
        """Scores at the start, shape (n,)."""
        return self.cohort.scores(self.measure, self.cohort.plan.baseline)

    @property
    def after(self) -> NDArray[np.float64]:
        """Scores at the visit, shape (n,)."""
        return self.cohort.scores(self.measure, self.visit)

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Clients with a score at the start and at the visit, shape (n,)."""
        return ~np.isnan(self.before) & ~np.isnan(self.after)

    def require_baseline(self) -> None:
        """Refuse where the measure was not taken at the start.

        Raises
        ------
        NotEstimableError
        """
        if np.isnan(self.before).all():
            raise NotEstimableError("Nobody has a score at the start on this measure.")

    def require_arms(self, used: NDArray[np.bool_]) -> None:
        """Refuse where an arm has nobody.

        Raises
        ------
        NotEstimableError
        """
        for arm, mine in (("full", self.cohort.full), ("skills", ~self.cohort.full)):
            if not (used & mine).any():
                msg = f"Nobody in {self.cohort.plan.arm_labels[arm]} has the scores that this needs."
                raise NotEstimableError(msg)

    def to_points(
        self, result: str, what: str, contrast: Contrast, counts: Counts, *, method: str, notes: tuple[str, ...] = ()
    ) -> Estimate:
        """Make the outcome of something in points with its t reference."""
        label = f"{self.label}: {what}"
        return to_points(result, label, contrast, level=self.level, counts=counts, method=method, notes=notes)

    def to_adjusted_g(
        self,
        analysis: str,
        contrast: Contrast,
        people: People,
        *,
        of: str = "adjusted difference",
        what: str = "adjusted effect size",
    ) -> Estimate:
        """Make the outcome of a model's difference in pooled standard deviations of the start."""
        sd, df = means.pooled_sd(self.before[people.used & people.full], self.before[people.used & ~people.full])
        fit = effect_size.standardise_difference(
            estimate=contrast.estimate, se=contrast.se, df=contrast.df, sd=sd, sd_df=df, level=self.level
        )
        method = f"{of} over the pooled sd at the start, with the uncertainty of both; t on its df"
        return self.to_g(self.id(analysis, "g"), fit, people.counts(), what=what, method=method)

    def to_g(
        self, result: str, fit: effect_size.StandardisedFit, counts: Counts, *, what: str, method: str
    ) -> Estimate:
        """Make the outcome of a standardised difference, signed so that positive is better."""
        limits = sorted((self.sign * fit.low, self.sign * fit.high))
        return Estimate(
            id=result,
            label=f"{self.label}: {what}",
            value=self.sign * fit.value,
            unit="sd",
            se=fit.se,
            interval=to_interval(self.level, (limits[0], limits[1])),
            method=method,
            **counts,
        )
