"""Which quarters of intake lie outside what chance gives, said for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.questions.run_chart.keys import centre_of, limits_of, list_charts
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.key import Key
    from outcomes.results.registry import Registry

ALIKE = (
    "No quarter of intake lies outside what chance alone gives, on any primary measure or in completion, in either "
    "programme."
)


class Quarter(NamedTuple):
    """A quarter of a chart, with its limits."""

    value: Estimate
    low: Estimate
    high: Estimate

    @property
    def side(self) -> int:
        """−1 below the limits, 1 above them, else 0."""
        return int(self.value.value > self.high.value) - int(self.value.value < self.low.value)


def list_quarters(registry: Registry, chart: Key, arm: str) -> list[Quarter]:
    """List the quarters of a chart in their order."""
    fields = {"analysis": chart.analysis, "measure": chart.measure, "subject": chart.subject}
    values = registry.where(**fields, what="value", arm=arm)
    found = []
    for value in sorted(values, key=lambda one: one.key.category):
        low, high = (registry.get(str(limit)) for limit in limits_of(chart, arm, value.key.category))
        if isinstance(value, Estimate) and isinstance(low, Estimate) and isinstance(high, Estimate):
            found.append(Quarter(value, low, high))
    return found


def name_chart(quoter: Quoter, chart: Key) -> Phrase:
    """Name what a chart is of."""
    return quoter.measure(chart.measure) if chart.measure else Phrase("Completion")


def say_charts(quoter: Quoter) -> Phrase:
    """Say which quarters lie outside their limits, or that none does."""
    charts = [(chart, arm) for chart in list_charts(quoter.plan_model) for arm in ARMS]
    drawn = [(chart, arm) for chart, arm in charts if list_quarters(quoter.registry, chart, arm)]
    if not drawn:
        return say_absent(quoter, centre_of(*charts[0]), Phrase("How results run from quarter to quarter"))
    outside = [
        _say_quarter(quoter, chart, arm, one)
        for chart, arm in drawn
        for one in list_quarters(quoter.registry, chart, arm)
        if one.side
    ]
    if not outside:
        return Phrase(ALIKE)
    return Phrase("Outside what chance alone gives: {}. All other quarters lie within their limits.").format(
        Phrase("; ").join(outside)
    )


def _say_quarter(quoter: Quoter, chart: Key, arm: str, one: Quarter) -> Phrase:
    return Phrase("{} in {}, {}: {} (limits {} and {})").format(
        name_chart(quoter, chart),
        quoter.arm(arm),
        quoter.field(one.value.key, "label", one.value.named),
        *(quoter.result(each.key) for each in one),
    )
