"""What each table of a study holds, as pandera schemas: the one statement of it.

Reading, the headers of `outcomes new`, the map of an import and the tables of docs/data.md are taken from here, and a
study's frames are validated by it. Cells are read first, and their faults named; validating changes none. Coercing all
at once would hide faults: one age that is no number would take the limits of the whole column away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandera.errors
import pandera.pandas as pa

from outcomes.errors import DataError
from outcomes.plan.questions import PARTS
from outcomes.study.columns import all_whole, if_number, may, must, one_of, some_of, whole

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.plan.model import Plan
    from outcomes.study.columns import Kind

CLIENT = "client_id"
ARM = "arm"
# Tables beside clients, scores and items.
OPTIONAL = ("attendance", "sessions", "events", "costs", "evidence", "goals", "diary")

_FIFTY_YEARS = pa.Check.in_range(0, 2600)  # weeks; no programme is longer
_A_DAY = pa.Check.in_range(0, 1440)  # minutes; no session is longer
_PRICE = pa.Check.in_range(0, 1e9)  # more than anything costs, in any currency
_PEOPLE = whole(0, 1e9)  # more than any study has
_YEAR_OF_PRICES, _YEAR_OF_PRINT = whole(1950, 2200), whole(1900, 2200)  # what lies outside was mistyped
_TEN, _FIVE = pa.Check.in_range(0, 10), pa.Check.in_range(0, 5)  # ratings of a goal, and of a day on the diary card
_WEEKS_OF_DIARY = whole(1, 2600)
_SESSIONS_OF_A_LIFE = whole(1, 10_000)  # one a week for two hundred years
_TIMES_A_DAY, _DAYS_OF_A_LIFE = whole(0, 100_000), whole(0, 45_000)  # of one row of events
_STATUSES = ("attended", "missed", "cancelled_by_client", "cancelled_by_service")
_TARGETS = ("life_threatening", "therapy_interfering", "quality_of_life", "skills")
_MODES = ("in_person", "online", "phone")
_RATING = pa.Check.in_range(0, 5)  # of adherence
# What says more of a part of a session than its name does.
_MEANT = {
    "crisis_reviewed": "a crisis of the week",
    "chain_analysis": "problem behaviour identified, and the chain that led to it",
    "solution_analysis": "coping, alternatives",
    "homework_reviewed": "what was set the time before, skills practice or behavioural task",
    "homework_set": "skills practice",
    "behavioural_task_set": "exposure, new behaviour",
    "relationship_discussed": "between client and therapist",
    "feedback": "both ways",
}
_VERIFICATIONS = ("seen", "derived", "unchecked", "sources conflict", "source not given")
_DIRECTNESS = ("direct", "indirect", "benchmark")


def _client() -> Any:
    return must("id", "pseudonym, the same in every table", example=("C001", "C002"))


def _visit(*example: str) -> Any:
    return may("choice", "word of the plan; may be empty where a date and windows tell it", example=example)


def _day(what: str, *example: str) -> Any:
    return may("date", what, example=example)


def _minutes(*example: str) -> Any:
    return may("number", "how long it took", _A_DAY, unit="minutes", may_hold_codes=True, example=example)


def _both(kind: Kind, name: str, what: str, *checks: Any) -> dict[str, Any]:
    """Make a column for each of the two programmes that a publication compares."""
    arms = {"full": "full programme", "skills": "skills group only"}
    return {f"{name}_{arm}": may(kind, f"{what}: {label}", *checks) for arm, label in arms.items()}


_STARTED = "the programme they started, as in the plan; whoever changed later keeps the one they started"
_LEFT = "why they left: a few set reasons, not a sentence of its own for each client"
_CLIENTS = {
    CLIENT: _client(),
    ARM: must("choice", _STARTED, example=("full", "skills")),
    "referred_date": _day("day on which the referral came in", "2024-01-10", "2024-01-17"),
    "assessed_date": _day("day of the assessment", "2024-02-14", "2024-02-21"),
    "offered_date": _day("day on which a place in a programme was offered", "2024-03-06", ""),
    "start_date": _day("first day; needed where visits are found by date", "2024-04-08", "2024-04-08"),
    "end_date": _day("last day", "2024-09-30", "2024-06-03"),
    "end_reason": may("text", _LEFT, example=("finished", "moved away")),
    "followed_until": _day("last day on which an event would have become known", "2025-03-31", "2024-06-03"),
    "completed": may("yes_no", "whether they completed, where the plan reads it from here", example=("yes", "no")),
    "group_id": may("label", "skills group; empty where there was none", names_places=True, example=("G08", "G08")),
    "therapist_id": may("label", "121 therapist, by pseudonym; empty where there was none", example=("T04", "")),
    "site": may("label", "where it took place", names_places=True, example=("South", "North")),
}
_ANSWERED = "within the plan's range; empty if the questionnaire was not answered"
_SCORES = {
    CLIENT: _client(),
    "visit": _visit("start", "end"),
    "measure": must("choice", "word of the plan", example=("bsl23", "bsl23")),
    "score": may("number", _ANSWERED, required=True, unit="points", example=("3.13", "")),
    "date": _day("when it was filled in; a later visit cannot have an earlier date", "2024-04-02", "2024-09-28"),
}
_ITEMS = {CLIENT: _client(), "visit": _visit("start", "mid"), "date": _day("when it was filled in", "2024-04-02", "")}
_ATTENDANCE = {
    CLIENT: _client(),
    "date": _day("day of the session", "2024-04-15", ""),
    "week": may("number", "week of the programme", _FIFTY_YEARS, unit="weeks", example=("", "2")),
    "kind": must("choice", "kind of session", one_of(("group", "individual")), example=("group", "individual")),
    "status": must("choice", "what became of it", one_of(_STATUSES), example=("attended", "missed")),
    "minutes": _minutes("120", ""),
}
_ABOUT = "what it was about; several targets in the order in which they were taken"


def _whether(part: str) -> str:
    meant = f" ({_MEANT[part]})" if part in _MEANT else ""
    return f"whether it was done: {part.replace('_', ' ')}{meant}"


_SESSIONS = {
    CLIENT: _client(),
    "date": _day("day of the session", "2024-04-16", ""),
    "session": may("whole", "its number, counted from the client's first", _SESSIONS_OF_A_LIFE, example=("1", "2")),
    "minutes": _minutes("50", ""),
    "mode": may("choice", "how client and therapist met", one_of(_MODES), example=("in_person", "phone")),
    "target": may("choices", _ABOUT, some_of(_TARGETS), example=("life_threatening;skills", "skills")),
    "adherence": may("number", "how closely it followed the treatment, as rated", _RATING, example=("4", "")),
    **{name: may("yes_no", _whether(name), example=("yes", "no")) for name in PARTS},
}
_EVENTS = {
    CLIENT: _client(),
    "date": must("date", "day on which it happened, or began", example=("2024-05-02", "2024-07-19")),
    "kind": must("choice", "word of the plan's `[events]`", example=("self_harm", "admission")),
    "number": may("whole", "how many there were on that day; one if it is empty", _TIMES_A_DAY, example=("2", "")),
    "days": may("whole", "how long it lasted, such as bed days", _DAYS_OF_A_LIFE, unit="days", example=("", "9")),
    "severity": may("label", "a word or a grade; no number is computed from it", example=("", "medical care")),
}
_GOALS = {
    CLIENT: _client(),
    "visit": _visit("start", ""),
    "date": _day("when it was rated", "", "2024-09-28"),
    "goal": must("whole", "which of the person's goals, by a number that it keeps", whole(1, 3), example=("1", "2")),
    "rating": may(
        "number", "how far it was reached; empty if it was not rated", _TEN, required=True, example=("2", "7")
    ),
}
_MEAN_OF_DAYS = "mean of the days filled in"
_DIARY = {
    CLIENT: _client(),
    "week": may("whole", "week of the programme; the first is 1", _WEEKS_OF_DIARY, unit="weeks", example=("1", "")),
    "date": _day("first day of the week", "", "2024-04-15"),
    "days_filled": must(
        "whole", "days of the week filled in; 0 where there is no card", whole(0, 7), example=("7", "5")
    ),
    "urge_self_harm": may("number", f"urge to self-harm, {_MEAN_OF_DAYS}", _FIVE, example=("3.5", "2")),
    "urge_suicide": may("number", f"urge to die by suicide, {_MEAN_OF_DAYS}", _FIVE, example=("1", "0.5")),
    "misery": may("number", f"misery, {_MEAN_OF_DAYS}", _FIVE, example=("4", "3.2")),
    "acts": may("whole", "acts of self-harm in the week", whole(0, 1000), example=("1", "0")),
    "skills_days": may("whole", "days on which a skill was used", whole(0, 7), example=("2", "5")),
}
_COSTS = {
    "item": must("text", "what is paid for", example=("group_session_per_client", "individual_session")),
    "unit_cost": must("number", "price of one", _PRICE, unit="currency", example=("31.50", "84")),
    "currency": must("text", "in which the price is", example=("GBP", "GBP")),
    "price_year": must("whole", "year of the price", _YEAR_OF_PRICES, example=("2024", "2024")),
    "source": must("text", "where the price is from", example=("finance department", "finance department")),
}
_EVIDENCE = {
    "study": must("text", "authors and year, as the report shows them"),
    "year": may("whole", "year of publication", _YEAR_OF_PRINT),
    "doi": may("text", "digital object identifier"),
    "design": may("text", "design of the study"),
    "directness": may("text", "whether the two programmes were compared, others, or one alone", openings=_DIRECTNESS),
    "outcome": must("text", "what was measured"),
    "measure": may("text", "with what it was measured"),
    "timepoint": may("text", "when it was measured"),
    **_both("text", "arm", "what was given"),
    **_both("whole", "n", "people", _PEOPLE),
    **_both("number", "mean", "mean"),
    **_both("number", "sd", "standard deviation", pa.Check.ge(0)),
    **_both("whole", "events", "people with the event, never a percentage", _PEOPLE),
    **_both("whole", "total", "people among whom the events were counted", _PEOPLE),
    "effect": may("text", "effect as published: a number, a percentage, or two percentages"),
    "effect_type": may("text", "what kind of effect that is, in words that the report prints"),
    "low": may("text", "lower limit as published"),
    "high": may("text", "upper limit as published"),
    "verification": must("text", "how sure the numbers are", openings=_VERIFICATIONS),
    "note": may("text", "remark of whoever keeps the table; never printed"),
}


def _table(file: str, row: str, columns: dict[str, Any], **metadata: Any) -> Any:
    """Make a schema of a file with what a row of it is; of the columns in `either`, every row must have one."""
    return pa.DataFrameSchema(columns, name=file, description=row, metadata=metadata)


TABLES: dict[str, Any] = {
    "clients": _table("clients.csv", "a client", _CLIENTS),
    "scores": _table("scores.csv", "a client, visit and measure", _SCORES),
    "items": _table("items/NAME.csv", "a client and visit", _ITEMS),
    "attendance": _table("attendance.csv", "a session on offer", _ATTENDANCE, either=("date", "week")),
    "sessions": _table("sessions.csv", "a 121 session that was held", _SESSIONS, either=("date", "session")),
    "events": _table("events.csv", "something that happened to a client", _EVENTS),
    "goals": _table("goals.csv", "a client's own goal at a visit", _GOALS),
    "diary": _table("diary.csv", "a client's week on the diary card", _DIARY, either=("week", "date")),
    "costs": _table("costs.csv", "a unit cost", _COSTS),
    "evidence": _table("evidence.csv", "a published result", _EVIDENCE),
}
# What a covariate of this name can be, whatever the plan calls it; nobody was ever older than 122.
_COVARIATES = {"age": (if_number(0, 120),)}


def for_plan(plan: Plan) -> dict[str, Any]:
    """Give the schema of every table with the words of a plan, and the columns of clients.csv that it needs."""
    words = {
        ARM: (plan.arms.full.value, plan.arms.skills.value, *plan.arms.left_out),
        "visit": tuple(plan.visits),
        "measure": tuple(plan.measures),
    }
    schemas = {name: _with_words(schema, words) for name, schema in TABLES.items()}
    if plan.events:
        schemas["events"] = _with_words(schemas["events"], {"kind": tuple(plan.events)})
    else:  # nothing is said of them then, and no word is wrong
        schemas["events"] = schemas["events"].update_columns({"kind": {"metadata": {"kind": "label"}}})
    named: dict[str, Any] = {
        name: may("covariate", "characteristic", *_COVARIATES.get(name, ()), required=True, may_hold_codes=True)
        for name in (*plan.adjust.covariates, *plan.needs.columns(plan.measures))
    }
    for name in (plan.adjust.skills_group, plan.adjust.therapist):
        if name is not None:
            known = TABLES["clients"].columns.get(name)
            is_place = known is not None and known.metadata.get("names_places", False)
            named[name] = may("label", "who shared what", required=True, names_places=is_place)
    if plan.completion is not None and plan.completion.column is not None:
        named[plan.completion.column] = may("yes_no", "whether they completed", required=True)
    schemas["clients"] = schemas["clients"].add_columns(named)
    return schemas


def _with_words(schema: Any, words: dict[str, tuple[str, ...]]) -> Any:
    changed = {
        name: {"checks": [one_of(words[name])]}
        for name, column in schema.columns.items()
        if name in words and column.metadata["kind"] == "choice"
    }
    return schema.update_columns(changed) if changed else schema


def with_items(schema: Any, count: int) -> Any:
    """Add the answers to the items of a questionnaire to a schema of items."""
    answers = {
        f"q{item:02d}": may("answer", f"answer to item {item}, as it was ticked", required=True, example=("1", "3"))
        for item in range(1, count + 1)
    }
    named = {"name": schema.name, "description": schema.description, "metadata": schema.metadata}
    return pa.DataFrameSchema({**schema.columns, **answers}, checks=all_whole(answers), **named)


def validate(frame: pd.DataFrame, table: str, plan: Plan) -> pd.DataFrame:
    """Give a frame back if it is what a study holds as this table.

    Parameters
    ----------
    frame : DataFrame
        Typed: dates, floats, and texts or categories. `clients` has `full` (bool) in the place of `arm`.
    table : str
        One of `TABLES`.
    plan : Plan
        Whose visits, measures and covariates may stand there.

    Raises
    ------
    DataError
        With the columns that are not what they should be; without what pandera says, which quotes the cells.
    """
    schema = for_plan(plan)[table]
    require_schema(frame, held_as(schema), schema.name)
    return frame


def held_as(schema: Any) -> Any:
    """Give the schema of a study's frame: of clients it says in `full` whether they started the full programme."""
    if ARM not in schema.columns:
        return schema
    return schema.remove_columns([ARM]).add_columns({"full": pa.Column(bool)})


def require_schema(frame: pd.DataFrame, schema: Any, file: str) -> None:
    """Refuse a typed table that is not what it should be; raises DataError."""
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as fault:
        places = {str(error.column_name or error.failure_cases) for error in fault.schema_errors} & {*schema.columns}
        broken = ", ".join(sorted(places)) or "the whole table"
        sentence = f"STOP E199  {file}: the table was read but is not what it should be ({broken}). Please report it."
    else:
        return
    raise DataError([sentence])
