"""The plain sentences of each section, each with its numbers bound."""

from outcomes.render.words.change import lead_change
from outcomes.render.words.completion import say_completion
from outcomes.render.words.confounding import say_confounding
from outcomes.render.words.difference import (
    ANSWERS,
    answer_outcomes,
    lead_outcomes,
    main_result,
    say_absent,
    say_measure,
)
from outcomes.render.words.missing import list_patterns, say_missing
from outcomes.render.words.precision import lead_precision

__all__ = [
    "ANSWERS",
    "answer_outcomes",
    "lead_change",
    "lead_outcomes",
    "lead_precision",
    "list_patterns",
    "main_result",
    "say_absent",
    "say_completion",
    "say_confounding",
    "say_measure",
    "say_missing",
]
