"""How a page quotes: every number leaves here inside an element that says where it comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from outcomes.core.estimates import Estimate, NotEstimable
from outcomes.render.format import format_part, is_change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.core.estimates import Interval, Outcome
    from outcomes.plan.model import Plan
    from outcomes.registry import Registry

HIDDEN = Markup('<span class="absent">not shown</span>')
NOTHING = Markup('<span class="absent">–</span>')
# Words for a difference above and below zero.
WAYS = {"points": ("higher", "lower"), "share_difference": ("more", "fewer"), "weeks": ("longer", "shorter")}
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


class Quoter:
    """Quotes of one edition: results of its registry, the plan, the manifest."""

    def __init__(self, registry: Registry, plan: Plan, manifest: Mapping[str, Any]) -> None:
        self.registry = registry
        self.plan_model = plan
        self._trees: dict[str, Any] = {"plan": plan.model_dump(mode="json"), "manifest": manifest}

    def get(self, result: str) -> Outcome | None:
        """Outcome under an id, or None where this edition does not have it."""
        return self.registry.get(result)

    def has(self, result: str) -> bool:
        """Whether there is a number to quote."""
        return isinstance(self.get(result), Estimate)

    def stores(self, result: str, part: str) -> bool:
        """Whether a result has a standard error, degrees of freedom or a p-value."""
        return getattr(self.get(result), part, None) is not None

    def result(self, result: str, *, link: bool = True) -> Markup:
        """Quote a result by its stored text; a link leads to what there is to know about it."""
        if result not in self.registry:
            return HIDDEN
        record = self.registry.record(result)
        value = record.outcome.value if isinstance(record.outcome, Estimate) else None
        if value is None:
            return Markup('<span class="absent" data-id="{}">{}</span>').format(result, record.text)
        text = Markup('<a href="#n-{}">{}</a>').format(result, record.text) if link else record.text
        return Markup('<data value="{}" data-id="{}">{}</data>').format(repr(value), result, text)

    def part(self, result: str, part: str, *, bare: bool = False) -> Markup:
        """Quote a limit, a count, a p-value, a standard error or degrees of freedom."""
        outcome = self.get(result)
        if outcome is None:
            return HIDDEN
        if isinstance(outcome, NotEstimable) and part not in {"n", "n_full", "n_skills"}:
            return NOTHING
        stored = _stored(outcome, part)
        if stored is None:
            return NOTHING
        text = (
            str(stored) if not isinstance(outcome, Estimate) else format_part(outcome, part, self.plan_model, bare=bare)
        )
        return Markup('<data value="{}" data-literal="result:{}#{}">{}</data>').format(repr(stored), result, part, text)

    def interval(self, result: str) -> Markup:
        """Quote both limits; where the result is a difference, with words for the direction."""
        outcome = self.get(result)
        if not isinstance(outcome, Estimate):
            return HIDDEN if outcome is None else NOTHING
        if outcome.interval is None:
            return NOTHING
        if not is_change(outcome) or outcome.unit not in WAYS:
            return Markup("{} to {}").format(self._limit(result, "low"), self._limit(result, "high"))
        return self._directed(result, outcome, outcome.interval)

    def _directed(self, result: str, outcome: Estimate, limits: Interval) -> Markup:
        low, high = limits.low, limits.high
        up, down = WAYS[outcome.unit]
        first, last = self._limit(result, "low", bare=True), self._limit(result, "high", bare=True)
        if low is None or high is None or low < 0 < high:
            return Markup("{} {} to {} {}").format(first, down, last, up)
        if low >= 0:
            return Markup("{} to {} {}").format(first, last, up)
        return Markup("{} to {} {}").format(last, first, down)

    def _limit(self, result: str, part: str, *, bare: bool = False) -> Markup:
        outcome = self.get(result)
        if isinstance(outcome, Estimate) and outcome.interval and getattr(outcome.interval, part) is None:
            return Markup("open")
        return self.part(result, part, bare=bare)

    def field(self, result: str, name: str, text: str | None = None) -> Markup:
        """Quote the id, label, method, reason or notes of a result word for word, or a passage of it."""
        outcome = self.get(result)
        if text is None:
            text = getattr(outcome, name, "") if outcome is not None else ""
        whole = " ".join(text) if isinstance(text, tuple) else str(text)
        if not whole:
            return Markup("")
        return Markup('<span data-literal="result:{}#{}">{}</span>').format(result, name, whole)

    def plan(self, path: str, text: str | None = None) -> Markup:
        """Quote the plan."""
        return self._literal("plan", path, text)

    def manifest(self, path: str, text: str | None = None) -> Markup:
        """Quote the manifest."""
        return self._literal("manifest", path, text)

    def percent(self, path: str) -> Markup:
        """Quote a share of the plan as a percentage."""
        return self._literal("plan", path, f"{100 * float(self._find('plan', path)):g}%")

    def arm(self, arm: str) -> Markup:
        """Label of an arm."""
        return self.plan(f"arms.{arm}.label")

    def measure(self, measure: str) -> Markup:
        """Label of a measure."""
        return self.plan(f"measures.{measure}.label")

    def visit(self, visit: str) -> Markup:
        """Label of a visit."""
        return self.plan(f"visits.{visit}.label")

    def _literal(self, kind: str, path: str, text: str | None) -> Markup:
        found = self._find(kind, path)
        shown = text if text is not None else f"{found:g}" if isinstance(found, float) else str(found)
        return Markup('<span data-literal="{}:{}">{}</span>').format(kind, path, shown)

    def _find(self, kind: str, path: str) -> Any:
        tree = self._trees[kind]
        for key in path.split("."):
            tree = tree[int(key)] if isinstance(tree, list | tuple) else tree[key]
        return tree


def wording(text: str) -> Markup:
    """Mark the numbers of fixed wording, such as a 121 session or the year of a source."""
    pieces, last = [], 0
    for found in _DIGITS.finditer(text):
        pieces.append(escape(text[last : found.start()]))
        pieces.append(Markup('<span data-literal="text:{0}">{0}</span>').format(found.group()))
        last = found.end()
    return Markup("").join([*pieces, escape(text[last:])])


def _stored(outcome: Outcome, part: str) -> float | int | None:
    if part in {"low", "high", "level"} and isinstance(outcome, Estimate):
        return None if outcome.interval is None else getattr(outcome.interval, part)
    stored: float | int | None = getattr(outcome, part, None)
    return stored
