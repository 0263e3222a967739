"""Means over time of the primary measures alone, side by side, for a page that has little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.questions.outcomes.trajectory import draw_measures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

IN_A_ROW, ROW_HEIGHT = 3, 2.5  # panels, and inches


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the primary measures that have a mean: one row; of more, the plots of the first table are picture enough."""
    if len(plan.primary_measures) > IN_A_ROW:
        return None
    return draw_measures(registry, plan, plan.primary_scored, row_height=ROW_HEIGHT, columns=IN_A_ROW)
