"""Reading and summing 1,000,000 events of 20,000 people against Python's csv.reader, which merely parts the cells.

Both are timed in one process each, after the imports, as the best of several runs of the processor's time.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from processes import report
from read_study import best_seconds

PEOPLE, EVENTS = 20_000, 1_000_000
PLAN = """\
version = 1
title = "many events"
[arms]
full = { value = "f", label = "F" }
skills = { value = "s", label = "S" }
[visits]
start = { label = "Start", week = 0 }
end = { label = "End", week = 24 }
primary = "end"
[measures.a]
label = "a"
domain = "other"
role = "primary"
better = "lower"
range = [0, 60]
[events.visits]
label = "Emergency visits"
role = "secondary"
better = "fewer"
"""


def main() -> None:
    """Print best times and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_study(folder)
        merely = f"[row for row in csv.reader(open(r'{folder / 'events.csv'}'))]"
        summed = (
            f"study = outcomes.read_study(r'{folder}'); cohort = assemble(study, score_study(study)); "
            "[read_events(cohort, 'visits', period) for period in ('during', 'after', 'since')]"
        )
        plain = best_seconds(f"import csv; {merely}", times=3)
        imports = "from outcomes.cohort import assemble; from outcomes.cohort.events import read_events; "
        whole = best_seconds(f"{imports}from outcomes.scoring import score_study; {summed}", times=3)
        report(f"csv.reader parts {EVENTS:,} events", plain, "s")
        report("outcomes reads, checks and sums them", whole, "s")
        report("ratio", whole / plain, "×", goal="goal: at most 2")


def write_study(folder: Path) -> None:
    """Write the events, of people who are followed for a year."""
    rng = np.random.default_rng(2)
    ids = np.array([f"C{number:06d}" for number in range(PEOPLE)])
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    pd.DataFrame({"client_id": ids, "arm": rng.choice(["f", "s"], PEOPLE)}).assign(
        start_date="2024-01-08", end_date="2024-06-24", followed_until="2024-12-31"
    ).to_csv(folder / "clients.csv", index=False)
    pd.DataFrame({"client_id": np.repeat(ids, 2), "visit": np.tile(["start", "end"], PEOPLE), "measure": "a"}).assign(
        score=rng.integers(0, 61, 2 * PEOPLE)
    ).to_csv(folder / "scores.csv", index=False)
    day = np.datetime64("2024-01-08") + rng.integers(0, 350, EVENTS).astype("timedelta64[D]")
    pd.DataFrame({"client_id": rng.choice(ids, EVENTS), "date": day.astype(str), "kind": "visits"}).to_csv(
        folder / "events.csv", index=False
    )


if __name__ == "__main__":
    main()
