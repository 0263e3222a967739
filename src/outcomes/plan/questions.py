"""What the plan says about the clinic's further questions: for whom, 121 sessions, costs, evidence, precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, field_validator

from outcomes.plan.frozen import Frozen, require_words

if TYPE_CHECKING:
    from collections.abc import Iterable

Topic = Literal[
    "distress tolerance", "emotion regulation", "mindfulness", "symptoms", "completion", "drop-out", "other"
]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
# Item of costs.csv that prices a place in each kind of session of attendance.csv.
ITEM_OF = {"group": "group_session_per_client", "individual": "individual_session"}
Status = Literal["attended", "missed", "cancelled_by_client"]
Number = Annotated[float, Field(allow_inf_nan=False)]
Weeks = Annotated[float, Field(gt=0, le=520, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
# What may be recorded of a 121 session as done or not, in the order in which a session goes: columns of sessions.csv.
PARTS = (
    *("agenda_set", "week_reviewed", "crisis_reviewed"),
    *("chain_analysis", "solution_analysis"),
    *("skills_generalised", "homework_reviewed"),
    *("priority_target_worked_on", "goal_set"),
    *("validation_and_change", "cognitive_restructuring"),
    *("homework_set", "behavioural_task_set"),
    *("relationship_discussed", "feedback", "plan_adjusted"),
    "closing_summary",
)
# A level, several levels, or the lowest and highest value.
Condition: TypeAlias = str | tuple[str, ...] | tuple[float, float]


class Profile(Frozen):
    """A kind of person that the clinic wonders about: people who meet every condition resemble it."""

    label: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(require_words)]
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
    """How 121 sessions, dose and alliance are read.

    Attributes
    ----------
    landmark : str or None
        Visit up to which sessions are counted and from which change is judged; by default the last one before the
        primary visit.
    mediators : tuple of str or None
        Measures through which the programme may act; by default those of alliance.
    weeks : float or None
        Planned length of the programme, of which thirds are taken; by default the week of the primary visit.
    block : int
        Sessions of a client that make one place of a course over time [count].
    expected : dict of str to float
        Share of sessions in which the clinic expects a part to be done, by column of sessions.csv.
    """

    landmark: str | None = None
    mediators: tuple[str, ...] | None = None
    weeks: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    block: Annotated[int, Field(ge=1, le=1000)] = 4
    expected: dict[str, Share] = Field(default_factory=dict)


class Waiting(Frozen):
    """How long people may wait on their way in, at most, as the service means to have it [weeks].

    Attributes
    ----------
    referred_to_assessed, assessed_to_offered, offered_to_started, assessed_to_started, referred_to_started : float
        Between two dates of clients.csv; a wait of exactly so long is within it.
    """

    referred_to_assessed: Weeks | None = None
    assessed_to_offered: Weeks | None = None
    offered_to_started: Weeks | None = None
    assessed_to_started: Weeks | None = None
    referred_to_started: Weeks | None = None

    @property
    def targets(self) -> dict[str, float]:
        """Targets that are given, by wait."""
        return {name: weeks for name in type(self).model_fields if (weeks := getattr(self, name)) is not None}


class Quantity(Frozen):
    """How much of a priced item a client of each arm uses."""

    full: Amount
    skills: Amount


class Costs(Frozen):
    """How money and time are counted.

    Attributes
    ----------
    paid : tuple of str
        What became of the places that are paid for; a session that the service cancelled never is.
    per_client, per_week : dict of Quantity
        Items of costs.csv beside the sessions: how often for each client, and for each week in the programme.
    travel_minutes : float
        There and back, for each session attended [minutes].
    session_minutes : dict of float
        Length of a session, by kind, where attendance.csv does not tell it [minutes].
    measure : str or None
        Primary measure whose reliable improvement is told first, of all that are; by default the first.
    willingness_to_pay : float or None
        End of the acceptability curve [currency]; by default four times the larger mean cost.
    """

    paid: tuple[Status, ...] = ("attended", "missed", "cancelled_by_client")
    per_client: dict[str, Quantity] = Field(default_factory=lambda: {"assessment": Quantity(full=1.0, skills=1.0)})
    per_week: dict[str, Quantity] = Field(default_factory=dict)
    travel_minutes: Amount = 0.0
    session_minutes: dict[Literal["group", "individual"], Amount] = Field(default_factory=dict)
    measure: str | None = None
    willingness_to_pay: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


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
