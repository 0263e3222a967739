"""The definition of an instrument of the study's own, as its file has it: the same keys as those that are shipped."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from outcomes.instruments import UnsoundDefinitionError, build_instrument, is_called, list_instruments
from outcomes.plan.faults import TomlFaultsError, describe, freeze, parse_toml
from outcomes.plan.frozen import Frozen, require_words
from outcomes.plan.lines import find_lines, line_of

if TYPE_CHECKING:
    from outcomes.instruments import Instrument

WORD = r"^[a-z][a-z0-9_]*$"
Word = Annotated[str, Field(pattern=WORD, max_length=40)]
Text = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(require_words)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
MOST_ITEMS = 600  # the longest questionnaire in use, the MMPI-2, has 567
Item = Annotated[int, Field(ge=1, le=MOST_ITEMS)]
Items = Annotated[tuple[Item, ...], Field(min_length=1)]
Direction = Literal["higher", "lower"]
Status = Literal["checked", "unchecked", "project default"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$", max_length=81)]  # of a score: also `total.mean`
Pair = tuple[Number, Number]


class Key(Frozen):
    """Whether the scoring key was held against its publication, and in how many programs it was found."""

    status: Status
    programs: Count = 0


class Score(Frozen):
    """A total: of all items, of some, or of subscales."""

    rule: Literal["sum", "mean", "mean_of_subscales"]
    range: Pair
    status: Status
    factor: Positive | None = None
    items: Items | None = None
    subscales: Annotated[tuple[Word, ...], Field(min_length=1)] | None = None
    maximum_missing: Count | None = None
    better: Direction | None = None


class Metric(Frozen):
    """How subscales are put together, or another metric that scores are told in."""

    rule: Literal["sum", "mean"]
    status: Status
    factor: Positive | None = None


class Part(Frozen):
    """A subscale."""

    items: Items
    maximum_missing: Count | None = None
    better: Direction | None = None


class Gaps(Frozen):
    """How many items may be missing, and who says so."""

    status: Status
    source: Text
    maximum_missing: Count | None = None


class Reliability(Frozen):
    """A published reliability, or the lowest and highest of several."""

    kind: Literal["alpha", "retest", "retest_icc"]
    score: Name
    value: Annotated[Number, Field(gt=0, le=1)] | Pair
    status: Status
    sample: Text | None = None


class Norm(Frozen):
    """Published mean and standard deviation of a group [points]."""

    group: Text
    score: Name
    mean: Number
    sd: Positive
    status: Status
    n: Annotated[int, Field(ge=1)] | None = None


class CutOff(Frozen):
    """A published threshold [points]."""

    name: Text
    score: Name
    value: Number
    side: Literal["at_or_above", "at_or_below"]
    status: Status


class Bands(Frozen):
    """Published bands of severity: where each begins [points], and what it is called."""

    name: Text
    score: Name
    starts: Annotated[tuple[Number, ...], Field(min_length=1)]
    labels: Annotated[tuple[Text, ...], Field(min_length=1)]
    status: Status


class Change(Frozen):
    """A published smallest change that counts [points]."""

    name: Text
    score: Name
    points: Positive
    status: Status


class Definition(Frozen):
    """All that the file says; what it leaves out is as in the definitions that are shipped."""

    id: Word
    name: Text
    citation: Text
    domain: str
    better: Direction
    n_items: Item
    answers: Pair
    reversed_items: tuple[Item, ...]
    default_score: Name
    licence: Text
    key: Key
    missing: Gaps
    scores: dict[Word, Score] = Field(default_factory=dict)
    subscales: dict[Word, Part] = Field(default_factory=dict)
    subscale_scores: Metric | None = None
    metrics: dict[Word, Metric] = Field(default_factory=dict)
    answers_note: Text | None = None
    traps: tuple[Text, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    norms: tuple[Norm, ...] = ()
    cut_offs: tuple[CutOff, ...] = ()
    bands: tuple[Bands, ...] = ()
    reliable_change: tuple[Change, ...] = ()

    @cached_property
    def instrument(self) -> Instrument:
        """The instrument that it defines; raises UnsoundDefinitionError where it contradicts itself."""
        return build_instrument(self.model_dump(mode="json", exclude_none=True, exclude_unset=True))

    def key_alone(self) -> dict[str, Any]:
        """Give what scoring needs, without any text that somebody wrote freely."""
        names = ("id", "better", "n_items", "answers", "reversed_items", "default_score", "key")
        tables = ("scores", "subscales", "subscale_scores", "metrics")
        said = self.model_dump(mode="json", include={*names, *tables}, exclude_none=True)
        return {**said, "missing": self.missing.model_dump(include={"status", "maximum_missing"}, exclude_none=True)}


class DefinitionFaultsError(Exception):
    """A file defines no instrument: every fault with its line (None: of the whole file) and key."""

    def __init__(self, faults: list[tuple[int | None, str, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(what for _, _, what in faults))


def read_definition(content: bytes, word: str) -> Definition:
    """Read the file of a definition.

    Parameters
    ----------
    content : bytes
    word : str
        Name of the file without its ending, which is the id.

    Raises
    ------
    DefinitionFaultsError
    """
    try:
        text, raw = parse_toml(content)
    except TomlFaultsError as fault:
        raise DefinitionFaultsError([(fault.line, "", fault.what)]) from None
    lines = find_lines(text)
    try:
        found = Definition.model_validate(freeze(raw))
    except ValidationError as error:
        told = describe(error, Definition, noun="the definition of an instrument")
        raise DefinitionFaultsError([(line_of(where, lines), ".".join(where), what) for where, what in told]) from None
    faults = [("id", what) for what in _judge_name(found.id, word)]
    if not faults:
        try:
            _ = found.instrument
        except UnsoundDefinitionError as fault:
            faults = [("", what) for what in fault.faults]
    if faults:
        raise DefinitionFaultsError([(line_of((key,), lines) if key else None, key, what) for key, what in faults])
    return found


def _judge_name(said: str, word: str) -> list[str]:
    if said != word:
        return ["is not the name of the file; the two are the same word"]
    if any(is_called(said, known) for known in list_instruments()):
        return ["is the name of an instrument that comes with the program; give this one another, and its file"]
    return []
