"""Coverage of the comparison with what is missing at the start completed, in small trials that were not randomised.

Writes simulation_start.json beside this file: python tests/reference/impute/simulate_start.py. Two visits after the
start; need decides the programme and the scores. A quarter has no score at the start and a tenth no age, the more often
the higher the first later score is (so that leaving them out is biased), and a fifth is not seen at the last visit. For
each size: how often the interval of the difference at the last visit holds the true one, completed and with those left
out, and the bias of both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.impute import StartModel
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.least_squares import Contrast

HERE = Path(__file__).parent
SIZES = (15, 30)
SETS = 400
EFFECT, LEVEL, IMPUTATIONS = -4.0, 0.95, 20
NAMES = ("the score at the start", "age", "woman")


def simulate(per_arm: int, *, sets: int, seed: int) -> dict[str, float]:
    """Judge both comparisons on many data sets of one size."""
    rng = np.random.default_rng([seed, per_arm])
    held: dict[str, list[float]] = {"completed": [], "left out": []}
    missed: dict[str, list[float]] = {"completed": [], "left out": []}
    refused = 0
    while len(held["completed"]) < sets:
        scores, full, columns = draw_trial(2 * per_arm, rng)
        try:
            contrasts = {
                "completed": complete(scores, full, columns, rng),
                "left out": leave_out(scores, full, columns),
            }
        except NotEstimableError:
            refused += 1
            continue
        for way, contrast in contrasts.items():
            low, high = contrast.interval(LEVEL)
            held[way].append(float(low <= EFFECT <= high))
            missed[way].append(contrast.estimate - EFFECT)
    found = {f"coverage: {way}": float(np.mean(values)) for way, values in held.items()}
    found |= {f"bias: {way}": float(np.mean(values)) for way, values in missed.items()}
    return found | {"spread: completed": float(np.std(missed["completed"], ddof=1)), "refused": float(refused)}


def draw_trial(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores at two visits, arm, and (start, age, woman)."""
    need = rng.normal(0, 1, n)
    full = rng.random(n) < 1 / (1 + np.exp(-0.6 * need))
    start, age, woman = 40 + 6 * need + rng.normal(0, 6, n), 35 + 4 * need + rng.normal(0, 9, n), rng.random(n) < 0.7
    mean = 16 + 0.5 * start + 0.1 * age - 2 * woman + rng.normal(0, 4, n)
    scores = np.column_stack([mean - 2 * full, mean + EFFECT * full]) + rng.normal(0, 4, (n, 2))
    high = (scores[:, 0] - scores[:, 0].mean()) / scores[:, 0].std()
    start[rng.random(n) < 1 / (1 + np.exp(1.3 - high))] = np.nan
    age[rng.random(n) < 1 / (1 + np.exp(2.4 - 0.7 * high))] = np.nan
    scores[rng.random(n) < 0.2, 1] = np.nan
    return scores, full, np.column_stack([start, age, woman])


def complete(scores: np.ndarray, full: np.ndarray, columns: np.ndarray, rng: np.random.Generator) -> Contrast:
    """Compare everybody, what is missing at the start completed."""
    model = StartModel(
        scores=scores,
        full=full,
        columns=columns,
        names=NAMES,
        visits=("first", "last"),
        order=("unstructured",),
        clusters=None,
    )
    return model.fit(draws=IMPUTATIONS, rng=rng).pooled[1].contrast


def leave_out(scores: np.ndarray, full: np.ndarray, columns: np.ndarray) -> Contrast:
    """Compare those of whom everything is recorded."""
    known = ~np.isnan(columns).any(axis=1)
    by_visit = np.column_stack([np.ones(known.sum()), full[known], columns[known, 0]])
    fit = mmrm.fit_mmrm(scores=scores[known], by_visit=by_visit, constant=columns[known, 1:])
    return fit.contrast(np.eye(len(fit.beta))[3], method="kenward-roger")


def main() -> None:
    """Write the results."""
    found = {str(size): simulate(size, sets=SETS, seed=20262) for size in SIZES}
    (HERE / "simulation_start.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
