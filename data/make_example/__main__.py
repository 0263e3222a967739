"""Make the synthetic example study, or print what is true of it.

python data/make_example [--out FOLDER]
python data/make_example --truth [--people N]

The people are not real. The same parameters (parameters.py) give the same bytes. plan.toml, README.md and evidence.csv
are written by hand; they are copied where the study is written to another folder.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from attendance import draw_attendance
from cards import make_cards
from events import draw_followed, make_events
from parameters import Parameters
from people import draw_world
from records import draw_days, draw_ids, draw_starts, make_clients, make_costs, make_items, make_scores
from sessions import make_attendance, make_sessions
from truth import simulate_truth

EXAMPLE = Path(__file__).resolve().parent.parent / "example"
# What was added later is drawn apart, so that nothing that stood there before moves.
OWN_STREAMS = {"way in": 1, "sessions": 2, "events": 17}
BY_HAND = ("plan.toml", "README.md", "evidence.csv")


def main() -> None:
    """Write the study, or print its truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=EXAMPLE, help="folder to write the study into")
    parser.add_argument("--truth", action="store_true", help="print what is true instead")
    parser.add_argument("--people", type=int, default=200_000, help="people to simulate for it")
    given = parser.parse_args()
    if given.truth:
        print_truth(Parameters(), n=given.people)
    else:
        write_study(Parameters(), given.out)


def print_truth(parameters: Parameters, *, n: int) -> None:
    """Print every figure with its Monte-Carlo error, separated by tabs."""
    print("what\tfigure\tvalue\tMonte-Carlo error")
    for name, figures in simulate_truth(parameters, n=n).items():
        for kind, figure in figures.items():
            print(f"{name}\t{kind}\t{figure.value:.4f}\t{figure.error:.4f}")


def write_study(parameters: Parameters, folder: Path) -> None:
    """Write every table of the study, and what was written by hand beside them."""
    rng = np.random.default_rng(parameters.seed)
    world = draw_world(parameters, rng, n=parameters.n)
    attendance = draw_attendance(world, parameters, rng)
    ids, starts = draw_ids(parameters.n, rng), draw_starts(world, parameters, rng)
    days = draw_days(world, parameters, rng)
    own = {name: np.random.default_rng([parameters.seed, stream]) for name, stream in OWN_STREAMS.items()}
    attended = make_attendance(world, attendance, ids, starts, parameters, rng)
    clients = make_clients(world, attendance, ids, starts, rng, own["way in"])
    until, followed = draw_followed(attendance, starts, own["events"])
    clients.insert(list(clients).index("completed"), "followed_until", pd.Series(until).loc[clients.index])
    tables = {
        "clients.csv": clients,
        "scores.csv": make_scores(world, ids, starts, days),
        "attendance.csv": attended,
        "sessions.csv": make_sessions(attended, world, ids, parameters.records.sessions, rng, own["sessions"]),
        "events.csv": make_events(world, ids, starts, followed, own["events"]),
        "costs.csv": make_costs(),
        **{f"items/{name}.csv": items for name, items in make_items(world, ids, starts, days).items()},
        **make_cards(world, attendance, ids, starts, days, parameters),
    }
    (folder / "items").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, lineterminator="\n")
    for name in BY_HAND:
        if folder.resolve() != EXAMPLE:
            shutil.copyfile(EXAMPLE / name, folder / name)


if __name__ == "__main__":
    main()
