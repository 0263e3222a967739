"""What one person does to the ratio of a count, on the scale of its logarithm."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.multiplicity import adjust_holm
from outcomes.models.counts import fit_counts_at
from outcomes.questions.influence.judged import Judged
from outcomes.questions.verdict.analysis import compare_measure
from outcomes.questions.verdict.family import count_family, list_p_values
from outcomes.results.outcome import Estimate, Interval, NotEstimable, NotEstimableError
from outcomes.results.verdict import orient
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.models.contract import Found
    from outcomes.models.occasion import Occasion
    from outcomes.results.verdict import Comparison


class Counted:
    """The main comparison of a count, and what it would be without each person.

    Raises NotEstimableError where there is none.

    Attributes
    ----------
    main : Estimate
        The main comparison, as its logarithm.
    pulls : ndarray, shape (n,)
        How far each person in the fit moves the logarithm, by one step of it.
    comparison : Comparison
    """

    def __init__(self, occasion: Occasion, found: Found) -> None:
        main = found.get(str(OF_KINDS["count"].key(occasion.measure, occasion.visit)))
        if isinstance(main, NotEstimable):
            raise NotEstimableError(main.reason, main.cause)
        if not isinstance(main, Estimate) or main.interval is None or main.limits is None:
            raise NotEstimableError("There is no main comparison.")
        low, high = map(math.log, main.limits)
        log = Interval(level=main.interval.level, low=low, high=high)
        self.main = replace(main, value=math.log(main.value), interval=log)
        self.occasion = occasion
        self.comparison = compare_measure(occasion.cohort, found, occasion)
        model = fit_counts_at(occasion.cohort, occasion.measure, occasion.visit, "negative_binomial")
        self._rows = np.flatnonzero(model.people.used)[model.spread.fit.kept]
        self._moves = model.spread.pulls()
        self.pulls: NDArray[np.float64] = np.abs(self._moves)
        every = list_p_values(occasion.cohort, found)
        self._others = {measure: p_value for measure, p_value in every.items() if measure != occasion.measure}

    def foresee(self, person: int) -> Comparison:
        """Say what the verdict would rest on without a person, its interval moved and as wide."""
        low, high = self.main.limits or (0.0, 0.0)
        move = float(self._moves[person])
        return replace(self.comparison, main=orient(low - move, high - move, sign=self.occasion.sign))

    def fit_again(self, person: int) -> tuple[Judged, Comparison]:
        """Fit without a person.

        Raises
        ------
        NotEstimableError
            Where it cannot be had.
        """
        contrast = self._contrast(int(self._rows[person]))
        low, high = contrast.interval(self.occasion.level)
        judged = Judged(contrast.estimate, low, high, contrast.p_value)
        main = orient(low, high, sign=self.occasion.sign)
        return judged, replace(self.comparison, main=main, p_holm=self._adjust(contrast.p_value))

    def _contrast(self, row: int) -> Contrast:
        at = (self.occasion.cohort, self.occasion.measure, self.occasion.visit)
        return fit_counts_at(*at, "negative_binomial", without=row).log_ratio

    def _adjust(self, p_value: float) -> float | None:
        if self.comparison.p_holm is None:
            return None
        mine, size = self.occasion.measure, count_family(self.occasion.cohort)
        return adjust_holm(p_values={**self._others, mine: p_value}, family_size=size)[mine]
