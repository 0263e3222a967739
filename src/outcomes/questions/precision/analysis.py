"""What this study could have shown, how many people it would take to settle the question, and equivalence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods import precision
from outcomes.methods.sample_size import Design, people_for_difference, people_for_equivalence
from outcomes.models.contract import People, attempt, count_arm, to_interval, to_share
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.questions.precision.ingredients import EFFECTS, Ingredients, Kind, gather
from outcomes.results.outcome import Curve, Estimate, Interval, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found

LABELS = {
    "detectable": "smallest difference that this study would have seen, with the plan's power",
    "clients_needed": "people who would have to start, to see the worthwhile difference with the plan's power",
    "clients_needed_equivalence": "people who would have to start, to show that two equal programmes differ by less",
    "curve": "people who would have to start, by the difference to be seen",
}
NO_WORTHWHILE = "The plan does not say which difference would be worthwhile on this measure."
AS_IT_IS = (
    "As many people in each arm, group and caseload, and as many lost, as now: groups and therapists grow in number."
)
PLACES = np.round(np.geomspace(0.4, 2.5, 22), 3)  # of the worthwhile difference, where the curve is drawn


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Plan for each primary measure at the primary visit, from what the data say."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_measures:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        try:
            found: Ingredients | NotEstimableError = gather(occasion, covariates)
        except NotEstimableError as reason:
            found = reason
        yield from _tell_ingredients(occasion, found)
        yield from _Planner(occasion, found).plan()


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Ask of the main comparison whether its difference is shown to be smaller than the worthwhile one."""
    for measure in cohort.plan.primary_measures:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        main = found.get(occasion.id("mmrm", "difference"))
        label = f"{occasion.label}: equivalence within the worthwhile difference"
        yield attempt(occasion.id("precision", "equivalence"), label, partial(_equivalence, occasion, main))


def _equivalence(occasion: Occasion, main: Outcome | None) -> Outcome:
    margin = occasion.cohort.plan.measures[occasion.measure].worthwhile
    if margin is None:
        raise NotEstimableError(NO_WORTHWHILE)
    if not isinstance(main, Estimate) or main.se is None or main.df is None:
        raise NotEstimableError(main.reason if isinstance(main, NotEstimable) else "There is no main comparison.")
    fit = precision.fit_equivalence(estimate=main.value, se=main.se, df=main.df, margin=margin, level=occasion.level)
    shown = "lies within" if fit.equivalent else "does not lie within"
    return Estimate(
        id=occasion.id("precision", "equivalence"),
        label=f"{occasion.label}: equivalence within the worthwhile difference",
        value=main.value,
        unit="points",
        se=main.se,
        df=main.df,
        p_value=fit.p_value,
        interval=Interval(level=fit.level, low=fit.low, high=fit.high),
        n=main.n,
        n_full=main.n_full,
        n_skills=main.n_skills,
        method=(
            "two one-sided tests (Schuirmann 1987) of the main comparison against the worthwhile difference; "
            "the p-value is the larger of the two, the interval leaves the error of one test on each side"
        ),
        notes=(f"The interval {shown} the worthwhile difference either way.",),
    )


# --- Ingredients -----------------------------------------------------------------------------------------------------


def _tell_ingredients(occasion: Occasion, found: Ingredients | NotEstimableError) -> Iterator[Outcome]:
    people = People(occasion.paired, occasion.cohort.full)
    for kind in EFFECTS:
        result, label = _id(occasion, f"icc_{kind}"), f"{occasion.label}: intraclass correlation of {EFFECTS[kind]}s"
        yield attempt(result, label, partial(_likeness, occasion, found, kind), people=people)
    result, label = _id(occasion, "baseline_correlation"), f"{occasion.label}: correlation with the score at the start"

    def correlation() -> Outcome:
        fit = _require(found).correlation
        return Estimate(
            id=result,
            label=label,
            value=fit.value,
            unit="ratio",
            interval=to_interval(occasion.level, (fit.low, fit.high)),
            method="pooled within the arms; Fisher's interval",
            **people.counts(),
        )

    yield attempt(result, label, correlation, people=people)
    result, label = _id(occasion, "arm_explained"), f"{occasion.label}: how far the covariates tell the programme"

    def explained() -> Outcome:
        return Estimate(
            id=result,
            label=label,
            value=_require(found).explained,
            unit="ratio",
            method="share of the variance of the programme that the score at the start and the covariates explain",
            notes=("What they explain cannot be compared: it enlarges the variance by one over the rest.",),
            **people.counts(),
        )

    yield attempt(result, label, explained, people=people)
    yield from _tell_dropout(occasion)


def _require(found: Ingredients | NotEstimableError) -> Ingredients:
    if isinstance(found, NotEstimableError):
        raise NotEstimableError(str(found))
    return found


def _likeness(occasion: Occasion, found: Ingredients | NotEstimableError, kind: Kind) -> Outcome:
    found = _require(found)
    likeness = found.likeness[kind]
    if likeness.icc is None:
        raise NotEstimableError(likeness.reason)
    boundary = (f"At the boundary: {EFFECTS[kind]}s do not differ more than chance makes them.",)
    return Estimate(
        id=_id(occasion, f"icc_{kind}"),
        label=f"{occasion.label}: intraclass correlation of {EFFECTS[kind]}s",
        value=likeness.icc,
        unit="ratio",
        method=(
            "share of the variance of the full arm, from a mixed model by REML of the score on arm and score at the "
            f"start; {likeness.clusters} {EFFECTS[kind]}s"
        ),
        notes=(*(boundary if likeness.at_boundary else ()), "So few clusters leave it very uncertain."),
        **People(found.used, found.full).counts(),
    )


def _tell_dropout(occasion: Occasion) -> Iterator[Outcome]:
    full = occasion.cohort.full
    everybody = np.ones(len(full), dtype=bool)
    arms = {"full": full, "skills": ~full}
    for words, mine, label in (
        (("dropout",), everybody, "lost"),
        *(((arm, "dropout"), arms[arm], f"lost, {occasion.cohort.plan.arm_labels[arm]}") for arm in ARMS),
    ):
        counts = People(mine, full).counts() if mine is everybody else count_arm(words[0], mine)
        yield to_share(
            _id(occasion, *words),
            f"{occasion.label}: {label}",
            events=int((mine & ~occasion.paired).sum()),
            n=int(mine.sum()),
            level=occasion.level,
            counts=counts,
            method="share of those who started without a score at the start or at the visit; Wilson's interval",
        )


def _id(occasion: Occasion, *what: str) -> str:
    return result_id("precision", occasion.measure, *what)


# --- Plans -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Planner:
    """Plans for one measure."""

    occasion: Occasion
    found: Ingredients | NotEstimableError

    def plan(self) -> Iterator[Outcome]:
        """Give the detectable difference, the people needed, and the curve."""
        people = People(self.occasion.paired, self.occasion.cohort.full)
        for what, compute in (
            ("detectable", self._detectable),
            ("clients_needed", self._needed),
            ("clients_needed_equivalence", self._needed_equivalence),
            ("curve", self._curve),
        ):
            label = f"{self.occasion.label}: {LABELS[what]}"
            yield attempt(self.occasion.id("precision", what), label, compute, people=people)

    @property
    def _power(self) -> float:
        return self.occasion.cohort.plan.precision.power

    def _design(self) -> Design:
        stated = self.occasion.cohort.plan.precision
        return _require(self.found).design({"group": stated.icc_group, "therapist": stated.icc_therapist})

    def _worthwhile(self) -> float:
        worthwhile = self.occasion.cohort.plan.measures[self.occasion.measure].worthwhile
        if worthwhile is None:
            raise NotEstimableError(NO_WORTHWHILE)
        return worthwhile

    def _detectable(self) -> Outcome:
        design, started = self._design(), float(len(self.occasion.cohort.full))
        value = design.detectable(started, level=self.occasion.level, power=self._power)
        return self._make("detectable", value, "points", "noncentral t", se=design.se(started), df=design.df(started))

    def _needed(self) -> Outcome:
        value = people_for_difference(
            design=self._design(), difference=self._worthwhile(), level=self.occasion.level, power=self._power
        )
        return self._make("clients_needed", float(math.ceil(value)), "number", "noncentral t")

    def _needed_equivalence(self) -> Outcome:
        value = people_for_equivalence(
            design=self._design(), margin=self._worthwhile(), level=self.occasion.level, power=self._power
        )
        method = "two one-sided tests of equal programmes, Owen's Q"
        return self._make("clients_needed_equivalence", float(math.ceil(value)), "number", method)

    def _make(
        self, what: str, value: float, unit: str, how: str, *, se: float | None = None, df: float | None = None
    ) -> Outcome:
        return Estimate(
            id=self.occasion.id("precision", what),
            label=f"{self.occasion.label}: {LABELS[what]}",
            value=value,
            unit=unit,
            se=se,
            df=df,
            method=f"{how}; {self._describe()}",
            notes=(AS_IT_IS,),
            **People(self.occasion.paired, self.occasion.cohort.full).counts(),
        )

    def _describe(self) -> str:
        stated = self.occasion.cohort.plan.precision
        by_plan = [f"{kind}s" for kind in EFFECTS if getattr(stated, f"icc_{kind}") is not None]
        source = f"; intraclass correlation of {' and '.join(by_plan)} as the plan states it" if by_plan else ""
        return (
            "variance from the spread within the arms, the correlation with the start, how far the covariates tell the "
            "programme, the sizes of arms, groups and caseloads, their intraclass correlations and the share lost, as "
            f"in the data{source}"
        )

    def _curve(self) -> Outcome:
        design = self._design()
        middle = self.occasion.cohort.plan.measures[self.occasion.measure].worthwhile
        if middle is None:
            middle = design.detectable(
                float(len(self.occasion.cohort.full)), level=self.occasion.level, power=self._power
            )
        at = tuple(float(middle * place) for place in PLACES)
        needed = [
            people_for_difference(design=design, difference=one, level=self.occasion.level, power=self._power)
            for one in at
        ]
        return Curve(
            id=self.occasion.id("precision", "curve"),
            label=f"{self.occasion.label}: {LABELS['curve']}",
            unit="number",
            axis="true difference, points",
            at=at,
            value=tuple(float(math.ceil(one)) for one in needed),
            method=f"noncentral t; {self._describe()}",
            notes=(AS_IT_IS,),
            **People(self.occasion.paired, self.occasion.cohort.full).counts(),
        )
