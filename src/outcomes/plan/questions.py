"""What the plan says about the clinic's further questions: for whom, 121 sessions, costs, evidence, precision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from outcomes.plan.frozen import Frozen

Topic = Literal[
    "distress tolerance", "emotion regulation", "mindfulness", "symptoms", "completion", "drop-out", "other"
]


class Needs(Frozen):
    """For whom the programmes may differ: the characteristics to look at, declared beforehand."""


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
    """How many people an answer needs."""
