"""The audit reads a page as a reader would: no number without a source, no quote that differs from its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from outcomes.audit.page import check_page
from outcomes.core.estimates import Estimate, Interval
from outcomes.core.provenance import Provenance
from outcomes.registry import Record, Registry

if TYPE_CHECKING:
    from pathlib import Path

RESULT = Estimate(
    id="mmrm.mood.end.difference",
    label="Mood 2",
    value=-4.2137,
    unit="points",
    interval=Interval(level=0.95, low=-8.1, high=-0.3),
    n=118,
)
SOURCE = Provenance(analysis="outcomes", question="?", code="c", files=(), digest="d", seed=None)
REGISTRY = Registry([Record(outcome=RESULT, provenance=SOURCE, text="4.2 points lower")])
MANIFEST: dict[str, Any] = {"run": "7c1e", "plan": {"disclosure": {"minimum_count": 8}, "confidence": {"level": 0.95}}}
GOOD = '<data value="-4.2137" data-id="mmrm.mood.end.difference">4.2 points lower</data>'


def faults(tmp_path: Path, body: str) -> tuple[str, ...]:
    (tmp_path / "report.html").write_text(f"<html><style>p {{ top: 1px }}</style><body>{body}</body></html>")
    return check_page(tmp_path / "report.html", REGISTRY, MANIFEST).faults


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        "<p>no number at all</p>",
        '<data value="-8.1" data-literal="result:mmrm.mood.end.difference#low">8.1</data>',
        '<span data-literal="result:mmrm.mood.end.difference#label">Mood 2</span>',
        '<div id="n-mmrm.mood.end.difference"><p><data value="-8.1" data-literal="#low">8.1</data></p></div>',
        '<span data-literal="plan:disclosure.minimum_count">8</span>',
        '<span data-literal="plan:confidence.level">95%</span>',
        '<span data-literal="manifest:run">7c1e</span>',
        '<span data-literal="text:121">121</span>',
        "<svg><path d='M1 2'/></svg>",
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
    ],
)
def test_a_number_that_is_bound_to_nothing_or_to_something_else_is_found(tmp_path: Path, body: str, says: str) -> None:
    assert any(says in fault for fault in faults(tmp_path, body)), faults(tmp_path, body)


def test_a_missing_page_is_a_fault(tmp_path: Path) -> None:
    assert check_page(tmp_path / "report.html", REGISTRY, MANIFEST).faults == ("the page is missing",)
