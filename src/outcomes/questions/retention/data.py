"""What retention is computed from: everybody's stay, whose is known, and the results that are planned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.methods import survival
from outcomes.models.contract import People
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.cohort.stay import Stay

# What is told of each arm: label, quantity, unit.
OF_AN_ARM = {
    "curve": ("Still in the programme", Quantity.SHARE, "share"),
    "left": ("Left early", Quantity.SHARE, "share"),
    "rmst": ("Mean stay", Quantity.TIME, "weeks"),
}
# What compares the arms: label, quantity, unit. A mean stay, restricted to a horizon, is `rmst`.
COMPARED = {
    Key("retention", what="logrank"): ("Staying, log-rank test", Quantity.STATISTIC, "number"),
    Key("retention", what="hazard_ratio"): (
        "Leaving early, adjusted hazard ratio",
        Quantity.HAZARD_RATIO,
        "ratio",
    ),
    Key("retention", what="hazard_ratio", category="unadjusted"): (
        "Leaving early, hazard ratio",
        Quantity.HAZARD_RATIO,
        "ratio",
    ),
    Key("retention", what="proportional_hazards"): (
        "Leaving early, whether the hazard ratio stays the same over time",
        Quantity.STATISTIC,
        "number",
    ),
    Key("retention", what="horizon", subject="rmst"): (
        "Weeks over which the mean stay is taken",
        Quantity.TIME,
        "weeks",
    ),
    Key("retention", what="difference", subject="rmst"): ("Mean stay, difference", Quantity.TIME_DIFFERENCE, "weeks"),
}


def plan_of_arm(cohort: Cohort, arm: str, what: str) -> Planned:
    """Plan what is told of one arm: its curve tells the share who left."""
    label, quantity, unit = OF_AN_ARM[what]
    key = Key("retention", what=what, arm=arm)
    return Planned(
        key=key,
        label=f"{label}, {cohort.plan.arm_names[arm]}",
        quantity=quantity,
        unit=unit,
        tells=((key.but(what="curve"),),) if what == "left" else (),
    )


def plan_comparison(what: str, *, subject: str = "", category: str = "") -> Planned:
    """Plan what compares the arms: with what is told of one arm it tells the same of the other."""
    key = Key("retention", what=what, subject=subject, category=category)
    label, quantity, unit = COMPARED[key]
    part = "rmst" if subject else "left"
    tells = () if what == "horizon" else (tuple(Key("retention", what=part, arm=arm) for arm in ARMS),)
    return Planned(key=key, label=label, quantity=quantity, unit=unit, tells=tells)


@dataclass(frozen=True, slots=True, repr=False)
class StayData:
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

    def cells(self, used: NDArray[np.bool_]) -> tuple[int, ...]:
        """Count who left and who did not, among some people of each arm."""
        left = self.stay.left
        sides = [used & self.cohort.in_arm(arm) for arm in ARMS]
        return tuple(int((side & happened).sum()) for side in sides if side.any() for happened in (left, ~left))

    def fit(self, arm: str) -> survival.KaplanMeierFit:
        """Fit the curve of an arm."""
        mine = self.of(arm)
        return survival.fit_kaplan_meier(times=self.stay.weeks[mine], left=self.stay.left[mine])

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
    people = "people" if len(arms) == len(ARMS) else f"people in {cohort.plan.arm_names[arms[0]]}"
    return (
        f"Nothing tells when {people} left: for those not recorded to have completed clients.csv holds no start date "
        "with an end date, and attendance.csv was not provided or does not hold them."
    )
