"""What a figure holds: registries to draw from, and the places of what was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from outcomes.results.outcome import Outcome

SOURCE = Provenance(analysis="a", question="?", code="x.y", files=("plan.toml",), digest="d", seed=1)


def registry_of(outcomes: Iterable[Outcome]) -> Registry:
    """Put outcomes into a registry."""
    return Registry(Record(outcome=one, provenance=SOURCE) for one in outcomes)


def points_of(chart: Axes, marker: str) -> list[tuple[float, float]]:
    """Places of the marks of one form, sorted."""
    lines = (line for line in chart.lines if line.get_marker() == marker)
    return sorted((float(x), float(y)) for line in lines for x, y in line.get_xydata())  # type: ignore[union-attr]
