"""Pace: how soon people first improve reliably; between two visits it is not known when.

A person's first reliable improvement lies after the last visit without it and by the first visit with it, or after the
last visit at which they were seen. The share that has improved by each visit is the nonparametric maximum of the
likelihood of these intervals.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.methods.turnbull import TurnbullFit, fit_turnbull
from outcomes.models.contract import People, count_arm
from outcomes.models.occasion import Occasion
from outcomes.models.resampling import widest
from outcomes.plan.model import ARMS
from outcomes.questions.change.analysis import judge
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled, Resampler
    from outcomes.models.resampling import CohortSamples

# Distance of the likelihood from its maximum at which fitting ends: of the people themselves, so that what is told is
# exact, and of samples of them, whose own scatter is larger by far.
EXACT, ENOUGH = 1e-9, 1e-6
# People of an arm: of fewer, many samples hold nobody who improved, and the limits stand at their end.
FEWEST_IMPROVED = 5
TOO_FEW = (
    "In one programme fewer than five people were seen to improve reliably, so that samples of them say too little."
)
METHOD = "nonparametric maximum likelihood for intervals between visits (Turnbull)"
NOTE = "Taken for granted: whether somebody is seen at a visit does not depend on when they improve."


class Intervals(NamedTuple):
    """Where each client's first reliable improvement lies: (left, right], right infinite where it was not seen."""

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    used: NDArray[np.bool_]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Intervals({len(self.left)} of {len(self.used)} clients)"


def compare(cohort: Cohort, draws: CohortSamples) -> Iterator[Outcome]:
    """Give the share improved by each visit and arm, and the difference at the primary visit."""
    for measure in cohort.plan.primary_scored:
        try:
            found = read_intervals(cohort, measure)
            fits = {arm: [_fit(cohort, found, arm, one) for one in draws.resamplers] for arm in ARMS}
        except NotEstimableError as why:
            for arm in (*ARMS, ""):
                yield _plan(cohort, measure, arm).refuse(str(why), why.cause)
            continue
        for arm, fitted in fits.items():
            yield _curve(cohort, measure, arm, fitted, found, draws)
        yield _difference(cohort, measure, fits, found, draws)


def _plan(cohort: Cohort, measure: str, arm: str) -> Planned:
    """Declare the curve of an arm, which nearly tells who had improved at the primary visit; else the difference."""
    plan, label = cohort.plan, cohort.plan.measures[measure].label
    curves = tuple(Key("pace", measure, what="curve", arm=one) for one in ARMS)
    if not arm:
        return Planned(
            key=Key("pace", measure, what="difference"),
            label=f"{label}: improved reliably by the primary visit at least once, difference",
            quantity=Quantity.SHARE_DIFFERENCE,
            unit="share_difference",
            tells=(curves,),
        )
    improved = Key("change", measure, plan.primary, "share", arm, category="improved")
    return Planned(
        key=Key("pace", measure, what="curve", arm=arm),
        label=f"{label}: share improved reliably at least once by each visit, {plan.arm_names[arm]}",
        quantity=Quantity.SHARE,
        unit="share",
        tells=((improved,),),
    )


def read_intervals(cohort: Cohort, measure: str) -> Intervals:
    """Read off the visits when each client first improved reliably.

    Raises
    ------
    NotEstimableError
        Without a start, or without a reliability to judge by.
    """
    n, plan = len(cohort.full), cohort.plan
    Occasion(cohort, measure, plan.primary).require_baseline()
    left, right = np.zeros(n), np.full(n, np.inf)
    was_seen = np.zeros(n, dtype=bool)
    for visit in plan.later:
        occasion, week = Occasion(cohort, measure, visit), plan.visits[visit].week
        still = occasion.paired & np.isinf(right)
        improved = still & judge(occasion, after=occasion.after).improved
        right[improved] = week
        left[still & ~improved] = week
        was_seen |= occasion.paired
    return Intervals(left, right, was_seen)


def _fit(cohort: Cohort, found: Intervals, arm: str, resampler: Resampler) -> TurnbullFit:
    """Fit everybody of an arm, their samples, and them without each unit; the first is fitted exactly."""
    mine = found.used & cohort.in_arm(arm)
    if not mine.any():
        msg = f"Nobody in {cohort.plan.arm_names[arm]} was seen at the start and later."
        raise NotEstimableError(msg, "not seen")
    kinds, which = np.unique(np.stack([found.left, found.right], axis=1)[mine], axis=0, return_inverse=True)
    member = np.zeros((len(mine), len(kinds)))
    member[np.flatnonzero(mine), which] = 1.0
    counts = resampler.sums(member)
    there = counts.sum(axis=1) > 0
    left, right = kinds[:, 0], kinds[:, 1]
    exact = fit_turnbull(left=left, right=right, counts=counts[0], precision=EXACT)
    rough = fit_turnbull(left=left, right=right, counts=counts[there], precision=ENOUGH)
    mass = np.full((len(counts), len(exact.left)), np.nan)
    mass[there] = rough.mass
    mass[0] = exact.mass
    return TurnbullFit(left=exact.left, right=exact.right, mass=mass, gap=exact.gap)


def _curve(
    cohort: Cohort, measure: str, arm: str, fits: list[TurnbullFit], found: Intervals, draws: CohortSamples
) -> Outcome:
    used = found.used & cohort.in_arm(arm)
    level, improved = cohort.plan.confidence.level, _improved(found, used)
    enough = improved >= FEWEST_IMPROVED

    def compute(planned: Planned) -> Outcome:
        weeks = [cohort.plan.visits[visit].week for visit in cohort.plan.later]
        at = [week for week in weeks if fits[0].is_known_at(week) and week <= found.left[used].max(initial=week)]
        shares = [_wrap(draws, [fit.share_by(week) for fit in fits]) for week in at]
        with_limits = enough and draws.has_limits
        limits = [widest(share, level) for share in shares] if with_limits else []
        return planned.curve(
            axis="weeks since the start",
            at=tuple(at),
            value=tuple(share[0].value for share in shares),
            low=tuple(low for low, _ in limits),
            high=tuple(high for _, high in limits),
            level=level if with_limits else None,
            people=tuple(int(used.sum()) for _ in at),
            cells=(improved, int(used.sum()) - improved),
            method=f"{METHOD}; {draws.phrase}",
            how=draws.how("turnbull"),
            notes=(NOTE, *draws.notes, *(() if enough else (TOO_FEW,))),
        )

    planned = replace(_plan(cohort, measure, arm), counts=count_arm(arm, used))
    return planned.attempt(compute, refused=People(used, cohort.full).counts())


def _wrap(draws: CohortSamples, values: list[NDArray[np.float64]]) -> list[Resampled]:
    return [resampler.wrap(each) for resampler, each in zip(draws.resamplers, values, strict=True)]


def _improved(found: Intervals, used: NDArray[np.bool_]) -> int:
    return int((used & np.isfinite(found.right)).sum())


def _difference(
    cohort: Cohort, measure: str, fits: dict[str, list[TurnbullFit]], found: Intervals, draws: CohortSamples
) -> Outcome:
    improved = [_improved(found, found.used & mine) for mine in (cohort.full, ~cohort.full)]

    def compute(planned: Planned) -> Outcome:
        week = cohort.plan.visits[cohort.plan.primary].week
        if not all(fit[0].is_known_at(week) for fit in fits.values()):
            raise NotEstimableError("In one programme nobody was seen at the primary visit.", "not seen")
        if min(improved) < FEWEST_IMPROVED:
            raise NotEstimableError(TOO_FEW, "too few")
        draws.require_limits()
        pairs = zip(fits["full"], fits["skills"], strict=True)
        gap = _wrap(draws, [full.share_by(week) - skills.share_by(week) for full, skills in pairs])
        return planned.estimate(
            gap[0].value,
            se=draws.se(gap),
            interval=draws.interval(gap, cohort.plan.confidence.level),
            cells=tuple(improved),
            method=f"{METHOD}, by the week of the primary visit, full less skills, not adjusted; {draws.phrase}",
            how=draws.how("turnbull"),
            notes=(NOTE, *draws.notes),
        )

    planned = replace(_plan(cohort, measure, ""), counts=People(found.used, cohort.full).counts())
    return planned.attempt(compute)
