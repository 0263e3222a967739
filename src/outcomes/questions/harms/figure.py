"""People with each harm, by arm: the share of those of whom it is known, with its exact interval, none seen too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import format_value
from outcomes.charts.chart import BESIDE, MARK_SIZE
from outcomes.charts.estimates import draw_rows
from outcomes.charts.layout import make_figure
from outcomes.charts.style import ARM_STYLES
from outcomes.charts.texts import shorten
from outcomes.plan.model import ARMS
from outcomes.questions.harms.keys import NAMES, key_of, list_kinds, list_subjects, subject_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

APART = 0.17  # of a row, between the arms
ROOM = 1.08  # times the furthest limit, so that no interval ends at the frame
LEFT = -0.03  # of the axis: a mark at none stands whole within the panel


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw the harms of which anything is known in an arm."""
    found = {subject: _find_shares(registry, subject) for subject in list_subjects(plan)}
    rows = [(_name(plan, subject), shares) for subject, shares in found.items() if shares]
    if not rows:
        return None
    figure, (chart,) = make_figure(1, height=0.25 * len(rows) + 0.75, rules="x", sides="x")
    for arm, way in zip(ARMS, (APART, -APART), strict=True):
        style = ARM_STYLES[arm]
        placed = [(-place + way, shares[arm]) for place, (_, shares) in enumerate(rows) if arm in shares]
        draw_rows(chart, placed, size=6, times=100, colour=style.colour, marker=style.marker, face=style.face)
    labels = [shorten(name, BESIDE, size=MARK_SIZE) for name, _ in rows]
    chart.mark("y", [-place for place in range(len(rows))], labels)
    chart.set_ylim(-len(rows) + 0.4, 0.6)
    ends = [100 * end for _, shares in rows for one in shares.values() for end in (*(one.limits or ()), one.value)]
    furthest = ROOM * max(ends) or 1.0
    chart.set_xlim(LEFT * furthest, furthest)
    chart.entitle(_entitle(plan, rows[0]))
    chart.name_axis("x", "per cent of people, not adjusted")
    return figure


def _find_shares(registry: Registry, subject: str) -> dict[str, Estimate]:
    shares = {arm: registry.get(key_of(subject, "share", arm=arm)) for arm in ARMS}
    return {arm: share for arm, share in shares.items() if isinstance(share, Estimate)}


def _name(plan: Plan, subject: str) -> str:
    kinds = {subject_of(kind): kind for kind in list_kinds(plan)}
    return NAMES[subject] if subject in NAMES else plan.event_names[kinds[subject]]


def _entitle(plan: Plan, row: tuple[str, dict[str, Estimate]]) -> str:
    """Say of the first harm how many had it in either programme."""
    name, shares = row
    said = " and ".join(format_value(shares[arm], shares[arm].value, plan) for arm in ARMS if arm in shares)
    return f"{name}: {said}" if len(shares) == len(ARMS) else ""
