"""What is said beside a verdict: other visits, what would settle it, how large the study is, and the secondary ones."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import made
from outcomes.blocks.context import Context
from outcomes.blocks.html import to_html
from outcomes.blocks.model import Table
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import parse_plan
from outcomes.questions.completion.words import say_difference
from outcomes.questions.precision.words import lead_precision, say_needed_in_short
from outcomes.questions.verdict.words import name_elsewhere, say_in_full
from outcomes.reporting import first_page
from outcomes.reporting.certainty import judge
from outcomes.reporting.summary import summarise
from outcomes.results import Key
from outcomes.results.outcome import Interval
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.results.verdict import Bar, Cap, Comparison, orient
from outcomes.results.ways import VERDICT_ON_COMPLETION, verdict_of
from outcomes.runs import with_texts

if TYPE_CHECKING:
    from outcomes.results.outcome import Estimate, Outcome

PLAN = """\
version = 1
title = "A plan"
[arms]
full = { value = "1", label = "Both" }
skills = { value = "0", label = "Group" }
[visits]
start = { label = "Start", week = 0 }
end = { label = "End", week = 24 }
later = { label = "Later", week = 48 }
primary = "end"
[measures.calm]
label = "Calm"
domain = "mindfulness"
role = "primary"
better = "higher"
range = [0, 100]
worthwhile = 4
[measures.mood]
label = "Mood"
domain = "symptoms"
role = "secondary"
better = "lower"
range = [0, 100]
[measures.other]
label = "Other"
domain = "other"
role = "secondary"
better = "lower"
range = [0, 100]
[completion]
column = "completed"
"""
SOURCE = Provenance(analysis="a", question="?", code="c", files=(), digest="d", seed=None)
COMPLETED = Key("completion", what="difference", category="adjusted")


def compare(measure: str, visit: str, low: float, high: float, *, n: int = 60, **comparison: Any) -> list[Outcome]:
    """Make the main comparison of a measure at a visit, and its verdict."""
    sign, worthwhile = (1.0, 4.0) if measure == "calm" else (-1.0, None)
    main = made.estimate(
        Key("mmrm", measure, visit, "difference"),
        unit="points",
        value=(low + high) / 2,
        interval=Interval(level=0.95, low=low, high=high),
        n=2 * n,
        n_full=n,
        n_skills=n,
    )
    limits = orient(low, high, sign=sign)
    return [
        main,
        made.verdict(
            verdict_of(measure, visit),
            Comparison(main=limits, worthwhile=worthwhile, people=(n, n), **comparison),
        ),
    ]


def started(n: int) -> list[Outcome]:
    return [made.estimate(Key("flow", arm=arm, what="started"), unit="people", value=n) for arm in ("full", "skills")]


def needed(people: float) -> Estimate:
    return made.estimate(Key("precision", "calm", "end", "clients_needed"), unit="number", value=people)


def quoter_of(*outcomes: Outcome) -> Quoter:
    plan = parse_plan(PLAN.encode())
    registry = with_texts(Registry(Record(outcome=one, provenance=SOURCE, text="") for one in outcomes), plan)
    return Quoter(registry, plan, {})


def page(quoter: Quoter) -> str:
    context = Context(quoter, quoter.plan_model, "internal", {}, frozenset())
    return str(first_page.make_section(context))


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        # too small either way, and at a later visit one does better
        ((-1.0, 3.0), (1.0, 6.0), "at Later: better in Both; whether worthwhile stays open"),
        ((1.0, 6.0), (4.5, 8.0), "at Later: better in Both, by a worthwhile amount"),
        ((1.0, 6.0), (-6.0, -1.0), "at Later: better in Group; whether worthwhile stays open"),
        ((1.0, 6.0), (1.5, 6.0), ""),
        ((1.0, 6.0), (-1.0, 6.0), ""),
    ],
)
def test_a_visit_at_which_more_is_told_or_the_contrary_is_named(
    here: tuple[float, float], there: tuple[float, float], said: str
) -> None:
    quoter = quoter_of(*compare("calm", "end", *here), *compare("calm", "later", *there))
    assert name_elsewhere(quoter, "calm").plain == said


def test_a_visit_that_tells_more_begins_a_line_of_its_own_on_the_page() -> None:
    """It ran into the verdict before it: “worthwhileat Later”, since what looks alike is put into one element."""
    quoter = quoter_of(*compare("calm", "end", -1.0, 3.0), *compare("calm", "later", 1.0, 6.0))
    section = first_page.make_section(Context(quoter, quoter.plan_model, "internal", {}, frozenset()))
    table = next(block for block in section.blocks if isinstance(block, Table))
    found = to_html(table.rows[0][1].phrase)
    assert "too small either way to be worthwhile</a></data></span>" in found
    assert found.count('class="reading line') == 2


def test_a_visit_that_tells_more_stands_on_the_page_and_on_the_terminal() -> None:
    """A difference of 5.5 at the last visit went unmentioned beside “too small either way”."""
    completed = made.estimate(
        COMPLETED, unit="share_difference", value=0.1, interval=Interval(level=0.95, low=-0.1, high=0.3)
    )
    quoter = quoter_of(
        *compare("calm", "end", -1.0, 3.0),
        *compare("calm", "later", 1.0, 6.0),
        *compare("mood", "end", -3.0, -1.0),
        *started(60),
        completed,
        made.verdict(VERDICT_ON_COMPLETION, Comparison(main=orient(-0.1, 0.3, sign=1.0))),
    )
    assert "better in Both; whether worthwhile stays open" in page(quoter)
    rows = summarise(quoter.registry, quoter.plan_model)
    assert [row.measure for row in rows] == ["Calm", "Mood (secondary)", "Completed"]
    assert rows[0].reading.endswith("at Later: better in Both; whether worthwhile stays open")


@pytest.mark.parametrize(
    ("low", "high", "n", "grade"),
    [
        (0.0, 4.0, 60, "good"),
        (0.0, 4.1, 60, "fair"),
        (0.0, 8.0, 60, "fair"),
        (0.0, 8.1, 60, "poor"),
        (0.0, 2.0, 19, "poor"),
        (0.0, 2.0, 20, "good"),
    ],
)
def test_the_size_is_judged_by_the_width_of_the_main_interval_and_by_twenty_people(
    low: float, high: float, n: int, grade: str
) -> None:
    quoter = quoter_of(*compare("calm", "end", low, high, n=n), *started(n))
    assert next(line.grade for line in judge(quoter) if line.what == "Size") == grade


def test_as_many_people_as_are_there_are_not_said_to_be_enough_where_the_question_is_open() -> None:
    open_one = quoter_of(*compare("calm", "end", -1.0, 6.0), *started(60), needed(112))
    assert "the question is open for Calm is no contradiction" in lead_precision(open_one).plain
    for quoter in (
        quoter_of(*compare("calm", "end", -1.0, 6.0), *started(60), needed(121)),
        quoter_of(*compare("calm", "end", 1.0, 3.0), *started(60), needed(112)),
    ):
        assert "no contradiction" not in lead_precision(quoter).plain


def test_the_first_page_counts_people_only_where_they_are_wanting() -> None:
    """“What would settle it: 53, 101, 112” stood where 180 had started and the question was open."""
    for asked, wanted, is_enough in (
        (quoter_of(*compare("calm", "end", -1.0, 6.0), *started(60), needed(121)), "121 people", False),
        (quoter_of(*compare("calm", "end", -1.0, 6.0), *started(60), needed(120)), "(120 people for ", True),
        (quoter_of(*compare("calm", "end", 1.0, 3.0), *started(60), needed(121)), "", False),  # answered
    ):
        said = say_needed_in_short(asked).plain
        assert (wanted in said) if wanted else "people" not in said
        assert ("as many started as find a worthwhile difference" in said) is is_enough
        assert bool(said) is bool(wanted or is_enough)


def test_of_one_group_each_no_number_of_people_is_said_to_be_enough() -> None:
    asked = {"bars": frozenset({Bar.ONE_GROUP_EACH})}
    for told, is_said in ((asked, True), ({}, False)):
        quoter = quoter_of(*compare("calm", "end", 1.0, 6.0, **told), *started(60), needed(168))
        said = lead_precision(quoter).plain
        assert "168 people" in said
        assert ("more people in the same groups would not help" in said) is is_said


@pytest.mark.parametrize(
    ("asked", "said", "left_out"),
    [
        ({"bars": frozenset({Bar.ONE_GROUP_EACH})}, "Several groups in each programme", "Planned anew"),
        ({"caps": frozenset({Cap.FEW_GROUPS})}, "More groups, or groups that hold people of both", ""),
        ({"caps": frozenset({Cap.GROUPS_UNKNOWN})}, "Recording who shared a group", ""),
    ],
)
def test_what_would_settle_it_names_the_groups_where_they_stand_in_the_way(
    asked: dict[str, Any], said: str, left_out: str
) -> None:
    text = page(quoter_of(*compare("calm", "end", 1.0, 6.0, **asked), *started(60), needed(112)))
    assert said in text
    assert not left_out or left_out not in text


def count_ways(agree: int, compared: int) -> list[Outcome]:
    told = {"agree": agree, "compared": compared}
    return [made.estimate(Key("agreement", "calm", "end", what), unit="number", value=n) for what, n in told.items()]


@pytest.mark.parametrize(
    ("agree", "head"), [(8, "Methods: agree"), (7, "Methods: mostly agree"), (1, "Methods: differ")]
)
def test_whether_other_ways_tell_the_same_is_no_grade_of_the_methods(agree: int, head: str) -> None:
    """“Methods: poor” stood beside “too small either way” and beside “does not tell”."""
    quoter = quoter_of(*compare("calm", "end", -1.0, 6.0), *started(60), *count_ways(agree, 8))
    (line,) = (line for line in judge(quoter) if line.what == "Methods")
    assert line.head.plain == head
    assert "methods good" not in page(quoter).lower()


def groups_of(*, shaken: bool = False, **comparison: Any) -> str:
    main, told = compare("calm", "end", -1.0, 6.0, **comparison)
    told = replace(told, verdict=replace(told.verdict, is_shaken=shaken))
    mixed = made.estimate(Key("mixed", "calm", "end", "difference"), unit="points", value=2.0)
    (line,) = (line for line in judge(quoter_of(main, told, mixed, *started(60))) if line.what == "Groups")
    return line.head.plain


def test_groups_are_said_to_be_allowed_for_only_where_each_way_of_it_tells_the_same() -> None:
    """They were “good” where the interval by groups reached zero, and where a cap was in force but took nothing."""
    assert groups_of() == "Groups: allowed for"
    assert groups_of(shaken=True) == "Groups: another answer"
    assert groups_of(caps=frozenset({Cap.GROUPS_UNKNOWN})) == "Groups: not fully allowed for"


def completed(low: float, high: float) -> list[Outcome]:
    interval = Interval(level=0.95, low=low, high=high)
    found = made.estimate(COMPLETED, unit="share_difference", value=(low + high) / 2, interval=interval)
    return [found, made.verdict(VERDICT_ON_COMPLETION, Comparison(main=orient(low, high, sign=1.0)))]


def test_a_difference_in_completion_that_rounds_to_nothing_is_in_no_programme() -> None:
    """It said “among similar people 0 in 100 in Full programme”."""
    assert say_difference(quoter_of(*completed(-0.2, 0.2))).plain == "among similar people the difference is 0 in 100"
    assert say_difference(quoter_of(*completed(0.1, 0.2))).plain == "among similar people 15 in 100 more in Both"


@pytest.mark.parametrize(
    ("skills", "seen", "said"),
    [
        (60, 60, ""),
        (60, 50, "by fewer who are not seen at the visit “"),
        (30, 30, "by more people in the smaller programme."),
        (30, 20, "by more people in the smaller programme, and by fewer who are not seen at the visit “"),
    ],
)
def test_only_what_there_is_to_mend_is_said_to_narrow_the_intervals(skills: int, seen: int, said: str) -> None:
    began = [
        made.estimate(Key("flow", arm=arm, what="started"), unit="people", value=n)
        for arm, n in (("full", 60), ("skills", skills))
    ]
    observed = [
        made.estimate(Key("flow", "calm", "end", "observed", arm), unit="people", value=n)
        for arm, n in (("full", 60), ("skills", seen))
    ]
    text = page(quoter_of(*compare("calm", "end", -1.0, 6.0), *began, *observed))
    assert ("narrowed most" in text) == bool(said)
    assert said in text


def test_the_size_is_graded_by_the_exact_limits_and_people_whatever_an_edition_rounds_them_to() -> None:
    """2.65 of 5 each way is fair; rounded to 1.0 lower and 4.0 higher the edition to share said good."""
    main, told = compare("calm", "end", 0.0, 4.1)
    rounded = dataclasses.replace(main, interval=Interval(level=0.95, low=0.0, high=4.0))
    (line,) = (line for line in judge(quoter_of(rounded, told, *started(60))) if line.what == "Size")
    assert line.grade == "fair"
    main, told = compare("calm", "end", 0.0, 2.0, n=18)
    rounded = dataclasses.replace(main, n=40, n_full=20, n_skills=20)
    (line,) = (line for line in judge(quoter_of(rounded, told, *started(20))) if line.what == "Size")
    assert line.brief.plain == "fewer than twenty of a programme in the main comparison of Calm"


@pytest.mark.parametrize(
    ("seen", "inside", "shared"), [(80, "poor", ["poor"]), (90, "fair", []), (98, "fair", ["fair"])]
)
def test_no_grade_is_given_where_the_rounding_of_an_edition_could_make_it_another(
    seen: float, inside: str, shared: list[str]
) -> None:
    """45 of 60 is three quarters, and stood for 43 of 60: fair where the edition inside said poor."""
    observed = [
        made.estimate(Key("flow", "calm", "end", "observed", arm), unit="people", value=seen)
        for arm in ("full", "skills")
    ]
    quoter = quoter_of(*started(120), *observed)
    coarse = Quoter(quoter.registry, quoter.plan_model, {"edition": "share"})
    assert [line.grade for line in judge(quoter) if line.what == "Who was seen"] == [inside]
    assert [line.grade for line in judge(coarse) if line.what == "Who was seen"] == shared


def test_nothing_is_graded_where_what_could_decide_is_hidden() -> None:
    seen = made.estimate(Key("flow", "calm", "end", "observed", "full"), unit="people", value=60)
    assert not [line for line in judge(quoter_of(*started(60), seen)) if line.what == "Who was seen"]
    main, told = compare("calm", "end", 0.0, 2.0)
    assert {line.what for line in judge(quoter_of(main, told, *started(60)))} >= {"Size"}
    assert not {line.what for line in judge(quoter_of(main, *started(60)))} & {"Size", "Groups"}


def test_what_is_left_of_the_people_is_not_judged_by_the_start_where_an_edition_hides_it() -> None:
    """Inside the weights said fair; without them the largest difference at the start said poor."""
    before = made.estimate(Key("balance", subject="age", what="before"), unit="sd", value=-0.69)
    quoter = quoter_of(*started(60), before)
    coarse = Quoter(quoter.registry, quoter.plan_model, {"edition": "share"})
    assert [line.grade for line in judge(quoter) if line.what == "Overlap"] == ["poor"]
    assert not [line for line in judge(coarse) if line.what == "Overlap"]


def test_too_few_people_are_counted_where_the_rule_counts_them() -> None:
    """“20 and 20 people: fewer than twenty of a programme” counted those who started."""
    quoter = quoter_of(*compare("calm", "end", 0.0, 2.0, n=19), *started(20))
    (line,) = (line for line in judge(quoter) if line.what == "Size")
    assert line.brief.plain.startswith("19 and 19 people in the main comparison of Calm: fewer than twenty")


@pytest.mark.parametrize(("told", "said"), [(0.059, True), (0.03, False)])
def test_a_p_value_that_was_rounded_below_what_it_is_held_against_is_not_told_beside_it(
    told: float, *, said: bool
) -> None:
    p_value = made.estimate(Key("mmrm", "calm", "end", "p_holm"), unit="probability", value=told)
    quoter = quoter_of(*compare("calm", "end", 1.0, 6.0, p_holm=0.059), p_value)
    words = say_in_full(quoter, verdict_of("calm", "end"), Key("mmrm", "calm", "end", "difference")).plain
    assert ("(p " in words) == said
