"""How sessions were held: in person, online or by phone, and how closely they followed the treatment, as rated."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.clustered import fit_clustered_mean
from outcomes.models.contract import to_interval
from outcomes.questions.sessions.components import MODES
from outcomes.questions.sessions.content import estimate_share
from outcomes.questions.sessions.listed import ADHERENCE, RATED, mode_of
from outcomes.questions.sessions.recorded import among, attempt, count_people, declare
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.questions.sessions.recorded import Sessions
    from outcomes.results.planned import Planned

NOT_RATED = "sessions.csv does not rate the adherence of any session."
SUBJECT = ADHERENCE.subject


def describe(cohort: Cohort, sessions: Sessions | None) -> Iterator[Outcome]:
    """Give the share of sessions held in each way, with how many people, and the ratings of adherence."""
    level = cohort.plan.confidence.level
    for mode, label in MODES.items():
        count = declare(
            "mode_clients", f"People with a session {label.lower()}", Quantity.COUNT, "people", subject=mode
        )
        yield attempt(count, sessions, _count)
        share = declare("mode_share", f"Held {label.lower()}", Quantity.SHARE, "share_of_sessions", subject=mode)
        others = tuple(mode_of(other) for other in MODES if other != mode)
        yield attempt(replace(share, tells=(others,)), sessions, partial(_estimate_share, level=level))
    mean = declare(ADHERENCE.what, "Adherence as rated, 0 to 5, mean", Quantity.MEAN, "points", subject=SUBJECT)
    yield attempt(mean, sessions, partial(_estimate_mean, level=level))
    sd = declare("sd", "Adherence as rated, standard deviation", Quantity.SD, "points", subject=SUBJECT)
    yield attempt(sd, sessions, _describe_spread)
    rated = declare(
        RATED.what, "Sessions of which adherence was rated", Quantity.SHARE, "share_of_sessions", subject=SUBJECT
    )
    yield attempt(rated, sessions, partial(_estimate_rated, level=level))


def _modes(sessions: Sessions, mode: str) -> NDArray[np.float64]:
    """Whether each session was held in one way: 1, 0, or nan where it is not recorded."""
    if "mode" not in sessions.frame or sessions.frame["mode"].isna().all():
        raise NotEstimableError("sessions.csv does not tell how any session was held.", "not provided")
    held = sessions.frame["mode"]
    return np.where(held.isna(), np.nan, (held == mode).to_numpy(dtype=float))


def _count(planned: Planned, sessions: Sessions) -> Outcome:
    return count_people(planned, sessions.people(_modes(sessions, planned.key.subject) == 1))


def _estimate_share(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    return estimate_share(planned, sessions, _modes(sessions, planned.key.subject), level=level)


def _ratings(sessions: Sessions) -> NDArray[np.float64]:
    ratings = sessions.numbers(SUBJECT)
    if np.isnan(ratings).all():
        raise NotEstimableError(NOT_RATED, "not provided")
    return ratings


def _estimate_mean(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    ratings = _ratings(sessions)
    known = ~np.isnan(ratings)
    fit = fit_clustered_mean(values=ratings[known], clusters=sessions.clusters[known])
    return among(planned, sessions.people(known)).estimate(
        fit.mean,
        se=fit.se,
        df=fit.df,
        interval=to_interval(level, fit.interval(level)),
        method=f"mean of sessions that were rated; CR2 standard error by {sessions.by}",
        how=sessions.how("mean", "satterthwaite"),
        notes=sessions.refused,
    )


def _describe_spread(planned: Planned, sessions: Sessions) -> Outcome:
    ratings = _ratings(sessions)
    known = ~np.isnan(ratings)
    if known.sum() == 1:
        raise NotEstimableError("Adherence was rated in one session alone.", "too few")
    spread = float(ratings[known].std(ddof=1))
    how = How(estimator=planned.quantity.value)
    return among(planned, sessions.people(known)).estimate(spread, method="of all sessions that were rated", how=how)


def _estimate_rated(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    rated = (~np.isnan(_ratings(sessions))).astype(float)
    return estimate_share(planned, sessions, rated, level=level)
