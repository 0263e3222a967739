"""Type I error and coverage of the Kenward–Roger inference in small trials with drop-out at random.

Writes simulation.json beside this file: python tests/reference/mmrm/simulate.py. Three visits after the start, related
and unequally spread; people leave after a visit with odds that depend on the score they had there, so that about three
in ten are not seen at the last. Arm and baseline have an effect at each visit; the contrast is the arm at the last
visit, whose true value is 0 for the type I error and −4 for coverage.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from outcomes.methods import mmrm
from outcomes.results.outcome import NotEstimableError

HERE = Path(__file__).parent
SIZES = (10, 20, 30)
SETS = 2_000
EFFECT = -4.0
SPREAD = np.array([6.0, 7.0, 8.0])
CORRELATION = np.array([[1.0, 0.6, 0.5], [0.6, 1.0, 0.7], [0.5, 0.7, 1.0]])
LEVEL = 0.95
METHODS: tuple[mmrm.DfMethod, ...] = ("kenward-roger", "satterthwaite")
LAST_VISIT = np.eye(9)[5]


def simulate(per_arm: int, *, sets: int, seed: int) -> dict[str, float]:
    """Shares of data sets in which the test rejects a true zero, and in which the interval holds a true effect."""
    rng = np.random.default_rng([seed, per_arm])
    results: dict[str, float] = {}
    for effect, what in ((0.0, "type I error"), (EFFECT, "coverage")):
        held = dict.fromkeys(METHODS, 0)
        fitted = fallback = 0
        for _ in range(sets):
            fit, tried = fit_trial(*draw_trial(per_arm, effect, rng))
            if fit is None:
                continue
            fitted, fallback = fitted + 1, fallback + bool(tried)
            for method in METHODS:
                low, high = fit.contrast(LAST_VISIT, method=method).interval(LEVEL)
                held[method] += low <= effect <= high
        results |= {f"{what}: fitted": fitted, f"{what}: another structure": fallback}
        for method, count in held.items():
            results[f"{what}: {method}"] = count / fitted if effect else 1 - count / fitted
    return results


def fit_trial(scores: np.ndarray, by_visit: np.ndarray) -> tuple[mmrm.MmrmFit | None, tuple[object, ...]]:
    """Fit the unstructured model, or the next structure where it cannot be estimated, or none."""
    try:
        gathered = mmrm.moments(scores=scores, by_visit=by_visit)
        return mmrm.fit_first_estimable(gathered, order=("unstructured", "heterogeneous ar1"))
    except NotEstimableError:
        return None, ()


def draw_trial(per_arm: int, effect: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw scores (n, 3) with drop-out at random, and intercept, arm, baseline; the effect grows to the last visit."""
    n = 2 * per_arm
    full, start = np.arange(n) < per_arm, rng.normal(30, 7, n)
    errors = rng.standard_normal((n, 3)) @ np.linalg.cholesky(CORRELATION).T * SPREAD
    scores = 10 + 0.6 * start[:, None] - np.array([1.0, 2.0, 3.0]) + errors
    scores += effect * full[:, None] * np.array([0.4, 0.8, 1.0])
    here = np.ones(n, dtype=bool)
    for visit in (1, 2):
        odds = -1.7 + 0.08 * (scores[:, visit - 1] - 28)
        here &= rng.random(n) >= 1 / (1 + np.exp(-odds))
        scores[~here, visit] = np.nan
    return scores, np.column_stack([np.ones(n), full, start]).astype(float)


def main() -> None:
    """Run all sizes and write the results."""
    results = {str(size): simulate(size, sets=SETS, seed=20251) for size in SIZES}
    (HERE / "simulation.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
