"""Whether one person carries a result: how far each alone moves the main difference, and whether one turns a verdict.

Each person is left out in turn. What the verdict would be without each is foreseen from the move of the difference and
of the spread; for the few without whom it would be another, what it rests on is fitted again, and it counts only then.
Nothing of this leaves the clinic: it is about a single person. See `docs/methods/influence.md`.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.models.contract import to_interval
from outcomes.models.occasion import Occasion
from outcomes.questions.influence import keys
from outcomes.questions.influence.alone import Alone
from outcomes.questions.influence.completers import Completers
from outcomes.questions.influence.counted import Counted
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity
from outcomes.results.verdict import give_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.questions.influence.judged import Judged
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.verdict import Verdict

MOST_TRIED = 3  # people for whom all is fitted again
HOW = How(estimator="leave_one_out")
MOVED = "largest move of the main difference, each person left out in turn, in half-widths of the narrower interval"
WITHOUT = "the main comparison without the person who moves it most"
TURNED = "the verdict without the person who turns it, what it rests on fitted again; as it is where nobody does"


class Carried(NamedTuple):
    """What leaving people out found.

    Attributes
    ----------
    moved : float
        In half-widths of the interval with everybody or without that person, whichever is the narrower.
    most : Judged
        The comparison without the person who moves it most.
    verdict : Verdict
        Without the one who turns it, or as it is.
    """

    moved: float
    most: Judged
    verdict: Verdict


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Leave people out of the main comparison of every primary measure at the primary visit, and of completion."""
    for measure in cohort.plan.primary_scored:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        about = keys.of_measure(measure, occasion.visit)
        planned = _declare(about, occasion.label, Quantity.DIFFERENCE, "points")
        yield from _tell(cohort, planned, partial(Alone, occasion, found))
    for measure in cohort.plan.of_kind("count"):
        if measure in cohort.plan.primary_measures:
            occasion = Occasion(cohort, measure, cohort.plan.primary)
            about = keys.of_measure(measure, occasion.visit)
            planned = _declare(about, occasion.label, Quantity.RATE_RATIO, "ratio")
            yield from _tell(cohort, planned, partial(Counted, occasion, found))
    planned = _declare(keys.COMPLETION, "Completed", Quantity.SHARE_DIFFERENCE, "share_difference")
    yield from _tell(cohort, planned, partial(Completers, cohort, found))


def _declare(about: Key, label: str, quantity: Quantity, unit: str) -> tuple[Planned, Planned, Planned]:
    return (
        Planned(
            key=keys.moved(about),
            label=f"{label}: how far one person moves the difference, in half-widths",
            quantity=Quantity.SENSITIVITY,
            unit="number",
        ),
        Planned(
            key=keys.without(about),
            label=f"{label}: adjusted difference without the person who moves it most",
            quantity=quantity,
            unit=unit,
        ),
        Planned(
            key=keys.turned(about),
            label=f"{label}: verdict without the person who turns it",
            quantity=Quantity.VERDICT,
            unit="number",
        ),
    )


def _tell(
    cohort: Cohort, planned: tuple[Planned, Planned, Planned], read: Callable[[], Alone | Completers | Counted]
) -> Iterator[Outcome]:
    moved, without, turned = planned
    try:
        source = read()
        carried = _search(source)
    except NotEstimableError as why:
        yield from (one.refuse(str(why), why.cause) for one in planned)
        return
    counts = {name: getattr(source.main, name) for name in ("n", "n_full", "n_skills")}
    yield moved.estimate(carried.moved, method=MOVED, how=HOW, **counts)
    turn = math.exp if without.quantity is Quantity.RATE_RATIO else float
    limits = to_interval(cohort.plan.confidence.level, (turn(carried.most.low), turn(carried.most.high)))
    yield without.estimate(turn(carried.most.value), interval=limits, method=WITHOUT, how=HOW, **counts)
    yield turned.estimate(float(carried.verdict.rung), verdict=carried.verdict, method=TURNED, how=HOW, **counts)


def _search(source: Alone | Completers | Counted) -> Carried:
    """Find who moves the difference most, and the first of them who turns the verdict.

    Raises
    ------
    NotEstimableError
        Where the difference cannot be had without them.
    """
    order = [int(one) for one in np.argsort(-source.pulls, kind="stable") if np.isfinite(source.pulls[one])]
    limits = source.main.limits
    if not order or limits is None or limits[1] <= limits[0]:
        raise NotEstimableError("Without any one person the difference cannot be had.")
    now = give_verdict(source.comparison)
    most, _ = source.fit_again(order[0])
    # somebody far out widens the interval too, behind which the move would hide
    half = min(limits[1] - limits[0], most.high - most.low) / 2
    foreseen = (person for person in order if not _is_same(give_verdict(source.foresee(person)), now))
    verdict = now
    for _, person in zip(range(MOST_TRIED), foreseen, strict=False):
        try:
            other = give_verdict(source.fit_again(person)[1])
        except NotEstimableError:
            continue
        if not _is_same(other, now):
            verdict = other
            break
    return Carried(abs(source.main.value - most.value) / half, most, verdict)


def _is_same(one: Verdict, other: Verdict) -> bool:
    return (one.rung, one.side) == (other.rung, other.side)
