"""What people bring: a column of clients.csv or a score at the start, as a number or as levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.core.ids import result_id, word
from outcomes.models.contract import People, attempt
from outcomes.models.covariates import is_number
from outcomes.results.outcome import Estimate, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

QUARTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
_TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Characteristic:
    """A moderator, or a condition of a profile.

    Attributes
    ----------
    name : str
        As the plan has it.
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
        Values of a number at which its effect is given, by the word of their id.
    """

    name: str
    label: str
    unit: str
    measure: str | None
    numbers: NDArray[np.float64] | None
    texts: NDArray[np.object_]
    levels: tuple[str, ...]
    places: dict[str, float]

    @property
    def word(self) -> str:
        """Its word in ids."""
        return word(self.name)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Clients for whom it is recorded, shape (n,)."""
        return np.array([text is not None for text in self.texts], dtype=bool)


def read_characteristic(cohort: Cohort, name: str) -> Characteristic:
    """Read a moderator; the word of a measure stands for its score at the start.

    A number with two values only is a characteristic with two levels.
    """
    measure = name if name in cohort.plan.measures else None
    if measure is not None:
        numbers = cohort.scores(measure, cohort.plan.baseline)
        label, unit = f"{cohort.plan.measures[measure].label} at the start", "points"
    else:
        column = cohort.clients[name]
        label, unit = name.replace("_", " "), "number"
        if not is_number(column):
            texts = np.array(
                [None if absent else str(text) for text, absent in zip(column, column.isna(), strict=True)]
            )
            return _make(name, label, unit, measure, None, texts.astype(object), {})
        numbers = np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    texts = np.array([None if np.isnan(number) else f"{number:g}" for number in numbers], dtype=object)
    known = numbers[~np.isnan(numbers)]
    if len(np.unique(known)) <= _TWO:
        return _make(name, label, unit, measure, None, texts, {})
    given = cohort.plan.needs.at.get(name)
    places = (
        {_word_of(value): float(value) for value in given}
        if given
        else {place: float(np.quantile(known, share)) for place, share in QUARTILES.items()}
    )
    return _make(name, label, unit, measure, numbers, texts, places)


def _make(
    name: str,
    label: str,
    unit: str,
    measure: str | None,
    numbers: NDArray[np.float64] | None,
    texts: NDArray[np.object_],
    places: dict[str, float],
) -> Characteristic:
    levels = () if numbers is not None else tuple(sorted({text for text in texts if text is not None}))
    return Characteristic(
        name=name,
        label=label,
        unit=unit,
        measure=measure,
        numbers=numbers,
        texts=texts,
        levels=levels,
        places=dict(sorted(places.items(), key=lambda place: place[1])),
    )


def _word_of(value: float) -> str:
    return word(f"at {'minus ' if value < 0 else ''}{abs(value):g}")


def describe_places(cohort: Cohort, characteristic: Characteristic) -> Iterator[Outcome]:
    """Give the quartiles at which the effect of a number is given; values of the plan are the plan's."""
    numbers = characteristic.numbers
    if numbers is None or characteristic.name in cohort.plan.needs.at:
        return
    people = People(characteristic.known, cohort.full)
    for place, value in characteristic.places.items():
        result = result_id("needs", characteristic.word, place, "value")
        label = f"{characteristic.label}, {place.replace('_', ' ')}"

        def compute(result: str = result, label: str = label, value: float = value) -> Outcome:
            if len(set(characteristic.places.values())) < len(characteristic.places):
                raise NotEstimableError("So many people have the same value that its quartiles are the same.")
            return Estimate(
                id=result,
                label=label,
                value=value,
                unit=characteristic.unit,
                method="quartile of everybody who started and has it recorded",
                **people.counts(),
            )

        yield attempt(result, label, compute, people=people)
