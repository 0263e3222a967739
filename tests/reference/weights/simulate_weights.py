"""Coverage of the weighted differences in small studies that were not randomised, with and without shared groups.

Writes simulation.json beside this file: python tests/reference/weights/simulate_weights.py. Four recorded
characteristics, two of which decide both programme and score; two visits after the start, of which the second is missed
by about a fifth, at random given the first. The true difference is the same for everybody, so that every target has the
same. With groups, people of both arms share fourteen of them, and the groups differ in their mean and in what the full
programme brings.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods import weights
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast

HERE = Path(__file__).parent
CASES = {
    "20 an arm": (40, 0),
    "40 an arm": (80, 0),
    "90 an arm": (180, 0),
    "40 an arm, 6 groups": (80, 6),
    "90 an arm, 14 groups": (180, 14),
}
SETS = 400
EFFECT, LEVEL = 0.5, 0.95
TARGETS: tuple[weights.Target, ...] = ("overlap", "ate", "att")


@dataclass(frozen=True)
class Study:
    """One drawn study."""

    x: NDArray[np.float64]
    full: NDArray[np.bool_]
    scores: NDArray[np.float64]
    groups: NDArray[np.object_] | None

    @cached_property
    def propensity(self) -> weights.PropensityFit:
        return weights.fit_propensity(full=self.full, covariates=self.x, names=("a", "b", "c", "d"))

    @cached_property
    def left_out(self) -> weights.Without:
        return weights.leave_out(self.propensity, clusters=self.groups)

    def plain(self, target: weights.Target, without: weights.Without | None) -> Contrast:
        return weights.fit_weighted_difference(
            scores=self.scores[:, 1],
            propensity=self.propensity,
            target=target,
            clusters=self.groups,
            without=without,
        ).contrast

    def augmented(self, without: weights.Without | None) -> Contrast:
        return weights.fit_augmented_difference(
            scores=self.scores[:, 1],
            regressors=self.x,
            propensity=self.propensity,
            target="ate",
            normalised=True,
            clusters=self.groups,
            without=without,
        ).contrast

    def repeated(self) -> Contrast:
        return weights.fit_weighted_mmrm(
            scores=self.scores,
            by_visit=np.column_stack([np.ones(len(self.full)), self.full, self.x[:, 0]]),
            constant=self.x[:, 1:],
            used=np.ones(len(self.full), dtype=bool),
            propensity=self.propensity,
            target="overlap",
            order=("unstructured", "heterogeneous compound symmetry"),
            contrast=np.eye(9)[3],
            clusters=self.groups,
            without=self.left_out,
        ).contrast

    def ways(self) -> dict[str, Callable[[], Contrast]]:
        """Every way of estimating the difference at the last visit."""
        found: dict[str, Callable[[], Contrast]] = {"all visits: jackknife": self.repeated}
        for target in TARGETS:
            found[f"{target}: stacked"] = partial(self.plain, target, None)
            found[f"{target}: jackknife"] = partial(self.plain, target, self.left_out)
        found["doubly robust: stacked"] = partial(self.augmented, None)
        found["doubly robust: jackknife"] = partial(self.augmented, self.left_out)
        return found


def draw(n: int, groups: int, rng: np.random.Generator) -> Study:
    """Draw people, their arm by what is recorded, and their scores."""
    x = rng.normal(size=(n, 4))
    full = rng.random(n) < special.expit(0.6 * x[:, 0] - 0.4 * x[:, 1])
    place = rng.integers(0, max(groups, 1), n)
    shared, brought = rng.normal(0, 0.3, (2, max(groups, 1)))[:, place] * (groups > 0)
    person = rng.normal(0, 0.7, n)
    level = 0.6 * x[:, 0] + 0.4 * x[:, 1] + person + shared
    effect = np.outer(full * (EFFECT + brought), [0.6, 1.0])
    scores = level[:, None] + effect + rng.normal(0, 0.7, (n, 2))
    scores[rng.random(n) < special.expit(-1.5 + 0.5 * scores[:, 0]), 1] = np.nan
    labels = np.array([f"g{one}" for one in place], dtype=object) if groups else None
    return Study(x, full, scores, labels)


def simulate(case: str, *, sets: int, seed: int) -> dict[str, float]:
    """Shares of studies in which each interval holds the true difference, of those that could be fitted."""
    n, groups = CASES[case]
    rng = np.random.default_rng([seed, n])
    held: Counter[str] = Counter()
    fitted: Counter[str] = Counter()
    for _ in range(sets):
        for way, compute in draw(n, groups, rng).ways().items():
            try:
                low, high = compute().interval(LEVEL)
            except NotEstimableError:
                continue
            fitted[way] += 1
            held[way] += low <= EFFECT <= high
    return {way: held[way] / fitted[way] for way in sorted(fitted)} | {"fitted": float(min(fitted.values()))}


def main() -> None:
    """Run all cases and write the results."""
    results = {case: simulate(case, sets=SETS, seed=20254) for case in CASES}
    (HERE / "simulation.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
