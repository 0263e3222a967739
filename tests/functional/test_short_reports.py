"""The report of a small service is short by itself, and what cannot be answered is a line and not a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.cli.main import main as outcomes
from page_tree import read_tree
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from page_tree import Element


def report_on(folder: Path, n: int) -> dict[str, Element]:
    """Sections of the page inside the clinic about a study of so many people, by their anchors."""
    study = write_small_study(folder / "study", n=n)
    outcomes(
        ["report", str(study), "--out", str(folder / "out"), "--quiet", "--formats", "html"], standalone_mode=False
    )
    (page,) = (folder / "out").rglob("internal/annex.html")
    tree = read_tree(page.read_text(encoding="utf-8"))
    return {str(one.attributes["id"]): one for one in tree.walk() if one.tag == "section" and "id" in one.attributes}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Element]:
    return report_on(tmp_path_factory.mktemp("small"), 38)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Element]:
    return report_on(tmp_path_factory.mktemp("larger"), 40)


def words_of(section: Element) -> int:
    return len(section.text().split())


def tags_of(section: Element) -> set[str]:
    return {element.tag for element in section.walk()}


def test_under_forty_people_the_report_leaves_out_what_needs_many(
    small: dict[str, Element], larger: dict[str, Element]
) -> None:
    for name in ("trust", "precision"):
        assert words_of(small[name]) < words_of(larger[name]) / 3, name
        assert not tags_of(small[name]) & {"figure", "table"}, name
    for name in ("trust", "precision"):
        assert tags_of(larger[name]) & {"figure", "table"}, name


def test_it_still_describes_people_outcomes_and_change(small: dict[str, Element]) -> None:
    for name in ("compared", "outcomes", "completion"):
        assert "table" in tags_of(small[name]), name


def test_it_says_why_it_is_short_and_where_the_numbers_are(
    small: dict[str, Element], larger: dict[str, Element]
) -> None:
    assert "Fewer than 40 people started" in small["precision"].text()
    assert "Fewer than 40 people started" not in larger["precision"].text()
    assert "mmrm.mood.end.difference" in small["numbers"].text()


def test_what_could_not_be_computed_is_told_by_question_without_ids(small: dict[str, Element]) -> None:
    assert "attendance.csv was not provided" in small["trust"].text()
    assert "client_hours" not in small["trust"].text()


@pytest.mark.parametrize("name", ["needs", "costs"])
def test_a_question_without_data_is_a_line(larger: dict[str, Element], name: str) -> None:
    assert words_of(larger[name]) < 40
    assert "not provided" in larger[name].text() or "declares nothing" in larger[name].text()


def test_what_is_missing_for_a_few_of_many_results_is_not_told_as_why_there_are_none(tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "study", n=48)
    plan = study / "plan.toml"
    lines = plan.read_text(encoding="utf-8").splitlines()
    plan.write_text("\n".join(one for one in lines if not one.startswith(("reliability", "worthwhile"))), "utf-8")
    outcomes(
        ["report", str(study), "--out", str(tmp_path / "out"), "--quiet", "--formats", "html"], standalone_mode=False
    )
    for name in ("report", "annex"):
        (page,) = (tmp_path / "out").rglob(f"internal/{name}.html")
        tree = read_tree(page.read_text(encoding="utf-8"))
        sections = {str(one.attributes.get("id")): one.text() for one in tree.walk() if one.tag == "section"}
        assert "this data cannot answer. sessions.csv was not provided." in sections["sessions"]
        assert "reliability" not in sections["sessions"]
        # nor is a mark explained that no picture holds
        assert "ashed: the worthwhile" not in tree.text()
        assert "Dashed upright" not in tree.text()
    assert "ashed: the worthwhile" in report_on(tmp_path / "stated", 48)["trust"].text()
