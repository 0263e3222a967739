"""The diary card week by week: how much is filled in, urges, and days with a skill used, one panel each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.charts.layout import make_figure
from outcomes.charts.over_time import draw_weeks
from outcomes.charts.people import every
from outcomes.plan.model import ARMS
from outcomes.questions.diary.keys import FILLED, key_of
from outcomes.results.outcome import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

PANELS = {
    FILLED: ("Weeks with a card", "people, per cent"),
    "urge_self_harm": ("Urge to self-harm", "mean, 0 to 5"),
    "skills_days": ("Days with a skill used", "of seven"),
}
HIGHEST = {FILLED: 102.0, "urge_self_harm": 5.0, "skills_days": 7.0}


def draw(registry: Registry, plan: Plan) -> Figure | None:  # noqa: ARG001  # every figure is given both
    """Draw what the cards hold of these."""
    shown = {subject: curves for subject in PANELS if (curves := _find(registry, subject))}
    if not shown:
        return None
    begin = min(curve.at[0] for curves in shown.values() for curve in curves.values())
    end = max(curve.at[-1] for curves in shown.values() for curve in curves.values())
    end = end if end > begin else begin + 1
    figure, charts = make_figure(len(shown), height=1.9 * len(shown), share="x")
    for chart, (subject, curves) in zip(charts, shown.items(), strict=True):
        _draw_panel(chart, curves, subject)
    charts[0].set_xlim(begin - 0.03 * (end - begin), end + 0.03 * (end - begin))
    weeks = [week for week in range(int(begin), int(end) + 1) if week % every(end - begin) == 0]
    for chart in charts:
        chart.mark("x", weeks)
    charts[-1].name_axis("x", "week", is_left=True)
    return figure


def _find(registry: Registry, subject: str) -> dict[str, Curve]:
    keys = {arm: key_of(subject, "curve", arm=arm) for arm in ARMS}
    return {arm: curve for arm, key in keys.items() if isinstance(curve := registry.get(key), Curve)}


def _draw_panel(chart: Chart, curves: dict[str, Curve], subject: str) -> None:
    title, axis = PANELS[subject]
    times = 100.0 if subject == FILLED else 1.0
    chart.entitle(title)
    for arm, curve in curves.items():
        draw_weeks(chart, arm, curve, times=times, markersize=3.5, linewidth=1.3)
    chart.set_ylim(0, HIGHEST[subject])
    chart.name_axis("y", axis)
