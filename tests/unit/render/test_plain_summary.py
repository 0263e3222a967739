"""The page for the people who were treated: short words, short sentences, and no claim beyond the rules."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest
from markupsafe import Markup

import made
from outcomes.blocks.context import Context
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import parse_plan
from outcomes.render.html import Page
from outcomes.render.html.leaf import write_leaf
from outcomes.reporting import plain_summary, plainly
from outcomes.results.outcome import Interval
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.results.verdict import Cap, Comparison, Limits, give_verdict, orient
from outcomes.results.ways import verdict_of
from outcomes.runs import with_texts
from small_study import PLAN

if TYPE_CHECKING:
    from outcomes.results.outcome import Outcome

SOURCE = Provenance(analysis="a", question="?", code="c", files=(), digest="d")
TERMS = (
    "signific",
    "random",
    "confidence",
    "effect size",
    "adjusted",
    "standard",
    "baseline",
    "imput",
    "proves",
    "works",
)
# Flesch and Kincaid's grade is a year of school in the United States; a pupil of twelve is in the sixth or seventh.
GRADE = 6.0


def page(low: float, high: float, *, shares: bool = True, p_holm: float | None = None) -> str:
    plan = parse_plan(PLAN.encode())
    outcomes: list[Outcome] = [
        made.estimate(
            "mmrm.mood.end.difference",
            label="x",
            value=(low + high) / 2,
            unit="points",
            interval=Interval(level=0.95, low=low, high=high),
            n_full=50,
            n_skills=40,
        ),
        made.verdict(
            verdict_of("mood", "end"),
            Comparison(main=orient(low, high, sign=-1.0), worthwhile=5.0, p_holm=p_holm),
        ),
        *(made.estimate(f"flow.{arm}.started", label="x", value=50.0, unit="people") for arm in ("full", "skills")),
    ]
    if shares:
        outcomes += [
            made.estimate(f"completion.{arm}.share", label="x", value=0.7, unit="share", n=50)
            for arm in ("full", "skills")
        ]
    registry = with_texts(Registry([Record(outcome=outcome, provenance=SOURCE, text="") for outcome in outcomes]), plan)
    manifest: dict[str, Any] = {"plan": plan.model_dump(mode="json")}
    context = Context(Quoter(registry, plan, manifest), plan, "share", manifest, frozenset())
    return write_leaf(
        Page(
            title=plan.title,
            header=plain_summary.make_header(context),
            parts=plain_summary.list_sections(context),
            contents={},
            numbers=Markup(),
            run=Phrase(""),
            addresses={},
            pictures={},
            has_long_words=False,
            is_leaf=True,
        )
    )


def to_text(html: str) -> str:
    """What is read aloud, without names from the plan and without numbers."""
    body = html.split("<main>")[1]
    body = re.sub(r'<p class="kicker">.*?</p>', "", body, flags=re.DOTALL)
    body = re.sub(r'<(span|data)[^>]*data-(?:literal|id)="[^"]*"[^>]*>.*?</\1>', "so", body, flags=re.DOTALL)
    body = re.sub(r"</(?:h1|h2|dt)>", ". ", body)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def grade(text: str) -> float:
    """Give the grade of Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word − 15.59."""
    sentences = [part for part in re.split(r"[.?!]+", text) if re.search(r"[A-Za-z]", part)]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(count_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def count_syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - silent)


def test_the_measure_of_reading_age_tells_easy_from_hard() -> None:
    assert grade("The cat sat on the mat. It was a big mat.") < 1
    assert grade("Heterogeneity notwithstanding, randomised allocation facilitates unconfounded estimation.") > 20
    assert count_syllables("therapist") == 3


RANGES = [(-9.0, -6.0), (-9.0, -2.0), (-4.0, -1.0), (-3.0, 3.0), (-9.0, 4.0), (1.0, 4.0), (2.0, 9.0), (6.0, 9.0)]


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_a_twelve_year_old_can_read_it_whatever_was_found(low: float, high: float) -> None:
    text = to_text(page(low, high))
    assert grade(text) < GRADE, text
    longest = max((part for part in re.split(r"[.?!]+", text)), key=lambda part: len(part.split()))
    assert len(longest.split()) <= 20, longest
    assert not [term for term in TERMS if term in text.lower()]


def test_a_leaning_is_said_to_be_unsure() -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page(-9.0, -2.0, p_holm=0.06)))
    assert "It looks as if people did better in “Full programme”. But we cannot be sure yet." in text
    assert grade(to_text(page(-9.0, -2.0, p_holm=0.06))) < GRADE


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-9.0, -6.0, "did better in “Full programme”. The gap was big enough"),
        (-9.0, -2.0, "did better in “Full programme”. We cannot say yet"),
        (-4.0, -1.0, "did better in “Full programme”. The gap was small"),
        (-3.0, 3.0, "big enough to matter, in either direction"),
        (-9.0, 4.0, "We cannot tell"),
        (2.0, 9.0, "did better in “Skills group only”. We cannot say yet"),
    ],
)
def test_what_is_said_follows_from_the_interval(low: float, high: float, said: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page(low, high)))
    assert said in text


def test_it_thanks_promises_nothing_and_sends_to_the_team_since_not_everybody_has_a_therapist() -> None:
    text = to_text(page(-9.0, -6.0))
    assert "Thank you" in text
    assert "a gap does not show that the group made it" in text
    assert "does not tell you what is best for you" in text
    assert "someone in your team" in text
    assert "therapist" not in text


def test_no_two_headings_say_the_same() -> None:
    headings = re.findall(r"<h[12]>(.*?)</h[12]>", page(-9.0, -6.0))
    assert len(headings) == len(set(headings)) > 5


def test_what_was_hidden_is_not_guessed() -> None:
    assert "had to be left out to protect people" in page(-9, -2, shares=False)


def test_every_range_is_said_in_one_of_a_few_ways() -> None:
    found = {
        to_text(page(low, high))
        for low, high in itertools.product((-9.0, -4.0, -1.0, 1.0), (-0.5, 2.0, 9.0))
        if low < high
    }
    assert len(found) >= 4


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"p_holm": 0.2}, "one of several can differ by chance"),
        ({"caps": frozenset({Cap.GROUPS_UNKNOWN})}, "We do not know enough about who shared a group"),
    ],
)
def test_a_leaning_says_why_it_is_not_sure(held: dict[str, Any], said: str) -> None:
    """“We cannot be sure yet” stood beside a range that lies on one side, and nothing said why."""
    found = give_verdict(Comparison(main=Limits(low=1.0, high=6.0), worthwhile=4.0, **held))
    assert said in " ".join(plainly.list_doubts(found))
    assert not list(plainly.list_doubts(give_verdict(Comparison(main=Limits(low=-1.0, high=6.0), **held))))
