"""Interactions of a moderator with the arm, the effect at each level, and the same shrunken towards each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import words_of
from outcomes.methods.shrinkage import fit_shrunken
from outcomes.models.contract import People
from outcomes.questions.needs.model import fit_model
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.methods.shrinkage import ShrunkenFit
    from outcomes.models.contract import Counts
    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion
    from outcomes.questions.needs.characteristic import Characteristic
    from outcomes.questions.needs.model import Level, ModeratedModel
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

MOST = 12  # levels; what has more is no group of people, and its levels may name single ones
# 200 regenerated examples held a real moderator's effect in three of four intervals only (docs/validation.md).
NO_INTERVAL = "It has no interval of its own: with so few levels one would be far too narrow. Read the raw one's."


def compare(occasion: Occasion, characteristic: Characteristic, covariates: Covariates) -> Iterator[Outcome]:
    """Give the interaction, the effect at each level or value, and the shrunken ones."""
    results = _Results(occasion, characteristic)
    try:
        require_groups(characteristic)
        model = fit_model(occasion, characteristic, covariates)
    except NotEstimableError as why:
        yield from (planned.refuse(str(why), why.cause) for planned in results.refused())
        return
    reader = _Reader(results, model)
    if reader.has_contrasts:
        yield reader.joint()
        yield from (reader.compared(level, level.word) for level in model.levels[1:])
    else:
        yield reader.compared(model.levels[-1])
    yield from map(reader.effect, model.levels)
    yield from map(reader.shrunken, model.levels)
    yield from reader.suppressed()


def require_groups(characteristic: Characteristic) -> None:
    """Refuse a characteristic with more levels than make groups of people; raises NotEstimableError."""
    if len(characteristic.levels) > MOST:
        msg = f"{characteristic.label} has more than {MOST} levels: group them into a few that hold enough people."
        raise NotEstimableError(msg)


@dataclass(frozen=True, slots=True)
class _Results:
    """Declares what is told of a moderator on an occasion."""

    occasion: Occasion
    characteristic: Characteristic

    def key(self, what: str, level: str = "") -> Key:
        return self.occasion.key("needs", what, subject=self.characteristic.word, category=level)

    def effect(self, what: str, level: str, name: str) -> Planned:
        """Declare the difference between the arms at a level, as estimated there or shrunken."""
        shrunken = "shrunken, " if what == "shrunken" else ""
        said = f"adjusted difference, {shrunken}{name}"
        return replace(self.occasion.declare(self.key(what, level), said, Quantity.DIFFERENCE), named=name)

    def refused(self) -> Iterator[Planned]:
        """Declare what there would be, where no model was fitted: with labels by word."""
        words = words_of(self.characteristic.levels) if len(self.characteristic.levels) <= MOST else {}
        levels = self.characteristic.places or dict.fromkeys(words.values())
        at = f"{self.occasion.label}, by {self.characteristic.label}"
        whole = self.occasion.declare(self.key("interaction"), "", Quantity.DIFFERENCE)
        yield replace(whole, label=f"{at}: interaction")
        for level in levels:
            for what in ("difference", "shrunken"):
                name = level.replace("_", " ")
                yield replace(self.effect(what, level, name), label=f"{at}: {name}, {what}")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one fitted model off."""

    results: _Results
    model: ModeratedModel

    @property
    def has_contrasts(self) -> bool:
        """Whether there are more than two levels, so that one number cannot tell how their effects differ."""
        is_number = self.results.characteristic.numbers is not None
        return not is_number and len(self.model.levels) > 2  # noqa: PLR2004  # one contrast

    def joint(self) -> Outcome:
        """Test all levels at once."""
        what = f"by {self.results.characteristic.label}: interaction of all levels together (F)"
        planned = self.results.occasion.declare(
            self.results.key("interaction"),
            what,
            Quantity.STATISTIC,
            unit="ratio",
            counts=self.model.people.counts(),
            tells=self._made_of(),
        )

        def compute(planned: Planned) -> Outcome:
            first, *others = map(self.model.effect, self.model.levels)
            test = self.model.f_test(np.array([one - first for one in others]))
            return planned.estimate(
                test.statistic,
                df=test.denominator_df,
                df2=test.df,
                p_value=test.p_value,
                method=f"{self.model.method}; F with {test.df:.0f} numerator degrees of freedom",
                how=replace(self.model.how, estimator="mmrm_f"),
                notes=self.model.notes,
            )

        return planned.attempt(compute)

    def compared(self, level: Level, category: str = "") -> Outcome:
        """Compare the effect at one level, or at the upper end of a number, with that at the first."""
        first, seen = self.model.levels[0], self.model.seen
        named = f"{level.label} compared with {first.label}"
        planned = self.results.occasion.declare(
            self.results.key("interaction", category),
            f"difference in effect, {named}",
            Quantity.DIFFERENCE,
            counts=People(seen.used & (level.members | first.members), seen.full).counts(),
            tells=self._made_of(),
        )
        weights = self.model.effect(level) - self.model.effect(first)
        return replace(planned, named=named).attempt(lambda planned: self._contrast(planned, weights))

    def effect(self, level: Level) -> Outcome:
        """Estimate the difference between the arms at a level or a value."""
        planned = replace(
            self.results.effect("difference", level.word, level.label),
            counts=self._among(level),
        )
        return planned.attempt(lambda planned: self._contrast(planned, self.model.effect(level)))

    def shrunken(self, level: Level) -> Outcome:
        """Shrink the effects towards each other: levels towards their mean, the slope of a number towards none."""
        planned = replace(
            self.results.effect("shrunken", level.word, level.label),
            counts=self._among(level),
            tells=self._made_of(),
        )

        def compute(planned: Planned) -> Outcome:
            fit, line = self._shrink(level)
            return planned.estimate(
                float(line @ fit.value),
                method="empirical Bayes: best linear unbiased prediction, spread of the effects by REML",
                how=How(estimator="empirical_bayes", inference="reml", adjusted=self.model.how.adjusted),
                notes=(NO_INTERVAL,),
            )

        return planned.attempt(compute)

    def suppressed(self) -> Iterator[Outcome]:
        """Name levels and values that are not estimated, without counts: these would tell how few they are."""
        for one in self.model.suppressed:
            for what in ("difference", "shrunken"):
                yield self.results.effect(what, one.word, one.label).refuse(one.reason, one.cause)

    def _contrast(self, planned: Planned, weights: np.ndarray) -> Outcome:
        return self.results.occasion.estimate_points(
            planned,
            self.model.contrast(weights),
            method=self.model.method,
            how=self.model.how,
            notes=self.model.notes,
        )

    def _shrink(self, level: Level) -> tuple[ShrunkenFit, np.ndarray]:
        """Fit, and the weights of its values that make the effect at a level or value."""
        effects = [self.model.effect(one) for one in self.model.levels]
        if self.results.characteristic.numbers is None:
            lines = np.array(effects)
            fixed, random = np.ones((len(lines), 1)), np.eye(len(lines))
            weights = np.array([float(one is level) for one in self.model.levels])
        else:
            first, last = self.model.levels[0], self.model.levels[-1]
            slope = (effects[-1] - effects[0]) / (last.at[0] - first.at[0])
            lines = np.array([effects[0], slope])
            fixed, random = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])
            weights = np.array([1.0, level.at[0] - first.at[0]])
        fit = fit_shrunken(
            estimates=lines @ self.model.fit.beta, covariance=self.model.covariance(lines), fixed=fixed, random=random
        )
        return fit, weights

    def _among(self, level: Level) -> Counts:
        """Count those of a level who were seen at the visit: by these a level has an effect or has none."""
        seen = self.model.seen
        return People(seen.used & level.members, seen.full).counts()

    def _made_of(self) -> tuple[tuple[Key, ...], ...]:
        """Name the effects at all levels: what sets some against each other is told only where each of them is.

        A level that few people have is among them, whether it has an effect or not: what is shown beside it must not
        tell which.
        """
        few = (one.word for one in self.model.suppressed if one.cause == "too few")
        words = (*(level.word for level in self.model.levels), *few)
        return (tuple(self.results.key("difference", one) for one in words),)
