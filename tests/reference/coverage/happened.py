"""How often the intervals of events hold what is true of the example, over regenerated examples.

.venv/bin/python tests/reference/coverage/happened.py [--studies 200]

Rates, their ratio by each way, their difference, the time during against the time before, and the ratio with the events
of those who were not followed to the end drawn: each is known from the program that makes the example.
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

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROGRAM = ROOT / "data" / "make_example"
sys.path[:0] = [str(PROGRAM), str(ROOT / "tests")]

from parameters import Parameters  # type: ignore[import-not-found]  # noqa: E402

import outcomes  # noqa: E402
from example_truth import event_truths  # noqa: E402
from outcomes.cohort import assemble  # noqa: E402
from outcomes.plan.model import ARMS  # noqa: E402
from outcomes.questions.events.arms import describe_arm  # noqa: E402
from outcomes.questions.events.assumed import assume  # noqa: E402
from outcomes.questions.events.compared import compare_arms  # noqa: E402
from outcomes.results.outcome import Estimate  # noqa: E402
from outcomes.scoring import score_study  # noqa: E402

FIRST_SEED = 9_000


def simulate(studies: int) -> dict[str, list[tuple[float, float, float]]]:
    """Value and limits by id, one for each study that has them."""
    spec = importlib.util.spec_from_file_location("make_example", PROGRAM / "__main__.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    asked, found = dict(event_truths()), {}
    for number in range(studies):
        with tempfile.TemporaryDirectory() as folder:
            program.write_study(replace(Parameters(), seed=FIRST_SEED + number), Path(folder))
            study = outcomes.read_study(folder)
        cohort = assemble(study, score_study(study))
        told = [next(iter(assume(cohort, "self_harm")))]  # missing at random alone: of the others nothing is true
        for kind in ("self_harm", "emergency", "admission"):
            told += [one for arm in ARMS for one in describe_arm(cohort, kind, arm)]
            told += compare_arms(cohort, kind)
        for outcome in told:
            if isinstance(outcome, Estimate) and outcome.id in asked and outcome.limits:
                found.setdefault(outcome.id, []).append((outcome.value, *outcome.limits))
    return found


def summarise(found) -> dict[str, dict[str, float]]:
    """Give how many studies have a result, its median, the truth, and the share of intervals that hold it."""
    summary = {}
    for name, truth in event_truths():
        value, low, high = np.array(found[name], dtype=float).T
        held = float(((low <= truth) & (truth <= high)).mean())
        summary[name] = {"studies": len(value), "median": float(np.median(value)), "truth": truth, "held": held}
    return summary


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    results = summarise(simulate(parser.parse_args().studies))
    (HERE / "happened.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
