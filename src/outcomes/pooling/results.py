"""The results of a pool: everything that its page quotes, as a registry like that of a study."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outcomes.core.digests import digest_content
from outcomes.methods.multiplicity import adjust_holm
from outcomes.models.contract import estimate_points, to_interval
from outcomes.pooling.answers import TwoStage, count_more_clinics, pool_measure
from outcomes.pooling.keys import alone, at, without
from outcomes.pooling.together import list_together
from outcomes.results.arrangement import Arrangement, bars_of, caps_of, judges_by_group
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.provenance import Provenance, name_code
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry
from outcomes.results.verdict import (
    Bar,
    Cap,
    Comparison,
    Required,
    Support,
    give_verdict,
    orient,
    orient_worthwhile,
)
from outcomes.results.ways import verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.methods.least_squares import Contrast
    from outcomes.methods.random_arm import RandomArmFit
    from outcomes.plan.model import Measure
    from outcomes.pooling.agreement import Agreement
    from outcomes.pooling.answers import Pooled
    from outcomes.pooling.contribution import Contribution
    from outcomes.results.outcome import Outcome

QUESTION = "What do the clinics tell together?"
AGREEMENT_FILE = "POOL.toml"
ONE_STAGE = (
    "MMRM by REML to the sum of the clinics' moments, with an intercept of each clinic at each visit; Kenward–Roger "
    "standard error and df"
)
TWO_STAGE = (
    "each clinic's own difference, pooled with random effects: REML, interval of Hartung and Knapp, never narrower "
    "than the model's own, t on clinics minus one"
)
RANDOM = (
    "the same model with a normal difference that varies between clinics, alike at all visits: REML, model-based "
    "standard error, t on clinics minus one"
)
OWN = "MMRM by REML to the clinic's own sums; Kenward–Roger standard error and df"
WIDTHS = "width of this clinic's interval over that of the pooled one; the clinic with the narrowest"
MORE = "the pooled mean and the spread between clinics held as they are"
BEYOND = "At the present mean and spread not even two hundred more clinics would."
NONE_OPEN = 0.0


def pool_contributions(agreement: Agreement, contributions: Sequence[Contribution]) -> Registry:
    """Pool what clinics contributed.

    Parameters
    ----------
    agreement : Agreement
    contributions : sequence of Contribution
        One of each clinic, at least three.
    """
    ordered = sorted(contributions, key=lambda one: one.clinic)
    provenance = Provenance(
        analysis="pool",
        question=QUESTION,
        code=name_code(pool_contributions),
        files=(AGREEMENT_FILE, *(name_file(one.clinic) for one in ordered)),
        digest=digest_content([agreement.digest, *(one.digest for one in ordered)]),
    )
    outcomes = list(_list_outcomes(agreement, ordered))
    return Registry(Record(outcome=one, provenance=provenance) for one in outcomes)


def name_file(clinic: str) -> str:
    """Name the file of a clinic's contribution in a run."""
    return f"contributions/{clinic}.json"


def _list_outcomes(agreement: Agreement, contributions: Sequence[Contribution]) -> Iterator[Outcome]:
    plan = agreement.plan
    pooled = {
        measure: pool_measure({one.clinic: one.moments(measure, agreement) for one in contributions}, agreement)
        for measure in plan.measures
    }
    adjusted = _adjust(agreement, pooled)
    caps, bars = _find_caps(contributions)
    for measure, found in pooled.items():
        maker = _Maker(agreement, measure, found)
        yield from maker.list_clinics()
        for visit in plan.later:
            p_holm = adjusted.get(measure) if visit == plan.primary else None
            yield from maker.list_visit(visit, p_holm, caps, bars)
    yield from list_together(agreement, contributions)


def _adjust(agreement: Agreement, pooled: Mapping[str, Pooled]) -> dict[str, float]:
    """Correct the p-values of one stage over the primary measures, as in one study."""
    if agreement.plan.confidence.multiplicity == "none":
        return {}
    primary = agreement.plan.primary
    p_values = {
        measure: found.p_value
        for measure, one in pooled.items()
        if not isinstance(found := one.one_stage[primary], NotEstimableError)
    }
    return adjust_holm(p_values=p_values, family_size=len(pooled))


def _find_caps(contributions: Sequence[Contribution]) -> tuple[frozenset[Cap], frozenset[Bar]]:
    """Cap by how groups lie in each clinic; the pooled model allows for none that are nested in the arms."""
    caps, bars = frozenset[Cap](), frozenset[Bar]()
    for one in contributions:
        lies = Arrangement(one.content["groups"])
        caps |= caps_of(Arrangement.NESTED_FEW if judges_by_group(lies) else lies)
        bars |= bars_of(lies)
    # in one clinic only: the others tell the programme from the group
    return (caps | {Cap.ONE_GROUP}, frozenset()) if bars else (caps, bars)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the results of one measure."""

    agreement: Agreement
    measure: str
    found: Pooled

    @property
    def _measure(self) -> Measure:
        return self.agreement.plan.measures[self.measure]

    @property
    def _level(self) -> float:
        return self.agreement.plan.confidence.level

    def _plan(self, key: Key, name: str, quantity: Quantity = Quantity.DIFFERENCE, unit: str = "points") -> Planned:
        visit = self.agreement.plan.visits[key.visit].label
        return Planned(
            key=key,
            label=f"{self._measure.label}, {visit}: {name}",
            quantity=quantity,
            unit=unit,
            counts=_count(self.found.people.values()),
        )

    def list_clinics(self) -> Iterator[Outcome]:
        """Give each clinic alone, and all but each, at the primary visit."""
        primary = self.agreement.plan.primary
        for clinic, arms in self.found.people.items():
            own = replace(
                self._plan(alone(self.measure, primary, clinic), f"difference in {clinic}"), counts=_count([arms])
            )
            yield self._tell(own, self.found.own[clinic, primary], OWN)
        for clinic, found in self.found.without.items():
            others = [arms for one, arms in self.found.people.items() if one != clinic]
            rest = self._plan(without(self.measure, primary, clinic), f"pooled difference without {clinic}")
            yield self._tell(replace(rest, counts=_count(others)), found, ONE_STAGE)

    def _tell(self, planned: Planned, found: Contrast | NotEstimableError, method: str) -> Outcome:
        if isinstance(found, NotEstimableError):
            return planned.refuse(str(found), found.cause)
        covariates = tuple(self.agreement.covariates)
        how = How(estimator="mmrm", inference="kenward_roger", covariance="model", adjusted=("baseline", *covariates))
        return estimate_points(planned, found, level=self._level, method=method, how=how)

    def list_visit(
        self, visit: str, p_holm: float | None, caps: frozenset[Cap], bars: frozenset[Bar]
    ) -> Iterator[Outcome]:
        """Give the three answers at a visit, the verdict, and at the primary one what pooling brings."""
        one = self._tell(
            self._plan(at(self.measure, visit, "one_stage"), "pooled difference, one stage"),
            self.found.one_stage[visit],
            ONE_STAGE,
        )
        two = list(self._list_two_stages(visit))
        yield from (one, *two, self._tell_random(visit))
        if p_holm is not None:
            planned = self._plan(
                Key("mmrm", self.measure, visit, "p_holm"), "adjusted p-value", Quantity.P_VALUE, "probability"
            )
            yield planned.estimate(p_holm, method="Holm over the primary measures", how=How(estimator="holm"))
        yield self._conclude(visit, one, two[0], p_holm, caps, bars)
        if visit == self.agreement.plan.primary:
            yield self._compare_widths(one)
            yield self._count_more(visit)

    def _list_two_stages(self, visit: str) -> Iterator[Outcome]:
        names = {
            "two_stage": ("pooled difference, two stages", Quantity.DIFFERENCE, "points"),
            "prediction": ("difference to expect in a clinic like these", Quantity.DIFFERENCE, "points"),
            "tau2": ("variance of the difference between clinics", Quantity.VARIANCE, "variance"),
            "i2": ("part of the spread between clinics that chance does not explain", Quantity.CORRELATION, "share"),
            "q": ("Cochran's Q of the clinics", Quantity.STATISTIC, "number"),
        }
        planned = {what: self._plan(at(self.measure, visit, what), *rest) for what, rest in names.items()}
        found = self.found.two_stage[visit]
        if isinstance(found, NotEstimableError):
            yield from (one.refuse(str(found), found.cause) for one in planned.values())
            return
        yield from _tell_two_stages(planned, found, self._level)

    def _tell_random(self, visit: str) -> Outcome:
        planned = self._plan(at(self.measure, visit, "random"), "pooled difference, varying between clinics")
        found = self.found.random
        if isinstance(found, NotEstimableError):
            return planned.refuse(str(found), found.cause)
        if visit not in self.found.random_visits:
            return planned.refuse("At this visit the sums do not hold people of both arms.", "not seen")
        return _tell_varying(planned, found, self.found.random_visits.index(visit), self._level)

    def _conclude(
        self, visit: str, one: Outcome, two: Outcome, p_holm: float | None, caps: frozenset[Cap], bars: frozenset[Bar]
    ) -> Outcome:
        """Give the verdict by the rules of one study, with the interval of Hartung and Knapp required."""
        sign = self._measure.sign
        limits = [
            orient(*found.limits, sign=sign) if isinstance(found, Estimate) and found.limits else None
            for found in (one, two)
        ]
        comparison = Comparison(
            main=limits[0],
            required=(Required(support=Support.CLINICS, limits=limits[1]),),
            p_holm=p_holm,
            alpha=1 - self._level,
            worthwhile=orient_worthwhile(self._measure.worthwhile),
            caps=caps,
            bars=bars,
        )
        verdict = give_verdict(comparison)
        planned = self._plan(verdict_of(self.measure, visit), "verdict", Quantity.VERDICT, "number")
        return replace(planned, tells=((one.key,),)).estimate(
            float(verdict.rung),
            verdict=verdict,
            method="the verdict of the one-stage interval and of what must support it",
            how=How(estimator="verdict"),
        )

    def _compare_widths(self, one: Outcome) -> Outcome:
        """Say how much narrower the pooled interval is than the narrowest of a clinic alone."""
        primary = self.agreement.plan.primary
        planned = self._plan(
            at(self.measure, primary, "narrower"),
            "how many times wider the narrowest clinic alone is",
            Quantity.RATIO,
            "ratio",
        )
        widths = [
            high - low
            for clinic in self.found.people
            if not isinstance(own := self.found.own[clinic, primary], NotEstimableError)
            for low, high in (own.interval(self._level),)
        ]
        if not widths or not isinstance(one, Estimate) or one.limits is None:
            return planned.refuse("There is no clinic alone to compare with, or no pooled answer.")
        low, high = one.limits
        return planned.estimate(min(widths) / (high - low), method=WIDTHS, how=How(estimator="ratio_of_widths"))

    def _count_more(self, visit: str) -> Outcome:
        planned = self._plan(
            at(self.measure, visit, "more_clinics"),
            "more clinics like these that would settle it",
            Quantity.TALLY,
            "number",
        )
        found = self.found.two_stage[visit]
        if isinstance(found, NotEstimableError):
            return planned.refuse(str(found), found.cause)
        more = count_more_clinics(found, worthwhile=self._measure.worthwhile, level=self._level)
        if more is None:
            return planned.refuse(BEYOND)
        return planned.estimate(float(more), method=MORE, how=How(estimator="more_clinics"))


def _count(arms: object) -> dict[str, int]:
    pairs = [*arms]  # type: ignore[misc]
    full, skills = (sum(pair[place] for pair in pairs) for place in (0, 1))
    return {"n": full + skills, "n_full": full, "n_skills": skills}


def _tell_two_stages(planned: Mapping[str, Planned], found: TwoStage, level: float) -> Iterator[Outcome]:
    fit, how = found.fit, How(estimator="random_effects", inference="knapp_hartung")
    yield planned["two_stage"].estimate(
        fit.value,
        se=found.se,
        df=fit.df,
        p_value=found.p_value,
        interval=to_interval(level, (found.low, found.high)),
        method=TWO_STAGE,
        how=how,
    )
    yield planned["prediction"].estimate(
        fit.value,
        df=fit.df,
        interval=to_interval(level, (found.prediction_low, found.prediction_high)),
        method="prediction interval, t on clinics minus one; random effects, REML",
        how=replace(how, inference="prediction"),
    )
    yield planned["tau2"].estimate(
        fit.tau2,
        interval=to_interval(level, (fit.tau2_low, fit.tau2_high)),
        method="REML, with its Q-profile interval",
        how=How(estimator="reml", inference="q_profile"),
    )
    yield planned["i2"].estimate(
        fit.i2,
        method="from the variance between clinics and the typical sampling variance",
        how=How(estimator="reml"),
    )
    yield planned["q"].estimate(
        fit.q,
        df=fit.df,
        p_value=fit.q_p_value,
        method="weighted sum of squares about the mean without variance between clinics",
        how=How(estimator="cochran_q", inference="chi_squared"),
    )


def _tell_varying(planned: Planned, found: RandomArmFit, place: int, level: float) -> Outcome:
    from outcomes.methods.least_squares import Contrast

    contrast = Contrast(estimate=found.estimate[place], se=found.se[place], df=found.df)
    how = How(estimator="mmrm", inference="model", covariance="model", structure="random arm by clinic")
    return estimate_points(planned, contrast, level=level, method=RANDOM, how=how)
