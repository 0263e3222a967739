"""What was done in 121 sessions: a dot for each component with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.chart import Label
from outcomes.charts.estimates import draw_rows
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED
from outcomes.questions.sessions.components import COMPONENTS
from outcomes.questions.sessions.listed import FOLLOWED_UP, TASK_FOLLOWED_UP, share_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

ROW = 0.2  # inches: all that is asked of a session stands on a page with what is said of it
STYLE = ARM_STYLES["full"]  # 121 sessions are those of the full programme


FOLLOWING = {
    FOLLOWED_UP: "Homework set, then reviewed",
    TASK_FOLLOWED_UP: "Behavioural task set, then reviewed",
}


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the components that are known with what the plan expects, and below them what was followed up."""
    found = [registry.get(share_of(name)) for name in COMPONENTS]
    rows = [(share.label, share) for share in found if isinstance(share, Estimate)]
    if not rows:
        return None
    follow = [(label, registry.get(key)) for key, label in FOLLOWING.items()]
    below = [(label, share) for label, share in follow if isinstance(share, Estimate)]
    figure, (chart,) = make_figure(1, height=ROW * (len(rows) + len(below) + 1) + 0.75, rules="x", sides="x")
    places = [*range(len(rows)), *range(len(rows) + 1, len(rows) + 1 + len(below))]
    if below:
        chart.axhline(-len(rows), color=LINE, linewidth=0.8)
    expected = plan.sessions.expected
    marked = [
        (100 * expected[share.key.subject], -place)
        for place, (_, share) in enumerate(rows)
        if share.key.subject in expected
    ]
    if marked:
        chart.plot(
            *zip(*marked, strict=True), linestyle="none", marker="|", color=INK, markersize=11, markeredgewidth=1.4
        )
    chart.entitle(_entitle([share for _, share in rows]))
    rows += below
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


def _entitle(shares: list[Estimate]) -> str:
    """Say what was done most and least often."""
    most, *_, least = sorted((*shares, *shares), key=lambda share: -share.value)
    return f"Most often done: {most.label}, {_percent(most)}; least often: {least.label}, {_percent(least)}"


def _percent(share: Estimate) -> str:
    return f"{100 * share.value:.0f}%"
