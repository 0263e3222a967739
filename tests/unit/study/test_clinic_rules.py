"""The clinic's words: an id of a client in one is told of, and its text is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.errors import DataError
from outcomes.pipeline import check

if TYPE_CHECKING:
    from pathlib import Path


def add(study: Path, text: str) -> None:
    """Add to the plan of a study."""
    with (study / "plan.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


def say(study: Path, text: str) -> list[str]:
    """Give what a check says of a text of the clinic, by its codes."""
    add(study, f'[[report.words]]\nsection = "harms"\ntext = "{text}"')
    return [one.rule for one in check(study) if one.code == "E311"]


def first_id(study: Path) -> str:
    """Give the id of a client."""
    return (study / "clients.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]


def test_an_id_in_a_text_is_told_of_by_place(small_study: Path) -> None:
    """In any case, and without the text."""
    name = first_id(small_study)
    said = say(small_study, f"What {name.upper()} said.")
    assert said == ["text 1 of report.words holds what is an id in clients.csv"]


def test_a_text_without_an_id_is_not(small_study: Path) -> None:
    """A part of a longer word is no id."""
    assert say(small_study, f"What x{first_id(small_study)}x said of 12 others.") == []


def test_a_logo_that_cannot_be_shown_stops_the_study(small_study: Path) -> None:
    """By its code and the name of its file."""
    add(small_study, '[report]\nlogo = "logo.svg"')
    with pytest.raises(DataError) as caught:
        outcomes.read_study(small_study)
    assert "logo.svg" in str(caught.value)
