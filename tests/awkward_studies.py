"""Studies of awkward but legitimate kinds, made from a seed: each must be read, and everything in it answered.

`awkward_study(seed, folder)` writes one. The seed chooses the kind in turn (`kind_of(seed)` names it) and draws the
data, so that seeds below `len(KINDS)` give each kind once and higher ones give the same kinds on other data. Where
the studies of `clean_studies` try the reader with ways of writing the same thing, these try the analyses: what few
people hold, what is the same for all, what one arm lacks, and what was not written down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from study_draft import add_attendance, add_costs, add_items, add_sessions, draw_scores, draw_study, make_measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from study_draft import Draft

    Change = Callable[[Draft], None]
    Cells = Callable[[Draft], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is changed in a sound study, and its size."""

    changes: tuple[Change, ...] = ()
    size: dict[str, int] = field(default_factory=lambda: {"n": 48})


def kind_of(seed: int) -> str:
    """Name of the kind of study that a seed gives."""
    return list(KINDS)[seed % len(KINDS)]


def awkward_study(seed: int, folder: Path) -> Path:
    """Write the study of a seed, the same bytes each time, and give its folder."""
    kind = KINDS[kind_of(seed)]
    draft = draw_study(np.random.default_rng([2026, seed]), **kind.size)
    draft.plan["title"] = f"SYNTHETIC DATA: {kind_of(seed)}"
    for change in kind.changes:
        change(draft)
    draft.write(folder)
    return folder


def client(column: str, cells: Cells) -> Change:
    """Write a column of the clients anew."""

    def change(draft: Draft) -> None:
        draft.clients[column] = cells(draft)

    return change


def blank(*columns: str, share: float = 1.0) -> Change:
    """Empty a share of the cells of these columns."""

    def change(draft: Draft) -> None:
        for column in columns:
            draft.clients.loc[draft.rng.random(len(draft.clients)) < share, column] = ""

    return change


def without(*columns: str) -> Change:
    """Leave columns out, and all that the plan says of them."""

    def change(draft: Draft) -> None:
        draft.clients = draft.clients.drop(columns=list(columns))
        adjust = draft.plan["adjust"]
        adjust["covariates"] = [name for name in adjust["covariates"] if name not in columns]
        for key in ("skills_group", "therapist"):
            if adjust.get(key) in columns:
                del adjust[key]
        if draft.plan.get("completion", {}).get("column") in columns:
            del draft.plan["completion"]

    return change


def plan(table: str, **words: Any) -> Change:
    """Add to or replace in a table of the plan."""
    return lambda draft: draft.plan.setdefault(table, {}).update(words)


def measure(name: str, **words: Any) -> Change:
    """Say something else of a measure."""
    return lambda draft: draft.plan["measures"][name].update(words)


def forget(*keys: str) -> Change:
    """Take these keys from every measure."""

    def change(draft: Draft) -> None:
        for words in draft.plan["measures"].values():
            for key in keys:
                words.pop(key, None)

    return change


def points(name: str, cells: Callable[[Draft, pd.DataFrame], Any]) -> Change:
    """Write the scores of a measure anew."""

    def change(draft: Draft) -> None:
        where = draft.scores["measure"] == name
        draft.scores.loc[where, "score"] = np.asarray(cells(draft, draft.scores[where]), dtype=float)

    return change


def keep(rows: Callable[[Draft, pd.DataFrame], Any]) -> Change:
    """Keep only some of the scores."""

    def change(draft: Draft) -> None:
        draft.scores = draft.scores[np.asarray(rows(draft, draft.scores), dtype=bool)].reset_index(drop=True)

    return change


def add_measure(name: str, limits: tuple[float, float], *, slope: float, step: float, **words: Any) -> Change:
    """Add a measure with scores."""

    def change(draft: Draft) -> None:
        better = "higher" if slope > 0 else "lower"
        draft.plan["measures"][name] = make_measure(f"Measure {name}", list(limits), better=better, **words)
        more = draw_scores(draft.rng, draft.clients, draft.plan, name, *limits, slope, step)
        more = more[more["visit"] != "start"] if words.get("domain") == "alliance" else more
        draft.scores = pd.concat([draft.scores, more], ignore_index=True)

    return change


def number_within(draft: Draft, letter: str, *, size: int) -> list[str]:
    """Name clusters of a size that never hold both arms."""
    place = pd.Series(draft.full).groupby(draft.full).cumcount() // size + 1
    return [f"{letter}{'F' if full else 'S'}{number}" for full, number in zip(draft.full, place, strict=True)]


def alone(draft: Draft, column: str, level: str, *, people: int = 1) -> Any:
    """Give a level to the first few clients alone."""
    return draft.clients[column].where(np.arange(len(draft.clients)) >= people, level)


def in_full(draft: Draft, rows: pd.DataFrame) -> pd.Series:
    """Tell which scores are of the full programme."""
    return rows["client_id"].map(draft.clients.set_index("client_id")["arm"]) == "full"


def keep_table(name: str, rows: Callable[[pd.DataFrame], Any]) -> Change:
    """Keep only some rows of another table."""

    def change(draft: Draft) -> None:
        draft.tables[name] = draft.tables[name][rows(draft.tables[name])]

    return change


def hide_cells(name: str, columns: tuple[str, ...], *, share: float) -> Change:
    """Empty cells of another table."""

    def change(draft: Draft) -> None:
        for column in columns:
            table = draft.tables[name]
            table[column] = table[column].astype(object).mask(draft.rng.random(len(table)) < share, "")

    return change


def drop_scores(draft: Draft) -> None:
    """Leave scores.csv out, and the measures that are scored in it."""
    measures = draft.plan["measures"]
    draft.plan["measures"] = {name: words for name, words in measures.items() if "instrument" in words}
    draft.scores = draft.scores[:0]


def publish(draft: Draft) -> None:
    """Add published results: one that can be pooled, one of counts, one in words."""
    rows: list[dict[str, Any]] = [
        {"outcome": "symptoms", "n_full": 30, "mean_full": 18.0, "sd_full": 7.0, "n_skills": 28, "mean_skills": 21.0}
        | {"sd_skills": 8.0, "directness": "direct", "verification": "seen"},
        {"outcome": "symptoms", "n_full": 41, "mean_full": 16.5, "sd_full": 8.0, "n_skills": 44, "mean_skills": 17.0}
        | {"sd_skills": 7.5, "directness": "direct", "verification": "seen"},
        {"outcome": "dropout", "events_full": 4, "total_full": 30, "events_skills": 9, "total_skills": 28}
        | {"directness": "direct", "verification": "derived"},
        {"outcome": "symptoms", "directness": "benchmark", "effect": "large", "verification": "source not given"},
    ]
    names = ["study", "year", "directness", "outcome", *sorted({key for row in rows for key in row})]
    table = pd.DataFrame([{"study": f"Invented {k}", "year": 2010 + k, **row} for k, row in enumerate(rows)])
    draft.tables["evidence.csv"] = table.reindex(columns=list(dict.fromkeys(names))).astype(object)


PHQ: Change = partial(add_items, instrument="phq9", items=9, answers=3, limits=[0, 27], better="lower")
WHO: Change = partial(add_items, instrument="who5", items=5, answers=5, limits=[0, 100], better="higher")
BOND = add_measure("bond", (0, 10), slope=1.0, step=0.5, domain="alliance")
ACTIVE: tuple[Change, ...] = (add_attendance, add_sessions, add_costs)
NORMS = {"clinical": {"mean": 35, "sd": 9}, "nonclinical": {"mean": 12, "sd": 8}}

KINDS: dict[str, Kind] = {
    "nothing is odd": Kind((BOND, measure("mood", **NORMS))),
    "all tables, 120 people": Kind(
        (BOND, PHQ, *ACTIVE, publish, plan("needs", moderators=["history", "age", "mood"])), {"n": 120}
    ),
    "arms of 8": Kind((), {"n": 16}),
    "arms of 6": Kind(ACTIVE, {"n": 12}),
    "arms of 8 and 60": Kind((BOND, *ACTIVE), {"n": 68, "n_full": 8}),
    "arms of 60 and 8": Kind((BOND, *ACTIVE), {"n": 68, "n_full": 60}),
    "a level held by one person": Kind(
        (
            client("gender", lambda d: alone(d, "gender", "non_binary")),
            plan("needs", moderators=["gender"], profiles=[{"label": "one", "where": {"gender": "non_binary"}}]),
        )
    ),
    "a level in one arm only": Kind(
        (
            client("history", lambda d: np.where(d.full, d.clients["history"], "not asked")),
            plan("adjust", covariates=["age", "history"]),
            plan("needs", moderators=["history"]),
        )
    ),
    "many small levels": Kind(
        (
            client("referrer", lambda d: [f"R{k % 20:02d}" for k in range(len(d.clients))]),
            plan("adjust", covariates=["age", "referrer"]),
            plan("needs", moderators=["referrer"]),
        )
    ),
    "covariates that are the same, or constant, or the arm": Kind(
        (
            client("ward", lambda d: d.clients["gender"].map({"woman": "W", "man": "M"})),
            client("country", lambda _: "here"),
            client("offer", lambda d: np.where(d.full, "a", "b")),
            plan("adjust", covariates=["age", "gender", "ward", "country", "offer"]),
        )
    ),
    "groups nested in arms": Kind((client("group_id", lambda d: number_within(d, "G", size=6)),)),
    "one group for all": Kind((client("group_id", lambda _: "G1"),)),
    "a group for each person": Kind((client("group_id", lambda d: "G" + d.clients["client_id"]),)),
    "groups partly nested, some people in none": Kind(
        (
            client("group_id", lambda d: np.where(d.full, number_within(d, "G", size=5), d.clients["group_id"])),
            blank("group_id", share=0.2),
        )
    ),
    "neither groups nor therapists": Kind((without("group_id", "therapist_id"),)),
    "one therapist": Kind((client("therapist_id", lambda d: np.where(d.full, "T01", "")), BOND, *ACTIVE)),
    "a therapist for each person": Kind(
        (client("therapist_id", lambda d: np.where(d.full, "T" + d.clients["client_id"].str[1:], "")), BOND, *ACTIVE)
    ),
    "therapists in both arms": Kind((client("therapist_id", lambda d: [f"T{k % 5}" for k in range(len(d.full))]),)),
    "blanks in every optional column": Kind(
        (
            *(BOND, PHQ, *ACTIVE),
            blank("start_date", "end_date", "end_reason", "completed", "group_id", "therapist_id", share=0.15),
            blank("site", "age", "gender", "history", share=0.15),
            hide_cells("attendance.csv", ("week", "minutes"), share=0.2),
            hide_cells("sessions.csv", ("minutes", "target", "agenda_set", "chain_analysis"), share=0.2),
            points("skill", lambda d, s: s["score"].mask(d.rng.random(len(s)) < 0.1)),
        )
    ),
    "optional columns all blank": Kind(
        (blank("end_date", "end_reason", "completed", "group_id", "therapist_id", "site", "gender"),)
    ),
    "constant scores": Kind((points("skill", lambda _, s: np.full(len(s), 2.0)), measure("skill", role="primary"))),
    "floor": Kind((points("mood", lambda d, s: np.where(d.rng.random(len(s)) < 0.8, 0, s["score"])),)),
    "ceiling at the end in one arm": Kind(
        (points("skill", lambda d, s: s["score"].mask((s["visit"] == "end") & in_full(d, s), 4)),)
    ),
    "heavy ties": Kind(
        (
            points("mood", lambda _, s: np.round(s["score"] / 21) * 21),
            points("skill", lambda _, s: np.round(s["score"] / 2) * 2),
        )
    ),
    "no noise at all": Kind(
        (points("mood", lambda _, s: 40 - 5.0 * (s["visit"] != "start") + s["client_id"].str[-1].astype(int)),)
    ),
    "all complete, nobody missed": Kind(
        (client("completed", lambda _: "yes"), client("end_reason", lambda _: "finished"), *ACTIVE)
    ),
    "none complete": Kind((client("completed", lambda _: "no"), *ACTIVE)),
    "all complete in one arm": Kind((client("completed", lambda d: np.where(d.full, "yes", d.clients["completed"])),)),
    "completion by a rule of attendance": Kind(
        (
            without("completed"),
            lambda d: d.plan.update(completion={"rule": {"minimum_share": 0.75, "stream": "group"}}),
            add_attendance,
        )
    ),
    "no completion, no dates": Kind((without("completed", "end_date", "end_reason", "start_date"),)),
    "a visit in one arm only": Kind((keep(lambda d, s: (s["visit"] != "w12") | in_full(d, s)),)),
    "the primary visit in one arm only": Kind((keep(lambda d, s: (s["visit"] != "end") | ~in_full(d, s)),)),
    "half without a start": Kind((keep(lambda d, s: (s["visit"] != "start") | (d.rng.random(len(s)) < 0.5)),)),
    "two visits": Kind((), {"n": 40, "visits": 2}),
    "seven visits, 20 people": Kind((), {"n": 20, "visits": 7}),
    "random allocation, several sites": Kind(
        (
            lambda d: d.plan.update(allocation="random"),
            client("site", lambda d: d.rng.choice(["North", "South", "East", "West", "Coast"], len(d.clients))),
            plan("adjust", covariates=["age", "site"]),
        ),
        {"n": 90},
    ),
    "nothing worthwhile, no reliability": Kind((forget("worthwhile", "reliability"), *ACTIVE)),
    "items only": Kind((PHQ, WHO, drop_scores), {"n": 60}),
    "other choices of the plan": Kind(
        (
            plan("confidence", level=0.9, multiplicity="none"),
            plan("missing", imputations=5, reference="full", worse={"full": 1.0, "skills": 0.0}),
            measure("mood", **NORMS, cut_off="a"),
            add_measure("change", (-3, 3), slope=-1.0, step=0.001, role="primary", worthwhile=0.4),
            plan("precision", power=0.9, icc_group=0.05),
        )
    ),
    "one session for each, nobody came to the group": Kind(
        (
            *ACTIVE,
            keep_table("sessions.csv", lambda t: t["session"] == 1),
            keep_table("attendance.csv", lambda t: (t["kind"] == "individual") | (t["status"] != "attended")),
        )
    ),
}
