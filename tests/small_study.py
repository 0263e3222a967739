"""A small synthetic study that tests write, spoil and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import outcomes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAN = """\
version = 1
title = "A small synthetic study"
[arms]
full   = { value = "full", label = "Full programme" }
skills = { value = "skills", label = "Skills group only" }
[visits]
start = { label = "Start", week = 0, window = [-4, 2] }
mid   = { label = "Mid", week = 12, window = [8, 16] }
end   = { label = "End", week = 24, window = [20, 30] }
primary = "end"
[measures.mood]
label = "Low mood (0-63)"
domain = "symptoms"
role = "primary"
better = "lower"
range = [0, 63]
worthwhile = 5
[measures.skill]
label = "Skills use"
domain = "other"
role = "secondary"
better = "higher"
range = [0, 4]
[adjust]
covariates = ["age", "gender"]
[completion]
column = "completed"
"""


def write_small_study(folder: Path, *, n: int = 60, seed: int = 5) -> Path:
    """Write plan.toml, clients.csv and scores.csv; visits 0, 12 and 24 weeks, some of them missed."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    clients = ["client_id,arm,age,gender,completed"]
    scores = ["client_id,visit,measure,score"]
    for number in range(1, n + 1):
        client, full = f"P{number:03d}", number % 2 == 0
        gender = ("woman", "man")[int(rng.random() < 0.3)]
        completed = "yes" if rng.random() < 0.6 + 0.1 * full else "no"
        clients.append(f"{client},{'full' if full else 'skills'},{rng.integers(18, 60)},{gender},{completed}")
        level = rng.normal(30, 8)
        for place, visit in enumerate(("start", "mid", "end")):
            if place and rng.random() < 0.12 * place:
                continue
            mood = np.clip(level - (3 + 2 * full) * place + rng.normal(0, 4), 0, 63)
            scores.append(f"{client},{visit},mood,{mood:.0f}")
            scores.append(f"{client},{visit},skill,{np.clip(2 + 0.3 * place + rng.normal(0, 0.5), 0, 4):.2f}")
    (folder / "clients.csv").write_text("\n".join(clients) + "\n", encoding="utf-8")
    (folder / "scores.csv").write_text("\n".join(scores) + "\n", encoding="utf-8")
    return folder


def without_published(folder: Path) -> Path:
    """Give a study published results of its own, of which there are none: what others found is not its own."""
    head, *_ = (outcomes.example() / "evidence.csv").read_text(encoding="utf-8").splitlines()
    (folder / "evidence.csv").write_text(f"{head}\n", encoding="utf-8")
    return folder


def spoil(folder: Path, file: str, row: int, column: str, text: str) -> None:
    """Put a text into a cell; the row is the one that a spreadsheet shows."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    cells = lines[row - 1].split(",")
    cells[lines[0].split(",").index(column)] = text
    lines[row - 1] = ",".join(cells)
    (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def edit(folder: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change a table, every cell of it a text."""
    table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    change(table).to_csv(folder / name, index=False)
