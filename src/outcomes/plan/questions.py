"""What the plan says about the clinic's further questions: for whom, 121 sessions, costs, evidence, precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field, field_validator

from outcomes.plan.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

Topic = Literal[
    "distress tolerance", "emotion regulation", "mindfulness", "symptoms", "completion", "drop-out", "other"
]
Number = Annotated[float, Field(allow_inf_nan=False)]
# A level, several levels, or the lowest and highest value.
Condition: TypeAlias = str | tuple[str, ...] | tuple[float, float]


class Profile(Frozen):
    """A kind of person that the clinic wonders about: people who meet every condition resemble it."""

    label: Annotated[str, Field(min_length=1, max_length=120)]
    where: Annotated[dict[str, Any], Field(min_length=1)]

    @field_validator("where")
    @classmethod
    def _conditions(cls, where: dict[str, Any]) -> dict[str, Condition]:
        frozen = {name: tuple(one) if isinstance(one, list) else one for name, one in where.items()}
        for name, condition in frozen.items():
            if not _is_condition(condition):
                msg = f"{name} must be a level in quotes, a list of levels, or [lowest, highest], such as [18, 30]"
                raise ValueError(msg)
        return frozen


class Needs(Frozen):
    """For whom the programmes may differ: the characteristics to look at, declared beforehand.

    Attributes
    ----------
    moderators : tuple of str
        Columns of clients.csv, or words of measures, which stand for their score at the start.
    at : dict of str to tuple of float
        Values of a number at which its effect is given; else its quartiles.
    profiles : tuple of Profile
    """

    moderators: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    at: dict[str, Annotated[tuple[Number, ...], Field(min_length=2, max_length=9)]] = Field(default_factory=dict)
    profiles: tuple[Profile, ...] = ()

    def columns(self, measures: Iterable[str]) -> tuple[str, ...]:
        """Columns of clients.csv that moderators and profiles need, given the words of the measures."""
        names = (*self.moderators, *(name for profile in self.profiles for name in profile.where))
        return tuple(dict.fromkeys(name for name in names if name not in set(measures)))


class Sessions(Frozen):
    """How 121 sessions, dose and alliance are read."""


class Costs(Frozen):
    """How money and time are counted."""


class PublishedOutcome(Frozen):
    """What an outcome of evidence.csv is about, where its name alone does not tell.

    `measure` is the word of the local measure that it is set beside; by default the first primary one of its topic.
    """

    about: Topic
    better: Literal["higher", "lower"] | None = None
    measure: str | None = None


class Evidence(Frozen):
    """How published results are set beside the local one; `outcomes` goes by the text in the column outcome."""

    pool_local: bool = False
    outcomes: dict[Annotated[str, Field(min_length=1, max_length=300)], PublishedOutcome] = Field(default={})


class Precision(Frozen):
    """How many people an answer needs; an intraclass correlation that is not stated is estimated from the data."""

    power: Annotated[Number, Field(ge=0.5, lt=1)] = 0.8
    icc_group: Annotated[Number, Field(ge=0, lt=1)] | None = None
    icc_therapist: Annotated[Number, Field(ge=0, lt=1)] | None = None


def _is_condition(condition: object) -> bool:
    if isinstance(condition, str):
        return bool(condition)
    if not isinstance(condition, tuple) or not condition:
        return False
    if all(isinstance(part, str) and part for part in condition):
        return True
    numbers = [part for part in condition if isinstance(part, int | float) and not isinstance(part, bool)]
    return len(numbers) == len(condition) == 2 and numbers[0] <= numbers[1]  # noqa: PLR2004  # lowest, highest
