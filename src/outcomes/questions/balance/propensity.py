"""The propensity model of a cohort, and whether the arms hold people who can be compared at all.

What is not recorded of a person counts as a kind of its own: the number is filled with the mean of the others and
an indicator stands beside it, so that nobody is left out and the weights balance both what is recorded and how often
it is not (Rosenbaum & Rubin 1984).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import weights
from outcomes.models.characteristics import Characteristic, read_characteristics
from outcomes.models.grouping import read_grouping
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Cause

# Both are the rule of docs/methods/weights.md. Fewer people of the smaller arm a column, and a perfect separation may
# be chance; where less of the information is left in an arm, a few people carry its answer.
PEOPLE_PER_COLUMN = 5
LEAST_EFFECTIVE = 0.2
# People beyond whom stacked equations and jackknife agree within a fiftieth of a standard error, and the first takes
# each person once: docs/methods/weights.md.
MANY = 2000
APART = "The people in the two programmes are too different to be compared: this data cannot answer the question. "
BY_ALL = "What is recorded about them at the start tells without exception who was in which programme."
BY_ONE = "“{}” alone tells without exception who was in which programme."
BY_WEIGHT = (
    "Made alike by weights, the people in one of the programmes carry less than a fifth of the information that "
    "their number would."
)
CHANCE = (
    "What is recorded at the start tells without exception who was in which programme, but so much is recorded "
    "about so few people that this may be chance."
)
NOTHING = "Nothing that differs between people is recorded at the start, so that nothing tells how alike they are."


@dataclass(frozen=True, slots=True, kw_only=True)
class Propensity:
    """The propensity model, or why there is none.

    Attributes
    ----------
    characteristics : tuple of Characteristic
    fit : PropensityFit or None
        None where it could not be fitted.
    comparable : bool or None
        Whether the arms overlap; None where that cannot be judged.
    why : NotEstimableError or None
        Why they do not, or why it cannot be judged.
    how : How
        How the propensities were estimated.
    without : Without, None or NotEstimableError
        The model without each person, or cluster; None among many people; else why there is none.
    notes : tuple of str
    """

    characteristics: tuple[Characteristic, ...]
    fit: weights.PropensityFit | None
    comparable: bool | None
    why: NotEstimableError | None
    how: How
    without: weights.Without | NotEstimableError | None
    notes: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why the arms cannot be compared, or why that cannot be judged; else ""."""
        return "" if self.why is None else str(self.why)

    @property
    def cause(self) -> Cause:
        """What kind of reason it is."""
        return "not possible" if self.why is None else self.why.cause

    def require_without(self) -> weights.Without | None:
        """Give the model without each part; None where people are many.

        Raises
        ------
        NotEstimableError
        """
        if isinstance(self.without, NotEstimableError):
            raise NotEstimableError(str(self.without), self.without.cause)
        return self.without

    def require(self) -> weights.PropensityFit:
        """Give the fit where the arms can be compared.

        Raises
        ------
        NotEstimableError
        """
        if self.fit is None or not self.comparable:
            raise NotEstimableError(self.reason, self.cause)
        return self.fit

    @property
    def sources(self) -> str:
        """What the model rests on, for a method sentence."""
        return ", ".join(one.label for one in self.characteristics if one.known.any())


def read_propensity(cohort: Cohort) -> Propensity:
    """Fit the model to everybody who started, and judge the overlap."""
    characteristics = read_characteristics(cohort)
    fit, comparable, why = judge_overlap(cohort.full, characteristics)
    return Propensity(
        characteristics=characteristics,
        fit=fit,
        comparable=comparable,
        why=why,
        how=How(estimator="logistic", covariance="model", adjusted=(*cohort.plan.adjust.covariates, "baseline")),
        without=_leave_out(cohort, fit) if fit is not None and why is None else why or NotEstimableError(NOTHING),
        notes=_tell_gaps(characteristics),
    )


def _leave_out(cohort: Cohort, fit: weights.PropensityFit) -> weights.Without | NotEstimableError | None:
    if len(fit.full) > MANY:
        return None
    try:
        return weights.leave_out(fit, clusters=read_grouping(cohort).labels)
    except NotEstimableError as why:
        return why


def fill(characteristics: Sequence[Characteristic]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Columns without gaps, and their names: means for what is not recorded, then indicators of it."""
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    gaps: list[tuple[NDArray[np.float64], str]] = []
    for one in characteristics:
        gap = ~one.known
        if gap.all():
            continue
        for column, name in zip(one.columns.T, one.names, strict=True):
            columns.append(np.where(gap, column[~gap].mean(), column))
            names.append(name)
        if gap.any():
            gaps.append((gap.astype(float), f"{one.label} not recorded"))
    columns += [column for column, _ in gaps]
    names += [name for _, name in gaps]
    return np.column_stack([np.empty((_count(characteristics), 0)), *columns]), tuple(names)


def _count(characteristics: Sequence[Characteristic]) -> int:
    return len(characteristics[0].values) if characteristics else 0


def judge_overlap(
    full: NDArray[np.bool_], characteristics: tuple[Characteristic, ...]
) -> tuple[weights.PropensityFit | None, bool | None, NotEstimableError | None]:
    """Give the fit where there is one, the verdict, and the reason for a verdict that is not yes."""
    columns, names = fill(characteristics)
    if not columns.size or not (columns != columns[:1]).any():
        return None, None, NotEstimableError(NOTHING, "not provided")
    try:
        fit = weights.fit_propensity(full=full, covariates=columns, names=names)
    except NotEstimableError as why:
        telling = next((one for one in characteristics if _tells_apart(full, [one])), None)
        if telling is not None:
            return None, False, _say_apart(BY_ONE.format(telling.label))
        if not isinstance(why, weights.SeparatedError):
            return None, None, why
        return (
            (None, False, _say_apart(BY_ALL)) if _is_enough(full, columns) else (None, None, NotEstimableError(CHANCE))
        )
    overlap = fit.weights("overlap")
    if min(weights.effective_n(overlap[arm]) / arm.sum() for arm in (full, ~full)) < LEAST_EFFECTIVE:
        return fit, False, _say_apart(BY_WEIGHT)
    return fit, True, None


def _say_apart(by_what: str) -> NotEstimableError:
    return NotEstimableError(APART + by_what, "not alike")


def _tells_apart(full: NDArray[np.bool_], some: Sequence[Characteristic]) -> bool:
    """Whether some characteristics tell everybody's arm, recorded for more people than chance could do that with."""
    columns, names = fill(some)
    if not columns.size or not _is_enough(full, columns):
        return False
    try:
        weights.fit_propensity(full=full, covariates=columns, names=names)
    except weights.SeparatedError:
        return True
    except NotEstimableError:
        return False
    return False


def _is_enough(full: NDArray[np.bool_], columns: NDArray[np.float64]) -> bool:
    return bool(min(full.sum(), (~full).sum()) >= PEOPLE_PER_COLUMN * columns.shape[1])


def _tell_gaps(characteristics: tuple[Characteristic, ...]) -> tuple[str, ...]:
    gaps = [one.label for one in characteristics if one.known.any() and not one.known.all()]
    never = [one.label for one in characteristics if not one.known.any()]
    notes = []
    if gaps:
        notes.append(
            f"Not recorded for everybody: {', '.join(gaps)}. Nobody is left out for that: those without it count as a "
            "kind of their own, and the weights balance how many there are."
        )
    if never:
        notes.append(f"Recorded for nobody, and so not in it: {', '.join(never)}.")
    return tuple(notes)
