"""The plain sentences of each section, each with its numbers bound."""

from outcomes.blocks.columns import (
    name_column,
)
from outcomes.blocks.refusals import is_apart, say_absent
from outcomes.questions.balance.words import (
    say_alike,
    say_apart,
    say_balance,
)
from outcomes.questions.baseline.words import picture_likeness
from outcomes.questions.change.words import (
    lead_change,
    say_talking_therapies,
)
from outcomes.questions.completion.words import (
    picture_attendance,
    read_completion,
    say_completion,
    say_penalty,
    say_streams,
)
from outcomes.questions.costs.words import (
    lead_costs,
    say_price,
    say_prices,
)
from outcomes.questions.evidence.words import (
    lead_evidence,
    say_claims,
    say_topics,
)
from outcomes.questions.flow.words import (
    list_accounts,
    list_compared,
    list_reasons,
    say_not_recorded,
    say_share_completed,
)
from outcomes.questions.needs import words as needs
from outcomes.questions.outcomes.words import (
    ANSWERS,
    answer_outcomes,
    lead_outcomes,
    main_result,
    picture_forest,
    picture_trajectory,
    read_measure,
    say_measure,
    say_reading,
)
from outcomes.questions.precision.words import (
    lead_precision,
)
from outcomes.questions.retention.words import (
    say_hazards,
    say_retention,
)
from outcomes.questions.sessions.words import (
    lead_sessions,
    picture_course,
    picture_pace,
    say_dose,
    say_order,
    say_pace,
)
from outcomes.reporting.plainly import (
    name_topic,
    say_completion_plainly,
    say_plainly,
)

__all__ = [
    "ANSWERS",
    "answer_outcomes",
    "is_apart",
    "lead_change",
    "lead_costs",
    "lead_evidence",
    "lead_outcomes",
    "lead_precision",
    "lead_sessions",
    "list_accounts",
    "list_compared",
    "list_reasons",
    "main_result",
    "name_column",
    "name_topic",
    "needs",
    "picture_attendance",
    "picture_course",
    "picture_forest",
    "picture_likeness",
    "picture_pace",
    "picture_trajectory",
    "read_completion",
    "read_measure",
    "say_absent",
    "say_alike",
    "say_apart",
    "say_balance",
    "say_claims",
    "say_completion",
    "say_completion_plainly",
    "say_dose",
    "say_hazards",
    "say_measure",
    "say_not_recorded",
    "say_order",
    "say_pace",
    "say_penalty",
    "say_plainly",
    "say_price",
    "say_prices",
    "say_reading",
    "say_retention",
    "say_share_completed",
    "say_streams",
    "say_talking_therapies",
    "say_topics",
]
