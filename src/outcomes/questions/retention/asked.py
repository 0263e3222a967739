"""What is asked about staying: the cohort, everybody's stay, and the horizon."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.methods import survival
from outcomes.models.contract import People
from outcomes.plan.model import ARMS
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.cohort.stay import Stay

LABELS = {
    "logrank": "Staying, log-rank test",
    "hazard_ratio": "Leaving early, adjusted hazard ratio",
    "unadjusted.hazard_ratio": "Leaving early, hazard ratio",
    "proportional_hazards": "Leaving early, whether the hazard ratio stays the same over time",
    "rmst.horizon": "Weeks over which the mean stay is taken",
    "rmst.difference": "Mean stay, difference",
}


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """The cohort with everybody's stay, and whose is known."""

    cohort: Cohort
    stay: Stay
    known: NDArray[np.bool_]

    @property
    def level(self) -> float:
        """Confidence level [share]."""
        return self.cohort.plan.confidence.level

    @property
    def rule(self) -> str:
        """What counts as leaving, in one phrase."""
        return (
            f"leaving: an end before the last of the {self.stay.planned:g} planned weeks by somebody not recorded to "
            "have completed; who completed or stayed on is followed to their end, the planned end or the latest date"
        )

    def people(self, used: NDArray[np.bool_] | None = None) -> People:
        """People whose stay is known, all or some of them."""
        return People(self.known if used is None else self.known & used, self.cohort.full)

    def of(self, arm: str) -> NDArray[np.bool_]:
        """People of an arm whose stay is known, shape (n,)."""
        return self.known & self.cohort.in_arm(arm)

    def fit(self, arm: str) -> survival.StayFit:
        """Fit the curve of an arm."""
        mine = self.of(arm)
        return survival.fit_stay(times=self.stay.weeks[mine], left=self.stay.left[mine])

    def horizon(self) -> float:
        """Planned length, or where it is shorter the longest time up to which both arms were followed."""
        fits = [self.fit(arm) for arm in ARMS if self.of(arm).any()]
        followed = [math.inf if len(fit.share) and fit.share[-1] <= 0 else fit.last for fit in fits]
        horizon = min(self.stay.planned, *followed)
        if horizon <= 0:
            raise NotEstimableError("In one arm nobody was followed beyond the first day.")
        return horizon

    def notes(self) -> tuple[str, ...]:
        """Say who is left out, and whose end the attendance told."""
        found = []
        if not self.known.all():
            found.append("Who has neither dates nor attendance to tell how long they stayed is left out.")
        if self.stay.from_attendance:
            found.append(
                "Where no end date is recorded, the last session attended is the end if it lies four weeks before the "
                "latest date of the study."
            )
        return tuple(found)


def why_unknown(cohort: Cohort, arms: Sequence[str]) -> str:
    """Say why staying is not known in some arms."""
    people = "people" if len(arms) == len(ARMS) else f"people in {cohort.plan.arm_labels[arms[0]]}"
    return (
        f"Nothing tells when {people} left: for those not recorded to have completed clients.csv holds no start date "
        "with an end date, and attendance.csv was not provided or does not hold them."
    )


def label_of(cohort: Cohort, arm: str, what: str) -> str:
    """Label of a result about one arm."""
    return f"{what}, {cohort.plan.arm_labels[arm]}"
