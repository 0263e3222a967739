"""Completion: share who complete in each arm, its difference and ratio, crude and adjusted, by plan and by stream."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from outcomes.cohort.completion import judge_stream, stream_rule
from outcomes.methods import proportions
from outcomes.models.contract import People, count_arm, estimate_share, to_interval
from outcomes.models.covariates import read_covariates
from outcomes.models.shares import compare_shares, require_differing
from outcomes.plan.model import ARMS
from outcomes.questions.completion.attendance import draw_weeks
from outcomes.questions.flow.analysis import refuse_completion
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.alike import AlikeShares
    from outcomes.models.covariates import Covariates
    from outcomes.models.shares import ShareModel
    from outcomes.plan.model import AttendanceRule
    from outcomes.results.outcome import Estimate, Outcome

CRUDE = {"difference": "Completed, difference", "ratio": "Completed, ratio of shares"}
ADJUSTED = {
    "difference": "Completed, adjusted difference",
    "ratio": "Completed, adjusted ratio of shares",
    "odds_ratio": "Completed, adjusted odds ratio",
    "ratio_not_completed": "Did not complete, adjusted ratio of shares",
    "number_needed": "People in {full} for one completer more or fewer",
}
KINDS = {
    "difference": (Quantity.SHARE_DIFFERENCE, "share_difference"),
    "ratio": (Quantity.RATIO, "ratio"),
    "odds_ratio": (Quantity.ODDS_RATIO, "ratio"),
    "ratio_not_completed": (Quantity.RATIO, "ratio"),
    "number_needed": (Quantity.NUMBER_NEEDED, "number"),
}
# The share of everybody who started, had none or all of those completed of whom it is not recorded.
EITHER_WAY = {
    "least": "Completed, had none of those not recorded",
    "most": "Completed, had all of those not recorded",
}
STREAMS: dict[str, tuple[Literal["group", "any"], str]] = {
    "group_stream": ("group", "Completed by attendance of the group alone"),
    "any_stream": ("any", "Completed by attendance of all that was on offer"),
}


class _Crude(NamedTuple):
    """A way of comparing two shares as they are: what fits it, and what its interval is called."""

    fit: Callable[..., proportions.ShareFit]
    inference: str
    interval: str


CRUDE_WAYS = {
    "difference": _Crude(proportions.fit_share_difference, "newcombe", "Newcombe's hybrid score interval"),
    "ratio": _Crude(proportions.fit_share_ratio, "logarithm", "interval of the logarithm"),
}


@dataclass(frozen=True, slots=True, repr=False)
class _Definition:
    """One way of saying who completed: the stream it judges by, what it is called, who did (nan: not known)."""

    stream: str
    label: str
    completed: NDArray[np.float64]
    rule: str

    @property
    def known(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.completed)

    def key(self, what: str, *, arm: str = "", way: str = "") -> Key:
        return Key("completion", what=what, arm=arm, subject=self.stream, category=way)

    def plan_share(self, cohort: Cohort, arm: str) -> Planned:
        """Plan the share of an arm; the plan's own definition is that of the count in the flow of people."""
        return Planned(
            key=self.key("share", arm=arm),
            label=f"{self.label}, {cohort.plan.arm_names[arm]}",
            quantity=Quantity.SHARE,
            unit="share",
            tells=() if self.stream else ((Key("flow", what="completed", arm=arm),),),
            counts=count_arm(arm, self.known & cohort.in_arm(arm)),
        )

    def plan_comparison(self, what: str, label: str, people: People, *, way: str = "") -> Planned:
        """Plan what compares the arms; with the share of one it tells that of the other."""
        quantity, unit = KINDS[what]
        return Planned(
            key=self.key(what, way=way),
            label=label,
            quantity=quantity,
            unit=unit,
            tells=(tuple(self.key("share", arm=arm) for arm in ARMS),),
            counts=people.counts(),
        )


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Compare completion: share by arm, crude, then adjusted by standardisation over the cohort; then by stream."""
    covariates = read_covariates(cohort)
    planned = _Definition("", "Completed", cohort.completed, _say_plan(cohort))
    yield from _judge(cohort, planned, covariates) if planned.known.any() else _refuse(cohort, planned, covariates)
    for word, (stream, label) in STREAMS.items():
        completed = judge_stream(cohort, stream)
        if completed is not None:
            rule = _say_rule(stream_rule(cohort.plan, stream))
            definition = _Definition(word, label, completed, rule)
            yield from _shares(cohort, definition)
            yield _stream_difference(cohort, definition, covariates)
    yield from draw_weeks(cohort)


def _judge(cohort: Cohort, definition: _Definition, covariates: Covariates) -> Iterator[Outcome]:
    yield from _shares(cohort, definition)
    yield from _either_way(cohort, definition)
    yield from _crude(cohort, definition)
    yield from _adjusted(cohort, definition, covariates)


def _say_plan(cohort: Cohort) -> str:
    planned = cohort.plan.completion
    if planned is None or planned.rule is None:
        return f"completed: as the column {planned.column if planned else ''} of clients.csv says"
    return _say_rule(planned.rule)


def _say_rule(rule: AttendanceRule) -> str:
    streams = {"group": "group sessions", "individual": "{individual} sessions", "any": "sessions of either kind"}
    row = f", never {rule.longest_run_missed} in a row missed" if rule.longest_run_missed is not None else ""
    return f"completed: attended {rule.minimum_share:.0%} or more of the {streams[rule.stream]} on offer{row}"


def _refuse(cohort: Cohort, definition: _Definition, covariates: Covariates) -> Iterator[Outcome]:
    refusal = refuse_completion(cohort)
    for one in (
        *(definition.plan_share(cohort, arm) for arm in ARMS),
        *(_plan_either_way(cohort, definition, what, arm) for arm in ARMS for what in EITHER_WAY),
        *_plan_crude(cohort, definition).values(),
        *_plan_adjusted(cohort, definition, covariates).values(),
    ):
        yield replace(one, counts=None).refuse(str(refusal), refusal.cause)


def _shares(cohort: Cohort, definition: _Definition) -> Iterator[Outcome]:
    for arm in ARMS:
        used = definition.known & cohort.in_arm(arm)
        completed = definition.completed[used]
        share = partial(
            estimate_share,
            events=int(completed.sum()),
            n=len(completed),
            level=cohort.plan.confidence.level,
            method=f"share with Wilson's interval, not adjusted; {definition.rule}",
        )
        refused = People(used, cohort.full).counts()
        yield definition.plan_share(cohort, arm).attempt(share, refused=refused)


def _plan_either_way(cohort: Cohort, definition: _Definition, what: str, arm: str) -> Planned:
    """Plan a limit of the share; each tells, with the other counts of the arm, one of them."""
    flow, share = Key("flow", arm=arm), definition.key("share", arm=arm)
    told = (flow.but(what="completed"),) if what == "least" else (share, flow.but(what="completion_not_recorded"))
    return Planned(
        key=definition.key(what, arm=arm),
        label=f"{EITHER_WAY[what]}, {cohort.plan.arm_names[arm]}",
        quantity=Quantity.SHARE,
        unit="share",
        tells=(told,),
        counts=count_arm(arm, cohort.in_arm(arm)),
    )


def _either_way(cohort: Cohort, definition: _Definition) -> Iterator[Estimate]:
    """Give the share of everybody who started, by what those would have done of whom it is not recorded."""
    yes, no = (definition.completed == answer for answer in (1, 0))
    for arm in ARMS:
        mine = cohort.in_arm(arm)
        started, done, not_done = (int(who.sum()) for who in (mine, mine & yes, mine & no))
        unknown = started - done - not_done
        for what, many in (("least", done), ("most", done + unknown)):
            yield _plan_either_way(cohort, definition, what, arm).estimate(
                many / started,
                cells=(done, started - done) if what == "least" else (done, not_done, unknown),
                how=How(estimator="share"),
                method=f"count of everybody who started; {definition.rule}",
            )


def _plan_crude(cohort: Cohort, definition: _Definition) -> dict[str, Planned]:
    people = People(definition.known, cohort.full)
    return {what: definition.plan_comparison(what, label, people, way="crude") for what, label in CRUDE.items()}


def _crude(cohort: Cohort, definition: _Definition) -> Iterator[Outcome]:
    level = cohort.plan.confidence.level
    one, zero = (definition.completed[definition.known & arm] for arm in (cohort.full, ~cohort.full))
    counts = {
        "events_full": int(one.sum()),
        "n_full": len(one),
        "events_skills": int(zero.sum()),
        "n_skills": len(zero),
    }
    cells = tuple(int(number) for mine in (one, zero) for number in (mine.sum(), len(mine) - mine.sum()))

    def compare(planned: Planned) -> Outcome:
        way = CRUDE_WAYS[planned.key.what]
        fit = way.fit(**counts, level=level)
        inference, interval = ("score", "Koopman's score interval") if fit.by_score else (way.inference, way.interval)
        return planned.estimate(
            fit.value,
            interval=to_interval(level, (fit.low, fit.high)),
            cells=cells,
            how=How(estimator="share", inference=inference),
            method=f"{{full}} against {{skills}}, not adjusted; {interval}; {definition.rule}",
        )

    for planned in _plan_crude(cohort, definition).values():
        yield planned.attempt(compare)


def _plan_adjusted(cohort: Cohort, definition: _Definition, covariates: Covariates) -> dict[str, Planned]:
    people = People(definition.known & covariates.known, cohort.full)
    planned = {
        what: definition.plan_comparison(what, label, people, way="adjusted") for what, label in ADJUSTED.items()
    }
    inverse = ((definition.key("difference", way="adjusted"),),)
    planned["number_needed"] = replace(planned["number_needed"], tells=inverse)
    return planned


def _adjusted(cohort: Cohort, definition: _Definition, covariates: Covariates) -> Iterator[Outcome]:
    people = People(definition.known & covariates.known, cohort.full)
    model = cache(partial(_compare, cohort, definition, covariates, people))
    ways: dict[str, Callable[[Planned], Outcome]] = {
        "difference": lambda planned: model().difference(planned),
        "ratio": lambda planned: model().ratio(planned),
        "odds_ratio": lambda planned: model().odds_ratio(planned),
        "ratio_not_completed": lambda planned: model().ratio_of_others(planned),
        "number_needed": lambda planned: model().number_needed(planned, "completer"),
    }
    for what, planned in _plan_adjusted(cohort, definition, covariates).items():
        yield planned.attempt(ways[what])


def _stream_difference(cohort: Cohort, definition: _Definition, covariates: Covariates) -> Outcome:
    people = People(definition.known & covariates.known, cohort.full)
    planned = definition.plan_comparison("difference", f"{definition.label}, adjusted difference", people)
    return planned.attempt(lambda one: _compare(cohort, definition, covariates, people).difference(one))


def _compare(
    cohort: Cohort, definition: _Definition, covariates: Covariates, people: People
) -> ShareModel | AlikeShares:
    require_differing(definition.completed, people)
    return compare_shares(cohort, definition.completed, covariates, people)
