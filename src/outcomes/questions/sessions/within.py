"""In what order targets were taken within a session, where several stand on record in the order in which they were.

- *Taken*: of the sessions with a target, the share that took it, first or later.
- *Several*: of the sessions with a target, the share that took more than one.
- *In order*: of the sessions with several, the share that took them from the higher to the lower.
- *Life-threatening first*: of the sessions with several of which one is life-threatening behaviour, the share that
  took it before all others.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from outcomes.questions.sessions.components import TARGETS
from outcomes.questions.sessions.content import estimate_share
from outcomes.questions.sessions.listed import IN_ORDER, LIFE_FIRST_WITHIN, SEVERAL
from outcomes.questions.sessions.order import NO_TARGET
from outcomes.questions.sessions.recorded import attempt, declare
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.questions.sessions.recorded import Sessions
    from outcomes.results.planned import Planned

    Floats = NDArray[np.float64]

_RANK = {target: place for place, target in enumerate(TARGETS)}
_LIFE = next(iter(TARGETS))
_LABELS = {
    SEVERAL.what: "Sessions in which several targets were taken",
    IN_ORDER.what: "Of sessions with several targets, those that took them from the higher to the lower",
    LIFE_FIRST_WITHIN.what: "Of sessions with life-threatening and other targets, those that took it first",
}
METHOD = "share of sessions with {of}; Wilson's interval at the effective number of sessions, CR2 by {{by}}"
_OF = {
    SEVERAL.what: "a target",
    IN_ORDER.what: "several targets",
    LIFE_FIRST_WITHIN.what: "several targets of which one is life-threatening behaviour",
}


def describe(cohort: Cohort, sessions: Sessions | None) -> Iterator[Outcome]:
    """Give how often each target was taken at all, how often several were, and in what order."""
    level = cohort.plan.confidence.level
    for target, label in TARGETS.items():
        planned = declare(
            "target_taken",
            f"Taken first or later: {label}",
            Quantity.SHARE,
            "share_of_sessions",
            subject=target,
            # where no session has several targets the two are one number
            tells=((Key("sessions", what="target_share", subject=target),),),
        )
        yield attempt(planned, sessions, partial(_estimate_taken, level=level))
    for what, label in _LABELS.items():
        planned = declare(what, label, Quantity.SHARE, "share_of_sessions", subject=SEVERAL.subject)
        yield attempt(planned, sessions, partial(_estimate, level=level))


def _estimate_taken(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    flags = sessions.takes(planned.key.subject)
    if np.isnan(flags).all():
        raise NotEstimableError(NO_TARGET, "not provided")
    return estimate_share(planned, sessions, flags, level=level, method=METHOD.format(of=_OF[SEVERAL.what]))


def _estimate(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    what = planned.key.what
    taken = sessions.taken
    if taken.isna().all():
        raise NotEstimableError(NO_TARGET, "not provided")
    flags = np.array([np.nan if isinstance(one, float) else _JUDGES[what](one) for one in taken])
    if np.isnan(flags).all():
        msg = f"sessions.csv holds no session with {_OF[what]}."
        raise NotEstimableError(msg, "not provided")
    return estimate_share(planned, sessions, flags, level=level, method=METHOD.format(of=_OF[what]))


def _is_in_order(taken: list[str]) -> float:
    if len(taken) == 1:
        return np.nan
    return float(all(_RANK[one] < _RANK[other] for one, other in pairwise(taken)))


def _begins_with_life(taken: list[str]) -> float:
    return float(taken[0] == _LIFE) if len(taken) > 1 and _LIFE in taken else np.nan


_JUDGES: dict[str, Callable[[list[str]], float]] = {
    SEVERAL.what: lambda taken: float(len(taken) > 1),
    IN_ORDER.what: _is_in_order,
    LIFE_FIRST_WITHIN.what: _begins_with_life,
}
