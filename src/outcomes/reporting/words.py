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
    picture_attendance,
    read_completion,
    say_completion,
    say_penalty,
    say_streams,
)
from outcomes.questions.confounding.words import (
    say_confounding,
)
from outcomes.questions.evidence.words import (
    lead_evidence,
    say_claims,
    say_topics,
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
from outcomes.questions.precision.words import (
    lead_precision,
    say_equivalence,
)
from outcomes.questions.retention.words import (
    say_hazards,
    say_retention,
)

__all__ = [
    "is_apart",
    "lead_evidence",
    "lead_precision",
    "list_characteristics",
    "list_patterns",
    "list_second",
    "name_column",
    "picture_attendance",
    "picture_love",
    "picture_missing",
    "picture_overlap",
    "picture_tipping",
    "read_completion",
    "say_absent",
    "say_alike",
    "say_apart",
    "say_balance",
    "say_claims",
    "say_completion",
    "say_confounding",
    "say_equivalence",
    "say_hazards",
    "say_missing",
    "say_penalty",
    "say_retention",
    "say_second",
    "say_streams",
    "say_topics",
]
