"""The plain sentences of each section, each with its numbers bound."""

from outcomes.render.words.agreement import list_ways, picture_agreement, say_agreement
from outcomes.render.words.balance import (
    is_apart,
    list_characteristics,
    picture_love,
    say_alike,
    say_apart,
    say_balance,
)
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
from outcomes.render.words.precision import lead_precision

__all__ = [
    "ANSWERS",
    "answer_outcomes",
    "is_apart",
    "lead_change",
    "lead_outcomes",
    "lead_precision",
    "list_characteristics",
    "list_ways",
    "main_result",
    "picture_agreement",
    "picture_love",
    "say_absent",
    "say_agreement",
    "say_alike",
    "say_apart",
    "say_balance",
    "say_completion",
    "say_confounding",
    "say_measure",
]
