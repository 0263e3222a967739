"""The small synthetic study with what was done in it: attendance, 121 sessions, prices, alliance, therapists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

WEEKS, START = 24, date(2024, 1, 8)
YES_NO = ("agenda_set", "week_reviewed", "chain_analysis", "homework_reviewed", "homework_set")
ALLIANCE = """\
[measures.bond]
label = "Bond"
domain = "alliance"
role = "secondary"
better = "higher"
range = [0, 10]
"""


def write_active_study(folder: Path, *, n: int = 60, seed: int = 9, therapists: int = 6) -> Path:
    """Write the small study, then attendance.csv, sessions.csv, costs.csv, and what they need in the others."""
    write_small_study(folder, n=n)
    rng = np.random.default_rng(seed)
    plan = (
        (folder / "plan.toml")
        .read_text(encoding="utf-8")
        .replace("worthwhile = 5", "worthwhile = 5\nreliability = 0.9")
    )
    plan = plan.replace("[adjust]", f'{ALLIANCE}[adjust]\ntherapist = "therapist_id"')
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    full = clients["arm"].eq("full").to_numpy()
    clients["start_date"], clients["end_date"] = START.isoformat(), (START + timedelta(weeks=WEEKS)).isoformat()
    clients["therapist_id"] = np.where(full, [f"T{k // 2 % therapists + 1}" for k in range(n)], "")
    clients.to_csv(folder / "clients.csv", index=False)
    attendance, sessions = _draw(clients["client_id"].tolist(), full, rng)
    attendance.to_csv(folder / "attendance.csv", index=False)
    sessions.to_csv(folder / "sessions.csv", index=False)
    rows = ["item,unit_cost,currency,price_year,source", "group_session_per_client,40,GBP,2025,invented"]
    rows += ["individual_session,90,GBP,2025,invented", "client_hour,15,GBP,2025,invented"]
    (folder / "costs.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    scores = (folder / "scores.csv").read_text(encoding="utf-8")
    seen = [line.split(",") for line in scores.splitlines() if ",mood," in line]
    bonds = [f"{who},{visit},bond,{rng.uniform(2, 9):.1f}" for who, visit, *_ in seen if visit != "start"]
    (folder / "scores.csv").write_text(scores + "\n".join(bonds) + "\n", encoding="utf-8")
    return folder


def _draw(ids: list[str], full: np.ndarray, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    attendance, sessions = [], []
    for who, has_121 in zip(ids, full, strict=True):
        for kind in ("group", "individual") if has_121 else ("group",):
            held = 0
            for week in range(1, WEEKS + 1):
                status = rng.choice(["attended", "missed", "cancelled_by_service"], p=[0.8, 0.15, 0.05])
                day = (START + timedelta(weeks=week - 1, days=2)).isoformat()
                minutes = {"group": "120", "individual": "50"}[kind] if status == "attended" else ""
                attendance.append((who, day, week, kind, status, minutes))
                if kind == "individual" and status == "attended":
                    held += 1
                    target = rng.choice(["life_threatening", "therapy_interfering", "quality_of_life", "skills"])
                    done = ["yes" if rng.random() < 0.7 else "no" for _ in YES_NO]
                    sessions.append((who, day, held, 50, target, *done))
    names = ["client_id", "date", "week", "kind", "status", "minutes"]
    return (
        pd.DataFrame(attendance, columns=names),
        pd.DataFrame(sessions, columns=["client_id", "date", "session", "minutes", "target", *YES_NO]),
    )


def add_to_plan(folder: Path, text: str) -> None:
    """Put lines at the end of the plan."""
    with (folder / "plan.toml").open("a", encoding="utf-8") as file:
        file.write(text + "\n")
