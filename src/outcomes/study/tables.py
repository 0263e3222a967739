"""What each table of a study holds: its columns, their kinds, which must be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["id", "text", "date", "number", "whole", "choice", "yes_no", "covariate", "answer", "label"]

ARM_COLUMN = "arm"
CLIENT = "client_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    kind : str
        How its cells are read.
    required : bool
        Whether the table must have it.
    filled : bool
        Whether every row must have a value in it.
    choices : tuple of str
        Permitted words, of a choice.
    low, high : float or None
        Limits of a number.
    """

    kind: Kind
    required: bool = False
    filled: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


def _must(kind: Kind, *, low: float | None = None, high: float | None = None) -> Column:
    return Column(kind=kind, required=True, filled=True, low=low, high=high)


def _may(kind: Kind, *choices: str, low: float | None = None, high: float | None = None) -> Column:
    return Column(kind=kind, choices=choices, low=low, high=high)


_ID = Column(kind="id", required=True, filled=True)
_YES_NO = (
    *("agenda_set", "week_reviewed", "chain_analysis", "solution_analysis", "skills_generalised"),
    *("homework_reviewed", "homework_set", "validation_and_change", "feedback", "closing_summary"),
)
_MINUTES_A_DAY = 1440.0
_LATEST_WEEK = 2600.0  # fifty years

CLIENTS: dict[str, Column] = {
    CLIENT: _ID,
    ARM_COLUMN: Column(kind="choice", required=True, filled=True),
    "start_date": _may("date"),
    "end_date": _may("date"),
    "end_reason": _may("text"),
    "completed": _may("yes_no"),
    "group_id": _may("label"),
    "therapist_id": _may("label"),
    "site": _may("label"),
}
SCORES: dict[str, Column] = {
    CLIENT: _ID,
    "visit": _may("choice"),
    "measure": Column(kind="choice", required=True, filled=True),
    "score": Column(kind="number", required=True),
    "date": _may("date"),
}
ITEMS: dict[str, Column] = {CLIENT: _ID, "visit": _may("choice"), "date": _may("date")}
ATTENDANCE: dict[str, Column] = {
    CLIENT: _ID,
    "date": _may("date"),
    "week": _may("number", low=0.0, high=_LATEST_WEEK),
    "kind": Column(kind="choice", required=True, filled=True, choices=("group", "individual")),
    "status": Column(
        kind="choice",
        required=True,
        filled=True,
        choices=("attended", "missed", "cancelled_by_client", "cancelled_by_service"),
    ),
    "minutes": _may("number", low=0.0, high=_MINUTES_A_DAY),
}
SESSIONS: dict[str, Column] = {
    CLIENT: _ID,
    "date": _may("date"),
    "session": _may("whole", low=1.0, high=10_000.0),
    "minutes": _may("number", low=0.0, high=_MINUTES_A_DAY),
    "target": _may("choice", "life_threatening", "therapy_interfering", "quality_of_life", "skills"),
    **{name: _may("yes_no") for name in _YES_NO},
}
COSTS: dict[str, Column] = {
    "item": _must("text"),
    "unit_cost": _must("number", low=0.0, high=1e9),
    "currency": _must("text"),
    "price_year": _must("whole", low=1950.0, high=2200.0),
    "source": _must("text"),
}
_EVIDENCE_NUMBERS = {"mean_full": None, "sd_full": 0.0, "mean_skills": None, "sd_skills": 0.0}  # lowest possible value
_EVIDENCE_COUNTS = ("n_full", "n_skills", "events_full", "total_full", "events_skills", "total_skills")
EVIDENCE: dict[str, Column] = {
    "study": _must("text"),
    "year": _may("whole", low=1900.0, high=2200.0),
    "doi": _may("text"),
    "design": _may("text"),
    "directness": _may("text"),
    "outcome": _must("text"),
    "measure": _may("text"),
    "timepoint": _may("text"),
    "arm_full": _may("text"),
    "arm_skills": _may("text"),
    **{name: _may("number", low=low) for name, low in _EVIDENCE_NUMBERS.items()},
    **{name: _may("whole", low=0.0, high=1e9) for name in _EVIDENCE_COUNTS},
    # as published: a number, a percentage, or two percentages
    **{name: _may("text") for name in ("effect", "effect_type", "low", "high")},
    "verification": _must("text"),
    "note": _may("text"),
}
# Tables beside clients.csv, scores.csv and items/, by the name of their attribute on the study.
OPTIONAL: dict[str, dict[str, Column]] = {
    "attendance": ATTENDANCE,
    "sessions": SESSIONS,
    "costs": COSTS,
    "evidence": EVIDENCE,
}
# What a covariate of this name can be, whatever the plan calls it.
LIMITS: dict[str, tuple[float, float]] = {"age": (0.0, 120.0)}
# At least one of these must be filled for a row to have its place in time.
ONE_OF: dict[str, tuple[str, ...]] = {"attendance": ("date", "week"), "sessions": ("date", "session")}
