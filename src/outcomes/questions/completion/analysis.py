"""Completion: whether people in the full programme are more likely to complete, by the plan and by attendance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from outcomes.cohort.completion import judge_stream, stream_rule
from outcomes.core.ids import result_id
from outcomes.methods import proportions
from outcomes.models.contract import People, attempt, count_arm, to_interval, to_share
from outcomes.models.covariates import read_covariates
from outcomes.models.shares import ShareModel
from outcomes.plan.model import ARMS
from outcomes.questions.completion.attendance import draw_weeks
from outcomes.questions.flow.analysis import why_completion_unknown
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.plan.model import AttendanceRule

CRUDE = {"difference": "Completed, difference", "ratio": "Completed, ratio of shares"}
ADJUSTED = {
    "difference": "Completed, adjusted difference",
    "ratio": "Completed, adjusted ratio of shares",
    "odds_ratio": "Completed, adjusted odds ratio",
    "number_needed": "People in the full programme for one completer more or fewer",
}
STREAMS: dict[str, tuple[Literal["group", "any"], str]] = {
    "group_stream": ("group", "Completed by attendance of the group alone"),
    "any_stream": ("any", "Completed by attendance of all that was on offer"),
}


@dataclass(frozen=True, slots=True, repr=False)
class _Definition:
    """One way of saying who completed: how its ids begin, what it is called, who did (nan: not known)."""

    words: tuple[str, ...]
    label: str
    completed: NDArray[np.float64]
    rule: str

    @property
    def known(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.completed)


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Compare completion: share by arm, crude, then adjusted by standardisation over the cohort; then by stream."""
    covariates = read_covariates(cohort)
    planned = _Definition(("completion",), "Completed", cohort.completed, _say_plan(cohort))
    if not planned.known.any():
        yield from _unknown(cohort)
    else:
        yield from _shares(cohort, planned)
        yield from _crude(cohort, planned)
        yield from _adjusted(cohort, planned, covariates)
    for word, (stream, label) in STREAMS.items():
        completed = judge_stream(cohort, stream)
        if completed is not None:
            rule = _say_rule(stream_rule(cohort.plan, stream))
            definition = _Definition(("completion", word), label, completed, rule)
            yield from _shares(cohort, definition)
            yield _stream_difference(cohort, definition, covariates)
    yield from draw_weeks(cohort)


def _say_plan(cohort: Cohort) -> str:
    planned = cohort.plan.completion
    if planned is None or planned.rule is None:
        return f"completed: as the column {planned.column if planned else ''} of clients.csv says"
    return _say_rule(planned.rule)


def _say_rule(rule: AttendanceRule) -> str:
    streams = {"group": "group sessions", "individual": "121 sessions", "any": "sessions of either kind"}
    row = f", never {rule.longest_run_missed} in a row missed" if rule.longest_run_missed is not None else ""
    return f"completed: attended {rule.minimum_share:.0%} or more of the {streams[rule.stream]} on offer{row}"


def _unknown(cohort: Cohort) -> Iterator[Outcome]:
    reason = why_completion_unknown(cohort)
    for arm in ARMS:
        label = f"Completed, {cohort.plan.arm_labels[arm]}"
        yield NotEstimable(id=result_id("completion", arm, "share"), label=label, reason=reason)
    for kind, labels in (("crude", CRUDE), ("adjusted", ADJUSTED)):
        for what, label in labels.items():
            yield NotEstimable(id=result_id("completion", kind, what), label=label, reason=reason)


def _shares(cohort: Cohort, definition: _Definition) -> Iterator[Outcome]:
    level = cohort.plan.confidence.level
    for arm in ARMS:
        used = definition.known & cohort.in_arm(arm)
        result = result_id(*definition.words, arm, "share")
        label = f"{definition.label}, {cohort.plan.arm_labels[arm]}"

        def share(arm: str = arm, used: NDArray[np.bool_] = used, result: str = result, label: str = label) -> Outcome:
            return to_share(
                result,
                label,
                events=int(definition.completed[used].sum()),
                n=int(used.sum()),
                level=level,
                counts=count_arm(arm, used),
                method=f"share with Wilson's interval, not adjusted; {definition.rule}",
            )

        yield attempt(result, label, share, people=People(used, cohort.full))


def _crude(cohort: Cohort, definition: _Definition) -> Iterator[Outcome]:
    known, completed = definition.known, definition.completed
    people, level = People(known, cohort.full), cohort.plan.confidence.level
    one, zero = (completed[known & arm] for arm in (cohort.full, ~cohort.full))
    counts = {
        "events_full": int(one.sum()),
        "n_full": len(one),
        "events_skills": int(zero.sum()),
        "n_skills": len(zero),
    }
    ways = {
        "difference": (proportions.fit_share_difference, "share_difference", "Newcombe's hybrid score interval"),
        "ratio": (proportions.fit_share_ratio, "ratio", "interval of the logarithm"),
    }
    for what, (fit_what, unit, interval) in ways.items():
        result = result_id("completion", "crude", what)

        def compare(
            what: str = what,
            fit_what: Callable[..., proportions.ShareFit] = fit_what,
            unit: str = unit,
            interval: str = interval,
            result: str = result,
        ) -> Outcome:
            fit = fit_what(**counts, level=level)
            return Estimate(
                id=result,
                label=CRUDE[what],
                value=fit.value,
                unit=unit,
                interval=to_interval(level, (fit.low, fit.high)),
                method=f"full programme against skills group only, not adjusted; {interval}; {definition.rule}",
                **people.counts(),
            )

        yield attempt(result, CRUDE[what], compare, people=people)


def _adjusted(cohort: Cohort, definition: _Definition, covariates: Covariates) -> Iterator[Outcome]:
    people = People(definition.known & covariates.known, cohort.full)
    try:
        model = ShareModel(cohort, definition.completed, covariates, people)
    except NotEstimableError as reason:
        for what, label in ADJUSTED.items():
            result = result_id("completion", "adjusted", what)
            yield NotEstimable(id=result, label=label, reason=str(reason), **people.counts())
        return
    for what, compute in (
        ("difference", model.difference),
        ("ratio", model.ratio),
        ("odds_ratio", model.odds_ratio),
    ):
        result, label = result_id("completion", "adjusted", what), ADJUSTED[what]
        yield attempt(result, label, partial(compute, result, label), people=people)
    result = result_id("completion", "adjusted", "number_needed")
    yield attempt(result, ADJUSTED["number_needed"], lambda: model.number_needed(result, "completer"), people=people)


def _stream_difference(cohort: Cohort, definition: _Definition, covariates: Covariates) -> Outcome:
    result, label = result_id(*definition.words, "difference"), f"{definition.label}, adjusted difference"
    people = People(definition.known & covariates.known, cohort.full)

    def compute() -> Outcome:
        return ShareModel(cohort, definition.completed, covariates, people).difference(result, label)

    return attempt(result, label, compute, people=people)
