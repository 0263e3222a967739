"""Published comparisons as a forest, each with the label of its verification, and the local result below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.format import format_value
from outcomes.charts.chart import Label
from outcomes.charts.layout import make_figure, say_directions
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED
from outcomes.charts.texts import shorten
from outcomes.questions.evidence import published
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

HEIGHT, MARGIN = 0.27, 0.62
CROWDED = 8.0  # a ratio beyond which every doubling would be one tick too many
HERE = {"ratio": "This study, not adjusted", "sd": "This study, main comparison"}
SCALES = {"ratio": "ratio of the shares who dropped out", "sd": "standard deviations"}


class Line(NamedTuple):
    """A line of the forest: a heading, a remark, or an estimate."""

    text: str
    kind: str
    estimate: Estimate | None
    remark: str = ""
    verification: str = ""


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw one panel for ratios and one for standardised differences; nothing where there is no number at all."""
    panels = {scale: lines for scale in SCALES if (lines := list(_lines(registry, plan, scale)))}
    if not panels:
        return None
    heights = [HEIGHT * len(lines) + MARGIN for lines in panels.values()]
    figure, charts = make_figure(len(panels), height=sum(heights), weights=heights, rules="", sides="x")
    for chart, (scale, lines) in zip(charts, panels.items(), strict=True):
        _draw_panel(chart, scale, lines, plan)
    return figure


def _lines(registry: Registry, plan: Plan, scale: str) -> Iterator[Line]:
    """List the lines of a panel: by topic, the studies, what they say together, and the local result."""
    for topic in published.list_topics(registry):
        studies = [
            found for key in topic.studies if isinstance(found := registry[key], Estimate) and found.unit == scale
        ]
        local = registry.get(topic.key("local"))
        if not studies and not (isinstance(local, Estimate) and local.unit == scale):
            continue
        yield Line(topic.label, "heading", None)
        for estimate in studies:
            name = "" if estimate.published is None else estimate.published.study
            yield Line(name, "study", estimate, _say(estimate, plan), published.verified(estimate))
        if not studies:
            yield Line("Published", "remark", None, _say_without(registry, topic, plan))
        pooled = registry.get(topic.key("pooled"))
        if isinstance(pooled, Estimate) and pooled.unit == scale:
            expected = registry.get(topic.key("prediction"))
            if isinstance(expected, Estimate):
                yield Line("To expect in a new setting", "prediction", expected, _say(expected, plan, only_limits=True))
            yield Line("Published, pooled", "pooled", pooled, _say(pooled, plan))
        if isinstance(local, Estimate) and local.unit == scale:
            yield Line(HERE[scale], "local", local, _say(local, plan))


def _say(estimate: Estimate, plan: Plan, *, only_limits: bool = False) -> str:
    text = "" if only_limits else format_value(estimate, estimate.value, plan)
    if estimate.limits is not None:
        between = " to ".join(format_value(estimate, limit, plan) for limit in estimate.limits)
        text = f"{text} ({between})".strip() if text else between
    return text


def _say_without(registry: Registry, topic: published.Topic, plan: Plan) -> str:
    """Say what is known where no study has numbers."""
    for arm in ("skills", "full"):
        count = registry.get(topic.key(f"favours_{arm}"))
        if isinstance(count, Estimate) and count.value > 0:
            return f"no numbers; points towards {plan.arm_names[arm]}"
    return "no numbers" if topic.counted else "no comparison found"


def _draw_panel(chart: Chart, scale: str, lines: list[Line], plan: Plan) -> None:
    middle = 0.0
    if scale == "ratio":
        middle = 1.0
        chart.set_xscale("log")
    chart.axvline(middle, color=MUTED, linewidth=0.8)
    for place, line in enumerate(lines):
        if line.estimate is not None:
            _draw_line(chart, -place, line.kind, line.estimate)
        if line.remark:
            chart.write(1, -place, line.remark, on="y", by=(8, 0), va="center", color=INK)
    _set_reach(chart, scale, lines)
    chart.mark("y", [-place for place in range(len(lines))], [_label(line) for line in lines])
    chart.set_ylim(-len(lines) + 0.4, 0.6)
    chart.name_axis(
        "x",
        say_directions("favours", SCALES[scale], plan),
    )


def _label(line: Line) -> Label:
    name = shorten(line.text, 150, size=8.5)
    colour = INK if line.kind in {"heading", "local"} else MUTED
    return Label(f"{name} · {line.verification}" if line.verification else name, colour, line.kind == "heading")


def _set_reach(chart: Chart, scale: str, lines: list[Line]) -> None:
    """Give both directions the same room; a ratio below one, fewer who dropped out, stands to the right."""
    ends = [
        limit
        for line in lines
        if line.estimate is not None and line.kind != "prediction"
        for limit in _ends(line.estimate)
    ]
    if scale == "sd":
        reach = 1.08 * max((abs(end) for end in ends), default=1.0) or 1.0
        chart.set_xlim(-reach, reach)
        return
    reach = 1.15 * max((max(end, 1 / end) for end in ends if end > 0), default=2.0)
    reach = max(min(reach, 64.0), 2.2)
    chart.set_xlim(reach, 1 / reach)
    steps = (1 / 4, 1 / 2, 1, 2, 4) if reach < CROWDED else (1 / 16, 1 / 4, 1, 4, 16)
    ticks = [tick for tick in steps if 1 / reach <= tick <= reach]
    chart.mark("x", ticks, [f"{tick:g}" for tick in ticks])


def _ends(estimate: Estimate) -> list[float]:
    limits = estimate.interval
    found = [limits.low, limits.high] if limits is not None else []
    return [estimate.value, *(limit for limit in found if limit is not None)]


def _draw_line(chart: Chart, place: float, kind: str, estimate: Estimate) -> None:
    ends = _ends(estimate)
    low, high = min(ends), max(ends)
    full = ARM_STYLES["full"]
    if kind == "prediction":
        chart.plot([low, high], [place, place], color=LINE, linewidth=5, solid_capstyle="butt")
    elif kind == "pooled":
        chart.fill(
            [low, estimate.value, high, estimate.value], [place, place + 0.24, place, place - 0.24], color=INK, zorder=3
        )
    elif kind == "local":
        chart.plot([low, high], [place, place], color=full.colour, linewidth=1.8)
        chart.plot([estimate.value], [place], marker=full.marker, color=full.colour, markersize=7)
    else:
        chart.plot([low, high], [place, place], color=MUTED, linewidth=1.2)
        chart.plot([estimate.value], [place], marker="s", color=MUTED, markersize=5.5)
