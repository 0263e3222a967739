"""The plan as typed, frozen objects; `outcomes.plan.read` makes it from `plan.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from outcomes.core.ids import word_beside
from outcomes.instruments import read_instrument
from outcomes.plan.clinic import Clinic
from outcomes.plan.definition import Definition, Word  # noqa: TC001  # pydantic reads them when it makes the model
from outcomes.plan.frozen import Frozen, require_words
from outcomes.plan.names import name_all
from outcomes.plan.programme import Arms, Programme
from outcomes.plan.questions import Costs, Evidence, Needs, Precision, Sessions, Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.instruments import Instrument

Label = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(require_words)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Direction = Literal["higher", "lower"]
Domain = Literal[
    "distress tolerance",
    "emotion regulation",
    "mindfulness",
    "symptoms",
    "goals",
    "quality of life",
    "function",
    "skills use",
    "alliance",
    "other",
]
Kind = Literal["score", "count", "yes_no"]
ARMS = ("full", "skills")


class Visit(Frozen):
    """A planned time of measurement, `week` weeks after the start; `window` holds the weeks that still count as it."""

    label: Label
    short: Label | None = None
    week: Number
    window: tuple[Number, Number] | None = None

    @field_validator("window")
    @classmethod
    def _window_holds_week(cls, window: tuple[float, float] | None, info: ValidationInfo) -> tuple[float, float] | None:
        if window is not None and not window[0] <= info.data.get("week", window[0]) <= window[1]:
            msg = "the window must run from low to high and hold the week of the visit"
            raise ValueError(msg)
        return window


class Norm(Frozen):
    """Mean and standard deviation of a reference group [points]."""

    mean: Number
    sd: Annotated[Number, Field(gt=0)]


class PublishedChange(Frozen):
    """A published smallest change that counts as reliable [points], and where it was published."""

    points: Annotated[Number, Field(gt=0)]
    source: Label


class Scoring(Frozen):
    """How a measure is scored from items, where the instrument or the file leaves a choice."""

    score: str | None = None
    coding: Literal["published", "opposite"] = "published"
    items_already_reversed: bool = False
    reverse_items: tuple[Annotated[int, Field(ge=1)], ...] | None = None
    maximum_missing: Annotated[int, Field(ge=0)] | None = None


class Measure(Frozen):
    """What is measured at visits; `better` gives every word of direction.

    `kind` says what its numbers are: points of a scale; a count of episodes, each of the `weeks` before its visit (one
    number, or one by visit); or yes (1) and no (0). What is `worthwhile` is then points, a ratio, or a share.
    """

    label: Label
    short: Label | None = None
    domain: Domain
    role: Literal["primary", "secondary"]
    better: Direction
    kind: Kind = "score"
    weeks: Annotated[Number, Field(gt=0)] | dict[Word, Annotated[Number, Field(gt=0)]] | None = None
    range: tuple[Number, Number]
    instrument: str | None = None
    worthwhile: Annotated[Number, Field(gt=0)] | None = None
    reliability: Annotated[Number, Field(gt=0, lt=1)] | None = None
    reliable_change: PublishedChange | None = None
    clinical: Norm | None = None
    nonclinical: Norm | None = None
    cut_off: Literal["a", "b", "c"] = "c"
    scoring: Scoring = Scoring()

    @model_validator(mode="before")
    @classmethod
    def _range_of_a_yes_no(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("kind") == "yes_no":
            return {"range": (0, 1), **given}
        return given

    @field_validator("range")
    @classmethod
    def _range_rises(cls, limits: tuple[float, float]) -> tuple[float, float]:
        if limits[0] >= limits[1]:
            msg = "the range must run from the lowest to the highest possible score"
            raise ValueError(msg)
        return limits

    def weeks_at(self, visit: str) -> float | None:
        """Weeks that a count at a visit is of; None where it is no count."""
        return self.weeks.get(visit) if isinstance(self.weeks, dict) else self.weeks

    @property
    def sign(self) -> float:
        """+1 where higher is better, else −1: what makes a difference favour the full programme."""
        return 1.0 if self.better == "higher" else -1.0


class Event(Frozen):
    """A kind of event in events.csv: weeks known before the start; a worthwhile rate ratio, and one over it."""

    label: Label
    short: Label | None = None
    better: Literal["fewer", "more"] = "fewer"
    role: Literal["primary", "secondary", "harm"]
    before: Annotated[Number, Field(gt=0, le=2600)] | None = None
    worthwhile: Annotated[Number, Field(gt=0, lt=1)] | None = None

    @property
    def sign(self) -> float:
        """-1 where fewer are better, else +1: what makes a log ratio favour the full programme."""
        return -1.0 if self.better == "fewer" else 1.0


class Adjust(Frozen):
    """What a comparison is adjusted for, and who shares a group or a therapist.

    `groups` says how skills groups lay to the arms where none is recorded: people of both arms in the same ones
    ("shared"), each arm in its own ("separate"), or nobody with anybody ("none").
    """

    covariates: tuple[str, ...] = ()
    skills_group: str | None = None
    groups: Literal["shared", "separate", "none"] | None = None
    therapist: str | None = None


class AttendanceRule(Frozen):
    """Completion judged from attendance: a share of sessions, and a run of misses that ends the programme."""

    minimum_share: Annotated[Number, Field(gt=0, le=1)]
    stream: Literal["group", "individual", "any"] = "group"
    longest_run_missed: Annotated[int, Field(ge=1)] | None = None


class Completion(Frozen):
    """Where completion is read from: a column of clients.csv, or a rule on attendance.csv; how long it takes."""

    column: str | None = None
    rule: AttendanceRule | None = None
    weeks: Annotated[Number, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Completion:
        if (self.column is None) == (self.rule is None):
            msg = "give either a column or a rule, not both"
            raise ValueError(msg)
        return self


class Confidence(Frozen):
    """Confidence level of every interval and the correction over the primary family."""

    level: Annotated[Number, Field(gt=0.5, lt=1)] = 0.95
    multiplicity: Literal["holm", "none"] = "holm"


class Worse(Frozen):
    """How much worse than assumed those lost from an arm may have been [standard deviations of the start]."""

    full: Annotated[Number, Field(ge=0)] = 0.5
    skills: Annotated[Number, Field(ge=0)] = 0.5


class Missing(Frozen):
    """Multiple imputation, and what else than missing at random is assumed of those who were lost."""

    imputations: Annotated[int, Field(ge=2, le=10_000)] = 50
    reference: Literal["full", "skills"] = "skills"
    worse: Worse = Worse()


class Disclosure(Frozen):
    """What may leave the clinic."""

    minimum_count: Annotated[int, Field(ge=1)] = 8
    round_to: Annotated[int, Field(ge=1)] = 5
    minimum_arm: Annotated[int, Field(ge=1)] = 10


class Random(Frozen):
    """The seed from which every result's own stream is made."""

    seed: Annotated[int, Field(ge=0)] = 20250101


class Plan(Frozen):
    """The whole plan.

    Attributes
    ----------
    visits : dict of Visit
        In order of time; the first is the baseline.
    primary : str
        The visit at which the question is answered.
    allocation : str
        How people came to their programme: "routine" (need, choice, waiting time) or "random".
    derived : tuple of str
        How the study was made of another, step by step: written by the program, empty for one that a clinic wrote.
    instruments : dict of Definition
        Instruments that the study defines itself, by id: from the files of its folder instruments, not from plan.toml.
    """

    version: Literal[1]
    title: Label
    allocation: Literal["routine", "random"] = "routine"
    programme: Programme = Programme()
    arms: Arms
    visits: Annotated[dict[Word, Visit], Field(min_length=2)]
    primary: str
    measures: Annotated[dict[Word, Measure], Field(min_length=1)]
    events: dict[Word, Event] = Field(default_factory=dict)
    adjust: Adjust = Adjust()
    completion: Completion | None = None
    confidence: Confidence = Confidence()
    missing: Missing = Missing()
    disclosure: Disclosure = Disclosure()
    random: Random = Random()
    needs: Needs = Needs()
    sessions: Sessions = Sessions()
    waiting: Waiting = Waiting()
    costs: Costs = Costs()
    evidence: Evidence = Evidence()
    precision: Precision = Precision()
    report: Clinic = Clinic()
    derived: tuple[Label, ...] = ()
    instruments: dict[Word, Definition] = Field(default_factory=dict)

    def instrument(self, name: str) -> Instrument:
        """Definition of an instrument, the study's own or a shipped one; raises UnknownInstrumentError."""
        return read_instrument(name, {word: one.instrument for word, one in self.instruments.items()})

    @property
    def baseline(self) -> str:
        """Word of the first visit."""
        return next(iter(self.visits))

    @property
    def later(self) -> tuple[str, ...]:
        """Words of the visits after the baseline."""
        return tuple(self.visits)[1:]

    @property
    def programme_weeks(self) -> float:
        """Planned length of the programme [weeks]: as the plan says, else up to the primary visit."""
        said = None if self.completion is None else self.completion.weeks
        return self.visits[self.primary].week if said is None else said

    @property
    def primary_measures(self) -> tuple[str, ...]:
        """Words of the measures that form the declared family."""
        return tuple(word for word, measure in self.measures.items() if measure.role == "primary")

    @property
    def primary_events(self) -> tuple[str, ...]:
        """Words of the kinds of event that belong to the declared family."""
        return tuple(word for word, event in self.events.items() if event.role == "primary")

    @property
    def scored(self) -> Mapping[str, Measure]:
        """Measures whose numbers are points of a scale, by word: what means and their differences are asked of."""
        return {word: measure for word, measure in self.measures.items() if measure.kind == "score"}

    @property
    def primary_scored(self) -> tuple[str, ...]:
        """Words of the primary measures among them."""
        return tuple(word for word in self.primary_measures if self.measures[word].kind == "score")

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        """Words of the measures of a kind."""
        return tuple(word for word, measure in self.measures.items() if measure.kind == kind)

    @property
    def judged_measures(self) -> tuple[str, ...]:
        """Words of the measures on which people are judged to have changed: those, and any with a published change."""
        more = (word for word, measure in self.scored.items() if measure.reliable_change is not None)
        return tuple(dict.fromkeys((*self.primary_scored, *more)))

    @property
    def arm_names(self) -> Mapping[str, str]:
        """Short name by arm word."""
        return name_all({"full": self.arms.full, "skills": self.arms.skills})

    @property
    def words(self) -> Mapping[str, str]:
        """The study's own words, for texts of the program that leave them open."""
        return {**self.arm_names, "individual": self.programme.alone, "programme": self.programme.name}

    @property
    def visit_names(self) -> Mapping[str, str]:
        """Short name by word of a visit."""
        return name_all(self.visits)

    @property
    def measure_names(self) -> Mapping[str, str]:
        """Short name by word of a measure."""
        return name_all(self.measures)

    @property
    def covariate_words(self) -> Mapping[str, str]:
        """Word of ids by name of a covariate."""
        return word_beside(self.adjust.covariates, self.measures)

    @property
    def event_names(self) -> Mapping[str, str]:
        """Short name by word of a kind of event."""
        return name_all(self.events)
