"""Completed data sets: every missing score drawn from the model, given what was seen of the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.impute.assumptions import move_scores
from outcomes.methods.impute.posterior import reach_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.impute.assumptions import Assumption
    from outcomes.methods.impute.people import People
    from outcomes.methods.impute.posterior import Draws
    from outcomes.methods.mmrm.pattern_moments import Floats

ARM = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Completed:
    """Completed data sets under missing at random, and what leads from them to other assumptions without a new draw.

    Attributes
    ----------
    people : People
    grids : ndarray, shape (m, n, T)
        Scores at every visit; those observed are as observed [points].
    effect : ndarray, shape (m, T)
        Effect of the arm at each visit in each draw.
    reach : ndarray, shape (m, p, T, T)
        What seen residuals tell of all, in each draw and pattern.
    steps : int
        Steps of the chains that the draws come from [count].
    """

    people: People
    grids: Floats
    effect: Floats
    reach: Floats
    steps: int

    def under(self, assumption: Assumption, *, reference: bool) -> Floats:
        """Give the completed scores under an assumption, shape (m, n, T).

        Parameters
        ----------
        assumption : str
        reference : bool
            Arm whose means are lent to those who left the other: True for the full programme.
        """
        toward = self.effect if reference else -self.effect
        moves = move_scores(assumption=assumption, toward=toward, reach=self.reach, observed=self.people.observed)
        moved = self.people.full != reference
        return np.where(moved[:, None], self.grids + moves[:, self.people.pattern], self.grids)


def complete_scores(*, people: People, draws: Draws, rng: np.random.Generator) -> Completed:
    """Draw the missing scores, once for each draw of the parameters.

    Parameters
    ----------
    people : People
    draws : Draws
        From the posterior of a model of the same columns.
    rng : Generator
        Numbers are handed out in an order made from the clients' data: neither the order of rows nor a name matters.
    """
    effects = people.spread_out(draws.beta)
    means = people.design @ effects
    seen = ~np.isnan(people.scores)
    residual = np.where(seen, np.where(seen, people.scores, 0.0) - means, 0.0)
    reach, root = reach_of(people.observed, draws.covariance, people.weights(draws.covariance))
    noise = np.empty((len(people.scores), len(draws.beta), people.scores.shape[1]))
    noise[_order(people)] = rng.standard_normal(noise.shape)
    grids = np.empty_like(means)
    for pattern in range(len(people.observed)):
        mine = people.pattern == pattern
        told = residual[:, mine] @ reach[:, pattern].swapaxes(-1, -2)
        grids[:, mine] = told + noise[mine].swapaxes(0, 1) @ root[:, pattern].swapaxes(-1, -2)
    grids = np.where(seen, people.scores, means + grids)
    return Completed(people=people, grids=grids, effect=effects[:, ARM], reach=reach, steps=draws.steps)


def _order(people: People) -> NDArray[np.intp]:
    """Order of the clients by their data; those with the same data may stand for each other."""
    return np.lexsort((*people.design.T, *np.nan_to_num(people.scores).T, people.pattern))
