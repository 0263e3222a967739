"""Every question that a report answers, in the order of its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analyses import (
    agreement,
    balance,
    baseline,
    change,
    completion,
    confounding,
    costs,
    evidence,
    flow,
    independent,
    missing,
    needs,
    outcomes,
    precision,
    retention,
    sessions,
)
from outcomes.analyses.contract import Analysis

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
