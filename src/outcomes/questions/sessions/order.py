"""Whether targets were taken in DBT's order: life-threatening, therapy-interfering, quality of life, skills.

A record tells what a session was about, not what else was there to be taken. So the order shows over a client's
sessions: the higher target should come earlier. Three things are told.

- The share of sessions with each target, in all and by thirds of the programme.
- *Concordance*: of all pairs of sessions of one client with different targets, the share in which the higher one came
  first; half where time plays no part. Each client with such a pair counts once.
- *Life-threatening first*: of the clients with any session on life-threatening behaviour, the share whose first
  recorded session was about it, so that nothing lower went before.

A session with several targets stands by the one that was taken first. What was taken in what order within a session
stands in `within`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.clustered import fit_clustered_mean
from outcomes.models.contract import estimate_share as estimate_share_of_people
from outcomes.models.contract import to_interval
from outcomes.questions.sessions.components import TARGETS, THIRDS
from outcomes.questions.sessions.content import estimate_share
from outcomes.questions.sessions.recorded import among, attempt, count_people, declare
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.questions.sessions.recorded import Sessions
    from outcomes.results.key import Key
    from outcomes.results.planned import Planned

    Ranks = NDArray[np.intp]

NO_TARGET = "sessions.csv does not tell the target of any session."
FIRST_COUNTS = "A session with several targets stands here by the one that was taken first."
NEVER = -1  # in place of a target's rank, where none is recorded


def describe(cohort: Cohort, sessions: Sessions | None) -> Iterator[Outcome]:
    """Give shares by target and third, the concordance, and how often the first target came first."""
    level = cohort.plan.confidence.level
    for target, label in TARGETS.items():
        yield attempt(_plan_people(target, label), sessions, _count_with)
        for third in ("", *THIRDS):
            yield attempt(_plan_share(target, label, third), sessions, partial(_estimate_share, level=level))
    concordance = declare(
        "concordance",
        "Of two sessions of one person with different targets, the higher came first",
        Quantity.SHARE,
        "share_of_sessions",
        subject="order",
    )
    yield attempt(concordance, sessions, partial(_estimate_concordance, level=level))
    first = declare(
        "life_threatening_first",
        "People with a life-threatening target in whom it was the first of all",
        Quantity.SHARE,
        "share",
        subject="order",
    )
    yield attempt(first, sessions, partial(_estimate_life_first, level=level))


def _plan_people(target: str, label: str) -> Planned:
    return declare("target_clients", f"People with a session on it: {label}", Quantity.COUNT, "people", subject=target)


def _plan_share(target: str, label: str, third: str) -> Planned:
    """Declare the share of a target in a third, or in all: with the other targets it adds up to one."""
    planned = declare(
        "target_third" if third else "target_share",
        f"{label}, {third} third of the programme" if third else label,
        Quantity.SHARE,
        "share_of_sessions",
        subject=target,
        category=third,
    )
    return replace(planned, tells=_relate(planned.key))


def _relate(key: Key) -> tuple[tuple[Key, ...], ...]:
    """Give the other targets of the same third; and of a share in all, its thirds."""
    others = tuple(key.but(subject=target) for target in TARGETS if target != key.subject)
    thirds = tuple(key.but(what="target_third", category=third) for third in THIRDS)
    return (others,) if key.category else (others, thirds)


def _ranks(sessions: Sessions) -> NDArray[np.intp]:
    """Place of each session's first target in DBT's order, or −1 where none is recorded."""
    if "target" not in sessions.frame:
        return np.full(len(sessions.frame), NEVER, dtype=np.intp)
    places = {target: place for place, target in enumerate(TARGETS)}
    return np.asarray(sessions.taken.str[0].map(places).fillna(NEVER), dtype=np.intp)


def _require_ranks(sessions: Sessions) -> Ranks:
    rank = _ranks(sessions)
    if (rank == NEVER).all():
        raise NotEstimableError(NO_TARGET, "not provided")
    return rank


def _is_target(sessions: Sessions, planned: Planned) -> NDArray[np.float64]:
    """Whether each session was about the target of a result: 1, 0, or nan where none is recorded."""
    rank = _require_ranks(sessions)
    return np.where(rank == NEVER, np.nan, rank == list(TARGETS).index(planned.key.subject))


def _count_with(planned: Planned, sessions: Sessions) -> Outcome:
    _require_ranks(sessions)
    return count_people(planned, sessions.people(sessions.takes(planned.key.subject) == 1))


def _estimate_share(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    flags, third = _is_target(sessions, planned), planned.key.category
    if third:
        flags = np.where(sessions.third == THIRDS.index(third), flags, np.nan)
    if np.isnan(flags).all():
        raise NotEstimableError("No session with a target lies in this third of the programme.")
    method = (
        f"share of sessions with a target, thirds by {sessions.thirds_by}; Wilson's interval at the effective "
        "number of sessions, CR2 by {by}"
    )
    notes = (FIRST_COUNTS,) if (sessions.taken.str.len() > 1).any() else ()
    return estimate_share(planned, sessions, flags, level=level, method=method, notes=notes)


def _estimate_concordance(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    """Average over clients the share of their pairs in which the higher target came first."""
    client, rank = _with_target(sessions)
    is_at = rank[:, None] == np.arange(len(TARGETS))
    total = np.cumsum(is_at, axis=0)
    begins = np.flatnonzero(np.diff(client, prepend=-1))
    before_client = np.repeat(total[begins] - is_at[begins], np.diff(np.append(begins, len(client))), axis=0)
    earlier = total - is_at - before_client  # sessions of the same client before this one, by target
    lower = np.arange(len(TARGETS)) < rank[:, None]
    higher = np.arange(len(TARGETS)) > rank[:, None]
    in_order = np.bincount(client, weights=(earlier * lower).sum(axis=1))
    pairs = in_order + np.bincount(client, weights=(earlier * higher).sum(axis=1))
    has = np.flatnonzero(pairs > 0)
    if not len(has):
        raise NotEstimableError("No client has two sessions with different targets.")
    cluster = np.zeros(int(sessions.client.max()) + 1, dtype=np.intp)
    cluster[sessions.client] = sessions.clusters
    fit = fit_clustered_mean(values=in_order[has] / pairs[has], clusters=cluster[has])
    low, high = fit.interval(level)
    return among(planned, len(has)).estimate(
        fit.mean,
        se=fit.se,
        df=fit.df,
        interval=to_interval(level, (max(low, 0.0), min(high, 1.0))),
        method=f"mean over people of the share of their pairs of sessions; t interval, CR2 by {sessions.by}",
        how=sessions.how("concordance", "satterthwaite"),
        notes=("Half is what there would be if time played no part.", *sessions.refused),
    )


def _with_target(sessions: Sessions) -> tuple[NDArray[np.intp], Ranks]:
    """Give client and rank of the sessions with a target, in order."""
    rank = _require_ranks(sessions)
    return sessions.client[rank != NEVER], rank[rank != NEVER]


def _estimate_life_first(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    client, rank = _with_target(sessions)
    concerned = np.unique(sessions.client[sessions.takes(next(iter(TARGETS))) == 1])
    if not len(concerned):
        raise NotEstimableError("No session had a life-threatening target.")
    first = rank[np.diff(client, prepend=-1) != 0][np.isin(np.unique(client), concerned)]
    return estimate_share_of_people(
        among(planned, len(concerned)),
        events=int((first == 0).sum()),
        n=len(concerned),
        level=level,
        method="share of people, Wilson's interval",
        notes=("The behaviour may have begun later, so that another first target was right.",),
    )
