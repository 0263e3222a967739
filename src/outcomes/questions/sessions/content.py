"""What was done in 121 sessions: shares, their course, homework that was followed up, and minutes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.methods.clustered import fit_clustered_mean
from outcomes.models.contract import to_interval
from outcomes.questions.sessions.components import COMPONENTS, FOLLOWED_UP, REVIEWED_IN, SET_IN
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

    Floats = NDArray[np.float64]

MINUTES = {
    "mean": (Quantity.MEAN, "mean"),
    "sd": (Quantity.SD, "standard deviation"),
    "median": (Quantity.QUANTILE, "median"),
    "lower_quartile": (Quantity.QUANTILE, "a quarter are shorter"),
    "upper_quartile": (Quantity.QUANTILE, "a quarter are longer"),
}
_SAID = {"homework": "homework", "behavioural_task": "a behavioural task"}
SHARE_METHOD = "share of sessions; Wilson's interval at the effective number of sessions, CR2 by {by}"


def describe(cohort: Cohort, sessions: Sessions | None) -> Iterator[Outcome]:
    """Give the share of sessions with each component, and what follows from the records."""
    level = cohort.plan.confidence.level
    for part, label in COMPONENTS.items():
        share = declare("share", label, Quantity.SHARE, "share_of_sessions", subject=part)
        yield attempt(share, sessions, partial(_estimate_component, level=level))
        yield from _count_people(sessions, part, label, None if sessions is None else sessions.flags(part))
        text = f"{label}, over the sessions of a client"
        course = declare("course", text, Quantity.SHARE, "share_of_sessions", subject=part, tells=((share.key,),))
        yield attempt(course, sessions, partial(_follow_course, block=cohort.plan.sessions.block, level=level))
    for what, label in FOLLOWED_UP.items():
        followed = declare("followed_up", label, Quantity.SHARE, "share_of_sessions", subject=what)
        yield attempt(followed, sessions, partial(_estimate_followed_up, level=level))
        yield from _count_people(sessions, what, label, None if sessions is None else _next_reviews(sessions, what))
    for what, (quantity, text) in MINUTES.items():
        planned = declare(what, f"Minutes of {{individual}} sessions, {text}", quantity, "minutes", subject="minutes")
        yield attempt(planned, sessions, partial(_describe_minutes, level=level))


def _count_people(sessions: Sessions | None, part: str, label: str, flags: Floats | None) -> Iterator[Outcome]:
    """Count the people with a session that had a part, and with one that had not: few of either are few people."""
    for what, wanted, words in (("clients", 1.0, "with"), ("clients_without", 0.0, "without")):
        text = f"People with a session {words} it: {label}"
        planned = declare(what, text, Quantity.COUNT, "people", subject=part)
        yield attempt(planned, sessions, partial(_count, flags=flags, wanted=wanted))


def _count(planned: Planned, sessions: Sessions, *, flags: Floats | None, wanted: float) -> Outcome:
    if flags is None or np.isnan(flags).all():
        raise NotEstimableError("It is recorded for no session.", "not provided")
    return count_people(planned, sessions.people(flags == wanted))


def estimate_share(
    planned: Planned,
    sessions: Sessions,
    flags: Floats,
    *,
    level: float,
    method: str = SHARE_METHOD,
    notes: tuple[str, ...] = (),
) -> Outcome:
    """Estimate a share of the sessions for which something is recorded; people on either side of it are its cells."""
    known = ~np.isnan(flags)
    fit = fit_clustered_mean(values=flags[known], clusters=sessions.clusters[known])
    return among(planned, sessions.people(known)).estimate(
        fit.mean,
        se=fit.se,
        df=fit.df,
        interval=to_interval(level, fit.share_interval(level)),
        cells=_sides(sessions, flags),
        method=method.format(by=sessions.by),
        how=_how_of_share(sessions),
        notes=(*notes, *sessions.refused),
    )


def _sides(sessions: Sessions, flags: Floats) -> tuple[int, int]:
    return sessions.people(flags == 1), sessions.people(flags == 0)


def _how_of_share(sessions: Sessions) -> How:
    return sessions.how("share", "wilson")


def _not_recorded(known: NDArray[np.bool_]) -> tuple[str, ...]:
    return () if known.all() else ("Sessions for which it is not recorded are left out.",)


def _estimate_component(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    flags = require_flags(sessions, planned.key.subject)
    return estimate_share(planned, sessions, flags, level=level, notes=_not_recorded(~np.isnan(flags)))


def require_flags(sessions: Sessions, part: str) -> Floats:
    """Give whether each session had a part.

    Raises
    ------
    NotEstimableError
        Where it is recorded for none.
    """
    flags = sessions.flags(part)
    if np.isnan(flags).all():
        msg = f"sessions.csv does not tell {part} for any session."
        raise NotEstimableError(msg, "not provided")
    return flags


def _follow_course(planned: Planned, sessions: Sessions, *, block: int, level: float) -> Outcome:
    """Give the share in each block of a client's sessions; blocks with too few clusters are left out."""
    flags = require_flags(sessions, planned.key.subject)
    of_block = (sessions.number - 1) // block
    known = ~np.isnan(flags)
    places, fits, people = [], [], []
    for which in np.unique(of_block[known]):
        mine = known & (of_block == which)
        if len(np.unique(sessions.clusters[mine])) < FEWEST_CLUSTERS:
            continue
        fits.append(fit_clustered_mean(values=flags[mine], clusters=sessions.clusters[mine]))
        places.append(float(which * block + (block + 1) / 2))
        people.append(sessions.people(mine))
    if not fits:
        msg = "No stretch of the programme has sessions of enough therapists or clients."
        raise NotEstimableError(msg, "too few")
    limits = [fit.share_interval(level) for fit in fits]
    return among(planned, sessions.people(known)).curve(
        axis="number of the session, middle of its block",
        at=tuple(places),
        value=tuple(fit.mean for fit in fits),
        low=tuple(low for low, _ in limits),
        high=tuple(high for _, high in limits),
        level=level,
        people=tuple(people),
        cells=_sides(sessions, flags),
        method=SHARE_METHOD.format(by=sessions.by),
        how=_how_of_share(sessions),
        notes=sessions.refused,
    )


def _estimate_followed_up(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    """Of sessions that set something and are followed by a recorded one, the share in which that one reviewed it."""
    for part in (SET_IN[planned.key.subject], REVIEWED_IN):
        require_flags(sessions, part)
    following, what = _next_reviews(sessions, planned.key.subject), _SAID[planned.key.subject]
    if np.isnan(following).all():
        msg = f"No session that set {what} is followed by one that tells whether it was reviewed."
        raise NotEstimableError(msg)
    method = (
        f"of sessions that set {what} and have a next session on record, the share whose next one reviewed it; "
        "Wilson's interval at the effective number of sessions, CR2 by {by}"
    )
    return estimate_share(planned, sessions, following, level=level, method=method)


def _next_reviews(sessions: Sessions, what: str) -> Floats:
    """Whether the next session reviewed what was set; NaN where nothing was or the next one does not tell."""
    counts = np.append(sessions.is_next[1:], False) & (sessions.flags(SET_IN[what]) == 1)
    return np.where(counts, np.append(sessions.flags(REVIEWED_IN)[1:], np.nan), np.nan)


def _describe_minutes(planned: Planned, sessions: Sessions, *, level: float) -> Outcome:
    minutes = sessions.minutes
    known = ~np.isnan(minutes)
    if not known.any():
        raise NotEstimableError("sessions.csv does not tell the minutes of any session.", "not provided")
    result = among(planned, sessions.people(known))
    if planned.quantity is Quantity.MEAN:
        fit = fit_clustered_mean(values=minutes[known], clusters=sessions.clusters[known])
        return result.estimate(
            fit.mean,
            se=fit.se,
            df=fit.df,
            interval=to_interval(level, fit.interval(level)),
            method=f"mean of sessions; CR2 standard error by {sessions.by}",
            how=sessions.how("mean", "satterthwaite"),
            notes=(*_not_recorded(known), *sessions.refused),
        )
    values = {
        "sd": float(minutes[known].std(ddof=1)),
        "median": float(np.median(minutes[known])),
        "lower_quartile": float(np.quantile(minutes[known], 0.25)),
        "upper_quartile": float(np.quantile(minutes[known], 0.75)),
    }
    return result.estimate(
        values[planned.key.what],
        method="of all sessions",
        how=How(estimator=planned.quantity.value),
        notes=_not_recorded(known),
    )
