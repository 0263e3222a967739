"""Means over time of the primary measures alone, side by side, for a page that has little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.questions.outcomes.trajectory import draw_measures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

IN_A_ROW = 3  # panels
ROW_HEIGHT, LOWER = 2.5, 2.0  # inches: of one row, and of each of more, so that six measures take half a page


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the primary measures that have a mean, three in a row."""
    height = ROW_HEIGHT if len(plan.primary_scored) <= IN_A_ROW else LOWER
    return draw_measures(registry, plan, plan.primary_scored, row_height=height, columns=IN_A_ROW)
