"""A yes/no at visits: shares by arm, their difference and ratio, crude and standardised, and all visits together."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import proportions
from outcomes.models.contract import People, count_arm, estimate_share, to_interval
from outcomes.models.covariates import read_covariates
from outcomes.models.kinds import read_adjusted
from outcomes.models.occasion import Occasion
from outcomes.models.yes_no import fit_yes_no
from outcomes.plan.model import ARMS
from outcomes.questions.kinds.every_visit import compare_every_visit
from outcomes.questions.kinds.size import POWER, plan_size
from outcomes.questions.outcomes.ancova import fit_arm
from outcomes.results.how import How
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

ADJUSTED = {
    "difference": ("adjusted difference between the shares", Quantity.SHARE_DIFFERENCE, "share_difference"),
    "ratio": ("adjusted ratio of the shares", Quantity.RATIO, "ratio"),
    "odds_ratio": ("adjusted odds ratio", Quantity.ODDS_RATIO, "ratio"),
}
EITHER_WAY = {"least": "had nobody of those not seen", "most": "had everybody of those not seen"}
BOUNDS = {
    "least": "difference, had nobody not seen in {full} and everybody not seen in {skills}",
    "most": "difference, had everybody not seen in {full} and nobody not seen in {skills}",
}
SEEN = "share of those seen with a yes, Wilson's interval"


def answer(cohort: Cohort, measure: str) -> Iterator[Outcome]:
    """Tell the shares at every visit, and compare them at every later one."""
    for visit in cohort.plan.visits:
        occasion = Occasion(cohort, measure, visit)
        for arm in ARMS:
            yield _share(occasion, arm)
    for visit in cohort.plan.later:
        occasion = Occasion(cohort, measure, visit)
        yield _crude(occasion)
        main = list(_compare(occasion))
        yield from main
        yield _linear(occasion)
        yield from _either_way(occasion)
        if visit == cohort.plan.primary:
            yield from _plan_size(occasion, main[0])
    yield compare_every_visit(Occasion(cohort, measure, cohort.plan.primary))


def share_of(occasion: Occasion, arm: str) -> Key:
    """Key of the share of an arm at a visit."""
    return occasion.key("yes_no", "share", arm)


def _shares(occasion: Occasion) -> tuple[tuple[Key, ...], ...]:
    return (tuple(share_of(occasion, arm) for arm in ARMS),)


def _share(occasion: Occasion, arm: str) -> Outcome:
    used = occasion.cohort.in_arm(arm) & ~np.isnan(occasion.after)
    label = f"yes, {occasion.cohort.plan.arm_names[arm]}"
    planned = occasion.declare(
        share_of(occasion, arm), label, Quantity.SHARE, unit="share", counts=count_arm(arm, used)
    )
    if not used.any():
        return planned.refuse("Nobody in this programme was seen at this visit.", "not seen")
    events, n = int(occasion.after[used].sum()), int(used.sum())
    return planned.attempt(lambda p: estimate_share(p, events=events, n=n, level=occasion.level, method=SEEN))


def _crude(occasion: Occasion) -> Outcome:
    """Difference between the shares of those seen, not adjusted."""
    used = ~np.isnan(occasion.after)
    planned = occasion.declare(
        occasion.key("yes_no", "difference", category="crude"),
        "difference between the shares, not adjusted",
        Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        counts=People(used, occasion.cohort.full).counts(),
        tells=_shares(occasion),
    )
    return planned.attempt(partial(_newcombe, occasion, occasion.after))


def _newcombe(occasion: Occasion, happened: NDArray[np.float64], planned: Planned) -> Outcome:
    used, full = ~np.isnan(happened), occasion.cohort.full
    occasion.require_arms(used)
    counts = [(int(happened[used & arm].sum()), int((used & arm).sum())) for arm in (full, ~full)]
    (events, n), (others, m) = counts
    fit = proportions.fit_share_difference(
        events_full=events, n_full=n, events_skills=others, n_skills=m, level=occasion.level
    )
    return planned.estimate(
        fit.value,
        interval=to_interval(occasion.level, (fit.low, fit.high)),
        cells=(events, n - events, others, m - others),
        method="{full} minus {skills}, not adjusted; Newcombe's hybrid score interval",
        how=How(estimator="share_difference", inference="newcombe"),
    )


def _compare(occasion: Occasion) -> Iterator[Outcome]:
    """Give the standardised difference, on which the verdict rests, the ratio, and the odds ratio."""
    found = read_adjusted(occasion)
    for what, (label, quantity, unit) in ADJUSTED.items():
        planned = occasion.declare(
            occasion.key("yes_no", what),
            label,
            quantity,
            unit=unit,
            counts=found.people.counts(),
            tells=_shares(occasion),
        )
        yield planned.attempt(partial(_read_off, occasion, what, found.notes))


def _read_off(occasion: Occasion, what: str, notes: tuple[str, ...], planned: Planned) -> Outcome:
    model = fit_yes_no(occasion.cohort, occasion.measure, occasion.visit)
    read = {"difference": model.difference, "ratio": model.ratio, "odds_ratio": model.odds_ratio}
    estimate = read[what](planned)
    return replace(estimate, notes=(*estimate.notes, *notes))


def _linear(occasion: Occasion) -> Outcome:
    """Difference between the shares by least squares, as another way that is judged in shares."""
    people = People(occasion.paired & read_covariates(occasion.cohort).known, occasion.cohort.full)
    planned = occasion.declare(
        occasion.key("yes_no", "difference", category="linear"),
        "adjusted difference between the shares, by least squares",
        Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        counts=people.counts(),
        tells=_shares(occasion),
    )

    def compute(planned: Planned) -> Outcome:
        found = fit_arm(occasion, read_covariates(occasion.cohort), people)
        parts = occasion.estimate_points(planned, found.contrast, method=found.method, how=found.how, notes=found.notes)
        low, high = (parts.interval.low, parts.interval.high) if parts.interval else (None, None)
        limits = (max(-1.0 if low is None else low, -1.0), min(1.0 if high is None else high, 1.0))
        return replace(parts, interval=to_interval(occasion.level, limits), cells=_cells(occasion, people))

    return planned.attempt(compute)


def _cells(occasion: Occasion, people: People) -> tuple[int, ...]:
    yes = occasion.after == 1
    sides = (yes, ~yes)
    return tuple(int((people.used & arm & side).sum()) for arm in (people.full, ~people.full) for side in sides)


def _either_way(occasion: Occasion) -> Iterator[Outcome]:
    """Give what the shares and their difference would be if those not seen all had been a yes, or none of them."""
    cohort, missing = occasion.cohort, np.isnan(occasion.after)
    if not missing.any():
        return
    for what, text in EITHER_WAY.items():
        happened = np.where(missing, float(what == "most"), occasion.after)
        for arm in ARMS:
            mine = cohort.in_arm(arm)
            planned = occasion.declare(
                occasion.key("yes_no", what, arm),
                f"yes of everybody who started, {text}, {cohort.plan.arm_names[arm]}",
                Quantity.SHARE,
                unit="share",
                counts=count_arm(arm, mine),
                tells=_tell_bound(occasion, arm, "least" if what == "most" else "most"),
            )
            yes, n = int(happened[mine].sum()), int(mine.sum())
            method = "share of those who started, Wilson's interval"
            yield planned.attempt(partial(estimate_share, events=yes, n=n, level=occasion.level, method=method))
        other = "least" if what == "most" else "most"
        filled = np.where(missing, (cohort.full == (what == "most")).astype(float), occasion.after)
        planned = occasion.declare(
            occasion.key("yes_no", "difference", category=what),
            BOUNDS[what],
            Quantity.SHARE_DIFFERENCE,
            unit="share_difference",
            counts=People(np.ones(len(missing), dtype=bool), cohort.full).counts(),
            tells=((occasion.key("yes_no", what, "full"), occasion.key("yes_no", other, "skills")),),
        )
        yield planned.attempt(partial(_newcombe, occasion, filled))


def _tell_bound(occasion: Occasion, arm: str, other: str) -> tuple[tuple[Key, ...], ...]:
    """With the share of those seen, or the other bound, a bound gives how many were not seen."""
    missing = occasion.key("missing", "share", arm)
    seen = occasion.key("flow", "observed", arm)
    share, bound = share_of(occasion, arm), occasion.key("yes_no", other, arm)
    return ((share, missing), (bound, missing), (share, seen), (bound, seen))


def _plan_size(occasion: Occasion, main: Outcome) -> Iterator[Outcome]:
    """Say which difference people as many as these would show, and how many the worthwhile one takes."""
    counts = read_adjusted(occasion).people.counts()
    text = f"difference that would be seen by {POWER:.0%} of studies as large"
    detectable = occasion.declare(
        occasion.key("yes_no", "detectable"),
        text,
        Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        counts=counts,
        tells=((main.key,),),
    )
    needed = occasion.declare(
        occasion.key("yes_no", "people_needed"),
        f"people who would have to be seen to find the worthwhile difference in {POWER:.0%} of studies",
        Quantity.DESIGN_NUMBER,
        unit="people",
        counts=counts,
        tells=((main.key,),),
    )
    yield from plan_size(
        main,
        detectable=detectable,
        needed=needed,
        level=occasion.level,
        of="difference",
        to_told=lambda reach: min(reach, 1.0),
        worthwhile=occasion.cohort.plan.measures[occasion.measure].worthwhile,
    )
