"""What a lead asks stands on the report's first two pages of paper, bound to its results, in easy sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.plan.model import Plan
from outcomes.reporting.documents import EDITIONS
from outcomes.reporting.page import write_document
from outcomes.runs import read_manifest
from page_tree import read_tree
from readability import grade, list_sentences
from written_again import document_of, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What a lead asks of the example, by what answers it: results, places in the plan, and words under which to look.
FACTS: Mapping[str, tuple[set[str], str]] = {
    "which measure improved": (
        {f"verdict.{measure}.end.rung" for measure in ("dts", "ders16", "ffmq15")},
        "What was found",
    ),
    "by how much against worthwhile": (
        {f"{kind}.{rest}" for kind, rest in [("mmrm", "dts.end.difference"), ("mmrm", "ders16.end.difference")]}
        | {f"plan:measures.{measure}.worthwhile" for measure in ("dts", "ders16", "ffmq15")},
        "worthwhile",
    ),
    "how many completed": ({"completion.full.share", "completion.skills.share"}, "Completed"),
    "who is missing": (
        {"flow.full.started", "flow.ders16.full.compared_and_seen", "flow.ders16.skills.compared_and_seen"},
        "Left out",
    ),
    "is it safe": ({"verdict.events.self_harm", "harms.deterioration.skills.people"}, "Harms"),
    "what does it cost": ({"costs.difference", "costs.client_hours.full.mean"}, "Cost"),
    "for whom": ({"needs.looks", "needs.ders16.end.self_harm_history.yes.difference"}, "For whom?"),
    "how sure": ({"weighting.effective_n", "agreement.ders16.end.agree"}, "How sure"),
    "against others": ({"result:evidence.dropout.rows#label"}, "published evidence? shown in part: same direction on"),
    "what next": ({"precision.dts.end.clients_needed", "precision.ders16.end.clients_needed"}, "What would settle it"),
}
EASY = 9.0  # years at school
PAPER = {"found", "compared"}  # the first page, which is one of paper (test_lengths), and the section that follows it


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_fact_stands_on_the_first_page_or_on_the_second(root: Path, edition: str, fact: str) -> None:
    run = root / "reports" / "example" / "reference"
    page = page_of(run, edition, "report")
    assert [part.name for part in page.parts[:2]] == ["found", "compared"]
    sections = [
        one
        for one in read_tree(write_document(page)).walk()
        if one.tag == "section" and one.attributes.get("id") in PAPER
    ]
    bound = {
        one.attributes.get(name)
        for section in sections
        for one in section.walk()
        for name in ("data-id", "data-literal")
    }
    text = " ".join(" ".join(section.text() for section in sections).split())
    results, words = FACTS[fact]
    assert results <= bound
    assert words in text


@pytest.mark.parametrize("name", ["report", "board"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_first_page_and_the_page_for_the_board_are_easy_to_read(root: Path, edition: str, name: str) -> None:
    run = root / "reports" / "example" / "reference"
    document = document_of(run, edition, name)
    sentences = list(list_sentences(document.blocks[:1] if name == "report" else document.blocks))
    assert len(sentences) > 20
    assert grade([_without_names(sentence, run) for sentence in sentences]) <= EASY


def test_the_grade_is_that_of_a_published_example() -> None:
    """ "The Australian platypus …": 13 words, 24 syllables, grade 11.3 by the formula."""
    known = "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."
    assert grade([known]) == pytest.approx(11.3, abs=0.05)
    assert grade(["The cat sat on the mat."]) < 0 < EASY < grade([" ".join([known] * 3).replace(".", "")])


def _without_names(sentence: str, run: Path) -> str:
    """Leave the names of measures out: they are the clinic's words."""
    plan = Plan.model_validate(read_manifest(run)["plan"], strict=False)
    for name in sorted(plan.measure_names.values(), key=len, reverse=True):
        sentence = sentence.replace(name, "")
    return sentence
