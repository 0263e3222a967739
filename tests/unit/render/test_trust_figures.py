"""What the figures about trust and precision draw: coordinates, order and labels are those of the registry."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex

import outcomes
from outcomes.charts.layout import lay_out
from outcomes.charts.style import ARM_STYLES, drawing
from outcomes.reporting.figures import DRAWN
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate
from small_study import write_small_study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

WHITE = "#ffffff"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Registry, Plan]:
    """A study with two primary measures, one of them better when higher, and with arms of different sizes."""
    folder = write_small_study(tmp_path_factory.mktemp("drawn") / "s", n=70, seed=23)
    plan = (folder / "plan.toml").read_text(encoding="utf-8").replace('role = "secondary"', 'role = "primary"')
    (folder / "plan.toml").write_text(
        plan.replace("range = [0, 4]", "range = [0, 4]\nworthwhile = 0.4"), encoding="utf-8"
    )
    rows = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if row.split(",")[0] not in {"P001", "P003", "P007"}]
    (folder / "clients.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    scores = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    named = {row.split(",")[0] for row in kept}
    (folder / "scores.csv").write_text(
        "\n".join(row for row in scores if row.split(",")[0] in named) + "\n", encoding="utf-8"
    )
    found = outcomes.read_study(folder)
    return outcomes.analyse(found).registry, found.plan


def draw(study: tuple[Registry, Plan], name: str) -> Figure:
    with drawing():
        figure = DRAWN[name](*study)
        assert figure is not None
        lay_out(figure, RendererSVG(*figure.bbox.size, io.StringIO()))  # type: ignore[no-untyped-call]
    return figure


def lines(chart: Axes, marker: str) -> list[Line2D]:
    return [line for line in chart.lines if line.get_marker() == marker]


def heights(chart: Axes) -> dict[str, float]:
    """How high each text stands in its figure."""
    return {text.get_text(): text.get_window_extent().y0 for text in chart.texts}


def curve_of(registry: Registry, key: Key) -> Curve:
    curve = registry[key]
    assert isinstance(curve, Curve)
    return curve


def number(registry: Registry, key: Key) -> Estimate:
    outcome = registry[key]
    assert isinstance(outcome, Estimate)
    return outcome


def test_the_differences_before_and_after_stand_in_the_row_of_their_characteristic(
    study: tuple[Registry, Plan],
) -> None:
    registry, _ = study
    labels = {
        "age": "Age",
        "gender": "Gender",
        "mood": "Low mood at the start",
        "skill": "Skills use at the start",
    }
    sizes = {
        what: {word: abs(number(registry, Key("balance", subject=word, what=what)).value) for word in labels}
        for what in ("before", "after")
    }
    order = sorted(labels, key=lambda word: sizes["before"][word], reverse=True)
    (chart,) = draw(study, "love").axes
    for what, marker in (("before", "s"), ("after", "o")):
        drawn = {float(line.get_ydata()[0]): float(line.get_xdata()[0]) for line in lines(chart, marker)}
        assert drawn == {-place: sizes[what][word] for place, word in enumerate(order)}
    found = heights(chart)
    assert sorted(order, key=lambda word: found[labels[word]], reverse=True) == order
    assert 0.1 in [line.get_xdata()[0] for line in chart.lines if len(set(line.get_xdata())) == 1]


def test_bars_go_up_for_the_full_programme_and_down_for_the_other(study: tuple[Registry, Plan]) -> None:
    registry, plan = study
    (chart,) = draw(study, "overlap").axes
    expected = [
        (at, side * count)
        for arm, side in (("full", 1), ("skills", -1))
        for curve in [curve_of(registry, Key("balance", what="propensity", arm=arm))]
        for at, count in zip(curve.at, curve.value, strict=True)
        if count
    ]
    bars = [(round(bar.get_x() + bar.get_width() / 2, 6), bar.get_height()) for bar in chart.patches]
    np.testing.assert_allclose(sorted(bars), sorted(expected))
    found = heights(chart)
    assert found[plan.arm_names["full"]] > found[plan.arm_names["skills"]]


def test_shares_not_seen_are_drawn_for_their_arm_visit_and_measure(study: tuple[Registry, Plan]) -> None:
    registry, plan = study
    figure = draw(study, "missing")
    weeks = [visit.week for visit in plan.visits.values()]
    for chart, measure in zip(figure.axes, plan.primary_measures, strict=True):
        assert plan.measure_names[measure] in heights(chart)
        for arm in ("full", "skills"):
            (line,) = lines(chart, ARM_STYLES[arm].marker)
            shares = [number(registry, Key("missing", measure, visit, "share", arm)) for visit in plan.visits]
            np.testing.assert_allclose(line.get_ydata(), [100 * share.value for share in shares])
            np.testing.assert_allclose(line.get_xdata(), weeks, atol=0.5)
            assert to_hex(line.get_color()) == to_hex(ARM_STYLES[arm].colour)
            limits = [100 * limit for share in shares for limit in share.limits or ()]
            intervals = [
                one
                for one in chart.lines
                if one.get_marker() in {"None", ""} and to_hex(one.get_color()) == to_hex(ARM_STYLES[arm].colour)
            ]
            drawn = [height for one in intervals for height in one.get_ydata() if not np.isnan(height)]
            np.testing.assert_allclose(drawn, limits)


def test_the_tipping_points_lie_where_the_registry_says_on_the_curve_of_their_measure(
    study: tuple[Registry, Plan],
) -> None:
    registry, plan = study
    figure = draw(study, "tipping")
    for chart, measure in zip(figure.axes, plan.primary_measures, strict=True):
        key = Key("imputation", measure, plan.primary)
        curve = curve_of(registry, key.but(what="by_delta"))
        drawn = [line.get_ydata() for line in chart.lines if len(line.get_xdata()) == len(curve.at)]
        np.testing.assert_allclose(drawn, [curve.low, curve.high, curve.value])
        assert plan.measure_names[measure] in heights(chart)
        faces = {to_hex(line.get_markerfacecolor()): float(line.get_xdata()[0]) for line in lines(chart, "o")}
        expected = {}
        for what, face in (("tipping_point", to_hex(ARM_STYLES["full"].colour)), ("tipping_lean", WHITE)):
            outcome = registry[key.but(what=what)]
            if isinstance(outcome, Estimate) and curve.at[0] <= outcome.value <= curve.at[-1]:
                expected[face] = outcome.value
        assert faces == expected
        worthwhile = plan.measures[measure].sign * (plan.measures[measure].worthwhile or 0)
        assert worthwhile in [line.get_ydata()[0] for line in chart.lines if len(set(line.get_ydata())) == 1]
        texts = [text.get_text() for text in chart.texts]
        assert texts.index("← worse" if plan.measures[measure].better == "higher" else "← better") >= 0


def test_the_dot_is_this_study_on_the_curve_of_its_measure(study: tuple[Registry, Plan]) -> None:
    registry, plan = study
    figure = draw(study, "precision")
    started = sum(number(registry, Key("flow", arm=arm, what="started")).value for arm in ("full", "skills"))
    for chart, measure in zip(figure.axes, plan.primary_measures, strict=True):
        key = Key("precision", measure, plan.primary)
        curve = curve_of(registry, key.but(what="curve"))
        assert plan.measure_names[measure] in heights(chart)
        drawn = [(line.get_xdata(), line.get_ydata()) for line in chart.lines if len(line.get_xdata()) == len(curve.at)]
        np.testing.assert_allclose(drawn, [(curve.at, curve.value)])
        (dot,) = lines(chart, ARM_STYLES["full"].marker)
        detectable = number(registry, key.but(what="detectable")).value
        assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (detectable, started)
        worthwhile = plan.measures[measure].worthwhile
        assert worthwhile in [line.get_xdata()[0] for line in chart.lines if len(set(line.get_xdata())) == 1]
