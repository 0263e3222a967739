"""The simulation of events computes what the reports compute, and the table that reports look up is what it writes."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

from outcomes.methods import logistic, standardise
from outcomes.methods.count_spread import CountSpread
from outcomes.methods.negative_binomial import fit_counts

sys.path.insert(0, str(Path(__file__).parent))
import simulate
from simulate import Cell


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(("people", "mean", "zeros"), [(12, 2.0, 0.2), (30, 8.0, 0.0), (20, 0.5, 0.0)])
def test_many_data_sets_at_once_give_what_a_report_gives_of_each(
    people: int, mean: float, zeros: float, shared: bool
) -> None:
    cell = Cell(people, mean, 1.0, zeros, shared)
    counts = cell.draw(np.random.default_rng(4), 6, 0.5)
    found = simulate.intervals(counts, cell)
    design = np.column_stack([np.ones(2 * people), cell.full]).astype(float)
    labels = cell.groups.astype(str).astype(object) if shared else None
    for place, one in enumerate(counts):
        fit = fit_counts(
            counts=one, exposure=np.ones(len(one)), design=design, names=["one", "full"], family="negative_binomial"
        )
        spread = CountSpread(fit=fit, clusters=labels)
        expected = {
            "rate_ratio": spread.log_ratio().interval(0.95),
            "rate_difference": spread.standardised().difference.interval(0.95),
        }
        events = one > 0
        cells = [int((events[side] == yes).sum()) for side in (cell.full, ~cell.full) for yes in (True, False)]
        shares = logistic.fit_logistic(
            events=events, design=design, names=["one", "full"], penalised=min(cells) < simulate.SMALL_CELL
        )
        share = standardise.fit_standardised_shares(fit=shares, arm=1, clusters=labels).difference(0.95)
        expected["any"] = (max(share.low, -1.0), min(share.high, 1.0))
        for what, limits in expected.items():
            assert [found[what][side][place] for side in (0, 1)] == pytest.approx(limits, rel=1e-6, abs=1e-8), what


@pytest.mark.slow
def test_the_table_is_what_the_simulation_writes_but_for_chance(tmp_path: Path) -> None:
    rows = {tuple(row[:6]): row for row in csv.reader(simulate.OUT.open(encoding="utf-8"))}
    tallies = {
        cell: simulate.Counter()
        for cell in (Cell(12, 2.0, 1.0, 0.2, shared=True), Cell(60, 8.0, 0.5, 0.0, shared=False))
    }
    for place, (cell, tally) in enumerate(tallies.items()):
        simulate.run(np.random.default_rng([7, place]), cell, 1000, tally)
    simulate.write(tallies, tmp_path / "again.csv")
    for row in list(csv.reader((tmp_path / "again.csv").open(encoding="utf-8")))[1:]:
        committed = rows[tuple(row[:6])]
        for value, error in ((8, 9), (10, 11)):
            apart = abs(float(row[value]) - float(committed[value]))
            assert apart <= 4 * float(np.hypot(float(row[error]), float(committed[error]))) + 1e-3
