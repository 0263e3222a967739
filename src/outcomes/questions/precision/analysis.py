"""Detectable difference, sample sizes for the worthwhile one and for equivalence, and what these rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from outcomes.methods import precision
from outcomes.methods.sample_size import Design, people_for_difference, people_for_equivalence, whole_people
from outcomes.models.contract import People, count_arm, estimate_share, to_interval
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.questions.precision.nuisance import EFFECTS, Kind, NuisanceParameters, gather
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, Interval, NotEstimable, NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity
from outcomes.results.ways import main_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.results.outcome import Outcome

Had = TypeVar("Had")

LABELS = {
    "detectable": "smallest difference that this study would have seen, with the plan's power",
    "clients_needed": "people who would have to start, to see the worthwhile difference with the plan's power",
    "clients_needed_equivalence": "people who would have to start, to show that two equal programmes differ by less",
    "curve": "people who would have to start, by the difference to be seen",
}
NO_WORTHWHILE = "The plan does not say which difference would be worthwhile on this measure."
AS_IT_IS = (
    "As many people in each arm, group and caseload, and as many not seen, as now: groups and therapists grow in "
    "number."
)
# Of the worthwhile difference, where the curve is drawn: from steep to flat, each place some tenth beyond the last.
PLACES = np.round(np.geomspace(0.4, 2.5, 22), 3)
SAMPLE_SIZE = How(estimator="sample_size")
EQUIVALENCE = (
    "two one-sided tests (Schuirmann 1987) of the main comparison against the worthwhile difference; "
    "the p-value is the larger of the two, the interval leaves the error of one test on each side"
)


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Plan for each primary measure at the primary visit, from what the data say."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_scored:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        try:
            found: NuisanceParameters | NotEstimableError = gather(occasion, covariates)
        except NotEstimableError as why:
            found = why
        yield from _tell_nuisance(occasion, found)
        yield from _tell_dropout(occasion)
        yield from _Planner(occasion, found).plan()


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Ask of the main comparison whether its difference is shown to be smaller than the worthwhile one."""
    for measure in cohort.plan.primary_scored:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        main = main_key(found, occasion.measure, occasion.visit)
        planned = occasion.declare(
            occasion.key("precision", "equivalence"),
            "equivalence within the worthwhile difference",
            Quantity.DIFFERENCE,
            tells=((main,),),
        )
        yield planned.attempt(partial(_test_equivalence, occasion, found.get(str(main))))


def _test_equivalence(occasion: Occasion, main: Outcome | None, planned: Planned) -> Outcome:
    margin = occasion.cohort.plan.measures[occasion.measure].worthwhile
    if margin is None:
        raise NotEstimableError(NO_WORTHWHILE, "not planned")
    if isinstance(main, NotEstimable):
        raise NotEstimableError(main.reason, main.cause)
    if not isinstance(main, Estimate) or main.se is None or main.df is None:
        raise NotEstimableError("There is no main comparison.")
    fit = precision.fit_equivalence(estimate=main.value, se=main.se, df=main.df, margin=margin, level=occasion.level)
    shown = "lies within" if fit.equivalent else "does not lie within"
    return planned.estimate(
        main.value,
        se=main.se,
        df=main.df,
        p_value=fit.p_value,
        interval=Interval(level=fit.level, low=fit.low, high=fit.high),
        n=main.n,
        n_full=main.n_full,
        n_skills=main.n_skills,
        method=EQUIVALENCE,
        how=replace(main.how or How(estimator="mmrm"), inference="two_one_sided_tests"),
        notes=(f"The interval {shown} the worthwhile difference either way.",),
    )


# --- Nuisance parameters ---------------------------------------------------------------------------------------------


def _tell_nuisance(occasion: Occasion, found: NuisanceParameters | NotEstimableError) -> Iterator[Outcome]:
    """Give intraclass correlations, the correlation with the start, and how far the covariates tell the arm."""
    people = People(occasion.paired, occasion.cohort.full)

    def plan(what: str, label: str) -> Planned:
        key, text = Key("precision", occasion.measure, what=what), f"{occasion.label}: {label}"
        return Planned(key=key, label=text, quantity=Quantity.CORRELATION, unit="ratio", counts=people.counts())

    for kind in EFFECTS:
        intraclass = plan(f"icc_{kind}", f"intraclass correlation of {EFFECTS[kind]}s")
        yield intraclass.attempt(partial(_estimate_intraclass, found, kind))
    correlation = plan("baseline_correlation", "correlation with the score at the start")
    yield correlation.attempt(partial(_estimate_correlation, found, occasion.level))
    explained = plan("arm_explained", "how far the covariates tell the programme")
    covariates = occasion.cohort.plan.adjust.covariates
    yield explained.attempt(partial(_estimate_explained, found, ("baseline", *covariates)))


def _require(found: Had | NotEstimableError) -> Had:
    if isinstance(found, NotEstimableError):
        raise NotEstimableError(str(found), found.cause)
    return found


def _estimate_intraclass(found: NuisanceParameters | NotEstimableError, kind: Kind, planned: Planned) -> Outcome:
    found = _require(found)
    intraclass = _require(found.intraclass[kind])
    boundary = (f"At the boundary: {EFFECTS[kind]}s do not differ more than chance makes them.",)
    among = People(found.used, found.full).counts()
    return replace(planned, counts=among).estimate(
        intraclass.value,
        method=(
            "share of the variance of the full arm, from a mixed model by REML of the score on arm and score at the "
            f"start; {intraclass.clusters} {EFFECTS[kind]}s"
        ),
        how=How(estimator="mixed", inference="reml", adjusted=("baseline",), bounded=intraclass.at_boundary),
        notes=(*(boundary if intraclass.at_boundary else ()), "So few clusters leave it very uncertain."),
    )


def _estimate_correlation(found: NuisanceParameters | NotEstimableError, level: float, planned: Planned) -> Outcome:
    fit = _require(found).correlation
    return planned.estimate(
        fit.value,
        interval=to_interval(level, (fit.low, fit.high)),
        method="pooled within the arms; Fisher's interval",
        how=How(estimator="correlation_within_arms", inference="fisher"),
    )


def _estimate_explained(
    found: NuisanceParameters | NotEstimableError, adjusted: tuple[str, ...], planned: Planned
) -> Outcome:
    return planned.estimate(
        _require(found).explained,
        method="share of the variance of the programme that the score at the start and the covariates explain",
        how=How(estimator="r_squared", adjusted=adjusted),
        notes=("What they explain cannot be compared: it enlarges the variance by one over the rest.",),
    )


def _tell_dropout(occasion: Occasion) -> Iterator[Outcome]:
    """Share of those who started without one of the two scores, of everybody and by arm."""
    full, level = occasion.cohort.full, occasion.level
    key = Key("precision", occasion.measure, what="dropout")
    planned = Planned(
        key=key,
        label=f"{occasion.label}: not seen at the start and at the visit",
        quantity=Quantity.SHARE,
        unit="share",
    )
    method = "share of those who started without a score at the start or at the visit; Wilson's interval"

    def estimate(planned: Planned, mine: NDArray[np.bool_]) -> Outcome:
        events, n = int((mine & ~occasion.paired).sum()), int(mine.sum())
        return estimate_share(planned, events=events, n=n, level=level, method=method)

    everybody = np.ones(len(full), dtype=bool)
    parts = tuple(key.but(arm=arm) for arm in ARMS)
    yield estimate(replace(planned, tells=(parts,), counts=People(everybody, full).counts()), everybody)
    for arm in ARMS:
        label, mine = f"{planned.label}, {occasion.cohort.plan.arm_names[arm]}", occasion.cohort.in_arm(arm)
        yield estimate(replace(planned, key=key.but(arm=arm), label=label, counts=count_arm(arm, mine)), mine)


# --- Plans -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Planner:
    """Plans for one measure."""

    occasion: Occasion
    found: NuisanceParameters | NotEstimableError

    def plan(self) -> Iterator[Outcome]:
        """Give the detectable difference, the people needed, and the curve."""
        number = Quantity.DESIGN_NUMBER
        yield self._declare("detectable", Quantity.DIFFERENCE, "points").attempt(self._detectable)
        yield self._declare("clients_needed", number, "number").attempt(self._needed)
        yield self._declare("clients_needed_equivalence", number, "number").attempt(self._needed_equivalence)
        yield self._declare("curve", number, "number").attempt(self._curve)

    def _declare(self, what: str, quantity: Quantity, unit: str) -> Planned:
        counts = People(self.occasion.paired, self.occasion.cohort.full).counts()
        key = self.occasion.key("precision", what)
        return self.occasion.declare(key, LABELS[what], quantity, unit=unit, counts=counts)

    @property
    def _power(self) -> float:
        return self.occasion.cohort.plan.precision.power

    @property
    def _stated(self) -> dict[Kind, float | None]:
        stated = self.occasion.cohort.plan.precision
        return {"group": stated.icc_group, "therapist": stated.icc_therapist}

    def _design(self) -> Design:
        return _require(self.found).design(self._stated)

    @property
    def _notes(self) -> tuple[str, ...]:
        return (AS_IT_IS, *_require(self.found).notes(self._stated))

    def _worthwhile(self) -> float:
        worthwhile = self.occasion.cohort.plan.measures[self.occasion.measure].worthwhile
        if worthwhile is None:
            raise NotEstimableError(NO_WORTHWHILE, "not planned")
        return worthwhile

    def _detectable(self, planned: Planned) -> Outcome:
        design, started = self._design(), float(len(self.occasion.cohort.full))
        value = design.detectable(started, level=self.occasion.level, power=self._power)
        return self._make(planned, value, "noncentral t", se=design.se(started), df=design.df(started))

    def _needed(self, planned: Planned) -> Outcome:
        design = self._design()
        value = people_for_difference(
            design=design, difference=self._worthwhile(), level=self.occasion.level, power=self._power
        )
        return self._make(planned, sum(whole_people(value, design.full.share)), "noncentral t")

    def _needed_equivalence(self, planned: Planned) -> Outcome:
        design = self._design()
        value = people_for_equivalence(
            design=design, margin=self._worthwhile(), level=self.occasion.level, power=self._power
        )
        whole = sum(whole_people(value, design.full.share))
        return self._make(planned, whole, "two one-sided tests of equal programmes, Owen's Q")

    def _make(
        self, planned: Planned, value: float, test: str, *, se: float | None = None, df: float | None = None
    ) -> Outcome:
        method = f"{test}; {self._describe()}"
        return planned.estimate(value, se=se, df=df, method=method, how=SAMPLE_SIZE, notes=self._notes)

    def _describe(self) -> str:
        stated = self.occasion.cohort.plan.precision
        by_plan = [f"{kind}s" for kind in EFFECTS if getattr(stated, f"icc_{kind}") is not None]
        assumed = [f"{kind}s" for kind, one in self._stated.items() if _require(self.found).assumes(kind, one)]
        source = f"; intraclass correlation of {' and '.join(by_plan)} as the plan states it" if by_plan else ""
        source += f"; that of {' and '.join(assumed)} assumed" if assumed else ""
        return (
            "variance from the spread within the arms, the correlation with the start, how far the covariates tell the "
            "programme, the sizes of arms, groups and caseloads, their intraclass correlations and the share not seen, "
            f"as in the data{source}"
        )

    def _curve(self, planned: Planned) -> Outcome:
        design, level = self._design(), self.occasion.level
        middle = self.occasion.cohort.plan.measures[self.occasion.measure].worthwhile
        if middle is None:
            middle = design.detectable(float(len(self.occasion.cohort.full)), level=level, power=self._power)
        at = tuple(float(middle * place) for place in PLACES)
        needed = (people_for_difference(design=design, difference=one, level=level, power=self._power) for one in at)
        return planned.curve(
            axis="true difference, points",
            at=at,
            value=tuple(sum(whole_people(one, design.full.share)) for one in needed),
            method=f"noncentral t; {self._describe()}",
            how=SAMPLE_SIZE,
            notes=self._notes,
        )
