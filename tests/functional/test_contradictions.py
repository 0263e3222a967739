"""The reader of pages finds every kind of contradiction that is planted on a page, and none where there is none."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from contradictions import CHECKS, compare_editions, intervals_have_width
from outcomes.results.registry import Registry
from printed import INSIDE
from read_back import Pages, contradict, write_pages
from study_draft import add_attendance, draw_study
from verdict_words import IMPROVE, WORDED, conclude_all, list_worded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

UNREAD = tuple(f'<section id="{place}"' for place in INSIDE)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    folder: Path = tmp_path_factory.mktemp("read") / "study"
    draft = draw_study(np.random.default_rng(5), n=90)
    draft.plan["measures"]["mood"] |= {"clinical": {"mean": 35, "sd": 9}, "nonclinical": {"mean": 12, "sd": 8}}
    draft.clients.loc[draft.rng.random(90) < 0.1, "completed"] = ""
    helped = (
        (draft.scores["measure"] == "mood") & (draft.scores["visit"] != "start") & (draft.arm_of_scores() == "full")
    )
    draft.scores.loc[helped, "score"] = (draft.scores.loc[helped, "score"] - 14).clip(lower=0)
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
    assert contradict(pages) == []


def test_every_document_of_an_edition_is_read_with_all_its_sections(pages: Pages) -> None:
    for name, html in pages.html.items():
        read = {line.text for line in pages.read(name).lines if line.kind == "h2"}
        places = [one for one in re.split(r"(?=<section id=)", html) if not one.startswith(UNREAD)]
        heads = {
            re.sub("<[^>]*>", "", head).strip() for one in places for head in re.findall("<h2[^>]*>(.*?)</h2>", one)
        }
        assert read == heads, name


PLANTED: dict[str, Callable[[str], str]] = {
    "differ_in_print": lambda html: reprint(html, "flow.full.started", "44", once=True),
    "shares_against_counts": lambda html: reprint(html, "completion.full.share", "31%"),
    "counted_in_words": lambda html: reprint(html, "change.mood.end.full.improved", "3%"),
    "differences_against_shares": lambda html: reprint(html, "completion.crude.difference", "55 in 100 more"),
    "accounts_add_up": lambda html: reprint(html, "flow.mood.full.compared", "12"),
    "nobody_left_out": lambda html: reword(html, "Who and what was left out", "Left out: nobody and nothing"),
    "people_against_accounts": lambda html: reprint(html, "mmrm.mood.end.difference", "20", part="n_full"),
    "flow_against_completion": lambda html: reprint(html, "completion.skills.share", "50", part="n"),
    "seen_against_missing": lambda html: reprint(html, "missing.mood.end.full.share", "77%"),
    "kinds_add_up": lambda html: reprint(html, "change.mood.end.full.improved_only.people", "40"),
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
    ("page", "result", "part", "text"),
    [
        ("share", "completion.full.share", "value", "88%"),
        ("summary", "completion.full.share", "value", "88%"),
        ("share", "mmrm.mood.end.difference", "value", "0.1 points higher"),
        ("share", "mmrm.mood.end.difference", "low", "55"),
        ("share", "completion.full.share", "low", "70%"),
        ("share", "completion.adjusted.difference", "high", "20"),
        ("share", "completion.adjusted.difference", "p_value", "0.030"),
        ("share", "mmrm.mood.end.p_holm", "value", "0.20"),
        ("share", "flow.full.started", "value", "75"),
    ],
)
def test_an_edition_that_strays_from_the_exact_one_is_found(
    page: str, result: str, part: str, text: str, pages: Pages
) -> None:
    spoilt = pages._replace(html={**pages.html, page: reprint(pages.html[page], result, text, part=part)})
    found = compare_editions(spoilt.read("internal"), spoilt.read(page))
    assert any(result in said for said in found)


def reword(html: str, pattern: str, other: str) -> str:
    """Say something else on a page, on which it must stand."""
    again, count = re.subn(pattern, other, html)
    assert count, f"{pattern} is not said"
    return again


MISWORDED: dict[str, Callable[[str], str]] = {
    "words_against_the_rule": lambda html: reprint(
        html, "verdict.mood.end.rung", "leans towards Full programme; not settled"
    ),
    "words_against_intervals": lambda html: reprint(html, "mmrm.mood.end.difference", "2.0", part="high"),
    "agreement_against_the_ways": lambda html: reprint(html, "agreement.mood.end.agree", "0"),
    "answers_against_verdicts": lambda html: reword(
        html, re.escape(IMPROVE) + r"(.{0,90}<em[^>]*>)[^<]*", IMPROVE + r"\g<1>this data cannot answer"
    ),
    "size_against_intervals": lambda html: reword(html, r"Size: \w+", "Size: good"),
}


@pytest.mark.parametrize("kind", MISWORDED)
def test_words_that_contradict_the_numbers_are_found(kind: str, pages: Pages) -> None:
    check = {check.__name__: check for check in WORDED}[kind]
    spoilt = pages._replace(html={**pages.html, "internal": MISWORDED[kind](pages.html["internal"])})
    assert list(check(pages.read("internal"), pages.study)) == []
    assert list(check(spoilt.read("internal"), pages.study))


def test_every_page_says_a_verdict_on_every_primary_measure(pages: Pages) -> None:
    for name in pages.html:
        page = pages.read(name)
        told = conclude_all(page, pages.study)
        worded = {one.result for one in list_worded(page, told)}
        primary = {
            told[f"verdict.{measure}.{pages.plan.primary}.rung"].result for measure in pages.plan.primary_measures
        }
        assert primary <= worded


def test_the_clients_page_that_says_otherwise_is_found(pages: Pages) -> None:
    check = {check.__name__: check for check in WORDED}["words_against_the_rule"]
    other = re.sub(
        r"(<dd[^>]*>).*?(The (?:score|gap) in)",
        r"\1We cannot tell in which of the two. \2",
        pages.html["summary"],
        flags=re.DOTALL,
    )
    spoilt = pages._replace(html={**pages.html, "summary": other})
    assert list(check(spoilt.read("summary"), pages.study))
