"""What a moderator's model says: the interaction, the effect at each level, and the same drawn towards each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import words_of
from outcomes.methods.shrinkage import fit_shrunken
from outcomes.models.contract import People, attempt
from outcomes.questions.needs.model import fit_model
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.methods.shrinkage import ShrunkenFit
    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion
    from outcomes.questions.needs.characteristic import Characteristic
    from outcomes.questions.needs.model import ModeratedModel, Place
    from outcomes.results.outcome import Outcome

MOST = 12  # levels; what has more is no group of people, and its levels may name single ones
DOTS = 4  # of needs.<measure>.<visit>.<moderator>.interaction
# 200 regenerated examples held a real moderator's effect in three of four intervals only (docs/validation.md).
NO_INTERVAL = "It has no interval of its own: with so few levels one would be far too narrow. Read the raw one's."


def compare(occasion: Occasion, characteristic: Characteristic, covariates: Covariates) -> Iterator[Outcome]:
    """Give the interaction, the effect at each level or value, and the shrunken ones."""
    if len(characteristic.levels) > MOST:
        reason = f"{characteristic.label} has more than {MOST} levels: group them into a few that hold enough people."
        yield from _refuse(occasion, characteristic, reason)
        return
    try:
        model = fit_model(occasion, characteristic, covariates)
    except NotEstimableError as reason:
        yield from _refuse(occasion, characteristic, str(reason))
        return
    reader = _Reader(occasion, characteristic, model)
    if reader.has_contrasts:
        yield reader.joint()
        yield from (reader.compared(f"{place.word}.interaction", place) for place in model.places[1:])
    else:
        yield reader.compared("interaction", model.places[-1])
    yield from (reader.effect(place) for place in model.places)
    yield from reader.shrunken()
    yield from reader.suppressed()


def _refuse(occasion: Occasion, characteristic: Characteristic, reason: str) -> Iterator[Outcome]:
    at = f"{occasion.label}, by {characteristic.label}"
    levels = characteristic.levels if len(characteristic.levels) <= MOST else ()
    places = characteristic.places or dict.fromkeys(words_of(levels).values())
    ends = ("interaction", *(f"{place}.{what}" for place in places for what in ("difference", "shrunken")))
    for end in ends:
        result = occasion.id("needs", characteristic.word, *end.split("."))
        label = f"{at}: {end.replace('_', ' ').replace('.', ', ')}"
        yield NotEstimable(id=result, label=label, reason=reason)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one fitted model off."""

    occasion: Occasion
    characteristic: Characteristic
    model: ModeratedModel

    @property
    def has_contrasts(self) -> bool:
        """Whether there are more than two levels, so that one number cannot tell how their effects differ."""
        return self.characteristic.numbers is None and len(self.model.places) > 2  # noqa: PLR2004  # one contrast

    def joint(self) -> Outcome:
        """All levels at once."""
        result, label = (
            self._id("interaction"),
            f"by {self.characteristic.label}: interaction of all levels together (F)",
        )

        def compute() -> Outcome:
            first, *others = (self.model.effect(place) for place in self.model.places)
            test = self.model.f_test(np.array([one - first for one in others]))
            return Estimate(
                id=result,
                label=f"{self.occasion.label}: {label}",
                value=test.statistic,
                unit="ratio",
                df=test.denominator_df,
                p_value=test.p_value,
                method=f"{self.model.method}; F with {test.df:.0f} numerator degrees of freedom",
                notes=self.model.notes,
                **self.model.people.counts(),
            )

        return attempt(result, f"{self.occasion.label}: {label}", compute, people=self.model.people)

    def compared(self, end: str, place: Place) -> Outcome:
        """How the effect at one level, or at the upper end of a number, differs from that at the first."""
        result, first = self._id(*end.split(".")), self.model.places[0]
        what = f"difference in effect, {place.label} compared with {first.label}"
        people = People(self.model.people.used & (place.members | first.members), self.model.people.full)

        def compute() -> Outcome:
            contrast = self.model.contrast(self.model.effect(place) - self.model.effect(first))
            return self.occasion.to_points(
                result, what, contrast, people.counts(), method=self.model.method, notes=self.model.notes
            )

        return attempt(result, f"{self.occasion.label}: {what}", compute, people=people)

    def effect(self, place: Place) -> Outcome:
        """Difference between the arms at a level or a value."""
        result, what = self._id(place.word, "difference"), f"adjusted difference, {place.label}"
        people = self._among(place)

        def compute() -> Outcome:
            contrast = self.model.contrast(self.model.effect(place))
            return self.occasion.to_points(
                result, what, contrast, people.counts(), method=self.model.method, notes=self.model.notes
            )

        return attempt(result, f"{self.occasion.label}: {what}", compute, people=people)

    def shrunken(self) -> Iterator[Outcome]:
        """Draw the effects towards each other: levels towards their mean, the slope of a number towards none."""
        for place in self.model.places:
            result, what = self._id(place.word, "shrunken"), f"adjusted difference, shrunken, {place.label}"
            people = self._among(place)

            def compute(
                place: Place = place, result: str = result, what: str = what, people: People = people
            ) -> Outcome:
                fit, line = self._shrink(place)
                return Estimate(
                    id=result,
                    label=f"{self.occasion.label}: {what}",
                    value=float(line @ fit.value),
                    unit="points",
                    method="empirical Bayes: best linear unbiased prediction, spread of the effects by REML",
                    notes=(NO_INTERVAL,),
                    **people.counts(),
                )

            yield attempt(result, f"{self.occasion.label}: {what}", compute, people=people)

    def _shrink(self, place: Place) -> tuple[ShrunkenFit, np.ndarray]:
        """Fit, and the weights of its values that make the effect at a place."""
        if self.characteristic.numbers is None:
            lines = np.array([self.model.effect(one) for one in self.model.places])
            fixed, random = np.ones((len(lines), 1)), np.eye(len(lines))
            weights = np.array([float(one is place) for one in self.model.places])
        else:
            first, last = self.model.places[0], self.model.places[-1]
            reach = last.at[0] - first.at[0]
            slope = (self.model.effect(last) - self.model.effect(first)) / reach
            lines = np.array([self.model.effect(first), slope])
            fixed, random = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])
            weights = np.array([1.0, place.at[0] - first.at[0]])
        fit = fit_shrunken(
            estimates=lines @ self.model.fit.beta, covariance=self.model.covariance(lines), fixed=fixed, random=random
        )
        return fit, weights

    def suppressed(self) -> Iterator[Outcome]:
        """Levels and values that are not estimated, without counts: these would tell how few they are."""
        for name, label, reason in self.model.suppressed:
            for what, words in (("difference", ""), ("shrunken", "shrunken, ")):
                name_of_it = f"{self.occasion.label}: adjusted difference, {words}{label}"
                yield NotEstimable(id=self._id(name, what), label=name_of_it, reason=reason)

    def _among(self, place: Place) -> People:
        return People(self.model.people.used & place.members, self.model.people.full)

    def _id(self, *what: str) -> str:
        return self.occasion.id("needs", self.characteristic.word, *what)
