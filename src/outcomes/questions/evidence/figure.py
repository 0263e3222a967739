"""Published comparisons as a forest, each with the label of its verification, and the local result below them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.format import format_value
from outcomes.charts.chart import Label
from outcomes.charts.layout import make_figure, say_directions
from outcomes.charts.style import ARM_STYLES, INK, LINE, MUTED
from outcomes.charts.texts import shorten, wrap
from outcomes.plan.model import ARMS
from outcomes.questions.evidence import published
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from outcomes.charts.chart import Chart
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

HEIGHT, MARGIN = 0.27, 0.62
BESIDE, COLUMN, TELLING = 8.0, 52.0, 7.5  # points: to what is told beside a row, between its columns, of its letters
CROWDED = 8.0  # a ratio beyond which every doubling would be one tick too many
SMALLEST, LARGEST = 3.5, 9.0  # points: side of the square of a study; the largest has an interval of one unit
HERE = "This study, main comparison"
SIDES = {
    "same": "here on the same side as what is published",
    "both": "what is published lies on both sides",
    "other": "here on the other side than what is published",
}
SCALES = {"ratio": "ratio of the shares who dropped out", "sd": "standard deviations"}


class Line(NamedTuple):
    """A line of the forest: a heading, a remark, or an estimate."""

    text: str
    kind: str
    estimate: Estimate | None
    remark: str = ""
    verification: str = ""
    people: tuple[str, ...] = ()  # of each arm, those with the outcome of all


def draw(registry: Registry, plan: Plan) -> Figure | None:
    """Draw one panel for ratios and one for standardised differences; nothing where there is no number at all."""
    panels = {scale: lines for scale in SCALES if (lines := list(_lines(registry, plan, scale)))}
    if not panels:
        return None
    numbered = {scale: lines for scale, lines in panels.items() if any(one.kind == "study" for one in lines)}
    panels = numbered or panels  # where others have numbers on one scale alone, the other would be an axis for one row
    heights = [HEIGHT * len(lines) + MARGIN for lines in panels.values()]
    figure, charts = make_figure(len(panels), height=sum(heights), weights=heights, rules="", sides="x")
    for chart, (scale, lines) in zip(charts, panels.items(), strict=True):
        _draw_panel(chart, scale, lines, plan)
        chart.entitle(_entitle(registry, scale), size=8.5)
    return figure


def _entitle(registry: Registry, scale: str) -> str:
    """Say of the first topic of a panel whether what is published and the local result lie on one side."""
    for topic in published.list_topics(registry):
        local = registry.get(topic.key("local"))
        side = published.compare_sides(registry, topic)
        if side and isinstance(local, Estimate) and local.unit == scale:
            return f"{topic.label}: {SIDES[side]}"
    return ""


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
            people = _count_events(registry, estimate)
            yield Line(name, "study", estimate, _say(estimate, plan), published.verified(estimate), people)
        if not studies:
            yield Line("Published", "remark", None, _say_without(registry, topic, plan))
        pooled = registry.get(topic.key("pooled"))
        if isinstance(pooled, Estimate) and pooled.unit == scale:
            expected = registry.get(topic.key("prediction"))
            if isinstance(expected, Estimate):
                yield Line("To expect in a new setting", "prediction", expected, _say(expected, plan, only_limits=True))
            yield Line("Published, pooled", "pooled", pooled, _say(pooled, plan))
        if isinstance(local, Estimate) and local.unit == scale:
            yield Line(HERE, "local", local, _say(local, plan))


def _count_events(registry: Registry, estimate: Estimate) -> tuple[str, ...]:
    """Say how many of each arm had the outcome, where the counts behind a ratio are known."""
    shares = [registry.get(estimate.key.but(what="share", arm=arm)) for arm in ARMS]
    if not all(isinstance(share, Estimate) and share.n for share in shares):
        return ()
    return tuple(f"{round(share.value * share.n)} of {share.n}" for share in shares)


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
    has_people = any(line.people for line in lines)
    at = BESIDE + len(ARMS) * COLUMN if has_people else BESIDE
    if has_people:
        _head_columns(chart, plan)
    for place, line in enumerate(lines):
        if line.estimate is not None:
            _draw_line(chart, -place, line.kind, line.estimate)
        for text, across in zip(line.people, (BESIDE, BESIDE + COLUMN), strict=False):
            chart.write(1, -place, text, on="y", by=(across, 0), va="center", color=INK, fontsize=TELLING)
        if line.remark:
            chart.write(1, -place, line.remark, on="y", by=(at, 0), va="center", color=INK, fontsize=TELLING)
    _set_reach(chart, scale, lines)
    chart.mark("y", [-place for place in range(len(lines))], [_label(line) for line in lines])
    chart.set_ylim(-len(lines) + 0.4, 0.6)
    chart.name_axis(
        "x",
        say_directions("favours", SCALES[scale], plan),
    )


def _head_columns(chart: Chart, plan: Plan) -> None:
    """Name the columns of counts above them."""
    for place, arm in enumerate(ARMS):
        name = wrap(plan.arm_names[arm], COLUMN - 4, size=6.5)
        looks = {"color": ARM_STYLES[arm].colour, "fontsize": 6.5}
        chart.write(1, 0, name, on="y", by=(BESIDE + place * COLUMN, 0), va="center", **looks)


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


def _size(low: float, high: float, *, is_ratio: bool) -> float:
    """Size of a square: its area goes with the weight of the study, one over the square of its interval."""
    width = math.log(high / low) if is_ratio and low > 0 else high - low
    return min(max(LARGEST / width if width > 0 else LARGEST, SMALLEST), LARGEST)


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
        chart.plot(
            [estimate.value],
            [place],
            marker="s",
            color=MUTED,
            markersize=_size(low, high, is_ratio=estimate.unit == "ratio"),
        )
