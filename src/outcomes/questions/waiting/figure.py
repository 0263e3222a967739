"""How long people waited from referral to start, by quarter of the start: medians with their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.charts.estimates import DASHES, draw_intervals
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK
from outcomes.plan.model import ARMS
from outcomes.questions.waiting.spans import WHOLE, median_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

MET = "In every quarter half had started within the target"
BESIDE = {"full": -0.09, "skills": 0.09}  # of the mark of a quarter


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the quarters in which anybody started whose referral is dated."""
    found = [one for one in registry.where(analysis="waiting", subject=WHOLE, what="median") if one.key.category]
    named = {one.key.category: one.named for one in sorted(found, key=lambda one: one.key.category)}
    if not named:
        return None
    figure, (chart,) = make_figure(1, height=2.5)
    highest = 0.0
    for arm in ARMS:
        style = ARM_STYLES[arm]
        told = [
            (place + BESIDE[arm], registry.get(str(median_of(WHOLE, arm, word)))) for place, word in enumerate(named)
        ]
        points = [(at, one) for at, one in told if isinstance(one, Estimate)]
        draw_intervals(chart, points, colour=style.colour, upright=True)
        looks: dict[str, Any] = {
            "marker": style.marker,
            "color": style.colour,
            "markerfacecolor": style.face,
            "markersize": 5,
        }
        chart.plot([at for at, _ in points], [one.value for _, one in points], linestyle="none", **looks)
        highest = max([highest, *(max(one.value, *(one.limits or (0.0,))) for _, one in points)])
    target = plan.waiting.targets.get(WHOLE)
    if target is not None:
        chart.entitle(_entitle(registry, named, target))
        chart.axhline(target, color=INK, linewidth=0.9, dashes=DASHES)
        highest = max(highest, target)
    chart.set_xlim(-0.5, len(named) - 0.5)
    chart.set_ylim(0, 1.05 * highest if highest else 1.0)
    chart.mark("x", list(range(len(named))), list(named.values()))
    chart.name_axis("x", "quarter of the start", is_left=True)
    chart.name_axis("y", "weeks from referral")
    return figure


def _entitle(registry: Registry, named: dict[str, str], target: float) -> str:
    """Say in which quarters half of an arm waited longer than the target."""
    late = []
    for word, label in named.items():
        medians = (registry.get(str(median_of(WHOLE, arm, word))) for arm in ARMS)
        if any(isinstance(one, Estimate) and one.value > target for one in medians):
            late.append(label)
    return f"Half of a programme waited longer than the target in {', '.join(late)}" if late else MET
