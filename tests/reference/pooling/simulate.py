"""How often pooled intervals hold the truth: clinics of 15 to 60 people, alike and not, three ways and a naive one.

.venv/bin/python tests/reference/pooling/simulate.py [--sets 100] [--random 10]  # writes coverage.json beside itself

Each set has so many synthetic clinics with levels of their own, a score at the start and two later visits, 18 % of
later scores missing at random, a difference of 4 points, and a standard deviation of the difference between clinics
of 0 or 3 points. `naive` puts all rows into one analysis of the last visit without any term for clinics.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.mmrm.clinics import join_clinics
from outcomes.methods.random_arm import fit_random_arm
from outcomes.methods.reference import t_limits
from outcomes.pooling.answers import pool_two_stages
from outcomes.results.outcome import NotEstimableError

HERE = Path(__file__).resolve().parent
TRUTH, LEVEL, FIRST_SEED, ARM = -4.0, 0.95, 20_000, 1
CLINICS, SPREADS = (3, 6, 12), (0.0, 3.0)
WAYS = ("one_stage", "two_stage", "random", "naive")


def draw(rng: np.random.Generator, clinics: int, spread: float) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Draw the arms, starts and later scores of clinics whose share of the full programme goes with their level."""
    made = {}
    for place in range(clinics):
        size = int(rng.integers(15, 61))
        level = rng.normal(0, 4)
        full = rng.random(size) < np.clip(0.5 + 0.05 * level, 0.25, 0.75)
        full[:6] = [True, False] * 3
        effect = TRUTH + spread * rng.normal()
        person = rng.normal(0, 6, size)
        start = 50 + level + person + rng.normal(0, 4, size)
        later = np.column_stack(
            [
                47 + level + 0.7 * person + 0.5 * effect * full + rng.normal(0, 5, size),
                45 + level + 0.7 * person + effect * full + rng.normal(0, 6, size),
            ]
        )
        later[rng.random(later.shape) < 0.18] = np.nan
        made[f"c{place}"] = (full.astype(float), start, later)
    return made


def sums_of(full: np.ndarray, start: np.ndarray, later: np.ndarray) -> mmrm.Moments:
    return mmrm.moments(scores=later, by_visit=np.column_stack([np.ones(len(full)), full, start]))


def limits_of(fit: mmrm.MmrmFit) -> tuple[float, float, float]:
    line = np.zeros(len(fit.beta))
    line[ARM * len(fit.covariance) + len(fit.covariance) - 1] = 1.0
    found = fit.contrast(line, method="kenward-roger")
    return (found.estimate, *found.interval(LEVEL))


def answer(
    rows: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]], *, is_random: bool
) -> dict[str, tuple[float, float, float]]:
    """Give estimate and limits of each way."""
    parts = {clinic: sums_of(*one) for clinic, one in rows.items()}
    fit = mmrm.fit_moments(join_clinics(parts))
    found = {"one_stage": limits_of(fit)}
    effects, ses = {}, {}
    for clinic, part in parts.items():
        try:
            own = mmrm.fit_first_estimable(part, order=("unstructured", "compound symmetry"))[0]
        except NotEstimableError:
            continue
        line = np.zeros(len(own.beta))
        line[ARM * 2 + 1] = 1.0
        contrast = own.contrast(line, method="kenward-roger")
        effects[clinic], ses[clinic] = contrast.estimate, contrast.se
    two = pool_two_stages(effects, ses, level=LEVEL)
    found["two_stage"] = (two.fit.value, two.low, two.high)
    if is_random:
        varying = fit_random_arm(parts=parts, arm=ARM, covariance=fit.covariance)
        limits = t_limits(varying.estimate[-1], se=varying.se[-1], df=varying.df, level=LEVEL)
        found["random"] = (varying.estimate[-1], *limits)
    full, _start, later = (np.concatenate(one) for one in zip(*rows.values(), strict=True))
    naive = mmrm.fit_mmrm(scores=later[:, 1:], by_visit=np.column_stack([np.ones(len(full)), full]))
    found["naive"] = limits_of(naive)
    return found


def simulate(clinics: int, spread: float, sets: int, random: int = 0) -> dict[str, dict[str, float]]:
    told: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    for number in range(sets):
        rows = draw(np.random.default_rng([FIRST_SEED, clinics, int(spread), number]), clinics, spread)
        for way, one in answer(rows, is_random=bool(random) and number % random == 0).items():
            told[way].append(one)
    found = {}
    for way, listed in told.items():
        if not listed:
            continue
        values, low, high = np.array(listed).T
        held = (low <= TRUTH) & (high >= TRUTH)
        found[way] = {
            "sets": len(listed),
            "coverage": round(float(held.mean()), 4),
            "bias": round(float(values.mean() - TRUTH), 3),
            "width": round(float((high - low).mean()), 3),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=100)
    parser.add_argument("--clinics", type=int, choices=CLINICS, help="only this many; the rest of the file stays")
    parser.add_argument("--random", type=int, default=0, help="fit a random arm to one of so many sets; it takes long")
    asked, path = parser.parse_args(), HERE / "coverage.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for clinics in CLINICS if asked.clinics is None else (asked.clinics,):
        for spread in SPREADS:
            name = f"{clinics} clinics, spread {spread:g}"
            found[name] = simulate(clinics, spread, asked.sets, asked.random)
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
