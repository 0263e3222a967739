"""Cost against effect: one more person reliably improved, one more who completes.

Cost and effect are compared at equal covariates, by least squares in the same samples: cost among everybody who
started, the effect among those in whom it is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.methods.cost import CostEffect
from outcomes.methods.least_squares import fit_least_squares
from outcomes.models.contract import People, to_interval
from outcomes.models.occasion import Occasion
from outcomes.questions.change.analysis import judge
from outcomes.questions.costs import keys
from outcomes.questions.costs.declared import declare_cost, declare_effect
from outcomes.questions.flow.analysis import refuse_completion
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled
    from outcomes.models.covariates import Covariates
    from outcomes.models.resampling import CohortSamples
    from outcomes.questions.costs.ledger import Ledger
    from outcomes.results.how import How
    from outcomes.results.outcome import Interval
    from outcomes.results.planned import Planned

    Floats = NDArray[np.float64]

# Places of the acceptability curve and of the ellipse: as many as make them look smooth (every 5 degrees), and the
# curve's end on a round price.
PRICES, TURNS = 41, 73
COSTS_ON_THE_CURVE = 4  # times the dearer arm's mean cost a client, where the plan gives no end: beyond, little changes
ALIKE = "It happened to everybody, or to nobody, of those of whom it is known: there is no difference to weigh."
BEYOND = "With so few people the adjusted difference lies beyond what two shares can differ by."


@dataclass(frozen=True, slots=True, repr=False)
class Effect:
    """Whether something happened to each client (nan: not known), and what it is adjusted for."""

    happened: Floats
    covariates: Covariates
    adjusted: tuple[str, ...]  # the same as columns
    people: People

    @property
    def cells(self) -> tuple[int, ...]:
        """People in each arm to whom it happened, and to whom it did not [count]."""
        arms = (self.people.full, ~self.people.full)
        return tuple(int((self.people.used & arm & (self.happened == event)).sum()) for arm in arms for event in (1, 0))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences in cost and in one effect, in the same samples."""

    cost: tuple[Resampled, ...]
    effect: tuple[Resampled, ...]

    def both(self, level: float) -> CostEffect:
        """Give cost and effect in the kind of samples whose interval of the effect is the wider."""
        pairs = zip(self.cost, self.effect, strict=True)
        return max(
            (CostEffect(cost=cost, effect=effect) for cost, effect in pairs),
            key=lambda pair: float(np.subtract(*pair.effect.limits(level)[::-1])),
        )


def compare(cohort: Cohort, ledger: Ledger, covariates: Covariates, draws: CohortSamples) -> Iterator[Outcome]:
    """Compare the adjusted difference in cost with that in improvement and in completion."""
    everybody = People(covariates.known, cohort.full)

    @cache
    def cost() -> tuple[Resampled, ...]:
        draws.require_limits()
        return _adjust(cohort, draws, covariates, ledger.service, everybody.used)

    def estimate(planned: Planned) -> Outcome:
        how = draws.how("least_squares", covariates.sources)
        notes = (ledger.prices, *draws.notes)
        return _estimate(cohort, draws, planned, cost(), covariates, how=how, notes=notes)

    yield replace(declare_cost(), counts=everybody.counts()).attempt(estimate)
    for about in keys.list_effects(cohort.plan):
        results = declare_effect(cohort, about)
        try:
            effect = _read_effect(cohort, about, covariates)
            sampled = _adjust(cohort, draws, effect.covariates, effect.happened, effect.people.used)
            comparison = Comparison(cost(), sampled)
        except NotEstimableError as why:
            yield from (planned.refuse(str(why), why.cause) for planned in results.values())
            continue
        counted = {what: replace(planned, counts=effect.people.counts()) for what, planned in results.items()}
        yield from _Reader(cohort, ledger, draws, effect, comparison).read(counted)


def _read_effect(cohort: Cohort, about: keys.Effect, covariates: Covariates) -> Effect:
    """Read to whom an effect happened.

    Raises
    ------
    NotEstimableError
        Where it is known of nobody, or the same of everybody: no sample of them would differ.
    """
    if about == keys.COMPLETION:
        if np.isnan(cohort.completed).all():
            raise refuse_completion(cohort)
        happened, adjusted = cohort.completed, covariates.sources
    else:
        occasion = Occasion(cohort, about.measure, cohort.plan.primary)
        occasion.require_baseline()
        improved = judge(occasion, after=occasion.after).improved
        happened = np.where(occasion.paired, improved.astype(float), np.nan)
        adjusted = ("baseline", *covariates.sources)
        covariates = covariates.beside(occasion.before, "the score at the start")
    people = People(~np.isnan(happened) & covariates.known, cohort.full)
    if people.used.any() and not np.ptp(happened[people.used]):
        raise NotEstimableError(ALIKE, "too few")
    return Effect(happened, covariates, adjusted, people)


def _adjust(
    cohort: Cohort, draws: CohortSamples, covariates: Covariates, values: Floats, used: NDArray[np.bool_]
) -> tuple[Resampled, ...]:
    """Arm's coefficient among some people, and in every sample of them."""
    if not (used & cohort.full).any() or not (used & ~cohort.full).any():
        raise NotEstimableError("In one programme nobody has all that this needs recorded.", "not seen")
    covariates.among(used).require_apart(cohort.full[used])
    varying = covariates.varying(used)
    columns = np.where(used[:, None], varying.columns - varying.columns[used].mean(axis=0), 0.0)
    design = np.column_stack([np.ones(len(used)), cohort.full, columns]) * used[:, None]
    filled = np.where(used, values, 0.0)
    names = ("the intercept", "the arm", *varying.names)
    fit_least_squares(scores=filled[used], design=design[used], names=names)  # names what cannot be told apart
    return draws.take(lambda resampler: resampler.wrap(resampler.coefficients(design, filled)[:, 1]))


def _estimate(
    cohort: Cohort,
    draws: CohortSamples,
    planned: Planned,
    found: tuple[Resampled, ...],
    covariates: Covariates,
    **parts: Any,
) -> Outcome:
    adjusted, value = ", ".join(covariates.sources) or "nothing", found[0].value
    interval = draws.interval(found, cohort.plan.confidence.level)
    if planned.quantity is Quantity.SHARE_DIFFERENCE:  # a straight line knows no bounds, shares do
        if abs(value) > 1:
            raise NotEstimableError(BEYOND, "too few")
        interval = None if interval is None else _within_one(interval)
    method = f"least squares, adjusted for {adjusted}; {draws.phrase}"
    return planned.estimate(value, se=draws.se(found), interval=interval, method=method, **parts)


def _within_one(interval: Interval) -> Interval:
    low, high = (None if limit is None else min(max(limit, -1.0), 1.0) for limit in (interval.low, interval.high))
    return replace(interval, low=low, high=high)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one comparison off."""

    cohort: Cohort
    ledger: Ledger
    draws: CohortSamples
    effect: Effect
    comparison: Comparison

    def read(self, results: dict[str, Planned]) -> Iterator[Outcome]:
        """Give the difference in the effect, its price, the acceptability curve, and both sides of the ellipse."""
        yield results["difference"].attempt(self.difference)
        yield results["price"].attempt(self.price)
        yield results["acceptability"].attempt(self.acceptability)
        yield results["plane_effect"].attempt(lambda planned: self.plane(planned, side=0))
        yield results["plane_cost"].attempt(lambda planned: self.plane(planned, side=1, notes=(self.ledger.prices,)))

    @property
    def level(self) -> float:
        return self.cohort.plan.confidence.level

    def how(self, estimator: str) -> How:
        return self.draws.how(estimator, self.effect.adjusted)

    def difference(self, planned: Planned) -> Outcome:
        return _estimate(
            self.cohort,
            self.draws,
            planned,
            self.comparison.effect,
            self.effect.covariates,
            cells=self.effect.cells,
            how=self.how("least_squares"),
            notes=self.draws.notes,
        )

    def price(self, planned: Planned) -> Outcome:
        value, low, high = self.comparison.both(self.level).ratio(self.level)
        return planned.estimate(
            value,
            interval=to_interval(self.level, (low, high)),
            cells=self.effect.cells,
            method=f"adjusted difference in cost over adjusted difference in effect; percentiles, {self.draws.phrase}",
            how=replace(self.how("ratio_of_differences"), inference="percentile"),
            notes=(self.ledger.prices, *self.ledger.notes, *self.draws.notes),
        )

    def acceptability(self, planned: Planned) -> Outcome:
        """Give the share of samples in which the full programme is worth its cost, at each price of one more person."""
        means = [float(self.ledger.service[arm].mean()) for arm in (self.cohort.full, ~self.cohort.full)]
        if max(means) <= 0:
            raise NotEstimableError("Everything costs nothing, so that there is no price to weigh it by.")
        end = self.cohort.plan.costs.willingness_to_pay or _round_up(COSTS_ON_THE_CURVE * max(means))
        prices = np.linspace(0, end, PRICES)
        return planned.curve(
            axis="what one more person is worth",
            at=tuple(float(price) for price in prices),
            value=tuple(float(share) for share in self.comparison.both(self.level).acceptability(prices)),
            cells=self.effect.cells,
            method=f"share of samples in which the effect at that price exceeds the cost; {self.draws.phrase}",
            how=self.how("acceptability"),
            notes=(self.ledger.prices, *self.draws.notes),
        )

    def plane(self, planned: Planned, *, side: int, notes: tuple[str, ...] = ()) -> Outcome:
        """Give one side of the ellipse; only where the interval of the effect leaves a ratio to be drawn."""
        both = self.comparison.both(self.level)
        low, high = both.effect.limits(self.level)
        if low <= 0 <= high:
            raise NotEstimableError(
                "The interval of the difference in the share of people with this effect spans both directions: no "
                "plane is drawn."
            )
        return planned.curve(
            axis="degrees around the ellipse",
            at=tuple(float(turn) for turn in np.linspace(0, 360, TURNS)),
            value=tuple(float(value) for value in both.ellipse(level=self.level, points=TURNS)[side]),
            level=self.level,
            cells=self.effect.cells,
            method=f"normal ellipse of the samples; {self.draws.phrase}",
            how=self.how("normal_ellipse"),
            notes=notes,
        )


def _round_up(price: float) -> float:
    """Round up to the next one, two or five with zeros: a place on an axis that tells no exact mean."""
    power = 10.0 ** math.floor(math.log10(price))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= price)
