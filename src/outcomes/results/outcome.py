"""The one flat thing that travels: an estimate, a curve, or the reason why there is neither."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from outcomes.results.how import How
    from outcomes.results.key import Key
    from outcomes.results.quantity import Quantity
    from outcomes.results.verdict import Verdict

UNITS = frozenset(
    {
        "points",  # scale points of a measure
        "sd",  # standard deviations
        "share",  # a part of a whole, 0 to 1
        "share_of_variance",  # of what is left to explain, 0 to 1; no share of people
        "share_of_sessions",  # a part of sessions, 0 to 1; its people are those who had them
        "share_of_samples",  # a part of bootstrap samples, 0 to 1
        "share_of_pairs",  # a part of all pairs of people, one of each programme, 0 to 1
        "records",  # sessions on record, a count
        "events",  # a count
        "events_per_year",  # per person-year
        "events_a_person",  # so far
        "days",
        "share_limit",  # the most that a share may be, printed as so many in 100, rounded up
        "share_difference",  # full minus skills, on the scale of a share
        "ratio",
        "probability",  # a p-value
        "people",
        "episodes",  # in the weeks that the plan says a count is of
        "years",
        "weeks",
        "sessions",
        "a_week",  # so many acts or days for each week
        "minutes",
        "hours",
        "currency",  # in the currency of costs.csv
        "clusters",
        "variance",  # of effects between studies, in their own unit squared
        "standard_errors",  # a distance, in standard errors of an estimate
        "number",  # a quantity whose unit is the clinic's own, such as a covariate
    }
)


# Why there is no number, for whoever has to act on it; the reason beside it is for people.
Cause: TypeAlias = Literal[
    "not possible",  # the data are there, and a method cannot answer with them
    "not provided",  # a table or column is absent
    "not planned",  # the plan does not ask for it, or lacks what it needs
    "too few",  # people, events or groups; how few is not to be told by its absence
    "not alike",  # nobody in the other programme is like the people here
    "not seen",  # nobody was seen at the visit
    "not reported",  # a publication does not say
]


class NotEstimableError(Exception):
    """A method met sound input that cannot answer: the message is the reason, a sentence for people.

    Attributes
    ----------
    cause : Cause
        What kind of reason it is.
    """

    def __init__(self, reason: str, cause: Cause = "not possible") -> None:
        super().__init__(reason)
        self.cause: Cause = cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval estimate.

    Attributes
    ----------
    level : float
        Confidence level, for example 0.95 [share].
    low, high : float
        Limits, in the unit of the estimate; an unbounded side is None.
    """

    level: float
    low: float | None
    high: float | None

    def __post_init__(self) -> None:
        """Refuse limits that are not numbers or stand the wrong way round."""
        for limit in (self.low, self.high):
            if limit is not None and not math.isfinite(limit):
                msg = "an interval limit must be finite or None"
                raise ValueError(msg)
        if self.low is not None and self.high is not None and self.low > self.high:
            msg = "the lower limit of an interval exceeds the upper one"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Where a result of others stands.

    Attributes
    ----------
    study, outcome : str
        As the file of the evidence names them: passages of the label.
    verification : str
        How far it was checked: "seen", "derived", "unchecked", "sources conflict" or "source not given".
    """

    study: str
    outcome: str
    verification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number with all that is needed to read it.

    Attributes
    ----------
    key : Key
        What it is about, as fields; `id` is how it prints.
    quantity : Quantity
        What kind of number it is.
    label : str
        What the number is, as a phrase for people.
    value : float
        The estimate, in `unit`; always finite.
    unit : str
        One of `UNITS`.
    n, n_full, n_skills : int or None
        People behind the number: all, full programme, skills group only [count].
    se : float or None
        Standard error, in `unit`.
    df, df2 : float or None
        Degrees of freedom of the test and interval; of an F statistic `df` is that below and `df2` that above [count].
    p_value : float or None
        Two-sided.
    interval : Interval or None
        Interval estimate.
    cells : tuple of int
        The smallest numbers of people that a reader could infer from it, besides `n`, `n_full` and `n_skills`.
    tells : tuple of tuples of Key
        Relations: each the keys of which all but one, together with this result, determine the last.
    how : How or None
        How it was computed, as fields.
    method : str
        The same as a phrase for people.
    notes : tuple of str
        What a reader must know besides: sentences.
    named : str
        What it is called that the key names by a word alone (a level, a therapist) or not at all (a currency): a
        passage of the label or of the notes.
    published : Published or None
        Where it stands, if it is a result of others.
    step : float or None
        A power of ten to which value and limits were rounded for release; None where they are exact, or a count.
    verdict : Verdict or None
        Of a verdict all that it says; `value` is its place in the list.
    """

    key: Key
    quantity: Quantity
    label: str
    value: float
    unit: str
    id: str = field(init=False)
    n: int | None = None
    n_full: int | None = None
    n_skills: int | None = None
    se: float | None = None
    df: float | None = None
    df2: float | None = None
    p_value: float | None = None
    interval: Interval | None = None
    cells: tuple[int, ...] = ()
    tells: tuple[tuple[Key, ...], ...] = ()
    how: How | None = None
    method: str = ""
    notes: tuple[str, ...] = ()
    named: str = ""
    published: Published | None = None
    step: float | None = None
    verdict: Verdict | None = None

    @property
    def limits(self) -> tuple[float, float] | None:
        """Both limits of the interval, where it has both."""
        interval = self.interval
        if interval is None or interval.low is None or interval.high is None:
            return None
        return interval.low, interval.high

    def __post_init__(self) -> None:
        """Refuse what could not be printed honestly."""
        _name(self)
        for name in ("value", "se", "df", "df2", "p_value"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                msg = f"{self.id}: {name} must be finite; a number that cannot be had is a NotEstimable"
                raise ValueError(msg)
        if self.unit not in UNITS:
            msg = f"{self.id}: unknown unit {self.unit}"
            raise ValueError(msg)

    def _repr_html_(self) -> str:
        return to_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve or a distribution: one value, with limits and people, at each of several places.

    Attributes
    ----------
    key, quantity, label, unit, cells, tells, how, method, notes, named
        As for `Estimate`.
    axis : str
        What `at` measures, for example "weeks since start".
    at : tuple of float
        Places on the axis, never falling; a curve that falls at its first place stands there twice.
    value, low, high : tuple of float
        Value and limits at each place, in `unit`; limits may be empty.
    level : float or None
        Confidence level of the limits.
    people : tuple of int
        People behind each value (at risk, or counted), [count].
    """

    key: Key
    quantity: Quantity
    label: str
    unit: str
    axis: str
    at: tuple[float, ...]
    value: tuple[float, ...]
    id: str = field(init=False)
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    level: float | None = None
    people: tuple[int, ...] = ()
    n: int | None = None
    n_full: int | None = None
    n_skills: int | None = None
    cells: tuple[int, ...] = ()
    tells: tuple[tuple[Key, ...], ...] = ()
    how: How | None = None
    method: str = ""
    notes: tuple[str, ...] = ()
    named: str = ""

    def __post_init__(self) -> None:
        """Refuse series of unequal length and numbers that are not finite."""
        _name(self)
        for name in ("value", "low", "high", "people"):
            series = getattr(self, name)
            if series and len(series) != len(self.at):
                msg = f"{self.id}: {name} has {len(series)} values for {len(self.at)} places"
                raise ValueError(msg)
            if not all(math.isfinite(number) for number in series):
                msg = f"{self.id}: {name} must be finite"
                raise ValueError(msg)

    def _repr_html_(self) -> str:
        return to_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEstimable:
    """A planned number that could not be computed, with the reason.

    Attributes
    ----------
    key, quantity, label, tells, named, published
        As for `Estimate`.
    reason : str
        A sentence for people.
    cause : Cause
        What kind of reason it is.
    n, n_full, n_skills : int or None
        People who were there for it [count].
    """

    key: Key
    quantity: Quantity
    label: str
    reason: str
    cause: Cause = "not possible"
    id: str = field(init=False)
    n: int | None = None
    n_full: int | None = None
    n_skills: int | None = None
    tells: tuple[tuple[Key, ...], ...] = ()
    named: str = ""
    published: Published | None = None

    def __post_init__(self) -> None:
        """Print the id."""
        _name(self)

    def _repr_html_(self) -> str:
        return to_html(self)


Outcome: TypeAlias = Estimate | Curve | NotEstimable


def _name(outcome: Outcome) -> None:
    """Print the key once; an outcome is asked for its id often."""
    object.__setattr__(outcome, "id", str(outcome.key))


def to_html(outcome: Outcome) -> str:
    """Show what an outcome holds, unrounded, as a small table."""
    filled = {
        name: value
        for name in outcome.__slots__
        if (value := getattr(outcome, name)) is not None and value not in ("", ())
    }
    rows = "".join(
        f'<tr><th scope="row" style="text-align: left">{escape(name)}</th>'
        f'<td style="text-align: left">{escape(str(value))}</td></tr>'
        for name, value in filled.items()
    )
    return f"<table><tbody>{rows}</tbody></table>"
