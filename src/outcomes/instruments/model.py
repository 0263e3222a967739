"""What is known about a questionnaire: key, scores, missing rule, published figures, and how sure each of them is."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Rule: TypeAlias = Literal["sum", "mean", "mean_of_subscales"]
Direction: TypeAlias = Literal["higher", "lower"]
Table: TypeAlias = Literal["items", "goals"]  # where its answers stand: items/NAME.csv, or goals.csv

DOMAINS = (
    *("distress tolerance", "emotion regulation", "mindfulness", "symptoms"),
    *("goals", "quality of life", "function", "skills use", "alliance", "other"),
)

# How a fact is known. "project default" is a choice of this software where no published rule was found.
STATUSES = ("checked", "unchecked", "project default")


class UnknownInstrumentError(LookupError):
    """No definition of that name; the sentence lists those that exist."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(f"no instrument is called {name!r}{_closest(name, known)}; there are: {', '.join(known)}")


class UnknownScoreError(LookupError):
    """The instrument has no score of that name; the sentence lists those that it has."""

    def __init__(self, instrument: str, name: str, known: tuple[str, ...]) -> None:
        self.instrument = instrument
        self.name = name
        self.known = known
        super().__init__(f"{instrument} has no score {name!r}{_closest(name, known)}; it has: {', '.join(known)}")


class UnsoundDefinitionError(ValueError):
    """A definition that contradicts itself: what is wrong with it."""

    def __init__(self, instrument: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"definition of {instrument}: {'; '.join(faults)}")


def _closest(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscale:
    """A named group of items; `reversed_items` are those of them that the key turns round."""

    name: str
    items: tuple[int, ...]
    reversed_items: tuple[int, ...]
    maximum_missing: int
    better: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """One score that can be asked for: which items, how they are put together, on which range.

    `factor` multiplies the sum or mean. Under `mean_of_subscales` the score is the mean of the means of `parts`.
    Scores are prorated when no more than `maximum_missing` of their items are missing.
    """

    name: str
    items: tuple[int, ...]
    rule: Rule
    factor: float
    parts: tuple[Subscale, ...]
    range: tuple[float, float]
    better: Direction
    maximum_missing: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRule:
    """Where the cap on missing items comes from; the caps themselves stand with the scores and subscales."""

    status: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """A published reliability coefficient, or the range of several."""

    kind: Literal["alpha", "retest", "retest_icc"]
    score: str
    low: float
    high: float
    sample: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """Published mean and standard deviation of a group, in points of `score`."""

    group: str
    score: str
    mean: float
    sd: float
    n: int | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A published threshold in points of `score`; `side` says which scores count as cases."""

    name: str
    score: str
    value: float
    side: Literal["at_or_above", "at_or_below"]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Published severity bands: band i starts at `starts[i]` points of `score` and is called `labels[i]`."""

    name: str
    score: str
    starts: tuple[float, ...]
    labels: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliableChange:
    """A published smallest change in points of `score` that counts as reliable or as relevant."""

    name: str
    score: str
    points: float
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkingTherapies:
    """NHS Talking Therapies convention: at or above `caseness` is a case, `reliable_change` points are reliable.

    Recovery and reliable recovery rates leave out people below caseness at the start; reliable improvement does not.
    """

    caseness: float
    reliable_change: float
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A questionnaire as defined in `definitions/<id>.toml`.

    `scores` holds every score that can be asked for by name: the totals, the subscales, and each of these in the
    other metrics in use (`sum`, `mean`, `raw`, …). Item numbers count from 1 in the order of the published form; where
    `table` is "goals" they are the numbers of a person's own goals, which nobody else has.
    """

    id: str
    name: str
    citation: str
    domain: str
    better: Direction
    n_items: int
    table: Table
    answers: tuple[float, float]
    answers_note: str
    reversed_items: tuple[int, ...]
    subscales: Mapping[str, Subscale]
    scores: Mapping[str, ScoreRule]
    default_score: str
    missing: MissingRule
    key_status: str
    key_programs: int
    traps: tuple[str, ...]
    licence: str
    reliability: tuple[Reliability, ...]
    norms: tuple[Norm, ...]
    cut_offs: tuple[CutOff, ...]
    bands: tuple[Bands, ...]
    reliable_change: tuple[ReliableChange, ...]
    talking_therapies: TalkingTherapies | None

    @property
    def warning(self) -> str | None:
        """What must be said wherever the instrument is used, if its key has not been confirmed."""
        if self.key_status == "checked":
            return None
        return (
            f"The scoring key of {self.name} has not been confirmed against an independent source: "
            "compare it with the original publication before relying on these scores."
        )

    def score(self, name: str | None = None) -> ScoreRule:
        """Rule of the named score, or of the published one when no name is given."""
        wanted = self.default_score if name is None else name
        try:
            return self.scores[wanted]
        except KeyError:
            raise UnknownScoreError(self.id, wanted, tuple(self.scores)) from None

    def find_alpha(self, name: str | None = None) -> Reliability | None:
        """Find the published alpha of the named score, or of the published one; None where none is known.

        Checked ones go before those that were not, and of several the lowest holds: with it fewer changes are real. An
        alpha does not depend on whether the same items are added up or averaged.
        """
        items = set(self.score(name).items)
        known = [one for one in self.reliability if one.kind == "alpha" and set(self.score(one.score).items) == items]
        best = [one for one in known if one.status == "checked"] or known
        return min(best, key=lambda one: one.low, default=None)
