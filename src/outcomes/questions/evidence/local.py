"""The local result on the scale on which others publish theirs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.core.ids import result_id
from outcomes.methods import published_effects
from outcomes.methods.published_effects import PublishedEffect
from outcomes.models.contract import Counts, to_interval
from outcomes.questions.evidence.topics import BY_DOMAIN, DROP_OUT
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.plan.model import Plan
    from outcomes.questions.evidence.topics import Topic
    from outcomes.results.outcome import Outcome

SHARES = ("completion.full.share", "completion.skills.share")


def planned_topics(plan: Plan) -> Iterator[Topic]:
    """Topics that the plan asks about: the domains of its primary measures, and drop-out."""
    domains = {plan.measures[measure].domain for measure in plan.primary_measures}
    yield from (topic for domain, topic in BY_DOMAIN.items() if domain in domains)
    yield DROP_OUT


def find_local(topic: Topic, cohort: Cohort, found: Found) -> Outcome | None:
    """Give the local result on the published scale; None where the study measures nothing of the kind."""
    if topic.domain == "completion":
        return _drop_out(cohort, found)
    measure = topic.measure or _measure_of(topic, cohort.plan)
    if measure is None or measure not in cohort.plan.measures:
        return None
    result, label = result_id("evidence", topic.word, "local"), f"{topic.label}, this study"
    mine = found.get(f"mmrm.{measure}.{cohort.plan.primary}.g")
    if isinstance(mine, NotEstimable):
        return replace(mine, key=None, id=result, label=label)
    if not isinstance(mine, Estimate):
        return None
    method = f"the same as {mine.id}: {mine.method}"
    return replace(mine, key=None, id=result, label=label, p_value=None, method=method)


def _measure_of(topic: Topic, plan: Plan) -> str | None:
    mine = [word for word, measure in plan.measures.items() if measure.domain == topic.domain]
    primary = [word for word in mine if word in plan.primary_measures]
    return next(iter([*primary, *mine]), None)


def _drop_out(cohort: Cohort, found: Found) -> Outcome:
    """Give the ratio of the shares who dropped out: not adjusted, as the published ones are."""
    result, label = result_id("evidence", DROP_OUT.word, "local"), "Drop-out, this study"
    shares = [found.get(name) for name in SHARES]
    known = [share for share in shares if isinstance(share, Estimate) and share.n is not None]
    if len(known) < len(SHARES):
        reason = next((share.reason for share in shares if isinstance(share, NotEstimable)), "Completion is not known.")
        return NotEstimable(id=result, label=label, reason=reason)
    people = [share.n or 0 for share in known]
    left = [count - round(share.value * count) for share, count in zip(known, people, strict=True)]
    level = cohort.plan.confidence.level
    counts = Counts(n=sum(people), n_full=people[0], n_skills=people[1])
    try:
        effect = published_effects.log_risk_ratio(
            events_full=left[0], n_full=people[0], events_skills=left[1], n_skills=people[1]
        )
    except NotEstimableError as reason:
        return NotEstimable(id=result, label=label, reason=str(reason), **counts)
    low, high = (math.exp(limit) for limit in effect.limits(level))
    return Estimate(
        id=result,
        label=label,
        value=math.exp(effect.value),
        unit="ratio",
        interval=to_interval(level, (low, high)),
        method="ratio of the shares who did not complete, full programme over skills group only, not adjusted",
        **counts,
    )


def to_effect(local: Outcome | None) -> PublishedEffect | None:
    """Turn the local result into an effect that could be pooled."""
    if not isinstance(local, Estimate) or local.interval is None:
        return None
    if local.unit == "sd":
        return None if local.se is None else PublishedEffect(value=local.value, variance=local.se**2)
    if local.interval.low is None or local.interval.high is None:
        return None
    logs = [math.log(number) for number in (local.value, local.interval.low, local.interval.high)]
    return published_effects.from_limits(value=logs[0], low=logs[1], high=logs[2], level=local.interval.level)
