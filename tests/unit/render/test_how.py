"""“How it was computed”: each result with its own numbers, and what is said of several of them once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import made
import small_study
from outcomes.blocks.context import Context
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import parse_plan
from outcomes.render.html.blocks import write_blocks
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.results.store import read_registry
from page_tree import Element, read_tree

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = Provenance(analysis="outcomes", question="?", code="a.b", files=(), digest="d")


@pytest.fixture(scope="module")
def registry(small_run: Path) -> Registry:
    return read_registry(small_run / "results.json")


@pytest.fixture(scope="module")
def folds(small_run: Path) -> list[list[Element]]:
    """Paragraphs of each fold."""
    page = read_tree((small_run / "internal" / "annex.html").read_text(encoding="utf-8"))
    return [
        [part for part in one.elements if part.tag == "p"]
        for one in page.walk()
        if one.tag == "details" and "how" in one.classes
    ]


def test_in_a_fold_each_result_has_its_method_or_reason_and_its_standard_error(
    folds: list[list[Element]], registry: Registry
) -> None:
    shared = 0
    for fold in folds:
        text = " ".join(paragraph.text() for paragraph in fold)
        bound = {
            part.attributes.get("data-literal"): part.attributes.get("value") for one in fold for part in one.walk()
        }
        names = [[part.text() for part in paragraph.walk() if part.tag == "code"] for paragraph in fold]
        shared += any(len(some) > 1 for some in names)
        for name in {name for some in names for name in some}:
            outcome = registry[name]
            assert f"{getattr(outcome, 'method', '') or getattr(outcome, 'reason', '')}".rstrip(".") in text
            se = getattr(outcome, "se", None)
            assert bound.get(f"result:{name}#se") == (None if se is None else repr(se))
    assert shared


def test_results_of_one_method_keep_their_own_standard_errors_and_degrees_of_freedom() -> None:
    many = [
        made.estimate(f"mmrm.mood.{visit}.difference", label="x", value=1.0, unit="points", method="MMRM", se=se, df=df)
        for visit, se, df in (("mid", 1.25, None), ("end", 2.5, 40.0), ("late", None, 7.0))
    ]
    registry = Registry(Record(outcome=one, provenance=SOURCE, text="1") for one in many)
    quoter = Quoter(registry, parse_plan(small_study.PLAN.encode()), {})
    context = Context(quoter, quoter.plan_model, "internal", {}, frozenset())
    html = write_blocks(context.how([one.id for one in many] + ["a.b"]), {})
    assert " ".join(read_tree(html).text().split()) == (
        "How it was computed mmrm.mood.mid.difference (standard error 1.2), "
        "mmrm.mood.end.difference (standard error 2.5, degrees of freedom 40.0), "
        "mmrm.mood.late.difference (degrees of freedom 7.0): MMRM."
    )
