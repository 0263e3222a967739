"""Who was not seen: by arm and visit, in which order, and what had been seen of them before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods import impute, means, proportions
from outcomes.models.contract import People, attempt, count_arm, to_interval, to_share
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

KINDS = {
    "complete": "seen at every visit",
    "monotone": "not seen from some visit on",
    "intermittent": "not seen at some visit, but at a later one",
    "never": "never seen",
}


def count_missing(cohort: Cohort) -> Iterator[Outcome]:
    """Share not seen at every visit on every measure, compared between the arms; and who had left for good."""
    for measure in cohort.plan.measures:
        for visit in cohort.plan.visits:
            occasion = Occasion(cohort, measure, visit)
            missing = np.isnan(occasion.after)
            yield from (_share(occasion, arm, missing) for arm in ARMS)
            yield _difference(occasion, missing)
            if visit != cohort.plan.baseline:
                left = impute.has_left(~np.isnan(cohort.grids[measure]))[:, tuple(cohort.plan.visits).index(visit)]
                yield from (_count_left(occasion, arm, left) for arm in ARMS)


def _share(occasion: Occasion, arm: str, missing: NDArray[np.bool_]) -> Outcome:
    mine = occasion.cohort.in_arm(arm)
    result = occasion.id("missing", arm, "share")
    label = f"{occasion.label}: not seen, {occasion.cohort.plan.arm_labels[arm]}"

    def compute() -> Outcome:
        return to_share(
            result,
            label,
            events=int((missing & mine).sum()),
            n=int(mine.sum()),
            level=occasion.level,
            counts=count_arm(arm, mine),
            method="share of those who started without a score, Wilson's interval",
        )

    return attempt(result, label, compute, people=People(mine, occasion.cohort.full))


def _difference(occasion: Occasion, missing: NDArray[np.bool_]) -> Outcome:
    result, label = occasion.id("missing", "difference"), f"{occasion.label}: not seen, difference"
    full = occasion.cohort.full
    people = People(np.ones(len(full), dtype=bool), full)

    def compute() -> Outcome:
        fit = proportions.fit_share_difference(
            events_full=int(missing[full].sum()),
            n_full=int(full.sum()),
            events_skills=int(missing[~full].sum()),
            n_skills=int((~full).sum()),
            level=occasion.level,
        )
        return Estimate(
            id=result,
            label=label,
            value=fit.value,
            unit="share_difference",
            interval=to_interval(occasion.level, (fit.low, fit.high)),
            method="full programme minus skills group only, not adjusted; Newcombe's hybrid score interval",
            **people.counts(),
        )

    return attempt(result, label, compute, people=people)


def _count_left(occasion: Occasion, arm: str, left: NDArray[np.bool_]) -> Outcome:
    mine = left & occasion.cohort.in_arm(arm)
    label = f"{occasion.label}: not seen then nor later, {occasion.cohort.plan.arm_labels[arm]}"
    return _count(occasion.id("missing", arm, "left"), label, arm, mine)


def count_patterns(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Count who was seen at which visits, pattern by pattern, and how many left, returned, or were always seen."""
    seen = ~np.isnan(cohort.grids[measure])
    label = cohort.plan.measures[measure].label
    for pattern in np.unique(seen, axis=0)[::-1]:
        mine = (seen == pattern).all(axis=1)
        word = "".join("s" if there else "m" for there in pattern)
        for arm in ARMS:
            what = f"{label}: {_say_pattern(cohort, pattern)}, {cohort.plan.arm_labels[arm]}"
            result = result_id("missing", measure, "pattern", word, arm)
            yield _count(result, what, arm, mine & cohort.in_arm(arm))
    for kind, mask in _kinds(seen).items():
        for arm in ARMS:
            what = f"{label}: {KINDS[kind]}, {cohort.plan.arm_labels[arm]}"
            yield _count(result_id("missing", measure, "kind", kind, arm), what, arm, mask & cohort.in_arm(arm))


def _kinds(seen: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Tell the patterns apart: once not seen never again is monotone, whenever it began."""
    left = impute.has_left(seen)
    complete, never = np.asarray(seen.all(axis=1)), np.asarray(~seen.any(axis=1))
    gap = np.asarray((~seen & ~left).any(axis=1))
    return {"complete": complete, "monotone": ~complete & ~gap & ~never, "intermittent": gap, "never": never}


def _say_pattern(cohort: Cohort, pattern: NDArray[np.bool_]) -> str:
    labels = [visit.label for visit in cohort.plan.visits.values()]
    there = [label for label, seen in zip(labels, pattern, strict=True) if seen]
    gone = [label for label, seen in zip(labels, pattern, strict=True) if not seen]
    if not gone or not there:
        return "seen at every visit" if there else "never seen"
    return f"seen at {', '.join(there)}; not at {', '.join(gone)}"


def _count(result: str, label: str, arm: str, mine: NDArray[np.bool_]) -> Outcome:
    counts = count_arm(arm, mine)
    return Estimate(id=result, label=label, value=float(mine.sum()), unit="people", method="count", **counts)


def describe_leaving(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Compare the last score of those not seen at the next visit with that of those seen, in each arm."""
    scores, seen = cohort.grids[measure], ~np.isnan(cohort.grids[measure])
    worse = -Occasion(cohort, measure, cohort.plan.primary).sign
    standard = np.full(scores.shape, np.nan)
    for visit in range(scores.shape[1]):
        here = scores[seen[:, visit], visit]
        spread = float(here.std(ddof=1)) if len(here) > 1 else 0.0
        if spread > 0:
            standard[seen[:, visit], visit] = worse * (here - here.mean()) / spread
    before, missed = standard[:, :-1], ~seen[:, 1:]
    for arm in ARMS:
        used = np.asarray(~np.isnan(before) & cohort.in_arm(arm)[:, None])
        gone = np.asarray((used & missed).any(axis=1))
        what = f"{cohort.plan.measures[measure].label}: not seen at a visit after one at which they were seen"
        count = result_id("missing", measure, arm, "missed_next")
        yield _count(count, f"{what}, {cohort.plan.arm_labels[arm]}", arm, gone)
        result = result_id("missing", measure, arm, "last_score")
        label = (
            f"{cohort.plan.measures[measure].label}: how much worse the last score was of those not seen next, "
            f"{cohort.plan.arm_labels[arm]}"
        )
        yield _last_score(cohort, arm, (result, label), (before, missed, used))


def _last_score(
    cohort: Cohort,
    arm: str,
    names: tuple[str, str],
    data: tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]],
) -> Outcome:
    before, missed, used = data
    people = People(np.asarray(used.any(axis=1)), cohort.full)
    level = cohort.plan.confidence.level

    def compute() -> Outcome:
        among = missed[used]
        if among.all() or not among.any():
            raise NotEstimableError("Either everybody was seen at the visit after, or nobody.")
        fit = means.fit_difference(scores=before[used], full=among)
        return Estimate(
            id=names[0],
            label=names[1],
            value=fit.mean,
            unit="sd",
            interval=to_interval(level, fit.contrast.interval(level)),
            method=(
                "mean score before, over all visits but the last, in standard deviations of everybody seen then, of "
                "those not seen at the next visit minus those seen; positive is worse; pooled t interval, not adjusted"
            ),
            **count_arm(arm, people.used),
        )

    return attempt(*names, compute, people=people)
