"""A measure without each person in turn: what the difference would be, and exactly, with its interval, without one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.multiplicity import adjust_holm
from outcomes.methods.reference import t_limits, t_p_value
from outcomes.models.contract import People
from outcomes.models.grouping import read_grouping
from outcomes.models.main import DF_METHOD, FALLBACK, fit_main
from outcomes.questions.influence.judged import Judged
from outcomes.questions.outcomes.mixed import fit_without
from outcomes.questions.verdict.analysis import compare_measure
from outcomes.questions.verdict.family import count_family, list_p_values
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError
from outcomes.results.verdict import Comparison, Limits, Required, Support, orient
from outcomes.results.ways import BY_GROUP, choose_main

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.models.contract import Found
    from outcomes.models.design import Design
    from outcomes.models.occasion import Occasion

# Beyond, one person of many cannot move a difference of bounded scores by half of its half-width: only those of an arm
# below it are left out in turn.
MANY = 1000
TOO_MANY = (
    f"With more than {MANY} people in each programme nobody was left out: one of so many cannot move a difference of "
    "scores by half of its half-width."
)


class Alone:
    """The main comparison of a measure at a visit, without each person of its people.

    Raises NotEstimableError where there is none.
    """

    def __init__(self, occasion: Occasion, found: Found) -> None:
        cohort, at = occasion.cohort, (occasion.measure, occasion.visit)
        self.occasion = occasion
        self._way = choose_main(cohort.arrangement, found.get(str(BY_GROUP.key(*at))))
        main = found.get(str(self._way.key(*at)))
        if isinstance(main, NotEstimable):
            raise NotEstimableError(main.reason, main.cause)
        if not isinstance(main, Estimate) or main.interval is None or main.se is None or main.df is None:
            raise NotEstimableError("There is no interval that one person could move.")
        self.main, self._spread = main, (main.se, main.df)
        self.comparison = compare_measure(cohort, found, occasion)
        self._others = _list_others(occasion, found)
        self._model = fit_main(cohort, occasion.measure)
        self.moves, self._narrowing = self._leave_each_out()

    def _leave_each_out(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Move of the difference when each comes in, and the spread without each over that with everybody."""
        design, visit = self._model.design, self.occasion.visit
        units = _list_units(design)
        if (units < 0).all():
            raise NotEstimableError(TOO_MANY)
        left = mmrm.leave_one_out(
            self._model.fit, scores=design.scores, by_visit=design.by_visit, constant=design.constant, clusters=units
        )
        at, place = design.visits.index(visit), np.asarray(left.labels, dtype=np.intp)
        own = place >= 0
        moves, narrowing = np.full(len(units), np.nan), np.ones(len(units))
        moves[place[own]] = left.influence(design.difference(visit))[own]
        narrowing[place[own]] = np.sqrt(left.covariance[own, at, at] / self._model.fit.covariance[at, at])
        return moves, narrowing

    @property
    def pulls(self) -> NDArray[np.float64]:
        """Size of each one's move in half-widths without them, but for a factor that all share, shape (n,)."""
        return np.asarray(np.abs(self.moves) / np.minimum(self._narrowing, 1.0))

    def foresee(self, person: int) -> Comparison:
        """Foresee what the verdict would rest on without one person, from the moves of difference and spread."""
        move, narrow = float(self.moves[person]), float(self._narrowing[person])
        se, df = self._spread
        p_value = t_p_value(self.main.value - move, se=se * narrow, df=df)
        shift = self.occasion.sign * move
        required = (replace(one, limits=_move(one.limits, shift, narrow)) for one in self.comparison.required)
        return replace(
            self.comparison,
            main=_move(self.comparison.main, shift, narrow),
            required=tuple(required),
            p_holm=self._adjust(p_value),
        )

    def fit_again(self, person: int) -> tuple[Judged, Comparison]:
        """Fit the main model, and where it is asked for the mixed one, without one person.

        Raises
        ------
        NotEstimableError
        """
        design = _leave_out(self._model.design, person)
        judged = self._judge(self._fit_main(design))
        foreseen = self.foresee(person)
        required = tuple(self._fit_required(one, design) for one in foreseen.required)
        main = orient(judged.low, judged.high, sign=self.occasion.sign)
        return judged, replace(foreseen, main=main, required=required, p_holm=self._adjust(judged.p_value))

    def _fit_main(self, design: Design) -> Contrast:
        fit, _ = mmrm.fit_first_estimable(
            design.moments(), order=[one for one in FALLBACK if one == self._model.fit.covariance_name]
        )
        weights = design.difference(self.occasion.visit)
        if self._way is not BY_GROUP:
            return fit.contrast(weights, method=DF_METHOD)
        robust = mmrm.fit_cluster_robust(
            fit,
            scores=design.scores,
            by_visit=design.by_visit,
            constant=design.constant,
            clusters=read_grouping(self.occasion.cohort, design.people.used).require(),
        )
        return robust.contrast(weights)

    def _fit_required(self, foreseen: Required, design: Design) -> Required:
        """Fit the mixed model again; the completed start stays as it was foreseen."""
        if foreseen.support is not Support.MIXED or foreseen.limits is None:
            return foreseen
        try:
            judged = self._judge(fit_without(self.occasion.cohort, design, self.occasion.visit))
        except NotEstimableError:
            return replace(foreseen, limits=None)
        return replace(foreseen, limits=orient(judged.low, judged.high, sign=self.occasion.sign))

    def _judge(self, contrast: Contrast) -> Judged:
        low, high = t_limits(contrast.estimate, se=contrast.se, df=contrast.df, level=self.occasion.level)
        return Judged(contrast.estimate, low, high, t_p_value(contrast.estimate, se=contrast.se, df=contrast.df))

    def _adjust(self, p_value: float) -> float | None:
        if self.comparison.p_holm is None:
            return None
        mine = self.occasion.measure
        size = count_family(self.occasion.cohort)
        return adjust_holm(p_values={**self._others, mine: p_value}, family_size=size)[mine]


def _list_others(occasion: Occasion, found: Found) -> dict[str, float]:
    """Give the p-values of the other main comparisons of the family."""
    every = list_p_values(occasion.cohort, found)
    return {measure: p_value for measure, p_value in every.items() if measure != occasion.measure}


def _move(limits: Limits | None, shift: float, narrow: float) -> Limits | None:
    """Move an interval, and make it as much narrower or wider as the spread."""
    if limits is None:
        return None
    middle, half = (limits.low + limits.high) / 2 - shift, narrow * (limits.high - limits.low) / 2
    return Limits(low=middle - half, high=middle + half)


def _list_units(design: Design) -> NDArray[np.intp]:
    """Give what is left out in turn: each person; those of an arm of very many stay together, as −1."""
    full = design.people.full[design.people.used]
    asked = np.where(full, full.sum() <= MANY, (~full).sum() <= MANY)
    return np.where(asked, np.arange(len(full)), -1).astype(np.intp)


def _leave_out(design: Design, person: int) -> Design:
    used = design.people.used.copy()
    used[np.flatnonzero(used)[person]] = False
    kept = np.arange(len(design.scores)) != person
    return replace(
        design,
        scores=design.scores[kept],
        by_visit=design.by_visit[kept],
        constant=design.constant[kept],
        people=People(used, design.people.full),
    )
