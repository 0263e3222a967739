"""Harms by arm, counted by hand; what none seen is compatible with; what is said where the tables do not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

import outcomes
from drawn import points_of
from outcomes.blocks.context import Context
from outcomes.blocks.model import Table
from outcomes.blocks.quote import Quoter
from outcomes.charts.chart import Chart, Label
from outcomes.charts.style import ARM_STYLES
from outcomes.cohort import assemble
from outcomes.questions.harms import analysis as harms
from outcomes.questions.harms import words
from outcomes.questions.harms.section import make_section
from outcomes.release.edition import release
from outcomes.replication import read_people
from outcomes.replication.harms import count_harm
from outcomes.reporting.figures import draw_whole
from outcomes.results.outcome import Estimate, NotEstimable, Outcome
from outcomes.runs import with_texts
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Study

N = 66  # people in full; one more in skills
EVENTS = """
[events.attempt]
label = "Suicide attempts"
role = "harm"
[events.visit]
label = "Emergency visits"
role = "secondary"
"""
DEATHS = '[events.death]\nlabel = "Deaths"\nrole = "secondary"\n'
PLAN = """\
version = 1
title = "SYNTHETIC DATA"
[arms]
full   = { value = "full", label = "Full" }
skills = { value = "skills", label = "Skills" }
[visits]
start = { label = "Start", week = 0 }
mid   = { label = "Mid", week = 12 }
end   = { label = "End", week = 24 }
primary = "end"
[measures.mood]
label = "Low mood"
domain = "symptoms"
role = "primary"
better = "lower"
range = [0, 60]
reliable_change = { points = 6, source = "a publication" }
[measures.skill]
label = "Skills use"
domain = "skills use"
role = "secondary"
better = "higher"
range = [0, 60]
reliable_change = { points = 6, source = "a publication" }
"""


def write_study(folder: Path, events: str = EVENTS, rows: str = "", reasons: dict[str, str] | None = None) -> Path:
    """Everybody scores 30 at all three visits and stays 24 weeks, but for those below.

    F01 to F03 of full are worse by six at the end on mood, F03 on skills use as well; F04 by five, which is not
    reliable. F05 is worse at the middle visit and left after 13 weeks; F06 left after 13 weeks and was not worse; F07
    left after 10, before the middle visit. S01 is better by six on mood, worse by seven on skills use; S02 is worse.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(PLAN + events)
    people = [f"F{one:02d}" for one in range(1, N + 1)] + [f"S{one:02d}" for one in range(1, N + 2)]
    left = {"F05": "2024-04-01", "F06": "2024-04-01", "F07": "2024-03-11"}
    clients = ["client_id,arm,start_date,end_date,end_reason"]
    scores = ["client_id,visit,measure,score"]
    moved = {
        ("F01", "end", "mood"): 36,
        ("F02", "end", "mood"): 36,
        ("F03", "end", "mood"): 36,
        ("F03", "end", "skill"): 24,
        ("F04", "end", "mood"): 35,
        ("F05", "mid", "mood"): 40,
        ("S01", "end", "mood"): 24,
        ("S01", "end", "skill"): 23,
        ("S02", "end", "mood"): 36,
    }
    gone = {"F05": {"end"}, "F06": {"end"}, "F07": {"mid", "end"}}
    for one in people:
        arm = "full" if one[0] == "F" else "skills"
        reason = (reasons or {}).get(one, "left" if one in left else "finished")
        clients.append(f"{one},{arm},2024-01-01,{left.get(one, '2024-06-17')},{reason}")
        scores += [
            f"{one},{visit},{measure},{moved.get((one, visit, measure), 30)}"
            for visit in ("start", "mid", "end")
            for measure in ("mood", "skill")
            if visit not in gone.get(one, set())
        ]
    (folder / "clients.csv").write_text("\n".join(clients) + "\n")
    (folder / "scores.csv").write_text("\n".join(scores) + "\n")
    if rows:
        (folder / "events.csv").write_text("client_id,date,kind,number\n" + rows)
    return folder


def analyse(study: Study) -> dict[str, Outcome]:
    cohort = assemble(study, score_study(study))
    return {outcome.id: outcome for outcome in harms.analyse(cohort)}


HAPPENED = """\
S01,2024-02-01,attempt,
S01,2024-02-01,attempt,2
S02,2023-12-01,attempt,
S03,2024-06-18,attempt,1
F01,2024-03-01,visit,
"""


def test_each_harm_is_counted_by_arm_of_those_of_whom_it_is_known(tmp_path: Path) -> None:
    found = analyse(outcomes.read_study(write_study(tmp_path / "s", rows=HAPPENED)))
    expected = {
        # F05, F06 and F07 were not seen at the end
        "deterioration.full": (3, N - 3),
        "deterioration.skills": (2, N + 1),
        # F07 left before any later score
        "left_worse.full": (1, N - 1),
        "left_worse.skills": (0, N + 1),
        "attempt.full": (0, N),
        # two rows of one person; one before the start and one after the last day count nowhere
        "attempt.skills": (1, N + 1),
    }
    for name, (people, of) in expected.items():
        count, share = found[f"harms.{name}.people"], found[f"harms.{name}.share"]
        assert isinstance(count, Estimate)
        assert isinstance(share, Estimate)
        assert (count.value, count.n) == (people, of), name
        assert share.value == pytest.approx(people / of)
    assert "harms.visit.full.people" not in found
    difference = found["harms.deterioration.difference"]
    assert isinstance(difference, Estimate)
    assert difference.value == pytest.approx(3 / (N - 3) - 2 / (N + 1))


def test_none_of_66_is_compatible_with_up_to_6_in_100_and_one_of_67_with_9(tmp_path: Path) -> None:
    study = outcomes.read_study(write_study(tmp_path / "s", rows=HAPPENED))
    found = analyse(study)
    none, one = found["harms.attempt.full.upper"], found["harms.attempt.skills.upper"]
    assert isinstance(none, Estimate)
    assert isinstance(one, Estimate)
    assert none.value == pytest.approx(1 - 0.025 ** (1 / 66), rel=1e-12)
    assert one.value == pytest.approx(stats.binomtest(1, 67).proportion_ci(method="exact").high, rel=1e-9)
    registry = with_texts(outcomes.analyse(study).registry, study.plan)
    quoter = Quoter(registry, study.plan, {"files": []})
    said = words.say_harm(quoter, "attempt").plain
    assert said == (
        "Suicide attempts: none of 66 (up to 6 in 100 would be compatible with that) in Full, 1 of 67 (1%) in Skills."
    )
    assert words.list_in_short(quoter)[-1].plain == "These tables do not tell of deaths."
    section = make_section(Context(quoter, study.plan, "internal", {"files": []}, frozenset()))
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert len(table.rows) == 4  # three harms, and the rate of the attempts


def test_the_figure_draws_each_harm_on_its_row_in_the_arm_that_had_it(tmp_path: Path) -> None:
    study = outcomes.read_study(write_study(tmp_path / "s", rows=HAPPENED))
    registry = with_texts(outcomes.analyse(study).registry, study.plan)
    figure = draw_whole("harms", registry, study.plan)
    assert figure is not None
    (chart,) = figure.axes
    assert isinstance(chart, Chart)
    places = chart.marks["y"].at or ()
    names = [one.text if isinstance(one, Label) else one for one in chart.marks["y"].labels or ()]
    wanted = {
        "Got reliably worse on any measure": "deterioration",
        "Left after getting reliably worse": "left_worse",
        "Suicide attempts": "attempt",
    }
    assert names == list(wanted)
    for arm, above in (("full", True), ("skills", False)):
        drawn = sorted(points_of(chart, ARM_STYLES[arm].marker), key=lambda point: -point[1])
        shares = [registry[f"harms.{subject}.{arm}.share"] for subject in wanted.values()]
        assert [x for x, _ in drawn] == pytest.approx([100 * one.value for one in shares])  # type: ignore[union-attr]
        assert all((y > place) is above for (_, y), place in zip(drawn, places, strict=True))
        limits = [100 * end for one in shares for end in one.limits or ()]  # type: ignore[union-attr]
        reached = {round(float(x), 9) for line in chart.lines for x in np.asarray(line.get_xdata(), dtype=float)}
        assert {round(end, 9) for end in limits} <= reached
    told = [registry.record(f"harms.deterioration.{arm}.share").text for arm in ("full", "skills")]
    assert chart.heading.text == f"Got reliably worse on any measure: {told[0]} and {told[1]}"


def test_the_second_computation_finds_the_same(tmp_path: Path) -> None:
    study = outcomes.read_study(write_study(tmp_path / "s", EVENTS + DEATHS, HAPPENED, {"F09": "Died "}))
    people = read_people(study)
    compared = 0
    for outcome in analyse(study).values():
        if not isinstance(outcome, Estimate):
            continue
        second = count_harm(people, outcome.key)
        assert second is not None
        assert second.value == pytest.approx(outcome.value, rel=1e-9, abs=1e-12), outcome.id
        if second.interval is not None and outcome.interval is not None:
            assert second.interval == pytest.approx((outcome.interval.low, outcome.interval.high), rel=1e-7, abs=1e-9)
        compared += 1
    assert compared == 28  # of four harms, three results an arm and a difference


@pytest.mark.parametrize(
    ("events", "rows", "reasons", "people"),
    [
        (EVENTS, HAPPENED, None, None),
        (EVENTS + DEATHS, HAPPENED, None, 0),
        (EVENTS + DEATHS, HAPPENED + "F02,2024-05-05,death,\n", None, 1),
        (EVENTS, "", {"F02": "died", "F03": "moved away"}, 1),
    ],
)
def test_deaths_are_counted_where_something_tells_of_them_and_never_taken_for_none(
    tmp_path: Path, events: str, rows: str, reasons: dict[str, str] | None, people: int | None
) -> None:
    found = analyse(outcomes.read_study(write_study(tmp_path / "s", events, rows, reasons)))["harms.death.full.people"]
    if people is None:
        assert isinstance(found, NotEstimable)
        assert "do not say whether anybody died" in found.reason
    else:
        assert isinstance(found, Estimate)
        assert (found.value, found.n) == (people, N)


def test_a_plan_without_harms_and_a_study_without_events_say_so(tmp_path: Path) -> None:
    found = analyse(outcomes.read_study(write_study(tmp_path / "one", events="")))
    assert isinstance(found["harms.serious.people"], NotEstimable)
    found = analyse(outcomes.read_study(write_study(tmp_path / "two")))
    missing = found["harms.attempt.full.people"]
    assert isinstance(missing, NotEstimable)
    assert missing.reason == "events.csv was not provided."


def test_what_few_people_had_is_not_shared_nor_is_that_nobody_had_it(tmp_path: Path) -> None:
    study = outcomes.read_study(write_study(tmp_path / "s", rows=HAPPENED))
    shared = release(outcomes.analyse(study).registry, study.plan.disclosure).registry
    assert [
        record.id
        for record in shared.records()
        if record.key.analysis == "harms" and isinstance(record.outcome, Estimate)
    ] == []
