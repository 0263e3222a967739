"""Completion without each of the people who could move it most: the model is fitted again without them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from outcomes.models.contract import People
from outcomes.models.covariates import read_covariates
from outcomes.models.shares import ShareModel, compare_shares
from outcomes.questions.influence.judged import Judged
from outcomes.questions.verdict.analysis import COMPLETION, compare_completion
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError
from outcomes.results.verdict import Comparison, orient

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found

MOST_TO_A_SIDE = 3  # people whose residual pulls the difference most: those who did what others like them seldom do


class Completers:
    """The adjusted difference in the share who completed, without some of the people.

    Raises NotEstimableError where there is no difference, or no model to leave anybody out of.
    """

    def __init__(self, cohort: Cohort, found: Found) -> None:
        main = found.get(str(COMPLETION))
        if isinstance(main, NotEstimable):
            raise NotEstimableError(main.reason, main.cause)
        if not isinstance(main, Estimate) or main.interval is None:
            raise NotEstimableError("There is no interval that one person could move.")
        self.main, self.cohort = main, cohort
        self.comparison = compare_completion(cohort, found)
        self._covariates = read_covariates(cohort)
        self._people = People(~np.isnan(cohort.completed) & self._covariates.known, cohort.full)
        model = compare_shares(cohort, cohort.completed, self._covariates, self._people)
        if not isinstance(model, ShareModel):
            raise NotEstimableError("It happened to everybody, or to nobody: no one person carries that.")
        self._judged = {place: self._leave_out(place) for place in self._list_candidates(model)}

    @cached_property
    def moves(self) -> NDArray[np.float64]:
        """Move of the difference when each comes in; nan of those who were not left out, shape (n,)."""
        moves = np.full(int(self._people.used.sum()), np.nan)
        for place, judged in self._judged.items():
            moves[place] = np.nan if judged is None else self.main.value - judged.value
        return moves

    @property
    def pulls(self) -> NDArray[np.float64]:
        """Size of each one's move, shape (n,)."""
        return np.abs(self.moves)

    def foresee(self, person: int) -> Comparison:
        """Give what the verdict would rest on without one person."""
        judged = self._judged[person]
        return (
            self.comparison
            if judged is None
            else replace(self.comparison, main=orient(judged.low, judged.high, sign=1))
        )

    def fit_again(self, person: int) -> tuple[Judged, Comparison]:
        """Give the difference without one person, and what the verdict then rests on."""
        judged = self._judged[person]
        if judged is None:
            raise NotEstimableError("The model cannot be fitted without that person.")
        return judged, self.foresee(person)

    def _list_candidates(self, model: ShareModel) -> list[int]:
        fitted = 1 / (1 + np.exp(-model.fit.design @ model.fit.beta))
        full = self._people.full[self._people.used]
        pull = np.where(full, 1 / full.sum(), -1 / (~full).sum()) * (model.fit.events - fitted)
        order = np.argsort(pull, kind="stable")
        return [int(place) for place in np.unique(np.concatenate([order[:MOST_TO_A_SIDE], order[-MOST_TO_A_SIDE:]]))]

    def _leave_out(self, place: int) -> Judged | None:
        used = self._people.used.copy()
        used[np.flatnonzero(used)[place]] = False
        try:
            model = compare_shares(self.cohort, self.cohort.completed, self._covariates, People(used, self.cohort.full))
        except NotEstimableError:
            return None
        if not isinstance(model, ShareModel):
            return None
        found = model.shares.difference(self.cohort.plan.confidence.level)
        low, high = max(found.low, -1.0), min(found.high, 1.0)  # shares differ by no more than the whole
        return Judged(found.value, low, high, found.p_value)
