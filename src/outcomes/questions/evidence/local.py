"""The local result on the scale on which others publish theirs."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from outcomes.methods import published_effects
from outcomes.methods.published_effects import PublishedEffect
from outcomes.models.contract import Counts, to_interval
from outcomes.plan.model import ARMS
from outcomes.questions.evidence.topics import BY_DOMAIN, DROP_OUT
from outcomes.results.how import How
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

SHARES = tuple(Key("completion", what="share", arm=arm) for arm in ARMS)
UNKNOWN = "Completion is not known."
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
    """Give the local result on the published scale; None where the study measures nothing of the kind."""
    if topic.domain == "completion":
        return _drop_out(cohort, found)
    measure = topic.measure or _measure_of(topic, cohort.plan)
    if measure is None or measure not in cohort.plan.measures:
        return None
    g = Key("mmrm", measure, cohort.plan.primary, "g")
    mine = found.get(str(g))
    planned = topic.plan("local", f"{topic.label}, this study", Quantity.STANDARDISED_DIFFERENCE, "sd", tells=((g,),))
    if cohort.plan.measures[measure].kind != "score":
        return replace(planned, tells=()).refuse(NO_SCORE, "not planned")
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


def _drop_out(cohort: Cohort, found: Found) -> Outcome:
    """Give the ratio of the shares who dropped out: not adjusted, as the published ones are."""
    planned = DROP_OUT.plan("local", "Drop-out, this study, not adjusted", Quantity.RATIO, "ratio", tells=(SHARES,))
    shares = [found.get(str(key)) for key in SHARES]
    known = [share for share in shares if isinstance(share, Estimate) and share.n is not None]
    if len(known) < len(SHARES):
        refused = (share for share in shares if isinstance(share, NotEstimable))
        reason, cause = next(((share.reason, share.cause) for share in refused), (UNKNOWN, "not provided"))
        return planned.refuse(reason, cause)
    people = [share.n or 0 for share in known]
    left = [count - round(share.value * count) for share, count in zip(known, people, strict=True)]
    counts = Counts(n=sum(people), n_full=people[0], n_skills=people[1])
    return replace(planned, counts=counts).attempt(partial(_ratio, left, people, cohort.plan.confidence.level))


def _ratio(left: list[int], people: list[int], level: float, planned: Planned) -> Outcome:
    effect = published_effects.log_risk_ratio(
        events_full=left[0], n_full=people[0], events_skills=left[1], n_skills=people[1]
    )
    low, high = (math.exp(limit) for limit in effect.limits(level))
    return planned.estimate(
        math.exp(effect.value),
        interval=to_interval(level, (low, high)),
        cells=tuple(count for gone, all_of in zip(left, people, strict=True) for count in (gone, all_of - gone)),
        how=How(estimator="risk_ratio", inference="logarithm"),
        method="ratio of the shares who did not complete, {full} over {skills}, not adjusted",
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
