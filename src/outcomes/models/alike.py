"""Shares of people who were all alike: everybody did, or nobody, so that no model can tell who did.

Nothing is left to adjust for: the shares are as they are, and their difference and ratio have the intervals that need
no model. A penalised likelihood would answer too, with its penalty alone.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from outcomes.methods import proportions
from outcomes.models.contract import to_interval
from outcomes.plan.model import ARMS
from outcomes.results.how import How
from outcomes.results.outcome import Estimate, NotEstimableError

if TYPE_CHECKING:
    from outcomes.models.contract import People
    from outcomes.results.planned import Planned

EVERYBODY = "It happened to everybody in both programmes: nothing recorded tells to whom, and nothing is adjusted for."
NOBODY = "It happened to nobody in either programme: nothing recorded tells to whom, and nothing is adjusted for."
NO_ODDS = "It happened to everybody, or to nobody, in both programmes, so that there are no odds to compare."
NO_RATIO = "It happened to nobody in either programme, so that there are no shares to take a ratio of."
NO_OTHERS = "It happened to everybody in both programmes, so that nobody is left of whom to take a ratio."
NOT_GROUPS = "Its interval does not allow for people who share a group."


class AlikeShares(NamedTuple):
    """What is compared of two programmes in which it happened to all, or to none.

    Attributes
    ----------
    people : People
    happened : bool
        Whether to everybody.
    level : float
        Confidence level [share].
    shared : bool
        Whether people share groups, which these intervals cannot allow for.
    """

    people: People
    happened: bool
    level: float
    shared: bool

    def difference(self, planned: Planned) -> Estimate:
        """Difference of the shares, which is zero, with Newcombe's interval."""
        fit = proportions.fit_share_difference(**self._counted, level=self.level)
        return self._estimate(planned, fit, "newcombe", "difference of the shares; Newcombe's hybrid score interval")

    def ratio(self, planned: Planned) -> Estimate:
        """Ratio of the shares, which is one, with the interval of its score."""
        if not self.happened:
            raise NotEstimableError(NO_RATIO, "too few")
        fit = proportions.fit_share_ratio(**self._counted, level=self.level)
        return self._estimate(planned, fit, "score", "ratio of the shares; Koopman's score interval")

    def ratio_of_others(self, planned: Planned) -> Estimate:
        """Ratio of the shares to whom it did not happen, which is one where it happened to nobody."""
        if self.happened:
            raise NotEstimableError(NO_OTHERS, "too few")
        c = self._counted
        others = {f"events_{arm}": c[f"n_{arm}"] for arm in ARMS}
        fit = proportions.fit_share_ratio(**{**c, **others}, level=self.level)
        return self._estimate(planned, fit, "score", "ratio of the shares; Koopman's score interval")

    def odds_ratio(self, planned: Planned) -> Estimate:  # noqa: ARG002  # asked as a model is
        """Refuse: odds of all or none are none."""
        raise NotEstimableError(NO_ODDS, "too few")

    def number_needed(self, planned: Planned, noun: str) -> Estimate:  # noqa: ARG002  # asked as a model is
        """Refuse: the shares are equal, and the number runs through infinity."""
        fit = proportions.fit_share_difference(**self._counted, level=self.level)
        raise NotEstimableError(say_through_infinity(fit.low, fit.high, noun))

    @property
    def _counted(self) -> dict[str, int]:
        counts = self.people.counts()
        full, skills = counts["n_full"], counts["n_skills"]
        did = int(self.happened)
        return {"events_full": full * did, "n_full": full, "events_skills": skills * did, "n_skills": skills}

    def _estimate(self, planned: Planned, fit: proportions.ShareFit, inference: str, method: str) -> Estimate:
        c = self._counted
        cells = (
            *(c["events_full"], c["n_full"] - c["events_full"]),
            *(c["events_skills"], c["n_skills"] - c["events_skills"]),
        )
        return replace(planned, counts=self.people.counts()).estimate(
            fit.value,
            interval=to_interval(self.level, (fit.low, fit.high)),
            method=method,
            cells=cells,
            how=How(estimator="share", inference=inference, groups_not_allowed_for=self.shared),
            notes=(EVERYBODY if self.happened else NOBODY, *((NOT_GROUPS,) if self.shared else ())),
        )


def say_through_infinity(low: float, high: float, noun: str) -> str:
    """Tell the interval of a number needed as Altman (1998) does: fewer up to infinity, then more."""
    fewer = f"one {noun} fewer in every {math.ceil(-1 / low)} people" if low < 0 else f"no {noun} fewer in any number"
    more = f"one {noun} more in every {math.ceil(1 / high)}" if high > 0 else f"no {noun} more in any number"
    return (
        f"The interval of the difference spans zero, so that there is no one number: the data are compatible with "
        f"anything from {fewer} in {{full}} to {more}."
    )
