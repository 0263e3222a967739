"""A count at visits: mean numbers by arm, their ratio and difference by several ways, and all visits together."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.exact_counts import NO_UPPER_END, SIMPLE, fit_exact_ratio, fit_rate
from outcomes.methods.superiority import fit_superiority
from outcomes.models.contract import OF_THE_LOGARITHM, People, count_arm, estimate_share, to_interval
from outcomes.models.counts import fit_counts_at
from outcomes.models.kinds import read_adjusted
from outcomes.models.occasion import Occasion
from outcomes.models.shares import compare_shares, require_told_apart
from outcomes.models.superiority import estimate_superiority
from outcomes.plan.model import ARMS
from outcomes.questions.kinds.every_visit import compare_every_visit
from outcomes.questions.kinds.size import POWER, plan_size
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned


def answer(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Tell the mean counts at every visit, and compare them at every later one."""
    for visit in cohort.plan.visits:
        occasion = Occasion(cohort, measure, visit)
        for arm in ARMS:
            yield from _describe(occasion, arm)
    for visit in cohort.plan.later:
        occasion = Occasion(cohort, measure, visit)
        main = _ratio(occasion)
        yield main
        yield from _compare(occasion)
        if visit == cohort.plan.primary:
            yield from _plan_size(occasion, main)
    yield compare_every_visit(Occasion(cohort, measure, cohort.plan.primary))


def _rates(occasion: Occasion) -> tuple[tuple[Key, ...], ...]:
    return (tuple(occasion.key("counts", "rate", arm) for arm in ARMS),)


def _describe(occasion: Occasion, arm: str) -> Iterator[Outcome]:
    """Mean count of those seen, with an interval by the spread between people; and the share with any."""
    plan, label = occasion.cohort.plan, occasion.cohort.plan.arm_names[arm]
    used = occasion.cohort.in_arm(arm) & ~np.isnan(occasion.after)
    counts, weeks = occasion.after[used], plan.measures[occasion.measure].weeks_at(occasion.visit)
    some = count_arm(arm, used)
    rate = occasion.declare(
        occasion.key("counts", "rate", arm),
        f"mean number in {weeks:g} weeks, {label}",
        Quantity.RATE,
        unit="episodes",
        counts=some,
    )
    share = occasion.declare(
        occasion.key("counts", "any", arm), f"any, {label}", Quantity.SHARE, unit="share", counts=some
    )
    if not used.any():
        for planned in (rate, share):
            yield planned.refuse("Nobody in this programme was seen at this visit.", "not seen")
        return
    any_of = int((counts > 0).sum())

    def mean(planned: Planned) -> Outcome:
        fit = fit_rate(counts=counts, exposure=np.ones(len(counts)), level=occasion.level)
        exact = fit.se_log is None
        return planned.estimate(
            fit.value,
            se=None if exact else fit.se_log,
            df=fit.df,
            interval=to_interval(occasion.level, (fit.low, fit.high)),
            cells=(any_of, len(counts) - any_of),
            method=(
                "mean number; exact Poisson limits"
                if exact
                else "mean number; interval of its logarithm by the spread between people, t on n minus one"
            ),
            how=How(estimator="rate", inference="garwood" if exact else "t", covariance="" if exact else "hc1"),
            notes=() if exact else (OF_THE_LOGARITHM,),
        )

    yield rate.attempt(mean)
    method = "share of those seen with any, Wilson's interval"
    yield share.attempt(partial(estimate_share, events=any_of, n=len(counts), level=occasion.level, method=method))


def _ratio(occasion: Occasion) -> Outcome:
    """Give the main comparison."""
    return _declare(occasion, "rate_ratio", "", "ratio of the mean numbers, adjusted").attempt(
        lambda p: fit_counts_at(occasion.cohort, occasion.measure, occasion.visit, "negative_binomial").ratio(p)
    )


def _declare(occasion: Occasion, what: str, category: str, label: str, *, is_ratio: bool = True) -> Planned:
    return occasion.declare(
        occasion.key("counts", what, category=category),
        label,
        Quantity.RATE_RATIO if is_ratio else Quantity.RATE_DIFFERENCE,
        unit="ratio" if is_ratio else "episodes",
        counts=read_adjusted(occasion).people.counts(),
        tells=_rates(occasion),
    )


def _compare(occasion: Occasion) -> Iterator[Outcome]:
    """Compare by the other ways: each is told beside the main one."""
    ask = partial(fit_counts_at, occasion.cohort, occasion.measure, occasion.visit)
    weeks = occasion.cohort.plan.measures[occasion.measure].weeks_at(occasion.visit)
    label = f"difference of the mean numbers in {weeks:g} weeks, adjusted"
    yield _declare(occasion, "rate_difference", "", label, is_ratio=False).attempt(
        lambda p: ask("negative_binomial").difference(p)
    )
    yield _declare(occasion, "rate_ratio_robust", "", "ratio of the mean numbers, quasi-Poisson, adjusted").attempt(
        lambda p: ask("poisson").ratio(p)
    )
    crude = _declare(occasion, "rate_ratio", "crude", "ratio of the mean numbers, not adjusted")
    used = People(~np.isnan(occasion.after), occasion.cohort.full)
    yield replace(crude, counts=used.counts()).attempt(lambda p: ask("negative_binomial", adjust=False).ratio(p))
    yield from _exact(occasion, used)
    yield _compare_any(occasion)
    yield _compare_ranks(occasion, used)


def _exact(occasion: Occasion, people: People) -> Iterator[Outcome]:
    """Give the ratio given all episodes where one programme has none, and no model can tell one."""
    sides = [occasion.after[people.used & arm] for arm in (people.full, ~people.full)]
    sums = [int(side.sum()) for side in sides]
    if not all(len(side) for side in sides) or not min(sums) == 0 < max(sums):
        return
    planned = _declare(occasion, "rate_ratio_exact", "", "ratio of the mean numbers given all episodes, not adjusted")

    def compute(planned: Planned) -> Outcome:
        found = fit_exact_ratio(
            events=(sums[0], sums[1]), exposure=(float(len(sides[0])), float(len(sides[1]))), level=occasion.level
        )
        if sums[1] == 0:
            raise NotEstimableError(NO_UPPER_END, "too few")
        return planned.estimate(
            sums[0] / len(sides[0]) / (sums[1] / len(sides[1])),
            p_value=found.p_value,
            interval=to_interval(occasion.level, (found.low, found.high)),
            cells=tuple(int((side > 0).sum()) for side in sides),
            how=How(estimator="exact_ratio", inference="clopper_pearson"),
            method="ratio of the mean numbers; exact limits given the number of all episodes",
            notes=(SIMPLE,),
        )

    yield replace(planned, counts=people.counts()).attempt(compute)


def _compare_any(occasion: Occasion) -> Outcome:
    """Difference between the shares with any."""
    found = read_adjusted(occasion)
    planned = occasion.declare(
        occasion.key("counts", "difference", category="any"),
        "adjusted difference between the shares with any",
        Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        counts=found.people.counts(),
        tells=(tuple(occasion.key("counts", "any", arm) for arm in ARMS),),
    )

    def compute(planned: Planned) -> Outcome:
        occasion.require_arms(found.people.used)
        had = np.where(np.isnan(occasion.after), np.nan, occasion.after > 0)
        require_told_apart(had, found.people)
        model = compare_shares(occasion.cohort, had, found.covariates, found.people, adjusted=found.adjusted)
        estimate = model.difference(planned)
        return replace(estimate, notes=(*estimate.notes, *found.notes))

    return planned.attempt(compute)


def _compare_ranks(occasion: Occasion, people: People) -> Outcome:
    """Chance that somebody in the full programme has more than somebody in the other, half for equal."""
    planned = occasion.declare(
        occasion.key("counts", "superiority"),
        "chance that a person in {full} had more than one in the other (half for as many)",
        Quantity.SUPERIORITY,
        unit="share_of_pairs",
        counts=people.counts(),
    )

    def compute(planned: Planned) -> Outcome:
        occasion.require_arms(people.used)
        sides = [occasion.after[people.used & arm] for arm in (people.full, ~people.full)]
        found = fit_superiority(full=sides[0], skills=sides[1], level=occasion.level)
        return estimate_superiority(planned, found, level=occasion.level)

    return planned.attempt(compute)


def _plan_size(occasion: Occasion, main: Outcome) -> Iterator[Outcome]:
    """Say which ratio as many people as these would show, and how many the worthwhile one takes."""
    measure = occasion.cohort.plan.measures[occasion.measure]
    text = f"ratio that would be seen by {POWER:.0%} of studies as large"
    detectable = replace(_declare(occasion, "detectable", "", text), tells=((main.key,),))
    text = f"people who would have to be seen to find the worthwhile ratio in {POWER:.0%} of studies"
    needed = replace(
        _declare(occasion, "people_needed", "", text),
        quantity=Quantity.DESIGN_NUMBER,
        unit="people",
        tells=((main.key,),),
    )

    yield from plan_size(
        main,
        detectable=detectable,
        needed=needed,
        level=occasion.level,
        of="ratio",
        to_told=lambda reach: math.exp(measure.sign * reach),
        worthwhile=None if measure.worthwhile is None else math.log(measure.worthwhile),
    )
