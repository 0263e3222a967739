"""How often the intervals about sessions and costs hold the truth, over regenerated examples.

python tests/reference/coverage/simulate.py [--studies N]   # writes coverage.json beside itself; some minutes for 200

Where the example's parameters do not give the truth, the average of the estimates stands for it: the share of intervals
that hold it says whether they are as wide as the estimates vary, not whether these are right.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

import outcomes
from outcomes.cohort import assemble
from outcomes.questions.costs import analysis as costs
from outcomes.questions.sessions import analysis as sessions
from outcomes.results.outcome import Estimate
from outcomes.scoring import score_study

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parents[2] / "data" / "make_example"
sys.path[:0] = [str(PROGRAM), str(HERE.parents[1])]

from parameters import Parameters  # noqa: E402  # the program that made the example

from example_truth import dose_truths, session_truths  # noqa: E402  # beside the tests, which are no package

FIRST_SEED = 1000
EFFECTS = {"dts": 0.347, "ders16": -4.0, "ffmq15": 1.03}  # of data/example/README.md
AVERAGED = (
    *(
        f"costs.{arm}.{what}"
        for arm in ("full", "skills")
        for what in ("mean", "per_attended_place", "per_booked_place")
    ),
    *("costs.difference", "costs.adjusted.difference", "costs.client_hours.difference"),
    *("costs.with_client_time.difference", "costs.completion.difference", "costs.dts.improvement.difference"),
    *(f"pace.{measure}.difference" for measure in EFFECTS),
    *(f"mediation.{measure}.end.wai_sr.on_mediator" for measure in EFFECTS),
    "sessions.order.concordance",
)


def truths() -> dict[str, float | None]:
    """Truth by id; None where the average stands for it."""
    known = dict([*dose_truths(), *session_truths()])
    known |= {f"mediation.{measure}.end.wai_sr.total": effect for measure, effect in EFFECTS.items()}
    known |= {f"mediation.{measure}.end.wai_sr.indirect": 0.0 for measure in EFFECTS}
    return {**known, **dict.fromkeys(AVERAGED)}


def simulate(studies: int) -> dict[str, list[tuple[float, float, float]]]:
    """Value and limits by id, one for each study that has them."""
    spec = importlib.util.spec_from_file_location("make_example", PROGRAM / "__main__.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    found: dict[str, list[tuple[float, float, float]]] = {}
    for number in range(studies):
        with tempfile.TemporaryDirectory() as folder:
            program.write_study(replace(Parameters(), seed=FIRST_SEED + number), Path(folder))
            study = outcomes.read_study(folder)
            cohort = assemble(study, score_study(study))
        for outcome in [*sessions.analyse(cohort), *costs.analyse(cohort)]:
            if isinstance(outcome, Estimate) and outcome.interval and outcome.interval.low is not None:
                found.setdefault(outcome.id, []).append((outcome.value, outcome.interval.low, outcome.interval.high))
    return found


def summarise(found: dict[str, list[tuple[float, float, float]]]) -> dict[str, dict[str, float]]:
    """Give how many studies have a result, its average, the truth, and the share of intervals that hold it."""
    summary = {}
    for name, truth in truths().items():
        value, low, high = np.array(found[name], dtype=float).T
        against = float(value.mean()) if truth is None else truth
        held = float(((low <= against) & (against <= high)).mean())
        summary[name] = {"studies": len(value), "average": float(value.mean()), "truth": against, "held": held}
    return summary


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    results = summarise(simulate(parser.parse_args().studies))
    (HERE / "coverage.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
