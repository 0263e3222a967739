"""The model of a count or a yes/no at a visit with a moderator, and the effect of the arm at each of its levels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from outcomes.methods.count_spread import CountSpread
from outcomes.methods.least_squares import Contrast
from outcomes.methods.logistic import fit_logistic
from outcomes.methods.negative_binomial import fit_counts
from outcomes.methods.standardise import judge_by_clusters
from outcomes.models.contract import People
from outcomes.models.grouping import read_grouping
from outcomes.models.kinds import read_adjusted
from outcomes.models.shares import SMALL_CELL
from outcomes.questions.needs.model import find_levels
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from outcomes.models.grouping import Grouping
    from outcomes.models.occasion import Occasion
    from outcomes.questions.needs.characteristic import Characteristic
    from outcomes.questions.needs.model import Level, Suppressed

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

ARM = 1
BOUNDARY = "A covariate tells of some people that they have none at all: levels are not compared beside that."


class Effect(NamedTuple):
    """The comparison of the arms at a level, on its own scale, and its slope by the coefficients."""

    value: float
    slope: Array

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return "Effect of the arm at a level"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KindModel:
    """A fitted model.

    Attributes
    ----------
    levels : tuple of Level
    suppressed : tuple of Suppressed
    people : People
    happened : ndarray, shape (n,)
        What each had at the visit.
    effect : callable
        From a level to its `Effect`.
    judge : callable
        From a slope and a value to the value with its standard error.
    covariance : ndarray, shape (k, k)
        Of the coefficients, as `judge` has it.
    method : str
    how : How
    notes : tuple of str
    """

    levels: tuple[Level, ...]
    suppressed: tuple[Suppressed, ...]
    people: People
    happened: Array
    effect: Callable[[Level], Effect]
    judge: Callable[[Array, float], Contrast]
    covariance: Array
    method: str
    how: How
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"KindModel({int(self.people.used.sum())} people)"

    def cells(self, among: Mask) -> tuple[int, ...]:
        """Count people of some with any, or a yes, and with none, in each arm."""
        sides = (among & (self.happened > 0), among & (self.happened == 0))
        return tuple(int((side & (self.people.full == arm)).sum()) for arm in (True, False) for side in sides)


class _Columns(NamedTuple):
    """Design of a model with a moderator: intercept, arm, moderator, the rest, arm times moderator."""

    design: Array
    names: tuple[str, ...]
    moderator: slice
    product: slice

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return "Columns of a model"

    def at(self, rows: Array, arm: float, at: Array | None) -> Array:
        """Give the columns with an arm and, where it is given, a value of the moderator."""
        found = rows.copy()
        found[:, ARM] = arm
        if at is not None:
            found[:, self.moderator] = at
        found[:, self.product] = arm * found[:, self.moderator]
        return found


def fit_kind(occasion: Occasion, characteristic: Characteristic) -> KindModel:
    """Fit the model of a measure that is no score with one moderator, at the visit.

    Raises
    ------
    NotEstimableError
        Where fewer than two levels have people enough, a number does not vary, or the model cannot be fitted.
    """
    found, cohort = read_adjusted(occasion), occasion.cohort
    others = found.covariates.without(characteristic.column)
    used = ~np.isnan(occasion.after) & others.known & characteristic.known
    if not used.any():
        raise NotEstimableError(f"{characteristic.label} is not recorded for anybody who can be compared.", "not seen")
    levels, suppressed = find_levels(occasion, characteristic, People(used, cohort.full))
    if characteristic.numbers is None:
        used = used & np.any([level.members for level in levels], axis=0)
    occasion.require_arms(used)
    people = People(used, cohort.full)
    columns = _lay_out(occasion, characteristic, used, levels)
    grouping = read_grouping(cohort, used)
    is_count = cohort.plan.measures[occasion.measure].kind == "count"
    fitted = (_fit_count if is_count else _fit_yes_no)(occasion.after[used], columns, grouping)
    adjusted = tuple(name for name in found.adjusted if name != characteristic.column)
    return KindModel(
        levels=levels,
        suppressed=suppressed,
        people=people,
        happened=occasion.after,
        effect=partial(fitted.effect, columns, used, characteristic.numbers is not None),
        judge=fitted.judge,
        covariance=fitted.covariance,
        method=f"{fitted.text}, with {characteristic.label} and its product with the arm, adjusted for "
        f"{', '.join(others.sources) or 'nothing else'}",
        how=grouping.mark(replace(fitted.how, adjusted=adjusted)),
        notes=grouping.notes,
    )


def _lay_out(occasion: Occasion, characteristic: Characteristic, used: Mask, levels: tuple[Level, ...]) -> _Columns:
    cohort, found = occasion.cohort, read_adjusted(occasion)
    if characteristic.numbers is None:
        own = np.column_stack([level.members.astype(float) for level in levels[1:]])
    else:
        own = characteristic.numbers[:, None]
    others = found.covariates.without(characteristic.column)
    count = own.shape[1]
    names = tuple(f"{characteristic.label} ({place})" for place in range(count))
    both = replace(others, columns=np.column_stack([own, others.columns]), names=(*names, *others.names)).among(used)
    if both.names[:count] != names:
        raise NotEstimableError(f"{characteristic.label} does not vary among those who can be compared.")
    both.require_apart(cohort.full[used])
    full = cohort.full[used].astype(float)
    design = np.column_stack([np.ones(len(full)), full, both.columns, full[:, None] * own[used]])
    moderator = slice(2, 2 + count)
    product = slice(design.shape[1] - count, design.shape[1])
    return _Columns(
        design, ("the intercept", "the arm", *both.names, *(f"the arm with {one}" for one in names)), moderator, product
    )


@dataclass(frozen=True, slots=True)
class _Fitted:
    effect: Callable[[_Columns, Mask, bool, Level], Effect]
    judge: Callable[[Array, float], Contrast]
    covariance: Array
    text: str
    how: How

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return "Fitted"


def _fit_count(counts: Array, columns: _Columns, grouping: Grouping) -> _Fitted:
    fit = fit_counts(
        counts=counts,
        exposure=np.ones(len(counts)),
        design=columns.design,
        names=columns.names,
        family="negative_binomial",
    )
    if not (fit.kept.all() and fit.columns.all()):
        raise NotEstimableError(BOUNDARY)
    spread = CountSpread(fit=fit, clusters=grouping.labels)

    def effect(columns: _Columns, _: Mask, __: bool, level: Level) -> Effect:  # as that of a yes/no
        slope = np.zeros(len(fit.beta))
        slope[ARM], slope[columns.product] = 1.0, level.at
        return Effect(float(slope @ fit.beta), slope)

    by_groups = grouping.labels is not None
    is_poisson = math.isinf(fit.theta)
    how = How(
        estimator="negative_binomial",
        inference="satterthwaite" if by_groups else "t",
        covariance="cr2" if by_groups else "hc3",
        bounded=is_poisson,
        fallback="poisson" if is_poisson else "",
    )
    covariance = spread.by_clusters.beta_cov if by_groups else spread.hc3
    return _Fitted(effect, spread.judge, covariance, "negative binomial regression of the counts at the visit", how)


def _fit_yes_no(answers: Array, columns: _Columns, grouping: Grouping) -> _Fitted:
    full = columns.design[:, ARM] == 1
    few = min(int((answers[full == arm] == side).sum()) for arm in (True, False) for side in (0, 1)) < SMALL_CELL
    fit = fit_logistic(events=answers == 1, design=columns.design, names=columns.names, penalised=few)
    clusters = None
    if grouping.labels is not None:
        told = {"beta": fit.beta, "beta_cov": fit.beta_cov, "events": fit.events, "design": fit.design}
        clusters = judge_by_clusters(**told, penalised=fit.penalised, clusters=grouping.labels)  # type: ignore[arg-type]

    def effect(columns: _Columns, used: Mask, is_number: bool, level: Level) -> Effect:
        rows = fit.design if is_number else fit.design[level.members[used]]
        value, slope = 0.0, np.zeros(len(fit.beta))
        for arm, sign in ((1.0, 1.0), (0.0, -1.0)):
            there = columns.at(rows, arm, level.at if is_number else None)
            share = special.expit(there @ fit.beta)
            value += sign * float(share.mean())
            slope += sign * ((share * (1 - share)) @ there) / len(share)
        return Effect(value, slope)

    def judge(slope: Array, value: float) -> Contrast:
        if clusters is not None:
            judged = clusters.contrast(slope)
            return Contrast(estimate=value, se=judged.se, df=judged.df)
        return Contrast(estimate=value, se=math.sqrt(float(slope @ fit.beta_cov @ slope)), df=math.inf)

    how = How(
        estimator="standardised_logistic",
        inference="normal" if clusters is None else "satterthwaite",
        covariance="model" if clusters is None else "cr2",
        penalised=fit.penalised,
    )
    covariance = fit.beta_cov if clusters is None else clusters.beta_cov
    text = "logistic regression at the visit, standardised over the people of the level, delta method"
    return _Fitted(effect, judge, covariance, text, how)
