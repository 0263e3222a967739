"""The repeated-measures model with a moderator, and its interaction with the arm at every visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.core.ids import words_of
from outcomes.methods import mmrm
from outcomes.models.contract import People
from outcomes.models.covariates import SAME, START
from outcomes.models.design import FLAT
from outcomes.models.main import DF_METHOD, FALLBACK, tell_fallback
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion
    from outcomes.questions.needs.characteristic import Characteristic
    from outcomes.results.outcome import Cause

# People of a level in each arm who are seen at the visit, and counted with its effect: fewer say nothing of a level,
# and could be told apart.
FEWEST = 5
FEW = "Too few people of this level were seen at this visit in one of the programmes for an estimate."
_FEWEST_ELSEWHERE = 2  # the same at another visit of the model, where a mean and its spread are all that is needed


class Level(NamedTuple):
    """A level of the moderator, or a value of a number, at which the effect is given.

    `at` holds the moderator's columns there, shape (p,); `members` the clients of the level, shape (n,).
    """

    word: str
    label: str
    at: NDArray[np.float64]
    members: NDArray[np.bool_]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Level({self.word}, {int(self.members.sum())} of {len(self.members)} clients)"


class Suppressed(NamedTuple):
    """A level or value that is not estimated, and why."""

    word: str
    label: str
    reason: str
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratedModel:
    """A fitted model.

    Attributes
    ----------
    fit : MmrmFit
        Columns by visit: intercept, arm, score at the start, moderator, arm times moderator; constant: the covariates.
    visits : int
        In the fit [count].
    visit : int
        Which of them the question is about.
    levels : tuple of Level
        At least two levels, or the values of a number that both arms hold.
    suppressed : tuple of Suppressed
        Levels and values that are not estimated.
    people : People
    seen : People
        Those of them who have a score at the visit that the question is about: of these a level is counted.
    method : str
    how : How
    notes : tuple of str
    """

    fit: mmrm.MmrmFit
    visits: int
    visit: int
    levels: tuple[Level, ...]
    suppressed: tuple[Suppressed, ...]
    people: People
    seen: People
    method: str
    how: How
    notes: tuple[str, ...]

    def effect(self, level: Level) -> NDArray[np.float64]:
        """Weights of the difference between the arms at a level or value."""
        weights = np.zeros(len(self.fit.beta))
        weights[self.visits + self.visit] = 1.0
        first = self.fit.basis.sizes[0] - len(level.at)  # of the columns by visit, the last are the interactions
        for column, value in enumerate(level.at, start=first):
            weights[column * self.visits + self.visit] = value
        return weights

    def contrast(self, weights: NDArray[np.float64]) -> Contrast:
        """Estimate with its Kenward–Roger reference."""
        return self.fit.contrast(weights, method=DF_METHOD)

    def covariance(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Covariance of several contrasts, one a row."""
        return self.fit.contrast_cov(weights, method=DF_METHOD)

    def f_test(self, weights: NDArray[np.float64]) -> mmrm.FTest:
        """Test several contrasts at once."""
        return self.fit.f_test(weights, method=DF_METHOD)


def fit_model(occasion: Occasion, characteristic: Characteristic, covariates: Covariates) -> ModeratedModel:
    """Fit the model of a measure with one moderator.

    Raises
    ------
    NotEstimableError
        Where fewer than two levels have people enough, a number does not vary, or the model cannot be fitted.
    """
    occasion.require_baseline()
    others = covariates.without(characteristic.column)
    cohort = occasion.cohort
    later = ~np.isnan(cohort.grids[occasion.measure][:, 1:])
    used = ~np.isnan(occasion.before) & later.any(axis=1) & others.known & characteristic.known
    if not used.any():
        raise NotEstimableError(f"{characteristic.label} is not recorded for anybody who can be compared.", "not seen")
    people = People(used, cohort.full)
    levels, suppressed = find_levels(occasion, characteristic, people)
    if characteristic.numbers is None:
        people = People(used & np.any([level.members for level in levels], axis=0), cohort.full)
    occasion.require_arms(people.used)
    visits = _find_visits(occasion, levels, people)
    return _fit(occasion, characteristic, others, people, visits, levels, suppressed)


def find_levels(
    occasion: Occasion, characteristic: Characteristic, people: People
) -> tuple[tuple[Level, ...], tuple[Suppressed, ...]]:
    """Find the levels with people enough, or the values of a number that both arms hold.

    Raises
    ------
    NotEstimableError
        Where there are fewer than two.
    """
    if characteristic.numbers is None:
        return _find_levels_of_words(occasion, characteristic, people)
    numbers, everybody = characteristic.numbers, people.used
    arms = [numbers[everybody & arm] for arm in (people.full, ~people.full)]
    occasion.require_arms(everybody)
    low, high = max(arm.min() for arm in arms), min(arm.max() for arm in arms)
    if len(set(characteristic.places.values())) < len(characteristic.places) or not low < high:
        raise NotEstimableError(f"So many people have the same {characteristic.label} that an effect cannot follow it.")
    levels, suppressed = [], []
    for name, value in characteristic.places.items():
        label = _label_value(occasion, characteristic, name, value)
        if low <= value <= high:
            levels.append(Level(name, label, np.array([value]), everybody))
        else:
            suppressed.append(Suppressed(name, label, "In one arm nobody has a value as far out as this.", "not alike"))
    if len(levels) < 2:  # noqa: PLR2004  # an interaction compares two
        raise NotEstimableError(
            f"The arms do not hold two of the values of {characteristic.label} in common.", "not alike"
        )
    return tuple(levels), tuple(suppressed)


def _label_value(occasion: Occasion, characteristic: Characteristic, name: str, value: float) -> str:
    if characteristic.name in occasion.cohort.plan.needs.at:
        return f"{characteristic.label} {value:g}"
    return f"{characteristic.label} at its {name.replace('_', ' ')}"


def _find_levels_of_words(
    occasion: Occasion, characteristic: Characteristic, people: People
) -> tuple[tuple[Level, ...], tuple[Suppressed, ...]]:
    words = words_of(characteristic.levels)
    members = {level: people.used & (characteristic.texts == level) for level in characteristic.levels}
    seen = ~np.isnan(occasion.after)
    kept = [level for level, mine in members.items() if _fewest(mine & seen, people.full) >= FEWEST]
    if len(kept) < 2:  # noqa: PLR2004  # an interaction compares two
        msg = f"Fewer than two levels of {characteristic.label} have people enough in each arm who were seen then."
        raise NotEstimableError(msg, "too few")
    levels = tuple(
        Level(
            words[level],
            f"{characteristic.label}: {level.replace('_', ' ')}",
            np.array([float(level == other) for other in kept[1:]]),
            members[level],
        )
        for level in kept
    )
    return levels, tuple(
        Suppressed(words[level], f"{characteristic.label}: {level.replace('_', ' ')}", FEW, "too few")
        for level in characteristic.levels
        if level not in kept
    )


def _fewest(some: NDArray[np.bool_], full: NDArray[np.bool_]) -> int:
    return int(min((some & full).sum(), (some & ~full).sum()))


def _find_visits(occasion: Occasion, levels: tuple[Level, ...], people: People) -> tuple[str, ...]:
    """Visits at which scores differ and every level has people in both arms: else its effect there would be open."""
    visits = []
    for visit in occasion.cohort.plan.later:
        scores = occasion.cohort.scores(occasion.measure, visit)
        seen = people.used & ~np.isnan(scores)
        enough = all(_fewest(seen & level.members, people.full) >= _FEWEST_ELSEWHERE for level in levels)
        differ = bool(seen.any() and np.ptp(scores[seen]))
        if visit == occasion.visit and not differ:
            raise NotEstimableError(FLAT)
        if (enough and differ) or visit == occasion.visit:
            visits.append(visit)
    return tuple(visits)


def _fit(
    occasion: Occasion,
    characteristic: Characteristic,
    covariates: Covariates,
    people: People,
    visits: tuple[str, ...],
    levels: tuple[Level, ...],
    suppressed: tuple[Suppressed, ...],
) -> ModeratedModel:
    cohort, measure = occasion.cohort, occasion.measure
    people = People(
        people.used & np.any([~np.isnan(cohort.scores(measure, one)) for one in visits], axis=0), people.full
    )
    full, before = people.full[people.used].astype(float), occasion.before[people.used]
    start = [before] if np.ptp(before) else []
    moderator = _columns(characteristic, levels)[people.used]
    own = [] if characteristic.measure == measure else [moderator]
    among = covariates.among(people.used, occasion.before[:, None])
    among.require_apart(people.full[people.used])
    gathered = mmrm.moments(
        scores=np.column_stack([cohort.scores(measure, visit)[people.used] for visit in visits]),
        by_visit=np.column_stack([np.ones(len(full)), full, *start, *own, full[:, None] * moderator]),
        constant=among.columns,
        names=_names(characteristic, moderator.shape[1], (bool(start), bool(own)), among.names),
        visits=[cohort.plan.visits[visit].label for visit in visits],
    )
    fit, tried = mmrm.fit_first_estimable(gathered, order=FALLBACK)
    adjusted = ", ".join(["the score at the start by visit", *covariates.sources])
    left = [cohort.plan.visits[one].label for one in cohort.plan.later if one not in visits]
    return ModeratedModel(
        fit=fit,
        visits=len(visits),
        visit=visits.index(occasion.visit),
        levels=levels,
        suppressed=suppressed,
        people=people,
        seen=People(people.used & ~np.isnan(occasion.after), people.full),
        method=(
            f"MMRM by REML, {fit.covariance_name} covariance within each person, with {characteristic.label} and its "
            f"interaction with the arm by visit, adjusted for {adjusted}; Kenward–Roger standard error and df"
        ),
        how=How(
            estimator="mmrm",
            inference="kenward_roger",
            covariance="model",
            structure=fit.covariance_name,
            adjusted=("baseline", *covariates.sources),
            fallback=fit.covariance_name if tried else "",
        ),
        notes=(
            *(() if start else (f"Left out: {START}, which {SAME}.",)),
            *among.notes,
            *(tell_fallback(name, why, fit.covariance_name) for name, why in tried),
            *(
                f"The visit “{label}” is not in this model: some level has too few people there, or all score alike."
                for label in left
            ),
        ),
    )


def _names(characteristic: Characteristic, count: int, has: tuple[bool, bool], others: tuple[str, ...]) -> list[str]:
    """Name the columns of the model, for refusals."""
    moderator = [characteristic.label] * count
    both = [f"the arm with {characteristic.label}"] * count
    start, own = [START] * has[0], moderator * has[1]
    return ["the intercept", "the arm", *start, *own, *both, *others]


def _columns(characteristic: Characteristic, levels: tuple[Level, ...]) -> NDArray[np.float64]:
    """Give the moderator as columns, shape (n, p): the number, or indicators of the levels after the first."""
    if characteristic.numbers is not None:
        return characteristic.numbers[:, None]
    return np.column_stack([level.members.astype(float) for level in levels[1:]])
