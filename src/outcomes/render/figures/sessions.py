"""What was done in 121 sessions: a dot for each component with its interval, and its course over the sessions."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from outcomes.core.estimates import Curve, Estimate
from outcomes.render.figures.style import ARM_STYLES, INK, LINE, MUTED, make_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

COMPONENTS = (
    *("agenda_set", "week_reviewed", "chain_analysis", "solution_analysis", "skills_generalised"),
    *("homework_reviewed", "homework_set", "validation_and_change", "feedback", "closing_summary"),
)
FOLLOWED_UP = "sessions.homework.followed_up"
STYLE = ARM_STYLES["full"]  # 121 sessions are those of the full programme
COLUMNS = 5


def draw(registry: Registry, _: Plan) -> Figure | None:
    """Draw the components that are known, and below them homework that was followed up."""
    found = [registry.get(f"sessions.{name}.share") for name in COMPONENTS]
    rows = [(share.label, share) for share in found if isinstance(share, Estimate)]
    if not rows:
        return None
    follow = registry.get(FOLLOWED_UP)
    figure, (axis,) = make_figure(1, 1, height=0.27 * (len(rows) + 2) + 0.5)
    places = list(range(len(rows)))
    if isinstance(follow, Estimate):
        rows.append(("Homework set: reviewed the next time", follow))
        places.append(len(places) + 1)
        axis.axhline(-places[-1] + 1, color=LINE, linewidth=0.8)
    for place, (_label, share) in zip(places, rows, strict=True):
        _draw_dot(axis, -place, share)
    axis.set_yticks([-place for place in places], [label for label, _ in rows], color=INK)
    axis.set_xlim(0, 106)
    axis.set_xticks([0, 20, 40, 60, 80, 100])
    axis.set_ylim(-places[-1] - 0.6, 0.6)
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", color=LINE, linewidth=0.6)
    axis.spines["left"].set_visible(False)
    axis.set_xlabel("per cent of sessions")
    return figure


def _draw_dot(axis: Axes, place: float, share: Estimate) -> None:
    if share.interval is not None and share.interval.low is not None and share.interval.high is not None:
        axis.plot(
            [100 * share.interval.low, 100 * share.interval.high], [place, place], color=STYLE.colour, linewidth=1.6
        )
    axis.plot([100 * share.value], [place], STYLE.marker, color=STYLE.colour, markersize=6)
    axis.annotate(f"{100 * share.value:.0f}", (106, place), ha="right", va="center", color=MUTED, fontsize=8)


def draw_course(registry: Registry, _: Plan) -> Figure | None:
    """Draw one small panel a component: share by number of the session, with its band."""
    found = [registry.get(f"sessions.{name}.course") for name in COMPONENTS]
    curves = [curve for curve in found if isinstance(curve, Curve) and len(curve.at) > 1]
    if not curves:
        return None
    rows = -(-len(curves) // COLUMNS)
    figure, axes = make_figure(rows, min(COLUMNS, len(curves)), height=1.45 * rows + 0.3, sharex=True, sharey=True)
    for axis in axes[len(curves) :]:
        axis.set_visible(False)
    for axis, curve in zip(axes, curves, strict=False):
        axis.fill_between(
            curve.at,
            [100 * low for low in curve.low],
            [100 * high for high in curve.high],
            color="#cfe0ea",
            linewidth=0,
        )
        axis.plot(curve.at, [100 * share for share in curve.value], color=STYLE.colour, linewidth=1.4)
        axis.set_title("\n".join(textwrap.wrap(curve.label.split(",")[0], 18)), fontsize=8, fontweight="normal")
        axis.set_ylim(0, 100)
        axis.set_yticks([0, 50, 100])
    figure.supxlabel("number of the session", fontsize=8.5, color=MUTED)
    figure.supylabel("per cent", fontsize=8.5, color=MUTED)
    return figure
