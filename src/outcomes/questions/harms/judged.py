"""Whom a harm came to, and of whom it is known whether it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.events import read_events
from outcomes.cohort.stay import read_stay
from outcomes.models.occasion import Occasion
from outcomes.questions.change.analysis import judge
from outcomes.questions.harms.keys import DEATH
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

NOT_OF = "alliance"  # a worse relationship is no harm of its own, and nobody has one at the start
DIED = frozenset({"died", "death", "dead", "deceased"})  # what a clinic writes in end_reason
NO_TABLE = "events.csv was not provided."
NO_MEASURE = (
    "No measure has both scores at the start and a reliability, or a published reliable change, to judge a single "
    "person by."
)
NO_STAY = (
    "It is not known of anybody how long they stayed, so that nobody can be said to have left after getting worse."
)
NO_DEATHS = (
    "The tables do not say whether anybody died: the plan has no kind of event called death, and no reason for leaving "
    "says so."
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Harm:
    """A harm, person by person.

    Attributes
    ----------
    happened : ndarray of bool, shape (n,)
    used : ndarray of bool, shape (n,)
        Of whom it is known.
    method : str
        How it was judged, for people.
    """

    happened: NDArray[np.bool_]
    used: NDArray[np.bool_]
    method: str


def judge_worse(cohort: Cohort) -> Harm:
    """Judge who was reliably worse at the primary visit on any measure on which a single person can be judged.

    Raises
    ------
    NotEstimableError
        Where there is no such measure.
    """
    happened = used = np.zeros(len(cohort.full), dtype=bool)
    for occasion in _list_occasions(cohort, cohort.plan.primary):
        happened = happened | judge(occasion, after=occasion.after).deteriorated
        used = used | occasion.paired
    named = "; ".join(cohort.plan.measures[word].label for word in list_measures(cohort))
    at = cohort.plan.visits[cohort.plan.primary].label
    method = f"worse than at the start by more than measurement error, at the visit {at}, on any of: {named}"
    return Harm(happened=happened & used, used=used, method=method)


def judge_left_worse(cohort: Cohort) -> Harm:
    """Judge who left early and was reliably worse when last seen before, on any such measure.

    Who left before any later score is not known; who did not leave did not leave after getting worse.

    Raises
    ------
    NotEstimableError
        Where no measure tells, or nobody's stay is known.
    """
    stay = read_stay(cohort)
    known = ~np.isnan(stay.weeks)
    if not known.any():
        raise NotEstimableError(NO_STAY, "not provided")
    worse = seen = np.zeros(len(known), dtype=bool)
    for measure in list_measures(cohort):
        last = np.zeros(len(known), dtype=bool)
        for visit in cohort.plan.later:
            window, week = cohort.plan.visits[visit].window, cohort.plan.visits[visit].week
            occasion = Occasion(cohort, measure, visit)
            here = occasion.paired & (stay.weeks >= (week if window is None else window[0]))
            judged = judge(occasion, after=occasion.after).deteriorated
            last = np.where(here, judged, last)
            seen = seen | here
        worse = worse | last
    method = (
        "left before the programme was over, and when last seen before that worse than at the start by more than "
        "measurement error on any measure; of everybody whose stay is known, but for those who left before any later "
        "score"
    )
    return Harm(happened=stay.left & worse & known, used=known & (~stay.left | seen), method=method)


def judge_events(cohort: Cohort, kind: str) -> Harm:
    """Judge who had an event of a kind since the start.

    Raises
    ------
    NotEstimableError
        Without events.csv.
    """
    if "events" not in cohort.tables:
        raise NotEstimableError(NO_TABLE, "not provided")
    events = read_events(cohort, kind, "since")
    had = np.nan_to_num(events.number) > 0
    method = "had one since the start, of everybody followed for any time"
    return Harm(happened=had & events.exposed, used=events.exposed, method=method)


def judge_deaths(cohort: Cohort) -> Harm:
    """Judge who died: by events of that kind, or by the reason why they left.

    Raises
    ------
    NotEstimableError
        Where nothing tells.
    """
    by_event = DEATH in cohort.plan.events and "events" in cohort.tables
    found = np.zeros(len(cohort.full), dtype=bool)
    if by_event:
        found = np.nan_to_num(read_events(cohort, DEATH, "since").number) > 0
    if "end_reason" in cohort.clients:
        said = cohort.clients["end_reason"].astype(object)
        found = found | np.array([str(one).strip().casefold() in DIED for one in said])
    if not by_event and not found.any():
        raise NotEstimableError(NO_DEATHS, "not provided")
    method = "an event of the kind death since the start, or an end_reason that says so; of everybody who started"
    return Harm(happened=found, used=np.ones(len(found), dtype=bool), method=method)


def list_measures(cohort: Cohort) -> tuple[str, ...]:
    """List the measures on which a single person can be judged.

    Raises
    ------
    NotEstimableError
        Where there is none.
    """
    found = tuple(occasion.measure for occasion in _list_occasions(cohort, cohort.plan.primary))
    if not found:
        raise NotEstimableError(NO_MEASURE, "not planned")
    return found


def _list_occasions(cohort: Cohort, visit: str) -> list[Occasion]:
    found = []
    for word, measure in cohort.plan.scored.items():
        occasion = Occasion(cohort, word, visit)
        if measure.domain == NOT_OF or np.isnan(occasion.before).all():
            continue
        try:
            judge(occasion, after=occasion.after)
        except NotEstimableError:
            continue
        found.append(occasion)
    return found
