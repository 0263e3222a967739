"""A sound study on the drawing board: a plan and tables to be changed, then written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

WEEKS = 24
FIRST_DAY = date(2023, 1, 9)
REASONS = ("moved away", "did not come back", "work", "did not want to go on")
TARGETS = ("life_threatening", "therapy_interfering", "quality_of_life", "skills")
DONE = ("agenda_set", "week_reviewed", "chain_analysis", "homework_reviewed", "homework_set")


@dataclass
class Draft:
    """A study that is still being made; `tables` holds what goes beside clients and scores, by file name."""

    rng: np.random.Generator
    plan: dict[str, Any]
    clients: pd.DataFrame
    scores: pd.DataFrame
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def full(self) -> np.ndarray:
        """Whether each client is in the full programme."""
        return self.clients["arm"].eq("full").to_numpy()

    def arm_of_scores(self) -> pd.Series:
        """Arm of the client of each score."""
        return self.scores["client_id"].map(self.clients.set_index("client_id")["arm"])

    def write(self, folder: Path) -> None:
        """Write plan.toml and all tables that hold a row."""
        (folder / "items").mkdir(parents=True, exist_ok=True)
        (folder / "plan.toml").write_text(to_toml(self.plan), encoding="utf-8")
        for name, table in {"clients.csv": self.clients, "scores.csv": self.scores, **self.tables}.items():
            if len(table):
                table.to_csv(folder / name, index=False, float_format="%.10g", lineterminator="\n")


def draw_study(rng: np.random.Generator, *, n: int, n_full: int | None = None, visits: int = 3) -> Draft:
    """Draw a study with two measures, groups that hold both arms, and therapists in the full programme."""
    full = np.arange(n) % 2 == 0 if n_full is None else rng.permutation(np.arange(n) < n_full)
    weeks = [0, *(round(WEEKS * place / (visits - 1)) for place in range(1, visits))]
    names = ["start", *(f"w{week}" for week in weeks[1:-1]), "end"]
    plan = {
        "version": 1,
        "title": "SYNTHETIC DATA",
        "arms": {
            "full": {"value": "full", "label": "Full programme"},
            "skills": {"value": "skills", "label": "Skills group only"},
        },
        "visits": {
            **{name: {"label": f"Week {week}", "week": week} for name, week in zip(names, weeks, strict=True)},
            "primary": "end",
        },
        "measures": {
            "mood": make_measure("Low mood", [0, 63], better="lower", role="primary", worthwhile=5, reliability=0.9),
            "skill": make_measure("Skills use", [0, 4], better="higher", domain="other"),
        },
        "adjust": {"covariates": ["age", "gender"], "skills_group": "group_id", "therapist": "therapist_id"},
        "completion": {"column": "completed"},
        "missing": {"imputations": 20},
    }
    clients = _draw_clients(rng, full)
    scores = pd.concat(
        [
            draw_scores(rng, clients, plan, measure, low, high, slope, step)
            for measure, low, high, slope, step in (("mood", 0, 63, -9.0, 1.0), ("skill", 0, 4, 0.7, 0.25))
        ],
        ignore_index=True,
    )
    return Draft(rng=rng, plan=plan, clients=clients, scores=scores)


def make_measure(label: str, limits: list[float], *, better: str, **more: Any) -> dict[str, Any]:
    """Make a measure of the plan, secondary and of symptoms unless more is said."""
    return {"label": label, "domain": "symptoms", "role": "secondary", "better": better, "range": limits, **more}


def _draw_clients(rng: np.random.Generator, full: np.ndarray) -> pd.DataFrame:
    n = len(full)
    starts = [FIRST_DAY + timedelta(weeks=int(week)) for week in rng.integers(0, 60, n)]
    completed = rng.random(n) < np.where(full, 0.7, 0.55)
    stay = np.where(completed, WEEKS, rng.integers(2, WEEKS, n))
    return pd.DataFrame(
        {
            "client_id": [f"C{number:03d}" for number in range(1, n + 1)],
            "arm": np.where(full, "full", "skills"),
            "start_date": [day.isoformat() for day in starts],
            "end_date": [(d + timedelta(weeks=int(w))).isoformat() for d, w in zip(starts, stay, strict=True)],
            "end_reason": np.where(completed, "finished", rng.choice(REASONS, n)),
            "completed": np.where(completed, "yes", "no"),
            "group_id": [f"G{number}" for number in 1 + np.arange(n) // 2 % max(4, n // 10)],
            "therapist_id": [f"T{number:02d}" for number in 1 + rng.integers(0, max(4, n // 10), n)],
            "site": rng.choice(["North", "South"], n),
            "age": rng.integers(18, 65, n).astype(str),
            "gender": np.where(rng.random(n) < 0.7, "woman", "man"),
            "history": np.where(rng.random(n) < 0.4, "yes", "no"),
        },
        dtype=object,
    ).assign(therapist_id=lambda table: table["therapist_id"].where(full, ""))


def draw_scores(
    rng: np.random.Generator,
    clients: pd.DataFrame,
    plan: dict[str, Any],
    measure: str,
    low: float,
    high: float,
    slope: float,
    step: float,
) -> pd.DataFrame:
    """Draw a measure at each visit; some people miss a visit, and most of these do not come again."""
    weeks = [visit["week"] for name, visit in plan["visits"].items() if name != "primary"]
    names = [name for name in plan["visits"] if name != "primary"]
    rows = []
    for who, arm, start in clients[["client_id", "arm", "start_date"]].itertuples(index=False):
        level = rng.normal((low + high) / 2, (high - low) / 7)
        gone = False
        for name, week in zip(names, weeks, strict=True):
            gone = gone and rng.random() < 0.8
            gone = gone or (week > 0 and rng.random() < 0.15)
            points = level + slope * week / WEEKS * (1.3 if arm == "full" else 1.0) + rng.normal(0, (high - low) / 15)
            day = date.fromisoformat(start) + timedelta(days=7 * week + int(rng.integers(-3, 4)))
            if not gone:
                points = float(np.clip(round(points / step) * step, low, high))
                rows.append((who, name, measure, points, day.isoformat()))
    return pd.DataFrame(rows, columns=["client_id", "visit", "measure", "score", "date"])


def add_items(draft: Draft, instrument: str, *, items: int, answers: int, limits: list[float], better: str) -> None:
    """Add a measure that is scored from items, some of them not answered."""
    rng = draft.rng
    draft.plan["measures"][instrument] = make_measure(
        f"{instrument} from items", limits, better=better, role="primary", instrument=instrument
    )
    seen = draft.scores[draft.scores["measure"] == "mood"]
    latent = seen["score"].to_numpy() / 63 * answers if better == "lower" else (63 - seen["score"]) / 63 * answers
    ticks = np.clip(np.round(np.asarray(latent)[:, None] + rng.normal(0, 0.8, (len(seen), items))), 0, answers)
    ticks[rng.random(ticks.shape) < 0.03] = np.nan
    table = pd.DataFrame(ticks, columns=[f"q{place:02d}" for place in range(1, items + 1)], dtype="Int64")
    table.insert(0, "client_id", seen["client_id"].to_numpy())
    table.insert(1, "visit", seen["visit"].to_numpy())
    draft.tables[f"items/{instrument}.csv"] = table


def add_attendance(draft: Draft, *, chance: float = 0.8) -> None:
    """Add a weekly group for all and a weekly 121 session for the full programme, until each client's end."""
    rows = []
    for who, arm, start, end in draft.clients[["client_id", "arm", "start_date", "end_date"]].itertuples(index=False):
        first = date.fromisoformat(start)
        weeks = (date.fromisoformat(end) - first).days // 7 if end else WEEKS
        for kind, after in (("group", 2), ("individual", 3))[: 2 if arm == "full" else 1]:
            for week in range(1, weeks + 1):
                came = draft.rng.random() < chance
                status = "attended" if came else str(draft.rng.choice(["missed", "cancelled_by_service"], p=[0.8, 0.2]))
                day = first + timedelta(weeks=week - 1, days=after)
                minutes = ("120" if kind == "group" else "50") if came else ""
                rows.append((who, day.isoformat(), week, kind, status, minutes))
    names = ["client_id", "date", "week", "kind", "status", "minutes"]
    draft.tables["attendance.csv"] = pd.DataFrame(rows, columns=names)


def add_sessions(draft: Draft) -> None:
    """Add what was done in each 121 session that attendance tells of."""
    table = draft.tables["attendance.csv"]
    held = table[(table["kind"] == "individual") & (table["status"] == "attended")]
    draft.tables["sessions.csv"] = pd.DataFrame(
        {
            "client_id": held["client_id"],
            "date": held["date"],
            "session": held.groupby("client_id").cumcount() + 1,
            "minutes": "50",
            "target": draft.rng.choice(TARGETS, len(held)),
            **{name: np.where(draft.rng.random(len(held)) < 0.7, "yes", "no") for name in DONE},
        }
    )


def add_costs(draft: Draft) -> None:
    """Add prices of places and of a client's hour."""
    prices = {"group_session_per_client": 40, "individual_session": 90, "client_hour": 15}
    draft.tables["costs.csv"] = pd.DataFrame(
        [(item, price, "GBP", 2025, "invented") for item, price in prices.items()],
        columns=["item", "unit_cost", "currency", "price_year", "source"],
    )


def to_toml(plan: dict[str, Any]) -> str:
    """Write a plan: a table for each word at its top, everything below it inline."""
    plain = [f"{key} = {_inline(value)}" for key, value in plan.items() if not isinstance(value, dict)]
    for key, table in plan.items():
        if isinstance(table, dict):
            plain += [f"[{key}]", *(f"{name} = {_inline(value)}" for name, value in table.items())]
    return "\n".join(plain) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)  # numbers, truths and texts are written alike in both
