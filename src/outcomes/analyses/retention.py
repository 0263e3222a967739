"""Retention: how long people stay, and whether they stay longer in the full programme."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import People, attempt, count_arm, to_interval
from outcomes.analyses.covariates import read_covariates
from outcomes.cohort.stay import read_stay
from outcomes.core.estimates import Curve, Estimate, NotEstimable, NotEstimableError, Outcome
from outcomes.core.ids import result_id
from outcomes.methods import cox, survival
from outcomes.methods.reference import t_limits, t_p_value
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.analyses.covariates import Covariates
    from outcomes.cohort import Cohort
    from outcomes.cohort.stay import Stay

EVERY = 4.0  # weeks
LABELS = {
    "logrank": "Staying, log-rank test",
    "hazard_ratio": "Leaving early, adjusted hazard ratio",
    "unadjusted.hazard_ratio": "Leaving early, hazard ratio",
    "proportional_hazards": "Leaving early, whether the hazard ratio stays the same over time",
    "rmst.horizon": "Weeks over which the mean stay is taken",
    "rmst.difference": "Mean stay, difference",
}
NO_DATES = "clients.csv holds no start and end dates, and attendance.csv was not provided."


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe staying by arm, then compare the arms."""
    stay = read_stay(cohort)
    asked = _Asked(cohort, stay, ~np.isnan(stay.weeks))
    if not asked.known.any():
        yield from _refuse(asked)
        return
    for arm in ARMS:
        yield from _describe(asked, arm)
    yield from _compare_means(asked)
    yield _log_rank(asked)
    yield from _hazards(asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The cohort with everybody's stay, and whose is known."""

    cohort: Cohort
    stay: Stay
    known: NDArray[np.bool_]

    @property
    def level(self) -> float:
        return self.cohort.plan.confidence.level

    @property
    def rule(self) -> str:
        """What counts as leaving, in one phrase."""
        return (
            f"leaving: an end before the last of the {self.stay.planned:g} planned weeks by somebody not recorded to "
            "have completed; who completed or stayed on is followed to their end, the planned end or the latest date"
        )

    def people(self, used: NDArray[np.bool_] | None = None) -> People:
        return People(self.known if used is None else self.known & used, self.cohort.full)

    def of(self, arm: str) -> NDArray[np.bool_]:
        return self.known & (self.cohort.full if arm == "full" else ~self.cohort.full)

    def fit(self, arm: str) -> survival.StayFit:
        mine = self.of(arm)
        return survival.fit_stay(times=self.stay.weeks[mine], left=self.stay.left[mine])

    def horizon(self) -> float:
        """Planned length, or where it is shorter the longest time up to which both arms were followed."""
        fits = [self.fit(arm) for arm in ARMS]
        followed = [math.inf if len(fit.share) and fit.share[-1] <= 0 else fit.last for fit in fits]
        horizon = min(self.stay.planned, *followed)
        if horizon <= 0:
            raise NotEstimableError("In one arm nobody was followed beyond the first day.")
        return horizon

    def notes(self) -> tuple[str, ...]:
        found = []
        if not self.known.all():
            found.append("Who has neither dates nor attendance is left out.")
        if self.stay.from_attendance:
            found.append(
                "Where no end date is recorded, the last session attended is the end if it lies four weeks before the "
                "latest date of the study."
            )
        return tuple(found)


def _label(cohort: Cohort, arm: str, what: str) -> str:
    return f"{what}, {cohort.plan.arm_labels[arm]}"


def _refuse(asked: _Asked) -> Iterator[Outcome]:
    for arm in ARMS:
        for words, what in (
            (("curve", arm), "Still in the programme"),
            ((arm, "left"), "Left"),
            ((arm, "rmst"), "Mean stay"),
        ):
            name = _label(asked.cohort, arm, what)
            yield NotEstimable(id=result_id("retention", *words), label=name, reason=NO_DATES)
    for what, label in LABELS.items():
        yield NotEstimable(id=f"retention.{what}", label=label, reason=NO_DATES)


def _describe(asked: _Asked, arm: str) -> Iterator[Outcome]:
    cohort, mine = asked.cohort, asked.of(arm)
    ways: tuple[tuple[tuple[str, ...], str, Callable[[str, str], Outcome]], ...] = (
        (("curve", arm), "Still in the programme", partial(_curve, asked, arm)),
        ((arm, "left"), "Left early", partial(_left, asked, arm)),
        ((arm, "rmst"), "Mean stay", partial(_mean, asked, arm)),
    )
    for words, what, compute in ways:
        result, label = result_id("retention", *words), _label(cohort, arm, what)
        yield attempt(result, label, partial(compute, result, label), people=People(mine, cohort.full))


def _curve(asked: _Asked, arm: str, result: str, label: str) -> Outcome:
    """Kaplan–Meier where people leave and every fourth week, so that the people at risk can be told on the way."""
    fit, weeks = asked.fit(arm), asked.stay.weeks[asked.of(arm)]
    at = np.union1d(fit.at, np.append(np.arange(0.0, fit.last, EVERY), fit.last))
    at = at[(at > 0) | np.isin(at, fit.at)]
    place = np.searchsorted(fit.at, at, side="right")
    share, low, high = (np.concatenate([[1.0], series])[place] for series in (fit.share, *fit.limits(asked.level)))
    return Curve(
        id=result,
        label=label,
        unit="share",
        axis="weeks since the start",
        at=(0.0, *map(float, at)),
        value=(1.0, *map(float, share)),
        low=(1.0, *map(float, low)),
        high=(1.0, *map(float, high)),
        level=asked.level,
        people=(fit.n, *(int((weeks >= week).sum()) for week in at)),
        method=f"Kaplan–Meier with log-log intervals, people at risk just before each week; {asked.rule}",
        notes=asked.notes(),
        **count_arm(arm, asked.of(arm)),
    )


def _left(asked: _Asked, arm: str, result: str, label: str) -> Outcome:
    fit, horizon = asked.fit(arm), asked.horizon()
    place = fit.position(horizon)
    low, high = ((limits[place] if place >= 0 else 1.0) for limits in fit.limits(asked.level))
    stays = float(fit.share[place]) if place >= 0 else 1.0
    unbounded = stays in {0.0, 1.0}
    return Estimate(
        id=result,
        label=label,
        value=1 - stays,
        unit="share",
        interval=None if unbounded else to_interval(asked.level, (1 - float(high), 1 - float(low))),
        method=f"one minus Kaplan–Meier at {horizon:.4g} weeks, log-log interval, not adjusted; {asked.rule}",
        notes=(*asked.notes(), *(("Nobody left, or all did, so that no interval follows.",) if unbounded else ())),
        **count_arm(arm, asked.of(arm)),
    )


def _mean(asked: _Asked, arm: str, result: str, label: str) -> Outcome:
    mean, horizon = _restricted(asked, arm), asked.horizon()
    return Estimate(
        id=result,
        label=label,
        value=mean.value,
        unit="weeks",
        se=mean.se,
        interval=to_interval(asked.level, mean.interval(asked.level)),
        method=f"area under Kaplan–Meier up to {horizon:.4g} weeks, Greenwood-type standard error, normal reference",
        notes=asked.notes(),
        **count_arm(arm, asked.of(arm)),
    )


def _restricted(asked: _Asked, arm: str) -> survival.RestrictedMean:
    return survival.fit_restricted_mean(fit=asked.fit(arm), horizon=asked.horizon())


def _compare_means(asked: _Asked) -> Iterator[Outcome]:
    people = asked.people()

    def horizon() -> Outcome:
        return Estimate(
            id="retention.rmst.horizon",
            label=LABELS["rmst.horizon"],
            value=asked.horizon(),
            unit="weeks",
            method="the planned length, or where it is shorter the longest time up to which both arms were followed",
            **people.counts(),
        )

    def difference() -> Outcome:
        found = _restricted(asked, "full").minus(_restricted(asked, "skills"))
        if found.se <= 0:
            raise NotEstimableError("Nobody left, so that there is nothing to compare.")
        return Estimate(
            id="retention.rmst.difference",
            label=LABELS["rmst.difference"],
            value=found.value,
            unit="weeks",
            se=found.se,
            p_value=found.p_value,
            interval=to_interval(asked.level, found.interval(asked.level)),
            method=(
                f"difference of the areas under Kaplan–Meier up to {asked.horizon():.4g} weeks, Greenwood-type "
                "standard errors, normal reference, not adjusted (Royston & Parmar 2013)"
            ),
            notes=(*asked.notes(), *_not_clustered(asked.cohort)),
            **people.counts(),
        )

    for what, compute in (("rmst.horizon", horizon), ("rmst.difference", difference)):
        yield attempt(f"retention.{what}", LABELS[what], compute, people=people)


def _not_clustered(cohort: Cohort) -> tuple[str, ...]:
    return ("It does not allow for people who share a group.",) if cohort.clustering is not None else ()


def _log_rank(asked: _Asked) -> Outcome:
    people = asked.people()

    def compute() -> Outcome:
        used = asked.known
        test = survival.fit_log_rank(times=asked.stay.weeks[used], left=asked.stay.left[used], full=people.full[used])
        return Estimate(
            id="retention.logrank",
            label=LABELS["logrank"],
            value=test.chi_squared,
            unit="number",
            df=1.0,
            p_value=test.p_value,
            method="log-rank chi-squared on one degree of freedom, not adjusted",
            notes=(*asked.notes(), *_not_clustered(asked.cohort)),
            **people.counts(),
        )

    return attempt("retention.logrank", LABELS["logrank"], compute, people=people)


def _hazards(asked: _Asked) -> Iterator[Outcome]:
    covariates = read_covariates(asked.cohort)
    adjusted, crude = asked.people(covariates.known), asked.people()
    ways = (("hazard_ratio", adjusted, covariates), ("unadjusted.hazard_ratio", crude, None))
    for what, people, columns in ways:
        result = f"retention.{what}"
        compute = partial(_hazard_ratio, asked, people, columns, result, LABELS[what])
        yield attempt(result, LABELS[what], compute, people=people)
    result, label = "retention.proportional_hazards", LABELS["proportional_hazards"]
    yield attempt(result, label, partial(_proportional, asked, adjusted, covariates), people=adjusted)


def _fit_cox(asked: _Asked, people: People, covariates: Covariates | None) -> tuple[cox.CoxFit, tuple[str, ...]]:
    used = people.used
    if not (used & people.full).any() or not (used & ~people.full).any():
        raise NotEstimableError("In one arm nobody has all that this needs recorded.")
    arm = people.full[used].astype(float)
    design, names, notes = arm[:, None], ["the arm"], asked.notes()
    if covariates is not None:
        among = covariates.among(used)
        design, names = np.column_stack([arm, among.columns]), ["the arm", *among.names]
        notes = (*notes, *covariates.left_out(among))
    fit = cox.fit_cox(times=asked.stay.weeks[used], left=asked.stay.left[used], design=design, names=names)
    off = [name for name, runs in zip(names, fit.runs_off, strict=True) if runs]
    told = (
        (f"The coefficient of {', '.join(off)} runs to infinity; the arms' ratio is its limit as it does.",)
        if off
        else ()
    )
    return fit, (*notes, *told)


def _hazard_ratio(asked: _Asked, people: People, covariates: Covariates | None, result: str, label: str) -> Outcome:
    fit, notes = _fit_cox(asked, people, covariates)
    log, cov, df, spread = float(fit.beta[0]), fit.beta_cov, math.inf, "Wald interval of the logarithm"
    labels, clustering = asked.cohort.cluster_labels(), asked.cohort.clustering
    if labels is not None and clustering is not None:
        cov, count = fit.robust_cov(labels[people.used])
        df = count - 1.0
        spread = f"sandwich standard error by {clustering.column}, t on clusters minus one, of the logarithm"
    se = math.sqrt(float(cov[0, 0]))
    if se <= 0:
        raise NotEstimableError("The clusters leave no spread to judge the ratio by.")
    low, high = t_limits(log, se=se, df=df, level=asked.level)
    sources = () if covariates is None else covariates.sources
    by = f"adjusted for {', '.join(sources)}" if sources else "not adjusted"
    return Estimate(
        id=result,
        label=label,
        value=math.exp(log),
        unit="ratio",
        se=se,
        df=df if math.isfinite(df) else None,
        p_value=t_p_value(log, se=se, df=df),
        interval=to_interval(asked.level, (math.exp(low), math.exp(high))),
        method=f"Cox model, ties by Efron, {by}; {spread}; {asked.rule}",
        notes=(*notes, "The standard error is that of the logarithm. Below one, people leave the full programme less."),
        **people.counts(),
    )


def _proportional(asked: _Asked, people: People, covariates: Covariates) -> Outcome:
    fit, notes = _fit_cox(asked, people, covariates)
    test = cox.check_proportionality(fit=fit, column=0)
    return Estimate(
        id="retention.proportional_hazards",
        label=LABELS["proportional_hazards"],
        value=test.chi_squared,
        unit="number",
        df=test.df,
        p_value=test.p_value,
        method=(
            "score test against a log hazard ratio that moves with one minus Kaplan–Meier (Grambsch & Therneau 1994; "
            "the default of R's cox.zph)"
        ),
        notes=(*notes, *_not_clustered(asked.cohort)),
        **people.counts(),
    )
