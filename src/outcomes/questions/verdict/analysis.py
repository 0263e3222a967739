"""The verdict on every measure at every later visit, and on completion: concluded once, from what was found before.

Holm's p-value belongs to the primary measures at the primary visit; what else is read by the same rule is marked where
it is told. What must support a verdict is stated in `docs/methods/wording.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.contract import Counts
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.verdict.family import adjust_family, key_of_p, way_of
from outcomes.results.arrangement import Arrangement, bars_of, caps_of, judges_by_group
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity
from outcomes.results.verdict import (
    Bar,
    Cap,
    Comparison,
    Limits,
    Required,
    Rung,
    Support,
    agrees,
    give_verdict,
    orient,
    orient_worthwhile,
)
from outcomes.results.ways import BY_GROUP, VERDICT_ON_COMPLETION, WAYS, verdict_of, verdict_on_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.results.outcome import Outcome
    from outcomes.results.ways import Way

COMPARABLE = Key("balance", what="comparable")
COMPLETION = Key("completion", what="difference", category="adjusted")
MOST_LEFT_OUT = 1 / 20  # of those who started, for something missing at the start: more, and the answer must stand it
METHOD = "the verdict of the main interval and of what must support it"


def conclude(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Adjust the family's p-values; then give the verdict on each measure, on completion, and on events but harms."""
    adjusted = list(adjust_family(cohort, found))
    yield from adjusted
    asked = _Asked(cohort, {**found, **{outcome.id: outcome for outcome in adjusted}})
    for measure in cohort.plan.measures:
        for visit in cohort.plan.later:
            yield _conclude_measure(asked, Occasion(cohort, measure, visit))
    yield _conclude_completion(asked)
    for kind, event in cohort.plan.events.items():
        if event.role != "harm":
            yield _conclude_events(asked, kind)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A study, and what was found before."""

    cohort: Cohort
    found: Found

    def get(self, key: Key) -> Outcome | None:
        return self.found.get(str(key))

    def read(self, key: Key, *, sign: float = 1.0) -> Limits | None:
        """Orient the interval of a result; None where it has none. A ratio is read on the log scale."""
        outcome = self.get(key)
        if not isinstance(outcome, Estimate) or outcome.interval is None:
            return None
        is_ratio = outcome.quantity is Quantity.RATE_RATIO
        return orient(outcome.interval.low, outcome.interval.high, sign=sign, ratio=is_ratio)

    def allows_for_groups(self, key: Key) -> bool:
        """Whether a result allows for people who share a group."""
        outcome = self.get(key)
        return isinstance(outcome, Estimate) and outcome.how is not None and bool(outcome.how.clusters)

    @property
    def bars(self) -> frozenset[Bar]:
        """Why nothing can be answered."""
        comparable = self.get(COMPARABLE)
        is_apart = isinstance(comparable, Estimate) and comparable.value == 0
        return bars_of(self.cohort.arrangement) | ({Bar.APART} if is_apart else set())

    def conclude(
        self, planned: Planned, main: Outcome | None, comparison: Comparison, others: tuple[Limits, ...] = ()
    ) -> Estimate:
        """Give a verdict as a result; it counts the people of its main comparison, and is told where that is.

        `others` are intervals that allow for groups in another way: where one tells otherwise, the verdict is shaken.
        """
        people = (None, None) if main is None else (main.n_full, main.n_skills)
        verdict = give_verdict(replace(comparison, people=people))
        if verdict.rung is not Rung.CANNOT:
            is_shaken = not all(agrees(other, verdict, comparison.worthwhile) for other in others)
            verdict = replace(verdict, is_shaken=is_shaken)
        how = main.how if isinstance(main, Estimate) and main.how is not None else How(estimator="")
        counts = Counts()
        if main is not None and main.n_full is not None and main.n_skills is not None:
            counts = Counts(n=main.n_full + main.n_skills, n_full=main.n_full, n_skills=main.n_skills)
        return replace(planned, counts=counts).estimate(
            float(verdict.rung), verdict=verdict, method=METHOD, how=replace(how, estimator="verdict")
        )


def _conclude_measure(asked: _Asked, occasion: Occasion) -> Outcome:
    at = (occasion.measure, occasion.visit)
    way = way_of(occasion, asked.found)
    key = way.key(*at)
    planned = occasion.declare(verdict_of(*at), "verdict", Quantity.VERDICT, unit="number", tells=((key,),))
    allowing = (other.key(*at) for other in WAYS if other.allows_for_groups and other is not way)
    others = tuple(limits for other in allowing if (limits := asked.read(other, sign=occasion.sign)) is not None)
    return asked.conclude(planned, asked.get(key), _compare_measure(asked, occasion, way), others)


def compare_measure(cohort: Cohort, found: Found, occasion: Occasion) -> Comparison:
    """Give all that the verdict on a measure at a visit rests on."""
    asked = _Asked(cohort, found)
    return _compare_measure(asked, occasion, way_of(occasion, found))


def _compare_measure(asked: _Asked, occasion: Occasion, way: Way) -> Comparison:
    plan, main = asked.cohort.plan, way.key(occasion.measure, occasion.visit)
    measure = plan.measures[occasion.measure]
    is_scored = measure.kind == "score"
    return Comparison(
        main=asked.read(main, sign=occasion.sign),
        required=tuple(_list_required(asked, occasion) if is_scored else _require_start(occasion)),
        p_holm=_find_p(asked, key_of_p(occasion)),
        alpha=1 - plan.confidence.level,
        worthwhile=orient_worthwhile(measure.worthwhile, ratio=measure.kind == "count"),
        caps=_find_caps(asked, can_allow=way is BY_GROUP if is_scored else asked.allows_for_groups(main)),
        bars=asked.bars,
    )


def _list_required(asked: _Asked, occasion: Occasion) -> Iterator[Required]:
    """List what else must support a verdict: groups and therapists as random, and what is missing at the start."""
    if any(one.is_present and one.kind in {"group", "therapist"} for one in asked.cohort.structure):
        mixed = asked.read(occasion.key("mixed", "difference"), sign=occasion.sign)
        yield Required(support=Support.MIXED, limits=mixed)
    if _lacks_much(occasion):
        yield Required(
            support=Support.START, limits=asked.read(occasion.key("imputation", "start"), sign=occasion.sign)
        )


def _require_start(occasion: Occasion) -> Iterator[Required]:
    """Ask of a count or a yes/no for the answer with what is missing at the start completed; there is none."""
    if _lacks_much(occasion):
        yield Required(support=Support.START, limits=None)


def _lacks_much(occasion: Occasion) -> bool:
    """Whether much is missing at the start; what nobody has there is not adjusted for, and nobody lacks it."""
    lacking = ~read_covariates(occasion.cohort).known
    if occasion.cohort.plan.measures[occasion.measure].kind == "score" or not np.isnan(occasion.before).all():
        lacking = lacking | np.isnan(occasion.before)
    return bool(lacking.sum() > MOST_LEFT_OUT * len(lacking))


def _find_p(asked: _Asked, key: Key) -> float | None:
    """Give Holm's p-value; one that was declared and could not be had holds back like the largest."""
    outcome = asked.get(key)
    if isinstance(outcome, Estimate):
        return outcome.value
    return 1.0 if isinstance(outcome, NotEstimable) else None


def _find_caps(asked: _Asked, *, can_allow: bool) -> frozenset[Cap]:
    """Cap by how groups lie; nested groups that are too few among those compared here are not allowed for either."""
    arrangement = asked.cohort.arrangement
    too_few = judges_by_group(arrangement) and not can_allow
    return caps_of(Arrangement.NESTED_FEW if too_few else arrangement)


def _conclude_completion(asked: _Asked) -> Outcome:
    """Read the adjusted difference in the share who completed; more is taken to be better."""
    main = asked.get(COMPLETION)
    planned = Planned(
        key=VERDICT_ON_COMPLETION,
        label="Completed: verdict",
        quantity=Quantity.VERDICT,
        unit="number",
        tells=((COMPLETION,),),
    )
    return asked.conclude(planned, main, _compare_completion(asked))


def compare_completion(cohort: Cohort, found: Found) -> Comparison:
    """Give all that the verdict on completion rests on."""
    return _compare_completion(_Asked(cohort, found))


def _compare_completion(asked: _Asked) -> Comparison:
    return Comparison(
        main=asked.read(COMPLETION),
        required=tuple(_require_everybody(asked)),
        alpha=1 - asked.cohort.plan.confidence.level,
        caps=_find_caps(asked, can_allow=asked.allows_for_groups(COMPLETION)),
        bars=asked.bars,
    )


def _conclude_events(asked: _Asked, kind: str) -> Outcome:
    """Read the adjusted rate ratio of a kind of event; a worthwhile ratio r stands for r and 1/r."""
    event, key = asked.cohort.plan.events[kind], Key("events", subject=kind, what="rate_ratio")
    main, coverage = asked.get(key), asked.get(key.but(category="rate_ratio", what="coverage"))
    how = main.how if isinstance(main, Estimate) else None
    caps = _find_caps(asked, can_allow=how is not None and bool(how.clusters))
    if isinstance(coverage, Estimate) and coverage.how is not None and coverage.how.fallback:
        caps |= {Cap.NOT_SUPPORTED}
    comparison = Comparison(
        main=asked.read(key, sign=event.sign),
        required=tuple(_require_everybody(asked)),
        p_holm=_find_p(asked, key.but(what="p_holm")),
        alpha=1 - asked.cohort.plan.confidence.level,
        worthwhile=orient_worthwhile(event.worthwhile, ratio=True),
        caps=caps,
        bars=asked.bars,
    )
    planned = Planned(
        key=verdict_on_events(kind),
        label=f"{asked.cohort.plan.event_names[kind]}: verdict",
        quantity=Quantity.VERDICT,
        unit="number",
        tells=((key,),),
    )
    return asked.conclude(planned, main, comparison)


def _require_everybody(asked: _Asked) -> Iterator[Required]:
    """Ask for the answer with covariates completed where many lack one; there is none, so that it holds back."""
    known = read_covariates(asked.cohort).known
    if (~known).sum() > MOST_LEFT_OUT * len(known):
        yield Required(support=Support.START, limits=None)
