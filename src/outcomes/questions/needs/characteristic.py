"""What people bring: a column of clients.csv or a score at the start, as a number or as levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import word
from outcomes.models.contract import People
from outcomes.models.covariates import is_number
from outcomes.questions.needs.keys import word_moderators, word_value
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

QUARTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
MOST_OF_A_PAIR = 2  # values: a number with no more of them tells two levels apart, and has no quartiles


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Characteristic:
    """A moderator, or a condition of a profile.

    Attributes
    ----------
    name : str
        As the plan has it.
    word : str
        Its word in keys.
    label : str
        For people.
    unit : str
        Of a number.
    measure : str or None
        The measure whose score at the start it is.
    numbers : ndarray, shape (n,), or None
        nan where not known; None where it has levels.
    texts : ndarray of object, shape (n,)
        Levels; None where not known.
    levels : tuple of str
        In the order of their text; a number has none.
    places : dict of str to float
        Values of a number at which its effect is given, by their word in keys; in rising order.
    """

    name: str
    word: str
    label: str
    unit: str
    measure: str | None
    numbers: NDArray[np.float64] | None
    texts: NDArray[np.object_]
    levels: tuple[str, ...]
    places: dict[str, float]

    @property
    def column(self) -> str:
        """Column of clients.csv that it is; of a measure none, though a covariate may have its name."""
        return self.name if self.measure is None else ""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Clients for whom it is recorded, shape (n,)."""
        return np.array([text is not None for text in self.texts], dtype=bool)


def read_characteristic(cohort: Cohort, name: str) -> Characteristic:
    """Read a moderator; the word of a measure stands for its score at the start.

    A number with two values only is a characteristic with two levels.
    """
    plan = cohort.plan
    measure = name if name in plan.measures else None
    numbers, texts = _read_values(cohort, name)
    if numbers is not None and len(np.unique(numbers[~np.isnan(numbers)])) <= MOST_OF_A_PAIR:
        numbers = None
    return Characteristic(
        name=name,
        word=word_moderators(plan).get(name, word(name)),
        label=name.replace("_", " ") if measure is None else f"{plan.measures[measure].label} at the start",
        unit="number" if measure is None else "points",
        measure=measure,
        numbers=numbers,
        texts=texts,
        levels=() if numbers is not None else tuple(sorted({text for text in texts if text is not None})),
        places={} if numbers is None else _choose_values(numbers, plan.needs.at.get(name)),
    )


def _read_values(cohort: Cohort, name: str) -> tuple[NDArray[np.float64] | None, NDArray[np.object_]]:
    """Give the numbers, or none where it has levels, and the texts of either; what is not recorded is nan and None."""
    if name in cohort.plan.measures:
        numbers = cohort.scores(name, cohort.plan.baseline)
    else:
        column = cohort.clients[name]
        if not is_number(column):
            absent = column.isna()
            texts = [None if gone else str(text) for text, gone in zip(column, absent, strict=True)]
            return None, np.array(texts, dtype=object)
        numbers = np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    return numbers, np.array([None if np.isnan(number) else f"{number:g}" for number in numbers], dtype=object)


def _choose_values(numbers: NDArray[np.float64], given: tuple[float, ...] | None) -> dict[str, float]:
    """Give the values of the plan, or the quartiles of those who are known, in rising order."""
    known = numbers[~np.isnan(numbers)]
    values = (
        {word_value(value): float(value) for value in given}
        if given
        else {place: float(np.quantile(known, share)) for place, share in QUARTILES.items()}
    )
    return dict(sorted(values.items(), key=lambda value: value[1]))


def describe_quartiles(cohort: Cohort, characteristic: Characteristic) -> Iterator[Outcome]:
    """Give the quartiles at which the effect of a number is given; values of the plan are the plan's."""
    if characteristic.numbers is None or characteristic.name in cohort.plan.needs.at:
        return
    people = People(characteristic.known, cohort.full)
    are_apart = len(set(characteristic.places.values())) == len(characteristic.places)
    for place, value in characteristic.places.items():
        planned = Planned(
            key=Key("needs", what="value", subject=characteristic.word, category=place),
            label=f"{characteristic.label}, {place.replace('_', ' ')}",
            quantity=Quantity.QUANTILE,
            unit=characteristic.unit,
            counts=people.counts(),
        )
        if are_apart:
            method = "quartile of everybody who started and has it recorded"
            yield planned.estimate(value, method=method, how=How(estimator="quantile"))
        else:
            yield planned.refuse("So many people have the same value that its quartiles are the same.")
