"""Simulate how often the intervals for events hold what they promise, and write the table that reports look up.

nice .venv/bin/python tests/reference/events/simulate.py [--rounds N] [--sets M] [--out FILE]

A cell of the grid: people in each programme, mean count in skills group only, spread a of variance μ + aμ², share of
people who never have an event whatever their mean, and whether people of both programmes share groups of about eight
(at least four groups) with a common factor, whose logarithm has a standard deviation of 0.3. Everybody is followed for
a year. Data sets have a rate ratio of one, where an interval without it is a false alarm, and of 0.5. They are analysed
as in `models/rates.py`, without covariates: negative binomial, HC3 with t on n − 2, or CR2 by group and
Satterthwaite's degrees of freedom; the rate difference by the delta method; the share with any event by standardised
logistic regression, Firth's where a cell is below five. Data sets in which a programme has no event have no ratio: how
many had one stands in the table.

Rounds add up: the table is written after each, with the number of data sets really run, so that it can be stopped.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections import Counter
from itertools import product, starmap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from outcomes.methods.cluster import fit_cr2
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

OUT = Path(__file__).resolve().parents[3] / "src" / "outcomes" / "models" / "events_calibration.csv"
CELLS = tuple(product((12, 20, 30, 60), (0.5, 2.0, 8.0), (0.5, 1.0, 2.0), (0.0, 0.2, 0.4), (False, True)))
GROUP_SIZE, GROUP_SD, RATIOS, LEVEL, SEED, SMALL_CELL = 8, 0.3, (1.0, 0.5), 0.95, 20261130, 5
WHATS = ("rate_ratio", "rate_difference", "any")
NAMES = ["one", "full"]


def main() -> None:
    """Run rounds, and write the table after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--sets", type=int, default=200, help="data sets in each cell and round")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    tallies: dict[Cell, Counter[str]] = {cell: Counter() for cell in starmap(Cell, CELLS)}
    for turn in range(given.rounds):
        for place, (cell, tally) in enumerate(tallies.items()):
            run(np.random.default_rng([SEED, turn, place]), cell, given.sets, tally)
        write(tallies, given.out)


class Cell(NamedTuple):
    """A cell of the grid."""

    people: int
    mean: float
    spread: float
    zeros: float
    shared: bool

    @property
    def full(self) -> NDArray[np.bool_]:
        """Who is in the full programme: every second, so that every group holds people of both."""
        return np.arange(2 * self.people) % 2 == 0

    @property
    def groups(self) -> NDArray[np.int64]:
        """Group of each: of about eight, and at least four groups."""
        many = max(4, 2 * self.people // GROUP_SIZE)
        return np.arange(2 * self.people) * many // (2 * self.people)

    def draw(self, rng: np.random.Generator, sets: int, ratio: float) -> Array:
        """Draw counts, shape (sets, people)."""
        factor = np.exp(GROUP_SD * rng.standard_normal((sets, self.groups.max() + 1)))[:, self.groups]
        mu = self.mean * np.where(self.full, ratio, 1.0) * (factor if self.shared else 1.0)
        counts = rng.negative_binomial(1 / self.spread, 1 / (1 + self.spread * mu), size=(sets, 2 * self.people))
        return np.asarray(counts * (rng.random(counts.shape) >= self.zeros), dtype=float)


def run(rng: np.random.Generator, cell: Cell, sets: int, tally: Counter[str]) -> None:
    """Draw data sets at each ratio, and count what their intervals hold."""
    tally["sets"] += sets
    for ratio in RATIOS:
        counts, truth = cell.draw(rng, sets, ratio), true_values(cell, ratio)
        for what, (low, high) in intervals(counts, cell).items():
            known = ~np.isnan(low)
            tally[f"{what} {ratio} estimated"] += int(known.sum())
            tally[f"{what} {ratio} held"] += int(((low <= truth[what]) & (truth[what] <= high))[known].sum())


def intervals(counts: Array, cell: Cell) -> dict[str, tuple[Array, Array]]:
    """Intervals of many data sets at once; nan where a programme has no event, or nothing judges a difference.

    With one exposure for all, and no covariate, the fitted means are those of the programmes whatever θ is, and a
    logistic regression's shares are theirs, Firth's with half a person more on each side: what is left is θ.
    `test_calibration.py` holds this to the code of the reports.
    """
    full, n = cell.full, 2 * cell.people
    means = np.stack([counts[:, ~full].mean(axis=1), counts[:, full].mean(axis=1)])
    some = (means > 0).all(axis=0)
    mean = np.where(full, means[1][:, None], means[0][:, None])
    lack = np.maximum(mean, 1e-9)
    theta = find_theta(counts, lack)[:, None]
    weight, residual = lack / (1 + lack / theta), (counts - lack) / (1 + lack / theta)
    slopes = {"rate_ratio": np.tile([0.0, 1.0], (len(counts), 1))}
    slopes["rate_difference"] = np.stack([means[1] - means[0], means[1]], axis=1)
    values = {"rate_ratio": np.log(np.maximum(means[1], 1e-9) / np.maximum(means[0], 1e-9))}
    values["rate_difference"] = means[1] - means[0]
    found = {}
    for what, slope in slopes.items():
        spread, se, df = lack * (1 + lack / theta), np.full(len(counts), np.nan), np.ones(len(counts))
        se[some], df[some] = judge(slope[some], weight[some], residual[some], cell, variance=spread[some])
        found[what] = limits(values[what], se, df)
    return {**found, "any": of_shares(counts > 0, cell, n)}


def judge(slope: Array, weight: Array, residual: Array, cell: Cell, *, variance: Array) -> tuple[Array, Array]:
    """Standard error of a linear combination of intercept and arm, and its degrees of freedom."""
    design = np.column_stack([np.ones(len(cell.full)), cell.full]).astype(float)
    if cell.shared:
        return judge_groups(slope, weight, residual, cell, variance)
    bread = np.linalg.inv((design.T[None] * weight[:, None, :]) @ design)
    leverage = weight * np.einsum("ni,sij,nj->sn", design, bread, design)
    pull = np.einsum("ni,sij,sj->sn", design, bread, slope)
    square = (pull * residual / (1 - leverage)) ** 2
    return np.sqrt(square.sum(axis=1)), np.full(len(slope), len(cell.full) - 2.0)


def judge_groups(slope: Array, weight: Array, residual: Array, cell: Cell, variance: Array) -> tuple[Array, Array]:
    """CR2 of many data sets; nan where one leaves no spread between groups."""
    design, root = np.column_stack([np.ones(len(cell.full)), cell.full]).astype(float), np.sqrt(weight)
    labels = cell.groups.astype(str).astype(object)
    try:
        fit = fit_cr2(
            scores=residual / root, design=root[..., None] * design, clusters=labels, names=NAMES, spread=variance
        )
        square, df = fit.judge(slope)
    except NotEstimableError:
        if len(slope) == 1:
            return np.array([np.nan]), np.array([1.0])
        half = len(slope) // 2  # so that one data set among many costs a few fits, and not one for each of the others
        halves = (slice(None, half), slice(half, None))
        apart = [judge_groups(slope[one], weight[one], residual[one], cell, variance[one]) for one in halves]
        return np.concatenate([se for se, _ in apart]), np.concatenate([df for _, df in apart])
    return np.sqrt(square), df


def of_shares(events: NDArray[np.bool_], cell: Cell, n: int) -> tuple[Array, Array]:
    """Interval of the difference of the shares with any event."""
    sides = np.stack([events[:, ~cell.full].sum(axis=1), events[:, cell.full].sum(axis=1)]).astype(float)
    half = np.where(np.minimum(sides, n / 2 - sides).min(axis=0) < SMALL_CELL, 0.5, 0.0)
    alike = (sides == 0).all(axis=0) | (sides == n / 2).all(axis=0)
    share = (sides + half) / (n / 2 + 2 * half)
    p = np.where(cell.full, share[1][:, None], share[0][:, None])
    weight = p * (1 - p)
    slope = np.stack([share[1] * (1 - share[1]) - share[0] * (1 - share[0]), share[1] * (1 - share[1])], axis=1)
    value = share[1] - share[0]
    if cell.shared:
        residual = events - p + np.where(half > 0, 2 / n, 0.0)[:, None] * (0.5 - p)
        se, df = np.full(len(events), np.nan), np.ones(len(events))
        known = ~alike
        se[known], df[known] = judge(slope[known], weight[known], residual[known], cell, variance=1 / weight[known])
    else:
        se, df = np.sqrt((share * (1 - share)).sum(axis=0) / (n / 2)), np.full(len(events), np.inf)
        se = np.where(alike, np.nan, se)
    low, high = limits(value, se, df)
    return np.maximum(low, -1.0), np.minimum(high, 1.0)


def limits(value: Array, se: Array, df: Array) -> tuple[Array, Array]:
    """Limits of a t reference; nan where there is no standard error."""
    share = (1 + LEVEL) / 2
    reach = se * np.where(np.isinf(df), special.ndtri(share), special.stdtrit(np.where(np.isinf(df), 1.0, df), share))
    return value - reach, value + reach


def find_theta(counts: Array, mean: Array) -> Array:
    """θ of maximum likelihood, means held, shape (sets,): by bisection of its score on the log scale; ∞ beyond 1e6."""
    low, high = np.full(len(counts), math.log(1e-4)), np.full(len(counts), math.log(1e6))

    def score(log_theta: Array) -> Array:
        theta = np.exp(log_theta)[:, None]
        made = special.digamma(counts + theta) - special.digamma(theta) - np.log1p(mean / theta)
        return np.asarray((made + 1 - (counts + theta) / (theta + mean)).sum(axis=1))

    for _ in range(45):
        middle = (low + high) / 2
        rising = score(middle) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.where(high > math.log(1e6) - 1e-3, np.inf, np.exp(high))


def true_values(cell: Cell, ratio: float) -> dict[str, float]:
    """Log rate ratio, rate difference and difference of shares, averaged over the groups' factors."""
    at, weight = special.roots_hermitenorm(31)
    factor = np.exp(GROUP_SD * at) if cell.shared else np.ones_like(at)
    weight = weight / weight.sum()
    shares = [
        float(weight @ (1 - (1 + cell.spread * cell.mean * one * factor) ** (-1 / cell.spread))) for one in (ratio, 1.0)
    ]
    return {
        "rate_ratio": math.log(ratio),
        "rate_difference": (1 - cell.zeros) * cell.mean * (ratio - 1) * float(weight @ factor),
        "any": (1 - cell.zeros) * (shares[0] - shares[1]),
    }


def write(tallies: dict[Cell, Counter[str]], out: Path) -> None:
    """Write the table: coverage at a ratio of one half, and false alarms at one, each with its Monte-Carlo error."""
    head = ["people", "mean", "spread", "zeros", "shared", "what", "sets", "estimated"]
    head += ["coverage", "coverage_error", "false_alarms", "false_alarms_error"]
    with out.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(head)
        for cell, tally in tallies.items():
            for what in WHATS:
                many = [tally[f"{what} {ratio} estimated"] for ratio in RATIOS]
                held = [tally[f"{what} {one} held"] / max(n, 1) for one, n in zip(RATIOS, many, strict=True)]
                error = [math.sqrt(one * (1 - one) / max(n, 1)) for one, n in zip(held, many, strict=True)]
                told = [f"{one:.4f}" for one in (held[1], error[1], 1 - held[0], error[0])]
                shape = [*cell[:4], "yes" if cell.shared else "no"]
                lines.writerow([*shape, what, tally["sets"], many[1], *told])


if __name__ == "__main__":
    main()
