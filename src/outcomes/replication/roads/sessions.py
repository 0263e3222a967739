"""What happens in 121 sessions a second time: shares and means of sessions by therapist or client, order of targets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.replication import shares
from outcomes.replication.comparison import Numbers
from outcomes.replication.least import judge
from outcomes.replication.people import DAYS
from outcomes.replication.roads.names import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.wide import Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

TARGETS = ("life_threatening", "therapy_interfering", "quality_of_life", "skills")
SET = {"homework": "homework_set", "behavioural_task": "behavioural_task_set"}
THIRDS = ("first", "middle", "last")
FEWEST_THERAPISTS = 4  # below, sessions are grouped by client


@dataclass(frozen=True, slots=True, repr=False)
class _Sessions:
    """Sessions of the full programme: whose, with which therapist, in which group of the inference, in which order."""

    table: pd.DataFrame
    client: list[str]
    row: list[int]
    therapist: list[Any]
    name: list[str]
    unit: list[Any]
    when: Array
    numbered: bool


def _read(wide: Wide) -> _Sessions:
    people, place = wide.people, {str(one): row for row, one in enumerate(wide.people.clients["client_id"])}
    table = people.tables["sessions"]
    rows = [place.get(str(one)) for one in table["client_id"]]
    table = table[[row is not None and bool(people.full[row]) for row in rows]].reset_index(drop=True)
    client = [str(one) for one in table["client_id"]]
    row = [place[one] for one in client]
    recorded = wide.recorded(people.plan.adjust.therapist)
    therapist = [("alone", one) if recorded[one] is None else recorded[one] for one in row]
    unit: list[Any] = list(therapist) if len(set(therapist)) >= FEWEST_THERAPISTS else list(client)
    number = _numbers(table, "session")
    numbered = not np.isnan(number).any()
    days: list[Any] = pd.to_datetime(_column(table, "date")).tolist()
    when = number if numbered else np.array([math.inf if pd.isna(one) else one.timestamp() for one in days])
    names = {who: word(str(who)) for who in set(therapist)}
    return _Sessions(table, client, row, therapist, [names[who] for who in therapist], unit, when, numbered)


def _column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    return table[name] if name in table else pd.Series([None] * len(table), dtype=object)


def _numbers(table: pd.DataFrame, name: str) -> Array:
    return np.array([math.nan if pd.isna(one) else float(one) for one in _column(table, name)])


def _of(wide: Wide) -> _Sessions:
    return wide.once("sessions", partial(_read, wide))


def _mean(values: Array, labels: list[Any]) -> Numbers:
    """Mean by groups, CR2 of a regression on nothing but a constant."""
    return judge(np.ones((len(values), 1)), values, 0, labels, apart=False)


def share_of_sessions(values: Array, labels: list[Any], level: float) -> Numbers | None:
    """Share with Wilson's interval at as many sessions as its error is worth, t for z."""
    from scipy import stats

    kept = np.flatnonzero(~np.isnan(values))
    mine, of = values[kept], [labels[row] for row in kept]
    groups = len(set(of))
    if groups < 2:  # noqa: PLR2004  # of one group nothing is told
        return None
    value, found = float(mine.mean()), _mean(mine, of)
    reach = float(stats.t.ppf((1 + level) / 2, found.df or math.inf))
    if value in {0.0, 1.0}:
        interval = _wilson(value, groups, reach)
        return Numbers(value=value, method="Wilson's interval of groups", df=found.df, interval=interval)
    n = min(float(len(mine)), value * (1 - value) / (found.se or math.nan) ** 2)
    interval = _wilson(value, n, reach)
    return Numbers(value=value, method="OLS on a constant, CR2", se=found.se, df=found.df, interval=interval)


def _wilson(p: float, n: float, z: float) -> tuple[float, float]:
    """Give the roots of (p − x)² = z² x (1 − x) / n."""
    low, high = sorted(np.roots([1 + z**2 / n, -(2 * p + z**2 / n), p**2]).real)
    return float(max(low, 0.0)) if p else 0.0, float(min(high, 1.0)) if p < 1 else 1.0


def _counts(wide: Wide, first: Estimate) -> Numbers | None:
    what, key, all_ = first.key.what, first.key, _of(wide)
    if what == "recorded":
        return _number(len(all_.table))
    if what == "left_out":
        return _number(len(wide.people.tables["sessions"]) - len(all_.table))
    if what == "therapist_clients":
        mine = {one for one, who in zip(all_.client, all_.name, strict=True) if who == key.category}
        return _number(len(mine))
    if not key.subject:
        return _number(len(set(all_.client)))
    done = _reviewed(all_, key.subject) if key.subject in SET else _numbers(all_.table, key.subject)
    wanted = 0.0 if what == "clients_without" else 1.0
    return _number(len({one for one, told in zip(all_.client, done.tolist(), strict=True) if told == wanted}))


def _number(value: float) -> Numbers:
    return Numbers(value=float(value), method="count")


def _component(wide: Wide, first: Estimate) -> Numbers | None:
    """Share of sessions with a component; of one therapist with clients as groups."""
    all_, done = _of(wide), _numbers(_of(wide).table, first.key.subject)
    if not first.key.category:
        return share_of_sessions(done, all_.unit, wide.level())
    mine = np.array([who == first.key.category for who in all_.name])
    return share_of_sessions(np.where(mine, done, np.nan), all_.client, wide.level())


def _minutes(wide: Wide, first: Estimate) -> Numbers | None:
    from scipy import stats

    all_ = _of(wide)
    minutes = _numbers(all_.table, first.key.subject)  # or how it was rated
    kept = np.flatnonzero(~np.isnan(minutes))
    if first.key.what == "mean":
        return _mean(minutes[kept], [all_.unit[row] for row in kept])
    if first.key.what == "sd":
        return Numbers(value=float(stats.tstd(minutes[kept])), method="scipy's tstd")
    at = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}[first.key.what]
    value = float(stats.mstats.mquantiles(minutes[kept], [at], alphap=1, betap=1)[0])
    return Numbers(value=value, method="scipy's mquantiles")


def _reviewed(all_: _Sessions, what: str) -> Array:
    """Whether the next session on record looked at what a session set; nan where none was set or there is none."""
    set_, looked = _numbers(all_.table, SET[what]), _numbers(all_.table, "homework_reviewed")
    order = sorted(range(len(all_.client)), key=lambda row: (all_.client[row], all_.when[row]))
    found = np.full(len(order), np.nan)
    for here, there in pairwise(order):
        follows = not all_.numbered or all_.when[there] == all_.when[here] + 1
        if all_.client[here] == all_.client[there] and follows and set_[here] == 1:
            found[here] = looked[there]
    return found


def _followed(wide: Wide, first: Estimate) -> Numbers | None:
    return share_of_sessions(_reviewed(_of(wide), first.key.subject), _of(wide).unit, wide.level())


def _taken(all_: _Sessions) -> list[list[str]]:
    """Targets of each session in the order in which they were taken."""
    return [
        [] if pd.isna(one) else [part.strip() for part in str(one).split(";")] for one in _column(all_.table, "target")
    ]


def _target(wide: Wide, first: Estimate) -> Numbers | None:
    """Share of sessions with a target, of all or of a third of the programme; people who had it."""
    key, all_, plan = first.key, _of(wide), wide.people.plan
    said = _taken(all_)
    is_it = np.array([float(one[0] == key.subject) if one else math.nan for one in said])
    if key.what == "target_clients":
        return _number(len({who for who, one in zip(all_.client, said, strict=True) if key.subject in one}))
    if key.category:
        weeks = float(plan.sessions.weeks or plan.visits[plan.primary].week)
        began = pd.to_datetime(_column(wide.people.clients, "start_date")).iloc[all_.row].reset_index(drop=True)
        days = pd.to_datetime(_column(all_.table, "date"))
        passed = ((days - began) / pd.Timedelta(days=DAYS)).to_numpy(dtype=float, na_value=math.nan)
        number = all_.when if all_.numbered else _places(all_)
        place = (number - 1) / np.nanmax(number) if np.isnan(passed).any() else passed / weeks
        third = THIRDS.index(key.category)
        low, high = (-math.inf, 1 / 3) if third == 0 else (third / 3, math.inf if third == 2 else (third + 1) / 3)  # noqa: PLR2004
        is_it = np.where((place >= low) & (place < high), is_it, np.nan)
    return share_of_sessions(is_it, all_.unit, wide.level())


def _held(wide: Wide, first: Estimate) -> Numbers | None:
    """How sessions were held, and in what share of them how well was rated."""
    all_, subject = _of(wide), first.key.subject
    if first.key.what == "recorded_share":
        return share_of_sessions((~np.isnan(_numbers(all_.table, subject))).astype(float), all_.unit, wide.level())
    modes = [None if pd.isna(one) else str(one) for one in _column(all_.table, "mode")]
    if first.key.what == "mode_clients":
        return _number(len({who for who, one in zip(all_.client, modes, strict=True) if one == subject}))
    told = np.array([math.nan if one is None else float(one == subject) for one in modes])
    return share_of_sessions(told, all_.unit, wide.level())


def _within(wide: Wide, first: Estimate) -> Numbers | None:
    """Tell what sessions took of several targets, and in which order."""
    all_, what = _of(wide), first.key.what

    def judge_session(taken: list[str]) -> float:
        ranks = [TARGETS.index(one) for one in taken]
        if what == "target_taken":
            return float(first.key.subject in taken) if taken else math.nan
        if what == "several":
            return float(len(taken) > 1) if taken else math.nan
        if len(taken) < 2 or (what == "life_threatening_first_within" and 0 not in ranks):  # noqa: PLR2004  # of one there is no order
            return math.nan
        return float(ranks[0] == 0 if what == "life_threatening_first_within" else ranks == sorted(set(ranks)))

    return share_of_sessions(np.array([judge_session(one) for one in _taken(all_)]), all_.unit, wide.level())


def _places(all_: _Sessions) -> Array:
    """Give each session its number among its client's, in the order of their dates."""
    found, seen = np.zeros(len(all_.client)), dict.fromkeys(all_.client, 0)
    for row in sorted(range(len(all_.client)), key=lambda row: all_.when[row]):
        seen[all_.client[row]] += 1
        found[row] = seen[all_.client[row]]
    return found


def _order(wide: Wide, first: Estimate) -> Numbers | None:
    """Whether the first target was a threat to life, and how far targets come in the order of the manual."""
    all_ = _of(wide)
    taken = _taken(all_)
    ranks = [TARGETS.index(one[0]) if one and one[0] in TARGETS else -1 for one in taken]
    early, pairs, of = [], [], []
    for client in dict.fromkeys(all_.client):
        rows = [row for row, who in enumerate(all_.client) if who == client and ranks[row] >= 0]
        rows.sort(key=lambda row: all_.when[row])
        mine = [(all_.when[row], ranks[row]) for row in rows]
        if any(TARGETS[0] in taken[row] for row in rows):
            early.append(float(mine[0][1] == 0))
        higher = [one < other for a, one in mine for b, other in mine if a < b and one != other]
        if higher:
            pairs.append(sum(higher) / len(higher))
            of.append(all_.unit[rows[0]])
    if first.key.what == "life_threatening_first":
        return shares.share(np.array(early), level=wide.level())
    return _mean(np.array(pairs), of)


ROADS: Mapping[tuple[str, str], Road] = {
    **{("sessions", what): _counts for what in ("recorded", "left_out", "clients", "clients_without")},
    ("sessions", "therapist_clients"): _counts,
    ("sessions", "share"): _component,
    ("sessions", "therapist_share"): _component,
    **{("sessions", what): _minutes for what in ("mean", "sd", "lower_quartile", "median", "upper_quartile")},
    ("sessions", "followed_up"): _followed,
    **{("sessions", what): _target for what in ("target_share", "target_third", "target_clients")},
    **{("sessions", what): _held for what in ("mode_share", "mode_clients", "recorded_share")},
    **{
        ("sessions", what): _within for what in ("target_taken", "several", "in_order", "life_threatening_first_within")
    },
    ("sessions", "life_threatening_first"): _order,
    ("sessions", "concordance"): _order,
}
