"""What was done in 121 sessions by therapist: for inside the clinic, and only where enough clients stand behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import words_of
from outcomes.questions.sessions.components import COMPONENTS
from outcomes.questions.sessions.content import estimate_share
from outcomes.questions.sessions.recorded import attempt, count_people, declare
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.questions.sessions.recorded import Sessions
    from outcomes.results.planned import Planned


def describe(cohort: Cohort, sessions: Sessions | None) -> Iterator[Outcome]:
    """Give every therapist with enough clients the share of sessions with each component."""
    therapist = next(one for one in cohort.structure if one.kind == "therapist")
    if sessions is None or not therapist.is_present:
        return
    names = cohort.clients[therapist.column].to_numpy(dtype=object)[sessions.client]
    words = words_of(str(name) for name in names if isinstance(name, str))
    for name in sorted(words):
        mine = np.asarray(names == name)
        if sessions.people(mine) >= cohort.plan.disclosure.minimum_count:
            yield from _describe_one(sessions, mine, name, words[name], cohort.plan.confidence.level)


def _describe_one(
    sessions: Sessions, mine: NDArray[np.bool_], name: str, short: str, level: float
) -> Iterator[Outcome]:
    # a therapist's sessions would all be in one cluster
    by_client = replace(sessions, clusters=sessions.client, by="client", column="client_id")
    named = f"Therapist {name}"
    label = f"{named}: people with a session recorded"
    count = declare("therapist_clients", label, Quantity.COUNT, "people", category=short)
    yield count_people(replace(count, named=named), sessions.people(mine))
    for component, what in COMPONENTS.items():
        planned = declare(
            "therapist_share",
            f"{named}: {what.lower()}",
            Quantity.SHARE,
            "share_of_sessions",
            subject=component,
            category=short,
        )

        def share(planned: Planned, by_client: Sessions) -> Outcome:
            part = planned.key.subject
            flags = np.where(mine, by_client.flags(part), np.nan)
            if np.isnan(flags).all():
                msg = f"sessions.csv does not tell {part} for any session of this therapist."
                raise NotEstimableError(msg, "not provided")
            return estimate_share(planned, by_client, flags, level=level)

        yield attempt(replace(planned, named=named), by_client, share)
