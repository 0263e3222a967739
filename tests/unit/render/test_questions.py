"""The seven questions: each status follows from stored results, as drawn in these tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import made
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import read_plan
from outcomes.reporting import questions
from outcomes.reporting.certainty import FAIR, GOOD, POOR, Line
from outcomes.reporting.questions import list_questions
from outcomes.results import Key
from outcomes.results.outcome import Estimate, Interval, NotEstimable, Outcome
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.results.verdict import Bar, Comparison, Limits
from outcomes.results.ways import VERDICT_ON_COMPLETION, verdict_of

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.outcome import Cause

SOURCE = Provenance(analysis="a", question="?", code="c", files=(), digest="d", seed=None)
MAIN = Key("mmrm", "mood", "end", "difference")
VERDICT = verdict_of("mood", "end")
COMPLETED = Key("completion", what="difference", category="adjusted")
NEEDS = Key("needs", "mood", "end", "interaction", subject="gender")
AGENDA = Key("sessions", what="share", subject="agenda_set")
COST, PRICE = Key("costs", what="difference"), Key("costs", "mood", what="price", subject="improvement")
DIRECT = Key("evidence", what="rows", category="direct")

AMONG = "among similar people 1 in Full programme"


def estimate(key: Key, low: float, high: float, unit: str = "points") -> Estimate:
    limits = Interval(level=0.95, low=low, high=high)
    return made.estimate(key, label="x", value=(low + high) / 2, unit=unit, interval=limits)


def read(low: float, high: float, **comparison: Any) -> Estimate:
    limits = Limits(low=low, high=high)
    return made.verdict(VERDICT, Comparison(main=limits, worthwhile=5.0, **comparison))


def read_completion(low: float, high: float) -> list[Outcome]:
    limits = Limits(low=low, high=high)
    return [estimate(COMPLETED, low, high), made.verdict(VERDICT_ON_COMPLETION, Comparison(main=limits))]


def number(key: Key, value: float) -> Estimate:
    return made.estimate(key, label="x", value=value, unit="number")


def absent(key: Key, reason: str, cause: Cause = "not possible") -> NotEstimable:
    return made.refused(key, label="x", reason=reason, cause=cause)


def topic(word: str, rows: int) -> list[Outcome]:
    key = Key("evidence", what="rows", subject=word)
    counted = made.estimate(key, label=f"{word}: direct comparisons", value=rows, unit="number", named=word)
    return [counted, absent(key.but(what="pooled"), "Only one.")]


DRAWN: dict[str, tuple[str, list[Outcome], str, str]] = {
    # section: the results that are there, the status, what is said besides
    "the interval reaches the worthwhile difference": ("outcomes", [read(6, 9)], "answered", "Low mood: 1"),
    "the interval tells the direction alone": ("outcomes", [read(1, 9)], "partly answered", "Low mood: 1"),
    "Holm's p-value is too large": (
        "outcomes",
        [read(6, 9, p_holm=0.06)],
        "leans, and is not settled",
        "Low mood: 1",
    ),
    "the interval spans both directions": ("outcomes", [read(-3, 9)], "the data do not tell", "Low mood: 1"),
    "every programme is a group": (
        "outcomes",
        [read(6, 9, bars=frozenset({Bar.ONE_GROUP_EACH}))],
        "this data cannot answer",
        "each programme is one group",
    ),
    "the difference could not be computed": (
        "outcomes",
        [absent(MAIN, "No end."), made.verdict(VERDICT, Comparison(main=None))],
        "this data cannot answer",
        "No end.",
    ),
    "the difference is hidden": ("outcomes", [], "not shown in this edition", ""),
    "completion on one side": ("completion", read_completion(0.1, 0.3), "answered", AMONG),
    "completion on both sides": ("completion", read_completion(-0.1, 0.3), "the data do not tell", AMONG),
    "completion not recorded": (
        "completion",
        [
            absent(COMPLETED, "attendance.csv was not provided.", "not provided"),
            made.verdict(VERDICT_ON_COMPLETION, Comparison(main=None)),
        ],
        "not provided",
        "attendance.csv was not provided.",
    ),
    "an interaction that excludes none": (
        "needs",
        [estimate(NEEDS, 1, 3)],
        "explored, not answered",
        "it may differ by gender on Low mood",
    ),
    "interactions that are too wide": ("needs", [estimate(NEEDS, -1, 3)], "left open", "too wide"),
    "interactions that cannot be computed": (
        "needs",
        [absent(NEEDS, "Too few.")],
        "this data cannot answer",
        "Too few.",
    ),
    "levels that stand out by their joint test": (
        "needs",
        [
            made.estimate(NEEDS, label="by gender", value=9.0, unit="number", p_value=0.01),
            number(Key("needs", what="looks"), 6),
        ],
        "explored, not answered",
        "it may differ by gender on Low mood",
    ),
    "levels that do not, though one of them would": (
        "needs",
        [
            made.estimate(NEEDS, label="by gender", value=1.0, unit="number", p_value=0.4),
            estimate(NEEDS.but(category="man"), 1, 3),
        ],
        "left open",
        "too wide",
    ),
    "no moderator declared": (
        "needs",
        [
            absent(Key("needs", what="moderators"), "The plan declares nothing."),
            number(Key("needs", what="people", arm="full", subject="a"), 4),
        ],
        "not asked in the plan",
        "The plan declares nothing.",
    ),
    "nothing about needs": ("needs", [], "not asked in the plan", ""),
    "components of sessions": ("sessions", [number(AGENDA, 0.4)], "described", "an agenda was set in 1"),
    "only alliance": (
        "sessions",
        [
            absent(AGENDA, "sessions.csv was not provided.", "not provided"),
            number(Key("alliance", visit="end", what="mean", arm="full"), 40),
        ],
        "partly described",
        "the working relationship is described below; sessions.csv was not provided.",
    ),
    "how soon people improve alone": (  # it was called a description of the sessions
        "sessions",
        [
            absent(AGENDA, "sessions.csv was not provided.", "not provided"),
            number(Key("pace", "mood", what="median", arm="full"), 8),
        ],
        "not provided",
        "sessions.csv was not provided.",
    ),
    "no sessions at all": (
        "sessions",
        [absent(AGENDA, "sessions.csv was not provided.", "not provided")],
        "not provided",
        "sessions.csv",
    ),
    "costs and what they buy": (
        "costs",
        [estimate(COST, 100, 900, "currency"), number(PRICE, 4000)],
        "answered",
        "1 more a person in Full programme",
    ),
    "costs without an effect to divide by": (
        "costs",
        [estimate(COST, 100, 900, "currency"), absent(PRICE, "It spans zero.")],
        "partly answered",
        "It spans zero.",
    ),
    "no unit costs": (
        "costs",
        [absent(COST, "costs.csv was not provided.", "not provided")],
        "not provided",
        "costs.csv",
    ),
    "evidence on all": ("evidence", [number(DIRECT, 1), *topic("a", 1)], "shown", "1 comparison on a"),
    "evidence on some": (
        "evidence",
        [number(DIRECT, 1), *topic("a", 1), *topic("b", 0)],
        "shown in part",
        "1 comparison on a and none on b",
    ),
    "evidence on nothing": (
        "evidence",
        [number(DIRECT, 0), *topic("a", 0)],
        "left open",
        "no comparison",
    ),
    "no table of evidence": (
        "evidence",
        [absent(DIRECT, "evidence.csv was not provided.", "not provided")],
        "not provided",
        "evidence.csv",
    ),
}


@pytest.mark.parametrize("case", DRAWN)
def test_a_status_follows_from_the_results(small_study: Path, case: str) -> None:
    section, results, status, why = DRAWN[case]
    registry = Registry(Record(outcome=one, provenance=SOURCE, text="1") for one in results)
    plan = small_study / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + '[needs]\nmoderators = ["gender"]\n', encoding="utf-8")
    quoter = Quoter(registry, read_plan(plan), {})
    found = next(question for question in list_questions(quoter) if question.section == section)
    assert found.status == status
    assert why in found.why.plain
    assert bool(why) == bool(found.why)


@pytest.mark.parametrize(("section", "status"), [("needs", "this data cannot answer"), ("costs", "partly answered")])
def test_people_who_cannot_be_compared_tell_neither_for_whom_nor_what_it_buys(
    small_study: Path, section: str, status: str
) -> None:
    results = [
        number(Key("balance", what="comparable"), 0),
        estimate(NEEDS, 1, 3),
        number(COST, 1000),
        number(PRICE, 9000),
    ]
    registry = Registry(Record(outcome=one, provenance=SOURCE, text="1") for one in results)
    quoter = Quoter(registry, read_plan(small_study / "plan.toml"), {})
    assert next(one for one in list_questions(quoter) if one.section == section).status == status


def test_a_price_that_an_edition_hides_is_named_beside_those_that_there_are(small_study: Path) -> None:
    """The edition to share gave the reason for two of three measures, and of the third not a word."""
    plan = read_plan(small_study / "plan.toml")
    other = plan.measures["mood"].model_copy(update={"label": "Calm"})
    plan = plan.model_copy(update={"measures": {**plan.measures, "calm": other}})
    results = [number(COST, 1000), absent(PRICE.but(measure="calm"), "None.")]
    registry = Registry(Record(outcome=one, provenance=SOURCE, text="1") for one in results)
    told = {
        edition: next(
            one for one in list_questions(Quoter(registry, plan, {"edition": edition})) if one.section == "costs"
        )
        for edition in ("internal", "share")
    }
    hidden = "what one more person improved costs is not shown in this edition on Low mood"
    assert hidden in told["share"].why.plain
    assert "no price on Calm: None." in told["share"].why.plain
    assert hidden not in told["internal"].why.plain


GRADES = {
    "all good": ((GOOD, GOOD), "as sure as people who were not allocated at random allow"),
    "one fair": ((GOOD, FAIR), "fairly, less so for seen"),
    "one poor": ((POOR, FAIR), "with doubts about size"),
    "two poor": ((POOR, POOR), "with doubts about size and seen"),
}


@pytest.mark.parametrize("case", GRADES)
def test_the_poorest_line_decides_how_sure(small_study: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    grades, words = GRADES[case]
    lines = [Line(grade, what, Phrase("x"), Phrase("x")) for grade, what in zip(grades, ("Size", "Seen"), strict=True)]
    monkeypatch.setattr(questions, "judge", lambda _: lines)
    quoter = Quoter(Registry([]), read_plan(small_study / "plan.toml"), {})
    found = next(question for question in list_questions(quoter) if question.section == "trust")
    assert found.status == words


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        (POOR, "with doubts about methods; not all that decides it is shown in this edition"),
        (FAIR, "not all that decides it is shown in this edition"),
        (GOOD, "not all that decides it is shown in this edition"),
    ],
)
def test_an_edition_that_hides_a_line_is_no_surer_than_the_one_inside(
    small_study: Path, monkeypatch: pytest.MonkeyPatch, grade: str, words: str
) -> None:
    """It read "fairly, less so for methods" where the edition inside has doubts about size and groups."""
    monkeypatch.setattr(questions, "judge", lambda _: [Line(grade, "Methods", Phrase("x"), Phrase("x"))])
    quoter = Quoter(Registry([]), read_plan(small_study / "plan.toml"), {"edition": "share"})
    found = next(question for question in list_questions(quoter) if question.section == "trust")
    assert found.status == words


def test_a_question_of_which_a_measure_is_hidden_is_not_answered(small_study: Path) -> None:
    """Where the others were hidden it read “answered”, for one measure alone."""
    plan = small_study / "plan.toml"
    text = plan.read_text(encoding="utf-8").replace('role = "secondary"', 'role = "primary"')
    plan.write_text(text, encoding="utf-8")
    quoter = Quoter(Registry([Record(outcome=read(6, 9), provenance=SOURCE, text="better")]), read_plan(plan), {})
    found = next(question for question in list_questions(quoter) if question.section == "outcomes")
    assert found.status == "partly answered"
    assert found.why.plain == "Low mood: better; Skills use: not shown in this edition"
