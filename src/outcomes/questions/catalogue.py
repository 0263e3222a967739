"""Every question that a report answers, in the order of its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.contract import Analysis
from outcomes.questions.agreement import analysis as agreement
from outcomes.questions.balance import analysis as balance
from outcomes.questions.baseline import analysis as baseline
from outcomes.questions.change import analysis as change
from outcomes.questions.completion import analysis as completion
from outcomes.questions.confounding import analysis as confounding
from outcomes.questions.costs import analysis as costs
from outcomes.questions.evidence import analysis as evidence
from outcomes.questions.flow import analysis as flow
from outcomes.questions.independent import analysis as independent
from outcomes.questions.missing import analysis as missing
from outcomes.questions.needs import analysis as needs
from outcomes.questions.outcomes import analysis as outcomes
from outcomes.questions.precision import analysis as precision
from outcomes.questions.retention import analysis as retention
from outcomes.questions.sessions import analysis as sessions

if TYPE_CHECKING:
    from collections.abc import Mapping

CLIENTS = "clients.csv"
SCORES = ("scores.csv", "items/")
ATTENDANCE = "attendance.csv"

_ALL = (
    Analysis(
        name="flow",
        question="Who started, who completed, who was seen when?",
        tables=(CLIENTS, *SCORES, ATTENDANCE),
        analyse=flow.analyse,
    ),
    Analysis(
        name="baseline",
        question="How alike were the arms at the start?",
        tables=(CLIENTS, *SCORES),
        analyse=baseline.analyse,
    ),
    Analysis(
        name="outcomes",
        question="Do people in the full programme improve more?",
        tables=(CLIENTS, *SCORES),
        analyse=outcomes.analyse,
    ),
    Analysis(
        name="completion",
        question="Are they more likely to complete?",
        tables=(CLIENTS, ATTENDANCE),
        analyse=completion.analyse,
    ),
    Analysis(
        name="retention",
        question="How long do people stay?",
        tables=(CLIENTS, ATTENDANCE, "sessions.csv"),
        analyse=retention.analyse,
    ),
    Analysis(
        name="change",
        question="How many people change, and how?",
        tables=(CLIENTS, *SCORES),
        analyse=change.analyse,
    ),
    Analysis(
        name="balance",
        question="Does the answer hold when the arms are made alike?",
        tables=(CLIENTS, *SCORES),
        analyse=balance.analyse,
    ),
    Analysis(
        name="missing",
        question="Does the answer hold if those not seen did worse?",
        tables=(CLIENTS, *SCORES),
        analyse=missing.analyse,
        draws=True,
    ),
    Analysis(
        name="confounding",
        question="How strong would something not recorded have to be?",
        tables=(CLIENTS, *SCORES),
        analyse=confounding.analyse,
    ),
    Analysis(
        name="agreement",
        question="How much does the answer depend on the method?",
        tables=(CLIENTS, *SCORES),
        conclude=agreement.conclude,
    ),
    Analysis(
        name="independent",
        question="Does other code find the same?",
        tables=(CLIENTS, *SCORES, ATTENDANCE, "sessions.csv"),
        conclude=independent.conclude,
    ),
    Analysis(
        name="needs",
        question="For whom?",
        tables=(CLIENTS, *SCORES),
        analyse=needs.analyse,
    ),
    Analysis(
        name="sessions",
        question="What happens in 121 sessions?",
        tables=(CLIENTS, *SCORES, "sessions.csv", ATTENDANCE),
        analyse=sessions.analyse,
        draws=True,
    ),
    Analysis(
        name="costs",
        question="What does it cost, in money and in the client's time?",
        tables=(CLIENTS, *SCORES, "costs.csv", ATTENDANCE),
        analyse=costs.analyse,
        draws=True,
    ),
    Analysis(
        name="evidence",
        question="What do others find?",
        tables=("evidence.csv", CLIENTS, *SCORES, ATTENDANCE),
        conclude=evidence.conclude,
    ),
    Analysis(
        name="precision",
        question="How many more people would settle it?",
        tables=(CLIENTS, *SCORES),
        analyse=precision.analyse,
        conclude=precision.conclude,
    ),
)

CATALOGUE: Mapping[str, Analysis] = {analysis.name: analysis for analysis in _ALL}
