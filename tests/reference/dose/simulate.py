"""What regressions on sessions find in the example, where no session changes any score: every true slope is zero.

Naive: the score at 24 weeks, or the last score on record, on all sessions attended. Landmark: the change from 12 to 24
weeks on the sessions attended up to week 12, among those seen at both, adjusted for both earlier scores, the programme
and the covariates. Batches of many simulated people, each with groups and therapists of its own.

    python tests/reference/dose/simulate.py [--people N]   # writes dose.json beside itself
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "data" / "make_example"))

from attendance import ATTENDED, draw_attendance  # noqa: E402  # the program that made the example
from parameters import Parameters  # noqa: E402  # the same
from people import draw_world  # noqa: E402  # the same

if TYPE_CHECKING:
    from attendance import Attendance
    from numpy.typing import NDArray
    from people import World

BATCHES, MEASURES = 40, ("dts", "ders16", "ffmq15")
START, MID, END, WEEKS_TO_MID = 0, 1, 2, 12


def simulate(people: int, *, seed: int) -> dict[str, dict[str, dict[str, float]]]:
    """Slopes by measure and way, each with its Monte-Carlo standard error [points a session]."""
    many = people // BATCHES
    wide = replace(Parameters(), n_groups=many // 13, n_therapists=many // 9)
    found: dict[str, dict[str, list[float]]] = {}
    for stream in np.random.SeedSequence(seed).spawn(BATCHES):
        rng = np.random.default_rng(stream)
        world = draw_world(wide, rng, n=many)
        attendance = draw_attendance(world, wide, rng)
        for measure in MEASURES:
            for way, slope in slopes(world, attendance, measure).items():
                found.setdefault(measure, {}).setdefault(way, []).append(slope)
    return {
        measure: {
            way: {"slope": float(np.mean(values)), "error": float(np.std(values, ddof=1) / np.sqrt(len(values)))}
            for way, values in ways.items()
        }
        for measure, ways in found.items()
    }


def slopes(world: World, attendance: Attendance, measure: str) -> dict[str, float]:
    """Give every way's slope in one batch."""
    full = world.table["full"].to_numpy(dtype=bool)
    came = (attendance.group == ATTENDED).astype(float) + full[:, None] * (attendance.individual == ATTENDED)
    scores = np.where(world.here, world.recorded[measure], np.nan)[:, : END + 1]
    last = np.full(len(full), np.nan)
    for visit in range(END + 1):
        last = np.where(np.isnan(scores[:, visit]), last, scores[:, visit])
    covariates = world.table[["age", "self_harm_history", "previous_therapy"]].to_numpy(dtype=float)
    covariates = np.column_stack([covariates, world.table["gender"] == "man", world.table["gender"] == "non_binary"])
    start, mid, end = scores.T
    every, by_mid = came.sum(axis=1), came[:, :WEEKS_TO_MID].sum(axis=1)
    skills = ~full
    return {
        "end on all sessions": slope(end, every),
        "end on all sessions, start and covariates": slope(end, every, start, covariates),
        "last score on all sessions, skills arm": slope(last[skills], every[skills], start[skills], covariates[skills]),
        "landmark": slope(end - mid, by_mid, full, mid, start, covariates),
    }


def slope(outcome: NDArray[np.float64], exposure: NDArray[np.float64], *beside: NDArray[np.float64]) -> float:
    """Coefficient of the exposure among those with everything known."""
    design = np.column_stack([np.ones(len(outcome)), exposure, *beside]).astype(float)
    use = ~np.isnan(outcome) & ~np.isnan(design).any(axis=1)
    return float(np.linalg.lstsq(design[use], outcome[use], rcond=None)[0][1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    given = parser.parse_args()
    results = {
        "people": given.people,
        "batches": BATCHES,
        "seed": 20250102,
        "slopes": simulate(given.people, seed=20250102),
    }
    (HERE / "dose.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
