"""The plain sentences of each section, each with its numbers bound."""

from outcomes.blocks.columns import (
    name_column,
)
from outcomes.blocks.refusals import is_apart, say_absent
from outcomes.questions.balance.words import (
    list_characteristics,
    picture_love,
    picture_overlap,
    say_alike,
    say_apart,
    say_balance,
)
from outcomes.questions.completion.words import (
    read_completion,
    say_completion,
    say_penalty,
)
from outcomes.questions.confounding.words import (
    say_confounding,
)
from outcomes.questions.costs.words import (
    lead_costs,
    say_price,
    say_prices,
)
from outcomes.questions.independent.words import (
    list_second,
    say_second,
)
from outcomes.questions.missing.words import (
    list_patterns,
    picture_missing,
    picture_tipping,
    say_missing,
)
from outcomes.questions.needs import words as needs
from outcomes.questions.precision.words import (
    lead_precision,
    say_equivalence,
)
from outcomes.questions.sessions.words import (
    lead_sessions,
    picture_course,
    picture_pace,
    say_dose,
    say_order,
    say_pace,
)

__all__ = [
    "is_apart",
    "lead_costs",
    "lead_precision",
    "lead_sessions",
    "list_characteristics",
    "list_patterns",
    "list_second",
    "name_column",
    "needs",
    "picture_course",
    "picture_love",
    "picture_missing",
    "picture_overlap",
    "picture_pace",
    "picture_tipping",
    "read_completion",
    "say_absent",
    "say_alike",
    "say_apart",
    "say_balance",
    "say_completion",
    "say_confounding",
    "say_dose",
    "say_equivalence",
    "say_missing",
    "say_order",
    "say_pace",
    "say_penalty",
    "say_price",
    "say_prices",
    "say_second",
]
