"""How a report quotes: every number leaves here as a phrase that says where it comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from outcomes.blocks.format import OPEN, format_part, phrase_interval
from outcomes.blocks.path import find_at, join_path
from outcomes.blocks.phrase import Absent, Literal, Number, Phrase, Run
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.plan.model import Plan
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

# An id, or what prints as one.
Name: TypeAlias = object

HIDDEN = Phrase.of(Run("not shown", origin=Absent()))
NOTHING = Phrase.of(Run("–", origin=Absent()))
_DIGITS = re.compile(r"(\d+(?:[.,]\d+)*)")


class Quoter:
    """Quotes of one edition: results of its registry, the plan, the manifest."""

    def __init__(self, registry: Registry, plan: Plan, manifest: Mapping[str, Any]) -> None:
        self.registry = registry
        self.plan_model = plan
        self._trees: dict[str, Any] = {"plan": plan.model_dump(mode="json"), "manifest": manifest}

    @property
    def rounds_to(self) -> int:
        """To which multiple this edition rounds counts of people; 0 where they are exact."""
        return self.plan_model.disclosure.round_to if self._trees["manifest"].get("edition") == "share" else 0

    @property
    def files(self) -> Sequence[Mapping[str, Any]]:
        """Files of the study, as the manifest has them."""
        files: Sequence[Mapping[str, Any]] = self._trees["manifest"]["files"]
        return files

    def get(self, result: Name) -> Outcome | None:
        """Outcome under an id, or None where this edition does not have it."""
        found: Outcome | None = self.registry.get(str(result))
        return found

    def has(self, result: Name) -> bool:
        """Whether there is a number to quote."""
        return isinstance(self.get(result), Estimate)

    def stores(self, result: Name, part: str) -> bool:
        """Whether a result has a standard error, degrees of freedom or a p-value."""
        return getattr(self.get(result), part, None) is not None

    def result(self, result: Name, *, link: bool = True) -> Phrase:
        """Quote a result by its stored text; a link leads to what there is to know about it."""
        name = str(result)
        if name not in self.registry:
            return HIDDEN
        record = self.registry.record(name)
        if not isinstance(record.outcome, Estimate):
            return Phrase.of(Run(record.text, origin=Absent(name)))
        return Phrase.of(Run(record.text, origin=Number(name, record.outcome.value, linked=link)))

    def part(self, result: Name, part: str, *, bare: bool = False) -> Phrase:
        """Quote a limit, a count, a p-value, a standard error or degrees of freedom."""
        outcome = self.get(result)
        if outcome is None:
            return HIDDEN
        if isinstance(outcome, NotEstimable) and part not in {"n", "n_full", "n_skills"}:
            return NOTHING
        stored = _stored(outcome, part)
        if stored is None:
            return NOTHING
        text = format_part(outcome, part, self.plan_model, bare=bare) if isinstance(outcome, Estimate) else str(stored)
        return Phrase.of(Run(text or "", origin=Number(str(result), stored, part)))

    def interval(self, result: Name) -> Phrase:
        """Quote both limits; where the result is a difference, with words for the direction."""
        outcome = self.get(result)
        if not isinstance(outcome, Estimate):
            return HIDDEN if outcome is None else NOTHING
        if outcome.interval is None:
            return NOTHING
        phrase, bare = phrase_interval(outcome)
        low, high = (self._limit(result, part, bare=bare) for part in ("low", "high"))
        return Phrase(phrase).format(low=low, high=high)

    def _limit(self, result: Name, part: str, *, bare: bool) -> Phrase:
        outcome = self.get(result)
        if isinstance(outcome, Estimate) and outcome.interval and getattr(outcome.interval, part) is None:
            return Phrase(OPEN)
        return self.part(result, part, bare=bare)

    def field(self, result: Name, name: str, text: str | None = None) -> Phrase:
        """Quote the id, label, method, reason or notes of a result word for word, or a passage of it."""
        outcome = self.get(result)
        if text is None:
            text = getattr(outcome, name, "") if outcome is not None else ""
        whole = " ".join(text) if isinstance(text, tuple) else str(text)
        return Phrase.of(Run(whole, origin=Literal(f"result:{result}#{name}")))

    def plan(self, path: str, text: str | None = None) -> Phrase:
        """Quote the plan."""
        return self._literal("plan", path, text)

    def manifest(self, path: str, text: str | None = None) -> Phrase:
        """Quote the manifest."""
        return self._literal("manifest", path, text)

    def has_digest(self, place: int) -> bool:
        """Whether this edition may tell the digest of a file, by its place in the manifest."""
        return find_at(self._trees["manifest"], f"files.{place}.sha256") is not None

    def percent(self, path: str) -> Phrase:
        """Quote a share of the plan as a percentage."""
        return self._literal("plan", path, f"{100 * float(find_at(self._trees['plan'], path)):g}%")

    def arm(self, arm: str) -> Phrase:
        """Short name of an arm."""
        return self._name("arms", arm, self.plan_model.arm_names[arm])

    def individual(self) -> Phrase:
        """Quote what a session of one person alone is called."""
        if self.plan_model.programme.individual is not None:
            return self.plan("programme.individual")
        return wording(self.plan_model.programme.alone)

    def programme(self) -> Phrase:
        """Quote the name of the treatment."""
        return self.plan("programme.name")

    def measure(self, measure: str) -> Phrase:
        """Short name of a measure."""
        return self._name("measures", measure, self.plan_model.measure_names[measure])

    def visit(self, visit: str) -> Phrase:
        """Short name of a visit."""
        return self._name("visits", visit, self.plan_model.visit_names[visit])

    def event(self, kind: str) -> Phrase:
        """Short name of a kind of event."""
        return self._name("events", kind, self.plan_model.event_names[kind])

    def arm_in_full(self, arm: str) -> Phrase:
        """Label of an arm, where it is first told."""
        return self.plan(f"arms.{arm}.label")

    def measure_in_full(self, measure: str) -> Phrase:
        """Label of a measure, where it is first told."""
        return self.plan(f"measures.{measure}.label")

    def _name(self, of: str, word: str, name: str) -> Phrase:
        """Quote a short name: the plan's own, or the passage of the label that is its default."""
        has_short = find_at(self._trees["plan"], join_path(of, word)).get("short") is not None
        return self.plan(join_path(of, word, "short" if has_short else "label"), name)

    def _literal(self, kind: str, path: str, text: str | None) -> Phrase:
        found = find_at(self._trees[kind], path)
        shown = text if text is not None else f"{found:g}" if isinstance(found, float) else str(found)
        return Phrase.of(Run(shown, origin=Literal(f"{kind}:{path}")))


def say_how(outcome: Outcome) -> tuple[object, ...]:
    """Give all that is said of how a result was computed, or why it could not be."""
    return tuple(getattr(outcome, name, "") for name in ("method", "reason", "notes"))


def wording(text: str) -> Phrase:
    """Mark the numbers of fixed wording, such as a 121 session or the year of a source."""
    pieces = _DIGITS.split(text)  # texts, with a number between each and the next
    return Phrase.of(
        *(Run(piece, origin=Literal(f"text:{piece}") if place % 2 else None) for place, piece in enumerate(pieces))
    )


def _stored(outcome: Outcome, part: str) -> float | int | None:
    if part in {"low", "high", "level"} and isinstance(outcome, Estimate):
        return None if outcome.interval is None else getattr(outcome.interval, part)
    stored: float | int | None = getattr(outcome, part, None)
    return stored
