"""Shares not seen by arm and visit, counts of the patterns of visits, and the last score before a missing one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import impute, proportions
from outcomes.methods.cluster import fit_cr2
from outcomes.models.contract import People, count_arm, estimate_share, to_interval
from outcomes.models.occasion import Occasion
from outcomes.plan.model import ARMS
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

KINDS = {
    "complete": "seen at every visit",
    "monotone": "not seen from some visit on",
    "intermittent": "not seen at some visit, but at a later one",
    "never": "never seen",
}
SEEN, MISSED = "s", "m"  # letters of the word of a pattern, one a visit


@dataclass(frozen=True, slots=True, repr=False)
class Patterns:
    """The patterns of visits at which people were seen on a measure.

    Attributes
    ----------
    measure : str
    seen : ndarray of bool, shape (n, T)
        Whether each client was seen at each visit.
    """

    measure: str
    seen: NDArray[np.bool_]

    @classmethod
    def read(cls, cohort: Cohort, measure: str) -> Patterns:
        """Take them from the scores."""
        return cls(measure, ~np.isnan(cohort.grids[measure]))

    @property
    def different(self) -> NDArray[np.bool_]:
        """Each pattern once, from always seen to never."""
        places = np.arange(self.seen.shape[1])[::-1]
        codes = np.unique(self.seen @ (np.int64(1) << places))[::-1]  # the first visit is the highest bit
        return (codes[:, None] >> places & 1).astype(bool)

    def key(self, pattern: NDArray[np.bool_], arm: str) -> Key:
        """Key of the count of a pattern."""
        word = "".join(SEEN if there else MISSED for there in pattern)
        return Key(analysis="missing", measure=self.measure, what="pattern", category=word, arm=arm)

    def keys(self, chosen: NDArray[np.bool_], arm: str) -> tuple[Key, ...]:
        """Keys of the counts of some of the `different` patterns."""
        return tuple(self.key(pattern, arm) for pattern in self.different[chosen])


def count_missing(cohort: Cohort) -> Iterator[Outcome]:
    """Share not seen at every visit on every measure, compared between the arms; and who was lost."""
    for measure in cohort.plan.measures:
        patterns = Patterns.read(cohort, measure)
        for place, visit in enumerate(cohort.plan.visits):
            occasion = Occasion(cohort, measure, visit)
            for arm in ARMS:
                yield _share(occasion, arm, patterns, place)
            yield _difference(occasion)
            for arm in ARMS if visit != cohort.plan.baseline else ():
                yield _count_lost(occasion, arm, patterns, place)


def _share(occasion: Occasion, arm: str, patterns: Patterns, place: int) -> Outcome:
    mine = occasion.cohort.in_arm(arm)
    parts: tuple[tuple[Key, ...], ...] = ()
    if occasion.measure in occasion.cohort.plan.primary_measures:
        parts = tuple(keys for keys in (patterns.keys(~patterns.different[:, place], arm),) if keys)
    planned = occasion.declare(
        occasion.key("missing", "share", arm),
        f"not seen, {occasion.cohort.plan.arm_names[arm]}",
        Quantity.SHARE,
        unit="share",
        tells=parts,
        counts=count_arm(arm, mine),
    )
    method = "share of those who started without a score, Wilson's interval"
    events, n = int((np.isnan(occasion.after) & mine).sum()), int(mine.sum())
    return planned.attempt(lambda p: estimate_share(p, events=events, n=n, level=occasion.level, method=method))


def _difference(occasion: Occasion) -> Outcome:
    full, missing = occasion.cohort.full, np.isnan(occasion.after)
    planned = occasion.declare(
        occasion.key("missing", "difference"),
        "not seen, difference",
        Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        tells=(tuple(occasion.key("missing", "share", arm) for arm in ARMS),),
        counts=People(np.ones(len(full), dtype=bool), full).counts(),
    )

    def compute(planned: Planned) -> Outcome:
        fit = proportions.fit_share_difference(
            events_full=int(missing[full].sum()),
            n_full=int(full.sum()),
            events_skills=int(missing[~full].sum()),
            n_skills=int((~full).sum()),
            level=occasion.level,
        )
        return planned.estimate(
            fit.value,
            interval=to_interval(occasion.level, (fit.low, fit.high)),
            method="{full} minus {skills}, not adjusted; Newcombe's hybrid score interval",
            how=How(estimator="share_difference", inference="newcombe"),
        )

    return planned.attempt(compute)


def _count_lost(occasion: Occasion, arm: str, patterns: Patterns, place: int) -> Outcome:
    """Count those of an arm who were not seen from a visit on."""
    among = occasion.cohort.in_arm(arm)
    lost = impute.is_lost(patterns.seen)[:, place]
    key = occasion.key("missing", "lost", arm)
    label = f"{occasion.label}: lost (not seen then nor later), {occasion.cohort.plan.arm_names[arm]}"
    tells: list[tuple[Key, ...]] = []
    if occasion.measure in occasion.cohort.plan.primary_measures:
        tells.append(patterns.keys(impute.is_lost(patterns.different)[:, place], arm))
    if place == patterns.seen.shape[1] - 1:  # whoever is not seen at the last visit is lost
        tells.append((occasion.key("missing", "share", arm),))
    return _count(key, label, arm, lost & among, among, *tells)


def _count(
    key: Key, label: str, arm: str, mine: NDArray[np.bool_], among: NDArray[np.bool_], *tells: tuple[Key, ...]
) -> Outcome:
    """Count people among those of an arm who started."""
    planned = Planned(
        key=key,
        label=label,
        quantity=Quantity.COUNT,
        unit="people",
        tells=tuple(relation for relation in tells if relation),
        counts=count_arm(arm, mine),
    )
    cells = (int(mine.sum()), int((among & ~mine).sum()))
    return planned.estimate(float(mine.sum()), cells=cells, method="count", how=How(estimator="count"))


def count_patterns(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Count who was seen at which visits, pattern by pattern, and how many were lost, returned, or were always seen."""
    patterns = Patterns.read(cohort, measure)
    label = cohort.plan.measures[measure].label
    for pattern in patterns.different:
        mine = (patterns.seen == pattern).all(axis=1)
        for arm in ARMS:
            what = f"{label}: {_say_pattern(cohort, pattern)}, {cohort.plan.arm_names[arm]}"
            among = cohort.in_arm(arm)
            yield _count(patterns.key(pattern, arm), what, arm, mine & among, among)
    of_patterns = _kinds(patterns.different)
    for kind, mask in _kinds(patterns.seen).items():
        for arm in ARMS:
            what, among = f"{label}: {KINDS[kind]}, {cohort.plan.arm_names[arm]}", cohort.in_arm(arm)
            key = Key(analysis="missing", measure=measure, what="kind", category=kind, arm=arm)
            others = tuple(key.but(category=other) for other in KINDS if other != kind)
            yield _count(key, what, arm, mask & among, among, others, patterns.keys(of_patterns[kind], arm))


def _kinds(seen: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Tell the patterns apart: once not seen never again is monotone, whenever it began."""
    lost = impute.is_lost(seen)
    complete, never = np.asarray(seen.all(axis=1)), np.asarray(~seen.any(axis=1))
    gap = np.asarray((~seen & ~lost).any(axis=1))
    return {"complete": complete, "monotone": ~complete & ~gap & ~never, "intermittent": gap, "never": never}


def _say_pattern(cohort: Cohort, pattern: NDArray[np.bool_]) -> str:
    labels = [visit.label for visit in cohort.plan.visits.values()]
    there = [label for label, seen in zip(labels, pattern, strict=True) if seen]
    gone = [label for label, seen in zip(labels, pattern, strict=True) if not seen]
    if not gone or not there:
        return "seen at every visit" if there else "never seen"
    return f"seen at {', '.join(there)}; not at {', '.join(gone)}"


def describe_missed(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Compare the last score of those not seen at the next visit with that of those seen, in each arm."""
    patterns = Patterns.read(cohort, measure)
    before, missed = _standardise(cohort, measure)[:, :-1], ~patterns.seen[:, 1:]
    leaving = np.asarray((patterns.different[:, :-1] & ~patterns.different[:, 1:]).any(axis=1))
    label = cohort.plan.measures[measure].label
    for arm in ARMS:
        among = cohort.in_arm(arm)
        used = np.asarray(~np.isnan(before) & among[:, None])
        gone, stayed = (np.asarray((used & part).any(axis=1)) for part in (missed, ~missed))
        key = Key(analysis="missing", measure=measure, arm=arm, what="missed_next")
        what = f"{label}: not seen at a visit after one at which they were seen, {cohort.plan.arm_names[arm]}"
        yield _count(key, what, arm, gone, among, patterns.keys(leaving, arm))
        planned = Planned(
            key=key.but(what="last_score"),
            label=f"{label}: how much worse the last score was of those not seen next, {cohort.plan.arm_names[arm]}",
            quantity=Quantity.STANDARDISED_DIFFERENCE,
            unit="sd",
            counts=People(np.asarray(used.any(axis=1)), cohort.full).counts(),
        )
        cells = (int(gone.sum()), int(stayed.sum()))
        level = cohort.plan.confidence.level
        yield planned.attempt(partial(_last_score, arm, before, missed, used, cells=cells, level=level))


def _standardise(cohort: Cohort, measure: str) -> NDArray[np.float64]:
    """Scores in standard deviations of everybody seen at the visit, positive where worse; nan where nobody differs."""
    scores, seen = cohort.grids[measure], ~np.isnan(cohort.grids[measure])
    standard = np.full(scores.shape, np.nan)
    for visit in range(scores.shape[1]):
        here = scores[seen[:, visit], visit]
        spread = float(here.std(ddof=1)) if len(here) > 1 else 0.0
        if spread > 0:
            standard[seen[:, visit], visit] = -cohort.plan.measures[measure].sign * (here - here.mean()) / spread
    return standard


def _last_score(
    arm: str,
    before: NDArray[np.float64],
    missed: NDArray[np.bool_],
    used: NDArray[np.bool_],
    planned: Planned,
    *,
    cells: tuple[int, int],
    level: float,
) -> Outcome:
    among = missed[used]
    if among.all() or not among.any():
        raise NotEstimableError("Either everybody was seen at the visit after, or nobody.")
    person = np.broadcast_to(np.arange(len(used))[:, None], used.shape)[used]
    # with the scores of one person as one, however many visits they were seen at
    fit = fit_cr2(
        scores=before[used],
        design=np.column_stack([np.ones(len(among)), among]),
        clusters=person.astype(object),
        names=("the intercept", "not seen next"),
    ).contrast(np.array([0.0, 1.0]))
    return replace(planned, counts=count_arm(arm, np.asarray(used.any(axis=1)))).estimate(
        fit.estimate,
        se=fit.se,
        df=fit.df,
        interval=to_interval(level, fit.interval(level)),
        cells=cells,
        method=(
            "mean score before, over all visits but the last, in standard deviations of everybody seen then, of "
            "those not seen at the next visit minus those seen; positive is worse; CR2 standard error by person, "
            "Satterthwaite df, not adjusted"
        ),
        how=How(estimator="mean_difference", inference="satterthwaite", covariance="cr2", clusters="client_id"),
    )
