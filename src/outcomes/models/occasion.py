"""A measure at a visit: whose scores there are, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import effect_size, means
from outcomes.models.contract import estimate_points, to_interval
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.least_squares import Contrast
    from outcomes.models.contract import Counts, People
    from outcomes.results.how import How
    from outcomes.results.outcome import Estimate
    from outcomes.results.quantity import Quantity


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

    def key(self, analysis: str, what: str, arm: str = "", subject: str = "", category: str = "") -> Key:
        """Key of a result about it."""
        return Key(analysis, self.measure, self.visit, what, arm, subject, category)

    def declare(
        self,
        key: Key,
        what: str,
        quantity: Quantity,
        *,
        unit: str = "points",
        counts: Counts | None = None,
        tells: tuple[tuple[Key, ...], ...] = (),
    ) -> Planned:
        """Declare a result about it; its label begins with those of the measure and the visit."""
        label = f"{self.label}: {what}"
        return Planned(key=key, label=label, quantity=quantity, unit=unit, counts=counts, tells=tells)

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
            raise NotEstimableError("Nobody has a score at the start on this measure.", "not seen")

    def require_arms(self, used: NDArray[np.bool_]) -> None:
        """Refuse where an arm has nobody.

        Raises
        ------
        NotEstimableError
        """
        for arm, mine in (("full", self.cohort.full), ("skills", ~self.cohort.full)):
            if not (used & mine).any():
                msg = f"Nobody in {self.cohort.plan.arm_names[arm]} has the scores that this needs."
                raise NotEstimableError(msg, "not seen")

    def estimate_points(
        self, planned: Planned, contrast: Contrast, *, method: str, how: How, notes: tuple[str, ...] = ()
    ) -> Estimate:
        """Estimate something in points with its t reference."""
        return estimate_points(planned, contrast, level=self.level, method=method, how=how, notes=notes)

    def standardise(self, contrast: Contrast, people: People) -> effect_size.StandardisedFit:
        """Express a model's difference in pooled standard deviations of the start, with the uncertainty of both."""
        sd, df = means.pooled_sd(self.before[people.used & people.full], self.before[people.used & ~people.full])
        return effect_size.standardise_difference(
            estimate=contrast.estimate, se=contrast.se, df=contrast.df, sd=sd, sd_df=df, level=self.level
        )

    def estimate_adjusted_g(
        self, planned: Planned, contrast: Contrast, people: People, *, how: How, of: str = "adjusted difference"
    ) -> Estimate:
        """Estimate a model's difference in pooled standard deviations of the start."""
        method = f"{of} over the pooled sd at the start, with the uncertainty of both; t on its df"
        return self.estimate_g(planned, self.standardise(contrast, people), method=method, how=how)

    def estimate_g(self, planned: Planned, fit: effect_size.StandardisedFit, *, method: str, how: How) -> Estimate:
        """Estimate a standardised difference, signed so that positive is better."""
        low, high = sorted((self.sign * fit.low, self.sign * fit.high))
        interval = to_interval(self.level, (low, high))
        return planned.estimate(self.sign * fit.value, se=fit.se, interval=interval, method=method, how=how)
