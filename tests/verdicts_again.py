"""The verdicts of a report, concluded a second time from its stored intervals by the rule as it is worded in the docs.

It shares no code with `outcomes.results.verdict`: the tests hold what pages say against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import WAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

WORTHWHILE, LESS, BETTER, SMALL = "better, worthwhile", "better, less than worthwhile", "better", "too small"
LEANS_LESS, LEANS, UNTOLD, CANNOT = "leans, less than worthwhile", "leans", "does not tell", "cannot answer"
COMPLETION = Key("completion", what="difference", category="adjusted")
FEWEST, HALF, MOST_LEFT_OUT = 4, 0.5, 0.05


@dataclass(frozen=True)
class Groups:
    """How skills groups lie: whether they judge, hold back, or make an arm a group."""

    judge: bool = False
    hold_back: bool = False
    bar: bool = False


@dataclass(frozen=True)
class Told:
    """A verdict: what is told, in favour of which arm, and of which result."""

    rung: str
    side: str
    result: str


def read_groups(full: Sequence[object], skills: Sequence[object], said: str | None) -> Groups:
    """Read how groups lie from the labels of all people of each arm; None is somebody without."""
    labels = [{one for one in arm if one is not None} for arm in (full, skills)]
    both = labels[0] & labels[1]
    if not labels[0] | labels[1]:
        return Groups(hold_back=said not in {"shared", "none"})
    if all(sum(one in both for one in arm) >= HALF * len(arm) for arm in (full, skills)):
        return Groups()
    if len(labels[0]) == len(labels[1]) == 1:
        return Groups(bar=True)
    if len(labels[0] | labels[1]) < FEWEST:
        return Groups(hold_back=True)
    partly = any(sum(one is not None for one in arm) < HALF * len(arm) for arm in (full, skills))
    return Groups(judge=True, hold_back=partly or 1 in map(len, labels))


@dataclass(frozen=True)
class Study:
    """What verdicts are concluded from."""

    registry: Registry
    plan: Plan
    groups: Groups
    records_groups: bool
    without_covariate: float

    @classmethod
    def read(cls, registry: Registry, plan: Plan, clients: pd.DataFrame) -> Study:
        """Read what else a verdict needs off the clients: how groups lie, and who lacks a covariate."""
        column, therapist = plan.adjust.skills_group, plan.adjust.therapist
        arms = [_labels(clients[clients["full"] == full], column) for full in (True, False)]
        has_any = any(one is not None for labels in (*arms, _labels(clients, therapist)) for one in labels)
        known = clients[list(plan.adjust.covariates)].notna().all(axis=1)
        groups = read_groups(*arms, plan.adjust.groups)
        return cls(registry, plan, groups, records_groups=has_any, without_covariate=float(1 - known.mean()))

    def limits(self, key: Key | str, sign: float) -> tuple[float, float] | None:
        """Limits of a result, positive in favour of the full programme; an open side is infinite."""
        outcome = self.registry.get(key)
        if not isinstance(outcome, Estimate) or outcome.interval is None:
            return None
        low, high = outcome.interval.low, outcome.interval.high
        pair = (-math.inf if low is None else low, math.inf if high is None else high)
        return pair if sign > 0 else (-pair[1], -pair[0])

    @property
    def is_barred(self) -> bool:
        """Whether nothing can be compared."""
        apart = self.registry.get(Key("balance", what="comparable"))
        return self.groups.bar or (isinstance(apart, Estimate) and apart.value == 0)

    def conclude(self, measure: str, visit: str) -> Told:
        """Conclude on a measure at a visit."""
        sign, worthwhile = self.plan.measures[measure].sign, self.plan.measures[measure].worthwhile
        by_group = Key("mmrm", measure, visit, "clustered")
        can_allow = self.groups.judge and isinstance(self.registry.get(by_group), Estimate)
        main = by_group if can_allow else Key("mmrm", measure, visit, "difference")
        required = list(self._list_required(measure, visit, sign))
        p_holm = self.registry.get(Key("mmrm", measure, visit, "p_holm"))
        declared = Key("mmrm", measure, visit, "p_holm") in self.registry
        passes = not declared or (isinstance(p_holm, Estimate) and p_holm.value < 1 - self.plan.confidence.level)
        held = self.groups.hold_back or None in required or self.groups.judge > can_allow
        rung, side = self._tell(self.limits(main, sign), required, worthwhile, settled=passes and not held, held=held)
        return Told(rung, side, str(main))

    def _list_required(self, measure: str, visit: str, sign: float) -> Iterator[tuple[float, float] | None]:
        if self.records_groups:
            yield self.limits(Key("mixed", measure, visit, "difference"), sign)
        left = [
            self.registry.get(Key("flow", measure, what="left_out", arm=arm, category=reason))
            for arm in ARMS
            for reason in ("no_start", "no_covariate")
        ]
        started = sum(self.registry[Key("flow", what="started", arm=arm)].value for arm in ARMS)
        if sum(one.value for one in left if isinstance(one, Estimate)) > MOST_LEFT_OUT * started:
            yield self.limits(Key("imputation", measure, visit, "start"), sign)

    def conclude_completion(self) -> Told:
        """Conclude on completion, where there is no worthwhile difference to hold it against."""
        outcome = self.registry.get(COMPLETION)
        allows = isinstance(outcome, Estimate) and outcome.how is not None and bool(outcome.how.clusters)
        held = self.groups.hold_back or self.groups.judge > allows or self.without_covariate > MOST_LEFT_OUT
        rung, side = self._tell(self.limits(COMPLETION, 1.0), [], None, settled=not held, held=held)
        return Told(rung, side, str(COMPLETION))

    def _tell(
        self,
        main: tuple[float, float] | None,
        required: Sequence[tuple[float, float] | None],
        worthwhile: float | None,
        *,
        settled: bool,
        held: bool,
    ) -> tuple[str, str]:
        """Go down the table of the docs and give the first row that holds."""
        if main is None or self.is_barred:
            return CANNOT, ""
        every = [main, *(pair for pair in required if pair is not None)]
        side = "full" if main[0] > 0 else "skills" if main[1] < 0 else ""
        one_way = settled and (all(low > 0 for low, _ in every) or all(high < 0 for _, high in every))
        size = math.inf if worthwhile is None else worthwhile
        excluded = worthwhile is not None and not held and all(-size < low and high < size for low, high in every)
        if one_way and worthwhile is not None:
            beyond = all(low >= worthwhile for low, _ in every) or all(high <= -worthwhile for _, high in every)
            return (WORTHWHILE if beyond else LESS if excluded else BETTER), side
        if one_way:
            return BETTER, side
        if excluded:
            return (LEANS_LESS, side) if side else (SMALL, "")
        return (LEANS, side) if side else (UNTOLD, "")

    def count_agreeing(self, measure: str) -> tuple[int, int]:
        """Count the other ways whose own interval has the direction and the size that the verdict claims, and all."""
        visit, one = self.plan.primary, self.plan.measures[measure]
        told = self.conclude(measure, visit)
        keys = [way.key(measure, visit) for way in WAYS if way.role == "counted"]
        found = [self.limits(key, one.sign) for key in keys if isinstance(self.registry.get(key), Estimate)]
        return sum(pair is not None and _agrees(pair, told, one.worthwhile) for pair in found), len(found)


def _labels(clients: pd.DataFrame, column: str | None) -> list[object]:
    if column is None or column not in clients:
        return [None] * len(clients)
    return [one if known else None for one, known in zip(clients[column], clients[column].notna(), strict=True)]


def _agrees(pair: tuple[float, float], told: Told, worthwhile: float | None) -> bool:
    low, high = pair
    side = "full" if low > 0 else "skills" if high < 0 else ""
    if side != told.side:
        return False
    if told.rung == WORTHWHILE and worthwhile is not None:
        return low >= worthwhile or high <= -worthwhile
    if told.rung in {LESS, SMALL, LEANS_LESS} and worthwhile is not None:
        return -worthwhile < low and high < worthwhile
    return True
