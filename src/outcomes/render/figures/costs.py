"""Cost against effect: how likely the full programme is worth its cost at each price, and the plane."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from outcomes.core.estimates import Curve, Estimate
from outcomes.render.figures.style import ARM_STYLES, INK, MUTED, make_figure
from outcomes.render.format import THIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

KINDS = {"improvement": ("one more improved", "-"), "completion": ("one more completer", "--")}
STYLE = ARM_STYLES["full"]


def draw(registry: Registry, _: Plan) -> Figure | None:
    """Draw the acceptability curves that there are, and beside them the plane of the first effect that has one."""
    curves = {kind: registry.get(f"costs.{kind}.acceptability") for kind in KINDS}
    known = {kind: curve for kind, curve in curves.items() if isinstance(curve, Curve)}
    if not known:
        return None
    plane = next((kind for kind in KINDS if _ellipse(registry, kind) is not None), None)
    figure, axes = make_figure(1, 1 if plane is None else 2, height=2.9)
    _draw_acceptability(axes[0], known)
    if plane is not None:
        _draw_plane(axes[1], registry, plane)
    return figure


def _draw_acceptability(axis: Axes, curves: dict[str, Curve]) -> None:
    middles = {kind: _middle(curve) for kind, curve in curves.items()}
    for kind, curve in curves.items():
        name, dash = KINDS[kind]
        share = [100 * value for value in curve.value]
        axis.plot(curve.at, share, dash, color=STYLE.colour, linewidth=1.5)
        at = middles[kind]
        is_left = at <= min(middles.values()) and len(curves) > 1
        axis.annotate(
            textwrap.fill(name, 9),
            (curve.at[at], share[at]),
            xytext=(-7 if is_left else 9, 0),
            textcoords="offset points",
            color=INK,
            fontsize=8,
            ha="right" if is_left else "left",
            va="center" if is_left else "top",
        )
    axis.set_ylim(0, 103)
    axis.set_xlim(left=0)
    axis.xaxis.set_major_locator(MaxNLocator(4))
    axis.xaxis.set_major_formatter(_thousands)
    axis.set_title("Is it worth its cost?", fontsize=9)
    axis.set_xlabel("what one more person is worth")
    axis.set_ylabel("samples in which it is, per cent", color=MUTED)


def _middle(curve: Curve) -> int:
    """Place at which a curve has come half of its way."""
    half = (min(curve.value) + max(curve.value)) / 2
    return min(range(len(curve.at)), key=lambda place: abs(curve.value[place] - half))


def _draw_plane(axis: Axes, registry: Registry, kind: str) -> None:
    sides = _ellipse(registry, kind)
    effect = registry.get(f"costs.{kind}.difference")
    cost = registry.get("costs.adjusted.difference")
    if sides is None or not isinstance(effect, Estimate) or not isinstance(cost, Estimate):
        return
    across, up = [100 * value for value in sides[0].value], list(sides[1].value)
    axis.fill(across, up, color="#cfe0ea", linewidth=0)
    axis.plot([100 * effect.value], [cost.value], STYLE.marker, color=STYLE.colour, markersize=6)
    axis.axhline(0, color=MUTED, linewidth=0.8)
    axis.axvline(0, color=MUTED, linewidth=0.8)
    axis.yaxis.set_major_formatter(_thousands)
    edge = max(*(abs(value) for value in across), 1.0)
    axis.set_xlim(-0.25 * edge if min(across) > 0 else -1.1 * edge, 1.1 * edge)
    axis.set_ylim(min(0.0, *up) - 0.1 * max(abs(v) for v in up), max(0.0, *up) + 0.15 * max(abs(v) for v in up))
    axis.set_title("Cost against effect", fontsize=9)
    axis.set_xlabel(f"{KINDS[kind][0].removeprefix('one more ')}: more in 100 in the full programme")
    axis.set_ylabel("more cost a client", color=MUTED)


def _ellipse(registry: Registry, kind: str) -> tuple[Curve, Curve] | None:
    effect, cost = (registry.get(f"costs.{kind}.plane.{axis}") for axis in ("effect", "cost"))
    return (effect, cost) if isinstance(effect, Curve) and isinstance(cost, Curve) else None


def _thousands(value: float, _: float) -> str:
    return f"{value:,.0f}".replace(",", THIN).replace("-", "\u2212")
