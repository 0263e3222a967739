"""Make the synthetic example study: python data/make_example [--out FOLDER] [--truth].

The people are not real. The same parameters (truth.py) give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from answers import ITEM_INSTRUMENTS, answer_items, bsl23_of, total_of
from people import People, draw_people
from records import (
    judge_completion,
    leaving_weeks,
    make_attendance,
    make_clients,
    make_items,
    make_scores,
    make_sessions,
    start_dates,
)
from truth import LAST_SESSION_WEEK, VISITS, Truth

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "example"
REASONS = ("moved away", "did not come back", "chose another service", "did not want to go on")


def main() -> None:
    """Write the study, or print its true effects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=EXAMPLE, help="folder to write the tables into")
    parser.add_argument("--truth", action="store_true", help="print the true effects instead")
    parser.add_argument("--people", type=int, default=200_000, help="people to simulate for the true effects")
    given = parser.parse_args()
    if given.truth:
        for name, (effect, error) in true_effects(Truth(), n=given.people).items():
            sys.stdout.write(f"{name:<12} {effect:8.3f}  Monte-Carlo error {error:.3f}\n")
    else:
        write_study(Truth(), given.out)


def write_study(truth: Truth, folder: Path) -> None:
    """Write every table of the study; plan.toml, README.md, costs.csv and evidence.csv are kept beside them by hand."""
    rng = np.random.default_rng(truth.seed)
    n = truth.n_full + truth.n_skills
    people = draw_people(truth, rng, n=n)
    ids = [f"S{number:03d}" for number in rng.permutation(np.arange(1, n + 1))]
    starts = start_dates(n, rng)
    leaves = leaving_weeks(people, rng)
    attendance = make_attendance(people, ids, leaves, truth, rng)
    completed = judge_completion(attendance, ids)
    ended = leaves > LAST_SESSION_WEEK
    reasons = ["programme ended" if end else str(rng.choice(REASONS)) for end in ended]
    tables = {
        "clients.csv": make_clients(people, ids, starts, leaves, completed, reasons).sort_values("client_id"),
        "scores.csv": make_scores(people, ids, starts, truth, rng),
        "attendance.csv": attendance.sort_values(["client_id", "kind", "week"]),
        "sessions.csv": make_sessions(attendance, people, ids, rng).sort_values(["client_id", "session"]),
        **{f"items/{name}.csv": items for name, items in make_items(people, ids, starts, truth, rng).items()},
    }
    (folder / "items").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, lineterminator="\n")


def true_effects(truth: Truth, *, n: int) -> dict[str, tuple[float, float]]:
    """Mean difference if all had started the full programme and if none had, at the primary visit; with its error.

    Groups and therapists are drawn anew many times over, so that the effect is that of the programme and not of these
    therapists.
    """
    many = replace(truth, n_groups=n // 13, n_therapists=n // 8)
    scores: dict[str, list[np.ndarray]] = {}
    for arm in (True, False):
        rng = np.random.default_rng(truth.seed + 1)  # the same people in both worlds
        people = draw_people(many, rng, n=n, full=np.full(n, arm))
        at = VISITS.index("end")
        found = {name: total_of(name, answer_items(name, people.traits[name][:, at], rng)) for name in ITEM_INSTRUMENTS}
        found["bsl23"] = bsl23_of(people.traits["bsl23"][:, at], rng)
        found["completed"] = _completes(people, truth, rng)
        for name, score in found.items():
            scores.setdefault(name, []).append(score)
    pairs = {name: one - zero for name, (one, zero) in scores.items()}
    return {name: (float(gap.mean()), float(gap.std() / np.sqrt(len(gap)))) for name, gap in pairs.items()}


def _completes(people: People, truth: Truth, rng: np.random.Generator) -> np.ndarray:
    """Judge completion of the first few thousand, session by session in the group, which both programmes share."""
    some = slice(0, 4000)
    group_only = people.table.iloc[some].assign(full=False)
    few = People(table=group_only, traits=people.traits, last=people.last[some])
    ids = [str(row) for row in range(len(group_only))]
    attendance = make_attendance(few, ids, leaving_weeks(few, rng), truth, rng)
    return np.array([one == "yes" for one in judge_completion(attendance, ids)], dtype=float)


if __name__ == "__main__":
    main()
