"""Cost against effect: how likely the full programme is worth its cost at each price, and the plane."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from outcomes.blocks.format import format_size
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES, INK, MUTED
from outcomes.charts.texts import shorten, wrap
from outcomes.plan.model import ARMS
from outcomes.questions.costs.keys import (
    ADJUSTED,
    COMPLETION,
    DIFFERENCE,
    acceptability_of,
    effect_of,
    list_effects,
    mean_of,
    plane_of,
    price_of,
)
from outcomes.results.outcome import Curve, Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.questions.costs.keys import Effect
    from outcomes.results.registry import Registry

STYLE = ARM_STYLES["full"]
DASHES = ("-", "--", ":", "-.")  # of the curves, in the order of the effects
QUADRANT = 0.6  # of the reach: room for the name of a quarter in which nothing is drawn
NAME_ROOM, NAME_STEP = 62.0, 14.0  # points beside a curve; per cent from one name to the next


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the acceptability curves that there are, and beside them the ellipse of each effect that has one."""
    effects = list_effects(plan)
    curves = {effect: registry.get(acceptability_of(effect)) for effect in effects}
    known = {effect: curve for effect, curve in curves.items() if isinstance(curve, Curve)}
    if not known:
        return None
    ellipses = [effect for effect in effects if _ellipse(registry, effect) is not None]
    figure, charts = make_figure(2 if ellipses else 1, columns=2, height=2.9)
    currency = _currency(registry)
    money = f", {currency}" if currency else ""
    _draw_acceptability(charts[0], known, plan, money)
    charts[0].entitle(_entitle_price(registry, plan, currency), size=8.5)
    if ellipses:
        _draw_plane(charts[1], registry, plan, ellipses)
        charts[1].entitle(_entitle_plane(registry, plan, currency), size=8.5)
        charts[1].name_axis("y", f"more cost a client{money}")
    return figure


def _currency(registry: Registry) -> str:
    """Give the currency, or nothing where none is known."""
    means = (registry.get(mean_of(arm)) for arm in ARMS)
    return next((mean.named for mean in means if isinstance(mean, Estimate) and mean.named), "")


def _entitle_price(registry: Registry, plan: Plan, currency: str) -> str:
    """Say what one more person costs, by the first effect that has such a price."""
    for effect in list_effects(plan):
        price = registry.get(price_of(effect))
        if isinstance(price, Estimate):
            gained = "who completes" if effect == COMPLETION else f"improved on {plan.measure_names[effect.measure]}"
            return f"{_tell(price, plan, currency)} for one more {gained}"
    return "Is it worth its cost?"


def _entitle_plane(registry: Registry, plan: Plan, currency: str) -> str:
    """Say which programme costs more, and how much, as the first page does."""
    cost = registry.get(DIFFERENCE)
    if not isinstance(cost, Estimate):
        return "Cost against effect"
    dearer = plan.arm_names["full" if cost.value > 0 else "skills"]
    return f"{dearer} costs {_tell(cost, plan, currency)} more a client"


def _tell(money: Estimate, plan: Plan, currency: str) -> str:
    return f"{currency} {format_size(money, money.value, plan)}".strip()


def _name(effect: Effect, plan: Plan) -> str:
    return "completed" if effect == COMPLETION else plan.measure_names[effect.measure]


def _draw_acceptability(chart: Chart, curves: dict[Effect, Curve], plan: Plan, money: str) -> None:
    """Draw the curves; each is named at its end, from the top, so that no two names meet."""
    for curve, dash in zip(curves.values(), cycle(DASHES), strict=False):
        chart.plot(curve.at, [100 * value for value in curve.value], dash, color=STYLE.colour, linewidth=1.5)
    order = sorted(curves, key=lambda effect: -curves[effect].value[-1])
    below = 103.0 + NAME_STEP
    for effect in order:
        end = 100 * curves[effect].value[-1]
        place = min(end, below - NAME_STEP)
        below = place
        text = wrap(_name(effect, plan), NAME_ROOM, size=7)
        chart.write(curves[effect].at[-1], place, text, by=(4, 0), color=INK, fontsize=7, ha="left", va="center")
    chart.set_ylim(0, 103)
    chart.set_xlim(left=0)
    chart.xaxis.set_major_locator(MaxNLocator(4))
    chart.name_axis("x", f"what one more person is worth{money}")
    chart.name_axis("y", "samples in which it is, per cent")


def _draw_plane(chart: Chart, registry: Registry, plan: Plan, effects: list[Effect]) -> None:
    """Draw the ellipse of every effect that has one, with its name at its right end."""
    cost = registry.get(ADJUSTED)
    drawn = [(effect, sides) for effect in effects if (sides := _ellipse(registry, effect)) is not None]
    across = [100 * value for _, sides in drawn for value in sides[0].value]
    up = [value for _, sides in drawn for value in sides[1].value]
    for place, (effect, sides) in enumerate(drawn):
        middle = registry.get(effect_of(effect))
        shape = [100 * value for value in sides[0].value]
        chart.fill(shape, list(sides[1].value), color="#cfe0ea", alpha=0.7, linewidth=0)
        if isinstance(middle, Estimate) and isinstance(cost, Estimate):
            chart.plot([100 * middle.value], [cost.value], STYLE.marker, color=STYLE.colour, markersize=6)
            below, height = place % 2 == 1, min(sides[1].value) if place % 2 else max(sides[1].value)
            chart.write(
                *(100 * middle.value, height, shorten(_name(effect, plan), 2 * NAME_ROOM, size=7)),
                by=(0, -4 if below else 4),
                color=INK,
                fontsize=7,
                ha="center",
                va="top" if below else "bottom",
            )
    chart.axhline(0, color=MUTED, linewidth=0.8)
    chart.axvline(0, color=MUTED, linewidth=0.8)
    edge = max(*(abs(value) for value in across), 1.0)
    top = max(abs(value) for value in up)
    chart.set_xlim(*(_leave(side, edge) for side in ((min(across), -1), (max(across), 1))))
    chart.set_ylim(*(_leave(side, top) for side in ((min(up), -1), (max(up), 1))))
    chart.name_axis("x", f"more in 100 in {shorten(plan.arm_names['full'], 2 * NAME_ROOM, size=8.5)}")
    _name_quadrants(chart)


def _leave(side: tuple[float, int], reach: float) -> float:
    """Give the end of an axis on one side of zero: what is drawn there and its name, or room for a quadrant's name."""
    end, sign = side
    return sign * (1.5 * reach if sign * end > 0 else QUADRANT * reach)


def _name_quadrants(chart: Chart) -> None:
    """Say what each quarter of the plane means."""
    for (across, ha), more in (((0.99, "right"), "helps more"), ((0.01, "left"), "helps fewer")):
        for (up, va), cost in (((0.99, "top"), "costs more"), ((0.01, "bottom"), "costs less")):
            looks: dict[str, Any] = {"color": MUTED, "fontsize": 6.5, "ha": ha, "va": va}
            chart.write(across, up, f"{cost},\n{more}", on="", **looks)


def _ellipse(registry: Registry, effect: Effect) -> tuple[Curve, Curve] | None:
    across, up = (registry.get(plane_of(effect, axis)) for axis in ("effect", "cost"))
    return (across, up) if isinstance(across, Curve) and isinstance(up, Curve) else None
