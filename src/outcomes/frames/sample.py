"""What a call reads of a frame: who is in it, in which arm, with which columns, and why others are not.

What would be wrong in silence is refused here: an arm that is no pair, a text for a number, a person in several rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.cohort.structure import number_units
from outcomes.core.counts import say_count
from outcomes.errors import FrameError
from outcomes.frames.formulas import read_formula
from outcomes.models.contract import People
from outcomes.models.covariates import Covariates, code_column
from outcomes.models.grouping import TOO_FEW, are_enough
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

CLIENT = "client_id"
TWO = 2
LEAST_LEVEL = 0.5  # below it an interval is likelier to miss than to hold


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sample:
    """The people of a frame, one row each.

    Attributes
    ----------
    frame : DataFrame
        All rows that were given.
    used : ndarray of bool, shape (n,)
        Rows with all that is needed.
    full : ndarray of bool, shape (n,)
        Whether each is in the arm that comes first in the difference.
    arms : tuple of (str, str)
        Name of that arm, and of the reference.
    covariates : Covariates
        Of all rows, nan where not known; the score at the start first, where there is one.
    dropped : dict of str to int
        Rows that are not used, by the first reason.
    read : mapping of str to ndarray, shape (n,)
        Columns of numbers that have been read already, by name.
    """

    frame: pd.DataFrame
    used: NDArray[np.bool_]
    full: NDArray[np.bool_]
    arms: tuple[str, str]
    covariates: Covariates
    dropped: dict[str, int]
    read: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def people(self) -> People:
        """Who is in it, as analyses count them."""
        return People(self.used, self.full)

    @property
    def counts(self) -> dict[str, int]:
        """People by arm."""
        counted = self.people.counts()
        return {self.arms[0]: counted["n_full"], self.arms[1]: counted["n_skills"]}

    @property
    def compared(self) -> str:
        """What the difference is."""
        return f"{self.arms[0]} - {self.arms[1]}"

    def among(self) -> Covariates:
        """Give the covariates of those used, without columns that adjust nothing there; the arms must differ in others.

        Raises
        ------
        NotEstimableError
            Where an arm has nobody, or the covariates tell the arm.
        """
        self.require_arms()
        among = self.covariates.among(self.used)
        among.require_apart(self.full[self.used])
        return among

    def require_arms(self) -> None:
        """Refuse where an arm has nobody; raises NotEstimableError."""
        for name, mine in zip(self.arms, (self.full, ~self.full), strict=True):
            if not (mine & self.used).any():
                raise NotEstimableError(f"Nobody in the arm {name} has all that this needs recorded.", "not seen")

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Give a column of numbers of those used."""
        held = self.read.get(name)
        return (read_numbers(self.frame, name) if held is None else held)[self.used]

    def clusters(self, name: str | None) -> NDArray[np.intp] | None:
        """Give the number of the cluster of each of those used, where enough share one; who has none is alone.

        Raises
        ------
        NotEstimableError
            Where there are too few to judge by.
        """
        if name is None:
            return None
        column = take(self.frame, name)
        if not are_enough(column, self.full, self.used):
            raise NotEstimableError(TOO_FEW, "too few")
        return number_units(column)[self.used]

    def tell_alone(self, name: str | None) -> tuple[str, ...]:
        """Say how many have no cluster recorded."""
        count = 0 if name is None else int(take(self.frame, name)[self.used].isna().sum())
        alone = "counts alone" if count == 1 else "count alone"
        return (f"{say_count(count, 'person has', 'people have')} no {name} recorded and {alone}.",) if count else ()


def read_sample(
    data: Any,
    formula: str | None,
    *,
    score: str | None,
    arm: str,
    reference: Any,
    baseline: str | None = None,
    covariates: str | Sequence[str] = (),
    needed: Mapping[str, str] | None = None,
    client: str | None = None,
) -> Sample:
    """Read the people of a frame.

    Parameters
    ----------
    data : frame
        pandas, or anything else that narwhals takes; one row a person.
    formula : str or None
        `score ~ arm + …`, in place of score, baseline and covariates.
    score, arm, baseline : str
        Columns.
    reference : object
        The value of the arm that is compared against; needed where the column does not say it.
    covariates : sequence of str
    needed : mapping of str to str
        Further columns of numbers, and what their absence is called.
    client : str, optional
        Column that tells people apart.

    Raises
    ------
    FrameError
        Of what cannot be meant.
    """
    frame = to_pandas(data)
    asked = read_formula(formula, frame, arm=arm) if formula is not None else None
    if asked is not None:
        require_either(score, baseline, covariates)
        score = asked.score
    full, known, arms = read_arm(frame, arm, reference)
    columns = asked.columns if asked is not None else read_covariates(frame, as_names(covariates, "covariates"))
    if baseline is not None:
        columns = columns.beside(read_numbers(frame, baseline), baseline)
    missing = {f"no {arm}": ~known}
    wanted = {**({score: "score"} if score else {}), **(needed or {})}
    numbers = {name: read_numbers(frame, name) for name in wanted}
    missing |= {f"no {what}": np.isnan(numbers[name]) for name, what in wanted.items()}
    missing |= missing_covariates(columns)
    used, dropped = drop(missing)
    _require_single_rows(frame, client, used)
    return Sample(frame=frame, used=used, full=full, arms=arms, covariates=columns, dropped=dropped, read=numbers)


def drop(missing: Mapping[str, NDArray[np.bool_]]) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Give who is left, and count the others under the first reason."""
    left = ~np.zeros_like(next(iter(missing.values())))
    dropped = {}
    for reason, mask in missing.items():
        if count := int((left & mask).sum()):
            dropped[reason] = count
        left = left & ~mask
    return left, dropped


def to_pandas(data: Any) -> pd.DataFrame:
    """Take whatever narwhals takes, as a pandas frame with its rows numbered; raises FrameError."""
    if isinstance(data, pd.DataFrame):
        is_numbered = isinstance(data.index, pd.RangeIndex) and data.index.equals(pd.RangeIndex(len(data)))
        return data if is_numbered else data.reset_index(drop=True)
    import narwhals.stable.v2 as nw

    try:
        taken = nw.from_native(data, eager_only=True)
    except (TypeError, ValueError):
        why = f"a data frame is wanted (pandas, Polars, PyArrow), and a {type(data).__name__} was given"
        raise FrameError("data", why) from None
    return pd.DataFrame({name: taken[name].to_list() for name in taken.columns})


def take(frame: pd.DataFrame, name: str) -> pd.Series:
    """Give a column; raises FrameError that lists those there are."""
    if name not in frame.columns:
        listed = ", ".join(map(str, frame.columns[:40]))
        raise FrameError("data", f"there is no column {name!r}; there are: {listed}")
    column = frame[name]
    if column.ndim > 1:
        raise FrameError("data", f"two columns are called {name!r}")
    return column


def read_numbers(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Give a column of numbers, nan where missing; raises FrameError of texts and of infinite ones."""
    column = take(frame, name)
    if not pd.api.types.is_numeric_dtype(column):  # of yes and no as well
        raise FrameError("data", f"the column {name} holds no numbers but {column.dtype}; make it one, or code it")
    numbers = _to_floats(column)
    if np.isinf(numbers).any():
        raise FrameError("data", f"the column {name} holds infinite numbers")
    return numbers


def _to_floats(column: pd.Series) -> NDArray[np.float64]:
    """Give numbers one after the other, without a copy where they lie so: with gaps between, sums end otherwise."""
    held = column.to_numpy()
    floats = held if held.dtype == np.float64 else column.to_numpy(dtype=float, na_value=np.nan)
    return np.ascontiguousarray(floats)


def read_arm(frame: pd.DataFrame, name: str, reference: Any) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Any]:
    """Give who is in the arm that comes first, whose arm is known, and the names of the two.

    Raises
    ------
    FrameError
        Where there are not two, or nothing tells which one is the reference.
    """
    column = take(frame, name)
    places, values = _tell_apart(column)
    known = places >= 0
    if len(values) != TWO:
        raise FrameError(
            "data",
            f"the column {name} has {len(values)} different values, and two arms are compared; keep the rows of two",
        )
    if reference is None:
        reference = _find_reference(column, values, name)
    if reference not in values:
        raise FrameError("data", f"the column {name} has no value {reference!r} that could be the reference")
    first = next(place for place, value in enumerate(values) if value != reference)
    return places == first, known, (str(values[first]), str(reference))


def _tell_apart(column: pd.Series) -> tuple[NDArray[np.intp], list[Any]]:
    """Give the place of each value among the different ones, -1 where there is none, and those, the first first."""
    held = column.to_numpy()
    if held.dtype.kind in "biu" and len(held):  # two numbers are told apart without a table of them
        another = held != held[0]
        values = [held[0], *held[another][:1]]
        if (held[another] == values[-1]).all():
            return another.astype(np.intp), values
    places, found = pd.factorize(column)
    return places, list(found)


def _find_reference(column: pd.Series, values: list[Any], name: str) -> Any:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return next(value for value in column.cat.categories if value in values)
    if set(values) <= {0, 1}:  # and so false and true
        return next(value for value in values if value == 0)
    raise FrameError("data", f'say which value of {name} is compared against: reference="…"')


def as_names(names: str | Sequence[str], what: str) -> tuple[str, ...]:
    """Give names of columns as they were meant: a text is one name, never its letters."""
    if isinstance(names, str):
        return (names,)
    found = tuple(names)
    if not all(isinstance(name, str) for name in found):
        raise FrameError(what, "a list of the names of columns is wanted")
    return found


def require_level(level: float) -> float:
    """Give a confidence level; raises FrameError of what is none, such as 95."""
    if not LEAST_LEVEL < level < 1:
        raise FrameError("level", f"a share between 0.5 and 1 is wanted, such as 0.95; {level!r} was given")
    return float(level)


def tell_zero_one(scores: NDArray[np.float64]) -> tuple[str, ...]:
    """Say that scores are a yes/no, where they are."""
    if not ((scores == 0) | (scores == 1)).all():
        return ()
    return ("The score is 0 or 1 throughout: the difference is one of shares. outcomes.logistic compares shares.",)


def require_either(score: str | None, baseline: str | None, covariates: str | Sequence[str]) -> None:
    """Refuse a formula beside what it would say."""
    if score is not None or baseline is not None or len(covariates):
        raise FrameError("formula", "give either a formula, or score, baseline and covariates")


def read_covariates(frame: pd.DataFrame, names: tuple[str, ...]) -> Covariates:
    """Code columns beside each other, in the order given."""
    coded = [code_column(take(frame, name), name) for name in names]
    parts = [columns for columns, _ in coded]
    return Covariates(
        columns=np.column_stack([np.empty((len(frame), 0)), *parts]),
        names=tuple(name for _, called in coded for name in called),
        sources=names,
    )


def missing_covariates(covariates: Covariates) -> dict[str, NDArray[np.bool_]]:
    """Give by source of a column who lacks it."""
    gaps = np.isnan(covariates.columns)
    missing = {}
    for source in covariates.sources:
        mine = [
            place for place, name in enumerate(covariates.names) if name == source or name.startswith(f"{source}: ")
        ]
        if mine:
            missing[f"no {source}"] = np.asarray(gaps[:, mine].any(axis=1))
    return missing


def _are_different(ids: pd.Series) -> bool:
    """Whether no two are alike; of whole numbers without a table of them."""
    held = ids.to_numpy()
    if held.dtype.kind not in "iu":
        return bool(ids.is_unique)
    return not (np.diff(np.sort(held)) == 0).any()


def _require_single_rows(frame: pd.DataFrame, client: str | None, used: NDArray[np.bool_]) -> None:
    name = client if client is not None else CLIENT if CLIENT in frame.columns else None
    if name is None:
        return
    ids = take(frame, name)
    if not _are_different(ids) and ids[used].dropna().duplicated().any():
        why = (
            f"a person (the column {name}) stands in several rows; keep one measure at one visit, or use outcomes.mmrm"
        )
        raise FrameError("data", why)
