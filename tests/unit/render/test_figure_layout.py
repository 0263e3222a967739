"""Figures laid out: whatever things are called, no text leaves its figure and none covers another."""

from __future__ import annotations

import io
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_svg import RendererSVG

from outcomes.blocks.format import THIN, format_marks
from outcomes.charts.chart import Chart
from outcomes.charts.layout import lay_out, make_figure
from outcomes.charts.style import drawing
from outcomes.charts.texts import measure, shorten, wrap
from outcomes.plan.model import ARMS
from outcomes.plan.read import read_plan
from outcomes.reporting.figures import DRAWN
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

ROOT = Path(__file__).resolve().parents[3]
REFERENCE, PLAN = ROOT / "reports" / "example" / "reference", ROOT / "data" / "example" / "plan.toml"
NAMES = {
    "as they are": "",
    "wide": "WIDE WORDS MMMM WWWW " * 14,
    "one word": "W" * 300,
    "right to left, emoji and markup": "برنامج 🧠 <b>&amp;</b> $x$ " * 12,
}
IN_EXAMPLE = sorted(set(DRAWN) - {"kinds"})  # which is of counts and yes/no, and the example measures neither
SLACK = 1.5  # points by which boxes of texts may touch: they hold the room above small letters


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read_registry(REFERENCE / "results.json")


def call_all(plan: Plan, name: str) -> Plan:
    """Give arms, measures and visits a name, each with a number in front."""
    if not name:
        return plan
    named = {
        kind: {word: one.model_copy(update={"label": f"{place} {name}"}) for place, (word, one) in enumerate(things)}
        for kind, things in (("measures", plan.measures.items()), ("visits", plan.visits.items()))
    }
    arms = {arm: getattr(plan.arms, arm).model_copy(update={"label": f"{arm} {name}"}) for arm in ARMS}
    return plan.model_copy(update={**named, "arms": plan.arms.model_copy(update=arms)})


def laid_out(figure: Figure) -> RendererSVG:
    renderer = RendererSVG(*figure.bbox.size, io.StringIO())  # type: ignore[no-untyped-call]
    lay_out(figure, renderer)
    return renderer


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    with drawing():
        renderer = laid_out(figure)
        texts = [text for holder in (figure, *figure.axes) for text in holder.texts if text.get_text().strip()]
        return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("drawn", IN_EXAMPLE)
def test_no_text_leaves_its_figure_and_none_covers_another(registry: Registry, drawn: str, name: str) -> None:
    with drawing():
        figure = DRAWN[drawn](registry, call_all(read_plan(PLAN), NAMES[name]))
    assert figure is not None
    found = boxes(figure)
    assert len(found) > 5
    width, height = figure.bbox.size
    out = [text for text, box in found if min(box.x0, box.y0) < -0.5 or box.x1 > width + 0.5 or box.y1 > height + 0.5]
    assert out == []
    covered = [
        (one, other)
        for (one, a), (other, b) in combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > SLACK
    ]
    assert covered == []


@pytest.mark.parametrize("drawn", IN_EXAMPLE)
def test_whatever_things_are_called_a_panel_keeps_room_to_be_read(registry: Registry, drawn: str) -> None:
    with drawing():
        figure = DRAWN[drawn](registry, call_all(read_plan(PLAN), NAMES["wide"]))
        assert figure is not None
        laid_out(figure)
    # the rows of people below a curve are texts alone
    panels = [axes for axes in figure.axes if isinstance(axes, Chart) and axes.silent != "xy"]
    assert all(panel.bbox.width > 80 and panel.bbox.height > 40 for panel in panels)


def test_panels_of_a_row_are_equally_wide_and_end_at_the_same_heights() -> None:
    figure, charts = make_figure(3, height=2.0, columns=3)
    for place, chart in enumerate(charts):
        chart.plot([0, 1], [0, 10**place])
        chart.entitle("a title" * (place + 1))
        chart.name_axis("y", "what it shows")
    laid_out(figure)
    assert len({round(chart.bbox.width, 6) for chart in charts}) == 1
    assert len({(round(chart.bbox.y0, 6), round(chart.bbox.y1, 6)) for chart in charts}) == 1
    assert all(before.bbox.x1 < after.bbox.x0 for before, after in pairwise(charts))


def test_marks_have_as_many_decimals_as_tell_them_apart() -> None:
    assert format_marks([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert format_marks([-20.0, 0.0, 20.0]) == ["−20", "0", "20"]
    assert format_marks([0, 10_000, 20_000]) == ["0", f"10{THIN}000", f"20{THIN}000"]
    assert format_marks([1e-3, 2e-3]) == ["0.001", "0.002"]
    assert format_marks([2.0]) == ["2"]
    assert format_marks([]) == []


@given(st.text(min_size=1, max_size=300), st.floats(20, 300), st.sampled_from([6.5, 8.5]), st.integers(1, 3))
def test_a_broken_label_has_no_more_lines_than_allowed_and_none_is_wider_than_its_room(
    text: str, room: float, size: float, lines: int
) -> None:
    with drawing():
        broken = wrap(" ".join(text.split()), room, size=size, lines=lines).split("\n")
        assert len(broken) <= lines
        assert all(measure(line, size=size) <= room for line in broken)


def test_a_label_that_fits_is_not_changed_and_one_that_is_cut_says_so() -> None:
    assert wrap("Skills group only", 100, size=8.5) == "Skills group only"
    assert wrap("Full programme (121 + group)", 95, size=8.5) == "Full programme (121\n+ group)"
    assert wrap("one two three four five", 30, size=8.5).endswith("…")
    assert shorten("one two three", 40, size=8.5).endswith("…")


def test_every_measure_with_a_worthwhile_difference_has_it_in_the_forest_primary_or_not(registry: Registry) -> None:
    plan = read_plan(PLAN)
    measures = {word: one.model_copy(update={"worthwhile": 0.3}) for word, one in plan.measures.items()}
    with drawing():
        figure = DRAWN["forest"](registry, plan.model_copy(update={"measures": measures}))
    assert figure is not None
    said = [text.get_text() for text in figure.axes[0].texts]
    compared = [word for word in measures if isinstance(registry.get(f"mmrm.{word}.{plan.primary}.g"), Estimate)]
    assert len(compared) > len(plan.primary_measures)
    assert said.count("worthwhile") == len(compared)
