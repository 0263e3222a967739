"""For whom, of a count or a yes/no: the ratio of rates, or the difference between shares, at each level of a need.

One model at the visit with the moderator and its product with the arm: the negative binomial with the sandwich of the
main comparison; or the logistic regression, standardised over the people of a level (of a number: over everybody, with
the number set to a value). `docs/methods/needs.md` says how.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.shrinkage import fit_shrunken
from outcomes.models.contract import OF_THE_LOGARITHM, People, estimate_points, estimate_ratio, to_interval
from outcomes.questions.needs.interactions import NO_INTERVAL, require_groups
from outcomes.questions.needs.keys import effect_of
from outcomes.questions.needs.kind_models import fit_kind
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.models.occasion import Occasion
    from outcomes.questions.needs.characteristic import Characteristic
    from outcomes.questions.needs.kind_models import KindModel
    from outcomes.questions.needs.model import Level
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

ONE_BY_ONE = "Of more than two levels each is compared with the first, one by one; no test of all of them is made."


def compare(occasion: Occasion, characteristic: Characteristic) -> Iterator[Outcome]:
    """Give the interaction, the effect at each level or value, and the shrunken ones."""
    results = _Results(occasion, characteristic)
    try:
        require_groups(characteristic)
        model = fit_kind(occasion, characteristic)
    except NotEstimableError as why:
        yield results.plan("interaction", "", "interaction").refuse(str(why), why.cause)
        return
    first, *others = model.levels
    is_number = characteristic.numbers is not None
    if len(others) > 1 and not is_number:
        yield results.plan("interaction", "", "interaction of all levels together").refuse(ONE_BY_ONE)
        for level in others:
            yield results.contrast(model, first, level, category=level.word)
    else:
        yield results.contrast(model, first, others[-1], category="")
    for level in model.levels:
        yield results.effect(model, level)
    for level in model.levels:
        yield results.shrunken(model, level)
    for one in model.suppressed:
        yield replace(results.plan(results.what, one.word, one.label), named=one.label).refuse(one.reason, one.cause)


@dataclass(frozen=True)
class _Results:
    """Declares and reads what is told of a moderator on an occasion."""

    occasion: Occasion
    characteristic: Characteristic

    @cached_property
    def is_count(self) -> bool:
        return self.occasion.cohort.plan.measures[self.occasion.measure].kind == "count"

    @property
    def what(self) -> str:
        return effect_of(self.occasion.cohort.plan, self.occasion.measure)

    def key(self, what: str, level: str) -> Key:
        return self.occasion.key("needs", what, subject=self.characteristic.word, category=level)

    def plan(self, what: str, level: str, name: str) -> Planned:
        text = "ratio of the mean numbers" if self.is_count else "difference between the shares"
        return self.occasion.declare(
            self.key(what, level),
            f"adjusted {text}, {what.replace('_', ' ')}, {name}" if what != self.what else f"adjusted {text}, {name}",
            Quantity.RATE_RATIO if self.is_count else Quantity.SHARE_DIFFERENCE,
            unit="ratio" if self.is_count else "share_difference",
        )

    def _made_of(self, model: KindModel) -> tuple[tuple[Key, ...], ...]:
        few = [one.word for one in model.suppressed if one.cause == "too few"]
        return (tuple(self.key(self.what, word) for word in (*(level.word for level in model.levels), *few)),)

    def contrast(self, model: KindModel, first: Level, level: Level, *, category: str) -> Outcome:
        """Compare the effect at a level, or the last value of a number, with that at the first."""
        named = f"{level.label} compared with {first.label}"
        among = model.people.used & (level.members | first.members)
        planned = replace(self.plan("interaction", category, named), named=named, tells=self._made_of(model))
        ends = [model.effect(one) for one in (level, first)]
        value, slope = ends[0].value - ends[1].value, ends[0].slope - ends[1].slope
        return planned.attempt(partial(self._estimate, model, among, value, slope))

    def effect(self, model: KindModel, level: Level) -> Outcome:
        """Estimate the comparison of the arms at a level or a value."""
        planned = replace(self.plan(self.what, level.word, level.label), named=level.label)
        found = model.effect(level)
        return planned.attempt(
            partial(self._estimate, model, model.people.used & level.members, found.value, found.slope)
        )

    def shrunken(self, model: KindModel, level: Level) -> Outcome:
        """Draw the effects towards each other: levels towards their mean, the slope of a number towards none."""
        planned = replace(self.plan("shrunken", level.word, level.label), named=level.label, tells=self._made_of(model))
        return planned.attempt(partial(self._shrink, model, level))

    def _shrink(self, model: KindModel, level: Level, planned: Planned) -> Outcome:
        effects = [model.effect(one) for one in model.levels]
        values, slopes = np.array([one.value for one in effects]), np.array([one.slope for one in effects])
        fixed, random = np.ones((len(effects), 1)), np.eye(len(effects))
        weights = np.array([float(one is level) for one in model.levels])
        if self.characteristic.numbers is not None:
            width = model.levels[-1].at[0] - model.levels[0].at[0]
            values, slopes = (np.array([one[0], (one[-1] - one[0]) / width]) for one in (values, slopes))
            fixed, random = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])
            weights = np.array([1.0, level.at[0] - model.levels[0].at[0]])
        fit = fit_shrunken(
            estimates=values, covariance=slopes @ model.covariance @ slopes.T, fixed=fixed, random=random
        )
        value, among = float(weights @ fit.value), model.people.used & level.members
        return replace(planned, counts=People(among, model.people.full).counts()).estimate(
            math.exp(value) if self.is_count else value,
            cells=model.cells(among),
            method="empirical Bayes: best linear unbiased prediction, spread of the effects by REML",
            how=How(estimator="empirical_bayes", inference="reml", adjusted=model.how.adjusted),
            notes=(NO_INTERVAL,),
        )

    def _estimate(
        self,
        model: KindModel,
        among: NDArray[np.bool_],
        value: float,
        slope: NDArray[np.float64],
        planned: Planned,
    ) -> Outcome:
        counted = replace(planned, counts=People(among, model.people.full).counts())
        judged = model.judge(slope, value)
        level, told = self.occasion.level, {"method": model.method, "how": model.how}
        if self.is_count:
            notes = (*model.notes, OF_THE_LOGARITHM)
            return estimate_ratio(counted, judged, level=level, cells=model.cells(among), notes=notes, **told)  # type: ignore[arg-type]  # as both take them
        found = estimate_points(counted, judged, level=level, notes=model.notes, **told)  # type: ignore[arg-type]
        low, high = found.limits or (-1.0, 1.0)
        reach = 2.0 if planned.key.what == "interaction" else 1.0  # of two differences of shares, each within one
        interval = to_interval(level, (max(low, -reach), min(high, reach)))
        return replace(found, interval=interval, cells=model.cells(among))
