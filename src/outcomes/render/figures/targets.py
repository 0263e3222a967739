"""What 121 sessions were about, by thirds of the programme: one bar a third, targets in DBT's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate
from outcomes.render.figures.style import INK, LINE, make_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

THIRDS = ("first", "middle", "last")
# From the highest target to the lowest: darker is higher, so that the order holds without colour.
SHADES = {
    "life_threatening": ("Life-threatening", "#0d3a55", "#ffffff"),
    "therapy_interfering": ("Therapy-interfering", "#3f7fa5", "#ffffff"),
    "quality_of_life": ("Quality of life", "#9fc4d8", INK),
    "skills": ("Skills", "#e3edf3", INK),
}
NARROW = 0.06  # a part with less than this has no room for its number


def draw(registry: Registry, _: Plan) -> Figure | None:
    """Draw the thirds whose four shares are all known."""
    bars = {third: _parts(registry, third) for third in THIRDS}
    known = {third: parts for third, parts in bars.items() if parts}
    if not known:
        return None
    figure, (axis,) = make_figure(1, 1, height=0.42 * len(known) + 0.95)
    for place, parts in enumerate(known.values()):
        left = 0.0
        for target, share in parts.items():
            name, shade, ink = SHADES[target]
            axis.barh(-place, 100 * share, left=100 * left, height=0.66, color=shade, label=name, edgecolor="white")
            if share > NARROW:
                axis.text(
                    100 * (left + share / 2),
                    -place,
                    f"{100 * share:.0f}",
                    color=ink,
                    ha="center",
                    va="center",
                    fontsize=8,
                )
            left += share
    axis.set_yticks(
        [-place for place in range(len(known))], [f"{third.capitalize()} third" for third in known], color=INK
    )
    axis.set_xlim(0, 100)
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", color=LINE, linewidth=0.6)
    axis.spines["left"].set_visible(False)
    axis.set_xlabel("per cent of sessions with a target")
    handles, names = axis.get_legend_handles_labels()
    shown = dict(zip(names, handles, strict=True))
    figure.legend(shown.values(), shown.keys(), loc="outside upper center", ncols=len(shown), frameon=False)
    return figure


def _parts(registry: Registry, third: str) -> dict[str, float]:
    found = {target: registry.get(f"sessions.target.{target}.{third}") for target in SHADES}
    shares = {target: share.value for target, share in found.items() if isinstance(share, Estimate)}
    return shares if len(shares) == len(SHADES) else {}
