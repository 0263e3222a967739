"""Figures of the report: better faces one way, a title says what was found, and each can be read on its page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from outcomes.charts.chart import Chart
from outcomes.plan.model import Plan
from outcomes.questions.catalogue import CATALOGUE
from outcomes.render.document.widths import SHORT_FIGURE, find_share
from outcomes.reporting.figures import draw_figure, draw_whole
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from outcomes.runs import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.registry import Registry

# What the report shows: each stands on a page with a sentence and a table.
SHOWN = ("baseline", "retention", "change", "events", "sessions", "costs", "evidence", "harms", "needed")
LEAST = 0.8  # of the width of the page: below, its letters are smaller than those of a footnote


@pytest.fixture(scope="module")
def example(root: Path) -> tuple[Registry, Plan]:
    """Give results and plan of the committed run of the example."""
    run = root / "reports" / "example" / "reference"
    return read_registry(run / "results.json"), Plan.model_validate(read_manifest(run)["plan"], strict=False)


def title_of(name: str, registry: Registry, plan: Plan) -> str:
    """Give the titles of the panels of a figure."""
    figure = draw_whole(name, registry, plan)
    assert figure is not None
    return " ".join(chart.heading.text for chart in figure.axes if isinstance(chart, Chart))


def test_every_figure_is_known_to_the_catalogue() -> None:
    """So that none of those asked for here has gone."""
    assert set(SHOWN) <= {name for question in CATALOGUE.values() for name in question.figures}


@pytest.mark.parametrize("name", SHOWN)
def test_a_figure_of_the_report_is_large_enough_to_be_read_on_its_page(
    name: str, example: tuple[Registry, Plan]
) -> None:
    """As wide as the page, or nearly: the height that a page leaves it is not what makes it small."""
    picture = draw_figure(name, *example)
    assert picture is not None
    assert find_share(picture.svg, SHORT_FIGURE) >= LEAST


@pytest.mark.parametrize(
    "name", ["baseline", "trajectory", "retention", "change", "events", "sessions", "costs", "harms", "needed"]
)
def test_a_title_tells_a_number_or_a_verdict(name: str, example: tuple[Registry, Plan]) -> None:
    """And not only what is drawn."""
    assert re.search(r"\d|better in|leans|too small", title_of(name, *example))


def test_the_title_of_the_start_counts_what_the_results_count(example: tuple[Registry, Plan]) -> None:
    """On how many characteristics the people were alike."""
    registry, plan = example
    alike, compared = (registry[f"balance.{what}"].value for what in ("alike", "compared"))
    assert f"on {alike:.0f} of {compared:.0f} " in title_of("baseline", registry, plan)


def test_the_title_of_costs_has_the_difference_of_the_first_page_and_the_price_of_one_more(
    example: tuple[Registry, Plan],
) -> None:
    registry, _ = example
    title = title_of("costs", *example)
    assert f"costs GBP {registry.record('costs.difference').text} more a client" in title
    assert f"GBP {registry.record('costs.dts.per_improvement').text} for one more improved on Distress" in title


def test_a_panel_for_whom_names_what_stands_out_and_says_where_nothing_does(example: tuple[Registry, Plan]) -> None:
    registry, plan = example
    figure = draw_whole("moderators", registry, plan)
    assert figure is not None
    titles = dict(chart.heading.text.split(": ") for chart in figure.axes if isinstance(chart, Chart))
    for measure in plan.primary_measures:
        one = registry[f"needs.{measure}.end.self_harm_history.interaction"]
        assert isinstance(one, Estimate)
        assert one.limits is not None
        low, high = one.limits
        assert low is not None
        assert high is not None
        expected = "may differ by self harm history" if low > 0 or high < 0 else "nothing stands out"
        assert titles[plan.measure_names[measure]] == expected
    assert len(set(titles.values())) == 2


def test_the_title_of_the_evidence_says_on_which_side_of_what_is_published_this_lies(
    example: tuple[Registry, Plan],
) -> None:
    """Fewer dropped out there and here: both ratios are below one."""
    registry, _ = example
    here, there = (registry[f"evidence.dropout.{one}"] for one in ("local", "lyng_et_al_2020"))
    assert isinstance(here, Estimate)
    assert isinstance(there, Estimate)
    assert max(here.value, there.value) < 1
    assert title_of("evidence", *example) == "Drop-out: here on the same side as what is published"


def test_better_is_up_in_every_panel_over_time(example: tuple[Registry, Plan]) -> None:
    """Where lower scores are better the axis is turned."""
    registry, plan = example
    figure = draw_whole("trajectory", registry, plan)
    assert figure is not None
    panels = {chart.heading.text.partition(":")[0]: chart for chart in figure.axes if isinstance(chart, Chart)}
    turned = {name: low > high for name, chart in panels.items() for low, high in [chart.get_ylim()]}
    better = {plan.measure_names[word]: one.better for word, one in plan.measures.items()}
    assert turned == {name: better[name] == "lower" for name in turned}
    assert len(set(turned.values())) == 2
