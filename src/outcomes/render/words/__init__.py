"""The plain sentences of each section, each with its numbers bound."""

from outcomes.render.words import (
    needs,
)
from outcomes.render.words.agreement import (
    list_ways,
    picture_agreement,
    say_agreement,
)
from outcomes.render.words.balance import (
    is_apart,
    list_characteristics,
    picture_love,
    say_alike,
    say_apart,
    say_balance,
)
from outcomes.render.words.change import (
    lead_change,
    say_talking_therapies,
)
from outcomes.render.words.columns import (
    name_column,
)
from outcomes.render.words.completion import (
    read_completion,
    say_completion,
    say_penalty,
    say_streams,
)
from outcomes.render.words.confounding import (
    say_confounding,
)
from outcomes.render.words.costs import (
    lead_costs,
    say_price,
    say_prices,
)
from outcomes.render.words.difference import (
    ANSWERS,
    answer_outcomes,
    lead_outcomes,
    main_result,
    read_measure,
    say_absent,
    say_measure,
    say_reading,
)
from outcomes.render.words.evidence import (
    lead_evidence,
    say_claims,
    say_topics,
)
from outcomes.render.words.missing import (
    list_patterns,
    picture_missing,
    picture_tipping,
    say_missing,
)
from outcomes.render.words.people import (
    list_accounts,
    list_compared,
    list_reasons,
    say_not_recorded,
    say_share_completed,
)
from outcomes.render.words.pictures import (
    picture_attendance,
    picture_course,
    picture_forest,
    picture_likeness,
    picture_overlap,
    picture_pace,
    picture_trajectory,
)
from outcomes.render.words.plainly import (
    name_topic,
    say_completion_plainly,
    say_plainly,
)
from outcomes.render.words.precision import (
    lead_precision,
    say_equivalence,
)
from outcomes.render.words.retention import (
    say_hazards,
    say_retention,
)
from outcomes.render.words.second import (
    list_second,
    say_second,
)
from outcomes.render.words.sessions import (
    lead_sessions,
    say_dose,
    say_order,
    say_pace,
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
    "list_characteristics",
    "list_compared",
    "list_patterns",
    "list_reasons",
    "list_second",
    "list_ways",
    "main_result",
    "name_column",
    "name_topic",
    "needs",
    "picture_agreement",
    "picture_attendance",
    "picture_course",
    "picture_forest",
    "picture_likeness",
    "picture_love",
    "picture_missing",
    "picture_overlap",
    "picture_pace",
    "picture_tipping",
    "picture_trajectory",
    "read_completion",
    "read_measure",
    "say_absent",
    "say_agreement",
    "say_alike",
    "say_apart",
    "say_balance",
    "say_claims",
    "say_completion",
    "say_completion_plainly",
    "say_confounding",
    "say_dose",
    "say_equivalence",
    "say_hazards",
    "say_measure",
    "say_missing",
    "say_not_recorded",
    "say_order",
    "say_pace",
    "say_penalty",
    "say_plainly",
    "say_price",
    "say_prices",
    "say_reading",
    "say_retention",
    "say_second",
    "say_share_completed",
    "say_streams",
    "say_talking_therapies",
    "say_topics",
]
