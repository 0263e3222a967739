"""What was done in 121 sessions: a dot for each component with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.chart import Label
from outcomes.charts.estimates import draw_rows
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED
from outcomes.questions.sessions.components import COMPONENTS
from outcomes.questions.sessions.listed import FOLLOWED_UP, share_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

STYLE = ARM_STYLES["full"]  # 121 sessions are those of the full programme


def draw(registry: Registry, _: Plan) -> Figure | None:
    """Draw the components that are known, and below them homework that was followed up."""
    found = [registry.get(share_of(name)) for name in COMPONENTS]
    rows = [(share.label, share) for share in found if isinstance(share, Estimate)]
    if not rows:
        return None
    follow = registry.get(FOLLOWED_UP)
    figure, (chart,) = make_figure(1, height=0.27 * (len(rows) + 2) + 0.5, rules="x", sides="x")
    places = list(range(len(rows)))
    if isinstance(follow, Estimate):
        rows.append(("Homework set: reviewed the next time", follow))
        places.append(len(places) + 1)
        chart.axhline(-places[-1] + 1, color=LINE, linewidth=0.8)
    placed = [(-place, share) for place, (_label, share) in zip(places, rows, strict=True)]
    draw_rows(chart, placed, colour=STYLE.colour, marker=STYLE.marker, size=6, width=1.6, times=100)
    for place, share in placed:
        chart.write(1, place, f"{100 * share.value:.0f}", on="y", ha="right", va="center", color=MUTED, fontsize=8)
    chart.mark("y", [-place for place in places], [Label(label, INK) for label, _ in rows])
    chart.set_xlim(0, 106)
    chart.mark("x", [0, 20, 40, 60, 80, 100])
    chart.set_ylim(-places[-1] - 0.6, 0.6)
    chart.name_axis("x", "per cent of sessions")
    return figure
