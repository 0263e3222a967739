"""Which words are used when: every region of the interval against zero and the worthwhile difference."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import made
from outcomes.blocks.quote import Quoter
from outcomes.blocks.reading import say_share
from outcomes.plan.read import read_plan
from outcomes.questions.needs import words as needs
from outcomes.questions.outcomes.words import lead_outcomes, say_measure
from outcomes.questions.precision.words import lead_precision
from outcomes.questions.verdict.words import key_of, say_in_short
from outcomes.reporting.small_plots import draw_small_plots
from outcomes.results import Key
from outcomes.results.outcome import Interval
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.results.verdict import Cap, Comparison, orient
from outcomes.results.ways import verdict_of
from outcomes.runs import with_texts

if TYPE_CHECKING:
    from pathlib import Path


def test_sizes_in_words_rise_with_the_size() -> None:
    words = list(dict.fromkeys(say_share(share / 100) for share in range(1, 300)))
    assert words[0] == "a small part of"
    assert words[-1] == "more than twice"
    assert len(words) == 11
    assert say_share(-1.0) == "about"


def test_how_many_people_it_takes_is_said_or_why_it_cannot_be(small_study: Path) -> None:
    """A measure without a worthwhile difference left the lead with nothing but who started."""
    plan = read_plan(small_study / "plan.toml")
    measure, *others = plan.primary_measures
    reason = "The plan does not say which difference would be worthwhile on this measure."
    absent = [f"precision.{one}.{plan.primary}.clients_needed" for one in (measure, *others)]
    outcomes = [
        *(made.refused(name, label="x", reason=reason) for name in absent),
        *(made.estimate(f"flow.{arm}.started", label="x", value=20.0, unit="people") for arm in ("full", "skills")),
    ]
    source = Provenance(analysis="a", question="?", code="c", files=(), digest="d", seed=None)
    registry = Registry(Record(outcome=one, provenance=source, text="20") for one in outcomes)
    said = lead_precision(Quoter(registry, plan, {})).plain
    assert reason in said
    assert said.endswith("Here 20 and 20 started.")


SOURCE = Provenance(analysis="a", question="?", code="c", files=(), digest="d", seed=None)


MAIN = Key("mmrm", "mood", "end", "difference")


def quoter_of(study: Path, low: float, high: float, **comparison: Any) -> Quoter:
    """Quoter of a study that found a difference in low mood, of which less is better and 5 points are worthwhile."""
    plan = read_plan(study / "plan.toml")
    limits = {"level": 0.95, "low": low, "high": high}
    outcomes = [
        made.estimate(
            MAIN,
            label="x",
            value=(low + high) / 2,
            unit="points",
            interval=Interval(**limits),
            n_full=50,
            n_skills=40,
        ),
        made.estimate(MAIN.but(what="g"), label="x", value=-(low + high) / 20, unit="sd"),
        made.estimate(MAIN.but(what="p_holm"), label="x", value=0.06, unit="probability"),
        made.verdict(
            verdict_of("mood", "end"),
            Comparison(main=orient(low, high, sign=-1.0), worthwhile=5.0, **comparison),
        ),
    ]
    registry = with_texts(Registry(Record(outcome=one, provenance=SOURCE, text="") for one in outcomes), plan)
    return Quoter(registry, plan, {})


def test_direction_size_and_certainty_are_said_in_this_order_and_once(small_study: Path) -> None:
    said = say_measure(quoter_of(small_study, -5.0, -1.0), "mood").plain
    phrases = (
        "People in Full programme finished 3.0 points lower on Low mood than similar people in Skills",
        "(95% interval 1.0 to 5.0 lower; 50 and 40 people compared).",
        "That is about two thirds of the difference the clinic called worthwhile",
        "A lower score is better on this scale.",
        "All the intervals that it must stand in say the same: better in Full programme; whether",
    )
    places = [said.index(phrase) for phrase in phrases]
    assert places == sorted(places)


def test_a_difference_that_rounds_to_nothing_is_not_said_to_have_a_side(small_study: Path) -> None:
    said = say_measure(quoter_of(small_study, -3.01, 3.0), "mood").plain
    assert "the difference on Low mood was 0.0 points" in said
    assert "finished" not in said


@pytest.mark.parametrize(
    ("low", "high", "phrase"),
    [
        (-9.0, -6.0, "better in Full programme, by a worthwhile amount"),
        (-9.0, -1.0, "better in Full programme; whether worthwhile stays open"),
        (1.0, 4.0, "better in Skills group only, less than worthwhile"),
        (-3.0, 4.0, "too small either way to be worthwhile"),
        (-3.0, 9.0, "does not tell which does better"),
        (-5.1, -1.0, "only just better in Full programme; whether worthwhile stays open"),
        (-3.0, 4.9, "too small either way to be worthwhile (only just)"),
    ],
)
def test_the_first_screen_says_what_each_interval_tells_in_a_few_words(
    small_study: Path, low: float, high: float, phrase: str
) -> None:
    quoter = quoter_of(small_study, low, high)
    assert say_in_short(quoter, key_of(quoter, "mood")).plain == phrase


def test_what_holds_a_verdict_back_is_named_with_its_number(small_study: Path) -> None:
    quoter = quoter_of(small_study, -4.0, -1.0, p_holm=0.06, caps=frozenset({Cap.GROUPS_UNKNOWN}))
    held = "the correction for looking at several measures, groups not recorded"
    short = f"leans towards Full programme; not settled: {held}"
    assert say_in_short(quoter, key_of(quoter, "mood")).plain == short
    said = say_measure(quoter, "mood").plain
    assert "This leans towards Full programme and is not settled." in said
    assert "What holds it back: the correction for looking at several measures (p 0.060); groups not recorded." in said


def test_the_section_on_outcomes_begins_with_what_was_found(small_study: Path) -> None:
    said = lead_outcomes(quoter_of(small_study, -5.0, -1.0)).plain
    assert (
        "3.0 points lower (1.0 to 5.0 lower), only just better in Full programme; whether worthwhile stays open" in said
    )


def test_the_picture_of_the_first_screen_has_a_scale_in_points(small_study: Path) -> None:
    quoter = quoter_of(small_study, -5.0, -1.0)
    strip = draw_small_plots(quoter.registry, quoter.plan_model)["mood"].runs[0].picture
    assert ">0</text>" in strip
    assert ">5</text>" in strip


def test_a_reason_that_measures_share_is_given_once(small_study: Path) -> None:
    plan = small_study / "plan.toml"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace('role = "secondary"', 'role = "primary"'), encoding="utf-8"
    )
    names = [f"precision.{one}.end.clients_needed" for one in ("mood", "skill")]
    absent = [made.refused(name, label="x", reason="The plan does not say.") for name in names]
    registry = Registry(Record(outcome=one, provenance=SOURCE, text="20") for one in absent)
    said = lead_precision(Quoter(registry, read_plan(plan), {})).plain
    assert said.startswith(
        "How many people it would take for Low mood and Skills use cannot be told. The plan does not say."
    )
    assert said.count("The plan does not say.") == 1


def profile(*, full: int | None, skills: int | None) -> str:
    seen = {"full": full, "skills": skills}
    records = {
        (key := Key("needs", what="seen", arm=arm, subject="x")): made.estimate(key, value=float(many), unit="people")
        for arm, many in seen.items()
        if many is not None
    }
    return str(needs.say_profile(SimpleNamespace(get=records.get), "x"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("full", "skills", "phrase"),
    [
        (50, 4, "cannot speak for them"),
        (4, 50, "cannot speak for them"),
        (5, 50, "say little about them"),
        (19, 50, "say little about them"),
        (20, 20, "were seen in both programmes"),
        (30, None, "Not shown in this edition"),
    ],
)
def test_whether_the_data_speak_for_people_like_a_profile_hangs_on_the_smaller_arm(
    full: int, skills: int | None, phrase: str
) -> None:
    assert phrase in profile(full=full, skills=skills)
