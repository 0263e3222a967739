"""What is true, and what a comparison with and without adjustment would find in a very large study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from attendance import draw_attendance
from parameters import NOT_AT_START, PRIMARY, SCALES, VISITS
from people import draw_world

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from parameters import Parameters
    from people import World

BATCHES = 40  # each with groups and therapists of its own, so that their spread gives the Monte-Carlo error


class Figure(NamedTuple):
    """An average over many simulated people, and its Monte-Carlo standard error."""

    value: float
    error: float


def simulate_truth(parameters: Parameters, *, n: int) -> dict[str, dict[str, Figure]]:
    """Effects by measure, and by kind of figure; `n` people in all.

    - `true`: everybody starts the full programme, less nobody does; the same people in both.
    - `crude`: those who started it less those who did not, of those seen at the visit.
    - `adjusted`: the same by least squares with the score at the start and the plan's covariates.
    - `self harm`: how much larger the true effect is in those with a history of self-harm; `woman` likewise.
    """
    seeds = np.random.SeedSequence(parameters.seed + 1).spawn(BATCHES)
    many = n // BATCHES
    wide = replace(parameters, n_groups=max(many // 13, 1), n_therapists=max(many // 9, 2))
    batches = [_one_batch(wide, seed, many) for seed in seeds]
    return {
        name: {kind: _figure([batch[name][kind] for batch in batches]) for kind in kinds}
        for name, kinds in batches[0].items()
    }


def _figure(values: list[float]) -> Figure:
    return Figure(float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values))))


def _one_batch(parameters: Parameters, seed: np.random.SeedSequence, n: int) -> dict[str, dict[str, float]]:
    worlds = {}
    for name, full in (("all", np.ones(n, dtype=bool)), ("none", np.zeros(n, dtype=bool)), ("chosen", None)):
        rng = np.random.default_rng(seed)  # the same people in every world
        worlds[name] = draw_world(parameters, rng, n=n, full=full)
    rngs = [np.random.default_rng(seed.generate_state(4)) for _ in worlds]
    completed = {
        name: draw_attendance(world, parameters, rng).completed.astype(float)
        for (name, world), rng in zip(worlds.items(), rngs, strict=True)
    }
    found = {}
    for name in SCALES:
        gap = worlds["all"].whole[name][:, PRIMARY] - worlds["none"].whole[name][:, PRIMARY]
        seen = np.where(worlds["chosen"].here, worlds["chosen"].recorded[name], np.nan)
        start = None if name in NOT_AT_START else seen[:, 0]
        found[name] = _figures(worlds["chosen"], gap, seen[:, PRIMARY], start)
    found["completed"] = _figures(
        worlds["chosen"], completed["all"] - completed["none"], completed["chosen"], start=None
    )
    found |= _shares(worlds, completed)
    return found


def _figures(
    world: World, gap: NDArray[np.float64], seen: NDArray[np.float64], start: NDArray[np.float64] | None
) -> dict[str, float]:
    full = world.table["full"].to_numpy(dtype=bool)
    harm, woman = world.table["self_harm_history"].to_numpy(dtype=bool), (world.table["gender"] == "woman").to_numpy()
    return {
        "true": float(gap.mean()),
        "crude": float(np.nanmean(seen[full]) - np.nanmean(seen[~full])),
        "adjusted": _adjust(world, seen, start),
        "self harm": float(gap[harm].mean() - gap[~harm].mean()),
        "woman": float(gap[woman].mean() - gap[~woman].mean()),
    }


def _adjust(world: World, seen: NDArray[np.float64], start: NDArray[np.float64] | None) -> float:
    """Coefficient of the programme beside the score at the start (where there is one) and the covariates."""
    table = world.table
    columns = [np.ones(len(table)), table["full"], table["age"], table["self_harm_history"], table["previous_therapy"]]
    columns += [table["gender"] == "man", table["gender"] == "non_binary", *([] if start is None else [start])]
    design = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    use = ~np.isnan(seen) & ~np.isnan(design).any(axis=1)
    return float(np.linalg.lstsq(design[use], seen[use], rcond=None)[0][1])


def _shares(worlds: dict[str, World], completed: dict[str, NDArray[np.float64]]) -> dict[str, dict[str, float]]:
    chosen = worlds["chosen"]
    full = chosen.table["full"].to_numpy(dtype=bool)
    return {
        "share in full programme": {"share": float(full.mean())},
        **{
            f"share gone by {visit}": {
                "full": float(1 - chosen.here[full, place].mean()),
                "skills": float(1 - chosen.here[~full, place].mean()),
            }
            for place, visit in enumerate(VISITS)
            if place > 0
        },
        "share completed": {"if all full": float(completed["all"].mean()), "if none": float(completed["none"].mean())},
    }
