"""The plain sentences of each section, each with its numbers bound."""

from outcomes.render.words.change import lead_change
from outcomes.render.words.completion import say_completion
from outcomes.render.words.confounding import say_confounding
from outcomes.render.words.costs import lead_costs, say_price, say_prices
from outcomes.render.words.difference import (
    ANSWERS,
    answer_outcomes,
    lead_outcomes,
    main_result,
    say_absent,
    say_measure,
)
from outcomes.render.words.precision import lead_precision
from outcomes.render.words.sessions import lead_sessions, say_dose, say_order, say_pace

__all__ = [
    "ANSWERS",
    "answer_outcomes",
    "lead_change",
    "lead_costs",
    "lead_outcomes",
    "lead_precision",
    "lead_sessions",
    "main_result",
    "say_absent",
    "say_completion",
    "say_confounding",
    "say_dose",
    "say_measure",
    "say_order",
    "say_pace",
    "say_price",
    "say_prices",
]
