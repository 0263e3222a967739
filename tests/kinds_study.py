"""A small synthetic study with a score, a count and a yes/no at each visit, that tests write and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """\
version = 1
title = "A synthetic study of kinds"
[arms]
full   = { value = "full", label = "Full programme" }
skills = { value = "skills", label = "Skills group only" }
[visits]
start = { label = "Start", week = 0 }
mid   = { label = "Mid", week = 12 }
end   = { label = "End", week = 24 }
primary = "end"
[measures.mood]
label = "Low mood (0-63)"
domain = "symptoms"
role = "MOOD"
better = "lower"
range = [0, 63]
worthwhile = 5
[measures.acts]
label = "Self-harm"
domain = "other"
role = "primary"
better = "lower"
range = [0, 5000]
kind = "count"
weeks = { start = 8, mid = 4, end = 4 }
worthwhile = 0.7
[measures.work]
label = "In work or training"
domain = "other"
role = "primary"
better = "higher"
kind = "yes_no"
worthwhile = 0.15
[adjust]
covariates = ["age"]
groups = "shared"
[completion]
column = "completed"
"""


def write_kinds_study(  # what a test may choose
    folder: Path,
    *,
    n: int = 60,
    seed: int = 11,
    ratio: float = 0.5,
    heavy: int = 0,
    exchanged: bool = False,
    scores: bool = True,
) -> Path:
    """Write the study; in the full programme the rate is `ratio` times that in the other, `heavy` is of one person.

    Parameters
    ----------
    exchanged : bool
        Whether the two programmes have their names exchanged, with the same people in each.
    scores : bool
        Whether the score is a primary measure.
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    plan = PLAN.replace('"MOOD"', '"primary"' if scores else '"secondary"')
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    clients, rows = ["client_id,arm,age,completed"], ["client_id,visit,measure,score"]
    for number in range(1, n + 1):
        client, full = f"P{number:03d}", number % 2 == 0
        arm = "full" if full != exchanged else "skills"
        clients.append(f"{client},{arm},{rng.integers(18, 60)},{'yes' if rng.random() < 0.7 else 'no'}")
        own, level, able = rng.gamma(1.0), rng.normal(30, 8), rng.normal()
        for place, visit in enumerate(("start", "mid", "end")):
            seen = not place or rng.random() > 0.1
            mood = np.clip(level - 3 * place + rng.normal(0, 4), 0, 63)
            acts = rng.poisson(own * (8 if not place else 4 * (ratio if full else 1.0)))
            work = rng.random() < 1 / (1 + np.exp(-(able - 0.5 + (0.4 + 0.6 * full) * place)))
            if number == n and place == 2 and heavy:
                acts = heavy
            if seen or (number == n and heavy):
                rows += [f"{client},{visit},mood,{mood:.0f}", f"{client},{visit},acts,{acts}"]
                rows += [f"{client},{visit},work,{int(work)}"]
    (folder / "clients.csv").write_text("\n".join(clients) + "\n", encoding="utf-8")
    (folder / "scores.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder
