"""What a report says of its own computations, a second time: the table of simulated coverage, and what agrees."""

from __future__ import annotations

import math
from importlib import resources
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.replication.columns import known
from outcomes.replication.comparison import ALLOWED, Numbers, distance
from outcomes.replication.count_regression import lay_out, maximise
from outcomes.replication.happened import all_of, columns_of, count
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.replication.wide import Road, Wide

LEAST_MEAN, LEAST_SPREAD = 1e-3, 0.05  # where the logarithms of docs/methods/events.md begin
PEOPLE_TWICE, FIFTH = 2.0, 0.2


def _coverage(wide: Wide, first: Estimate) -> Numbers | None:
    """Coverage in the simulated cell most like the data: people counting twice, mean, spread, surplus of none."""
    key = first.key
    events = count(wide.people, key.subject, "since")
    main = wide.found.get(str(key.but(what="rate_ratio", category="")))
    if events is None or not isinstance(main, Estimate) or main.how is None:
        return None
    columns = columns_of(wide, key.subject)
    used = known(events.number, columns) & events.exposed
    (number, years, design), mine = lay_out(all_of(wide, events), columns, used)
    full = wide.people.full[mine]
    beta, alpha = maximise(number, years, design, is_poisson=main.how.bounded)
    if beta is None:
        return None
    mean = years * np.exp(design @ beta)
    none = (1 + alpha * mean) ** (-1 / alpha) if alpha > 0 else np.exp(-mean)
    surplus = min(max(float(np.mean(number == 0) - np.mean(none)), 0.0), 1.0)
    text = resources.files("outcomes.models").joinpath("events_calibration.csv").read_text(encoding="utf-8")
    table = pd.read_csv(StringIO(text))
    table = table[(table["what"] == (key.category or "rate_ratio")) & (2 * table["estimated"] >= table["sets"])]
    table = table[table["shared"] == ("yes" if main.how.clusters else "no")].reset_index(drop=True)
    away = (
        (PEOPLE_TWICE * np.log(table["people"] / min(full.sum(), (~full).sum()))) ** 2
        + np.log(table["mean"] / max(float(number[~full].mean()), LEAST_MEAN)) ** 2
        + np.log(table["spread"] / max(alpha, LEAST_SPREAD)) ** 2
        + ((table["zeros"] - surplus) / FIFTH) ** 2
    )
    cell = table.loc[away.idxmin()]
    ends = ((cell["coverage"], cell["coverage_error"]), (1 - cell["false_alarms"], cell["false_alarms_error"]))
    value, error = min(ends)
    return Numbers(value=float(value), se=float(error), interval=first.limits, method="the nearest row of the table")


def _agreeing(wide: Wide, first: Estimate) -> Numbers:
    """Count the pairs of a first and a second computation, and those that agree; or tell the largest distance."""
    away = []
    for second in wide.found.values():
        if isinstance(second, Estimate) and second.key.of:
            main = wide.found[str(second.key.but(analysis=second.key.of, of=""))]
            away.append(distance(main, main.value, second.value) if isinstance(main, Estimate) else math.inf)
    told = {"compared": float(len(away)), "agreeing": float(sum(one <= ALLOWED for one in away))}
    largest = max(away, default=math.nan)
    # of two numbers that agree to the last places the distance is rounding, and another on another machine
    return Numbers(
        value=told.get(first.key.what, largest), method="pairs counted one by one", chance={"value": ALLOWED}
    )


ROADS: Mapping[tuple[str, str], Road] = {
    ("events", "coverage"): _coverage,
    **{("independent", what): _agreeing for what in ("compared", "agreeing", "largest")},
}
