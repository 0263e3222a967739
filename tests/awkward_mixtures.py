"""Studies in which several awkward but legitimate things meet: each a composition of oddities, drawn from a seed.

`mixture(seed, folder)` writes one and `name_mixture(seed)` says what meets in it. Of each aspect of a study (the size
of the arms, the groups, the levels of what is adjusted for, the scores …) one oddity is drawn, and mostly none, so that
what holds for the single kinds of `awkward_studies` is asked where they meet. Small, so that forty are soon answered.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from awkward_studies import (
    BOND,
    NORMS,
    PHQ,
    WHO,
    add_measure,
    alone,
    blank,
    client,
    forget,
    hide_cells,
    in_full,
    keep,
    keep_table,
    measure,
    number_within,
    plan,
    points,
    publish,
    without,
)
from study_draft import add_attendance, add_costs, add_sessions, draw_study

if TYPE_CHECKING:
    from pathlib import Path

    from awkward_studies import Change
    from study_draft import Draft

    Oddities = dict[str, tuple[Change, ...]]

SIZES: dict[str, dict[str, int]] = {
    "arms of 12": {"n": 24},
    "arms of 8 and 60": {"n": 68, "n_full": 8},
    "arms of 60 and 8": {"n": 68, "n_full": 60},
    "arms of 8": {"n": 16},
    "arms of 20": {"n": 40},
    "arms of 15 and 25": {"n": 40, "n_full": 15},
    "arms of 30": {"n": 60},
    "arms of 20, two visits": {"n": 40, "visits": 2},
    "arms of 10, four visits": {"n": 20, "visits": 4},
}
IMPUTATIONS = 4


def mixture(seed: int, folder: Path) -> Path:
    """Write the study of a seed, the same bytes each time, and give its folder."""
    rng = np.random.default_rng([2027, seed])
    size, oddities = _choose(rng)
    draft = draw_study(rng, **SIZES[size])
    draft.plan["title"] = f"SYNTHETIC DATA: {'; '.join((size, *(name for name, _ in oddities)))}"[:300]
    draft.plan["missing"]["imputations"] = IMPUTATIONS
    for _, changes in oddities:
        for change in changes:
            change(draft)
    draft.write(folder)
    return folder


def name_mixture(seed: int) -> str:
    """Say what meets in the study of a seed."""
    size, oddities = _choose(np.random.default_rng([2027, seed]))
    return "; ".join((size, *(name for name, _ in oddities)))


def _choose(rng: np.random.Generator) -> tuple[str, list[tuple[str, tuple[Change, ...]]]]:
    """Choose a size, and of each aspect one oddity or none."""
    size = str(rng.choice(list(SIZES)))
    chosen = []
    for share, oddities in ASPECTS:
        drawn, name = rng.random(), str(rng.choice(list(oddities)))
        if drawn < share:
            chosen.append((name, oddities[name]))
    return size, chosen


def number_apart(draft: Draft, letter: str, *, groups: int) -> list[str]:
    """Name so many clusters in each arm, none of which holds both."""
    place = pd.Series(draft.full).groupby(draft.full).cumcount() % groups + 1
    return [f"{letter}{'F' if full else 'S'}{number}" for full, number in zip(draft.full, place, strict=True)]


def in_turn(draft: Draft, letter: str, *, groups: int) -> list[str]:
    """Name so many clusters in all, that hold both arms."""
    return [f"{letter}{1 + place // 2 % groups}" for place in range(len(draft.full))]


def lose(draft: Draft, column: str, share: float, *, arm: bool | None = None) -> Any:
    """Give a column with a share of its cells empty, in one arm if wanted."""
    lost = draft.rng.random(len(draft.clients)) < share
    return draft.clients[column].mask(lost if arm is None else lost & (draft.full == arm), "")


def at(rows: pd.DataFrame, visit: str) -> Any:
    """Tell which scores are of a visit."""
    return (rows["visit"] == visit).to_numpy()


def let_one_stand_out(draft: Draft) -> None:
    """Let one person of the full programme end at the worst of the scale, who began at the best."""
    who = draft.clients.loc[draft.full, "client_id"].iloc[0]
    of_one = (draft.scores["client_id"] == who) & (draft.scores["measure"] == "mood")
    draft.scores.loc[of_one, "score"] = np.where(at(draft.scores[of_one], "start"), 0.0, 63.0)


def repeat_scores(draft: Draft, rows: pd.DataFrame) -> pd.Series:
    """Let a person's scores differ by next to nothing from visit to visit."""
    mine = rows.groupby("client_id")["score"].transform("first").clip(upper=55)
    return mine + np.where(at(rows, "start"), 0, 3) + draft.rng.integers(0, 2, len(rows))


def misdate(draft: Draft) -> None:
    """Date a few of the last scores long after every window, and write windows."""
    for name, visit in draft.plan["visits"].items():
        if name != "primary":
            visit["window"] = [visit["week"] - 2, visit["week"] + 2]
    late = at(draft.scores, "end") & (draft.rng.random(len(draft.scores)) < 0.2)  # a fifth of them
    draft.scores["date"] = draft.scores["date"].mask(late, "2026-06-01")


def copy_item(draft: Draft) -> None:
    """Let two items hold the same answers in every row."""
    for table in (table for name, table in draft.tables.items() if name.startswith("items/")):
        table["q02"] = table["q01"]


ACTIVE: tuple[Change, ...] = (add_attendance, add_sessions, add_costs)
BLANKS = ("start_date", "end_date", "end_reason", "completed", "group_id", "therapist_id", "site", "age", "gender")

GROUPS: Oddities = {
    "groups nested, 3 an arm": (client("group_id", partial(number_apart, letter="G", groups=3)),),
    "groups nested, 6 an arm": (client("group_id", partial(number_apart, letter="G", groups=6)),),
    "groups of three people, nested": (client("group_id", partial(number_within, letter="G", size=3)),),
    "one group an arm": (client("group_id", partial(number_apart, letter="G", groups=1)),),
    "one group in one arm, several in the other": (
        client("group_id", lambda d: np.where(d.full, "GF", number_apart(d, "G", groups=4))),
    ),
    "two groups in all, shared": (client("group_id", partial(in_turn, letter="G", groups=2)),),
    "three groups in all, shared": (client("group_id", partial(in_turn, letter="G", groups=3)),),
    "two groups in one arm, one in the other": (
        client("group_id", lambda d: np.where(d.full, number_apart(d, "G", groups=2), "GS")),
    ),
    "groups recorded in one arm only": (client("group_id", lambda d: np.where(d.full, d.clients["group_id"], "")),),
    "no groups": (without("group_id"),),
    "neither groups nor therapists": (without("group_id", "therapist_id"),),
    "some people in no group": (blank("group_id", share=0.3),),
    "one person in each group": (client("group_id", lambda d: "G" + d.clients["client_id"]),),
    "one group for all": (client("group_id", lambda _: "G1"),),
}
THERAPISTS: Oddities = {
    "one therapist": (client("therapist_id", lambda d: np.where(d.full, "T01", "")),),
    "therapists of both arms": (client("therapist_id", lambda d: [f"T{k % 5}" for k in range(len(d.full))]),),
    "a therapist for each person": (
        client("therapist_id", lambda d: np.where(d.full, "T" + d.clients["client_id"].str[1:], "")),
    ),
}
LEVELS: Oddities = {
    "a level of one person": (client("gender", lambda d: alone(d, "gender", "other")),),
    "two levels of one person": (
        client("gender", lambda d: alone(d, "gender", "other")),
        client("history", lambda d: alone(d, "history", "not asked")),
        plan("adjust", covariates=["age", "gender", "history"]),
    ),
    "a level in one arm only": (
        client("history", lambda d: np.where(d.full, d.clients["history"], "not asked")),
        plan("adjust", covariates=["age", "history"]),
    ),
    "levels spelt nearly alike": (
        client("stay", lambda d: d.rng.choice(["<6m", ">6m", "6m", "6m?"], len(d.full))),
        plan("adjust", covariates=["age", "stay"]),
    ),
    "many small levels": (
        client("referrer", lambda d: d.rng.choice([f"R{k}" for k in range(9)], len(d.full))),
        plan("adjust", covariates=["age", "referrer"]),
    ),
    "covariates that are constant, or one another": (
        client("country", lambda _: "here"),
        client("ward", lambda d: d.clients["gender"].map({"woman": "W", "man": "M"})),
        plan("adjust", covariates=["age", "gender", "ward", "country"]),
    ),
    "covariates missing for many": (client("age", lambda d: lose(d, "age", 0.35)),),
    "a covariate missing in one arm": (client("gender", lambda d: lose(d, "gender", 0.4, arm=True)),),
    "not adjusted for anything": (plan("adjust", covariates=[]),),
    "moderators asked": (plan("needs", moderators=["history", "gender", "mood"]),),
}
COMPLETION: Oddities = {
    "all complete": (client("completed", lambda _: "yes"), client("end_reason", lambda _: "finished")),
    "none complete": (client("completed", lambda _: "no"),),
    "all complete in one arm": (client("completed", lambda d: np.where(d.full, d.clients["completed"], "yes")),),
    "completion not known of a quarter": (client("completed", lambda d: lose(d, "completed", 0.25)),),
    "completion not known in one arm": (client("completed", lambda d: lose(d, "completed", 1.0, arm=False)),),
    "completion of no one known": (blank("completed"),),
    "no column of completion": (without("completed"),),
    "completion by a rule of attendance": (
        add_attendance,
        without("completed"),
        lambda d: d.plan.update(completion={"rule": {"minimum_share": 0.75, "longest_run_missed": 4}}),
    ),
}
ACTIVITY: Oddities = {
    "attendance": (add_attendance,),
    "attendance, sessions": (add_attendance, add_sessions),
    "attendance, sessions, costs": ACTIVE,
    "attendance, sessions, costs, some cells blank": (
        *ACTIVE,
        hide_cells("attendance.csv", ("week", "minutes"), share=0.2),
        hide_cells("sessions.csv", ("minutes", "target", "agenda_set"), share=0.2),
    ),
    "nobody came to the group": (
        *ACTIVE,
        keep_table("attendance.csv", lambda t: (t["kind"] == "individual") | (t["status"] != "attended")),
    ),
}
MEASURES: Oddities = {
    "items": (PHQ,),
    "two tables of items, one with an item twice": (PHQ, WHO, copy_item),
    "alliance": (BOND,),
    "norms": (measure("mood", **NORMS),),
    "three primary measures": (
        measure("skill", role="primary", worthwhile=0.3),
        add_measure("calm", (0, 10), slope=1.5, step=0.5, role="primary", worthwhile=2),
    ),
    "nothing worthwhile, no reliability": (forget("worthwhile", "reliability"),),
    "hardly anything is too little": (measure("mood", worthwhile=0.1),),
    "hardly anything is enough": (measure("mood", worthwhile=40),),
}
SCORES: Oddities = {
    "a start that is the same for all": (points("mood", lambda _, s: s["score"].mask(at(s, "start"), 40.0)),),
    "scores that are all equal": (
        points("skill", lambda _, s: np.full(len(s), 2.0)),
        measure("skill", role="primary"),
    ),
    "all scores equal at the end": (points("mood", lambda _, s: s["score"].mask(at(s, "end"), 20.0)),),
    "all scores equal at the end in one arm": (
        points("mood", lambda d, s: s["score"].mask(at(s, "end") & in_full(d, s), 20.0)),
    ),
    "floor": (points("mood", lambda d, s: s["score"].where(d.rng.random(len(s)) < 0.2, 0.0)),),
    "ceiling": (points("skill", lambda d, s: s["score"].where(d.rng.random(len(s)) < 0.2, 4.0)),),
    "heavy ties": (points("mood", lambda _, s: np.round(s["score"] / 21) * 21),),
    "hardly any change": (points("mood", repeat_scores),),
    "one extreme person": (let_one_stand_out,),
    "worlds apart": (points("mood", lambda d, s: np.where(in_full(d, s) & ~at(s, "start"), 3, s["score"])),),
}
VISITS: Oddities = {
    "the first visit after the start in one arm only": (keep(lambda d, s: ~at(s, "w12") | in_full(d, s)),),
    "the primary visit in one arm only": (keep(lambda d, s: ~at(s, "end") | in_full(d, s)),),
    "nobody seen at the end": (keep(lambda _, s: ~at(s, "end")),),
    "one person seen at the end in an arm": (
        keep(
            lambda d, s: ~at(s, "end") | in_full(d, s) | (s["client_id"] == s.loc[~in_full(d, s), "client_id"].iloc[0])
        ),
    ),
    "half without a start": (keep(lambda d, s: ~at(s, "start") | (d.rng.random(len(s)) < 0.5)),),
    "no start in one arm": (keep(lambda d, s: ~at(s, "start") | in_full(d, s)),),
    "nobody missed a visit twice": (keep(lambda d, s: d.rng.random(len(s)) < 0.9),),
    "dates outside the windows": (misdate,),
    "no start of a secondary measure": (keep(lambda _, s: ~at(s, "start") | (s["measure"] != "skill")),),
}
DATES: Oddities = {
    "no end dates": (without("end_date", "end_reason"),),
    "no dates": (without("end_date", "end_reason", "start_date", "site"),),
    "end dates for some": (blank("end_date", share=0.4),),
    "all end dates blank": (blank("end_date", "end_reason"),),
    "blanks everywhere": (blank(*BLANKS, share=0.12),),
}
CHOICES: Oddities = {
    "chance decided": (lambda d: d.plan.update(allocation="random"),),
    "level of 90 per cent, no correction": (plan("confidence", level=0.9, multiplicity="none"),),
    "published results of its own": (publish,),
    "a small share of the disclosure": (plan("disclosure", minimum_count=3, round_to=1, minimum_arm=3),),
    "those lost from the skills group are worse": (plan("missing", reference="full", worse={"full": 0, "skills": 1}),),
}
# Aspects in the order in which they are changed, each with the share of studies in which it is odd.
ASPECTS: tuple[tuple[float, Oddities], ...] = (
    (0.7, GROUPS),
    (0.25, THERAPISTS),
    (0.5, LEVELS),
    (0.45, MEASURES),
    (0.5, ACTIVITY),
    (0.5, COMPLETION),
    (0.5, SCORES),
    (0.35, VISITS),
    (0.35, DATES),
    (0.3, CHOICES),
)
