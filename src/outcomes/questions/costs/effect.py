"""Cost against effect: one more person reliably improved, one more who completes.

Cost and effect are compared at equal covariates, by least squares in the same samples: cost among everybody who
started, the effect among those in whom it is known.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods.cost import CostEffect
from outcomes.methods.least_squares import fit_least_squares
from outcomes.models.contract import People, attempt, to_interval
from outcomes.models.occasion import Occasion
from outcomes.questions.change.analysis import judge
from outcomes.questions.flow.analysis import why_completion_unknown
from outcomes.results.outcome import Curve, Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled
    from outcomes.models.covariates import Covariates
    from outcomes.models.resampling import CohortSamples
    from outcomes.questions.costs.ledger import Ledger
    from outcomes.results.outcome import Interval

    Floats = NDArray[np.float64]

PRICES, TURNS = 41, 73  # places of the acceptability curve and of the ellipse
PER = {"improvement": "one more person reliably improved", "completion": "one more person who completes"}
BEYOND = "With so few people the adjusted difference lies beyond what two shares can differ by."
ADJUSTED_COST = "Service cost a client, adjusted difference"


@dataclass(frozen=True, slots=True)
class Weighed:
    """Cost and effect of one kind, drawn together."""

    cost: tuple[Resampled, ...]
    effect: tuple[Resampled, ...]
    people: People

    def both(self, level: float) -> CostEffect:
        """Give cost and effect in the kind of samples whose interval of the effect is the wider."""
        pairs = zip(self.cost, self.effect, strict=True)
        return max(
            (CostEffect(cost=cost, effect=effect) for cost, effect in pairs),
            key=lambda pair: float(np.subtract(*pair.effect.limits(level)[::-1])),
        )


def measure_of(cohort: Cohort) -> str:
    """Word of the measure whose reliable improvement is the effect."""
    return cohort.plan.costs.measure or cohort.plan.primary_measures[0]


def _names(cohort: Cohort) -> dict[tuple[str, ...], str]:
    label = cohort.plan.measures[measure_of(cohort)].label
    effects = {"improvement": f"Improved reliably on {label}", "completion": "Completed"}
    names: dict[tuple[str, ...], str] = {("adjusted", "difference"): ADJUSTED_COST}
    for kind, what in effects.items():
        names[kind, "difference"] = f"{what}, adjusted difference in the cost comparison"
        names[(f"per_{kind}",)] = f"Service cost of {PER[kind]}"
        names[kind, "acceptability"] = f"How likely the full programme is worth its cost, by the price of {PER[kind]}"
        names[kind, "plane", "effect"] = f"Samples of {what.lower()}: effect along the ellipse of the level"
        names[kind, "plane", "cost"] = f"Samples of {what.lower()}: cost along the ellipse of the level"
    return names


def refuse(cohort: Cohort, reason: str) -> Iterator[Outcome]:
    """Give the reason in place of every number that weighs cost against effect."""
    for words, label in _names(cohort).items():
        yield NotEstimable(id=result_id("costs", *words), label=label, reason=reason)


def weigh(cohort: Cohort, ledger: Ledger, covariates: Covariates, draws: CohortSamples) -> Iterator[Outcome]:
    """Weigh the adjusted difference in cost against improvement and completion."""
    names = _names(cohort)
    everybody = People(covariates.known, cohort.full)

    @cache
    def cost() -> tuple[Resampled, ...]:
        draws.require_limits()
        return _adjusted(cohort, draws, covariates, ledger.service, everybody.used)

    result = result_id("costs", "adjusted", "difference")
    yield attempt(
        result,
        ADJUSTED_COST,
        lambda: _to_estimate(cohort, draws, result, ADJUSTED_COST, cost(), everybody, covariates, ledger.prices),
        people=everybody,
    )
    sources: dict[str, Callable[[], tuple[Floats, Covariates]]] = {
        "improvement": lambda: _improved(cohort, covariates),
        "completion": lambda: _completed(cohort, covariates),
    }
    for kind, source in sources.items():
        try:
            happened, columns = source()
            people = People(~np.isnan(happened) & columns.known, cohort.full)
            effect = _adjusted(cohort, draws, columns, happened, people.used)
            weighed = Weighed(cost(), effect, people)
        except NotEstimableError as reason:
            mine = [words for words in names if kind in words or f"per_{kind}" in words]
            for words in mine:
                yield NotEstimable(id=result_id("costs", *words), label=names[words], reason=str(reason))
            continue
        yield from _weigh_one(cohort, ledger, draws, kind, weighed, columns)


def _improved(cohort: Cohort, covariates: Covariates) -> tuple[Floats, Covariates]:
    occasion = Occasion(cohort, measure_of(cohort), cohort.plan.primary)
    occasion.require_baseline()
    improved = np.where(occasion.paired, judge(occasion, after=occasion.after).improved.astype(float), np.nan)
    return improved, covariates.beside(occasion.before, "the score at the start")


def _completed(cohort: Cohort, covariates: Covariates) -> tuple[Floats, Covariates]:
    if np.isnan(cohort.completed).all():
        raise NotEstimableError(why_completion_unknown(cohort))
    return cohort.completed, covariates


def _adjusted(
    cohort: Cohort, draws: CohortSamples, covariates: Covariates, values: Floats, used: NDArray[np.bool_]
) -> tuple[Resampled, ...]:
    """Arm's coefficient among some people, and in every sample of them."""
    if not (used & cohort.full).any() or not (used & ~cohort.full).any():
        raise NotEstimableError("In one programme nobody has all that this needs recorded.")
    varying = covariates.varying(used)
    columns = np.where(used[:, None], varying.columns - varying.columns[used].mean(axis=0), 0.0)
    design = np.column_stack([np.ones(len(used)), cohort.full, columns]) * used[:, None]
    filled = np.where(used, values, 0.0)
    names = ("the intercept", "the arm", *varying.names)
    fit_least_squares(scores=filled[used], design=design[used], names=names)  # names what cannot be told apart
    return draws.take(lambda resampler: resampler.wrap(resampler.coefficients(design, filled)[:, 1]))


def _to_estimate(
    cohort: Cohort,
    draws: CohortSamples,
    result: str,
    label: str,
    found: tuple[Resampled, ...],
    people: People,
    covariates: Covariates,
    *notes: str,
    unit: str = "currency",
) -> Estimate:
    adjusted, value = ", ".join(covariates.sources) or "nothing", found[0].value
    interval = draws.interval(found, cohort.plan.confidence.level)
    if unit == "share_difference":  # a straight line knows no bounds, shares do
        if abs(value) > 1:
            raise NotEstimableError(BEYOND)
        interval = None if interval is None else _within_one(interval)
    return Estimate(
        id=result,
        label=label,
        value=value,
        unit=unit,
        se=draws.se(found),
        interval=interval,
        method=f"least squares, adjusted for {adjusted}; {draws.phrase}",
        notes=notes,
        **people.counts(),
    )


def _within_one(interval: Interval) -> Interval:
    low, high = (None if limit is None else min(max(limit, -1.0), 1.0) for limit in (interval.low, interval.high))
    return dataclasses.replace(interval, low=low, high=high)


def _weigh_one(
    cohort: Cohort, ledger: Ledger, draws: CohortSamples, kind: str, weighed: Weighed, columns: Covariates
) -> Iterator[Outcome]:
    names, people, level = _names(cohort), weighed.people, cohort.plan.confidence.level
    result = result_id("costs", kind, "difference")
    label = names[kind, "difference"]
    yield attempt(
        result,
        label,
        lambda: _to_estimate(cohort, draws, result, label, weighed.effect, people, columns, unit="share_difference"),
        people=people,
    )
    per = result_id("costs", f"per_{kind}")

    def ratio() -> Outcome:
        value, low, high = weighed.both(level).ratio(level)
        return Estimate(
            id=per,
            label=names[(f"per_{kind}",)],
            value=value,
            unit="currency",
            interval=to_interval(level, (low, high)),
            method=f"adjusted difference in cost over adjusted difference in effect; percentiles, {draws.phrase}",
            notes=(ledger.prices, *ledger.notes),
            **people.counts(),
        )

    yield attempt(per, names[(f"per_{kind}",)], ratio, people=people)
    acceptable = result_id("costs", kind, "acceptability")
    yield attempt(
        acceptable,
        names[kind, "acceptability"],
        lambda: _acceptability(cohort, ledger, draws, weighed, acceptable, names[kind, "acceptability"]),
        people=people,
    )
    for axis in ("effect", "cost"):
        yield _plane(cohort, ledger, draws, kind, weighed, axis)


def _acceptability(
    cohort: Cohort, ledger: Ledger, draws: CohortSamples, weighed: Weighed, result: str, label: str
) -> Outcome:
    """Give the share of samples in which the full programme is worth its cost, at each price of one more person."""
    means = [float(ledger.service[arm].mean()) for arm in (cohort.full, ~cohort.full)]
    if max(means) <= 0:
        raise NotEstimableError("Everything costs nothing, so that there is no price to weigh it by.")
    end = cohort.plan.costs.willingness_to_pay or _round_up(4 * max(means))
    both = weighed.both(cohort.plan.confidence.level)
    prices = np.linspace(0, end, PRICES)
    return Curve(
        id=result,
        label=label,
        unit="share_of_samples",
        axis="what one more person is worth",
        at=tuple(float(price) for price in prices),
        value=tuple(float(share) for share in both.acceptability(prices)),
        method=f"share of samples in which the effect at that price exceeds the cost; {draws.phrase}",
        notes=(ledger.prices,),
        **weighed.people.counts(),
    )


def _round_up(price: float) -> float:
    """Round up to the next one, two or five with zeros: a place on an axis that tells no exact mean."""
    power = 10.0 ** math.floor(math.log10(price))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= price)


def _plane(cohort: Cohort, ledger: Ledger, draws: CohortSamples, kind: str, weighed: Weighed, axis: str) -> Outcome:
    """Give one side of the ellipse; only where the interval of the effect leaves a ratio to be drawn."""
    result, label = result_id("costs", kind, "plane", axis), _names(cohort)[kind, "plane", axis]
    level = cohort.plan.confidence.level

    def compute() -> Outcome:
        both = weighed.both(level)
        low, high = both.effect.limits(level)
        if low <= 0 <= high:
            raise NotEstimableError(
                "The interval of the difference in effect spans both directions: no plane is drawn."
            )
        sides = both.ellipse(level=level, points=TURNS)
        return Curve(
            id=result,
            label=label,
            unit="share_difference" if axis == "effect" else "currency",
            axis="degrees around the ellipse",
            at=tuple(float(turn) for turn in np.linspace(0, 360, TURNS)),
            value=tuple(float(value) for value in sides[0 if axis == "effect" else 1]),
            level=level,
            method=f"normal ellipse of the samples; {draws.phrase}",
            notes=() if axis == "effect" else (ledger.prices,),
            **weighed.people.counts(),
        )

    return attempt(result, label, compute, people=weighed.people)
