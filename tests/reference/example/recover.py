"""What the report finds in 200 regenerated examples, held against what is true of them.

Writes recovery.json beside this file: python tests/reference/example/recover.py (some two minutes). Example number i is
data/make_example with the seed FIRST_SEED + i. Two things may be held against an interval:

- `true`: the effect if everybody started the full programme, less the effect if nobody did, in the same people;
- `adjusted`: what least squares with the plan's covariates would find in a very large study. It differs from `true` by
  what the covariates do not tell of who is offered the full programme (see data/example/README.md).

To hold a further analysis against the truth, add it to ANALYSES, its results to TARGETS, and their truth to
`find_truths`.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import outcomes
from outcomes.cohort import assemble
from outcomes.models.covariates import read_covariates
from outcomes.questions.completion import analysis as completion
from outcomes.questions.needs import analysis as needs
from outcomes.questions.outcomes import repeated
from outcomes.results.outcome import Estimate
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

HERE = Path(__file__).parent
PROGRAM = HERE.parents[2] / "data" / "make_example"
EXAMPLES = 200
FIRST_SEED = 5_000
PEOPLE = 200_000  # for the truths
BATCHES = 40
END = 2  # place of the primary visit
MEASURES = ("dts", "ders16", "ffmq15", "bsl23")
PRIMARY = MEASURES[:3]

ANALYSES: tuple[Callable[[Cohort], Iterable[Outcome]], ...] = (
    lambda cohort: repeated.compare(cohort, read_covariates(cohort)),
    completion.analyse,
    needs.analyse,
)


@dataclass(frozen=True)
class Target:
    """A result, by the first of these ids that an example has, and the name of what it should find."""

    ids: tuple[str, ...]
    truth: str


HARM = "self_harm_history"
TARGETS: tuple[Target, ...] = (
    *(Target((f"mmrm.{one}.end.difference",), one) for one in MEASURES),
    *(Target((f"mmrm.{one}.end.clustered",), one) for one in MEASURES),
    Target(("completion.adjusted.difference",), "completed"),
    *(Target((f"needs.{one}.end.{HARM}.interaction",), f"{one}, self-harm") for one in PRIMARY),
    # with two levels left the interaction is this contrast itself
    *(
        Target((f"needs.{one}.end.gender.woman.interaction", f"needs.{one}.end.gender.interaction"), f"{one}, woman")
        for one in PRIMARY
    ),
    *(
        Target((f"needs.{one}.end.{HARM}.{level}.{what}",), f"{one}, {level}")
        for one in PRIMARY
        for what in ("difference", "shrunken")
        for level in ("no", "yes")
    ),
)


def main() -> None:
    """Find the truths, regenerate the examples, and write what was found."""
    program = load_program()
    truths = find_truths(program)
    found = [find(program, number) for number in range(EXAMPLES)]
    results = {target.ids[0]: summarise(target, truths[target.truth], found) for target in TARGETS}
    payload = {"examples": EXAMPLES, "truths": truths, "results": results, "first": found[:3]}
    (HERE / "recovery.json").write_text(json.dumps(payload, indent=1) + "\n", encoding="utf-8")


def load_program() -> Any:
    """Modules of data/make_example, which is a script and no package."""
    sys.path.insert(0, str(PROGRAM))
    spec = importlib.util.spec_from_file_location("make_example_program", PROGRAM / "__main__.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(PROGRAM)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


# --- What an example says -------------------------------------------------------------------------------------------


def find(program: Any, number: int) -> dict[str, tuple[float | None, ...]]:
    """Estimate, and standard error and limits where it has them, of every target; what is not estimable is left out."""
    with tempfile.TemporaryDirectory() as folder:
        program.write_study(replace(program.Parameters(), seed=FIRST_SEED + number), Path(folder))
        study = outcomes.read_study(folder)
    cohort = assemble(study, score_study(study))
    estimates = {
        outcome.id: outcome for analyse in ANALYSES for outcome in analyse(cohort) if isinstance(outcome, Estimate)
    }
    found = {}
    for target in TARGETS:
        estimate = next((estimates[one] for one in target.ids if one in estimates), None)
        if estimate is not None:
            limits = estimate.interval
            reach = (None, None) if limits is None else (limits.low, limits.high)
            found[target.ids[0]] = (estimate.value, estimate.se, *reach)
    return found


def summarise(target: Target, truth: dict[str, float], found: list[dict[str, Any]]) -> dict[str, float]:
    """Coverage of both truths, and how the estimates lie to them."""
    rows = np.array([one[target.ids[0]] for one in found if target.ids[0] in one], dtype=float)
    value, se, low, high = rows.T
    summary = {
        "estimated": len(rows),
        "mean": float(value.mean()),
        "sd": float(value.std(ddof=1)),
    }
    has_interval = not np.isnan(low).any()
    if has_interval:
        summary |= {"mean se": float(np.sqrt((se**2).mean())), "excludes zero": float(((low > 0) | (high < 0)).mean())}
    for kind, what in truth.items():
        summary |= {kind: what, f"error of {kind}": float(np.sqrt(((value - what) ** 2).mean()))}
        if has_interval:
            summary[f"coverage of {kind}"] = float(((low <= what) & (what <= high)).mean())
    return summary


# --- What is true ----------------------------------------------------------------------------------------------------


def find_truths(program: Any) -> dict[str, dict[str, float]]:
    """Truths by name, over batches with groups and therapists of their own."""
    parameters = program.Parameters()
    many = PEOPLE // BATCHES
    wide = replace(parameters, n_groups=max(many // 13, 1), n_therapists=max(many // 9, 2))
    seeds = np.random.SeedSequence(FIRST_SEED - 1).spawn(BATCHES)
    batches = [_one_batch(program, wide, seed, many) for seed in seeds]
    return {
        name: {kind: float(np.mean([batch[name][kind] for batch in batches])) for kind in kinds}
        for name, kinds in batches[0].items()
    }


def _one_batch(program: Any, parameters: Any, seed: np.random.SeedSequence, n: int) -> dict[str, dict[str, float]]:
    worlds = {
        name: program.draw_world(parameters, np.random.default_rng(seed), n=n, full=full)  # the same people in each
        for name, full in (("all", np.ones(n, dtype=bool)), ("none", np.zeros(n, dtype=bool)), ("chosen", None))
    }
    streams = [np.random.default_rng(seed.generate_state(4)) for _ in worlds]
    completed = {
        name: program.draw_attendance(world, parameters, rng).completed.astype(float)
        for (name, world), rng in zip(worlds.items(), streams, strict=True)
    }
    chosen = worlds["chosen"]
    table = chosen.table
    truths = {}
    for name in MEASURES:
        gap = worlds["all"].whole[name][:, END] - worlds["none"].whole[name][:, END]
        seen = np.where(chosen.here, chosen.recorded[name], np.nan)
        truths |= _of_measure(name, table, gap, seen[:, END], seen[:, 0])
    truths["completed"] = {
        "true": float((completed["all"] - completed["none"]).mean()),
        "adjusted": _least_squares(table, completed["chosen"], None, None)[0],
    }
    return truths


def _of_measure(
    name: str, table: Any, gap: np.ndarray, end: np.ndarray, start: np.ndarray
) -> dict[str, dict[str, float]]:
    harm, woman, man = table["self_harm_history"].to_numpy(bool), table["gender"] == "woman", table["gender"] == "man"
    base, more = _least_squares(table, end, start, harm.astype(float))
    by_gender = _least_squares(table, end, start, woman.to_numpy(float), keep=(woman | man).to_numpy())[1]
    return {
        name: {"true": float(gap.mean()), "adjusted": _least_squares(table, end, start, None)[0]},
        f"{name}, self-harm": {"true": float(gap[harm].mean() - gap[~harm].mean()), "adjusted": more},
        f"{name}, woman": {"true": float(gap[woman].mean() - gap[man].mean()), "adjusted": by_gender},
        f"{name}, no": {"true": float(gap[~harm].mean()), "adjusted": base},
        f"{name}, yes": {"true": float(gap[harm].mean()), "adjusted": base + more},
    }


def _least_squares(
    table: Any,
    end: np.ndarray,
    start: np.ndarray | None,
    moderator: np.ndarray | None,
    *,
    keep: np.ndarray | None = None,
) -> tuple[float, float]:
    """Coefficients of the programme, and of the programme times the moderator."""
    full = table["full"].to_numpy(float)
    columns = [np.ones(len(table)), full, np.zeros(len(table)) if moderator is None else full * moderator]
    columns += [table["age"], table["self_harm_history"], table["previous_therapy"], table["gender"] == "man"]
    columns += [table["gender"] == "non_binary", *([] if start is None else [start])]
    design = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    use = ~np.isnan(end) & ~np.isnan(design).any(axis=1)
    if keep is not None:
        use &= keep
    beta = np.linalg.lstsq(design[use], end[use], rcond=None)[0]
    return float(beta[1]), float(beta[2])


if __name__ == "__main__":
    main()
