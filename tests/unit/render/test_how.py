"""“How it was computed”: each result with its own numbers, and what is said of several of them once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import small_study
from outcomes.core.estimates import Estimate
from outcomes.core.provenance import Provenance
from outcomes.plan.read import parse_plan
from outcomes.registry import Record, Registry
from outcomes.registry.store import read_registry
from outcomes.render.document.tree import classes_of, read_tree, text_of
from outcomes.render.page import make_environment
from outcomes.render.quote import Quoter

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = Provenance(analysis="outcomes", question="?", code="a.b", files=(), digest="d")


@pytest.fixture(scope="module")
def registry(small_run: Path) -> Registry:
    return read_registry(small_run / "results.json")


@pytest.fixture(scope="module")
def folds(small_run: Path) -> list[list[Any]]:
    """Paragraphs of each fold."""
    page = read_tree((small_run / "internal" / "report.html").read_text(encoding="utf-8"))
    return [
        [part for part in one if part.tag == "p"]
        for one in page.iter()
        if one.tag == "details" and "how" in classes_of(one)
    ]


def test_in_a_fold_no_method_is_said_twice(folds: list[list[Any]]) -> None:
    said = [[re.sub(r"^.*?: ", "", text_of(paragraph), count=1) for paragraph in fold] for fold in folds]
    assert sum(map(len, said)) > 20
    assert all(len(fold) == len(set(fold)) for fold in said)


def test_each_result_has_its_standard_error_and_shares_no_other_method(
    folds: list[list[Any]], registry: Registry
) -> None:
    shared = 0
    for paragraph in (one for fold in folds for one in fold):
        names = [text_of(part) for part in paragraph.iter() if part.tag == "code"]
        shared += len(names) > 1
        for name in names:
            outcome = registry[name]
            assert f"{getattr(outcome, 'method', '') or getattr(outcome, 'reason', '')}" in text_of(paragraph)
            bound = {part.get("data-literal"): part.get("value") for part in paragraph.iter()}
            se = getattr(outcome, "se", None)
            assert bound.get(f"result:{name}#se") == (None if se is None else repr(se))
    assert shared


def test_results_of_one_method_keep_their_own_standard_errors_and_degrees_of_freedom() -> None:
    many = [
        Estimate(id=f"mmrm.mood.{visit}.difference", label="x", value=1.0, unit="points", method="MMRM", se=se, df=df)
        for visit, se, df in (("mid", 1.25, None), ("end", 2.5, 40.0), ("late", None, 7.0))
    ]
    registry = Registry(Record(outcome=one, provenance=SOURCE, text="1") for one in many)
    quoter = Quoter(registry, parse_plan(small_study.PLAN.encode()), {})
    macro = '{% from "macros.html" import how with context %}{{ how(ids) }}'
    html = make_environment().from_string(macro).render(q=quoter, figures={}, ids=[one.id for one in many] + ["a.b"])
    assert text_of(read_tree(html)) == (
        "How it was computed mmrm.mood.mid.difference (standard error 1.2), "
        "mmrm.mood.end.difference (standard error 2.5, degrees of freedom 40.0), "
        "mmrm.mood.late.difference (degrees of freedom 7.0): MMRM."
    )
