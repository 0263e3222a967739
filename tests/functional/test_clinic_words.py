"""The clinic's own words in a report: in the edition that they are for, as its own, and no obstacle to any check."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, get_args

import docx
import pytest

import outcomes
from outcomes.plan.clinic import Place
from outcomes.reporting.annex import SECTIONS
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4v1H0z"/></svg>'
WORDS = """
[report]
name = "Riverside"
logo = "logo.svg"
prepared_by = "Somebody of the team"
date = "December 2026"

[[report.words]]
section = "outcomes"
text = "Only for us: 77 more."

[[report.words]]
section = "outcomes"
text = "For all: 12.5 hours of rota."
edition = "both"

[[report.words]]
item = "STROBE 2"
text = "For others: 9 wards asked."
edition = "share"
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the run of a small study with words of the clinic; the study lies beside its reports."""
    home = tmp_path_factory.mktemp("words")
    study = write_small_study(home / "small")
    (study / "logo.svg").write_text(LOGO, encoding="utf-8")
    with (study / "plan.toml").open("a", encoding="utf-8") as file:
        file.write(WORDS)
    return outcomes.report(outcomes.read_study(study), out=home / "reports").folder


def read(run: Path, edition: str) -> str:
    """Give all pages of an edition."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((run / edition).glob("*.html")))


def test_the_places_are_the_sections_of_the_documents() -> None:
    """So that no text is written for a section that no document has."""
    assert set(get_args(Place)) == {"found", *SECTIONS} - {"glossary", "numbers"}


def test_a_text_stands_once_in_the_edition_that_it_is_for(run: Path) -> None:
    """And not even in the manifest of the other."""
    inside, share = read(run, "internal"), read(run, "share")
    assert inside.count("Only for us: 77 more.") == inside.count("For all: 12.5 hours") == 1
    assert share.count("For all: 12.5 hours") == share.count("For others: 9 wards asked.") == 1
    assert "For others" not in inside
    for path in (run / "share").rglob("*"):
        assert not path.is_file() or b"Only for us" not in path.read_bytes(), path.name


def test_a_text_says_whose_it_is_and_that_its_numbers_are_not_the_reports(run: Path) -> None:
    """Beside the text, in every format."""
    for text in (
        read(run, "share"),
        "\n".join(one.text for one in docx.Document(run / "share/report.docx").paragraphs),
    ):
        assert "Numbers in these words are not from this report." in text
        assert "Riverside" in text
    assert 'alt="Logo of Riverside"' in read(run, "share")


def test_every_check_passes_and_an_edited_word_file_is_named_by_section(run: Path, tmp_path: Path) -> None:
    """With exit code 1 for the file alone; all other checks are run."""
    study = run.parents[2] / "small"
    verdict = outcomes.verify(run, study)
    assert verdict.exit_code == 0, verdict.to_text()
    again = shutil.copytree(run, tmp_path / "run")
    word = docx.Document(again / "internal/report.docx")
    next(one for one in word.paragraphs if "Only for us" in one.text).add_run(" I was here.")
    word.save(again / "internal/report.docx")
    edited = outcomes.verify(again, study)
    assert edited.exit_code == 1
    assert "internal/report.docx" in edited.to_text()
    assert "“Outcomes over time” (1 paragraph)" in edited.to_text()
    assert "I was here" not in edited.to_text()
    assert [one.name for one in edited.checks] == [one.name for one in verdict.checks]


def test_words_are_no_change_of_a_locked_plan(run: Path, tmp_path: Path) -> None:
    """They are written when the results are known."""
    study = shutil.copytree(run.parents[2] / "small", tmp_path / "small")
    plan = study / "plan.toml"
    whole = plan.read_text(encoding="utf-8")
    plan.write_text(whole.replace(WORDS, ""), encoding="utf-8")
    lock = outcomes.plan.lock.lock_plan(study)
    plan.write_text(whole, encoding="utf-8")
    assert outcomes.plan.lock.list_changes(lock.plan, outcomes.read_study(study).plan) == []
