"""Cost against effect: how likely the full programme is worth its cost at each price, and the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, MUTED
from outcomes.charts.texts import wrap
from outcomes.questions.costs.keys import ADJUSTED, acceptability_of, effect_of, plane_of
from outcomes.results.outcome import Curve, Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

# What one more person is called, whom there are more of, and the dashes of the curve.
KINDS = {
    "improvement": ("one more improved", "improved", "-"),
    "completion": ("one more completer", "completer", "--"),
}
STYLE = ARM_STYLES["full"]


def draw(registry: Registry, _: Plan) -> Figure | None:
    """Draw the acceptability curves that there are, and beside them the plane of the first effect that has one."""
    curves = {kind: registry.get(acceptability_of(kind)) for kind in KINDS}
    known = {kind: curve for kind, curve in curves.items() if isinstance(curve, Curve)}
    if not known:
        return None
    plane = next((kind for kind in KINDS if _ellipse(registry, kind) is not None), None)
    figure, charts = make_figure(1 if plane is None else 2, columns=2, height=2.9)
    _draw_acceptability(charts[0], known)
    if plane is not None:
        _draw_plane(charts[1], registry, plane)
    return figure


def _draw_acceptability(chart: Chart, curves: dict[str, Curve]) -> None:
    middles = {kind: _middle(curve) for kind, curve in curves.items()}
    for kind, curve in curves.items():
        name, _, dash = KINDS[kind]
        share = [100 * value for value in curve.value]
        chart.plot(curve.at, share, dash, color=STYLE.colour, linewidth=1.5)
        at = middles[kind]
        is_left = at <= min(middles.values()) and len(curves) > 1
        chart.write(
            curve.at[at],
            share[at],
            wrap(name, 48, size=8),
            by=(-7 if is_left else 9, 0),
            color=INK,
            fontsize=8,
            ha="right" if is_left else "left",
            va="center" if is_left else "top",
        )
    chart.set_ylim(0, 103)
    chart.set_xlim(left=0)
    chart.xaxis.set_major_locator(MaxNLocator(4))
    chart.entitle("Is it worth its cost?", size=9)
    chart.name_axis("x", "what one more person is worth")
    chart.name_axis("y", "samples in which it is, per cent")


def _middle(curve: Curve) -> int:
    """Place at which a curve has come half of its way."""
    half = (min(curve.value) + max(curve.value)) / 2
    return min(range(len(curve.at)), key=lambda place: abs(curve.value[place] - half))


def _draw_plane(chart: Chart, registry: Registry, kind: str) -> None:
    sides = _ellipse(registry, kind)
    effect = registry.get(effect_of(kind))
    cost = registry.get(ADJUSTED)
    if sides is None or not isinstance(effect, Estimate) or not isinstance(cost, Estimate):
        return
    across, up = [100 * value for value in sides[0].value], list(sides[1].value)
    chart.fill(across, up, color="#cfe0ea", linewidth=0)
    chart.plot([100 * effect.value], [cost.value], STYLE.marker, color=STYLE.colour, markersize=6)
    chart.axhline(0, color=MUTED, linewidth=0.8)
    chart.axvline(0, color=MUTED, linewidth=0.8)
    edge = max(*(abs(value) for value in across), 1.0)
    chart.set_xlim(-0.25 * edge if min(across) > 0 else -1.1 * edge, 1.1 * edge)
    chart.set_ylim(min(0.0, *up) - 0.1 * max(abs(v) for v in up), max(0.0, *up) + 0.15 * max(abs(v) for v in up))
    chart.entitle("Cost against effect", size=9)
    chart.name_axis("x", f"{KINDS[kind][1]}: more in 100 in the full programme")
    chart.name_axis("y", "more cost a client")


def _ellipse(registry: Registry, kind: str) -> tuple[Curve, Curve] | None:
    effect, cost = (registry.get(plane_of(kind, axis)) for axis in ("effect", "cost"))
    return (effect, cost) if isinstance(effect, Curve) and isinstance(cost, Curve) else None
