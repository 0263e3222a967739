"""What the figures of the main questions draw is what the registry holds: place, order, label and arm."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

import outcomes
from drawn import points_of
from outcomes.blocks.verdicts import say_rung
from outcomes.charts.chart import Chart, Label
from outcomes.charts.style import ARM_STYLES, INK
from outcomes.plan.model import ARMS
from outcomes.questions.agreement import figure as agreement
from outcomes.questions.baseline import figure as baseline
from outcomes.questions.change import figure as change
from outcomes.questions.outcomes import forest, trajectory
from outcomes.questions.precision import needed_figure
from outcomes.results import Key
from outcomes.results.outcome import Estimate
from outcomes.results.registry import Registry
from outcomes.results.ways import OF_A_MEASURE, WAYS, main_key, name_way, verdict_of
from small_study import write_small_study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outcomes.plan.model import Plan


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Registry, Plan]:
    folder = write_small_study(tmp_path_factory.mktemp("drawn") / "s", n=80, seed=3)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan.replace("worthwhile = 5", "worthwhile = 5\nreliability = 0.8"))
    study = outcomes.read_study(folder)
    return outcomes.analyse(study).registry, study.plan


def rows_of(chart: Axes) -> dict[str, float]:
    """Labels of the rows and where they stand, from the top."""
    assert isinstance(chart, Chart)
    marks = chart.marks["y"]
    texts = [one.text if isinstance(one, Label) else one for one in marks.labels or ()]
    places = list(marks.at or ())
    assert all(above > below for above, below in pairwise(places))
    return dict(zip(texts, places, strict=True))


def test_the_forest_draws_each_way_on_its_own_row(analysed: tuple[Registry, Plan]) -> None:
    results, plan = analysed
    figure = forest.draw(results, plan)
    assert figure is not None
    (chart,) = figure.axes
    drawn = {y: x for x, y in points_of(chart, "s")}
    assert isinstance(chart, Chart)
    texts = [one.text if isinstance(one, Label) else one for one in chart.marks["y"].labels or ()]
    expected: list[tuple[str, float | None]] = []
    for measure, name in plan.measure_names.items():
        expected.append((name, None))
        for way in OF_A_MEASURE:
            for one in way.standardised:
                found = results.get(way.key(measure, "end").but(what=one.what))
                if isinstance(found, Estimate):
                    expected.append((one.text[:1].upper() + one.text[1:], found.value))
    assert texts == [text for text, _ in expected]
    places = chart.marks["y"].at or ()
    assert [drawn.get(place) for place in places] == [value for _, value in expected]


def test_the_trajectory_draws_each_arm_at_its_weeks_and_means(analysed: tuple[Registry, Plan]) -> None:
    results, plan = analysed
    figure = trajectory.draw(results, plan)
    assert figure is not None
    panels = [chart for chart in figure.axes if isinstance(chart, Chart) and chart.heading.text]
    for chart, (measure, name) in zip(panels, plan.measure_names.items(), strict=True):
        verdict = results[verdict_of(measure, plan.primary)]
        assert isinstance(verdict, Estimate)
        assert verdict.verdict is not None
        assert chart.heading.text == f"{name}: {say_rung(verdict.verdict, plan.arm_names)}"
    for chart, measure in zip(panels, plan.measures, strict=True):
        for arm in ARMS:
            keys = [Key("mmrm", measure, visit, "adjusted_mean", arm) for visit in plan.later]
            means = [results[key].value for key in keys]  # type: ignore[union-attr]
            points = points_of(chart, ARM_STYLES[arm].marker)
            assert [mean for _, mean in points] == means
            weeks = [plan.visits[visit].week for visit in plan.later]
            assert [at for at, _ in points] == pytest.approx(weeks, abs=0.02 * max(weeks))
        start = (0.0, results[Key("mmrm", measure, "start", "start_mean")].value)  # type: ignore[union-attr]
        assert points_of(chart, "s") == [start]
        leaving = [line for line in chart.lines if (line.get_xdata()[0], line.get_ydata()[0]) == start]  # type: ignore[index]
        assert len(leaving) == 3  # the mark, and a line to the first later mean of each programme
        assert "adjusted mean" in chart.names["y"].text


def test_the_trajectory_draws_means_as_seen_throughout_where_nothing_is_adjusted(
    analysed: tuple[Registry, Plan],
) -> None:
    """Two kinds of mean in one line would draw a step that nobody took."""
    results, plan = analysed
    lost = Key("mmrm", "mood", "end", "adjusted_mean", "full")
    unadjusted = Registry(
        record for record in results.records() if record.key.analysis != "mmrm" or record.key.measure != "mood"
    )
    half = Registry(record for record in results.records() if record.key != lost)
    for registry, kind in ((unadjusted, "describe"), (half, "mmrm")):
        figure = trajectory.draw(registry, plan)
        assert figure is not None
        chart = next(one for one in figure.axes if isinstance(one, Chart) and one.heading.text.startswith("Low mood"))
        what = {"describe": "mean", "mmrm": "adjusted_mean"}[kind]
        for arm in ARMS:
            found = [registry.get(Key(kind, "mood", visit, what, arm)) for visit in plan.visits]
            means = [one.value for one in found if isinstance(one, Estimate)]
            assert [mean for _, mean in points_of(chart, ARM_STYLES[arm].marker)] == means
        assert ("not adjusted" in chart.names["y"].text) == (kind == "describe")


def test_agreement_draws_every_way_of_a_measure_over_the_interval_of_the_main_one(
    analysed: tuple[Registry, Plan],
) -> None:
    results, plan = analysed
    figure = agreement.draw(results, plan)
    assert figure is not None
    (chart,) = (one for one in figure.axes if one.lines)
    drawn = {round(y, 6): x for x, y in points_of(chart, "s")}
    expected = {
        name_way(way, results, ["mood"], "end"): found.value
        for way in WAYS
        if isinstance(found := results.get(way.key("mood", "end")), Estimate)
    }
    places = rows_of(chart)
    assert [text for text in expected if text.endswith("(main)")] == ["All visits, adjusted (main)"]
    assert {text: drawn.get(round(places[text], 6)) for text in expected} == expected
    main = results[main_key(results, "mood", "end")]
    assert isinstance(main, Estimate)
    (band,) = chart.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx(main.limits)  # type: ignore[attr-defined]


def test_the_worthwhile_difference_lies_on_the_side_that_is_better(analysed: tuple[Registry, Plan]) -> None:
    results, plan = analysed
    figure = agreement.draw(results, plan)
    assert figure is not None
    (chart,) = (one for one in figure.axes if one.lines)
    upright = [set(line.get_xdata()) for line in chart.lines if len(set(line.get_xdata())) == 1]  # type: ignore[arg-type]
    assert {-5.0} in upright  # of low mood less is better
    left, right = chart.get_xlim()
    assert left > right  # so that better for the first programme lies to the right here too


def test_people_needed_are_drawn_measure_by_measure_against_those_who_started(analysed: tuple[Registry, Plan]) -> None:
    results, plan = analysed
    figure = needed_figure.draw(results, plan)
    assert figure is not None
    (chart,) = figure.axes
    rows = rows_of(chart)
    assert list(rows) == [plan.measure_names[measure] for measure in plan.primary_scored]
    for face, what in (("#ffffff", "clients_needed_equivalence"), (INK, "clients_needed")):
        wanted = [results[Key("precision", measure, "end", what)] for measure in plan.primary_scored]
        lines = [one for one in chart.lines if one.get_marker() == "o" and one.get_markerfacecolor() == face]
        (drawn,) = ([float(x) for x in line.get_xdata()] for line in lines)  # type: ignore[union-attr]
        assert drawn == [one.value for one in wanted if isinstance(one, Estimate)]
    counts = [results[Key("flow", arm=arm, what="started")] for arm in ARMS]
    there = sum(one.value for one in counts if isinstance(one, Estimate))
    assert there in {float(x) for line in chart.lines for x in line.get_xdata()}  # type: ignore[union-attr]


def test_the_start_is_drawn_by_characteristic_with_its_side(analysed: tuple[Registry, Plan]) -> None:
    results, plan = analysed
    figure = baseline.draw(results, plan)
    assert figure is not None
    (chart,) = figure.axes
    names = {"age": "Age", "gender": "Gender"} | {
        word: f"{name} at the start" for word, name in plan.measure_names.items()
    }
    places = rows_of(chart)
    assert list(places) == list(names.values())
    circles = {y: x for x, y in points_of(chart, "o")}
    squares = {y: x for x, y in points_of(chart, "s")}
    for word, text in names.items():
        difference = results[Key("baseline", subject=word, what="smd")].value  # type: ignore[union-attr]
        if word == "gender":  # of kinds none is the higher
            assert squares[places[text]] == abs(difference)
        else:
            assert circles[places[text]] == difference


def test_bars_of_change_hold_the_shares_of_their_arm_from_worse_to_better(analysed: tuple[Registry, Plan]) -> None:
    results, plan = analysed
    figure = change.draw(results, plan)
    assert figure is not None
    (chart,) = figure.axes
    labels = [label.split("\n")[-1] for label in rows_of(chart)]
    assert labels == [plan.arm_names[arm] for arm in ARMS]
    for place, arm in enumerate(ARMS):
        bars = sorted(
            (bar.get_x(), bar.get_width())  # type: ignore[attr-defined]
            for bar in chart.patches
            if bar.get_width() and round(bar.get_y() + bar.get_height() / 2) == -place  # type: ignore[attr-defined]
        )
        shares = [
            results[Key("change", "mood", "end", "share", arm, category=category)].value  # type: ignore[union-attr]
            for category in ("deteriorated", "unchanged", "improved")
        ]
        assert [width for _, width in bars] == pytest.approx([100 * share for share in shares if share])
