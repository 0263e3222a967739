"""Answers are read however a form numbers its questions, where every question stands once, and never otherwise."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import outcomes
from awkward_studies import awkward_study
from examined import check_study
from filled_book import fill_book

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ITEMS = 9


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return awkward_study(1, tmp_path_factory.mktemp("items") / "study")  # with answers to the PHQ-9


@pytest.fixture
def copy(study: Path, tmp_path: Path) -> Path:
    shutil.copytree(study, tmp_path / "study")
    return tmp_path / "study"


def call(study: Path, name: Callable[[int], str]) -> None:
    """Call the answers otherwise."""
    path = study / "items" / "phq9.csv"
    head, body = path.read_text(encoding="utf-8").split("\n", 1)
    for item in range(1, ITEMS + 1):
        head = head.replace(f"q{item:02d}", name(item), 1)
    path.write_text(f"{head}\n{body}", encoding="utf-8")


def stops(study: Path) -> set[str]:
    return {one.code for one in check_study(study) if one.level == "STOP"}


@pytest.mark.parametrize(
    "pattern",
    ["Q{}", "q{}", "Q{:02d}", "phq9_{}", "PHQ9_{:02d}", "PHQ-9 {}", "phq_{}", "phq9_q{}", "Item {}", "question_{}"],
)
def test_answers_are_read_however_the_questions_are_numbered(study: Path, copy: Path, pattern: str) -> None:
    call(copy, pattern.format)
    found = [one for one in check_study(copy) if one.code == "E314"]
    assert [(one.level, one.file) for one in found] == [("NOTE", "items/phq9.csv")]
    ours, theirs = outcomes.read_study(copy), outcomes.read_study(study)
    pd.testing.assert_frame_equal(ours.items["phq9"], theirs.items["phq9"])
    pd.testing.assert_frame_equal(ours.frame(), theirs.frame())


def test_a_number_before_the_last_is_no_place(study: Path, copy: Path) -> None:
    """The columns are taken by their numbers, not by where they stand."""
    call(copy, lambda item: f"Q{ITEMS + 1 - item}")
    answers, turned = outcomes.read_study(study).items["phq9"], outcomes.read_study(copy).items["phq9"]
    for item in range(1, ITEMS + 1):
        assert answers[f"q{item:02d}"].equals(turned[f"q{ITEMS + 1 - item:02d}"])
    assert not answers["q01"].equals(turned["q01"])


@pytest.mark.parametrize(
    "name",
    [
        lambda item: f"Q{item + 1}",  # one question is missing, one is too many
        lambda item: f"gad_{item}",  # of another questionnaire
        lambda item: f"Q{item}" if item > 1 else "first",
        lambda item: f"Q{item}" if item > 1 else "Q02",  # one stands twice
        lambda item: f"day{item}",
    ],
)
def test_what_is_not_every_question_once_is_never_taken_for_it(copy: Path, name: Callable[[int], str]) -> None:
    call(copy, name)
    assert "E207" in stops(copy)
    assert not [one for one in check_study(copy) if one.code == "E314"]


def test_a_message_calls_a_question_what_the_file_calls_it(copy: Path) -> None:
    call(copy, "Q{}".format)
    path = copy / "items" / "phq9.csv"
    head, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    cells[head.split(",").index("Q3")] = "often"
    path.write_text("\n".join([head, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    assert [(one.code, one.column) for one in check_study(copy) if one.level == "STOP"] == [("E213", "Q3")]


def test_a_workbook_whose_questions_are_numbered_otherwise_is_the_same_study(study: Path, copy: Path) -> None:
    call(copy, "PHQ9_{}".format)
    book = fill_book(study, copy.parent / "clinic.xlsx", rename)
    pd.testing.assert_frame_equal(outcomes.read_study(book).items["phq9"], outcomes.read_study(copy).items["phq9"])


def rename(book: object) -> None:
    sheet = book["items phq9"]  # type: ignore[index]
    for cell in sheet[3]:
        if isinstance(cell.value, str) and cell.value[:1] == "q" and cell.value[1:].isdigit():
            cell.value = f"Q{int(cell.value[1:])}"
