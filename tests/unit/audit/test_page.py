"""The audit reads a page as a reader would: no number without a source, no quote that differs from its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import made
import small_study
from outcomes.audit.page import check_page
from outcomes.plan.read import parse_plan
from outcomes.results.outcome import Interval
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from pathlib import Path

RESULT = made.estimate(
    "mmrm.mood.end.difference",
    label="Mood 2",
    value=-4.2137,
    unit="points",
    interval=Interval(level=0.95, low=-8.1, high=-0.3),
    n=118,
    p_value=0.0004,
)
SOURCE = Provenance(analysis="outcomes", question="?", code="c", files=(), digest="d", seed=None)
REGISTRY = Registry([Record(outcome=RESULT, provenance=SOURCE, text="4.2 points lower")])
PLAN = parse_plan(small_study.PLAN.encode())
MANIFEST: dict[str, Any] = {"run": "7c1e", "plan": PLAN.model_dump(mode="json")}
GOOD = '<data value="-4.2137" data-id="mmrm.mood.end.difference">4.2 points lower</data>'
GOOD_PART = '<data value="-8.1" data-literal="result:mmrm.mood.end.difference#low">8.1</data>'
ENTRY = (
    '<p id="n-mmrm.mood.end.difference" data-literal="#entry"><b>Mood 2</b>: 4.2 points lower '
    "(interval 0.3 to 8.1 lower)<br><small>118 people; p &lt;0.001. <code>mmrm.mood.end.difference</code></small></p>"
)


def faults(tmp_path: Path, body: str) -> tuple[str, ...]:
    (tmp_path / "report.html").write_text(f"<html><style>p {{ top: 1px }}</style><body>{body}</body></html>")
    return check_page(tmp_path / "report.html", REGISTRY, MANIFEST).faults


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        f"<p>no number at all</p>{GOOD}",
        '<data value="-8.1" data-literal="result:mmrm.mood.end.difference#low">8.1</data>',
        '<span data-literal="result:mmrm.mood.end.difference#label">Mood 2</span>',
        '<div id="n-mmrm.mood.end.difference"><p><data value="-8.1" data-literal="#low">8.1</data></p></div>',
        ENTRY,
        ENTRY.replace(": 4.2 points", ":\n 4.2 <i>points</i>"),
        '<data value="118" data-literal="result:mmrm.mood.end.difference#n">118</data>',
        '<data value="-8.1" data-literal="result:mmrm.mood.end.difference#low">\u22128</data>',
        '<data value="0.0004" data-literal="result:mmrm.mood.end.difference#p_value">&lt;0.001</data>',
        '<span data-literal="plan:disclosure.minimum_count">8</span>',
        '<span data-literal="plan:confidence.level">95%</span>',
        '<span data-literal="manifest:run">7c1e</span>',
        '<span data-literal="text:121">121</span>',
        f"{GOOD}<svg><path d='M1 2'/></svg>",
    ],
)
def test_a_bound_number_is_accepted(tmp_path: Path, body: str) -> None:
    assert faults(tmp_path, body) == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<p>It fell by 4.2 points.</p>", "bound to nothing"),
        (
            '<div id="n-mmrm.mood.end.difference">a</div><data value="-8.1" data-literal="#low">8.1</data>',
            "no source",
        ),
        (
            '<div id="n-mmrm.mood.end.difference"><data value="-8" data-literal="#low">8</data></div>',
            "not the stored one",
        ),
        (GOOD.replace("4.2 points", "5.2 points"), "another text"),
        (GOOD.replace("-4.2137", "-4.3"), "another value"),
        (GOOD.replace("mmrm.mood", "mmrm.other"), "no result of this edition"),
        ('<data value="-8.2" data-literal="result:mmrm.mood.end.difference#low">8.2</data>', "not the stored one"),
        ('<data value="3" data-literal="result:mmrm.mood.end.difference#se">3</data>', "has no se"),
        ('<span data-literal="plan:disclosure.minimum_count">9</span>', "another value"),
        ('<span data-literal="plan:nothing">9</span>', "names no source"),
        ('<span data-literal="made:up">9</span>', "names no source"),
        ('<span data-literal="text:121">122</span>', "does not hold"),
        (f"<p>{GOOD} and 7</p>", "bound to nothing"),
        (ENTRY.replace("118", "119"), "another text"),
        (ENTRY.replace("118", "118 and 3"), "another text"),
        (ENTRY.replace("mmrm", "mmrn"), "no result of this edition"),
        (ENTRY.replace('id="n-', 'id="'), "no source"),
        (GOOD_PART.replace(">8.1<", ">9.1<"), "another text"),
        (GOOD_PART.replace(">8.1<", ">8.3<"), "another text"),
        (GOOD_PART.replace(">8.1<", ">8.1.1<"), "another text"),
        (GOOD_PART.replace(">8.1<", "><b></b><"), "another text"),
        ('<data value="118" data-literal="result:mmrm.mood.end.difference#n">\u2212118</data>', "another text"),
        ('<data value="0.0004" data-literal="result:mmrm.mood.end.difference#p_value">&lt;0.0001</data>', "another"),
        ('<data value="0.0004" data-literal="result:mmrm.mood.end.difference#p_value">&gt;0.999</data>', "another"),
        ('<span data-literal="plan:disclosure.minimum_count">8.0.0</span>', "another value"),
    ],
)
def test_a_number_that_is_bound_to_nothing_or_to_something_else_is_found(tmp_path: Path, body: str, says: str) -> None:
    assert any(says in fault for fault in faults(tmp_path, body)), faults(tmp_path, body)


@pytest.mark.parametrize(
    ("html", "says"),
    [("", "is empty"), (" \n\t", "is empty"), ("<html></html>", "holds no result"), ("<![x[", "cannot be read")],
)
def test_a_page_without_any_result_is_a_fault(tmp_path: Path, html: str, says: str) -> None:
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    (fault,) = check_page(tmp_path / "report.html", REGISTRY, MANIFEST).faults
    assert says in fault


def test_a_missing_page_is_a_fault(tmp_path: Path) -> None:
    assert check_page(tmp_path / "report.html", REGISTRY, MANIFEST).faults == ("the page is missing",)
