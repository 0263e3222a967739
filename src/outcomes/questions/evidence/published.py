"""Which results of the registry are published ones, by topic and by kind, for words, table and figure alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Registry

DIRECT, KINDS = "published", ("indirect", "benchmark", "unsourced")
# How far a row was checked, as rows without numbers stand: first what was derived, last what nobody has looked up.
VERIFICATIONS = ("derived", "source not given", "seen", "sources conflict", "unchecked")
COUNTED = frozenset({"seen", "derived"})


class Topic(NamedTuple):
    """An outcome that published results are about, with what counts of them."""

    word: str
    label: str
    counted: int
    studies: tuple[Key, ...]

    def key(self, what: str) -> Key:
        """Key of a result of the topic."""
        return Key("evidence", what=what, subject=self.word)

    def is_asked(self, registry: Registry) -> bool:
        """Whether the plan asks about it, so that a pooled effect was planned."""
        return str(self.key("pooled")) in registry


def list_topics(registry: Registry) -> list[Topic]:
    """List the topics with a count of rows: first those that the plan asks about, then by how much was published."""
    found = []
    for key in _keys(registry, "rows"):
        if key.subject:  # without a topic it is the count of all
            outcome = registry[key]
            counted = int(outcome.value) if isinstance(outcome, Estimate) else 0
            found.append(
                Topic(key.subject, outcome.named, counted, tuple(_keys(registry, DIRECT, subject=key.subject)))
            )
    return sorted(found, key=lambda topic: (not topic.is_asked(registry), -topic.counted, topic.word))


def _keys(registry: Registry, what: str, **fields: str) -> list[Key]:
    """Select keys without looking at their results: a figure lists what it looked at."""
    keys = (record.key for record in registry.records())
    return [key for key in keys if key.analysis == "evidence" and key.matches(what=what, **fields)]


def counts(outcome: Outcome | None) -> bool:
    """Whether a published number was seen in its source, or derived from what was."""
    return isinstance(outcome, Estimate) and outcome.published is not None and verified(outcome) in COUNTED


def verified(outcome: Outcome) -> str:
    """Say how far a published result was checked."""
    source = getattr(outcome, "published", None)
    return "" if source is None else source.verification


def list_kind(registry: Registry, kind: str) -> list[Key]:
    """List the results that are not direct comparisons, or the claims without a source."""
    return _keys(registry, kind)


def list_direct(registry: Registry) -> list[Key]:
    """List all direct comparisons, counted or not: those with numbers first, then by how far they were checked."""
    numbers, others = list[Key](), dict[Key, str]()
    for key in _keys(registry, DIRECT):
        outcome = registry[key]
        if isinstance(outcome, NotEstimable):
            others[key] = verified(outcome)
        else:
            numbers.append(key)
    return [*numbers, *sorted(others, key=lambda key: (VERIFICATIONS.index(others[key]), str(key)))]


def list_rows(registry: Registry) -> frozenset[Key]:
    """List all published results, which are no numbers that this report planned."""
    return frozenset(key for kind in (DIRECT, *KINDS) for key in _keys(registry, kind))


def list_how(registry: Registry) -> list[Key]:
    """List those whose method is worth telling: the studies with numbers, what was pooled, the local results."""
    keys = list_direct(registry)
    for topic in list_topics(registry):
        keys += [topic.key(what) for what in ("pooled", "prediction", "tau2", "local")]
    return [key for key in keys if isinstance(registry.get(key), Estimate)]


def compare_sides(registry: Registry, topic: Topic) -> str:
    """Say on which side published estimates lie of no difference, seen from the local one, without their intervals.

    "same", "other" or "both"; "" where there is no local one or it leans nowhere, or nothing published leans.
    """
    lean = leans(registry.get(topic.key("local")))
    counts_of = {arm: registry.get(topic.key(f"favours_{arm}")) for arm in ARMS}
    others = [arm for arm, count in counts_of.items() if isinstance(count, Estimate) and count.value > 0]
    if not others or lean not in ARMS:
        return ""
    if others == [lean]:
        return "same"
    return "both" if lean in others else "other"


def leans(outcome: Outcome | None) -> str | None:
    """Which arm an estimate of a topic leans towards: a ratio is of people who dropped out."""
    if not isinstance(outcome, Estimate):
        return None
    towards = outcome.value if outcome.unit == "sd" else 1.0 - outcome.value
    return "full" if towards > 0 else "skills" if towards < 0 else "neither"
