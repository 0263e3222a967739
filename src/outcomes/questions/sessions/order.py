"""Whether targets were taken in DBT's order: life-threatening, therapy-interfering, quality of life, skills.

A record tells what a session was about, not what else was there to be taken. So the order shows over a client's
sessions: the higher target should come earlier. Three things are told.

- The share of sessions with each target, in all and by thirds of the programme.
- *Concordance*: of all pairs of sessions of one client with different targets, the share in which the higher one came
  first; half where time plays no part. Each client with such a pair counts once.
- *Life-threatening first*: of the clients with any session on life-threatening behaviour, the share whose first
  recorded session was about it, so that nothing lower went before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods.clustered import fit_clustered_mean
from outcomes.models.contract import Counts, attempt, to_interval, to_mean, to_share
from outcomes.questions.sessions.content import to_share_of_sessions
from outcomes.questions.sessions.held import ABSENT, NOBODY, THIRDS, Held
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

TARGETS = {
    "life_threatening": "Life-threatening behaviour",
    "therapy_interfering": "Therapy-interfering behaviour",
    "quality_of_life": "Quality of life",
    "skills": "Skills",
}
CONCORDANCE = "Of two sessions of one person with different targets, the higher came first"
LIFE_FIRST = "People with a life-threatening target in whom it was the first of all"
NO_TARGET = "sessions.csv does not tell the target of any session."
NEVER = -1


def describe(cohort: Cohort, held: Held | None) -> Iterator[Outcome]:
    """Give shares by target and third, the concordance, and how often the first target came first."""
    names: dict[tuple[str, ...], str] = {
        ("target", target, part): _label(target, part) for target in TARGETS for part in ("share", *THIRDS)
    }
    names |= {("target", target, "clients"): f"People with a session on it: {TARGETS[target]}" for target in TARGETS}
    names |= {("order", "concordance"): CONCORDANCE, ("order", "life_threatening_first"): LIFE_FIRST}
    reason = ABSENT if held is None else NOBODY if not len(held.client) else None
    rank = np.empty(0, dtype=np.intp) if held is None else _ranks(held)
    if reason is None and (rank == NEVER).all():
        reason = NO_TARGET
    if held is None or reason is not None:
        for words, label in names.items():
            yield NotEstimable(id=result_id("sessions", *words), label=label, reason=reason or ABSENT)
        return
    level = cohort.plan.confidence.level
    for place, target in enumerate(TARGETS):
        yield from _shares(held, rank, place, target, level)
    result = result_id("sessions", "order", "concordance")
    yield attempt(result, CONCORDANCE, lambda: _concordance(held, rank, result, level))
    result_first = result_id("sessions", "order", "life_threatening_first")
    yield attempt(result_first, LIFE_FIRST, lambda: _life_first(held, rank, result_first, level))


def _label(target: str, part: str) -> str:
    return TARGETS[target] if part == "share" else f"{TARGETS[target]}, {part} third of the programme"


def _ranks(held: Held) -> NDArray[np.intp]:
    """Place of each session's target in DBT's order, or −1 where none is recorded."""
    if "target" not in held.frame:
        return np.full(len(held.frame), NEVER, dtype=np.intp)
    places = {target: place for place, target in enumerate(TARGETS)}
    return np.asarray(held.frame["target"].map(places).fillna(NEVER), dtype=np.intp)


def _shares(held: Held, rank: NDArray[np.intp], place: int, target: str, level: float) -> Iterator[Outcome]:
    known = rank != NEVER
    with_it = held.people(known & (rank == place))
    yield Estimate(
        id=result_id("sessions", "target", target, "clients"),
        label=f"People with a session on it: {TARGETS[target]}",
        value=float(with_it),
        unit="people",
        method="count",
        **Counts(n=with_it, n_full=with_it),
    )
    for part in ("share", *THIRDS):
        within = known if part == "share" else known & (held.third == THIRDS.index(part))
        result, label = result_id("sessions", "target", target, part), _label(target, part)

        def share(within: NDArray[np.bool_] = within, result: str = result, label: str = label) -> Outcome:
            if not within.any():
                raise NotEstimableError("No session with a target lies in this third of the programme.")
            flags = np.where(within, (rank == place).astype(float), np.nan)
            method = f"share of sessions with a target, thirds by {held.thirds_by}; Wilson's interval at the effective "
            method += "number of sessions, CR2 by {by}"
            return to_share_of_sessions(held, flags, result=result, label=label, level=level, method=method)

        yield attempt(result, label, share)


def _concordance(held: Held, rank: NDArray[np.intp], result: str, level: float) -> Outcome:
    """Average over clients the share of their pairs in which the higher target came first."""
    known = rank != NEVER
    client, rank = held.client[known], rank[known]
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
    cluster = np.zeros(int(held.client.max()) + 1, dtype=np.intp)
    cluster[held.client] = held.clusters
    fit = fit_clustered_mean(values=in_order[has] / pairs[has], clusters=cluster[has])
    low, high = fit.interval(level)
    return to_mean(
        result,
        CONCORDANCE,
        fit,
        unit="share_of_sessions",
        interval=to_interval(level, (max(low, 0.0), min(high, 1.0))),
        counts=Counts(n=len(has), n_full=len(has)),
        method=f"mean over people of the share of their pairs of sessions; t interval, CR2 by {held.by}",
        notes=("Half is what there would be if time played no part.",),
    )


def _life_first(held: Held, rank: NDArray[np.intp], result: str, level: float) -> Outcome:
    known = rank != NEVER
    client, rank = held.client[known], rank[known]
    concerned = np.unique(client[rank == 0])
    if not len(concerned):
        raise NotEstimableError("No session had a life-threatening target.")
    first = rank[np.diff(client, prepend=-1) != 0][np.isin(np.unique(client), concerned)]
    return to_share(
        result,
        LIFE_FIRST,
        events=int((first == 0).sum()),
        n=len(concerned),
        level=level,
        counts=Counts(n=len(concerned), n_full=len(concerned)),
        method="share of people, Wilson's interval",
        notes=("The behaviour may have begun later, so that another first target was right.",),
    )
