"""What is concluded from intervals, a second time: verdicts by the table of `docs/methods/wording.md`, ways that agree.

The intervals are those stored, each of which is computed a second time by itself.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from outcomes.replication.columns import known
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.ways import OF_KINDS, WAYS, WAYS_OF_KINDS, verdict_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.replication.wide import Road, Wide

Span: TypeAlias = "tuple[float, float] | None"
CANNOT, TELLS_NOTHING = 8, 7  # rows of the table
LACKING = 1 / 20  # of everybody, above which what is missing at the start must be completed
FEWEST = 4  # groups in all that are told apart
MOST_ALIKE = 1 / 2  # of an arm's people: groups that hold people of both, or are recorded


def read_span(wide: Wide, key: Key, sign: float = 1.0) -> Span:
    """Give a stored interval, positive for the full programme; of a ratio its logarithm."""
    one = wide.found.get(str(key))
    if not isinstance(one, Estimate) or one.interval is None:
        return None
    low, high = one.interval.low, one.interval.high
    if one.unit == "ratio":
        low, high = (math.log(limit) if limit else limit and -math.inf for limit in (low, high))
        low = -math.inf if low is None or one.interval.low == 0 else low
    low, high = (-math.inf if low is None else low), (math.inf if high is None else high)
    return (low, high) if sign > 0 else (-high, -low)


def judge(main: Span, others: Sequence[Span], worthwhile: float | None, *, capped: bool, held: bool) -> float:
    """Give the row of the table: `held` where Holm's p-value keeps it from being settled."""
    if main is None:
        return CANNOT
    there = [main, *(one for one in others if one is not None)]
    way = 1 if main[0] > 0 else -1 if main[1] < 0 else 0
    turned = [one if way >= 0 else (-one[1], -one[0]) for one in there]
    whole = None not in others and not capped
    settled = way != 0 and whole and not held and min(low for low, _ in turned) > 0
    within = worthwhile is not None and all(-worthwhile < low and high < worthwhile for low, high in turned)
    if settled:
        if worthwhile is not None and min(low for low, _ in turned) >= worthwhile:
            return 1
        return 2 if within else 3
    if way == 0:
        return 4 if within and whole else TELLS_NOTHING
    return 5 if within and whole else 6


def _is_unlike(wide: Wide) -> bool:
    """Whether the data cannot answer: the people are too unlike, or each programme is one skills group."""
    told = wide.found.get(str(Key("balance", what="comparable")))
    groups = wide.recorded(wide.people.plan.adjust.skills_group)
    arms = [{one for one in groups[arm] if one is not None} for arm in (wide.people.full, ~wide.people.full)]
    alone = all(one is not None for one in groups) and max(map(len, arms)) == 1 and not arms[0] & arms[1]
    return alone or (isinstance(told, Estimate) and told.value == 0)


def _is_capped(wide: Wide) -> bool:
    """Whether groups, as they lie, let a verdict lean at most."""
    plan, full = wide.people.plan, wide.people.full
    groups = wide.recorded(plan.adjust.skills_group)
    arms = [[one for one in groups[arm] if one is not None] for arm in (full, ~full)]
    if not any(arms):
        return plan.adjust.groups not in {"shared", "none"}
    both = set(arms[0]) & set(arms[1])
    if all(
        sum(one in both for one in mine) >= MOST_ALIKE * arm.sum()
        for mine, arm in zip(arms, (full, ~full), strict=True)
    ):
        return False
    few = len(set(arms[0]) | set(arms[1])) < FEWEST or min(len(set(mine)) for mine in arms) < FEWEST / 2
    return few or any(len(mine) < MOST_ALIKE * arm.sum() for mine, arm in zip(arms, (full, ~full), strict=True))


def _lacks(wide: Wide, measure: str = "") -> bool:
    lacking = ~known(np.zeros(len(wide.people.full)), wide.covariates)
    if measure:
        start = scores_at(wide.people, measure, wide.people.plan.baseline)
        if wide.people.plan.measures[measure].kind == "score" or not np.isnan(start).all():
            lacking = lacking | np.isnan(start)
    return bool(lacking.mean() > LACKING)


def is_held(wide: Wide, key: Key) -> bool:
    """Whether Holm's p-value of a comparison holds a verdict back."""
    one = wide.found.get(str(key))
    return isinstance(one, NotEstimable) or (isinstance(one, Estimate) and not one.value < 1 - wide.level())


def _is_by_group(wide: Wide, key: Key) -> bool:
    """Whether a comparison that must allow for nested groups does."""
    one = wide.found.get(str(key))
    return isinstance(one, Estimate) and one.how is not None and bool(one.how.clusters)


def _is_nested(wide: Wide) -> bool:
    groups, full = wide.recorded(wide.people.plan.adjust.skills_group), wide.people.full
    arms = [[one for one in groups[arm] if one is not None] for arm in (full, ~full)]
    both = set(arms[0]) & set(arms[1])
    shared = all(
        sum(one in both for one in mine) >= MOST_ALIKE * arm.sum()
        for mine, arm in zip(arms, (full, ~full), strict=True)
    )
    return any(arms) and not shared


def _worthwhile(wide: Wide, measure: str) -> float | None:
    described = wide.people.plan.measures[measure]
    if described.worthwhile is None:
        return None
    return abs(math.log(described.worthwhile)) if described.kind == "count" else described.worthwhile


class Basis(NamedTuple):
    """What the verdict on a measure rests on: its main comparison, what must support it, and what holds it."""

    main: Key
    p_value: Key
    span: Span
    others: dict[str, Span]
    worthwhile: float | None
    capped: bool


def read_basis(wide: Wide, measure: str, visit: str) -> Basis:
    """Read the stored intervals on which the verdict on a measure rests."""
    plan = wide.people.plan
    kind, sign, others = plan.measures[measure].kind, wide.sign(measure), dict[str, Span]()
    p_value = Key("mmrm", measure, visit, "p_holm")
    if kind == "score":
        by_group = Key("mmrm", measure, visit, "clustered")
        nested = _is_nested(wide) and isinstance(wide.found.get(str(by_group)), Estimate)
        main = by_group if nested else by_group.but(what="difference")
        capped = _is_capped(wide) or (_is_nested(wide) and not nested)
        shared = (wide.recorded(plan.adjust.skills_group), wide.recorded(plan.adjust.therapist))
        if any(one is not None for labels in shared for one in labels):
            others["mixed"] = read_span(wide, Key("mixed", measure, visit, "difference"), sign)
        if _lacks(wide, measure):
            others["start"] = read_span(wide, Key("imputation", measure, visit, "start"), sign)
    else:
        main = OF_KINDS[kind].key(measure, visit)
        p_value = main.but(what="p_holm")
        capped = _is_capped(wide) or (_is_nested(wide) and not _is_by_group(wide, main))
        others |= {"start": None} if _lacks(wide, measure) else {}
    span = None if _is_unlike(wide) else read_span(wide, main, sign)  # no interval answers between people too unlike
    return Basis(main, p_value, span, others, _worthwhile(wide, measure), capped)


def name(
    main: Span, others: Sequence[Span], worthwhile: float | None, *, capped: bool, held: bool
) -> tuple[float, int]:
    """Give the row of the table, and which way the verdict points: 1 full, -1 skills, 0 neither."""
    row = judge(main, others, worthwhile, capped=capped, held=held)
    points = main is not None and row not in {4, TELLS_NOTHING, CANNOT}
    return row, (1 if main[0] > 0 else -1) if points and main is not None else 0


def of_completion(wide: Wide, span: Span) -> tuple[float, int]:
    """Name the verdict on completion that an interval would give."""
    key = Key("completion", what="difference", category="adjusted")
    capped = _is_capped(wide) or (_is_nested(wide) and not _is_by_group(wide, key))
    return name(None if _is_unlike(wide) else span, [None] if _lacks(wide) else [], None, capped=capped, held=False)


def _of_measure(wide: Wide, first: Estimate) -> Numbers:
    """Judge a measure at a visit by its main interval and what must support it."""
    basis = read_basis(wide, first.key.measure, first.key.visit)
    held, others = is_held(wide, basis.p_value), list(basis.others.values())
    value = judge(basis.span, others, basis.worthwhile, capped=basis.capped, held=held)
    return Numbers(value=value, method="the table of verdicts")


def _of_everybody(wide: Wide, first: Estimate) -> Numbers:
    """Judge completion, or a kind of event, by its one interval."""
    others: list[Span] = [None] if _lacks(wide) else []
    if _is_unlike(wide):
        return Numbers(value=CANNOT, method="the table of verdicts")
    if first.key.what == "completion":
        key = Key("completion", what="difference", category="adjusted")
        main, worthwhile, held, capped = read_span(wide, key), None, False, _is_capped(wide)
    else:
        event, key = (
            wide.people.plan.events[first.key.subject],
            Key("events", subject=first.key.subject, what="rate_ratio"),
        )
        main = read_span(wide, key, event.sign)
        worthwhile = None if event.worthwhile is None else abs(math.log(event.worthwhile))
        held = is_held(wide, key.but(what="p_holm"))
        coverage = wide.found.get(str(key.but(category="rate_ratio", what="coverage")))
        poor = isinstance(coverage, Estimate) and coverage.how is not None and bool(coverage.how.fallback)
        capped = _is_capped(wide) or poor
    capped |= _is_nested(wide) and not _is_by_group(wide, key)
    value = judge(main, others, worthwhile, capped=capped, held=held)
    return Numbers(value=value, method="the table of verdicts")


def _agreeing(wide: Wide, first: Estimate) -> Numbers | None:
    """Count the other ways whose interval, read alone, has the direction and the size of the verdict."""
    measure, visit = first.key.measure, first.key.visit
    kind, sign, size = wide.people.plan.measures[measure].kind, wide.sign(measure), _worthwhile(wide, measure)
    keys = [way.key(measure, visit) for way in WAYS_OF_KINDS.get(kind, WAYS) if way.role == "counted"]
    there = [read_span(wide, key, sign) for key in keys if isinstance(wide.found.get(str(key)), Estimate)]
    verdict = wide.found.get(str(verdict_of(measure, visit)))
    if first.key.what == "compared" or not isinstance(verdict, Estimate) or verdict.verdict is None:
        return Numbers(value=float(len(there)), method="count")
    row, towards = int(verdict.value), {"full": 1.0, "skills": -1.0, "": 0.0}[verdict.verdict.side]

    def agrees(low: float, high: float) -> bool:
        near, far = (low, high) if towards >= 0 else (-high, -low)
        direction = low <= 0 <= high if not towards else near > 0
        if size is None or row in {3, 6, 7}:
            return direction
        return direction and (near >= size if row == 1 else -size < near and far < size)

    return Numbers(value=float(sum(one is not None and agrees(*one) for one in there)), method="count")


ROADS: Mapping[tuple[str, str], Road] = {
    ("verdict", "rung"): _of_measure,
    ("verdict", "completion"): _of_everybody,
    ("verdict", "events"): _of_everybody,
    ("agreement", "compared"): _agreeing,
    ("agreement", "agree"): _agreeing,
}
