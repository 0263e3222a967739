"""What was done in 121 sessions by therapist: for inside the clinic, and only where enough clients stand behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id, words_of
from outcomes.models.contract import Counts, attempt
from outcomes.questions.sessions.content import COMPONENTS, to_share_of_sessions
from outcomes.results.outcome import Estimate, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.questions.sessions.held import Held


def describe(cohort: Cohort, held: Held | None) -> Iterator[Outcome]:
    """Give every therapist with enough clients the share of sessions with each component."""
    therapist = next(one for one in cohort.structure if one.kind == "therapist")
    if held is None or not therapist.is_present:
        return
    names = cohort.clients[therapist.column].to_numpy(dtype=object)[held.client]
    words = words_of(str(name) for name in names if isinstance(name, str))
    for name in sorted(words):
        mine = np.asarray(names == name)
        if held.people(mine) < cohort.plan.disclosure.minimum_count:
            continue
        yield from _describe_one(held, mine, name, words[name], cohort.plan.confidence.level)


def _describe_one(held: Held, mine: NDArray[np.bool_], name: str, short: str, level: float) -> Iterator[Outcome]:
    by_client = replace(held, clusters=held.client, by="client")  # a therapist's sessions are all in one cluster else
    people = held.people(mine)
    at = ("sessions", "therapist", short)
    counts = Counts(n=people, n_full=people)
    label = f"Therapist {name}: people with a session recorded"
    yield Estimate(
        id=result_id(*at, "clients"), label=label, value=float(people), unit="people", method="count", **counts
    )
    for component, what in COMPONENTS.items():
        result, label = result_id(*at, component, "share"), f"Therapist {name}: {what.lower()}"

        def share(component: str = component, result: str = result, label: str = label) -> Outcome:
            flags = np.where(mine, by_client.flags(component), np.nan)
            if np.isnan(flags).all():
                msg = f"sessions.csv does not tell {component} for any session of this therapist."
                raise NotEstimableError(msg)
            return to_share_of_sessions(by_client, flags, result=result, label=label, level=level)

        yield attempt(result, label, share)
