"""What the clinic writes down: who they are, what they filled in, what they attended, what was done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from answers import ITEM_INSTRUMENTS, answer_items, bsl23_of, lose_answers, wai_sr_of
from truth import LAST_SESSION_WEEK, VISITS, WEEKS

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from people import People
    from truth import Truth

FIRST_START, START_DAYS = date(2023, 2, 6), 690
STATUSES = ("attended", "missed", "cancelled_by_client", "cancelled_by_service")
MISSED_IN_A_ROW, ENOUGH = 4, 0.7
TARGETS = ("life_threatening", "therapy_interfering", "quality_of_life", "skills")
COMPONENTS = {
    "agenda_set": 0.93,
    "week_reviewed": 0.95,
    "chain_analysis": 0.62,
    "solution_analysis": 0.55,
    "skills_generalised": 0.58,
    "homework_set": 0.84,
    "validation_and_change": 0.78,
    "feedback": 0.66,
    "closing_summary": 0.81,
}
REVIEWED_IF_SET = 0.83


def start_dates(n: int, rng: np.random.Generator) -> list[date]:
    """Spread the starts over the intake."""
    return [FIRST_START + timedelta(days=int(days)) for days in rng.integers(0, START_DAYS, size=n)]


def leaving_weeks(people: People, rng: np.random.Generator) -> NDArray[np.int64]:
    """Week in which each person leaves; beyond the last session for those who stay."""
    bounds = [WEEKS[visit] for visit in VISITS] + [80]
    left = np.array([rng.integers(bounds[place] + 1, bounds[place + 1]) for place in people.last])
    return np.asarray(np.where(people.last == len(VISITS) - 1, 999, left))


def make_items(
    people: People, ids: list[str], starts: list[date], truth: Truth, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Files of items, with dates and without visits: a visit is found by its window."""
    files = {}
    for name in ITEM_INSTRUMENTS:
        parts = []
        for place, visit in enumerate(VISITS):
            there = _given(people, place, truth, rng)
            answers = lose_answers(answer_items(name, people.traits[name][there, place], rng), truth, rng)
            part = pd.DataFrame(answers, columns=[f"q{item:02d}" for item in range(1, answers.shape[1] + 1)])
            part = part.astype("Int64")
            part.insert(0, "date", [_near(starts[row], WEEKS[visit], rng).isoformat() for row in there])
            part.insert(0, "client_id", [ids[row] for row in there])
            parts.append(part)
        files[name] = pd.concat(parts).sort_values(["client_id", "date"]).reset_index(drop=True)
    return files


def make_scores(
    people: People, ids: list[str], starts: list[date], truth: Truth, rng: np.random.Generator
) -> pd.DataFrame:
    """Totals of symptoms at every visit, and of alliance from the second on."""
    full = people.table["full"].to_numpy(dtype=bool)
    parts = []
    for place, visit in enumerate(VISITS):
        there = _given(people, place, truth, rng)
        trait = people.traits["bsl23"][there, place]
        found = {"bsl23": np.round(bsl23_of(trait, rng), 4)}
        if place > 0:
            found["wai_sr"] = wai_sr_of(trait, full[there], rng)
        dates = [_near(starts[row], WEEKS[visit], rng).isoformat() for row in there]
        for measure, score in found.items():
            cells = {"client_id": [ids[row] for row in there], "visit": visit, "measure": measure}
            parts.append(pd.DataFrame({**cells, "score": score, "date": dates}))
    return pd.concat(parts).sort_values(["client_id", "measure", "date"]).reset_index(drop=True)


def _given(people: People, place: int, truth: Truth, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows of those who are still there and fill in the questionnaire."""
    skipped = rng.random(len(people.last)) < (truth.visit_skipped if place else truth.visit_skipped / 3)
    return np.flatnonzero((people.last >= place) & ~skipped)


def _near(start: date, week: int, rng: np.random.Generator) -> date:
    """Pick a day near the planned week; now and then far from it."""
    days = int(rng.integers(-4, 8)) if week else int(rng.integers(-14, 4))
    if rng.random() < 0.012:  # noqa: PLR2004  # about one in eighty comes far too late
        days += 49
    return start + timedelta(days=7 * week + days)


def make_attendance(
    people: People, ids: list[str], leaves: NDArray[np.int64], truth: Truth, rng: np.random.Generator
) -> pd.DataFrame:
    """One row for each session on offer: group every week, individual every week in the full programme."""
    shares = (1 - truth.missed - 0.07, truth.missed, 0.04, 0.03)
    rows = []
    for row, client in enumerate(ids):
        kinds = ("group", "individual") if people.table["full"].iloc[row] else ("group",)
        for kind in kinds:
            for week in range(1, LAST_SESSION_WEEK + 1):
                gone = week >= leaves[row]
                status = "missed" if gone else str(rng.choice(STATUSES, p=shares))
                if gone and week >= leaves[row] + MISSED_IN_A_ROW:
                    break  # after four in a row the programme has ended
                minutes = {"group": 120, "individual": 50}[kind] if status == "attended" else None
                rows.append((client, week, kind, status, minutes))
    frame = pd.DataFrame(rows, columns=["client_id", "week", "kind", "status", "minutes"])
    return frame.astype({"minutes": "Int64"})


def judge_completion(attendance: pd.DataFrame, ids: list[str]) -> list[str]:
    """Completed: enough of the group sessions of the whole programme, and never four of them missed in a row."""
    completed = []
    group = attendance[attendance["kind"] == "group"]
    for client in ids:
        there = (group.loc[group["client_id"] == client, "status"] == "attended").to_numpy()
        longest = max((len(run) for run in "".join("01"[int(one)] for one in there).split("1")), default=0)
        enough = there.sum() >= ENOUGH * LAST_SESSION_WEEK
        completed.append("yes" if enough and longest < MISSED_IN_A_ROW else "no")
    return completed


def make_sessions(attendance: pd.DataFrame, people: People, ids: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """One row for each individual session that was held: its target, and what was done."""
    held = attendance[(attendance["kind"] == "individual") & (attendance["status"] == "attended")]
    self_harm = dict(zip(ids, people.table["self_harm_history"], strict=True))
    rows, was_set = [], {}
    for client, week in zip(held["client_id"], held["week"], strict=True):
        late = week / LAST_SESSION_WEEK
        risk = (0.45 if self_harm[client] else 0.12) * (1 - 0.8 * late)
        rest = 1 - risk
        target = str(rng.choice(TARGETS, p=(risk, 0.25 * rest, (0.35 + 0.1 * late) * rest, (0.4 - 0.1 * late) * rest)))
        done = {name: "yes" if rng.random() < share else "no" for name, share in COMPONENTS.items()}
        reviewed = was_set.get(client) == "yes" and rng.random() < REVIEWED_IF_SET
        done["homework_reviewed"] = "yes" if reviewed else "no"
        was_set[client] = done["homework_set"]
        rows.append({"client_id": client, "session": week, "minutes": int(rng.normal(50, 5)), "target": target, **done})
    order = ["agenda_set", "week_reviewed", "chain_analysis", "solution_analysis", "skills_generalised"]
    order += ["homework_reviewed", "homework_set", "validation_and_change", "feedback", "closing_summary"]
    return pd.DataFrame(rows)[["client_id", "session", "minutes", "target", *order]]


def make_clients(
    people: People,
    ids: list[str],
    starts: list[date],
    leaves: NDArray[np.int64],
    completed: list[str],
    reasons: list[str],
) -> pd.DataFrame:
    """One row for each person."""
    table = people.table
    weeks = np.minimum(leaves, LAST_SESSION_WEEK)
    return pd.DataFrame(
        {
            "client_id": ids,
            "arm": np.where(table["full"], "full", "skills"),
            "start_date": [start.isoformat() for start in starts],
            "end_date": [(s + timedelta(weeks=int(w))).isoformat() for s, w in zip(starts, weeks, strict=True)],
            "end_reason": reasons,
            "completed": completed,
            "group_id": [f"G{group + 1:02d}" for group in table["group"]],
            "therapist_id": [f"T{one + 1:02d}" if one >= 0 else "" for one in table["therapist"]],
            "site": [("North", "South")[one] for one in table["site"]],
            "age": table["age"],
            "gender": table["gender"],
            "self_harm_history": np.where(table["self_harm_history"], "yes", "no"),
            "previous_therapy": np.where(table["previous_therapy"], "yes", "no"),
        }
    )
