"""Coverage and standard errors of the imputed comparison in small trials with drop-out at random.

Writes simulation.json beside this file: python tests/reference/impute/simulate.py. Three visits after the start; people
leave with odds that depend on the last score (about three in ten are not seen at the last visit; some never after the
start). For each size: how often the interval holds the true difference of −4 under missing at random, by the jackknife
and by Rubin's rules; and, under jump to reference, the spread of the estimate over the data sets beside the two
standard errors.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.ancova import fit_arm_of_many
from outcomes.methods.impute import complete_scores, draw_posterior, fit_expected, to_people
from outcomes.methods.least_squares import Contrast
from outcomes.methods.pooling import pool_estimates
from outcomes.results.outcome import NotEstimableError

HERE = Path(__file__).parent
SIZES = (10, 20, 30)
SETS = 2_000
EFFECT, LEVEL, IMPUTATIONS, LAST = -4.0, 0.95, 50, 2
NAMES = ("the intercept", "the arm", "the score at the start")
SPREAD = np.array([6.0, 7.0, 8.0])
CORRELATION = np.array([[1.0, 0.6, 0.5], [0.6, 1.0, 0.7], [0.5, 0.7, 1.0]])


def simulate(per_arm: int, *, sets: int, seed: int) -> dict[str, float]:
    """Judge both standard errors on many data sets of one size."""
    rng = np.random.default_rng([seed, per_arm])
    found: dict[str, list[Any]] = {}
    while len(found.get("jump", [])) < sets:
        try:
            one = judge(*draw_trial(per_arm, rng), rng)
        except NotEstimableError:
            found.setdefault("refused", []).append(1.0)
            continue
        for name, value in one.items():
            found.setdefault(name, []).append(value)
    jump = found.pop("jump")
    refused = len(found.pop("refused", []))
    return {name: float(np.mean(values)) for name, values in found.items()} | {
        "spread of jump to reference": float(np.std(jump, ddof=1)),
        "refused": float(refused),
    }


def judge(scores: np.ndarray, by_visit: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Compare one data set in every way."""
    none = np.zeros((len(scores), 0))
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit)
    people = to_people(scores=scores, by_visit=by_visit, constant=none)
    without = mmrm.leave_one_out(fit, scores=scores, by_visit=by_visit)
    expected = fit_expected(people=people, without=without, units=np.arange(len(scores)), names=NAMES, visit=LAST)
    completed = complete_scores(
        people=people, draws=draw_posterior(fit, people=people, draws=IMPUTATIONS, rng=rng), rng=rng
    )
    main = fit.contrast(np.eye(9)[5], method="kenward-roger")
    random, jump = (expected.under(name, reference=False) for name in ("missing at random", "jump to reference"))
    pooled = {}
    for name in ("missing at random", "jump to reference"):
        arms = fit_arm_of_many(
            scores=completed.under(name, reference=False)[:, :, LAST], design=people.design, names=NAMES
        )
        pooled[name] = pool_estimates(estimates=arms.estimates, variances=arms.variances, df_complete=arms.df).contrast
    se = math.sqrt(random.covariance(random))
    ways = {
        "main model": main,
        "jackknife": Contrast(estimate=random.value, se=se, df=float(len(scores) - 1)),
        "Rubin": pooled["missing at random"],
    }
    held = {f"coverage: {name}": covers(way) for name, way in ways.items()}
    return held | {
        "jump": jump.value,
        "jump to reference: jackknife": math.sqrt(jump.covariance(jump)),
        "jump to reference: Rubin": pooled["jump to reference"].se,
    }


def covers(way: Contrast) -> float:
    low, high = way.interval(LEVEL)
    return float(low <= EFFECT <= high)


def draw_trial(per_arm: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw scores (n, 3) with drop-out at random, and intercept, arm, baseline."""
    n = 2 * per_arm
    full, start = np.arange(n) < per_arm, rng.normal(30, 7, n)
    errors = rng.standard_normal((n, 3)) @ np.linalg.cholesky(CORRELATION).T * SPREAD
    scores = 10 + 0.6 * start[:, None] - np.array([1.0, 2.0, 3.0]) + errors
    scores += EFFECT * full[:, None] * np.array([0.4, 0.8, 1.0])
    here = np.ones(n, dtype=bool)
    for visit in range(3):
        before = scores[:, visit - 1] if visit else start
        odds = (-1.9 if visit else -3.0) + 0.08 * (before - 28)
        here &= rng.random(n) >= 1 / (1 + np.exp(-odds))
        scores[~here, visit] = np.nan
    return scores, np.column_stack([np.ones(n), full, start]).astype(float)


def main() -> None:
    """Run all sizes and write the results."""
    results = {str(size): simulate(size, sets=SETS, seed=20251) for size in SIZES}
    (HERE / "simulation.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
