"""What simulation found of intervals about events in studies of a like size: the nearest cell of a grid.

`tests/reference/events/simulate.py` writes the table; `docs/methods/events.md` says how it is read.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from outcomes.models.rates import RateModel

FEWEST = 0.93  # of intervals that should hold the truth in 95 of 100: below, a cell does not support them
MARGIN = 2.0  # Monte-Carlo errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A cell of the grid, for one kind of interval.

    Attributes
    ----------
    people : int
        In each programme.
    mean, spread, zeros : float
        Mean count in skills group only, a of μ + aμ², share who never have an event.
    shared : bool
        Whether people of both programmes share groups.
    what : str
        rate_ratio, rate_difference, any.
    sets : int
        Data sets that gave an interval.
    coverage, error : float
        The smaller of the coverage at a ratio of one half and of one, with its Monte-Carlo error.
    """

    people: int
    mean: float
    spread: float
    zeros: float
    shared: bool
    what: str
    sets: int
    coverage: float
    error: float

    @property
    def supports(self) -> bool:
        """Whether intervals hold often enough there."""
        return self.coverage + MARGIN * self.error >= FEWEST


def find_nearest(model: RateModel, what: str) -> Simulated | None:
    """Find the cell most like the data of a model: by people first, then on the scales of the grid.

    Distances are of logarithms (people, mean, spread) and of the share of people without events beyond what the model
    expects; where people share groups the cells with groups are taken.
    """
    cells = [one for one in read_table() if one.what == what and one.shared == bool(model.how.clusters)]
    if not cells:
        return None
    at = _place_of(model)
    return min(cells, key=lambda one: _apart(one, at))


def _place_of(model: RateModel) -> tuple[float, float, float, float]:
    fit, full = model.spread.fit, model.spread.fit.design[:, 1] == 1
    people = min(int(full.sum()), int((~full).sum()))
    mean = max(float(fit.counts[~full].mean()), 1e-3)
    spread = 0.0 if math.isinf(fit.theta) else 1 / fit.theta
    expected = np.exp(-fit.mean) if not spread else special.xlog1py(-fit.theta, fit.mean / fit.theta)
    expected = expected if not spread else np.exp(expected)
    zeros = float((fit.counts == 0).mean() - expected.mean())
    return people, mean, max(spread, 0.05), min(max(zeros, 0.0), 1.0)


def _apart(one: Simulated, at: tuple[float, float, float, float]) -> float:
    people, mean, spread, zeros = at
    logs = math.log(one.people / people), math.log(one.mean / mean), math.log(one.spread / spread)
    return logs[0] ** 2 * 4 + logs[1] ** 2 + logs[2] ** 2 + ((one.zeros - zeros) / 0.2) ** 2


@cache
def read_table() -> tuple[Simulated, ...]:
    """Read the table; a cell in which fewer than half of the data sets gave an interval stands for no study."""
    text = resources.files("outcomes.models").joinpath("events_calibration.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        coverage, error = min(
            (float(row["coverage"]), float(row["coverage_error"])),
            (1 - float(row["false_alarms"]), float(row["false_alarms_error"])),
        )
        sets = int(row["estimated"])
        if 2 * sets >= int(row["sets"]):
            numbers = {name: float(row[name]) for name in ("mean", "spread", "zeros")}
            shared = row["shared"] == "yes"
            more = {"what": row["what"], "sets": sets, "coverage": coverage, "error": error}
            found.append(Simulated(people=int(row["people"]), shared=shared, **numbers, **more))  # type: ignore[arg-type]
    return tuple(found)
