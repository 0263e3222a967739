"""The guidelines: as many items as their sources say, each answered by a part of the page, or left open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from outcomes.reporting.annex import PLACES, SECTIONS
from outcomes.reporting.checklists import Checklist, list_open, read_checklists

COUNTS = {"STROBE": 22, "RECORD": 13, "TARGET": 21, "CONSORT Harms": 16, "CONSORT": 30}
EVERY = read_checklists(by_chance=True)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: listed.name)
def test_a_guideline_has_as_many_items_as_its_source_says(listed: Checklist) -> None:
    numbered = {re.sub(r"[a-z]$", "", item.number) for item in listed.topics}  # 6a and 6b are one
    assert len(numbered) == listed.items == COUNTS[listed.name.split(",")[0]]
    assert re.search(r"\d{4}, doi 10\.\d+/", listed.source)
    assert len({item.number for item in listed.topics}) == len(listed.topics)


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: listed.name)
def test_every_item_is_answered_in_exactly_one_way(listed: Checklist) -> None:
    for item in listed.topics:
        assert sum(answer is not None for answer in (item.section, item.person, item.note)) == 1, item.number
        assert item.section is None or item.section in SECTIONS | PLACES
    assert listed.open


def test_what_is_left_for_a_person_is_listed_once_with_every_item_that_asks(small_run: Path) -> None:
    listed = dict(list_open(by_chance=False))
    assert sum(map(len, listed.values())) == sum(len(one.open) for one in read_checklists(by_chance=False))
    page = (small_run / "internal" / "annex.html").read_text(encoding="utf-8")
    part = page.partition("Left for a person")[2].partition("</ul>")[0]
    text = re.sub(r"<[^>]+>", "", part)
    assert text.count("why the clinic asks, and what was known") == 1
    assert "STROBE 2; TARGET 2" in text


def test_a_trial_is_held_against_what_trials_are_asked_and_nothing_else_is() -> None:
    names = {by_chance: [one.name for one in read_checklists(by_chance=by_chance)] for by_chance in (True, False)}
    assert "CONSORT, randomised trials" in names[True]
    assert "CONSORT, randomised trials" not in names[False]
    assert "CONSORT Harms, harms in a comparison" in names[False]


def test_no_item_leads_to_what_stands_on_screens_alone() -> None:
    assert all(item.section != "numbers" for one in EVERY for item in one.topics)


def test_every_part_of_the_page_that_is_pointed_to_is_there_under_its_title(small_run: Path) -> None:
    page = (small_run / "internal" / "annex.html").read_text(encoding="utf-8")
    titles = dict(re.findall(r'<section id="([a-z]+)"[^>]*>\s*<h2[^>]*>([^<]+)</h2>', page))
    assert {name: titles.get(name) for name in SECTIONS} == SECTIONS
    pages = {
        name: (small_run / "internal" / name).read_text(encoding="utf-8") for name in ("annex.html", "report.html")
    }
    headings = dict(re.findall(r'<h[23] id="([a-z-]+)"[^>]*>([^<“]+)', "".join(pages.values())))
    for name, title in PLACES.items():
        assert any(f'id="{name}"' in one for one in pages.values()), name
        assert headings.get(name, title).startswith(title[:14])
    for here, one in pages.items():
        for file, place in re.findall(r'<a (?:class="term" )?href="([a-z.]*)#([a-z-]+)"', one):
            assert f'id="{place}"' in pages[file or here], (here, file, place)
