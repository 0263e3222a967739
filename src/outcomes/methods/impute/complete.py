"""Completed data sets: every missing score drawn from the model, given what was seen of the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.impute.assumptions import move_scores
from outcomes.methods.impute.people import weigh_patterns

if TYPE_CHECKING:
    from outcomes.methods.impute.assumptions import Assumption
    from outcomes.methods.impute.people import People
    from outcomes.methods.impute.posterior import Draws
    from outcomes.methods.mmrm.pattern_moments import Floats

ARM = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Completed:
    """Completed data sets under missing at random, and what leads from them to other assumptions without a new draw.

    Attributes
    ----------
    people : People
    grids : ndarray, shape (m, n, T)
        Scores at every visit; those observed are as observed [points].
    effect : ndarray, shape (m, T)
        Effect of the arm at each visit in each draw.
    projection : ndarray, shape (m, p, T, T)
        What seen residuals tell of all, in each draw and pattern.
    steps : int
        Steps of the chains that the draws come from [count].
    """

    people: People
    grids: Floats
    effect: Floats
    projection: Floats
    steps: int

    def under(self, assumption: Assumption, *, reference: bool) -> Floats:
        """Give the completed scores under an assumption, shape (m, n, T).

        Parameters
        ----------
        assumption : str
        reference : bool
            Arm whose means are lent to those lost from the other: True for the full programme.
        """
        toward = self.effect if reference else -self.effect
        moves = move_scores(
            assumption=assumption, toward=toward, projection=self.projection, observed=self.people.observed
        )
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
        Numbers are handed out in the order of `People.order`: neither the order of rows nor a name matters.
    """
    order = people.order()
    sorted_people = people.take(order)
    effects = people.spread_out(draws.beta)
    means = sorted_people.design @ effects
    weight = weigh_patterns(people.observed, draws.covariance)
    grids = np.empty_like(means)
    grids[:, order] = means + sorted_people.fill(sorted_people.residuals(means), draws.covariance, weight, rng)
    return Completed(
        people=people,
        grids=np.where(np.isnan(people.scores), grids, people.scores),
        effect=effects[:, ARM],
        projection=draws.covariance[:, None] @ weight,
        steps=draws.steps,
    )
