"""Evidence: effects that others published, their random-effects mean, and the local result on their scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.questions.evidence.local import find_local, planned_topics
from outcomes.questions.evidence.pooled import pool
from outcomes.questions.evidence.rows import read_rows
from outcomes.questions.evidence.single import describe
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.questions.evidence.rows import Row
    from outcomes.questions.evidence.topics import Topic
    from outcomes.results.outcome import Outcome

FILE = "evidence"
NOT_PROVIDED = "evidence.csv was not provided."
COUNTED = {
    "rows": "direct comparisons that count",
    "with_numbers": "direct comparisons with numbers",
    "favours_full": "direct comparisons that point towards {full}",
    "favours_skills": "direct comparisons that point towards {skills}",
    "favours_neither": "direct comparisons whose authors could not tell the programmes apart",
}

COUNTED_IN_ALL = {
    "rows": "Published results listed",
    "direct_rows": "Direct comparisons that count",
    "direct_with_numbers": "Direct comparisons with numbers",
    "claims_without_source": "Studies claimed without a source",
    "unsourced_rows": "Results claimed without a source",
}
COUNT, METHOD = How(estimator="count"), "count of rows of evidence.csv"


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Set the published results beside the local ones, each with the label of its verification."""
    table = cohort.tables.get(FILE)
    rows = [] if table is None else read_rows(table, cohort.plan)
    planned = {topic.word for topic in planned_topics(cohort.plan)}
    for topic in _topics(cohort, rows):
        mine = [row for row in rows if row.group == "direct" and row.topic.word == topic.word]
        local = find_local(topic, cohort, found)
        yield from [] if local is None else [local]
        absent = NOT_PROVIDED if table is None else None
        if topic.word in planned or any(row.is_poolable for row in mine):
            yield from pool(topic, mine, local, cohort.plan, absent=absent)
        if topic.word in planned or any(row.counts for row in mine):
            yield from _count_topic(topic, mine) if table is not None else ()
    for row in rows:
        yield from describe(row, cohort.plan)
    yield from _count_all(rows) if table is not None else _counts_absent()


def _topics(cohort: Cohort, rows: list[Row]) -> list[Topic]:
    """List the topics of the plan, then those of direct comparisons."""
    topics = {topic.word: topic for topic in planned_topics(cohort.plan)}
    for row in rows:
        if row.group == "direct":
            topics.setdefault(row.topic.word, row.topic)
    overruled = {row.topic.word: row.topic.measure for row in rows if row.topic.measure is not None}
    return [_with_measure(topic, overruled.get(topic.word)) for topic in topics.values()]


def _with_measure(topic: Topic, measure: str | None) -> Topic:
    return topic if measure is None else replace(topic, measure=measure)


def _count_topic(topic: Topic, rows: list[Row]) -> Iterator[Outcome]:
    counted = [row for row in rows if row.counts]
    counts = {
        "rows": len(counted),
        "with_numbers": sum(row.is_poolable for row in counted),
        **{f"favours_{arm}": sum(row.leans == arm for row in counted) for arm in ("full", "skills", "neither")},
    }
    for what, count in counts.items():
        label = f"{topic.label}: {COUNTED[what]}"
        yield topic.plan(what, label, Quantity.TALLY, "number").estimate(float(count), how=COUNT, method=METHOD)


def _count_all(rows: list[Row]) -> Iterator[Outcome]:
    unsourced = [row for row in rows if row.group == "unsourced"]
    direct = [row for row in rows if row.counts]
    counts = {
        "rows": len(rows),
        "direct_rows": len(direct),
        "direct_with_numbers": sum(row.is_poolable for row in direct),
        "claims_without_source": len({row.study for row in unsourced}),
        "unsourced_rows": len(unsourced),
    }
    for what, count in counts.items():
        yield _plan(what).estimate(float(count), how=COUNT, method=METHOD)


def _counts_absent() -> Iterator[Outcome]:
    for what in ("direct_rows", "claims_without_source"):
        yield _plan(what).refuse(NOT_PROVIDED, "not provided")


def _plan(what: str) -> Planned:
    key = Key("evidence", what=what)
    return Planned(key=key, label=COUNTED_IN_ALL[what], quantity=Quantity.TALLY, unit="number")
