"""Where the panels of a figure stand: as large as the texts around them allow, all of one column equally wide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from outcomes.charts.chart import EDGE, NAME_SIZE, Cell, Chart
from outcomes.charts.style import MUTED
from outcomes.charts.texts import measure, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase

    from outcomes.plan.model import Plan

WIDTH = 7.6  # inches: the text column of the page
DOTS = 72  # an inch: what is drawn is measured in points
BETWEEN, ABOVE = 12.0, 12.0  # points between columns, between rows
LEAST = 0.3  # of the room along one side that is left for the panels, however long the texts are
TURNS = 4  # what stands beside the panels, what will stand out at their ends, what does; the last lets it settle


def make_figure(
    count: int,
    *,
    height: float,
    columns: int = 1,
    weights: Sequence[float] | None = None,
    share: str = "",
    rules: str = "y",
    sides: str = "xy",
) -> tuple[Figure, list[Chart]]:
    """Make a figure of the page's width with so many panels, row by row.

    Parameters
    ----------
    count, columns : int
        Panels, and how many stand in a row.
    height : float
        Of the figure [inches].
    weights : sequence of float, optional
        Heights of the rows beside each other; all alike by default.
    share : str
        Axes whose limits are those of the first panel in all of them: "x", "y", "xy" or "". Marks and name of a shared
        axis stand at the outer panels alone.
    rules, sides : str
        As `Chart` takes them.
    """
    figure = Figure(figsize=(WIDTH, height), dpi=DOTS)
    charts: list[Chart] = []
    for place in range(count):
        cell = Cell(*divmod(place, columns), weights[place // columns] if weights else 1.0)
        shared = {f"share{axis}": charts[0] for axis in share if charts}
        chart = Chart(figure, cell, rules=rules, sides=sides, **shared)
        if "y" in share and cell.column:
            chart.silent = "y"
        # a scale chooses as many marks as its panel has room for, before the panel has its place
        chart.set_position((0.1, 0.1, 0.8 / columns, 0.8 * cell.weight / sum(weights or [-(-count // columns)])))
        charts.append(chart)
        figure.add_axes(chart)
    return figure, charts


def make_grid(count: int, *, row_height: float, columns: int = 3, **options: Any) -> tuple[Figure, list[Chart]]:
    """Make a figure of equal panels, at most so many in a row, each row of a height with all around it [inches]."""
    columns = min(columns, count)
    return make_figure(count, columns=columns, height=-(-count // columns) * row_height, **options)


def first_of_rows(charts: Sequence[Chart]) -> list[Chart]:
    """Give the panels at the left of a figure, which carry the marks and names of an axis for their row."""
    return [chart for chart in charts if chart.cell.column == 0]


def lay_out(figure: Figure, renderer: RendererBase) -> None:
    """Settle the panels and give each its place.

    Texts of the figure itself, all of which stand at its lower edge, get their room first.
    """
    charts = [axes for axes in figure.axes if isinstance(axes, Chart) and axes.get_visible()]
    width, height = figure.bbox.width, figure.bbox.height
    floor = max((text.get_window_extent(renderer).y1 + EDGE for text in figure.texts), default=0.0)
    cells = [chart.cell for chart in charts]
    for chart in charts:
        chart.settle_sides(renderer)
    for turn in range(TURNS):
        hanging = [chart.overhang() for chart in charts]
        columns = _share(
            [(cell.column, 1.0, left, right) for cell, (left, _, right, _) in zip(cells, hanging, strict=True)],
            room=width - 2 * EDGE,
            between=BETWEEN,
        )
        rows = _share(
            [(cell.row, cell.weight, above, below) for cell, (_, below, _, above) in zip(cells, hanging, strict=True)],
            room=height - 2 * EDGE - floor,
            between=ABOVE,
        )
        for chart in charts:
            (left, wide), (top, high) = columns[chart.cell.column], rows[chart.cell.row]
            bottom = height - EDGE - top - high
            chart.set_position(((EDGE + left) / width, bottom / height, wide / width, high / height))
            if turn == 0:
                chart.foresee_ends()
            elif turn == 1:
                ahead = columns.get(chart.cell.column + 1, (width - 2 * EDGE, 0.0))[0]
                chart.settle_ends(renderer, room=ahead - left - BETWEEN / 2)


def _share(
    panels: Sequence[tuple[int, float, float, float]], *, room: float, between: float
) -> dict[int, tuple[float, float]]:
    """Begin and length of each line of panels: what the texts before and after them leave, by weight.

    `panels` holds the line of each panel, its weight, and how far its texts stand out before and after it.
    """
    lines = sorted({line for line, *_ in panels})
    weight = {line: weight for line, weight, _, _ in panels}
    before = {line: max(ahead for other, _, ahead, _ in panels if other == line) for line in lines}
    after = {line: max(behind for other, _, _, behind in panels if other == line) for line in lines}
    taken = sum(before.values()) + sum(after.values()) + between * (len(lines) - 1)
    left = max(room - taken, LEAST * room)
    squeeze = min(1.0, (room - left) / taken) if taken else 1.0
    found, at = {}, 0.0
    for line in lines:
        at += squeeze * before[line]
        length = left * weight[line] / sum(weight.values())
        found[line] = (at, length)
        at += length + squeeze * (after[line] + between)
    return found


def name_below(figure: Figure, text: str) -> None:
    """Write below all panels what they show; as wide as the figure, which an axis beside long names is not."""
    figure.text(0.5, EDGE / figure.bbox.height, text, ha="center", va="bottom", color=MUTED, fontsize=NAME_SIZE)


def name_directions(figure: Figure, verb: str, unit: str, plan: Plan) -> None:
    """Write below all panels which way favours whom."""
    name_below(figure, say_directions(verb, unit, plan))


def say_directions(verb: str, unit: str, plan: Plan) -> str:
    """Say which way favours whom, in one line of the page's width."""
    taken = measure(f"← {verb}     {unit}    {verb}  →", size=NAME_SIZE)
    room = (DOTS * WIDTH - 2 * EDGE - taken) / 2
    skills, full = (shorten(plan.arm_names[arm], room, size=NAME_SIZE) for arm in ("skills", "full"))
    return f"← {verb} {skills}    {unit}    {verb} {full} →"
