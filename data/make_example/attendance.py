"""Which sessions were on offer, which were attended, and who completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from parameters import Parameters, Records
    from people import World

STATUSES = ("attended", "missed", "cancelled_by_client", "cancelled_by_service", "")  # "": not on offer any more
ATTENDED, MISSED, BY_CLIENT, BY_SERVICE, NOT_OFFERED = range(len(STATUSES))
STAYS = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Attendance, as positions in `STATUSES`, shape (n, weeks) each.

    Attributes
    ----------
    group, individual : ndarray of int
        The two streams; everybody's individual sessions are drawn, and only the full programme offers them.
    stopped : ndarray of int, shape (n,)
        Last week on offer [weeks].
    left : ndarray of bool, shape (n,)
        Left of their own accord before the last session.
    completed : ndarray of bool, shape (n,)
    """

    group: NDArray[np.int64]
    individual: NDArray[np.int64]
    stopped: NDArray[np.int64]
    left: NDArray[np.bool_]
    completed: NDArray[np.bool_]


def draw_attendance(world: World, parameters: Parameters, rng: np.random.Generator) -> Attendance:
    """Draw both streams. After four group sessions missed in a row nothing more is on offer."""
    records = parameters.records
    leaves = _leaving_weeks(world, records, rng)
    willing = records.attends + records.attends_sd * rng.standard_normal(len(leaves))
    share = 1 / (1 + np.exp(-willing))
    group = _draw_stream(share, leaves, records, rng)
    stopped = _stop(group, records)
    individual = _draw_stream(share, leaves, records, rng)
    gone = np.arange(1, records.sessions + 1) > stopped[:, None]
    group[gone], individual[gone] = NOT_OFFERED, NOT_OFFERED
    offered = ((group != NOT_OFFERED) & (group != BY_SERVICE)).sum(axis=1)
    enough = (group == ATTENDED).sum(axis=1) >= records.share_completed * offered
    # Four in a row at the very end stop nobody, and are four in a row all the same.
    return Attendance(
        group=group,
        individual=individual,
        stopped=stopped,
        left=leaves != STAYS,
        completed=enough & (_longest_run(group) < records.run_missed),
    )


def _leaving_weeks(world: World, records: Records, rng: np.random.Generator) -> NDArray[np.int64]:
    """First week missed for good; early enough that four in a row are missed before the next visit or the last week."""
    part = rng.random(len(world.last))
    bounds = np.array([(2, records.weeks[1]), (records.weeks[1] + 1, records.sessions - records.run_missed + 1)])
    week = np.full(len(part), STAYS)
    for place, (first, latest) in enumerate(bounds):
        week = np.where(world.last == place, first + np.floor(part * (latest - first + 1)).astype(int), week)
    return week


def _draw_stream(
    share: NDArray[np.float64], leaves: NDArray[np.int64], records: Records, rng: np.random.Generator
) -> NDArray[np.int64]:
    comes, says, held = (rng.random((len(share), records.sessions)) for _ in range(3))
    absent = np.where(says < records.client_cancels, BY_CLIENT, MISSED)
    status = np.where(comes < share[:, None], ATTENDED, absent)
    status = np.where(held < records.service_cancels, BY_SERVICE, status)
    return np.where(np.arange(1, records.sessions + 1) >= leaves[:, None], MISSED, status)


def _runs(status: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sessions missed in a row up to each week; one that the service cancelled neither counts nor interrupts."""
    run = np.zeros(len(status), dtype=np.int64)
    runs = np.zeros(status.shape, dtype=np.int64)
    for week, now in enumerate(status.T):
        run = np.where(now == BY_SERVICE, run, np.where((now == MISSED) | (now == BY_CLIENT), run + 1, 0))
        runs[:, week] = run
    return runs


def _longest_run(status: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(_runs(status).max(axis=1))


def _stop(status: NDArray[np.int64], records: Records) -> NDArray[np.int64]:
    over = _runs(status) >= records.run_missed
    return np.where(over.any(axis=1), over.argmax(axis=1) + 1, records.sessions)
