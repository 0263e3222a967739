"""Harms by arm: how many people, of how many, with exact limits that hold where nobody was seen with one; compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from outcomes.methods import proportions
from outcomes.methods.exact_counts import clopper_pearson_limits
from outcomes.models.contract import People, count_arm, to_interval
from outcomes.plan.model import ARMS
from outcomes.questions.harms.judged import judge_deaths, judge_events, judge_left_worse, judge_worse
from outcomes.questions.harms.keys import (
    DEATH,
    DETERIORATED,
    LEFT_WORSE,
    SERIOUS,
    key_of,
    list_kinds,
    subject_of,
)
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.cohort import Cohort
    from outcomes.questions.harms.judged import Harm
    from outcomes.results.outcome import Outcome

NO_KINDS = 'The plan names no kind of event with role = "harm", so that no serious event is counted here.'
EXACT = "exact limits by Clopper and Pearson, two-sided"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A harm that is asked about: its subject, its label, and how it is judged."""

    subject: str
    label: str
    judge: Callable[[Cohort], Harm]


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Count each harm by arm, and compare the arms."""
    for asked in _list_asked(cohort):
        try:
            harm = asked.judge(cohort)
        except NotEstimableError as why:
            yield from (planned.refuse(str(why), why.cause) for planned in _declare(cohort, asked))
            continue
        for arm in ARMS:
            yield from _describe(cohort, asked, harm, arm)
        yield _compare(cohort, asked, harm)
    if not list_kinds(cohort.plan):
        planned = Planned(key=key_of(SERIOUS, "people"), label="Serious events", quantity=Quantity.COUNT, unit="people")
        yield planned.refuse(NO_KINDS, "not planned")


def _list_asked(cohort: Cohort) -> Iterator[_Asked]:
    yield _Asked(DETERIORATED, "Got reliably worse on any measure", judge_worse)
    yield _Asked(LEFT_WORSE, "Left after getting reliably worse", judge_left_worse)
    for kind in list_kinds(cohort.plan):
        if kind != DEATH:
            label = f"{cohort.plan.events[kind].label}, any"
            yield _Asked(subject_of(kind), label, partial(judge_events, kind=kind))
    yield _Asked(DEATH, "Died", judge_deaths)


def _plan(asked: _Asked, cohort: Cohort, what: str, arm: str) -> Planned:
    """Plan a result of an arm: each of them tells the others."""
    key = key_of(asked.subject, what, arm=arm)
    name = cohort.plan.arm_names[arm]
    quantity, unit, label = {
        "people": (Quantity.COUNT, "people", f"People: {asked.label}, {name}"),
        "share": (Quantity.SHARE, "share", f"{asked.label}, {name}"),
        "upper": (Quantity.SHARE, "share_limit", f"{asked.label}, most that would be compatible, {name}"),
    }[what]
    others = tuple((key.but(what=one),) for one in ("share", "people") if one != what)
    return Planned(key=key, label=label, quantity=quantity, unit=unit, tells=() if what == "share" else others)


def _declare(cohort: Cohort, asked: _Asked) -> Iterator[Planned]:
    for arm in ARMS:
        yield from (_plan(asked, cohort, what, arm) for what in ("people", "share", "upper"))
    yield _plan_difference(asked)


def _plan_difference(asked: _Asked) -> Planned:
    key = key_of(asked.subject, "difference")
    return Planned(
        key=key,
        label=f"{asked.label}, difference",
        quantity=Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        tells=(tuple(key.but(what="share", arm=arm) for arm in ARMS),),
    )


def _describe(cohort: Cohort, asked: _Asked, harm: Harm, arm: str) -> Iterator[Outcome]:
    mine, level = harm.used & cohort.in_arm(arm), cohort.plan.confidence.level
    n, events = int(mine.sum()), int(harm.happened[mine].sum())
    counts = count_arm(arm, mine)
    people, share, upper = (_plan(asked, cohort, what, arm) for what in ("people", "share", "upper"))
    cells = (events, n - events)
    yield people.estimate(float(events), cells=cells, method=harm.method, how=How(estimator="count"), **counts)
    if n == 0:
        yield from (planned.refuse("It is known of nobody in this arm.", "not seen") for planned in (share, upper))
        return
    low, high = clopper_pearson_limits(events=events, n=n, level=level)
    how = How(estimator="share", inference="clopper_pearson")
    yield share.estimate(
        events / n,
        interval=to_interval(level, (low, high)),
        cells=cells,
        method=f"{harm.method}; {EXACT}",
        how=how,
        **counts,
    )
    yield upper.estimate(high, cells=cells, method=f"{harm.method}; upper one of the {EXACT}", how=how, **counts)


def _compare(cohort: Cohort, asked: _Asked, harm: Harm) -> Outcome:
    planned, people = _plan_difference(asked), People(harm.used, cohort.full)
    full, skills = (harm.used & cohort.in_arm(arm) for arm in ARMS)

    def compute(planned: Planned) -> Outcome:
        fit = proportions.fit_share_difference(
            events_full=int(harm.happened[full].sum()),
            n_full=int(full.sum()),
            events_skills=int(harm.happened[skills].sum()),
            n_skills=int(skills.sum()),
            level=cohort.plan.confidence.level,
        )
        return planned.estimate(
            fit.value,
            interval=to_interval(cohort.plan.confidence.level, (fit.low, fit.high)),
            method=(
                "difference of the shares as they are, Newcombe's hybrid score interval; not adjusted, and groups not "
                "allowed for"
            ),
            how=How(
                estimator="share_difference",
                inference="newcombe",
                groups_not_allowed_for=cohort.clustering is not None,
            ),
            **people.counts(),
        )

    return planned.attempt(compute)
