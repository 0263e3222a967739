"""The seven questions of a clinic, and how far this report answers each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.core.estimates import NotEstimable
from outcomes.render.reading import read_difference, read_limits
from outcomes.render.words import ANSWERS, is_apart, main_result

if TYPE_CHECKING:
    from outcomes.render.quote import Quoter
    from outcomes.render.reading import Answer

NOT_YET = "not in this version"


class Question(NamedTuple):
    """A question, its answer in two or three words, and the section that holds it."""

    text: str
    status: str
    section: str


def list_questions(quoter: Quoter) -> list[Question]:
    """List them in the order of the clinic."""
    return [
        Question("Do people in the full programme improve more?", _improve(quoter), "outcomes"),
        Question("Are they more likely to complete the skills group?", _complete(quoter), "completion"),
        Question("How sure can one be?", "see “How sure”", "trust"),
        Question("For whom?", _is_there(quoter, "needs"), "needs"),
        Question("What happens in individual sessions?", _is_there(quoter, "sessions"), "sessions"),
        Question("What does it cost?", _is_there(quoter, "costs"), "costs"),
        Question("How does it sit in the published evidence?", _is_there(quoter, "evidence"), "evidence"),
    ]


def _improve(quoter: Quoter) -> str:
    if is_apart(quoter):
        return ANSWERS["cannot"]
    plan = quoter.plan_model
    answers: list[Answer] = [
        read_difference(quoter.get(main_result(quoter, word)), plan.measures[word]).answer
        for word in plan.primary_measures
    ]
    if len(set(answers)) == 1:
        return ANSWERS[answers[0]]
    return "partly answered"


def _complete(quoter: Quoter) -> str:
    if is_apart(quoter):
        return ANSWERS["cannot"]
    reading = read_limits(quoter.get("completion.adjusted.difference"), sign=1.0, worthwhile=None)
    return ANSWERS[reading.answer]


def _is_there(quoter: Quoter, *words: str) -> str:
    found = quoter.registry.under(*words)
    return NOT_YET if all(isinstance(outcome, NotEstimable) for outcome in found) else "answered"
