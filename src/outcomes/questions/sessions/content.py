"""What was done in 121 sessions: shares, their course, homework that was followed up, and minutes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods.cluster import FEWEST_CLUSTERS
from outcomes.methods.clustered import fit_clustered_mean
from outcomes.models.contract import Counts, attempt, to_interval, to_mean
from outcomes.questions.sessions.held import ABSENT, NOBODY, Held
from outcomes.results.outcome import Curve, Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

COMPONENTS = {
    "agenda_set": "Agenda set",
    "week_reviewed": "Week reviewed",
    "chain_analysis": "Chain analysis",
    "solution_analysis": "Solution analysis",
    "skills_generalised": "Skills generalised",
    "homework_reviewed": "Homework reviewed",
    "homework_set": "Homework set",
    "validation_and_change": "Validation and change",
    "feedback": "Feedback",
    "closing_summary": "Closing summary",
}
FOLLOWED_UP = "Homework that was reviewed the next time"
MINUTES = {
    "mean": "Minutes of a 121 session, mean",
    "sd": "Minutes of a 121 session, standard deviation",
    "median": "Minutes of a 121 session, median",
    "lower_quartile": "Minutes of a 121 session, a quarter are shorter",
    "upper_quartile": "Minutes of a 121 session, a quarter are longer",
}
SHARE_METHOD = "share of sessions; Wilson's interval at the effective number of sessions, CR2 by {by}"


def describe(cohort: Cohort, held: Held | None) -> Iterator[Outcome]:
    """Give the share of sessions with each component, and what follows from the records."""
    level = cohort.plan.confidence.level
    for name, label in COMPONENTS.items():
        words = ("sessions", name, "share")
        yield from _if_held(held, words, label, partial(_component, name=name, level=level))
        yield from _people(held, name, label, None if held is None else held.flags(name))
        words = ("sessions", name, "course")
        text = f"{label}, over the sessions of a client"
        yield from _if_held(held, words, text, partial(_course, cohort, name=name))
    words = ("sessions", "homework", "followed_up")
    yield from _if_held(held, words, FOLLOWED_UP, lambda held: _followed_up(held, level))
    yield from _people(held, "homework", FOLLOWED_UP, None if held is None else _next_reviews(held))
    for what, label in MINUTES.items():
        words = ("sessions", "minutes", what)
        yield from _if_held(held, words, label, partial(_minutes, what=what, level=level))


def _if_held(
    held: Held | None, words: tuple[str, ...], label: str, compute: Callable[[Held], Outcome]
) -> Iterator[Outcome]:
    result = result_id(*words)
    if held is None or not len(held.client):
        yield NotEstimable(id=result, label=label, reason=ABSENT if held is None else NOBODY)
    else:
        yield attempt(result, label, lambda: compute(held))


def _people(held: Held | None, name: str, label: str, flags: NDArray[np.float64] | None) -> Iterator[Outcome]:
    """Count the people with a session that had a part, and with one that had not: few of either are few people."""
    for what, wanted, words in (("clients", 1.0, "with"), ("clients_without", 0.0, "without")):
        place, text = ("sessions", name, what), f"People with a session {words} it: {label}"
        yield from _if_held(
            held, place, text, partial(_count, flags=flags, wanted=wanted, result=result_id(*place), label=text)
        )


def _count(held: Held, *, flags: NDArray[np.float64] | None, wanted: float, result: str, label: str) -> Outcome:
    if flags is None or np.isnan(flags).all():
        raise NotEstimableError("It is recorded for no session.")
    people = held.people(flags == wanted)
    return Estimate(
        id=result,
        label=label,
        value=float(people),
        unit="people",
        method="count",
        **Counts(n=people, n_full=people),
    )


def to_share_of_sessions(
    held: Held,
    flags: NDArray[np.float64],
    *,
    result: str,
    label: str,
    level: float,
    method: str = SHARE_METHOD,
    notes: tuple[str, ...] = (),
) -> Outcome:
    """Make the outcome of a share of the sessions for which something is recorded."""
    known = ~np.isnan(flags)
    fit = fit_clustered_mean(values=flags[known], clusters=held.clusters[known])
    people = held.people(known)
    return to_mean(
        result,
        label,
        fit,
        unit="share_of_sessions",
        interval=to_interval(level, fit.share_interval(level)),
        counts=Counts(n=people, n_full=people),
        method=method.format(by=held.by),
        notes=notes,
    )


def _not_recorded(known: NDArray[np.bool_]) -> tuple[str, ...]:
    return () if known.all() else ("Sessions for which it is not recorded are left out.",)


def _component(held: Held, name: str, level: float) -> Outcome:
    flags = _require(held, name)
    result, notes = result_id("sessions", name, "share"), _not_recorded(~np.isnan(flags))
    return to_share_of_sessions(held, flags, result=result, label=COMPONENTS[name], level=level, notes=notes)


def _require(held: Held, name: str) -> NDArray[np.float64]:
    flags = held.flags(name)
    if np.isnan(flags).all():
        msg = f"sessions.csv does not tell {name} for any session."
        raise NotEstimableError(msg)
    return flags


def _course(cohort: Cohort, held: Held, name: str) -> Outcome:
    """Give the share in each block of a client's sessions; blocks with too few clusters are left out."""
    flags, block, level = _require(held, name), cohort.plan.sessions.block, cohort.plan.confidence.level
    of_block = (held.number - 1) // block
    known = ~np.isnan(flags)
    places, fits, people = [], [], []
    for which in np.unique(of_block[known]):
        mine = known & (of_block == which)
        if len(np.unique(held.clusters[mine])) < FEWEST_CLUSTERS:
            continue
        fits.append(fit_clustered_mean(values=flags[mine], clusters=held.clusters[mine]))
        places.append(float(which * block + (block + 1) / 2))
        people.append(held.people(mine))
    if not fits:
        raise NotEstimableError("No stretch of the programme has sessions of enough therapists or clients.")
    limits = [fit.share_interval(level) for fit in fits]
    return Curve(
        id=result_id("sessions", name, "course"),
        label=f"{COMPONENTS[name]}, over the sessions of a client",
        unit="share_of_sessions",
        axis="number of the session, middle of its block",
        at=tuple(places),
        value=tuple(fit.mean for fit in fits),
        low=tuple(low for low, _ in limits),
        high=tuple(high for _, high in limits),
        level=level,
        people=tuple(people),
        method=SHARE_METHOD.format(by=held.by),
        **Counts(n=held.people(known), n_full=held.people(known)),
    )


def _followed_up(held: Held, level: float) -> Outcome:
    """Of sessions that set homework and are followed by a recorded one, the share in which that one reviewed it."""
    for name in ("homework_set", "homework_reviewed"):
        _require(held, name)
    following = _next_reviews(held)
    if np.isnan(following).all():
        raise NotEstimableError("No session that set homework is followed by one that tells whether it was reviewed.")
    method = (
        "of sessions that set homework and have a next session on record, the share whose next one reviewed it; "
        "Wilson's interval at the effective number of sessions, CR2 by {by}"
    )
    words = ("sessions", "homework", "followed_up")
    return to_share_of_sessions(
        held, following, result=result_id(*words), label=FOLLOWED_UP, level=level, method=method
    )


def _next_reviews(held: Held) -> NDArray[np.float64]:
    """Whether the next session reviewed the homework; NaN where none was set or the next one does not tell."""
    counts = np.append(held.is_next[1:], False) & (held.flags("homework_set") == 1)
    return np.where(counts, np.append(held.flags("homework_reviewed")[1:], np.nan), np.nan)


def _minutes(held: Held, what: str, level: float) -> Outcome:
    minutes = (
        held.frame["minutes"].to_numpy(dtype=float) if "minutes" in held.frame else np.full(len(held.frame), np.nan)
    )
    known = ~np.isnan(minutes)
    if not known.any():
        raise NotEstimableError("sessions.csv does not tell the minutes of any session.")
    fit = fit_clustered_mean(values=minutes[known], clusters=held.clusters[known])
    values = {
        "mean": fit.mean,
        "sd": float(minutes[known].std(ddof=1)),
        "median": float(np.median(minutes[known])),
        "lower_quartile": float(np.quantile(minutes[known], 0.25)),
        "upper_quartile": float(np.quantile(minutes[known], 0.75)),
    }
    is_mean, people = what == "mean", held.people(known)
    return Estimate(
        id=result_id("sessions", "minutes", what),
        label=MINUTES[what],
        value=values[what],
        unit="minutes",
        se=fit.se if is_mean else None,
        df=fit.df if is_mean else None,
        interval=to_interval(level, fit.interval(level)) if is_mean else None,
        method=f"mean of sessions; CR2 standard error by {held.by}" if is_mean else "of all sessions",
        notes=_not_recorded(known),
        **Counts(n=people, n_full=people),
    )
