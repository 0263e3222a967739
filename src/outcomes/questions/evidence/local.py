"""The local result on the scale on which others publish theirs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.methods import published_effects
from outcomes.methods.published_effects import PublishedEffect
from outcomes.models.contract import Counts
from outcomes.questions.evidence.topics import BY_DOMAIN, DROP_OUT
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.plan.model import Plan
    from outcomes.questions.evidence.topics import Topic
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

# Of the main comparison of who completed, standardised over everybody, as a trial's ratio is one of whole arms.
NOT_COMPLETED = Key("completion", what="ratio_not_completed", category="adjusted")
SCALE = {True: (Quantity.RATIO, "ratio"), False: (Quantity.STANDARDISED_DIFFERENCE, "sd")}
NO_SCORE = (
    "Here it is measured by a count or a yes/no, and what is published in standard deviations of a scale cannot be set "
    "beside that."
)


def planned_topics(plan: Plan) -> Iterator[Topic]:
    """Topics that the plan asks about: the domains of its primary measures, and drop-out."""
    domains = {plan.measures[measure].domain for measure in plan.primary_measures}
    yield from (topic for domain, topic in BY_DOMAIN.items() if domain in domains)
    yield DROP_OUT


def find_local(topic: Topic, cohort: Cohort, found: Found) -> Outcome | None:
    """Give the main comparison on the published scale; None where the study measures nothing of the kind."""
    planned = topic.plan("local", f"{topic.label}, this study", *SCALE[topic.domain == "completion"])
    if topic.domain == "completion":
        return _take(planned, NOT_COMPLETED, found)
    measure = topic.measure or _measure_of(topic, cohort.plan)
    if measure is None or measure not in cohort.plan.measures:
        return None
    if cohort.plan.measures[measure].kind != "score":
        return planned.refuse(NO_SCORE, "not planned")
    return _take(planned, Key("mmrm", measure, cohort.plan.primary, "g"), found)


def _take(planned: Planned, source: Key, found: Found) -> Outcome | None:
    """Give a result of the main comparison again, under the id of its topic."""
    mine, planned = found.get(str(source)), replace(planned, tells=((source,),))
    if isinstance(mine, NotEstimable):
        counts = Counts(n=mine.n, n_full=mine.n_full, n_skills=mine.n_skills)  # type: ignore[typeddict-item]  # may be None
        return replace(planned, counts=counts).refuse(mine.reason, mine.cause)
    if not isinstance(mine, Estimate):
        return None
    return replace(
        mine,
        key=planned.key,
        quantity=planned.quantity,
        label=planned.label,
        tells=planned.tells,
        named=planned.named,
        p_value=None,
        method=f"the same as {mine.id}: {mine.method}",
    )


def _measure_of(topic: Topic, plan: Plan) -> str | None:
    """Choose the measure of a domain: one of scores before others, and of those a primary one.

    "Other" is no domain: two outcomes that stand there have nothing in common, so that only the plan can pair them.
    """
    if topic.domain not in BY_DOMAIN:
        return None
    mine = [word for word, measure in plan.measures.items() if measure.domain == topic.domain]
    return min(mine, key=lambda word: (word not in plan.scored, word not in plan.primary_measures), default=None)


def to_effect(local: Outcome | None) -> PublishedEffect | None:
    """Turn the local result into an effect that could be pooled."""
    if not isinstance(local, Estimate) or local.interval is None:
        return None
    value = local.value if local.unit == "sd" else math.log(local.value)
    if local.se is not None:  # a ratio's is that of its logarithm
        return PublishedEffect(value=value, variance=local.se**2)
    low, high = local.interval.low, local.interval.high
    if local.unit == "sd" or not low or high is None:  # a limit of zero has no logarithm
        return None
    return published_effects.from_limits(
        value=value, low=math.log(low), high=math.log(high), level=local.interval.level
    )
