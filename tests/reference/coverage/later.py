"""How often the intervals of what was added to sessions later, and of waits, hold the truth, over regenerated examples.

.venv/bin/python tests/reference/coverage/later.py [--studies 200]

Shares that the program draws from are held against what it draws; the rest, whose truth follows from who starts which
programme, against the average of its estimates. Of run charts it is counted how often a panel has a quarter outside.
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
from example_truth import later_session_truths  # noqa: E402
from outcomes.cohort import assemble  # noqa: E402
from outcomes.plan.model import ARMS  # noqa: E402
from outcomes.questions.run_chart import analysis as run_chart  # noqa: E402
from outcomes.questions.run_chart.keys import list_charts  # noqa: E402
from outcomes.questions.run_chart.words import list_quarters  # noqa: E402
from outcomes.questions.sessions import content, manner, recorded, within  # noqa: E402
from outcomes.questions.waiting import analysis as waiting  # noqa: E402
from outcomes.results.outcome import Estimate  # noqa: E402
from outcomes.scoring import score_study  # noqa: E402

FIRST_SEED = 5_000
SPANS = ("referred_to_assessed", "assessed_to_offered", "offered_to_started", "referred_to_started")
AGAINST_AVERAGE = (
    *("sessions.order.several", "sessions.order.in_order", "sessions.order.life_threatening_first_within"),
    *(f"waiting.{span}.{arm}.median" for span in SPANS for arm in ARMS),
    *(f"waiting.referred_to_started.{arm}.within" for arm in ARMS),
)


class _Registry:
    """As much of a registry as the words of a run chart ask for."""

    def __init__(self, found):
        self.found = found

    def where(self, **fields):
        return [one for one in self.found.values() if one.key.matches(**fields)]

    def get(self, name):
        return self.found.get(name)


def simulate(studies: int) -> tuple[dict[str, list[tuple[float, float, float]]], list[float]]:
    """Value and limits by id, one for each study that has them; and for each panel whether a quarter lies outside."""
    spec = importlib.util.spec_from_file_location("make_example", PROGRAM / "__main__.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    found: dict[str, list[tuple[float, float, float]]] = {}
    outside = []
    for number in range(studies):
        with tempfile.TemporaryDirectory() as folder:
            program.write_study(replace(Parameters(), seed=FIRST_SEED + number), Path(folder))
            study = outcomes.read_study(folder)
        cohort = assemble(study, score_study(study))
        held = recorded.read_sessions(cohort)
        parts = (content.describe, manner.describe, within.describe)
        told = [outcome for describe in parts for outcome in describe(cohort, held)]
        for outcome in [*told, *waiting.analyse(cohort)]:
            if isinstance(outcome, Estimate) and outcome.interval and outcome.interval.low is not None:
                found.setdefault(outcome.id, []).append((outcome.value, outcome.interval.low, outcome.interval.high))
        charts = _Registry({outcome.id: outcome for outcome in run_chart.analyse(cohort)})
        for chart in list_charts(cohort.plan):
            panels = (list_quarters(charts, chart, arm) for arm in ARMS)
            outside += [float(any(one.side for one in quarters)) for quarters in panels]
    return found, outside


def summarise(found, outside) -> dict[str, dict[str, float]]:
    """Give how many studies have a result, its average, the truth, and the share of intervals that hold it."""
    summary = {}
    truths = {**dict(later_session_truths()), **dict.fromkeys(AGAINST_AVERAGE)}
    for name, truth in truths.items():
        value, low, high = np.array(found[name], dtype=float).T
        against = float(value.mean()) if truth is None else truth
        held = float(((low <= against) & (against <= high)).mean())
        summary[name] = {"studies": len(value), "average": float(value.mean()), "truth": against, "held": held}
    return {"intervals": summary, "panels": {"panels": len(outside), "outside": float(np.mean(outside))}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    results = summarise(*simulate(parser.parse_args().studies))
    (HERE / "later.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
