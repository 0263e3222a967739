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
from outcomes.render.words.evidence import lead_evidence, say_claims, say_topics
from outcomes.render.words.precision import lead_precision

__all__ = [
    "ANSWERS",
    "answer_outcomes",
    "lead_change",
    "lead_evidence",
    "lead_outcomes",
    "lead_precision",
    "main_result",
    "say_absent",
    "say_claims",
    "say_completion",
    "say_confounding",
    "say_measure",
    "say_topics",
]
