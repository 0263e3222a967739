"""Which results of the registry are published ones, by topic and by kind, for words, table and figure alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.results.outcome import Outcome

# Last words of a topic's own results; every other word there is a study.
NOT_STUDIES = frozenset(
    {
        *("pooled", "prediction", "tau2", "i2", "h2", "q", "local", "pooled_with_local", "rows", "with_numbers"),
        *("favours_full", "favours_skills", "favours_neither"),
    }
)
KINDS = ("indirect", "benchmark", "unsourced")
SEEN = frozenset({"Seen in the publication.", "Derived from what is published."})  # first note of what counts
NOT_TOPICS = frozenset({"direct", *KINDS})
_PARTS = 3
SEPARATOR = " – "


class Topic(NamedTuple):
    """An outcome that published results are about, with what counts of them."""

    word: str
    label: str
    counted: int
    studies: tuple[str, ...]

    def id(self, what: str) -> str:
        """Id of a result of the topic."""
        return f"evidence.{self.word}.{what}"

    def is_asked(self, registry: Mapping[str, Outcome]) -> bool:
        """Whether the plan asks about it, so that a pooled effect was planned."""
        return self.id("pooled") in registry


def list_topics(registry: Mapping[str, Outcome]) -> list[Topic]:
    """List the topics with a count of rows: first those that the plan asks about, then by how much was published."""
    found = []
    studies = list(filter(_is_study, registry))
    for name in registry:
        words = name.split(".")
        if words[0] == "evidence" and len(words) == _PARTS and words[-1] == "rows" and words[1] not in NOT_TOPICS:
            outcome = registry[name]
            counted = int(outcome.value) if isinstance(outcome, Estimate) else 0
            own = tuple(one for one in studies if one.startswith(f"evidence.{words[1]}."))
            found.append(Topic(words[1], outcome.label.split(":")[0], counted, own))
    return sorted(found, key=lambda topic: (not topic.is_asked(registry), -topic.counted, topic.word))


def counts(outcome: Outcome | None) -> bool:
    """Whether a published number was seen in its source, or derived from it; its first note is the label of that."""
    return isinstance(outcome, Estimate) and not SEEN.isdisjoint(outcome.notes[:1])


def list_kind(registry: Mapping[str, Outcome], kind: str) -> list[str]:
    """List the ids of results that are not direct comparisons, or of claims without a source."""
    start = f"evidence.{kind}."
    return [name for name in registry if name.startswith(start) and len(name.split(".")) > _PARTS]


def list_direct(registry: Mapping[str, Outcome]) -> list[str]:
    """List the ids of all direct comparisons, counted or not; those with numbers first, then those that were seen."""
    found = [name for name in registry if _is_study(name)]
    return sorted(found, key=lambda name: (not isinstance(registry[name], Estimate), _verified(registry[name]), name))


def _verified(outcome: Outcome) -> str:
    """Give the first sentence of a result, which is the label of its verification."""
    return getattr(outcome, "reason", "").partition(".")[0]


def list_rows(registry: Mapping[str, Outcome]) -> frozenset[str]:
    """List the ids of all published results, which are no numbers that this report planned."""
    return frozenset([*list_direct(registry), *(name for kind in KINDS for name in list_kind(registry, kind))])


def list_how(registry: Mapping[str, Outcome]) -> list[str]:
    """List the ids whose method is worth telling: what was pooled, the local results, the first study with numbers."""
    found = [
        name
        for topic in list_topics(registry)
        for name in (topic.id("pooled"), topic.id("prediction"), topic.id("tau2"), topic.id("local"))
        if isinstance(registry.get(name), Estimate)
    ]
    return [*[name for name in list_direct(registry) if isinstance(registry[name], Estimate)], *found]


def name_study(outcome: Outcome) -> str:
    """Study of a published result, from its label."""
    return outcome.label.partition(SEPARATOR)[0]


def name_outcome(outcome: Outcome) -> str:
    """Outcome of a published result, from its label."""
    return outcome.label.partition(SEPARATOR)[2]


def leans(outcome: Outcome | None) -> str | None:
    """Which arm an estimate of a topic leans towards: a ratio is of people who dropped out."""
    if not isinstance(outcome, Estimate):
        return None
    towards = outcome.value if outcome.unit == "sd" else 1.0 - outcome.value
    return "full" if towards > 0 else "skills" if towards < 0 else "neither"


def tells(outcome: Outcome | None) -> bool:
    """Whether the interval of an estimate lies on one side."""
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return False
    middle = 0.0 if outcome.unit == "sd" else 1.0
    low, high = outcome.interval.low, outcome.interval.high
    return (low is not None and low > middle) or (high is not None and high < middle)


def _is_study(name: str) -> bool:
    words = name.split(".")
    of_topic = len(words) == _PARTS and words[0] == "evidence" and words[1] not in NOT_TOPICS
    return of_topic and words[2] not in NOT_STUDIES
