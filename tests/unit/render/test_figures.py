"""Figures: labels that fit, marks that stay apart, and words for those who cannot see them."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import outcomes
from outcomes.charts.layout import WIDTH
from outcomes.charts.style import spread
from outcomes.questions.outcomes.forest import find_worthwhile
from outcomes.reporting.figures import draw_figure
from outcomes.reporting.small_plots import WIDTH as PLOT
from outcomes.reporting.small_plots import draw_small_plots
from outcomes.results.store import read_registry

if TYPE_CHECKING:
    from pathlib import Path


@given(st.dictionaries(st.sampled_from(["full", "skills"]), st.floats(0, 100)), st.floats(1, 40))
def test_labels_are_spread_apart_and_keep_their_order(heights: dict[str, float], apart: float) -> None:
    places = spread(heights, apart=apart)
    order = sorted(heights, key=lambda name: heights[name])
    assert all(places[upper] - places[lower] >= apart - 1e-9 for lower, upper in pairwise(order))


@pytest.mark.parametrize("edition", ["internal", "share"])
def test_every_picture_has_words_of_its_own_that_say_what_it_shows(small_run: Path, edition: str) -> None:
    page = (small_run / edition / "annex.html").read_text(encoding="utf-8")
    said = [html.unescape(alt) for alt in re.findall(r'<img src="[^"]*" alt="([^"]*)"', page)]
    assert len(said) == len(set(said)) > 3
    for alt in said:
        assert len(alt) > 60
        assert not re.match(r"(an? |the )?(figure|picture|chart|graph|plot)\b", alt, re.IGNORECASE)
        assert re.search(r"\d|cannot|not shown|not known|agree|lie elsewhere|standard deviation", alt), alt


def test_the_worthwhile_difference_stands_as_far_from_zero_as_the_plan_says(small_run: Path) -> None:
    registry = read_registry(small_run / "results.json")
    plan = outcomes.read_study(small_run.parents[2] / "small").plan
    difference, g = registry["mmrm.mood.end.difference"], registry["mmrm.mood.end.g"]
    # five points on a scale on which the main difference and its standardised size are the same thing
    assert find_worthwhile(registry, plan, "mood") == pytest.approx(5 * abs(g.value / difference.value), rel=1e-12)


def test_the_first_screen_draws_points_with_the_worthwhile_difference_at_one_place(small_run: Path) -> None:
    registry = read_registry(small_run / "results.json")
    plan = outcomes.read_study(small_run.parents[2] / "small").plan
    strips = {measure: strip.runs[0].picture for measure, strip in draw_small_plots(registry, plan).items()}
    assert set(strips) == set(plan.primary_measures)
    dashes = {measure: re.search(r'd="M([\d.]+) 1V[^>]*dasharray', strip) for measure, strip in strips.items()}
    assert len({found.group(1) for found in dashes.values() if found}) == 1
    for measure, strip in strips.items():
        described, difference = plan.measures[measure], registry[f"mmrm.{measure}.end.difference"]
        dot = float(re.findall(r'cx="([\d.]+)"', strip)[0]) - PLOT / 2
        assert dot * (difference.value if described.better == "higher" else -difference.value) > 0
        found = dashes[measure]
        if found and described.worthwhile:
            parts = abs(difference.value) / described.worthwhile
            assert abs(dot) == pytest.approx(parts * (float(found.group(1)) - PLOT / 2), abs=0.2)


@pytest.mark.parametrize("name", ["baseline", "trajectory", "forest"])
def test_a_figure_is_the_same_bytes_every_time_and_as_wide_as_the_page(small_run: Path, name: str) -> None:
    registry = read_registry(small_run / "results.json")
    plan = outcomes.read_study(small_run.parents[2] / "small").plan
    first, second = draw_figure(name, registry, plan), draw_figure(name, registry, plan)
    assert first is not None
    assert first == second
    assert f'width="{72 * WIDTH:g}pt"' in first.svg
