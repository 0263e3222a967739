"""The reader of pages finds every kind of contradiction that is planted on a page, and none where there is none."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from contradictions import CHECKS, compare_editions, find_contradictions, intervals_have_width
from outcomes.results.registry import Registry
from read_back import Pages, write_pages
from study_draft import add_attendance, draw_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    folder: Path = tmp_path_factory.mktemp("read") / "study"
    draft = draw_study(np.random.default_rng(5), n=90)
    draft.plan["measures"]["mood"] |= {"clinical": {"mean": 35, "sd": 9}, "nonclinical": {"mean": 12, "sd": 8}}
    draft.clients.loc[draft.rng.random(90) < 0.1, "completed"] = ""
    add_attendance(draft)
    draft.write(folder)
    return write_pages(folder, with_figures=False)


def reprint(html: str, result: str, text: str, *, part: str = "value", once: bool = False) -> str:
    """Print another text for a part of a result: everywhere, or where it stands first."""
    mark = f'data-id="{result}"' if part == "value" else f'data-literal="result:{result}#{part}"'
    pattern = re.compile(rf"(<data [^>]*{re.escape(mark)}[^>]*>(?:<a [^>]*>)?)[^<]*")
    again, count = pattern.subn(rf"\g<1>{text}", html, count=1 if once else 0)
    assert count, f"{result} is not printed"
    return again


def test_nothing_is_found_where_nothing_is_planted(pages: Pages) -> None:
    assert find_contradictions(pages.read("internal")) == []


PLANTED: dict[str, Callable[[str], str]] = {
    "differ_in_print": lambda html: reprint(html, "flow.full.started", "44", once=True),
    "shares_against_counts": lambda html: reprint(html, "completion.full.share", "31%"),
    "counted_in_words": lambda html: reprint(html, "change.mood.end.full.improved", "3%"),
    "differences_against_shares": lambda html: reprint(html, "completion.crude.difference", "55 in 100 more"),
    "accounts_add_up": lambda html: reprint(html, "flow.mood.full.compared", "12"),
    "nobody_left_out": lambda html: html.replace("Who and what was left out", "Left out: nobody and nothing"),
    "people_against_accounts": lambda html: reprint(html, "mmrm.mood.end.difference", "20", part="n_full"),
    "flow_against_completion": lambda html: reprint(html, "completion.skills.share", "50", part="n"),
    "seen_against_missing": lambda html: reprint(html, "missing.mood.end.full.share", "77%"),
    "kinds_add_up": lambda html: reprint(html, "change.mood.end.full.improved.people", "40"),
    "intervals_hold": lambda html: reprint(html, "mmrm.mood.end.difference", "44.0 points higher"),
    "intervals_against_p_values": lambda html: reprint(html, "mmrm.skill.w12.difference", "0.001", part="p_value"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_contradiction_planted_in_the_text_of_a_page_is_found(kind: str, pages: Pages) -> None:
    check = {check.__name__: check for check in CHECKS}[kind]
    spoilt = pages._replace(html={**pages.html, "internal": PLANTED[kind](pages.html["internal"])})
    assert list(check(pages.read("internal"))) == []
    assert list(check(spoilt.read("internal")))


def replace_outcome(pages: Pages, result: str, change: Callable[[Any], Any]) -> Pages:
    """Put another outcome into the registry from which a page is said to be made."""
    records = [
        dataclasses.replace(record, outcome=change(record.outcome)) if record.id == result else record
        for record in pages.inside.records()
    ]
    return pages._replace(inside=Registry(records))


def test_an_interval_without_width_is_found(pages: Pages) -> None:
    def close(outcome: Any) -> Any:
        return dataclasses.replace(outcome, interval=dataclasses.replace(outcome.interval, low=1.0, high=1.0))

    spoilt = replace_outcome(pages, "completion.crude.ratio", close)
    assert any("without width" in said for said in intervals_have_width(spoilt.read("internal")))


@pytest.mark.parametrize(
    ("page", "result", "text"),
    [
        ("share", "completion.full.share", "88%"),
        ("summary", "completion.full.share", "88%"),
        ("share", "mmrm.mood.end.difference", "0.1 points higher"),
        ("share", "flow.full.started", "60"),
    ],
)
def test_an_edition_that_strays_from_the_exact_one_is_found(page: str, result: str, text: str, pages: Pages) -> None:
    spoilt = pages._replace(html={**pages.html, page: reprint(pages.html[page], result, text)})
    found = compare_editions(spoilt.read("internal"), spoilt.read(page))
    assert any(result in said for said in found)
