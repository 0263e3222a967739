"""Completed columns of a design: what is missing of them drawn jointly, given the scores and the complete columns.

All incomplete columns and all scores have a joint normal distribution about a linear function of the complete columns,
the arm among them (Schafer 1997, ch. 5): the repeated-measures model of as many “visits”. Given the scores and the
other columns this is a linear regression of each column, arm and outcomes included (Moons et al. 2006). An indicator of
a level is drawn like a number and not rounded, which would bias it (Horton, Lipsitz & Parzen 2003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.impute.complete import complete_scores
from outcomes.methods.impute.people import to_people
from outcomes.methods.impute.posterior import draw_posterior
from outcomes.methods.mmrm import fit_mmrm
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.mmrm.pattern_moments import Floats

_RESIDUE = 1e-12  # of the squares of a column


def complete_columns(
    *,
    columns: Floats,
    complete: Floats,
    scores: Floats,
    names: Sequence[str],
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Draw what is missing of some columns.

    Parameters
    ----------
    columns : ndarray, shape (n, p)
        nan where not recorded; each has some of both.
    complete : ndarray, shape (n, q)
        Intercept, arm and the other complete columns, none a combination of others.
    scores : ndarray, shape (n, T)
        nan where not observed.
    names : sequence of str, length p + T
        For refusals.
    draws : int
        [count]
    rng : Generator

    Returns
    -------
    ndarray, shape (m, n, p)

    Raises
    ------
    NotEstimableError
        When people are too few, or what is recorded together does not tell how the columns hang together.
    """
    columns, left = _fill_told(columns, complete)
    if not left.any():
        return np.repeat(columns[None], draws, axis=0)
    both = np.column_stack([columns[:, left], scores])
    centre, scale = np.nanmean(both, axis=0), np.nanstd(both, axis=0)
    standard = (both - centre) / scale
    kept = [*np.array(names, dtype=object)[: len(left)][left], *names[len(left) :]]
    try:
        fit = fit_mmrm(scores=standard, by_visit=complete, covariance="unstructured", visits=kept)
        people = to_people(scores=standard, by_visit=complete, constant=np.empty((len(both), 0)))
        drawn = draw_posterior(fit, people=people, draws=draws, rng=rng)
    except NotEstimableError as why:
        msg = f"What is missing at the start cannot be completed: {str(why)[:1].lower()}{str(why)[1:]}"
        raise NotEstimableError(msg, why.cause) from None
    grids = complete_scores(people=people, draws=drawn, rng=rng).grids
    count = int(left.sum())
    found = np.repeat(columns[None], draws, axis=0)
    found[:, :, left] = np.where(
        np.isnan(both[:, :count]), centre[:count] + scale[:count] * grids[:, :, :count], both[:, :count]
    )
    return found


def _fill_told(columns: Floats, complete: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Fill columns that the complete ones tell exactly, such as one that is the same for all; and which are left."""
    filled, left = columns.copy(), np.zeros(columns.shape[1], dtype=bool)
    for place, column in enumerate(columns.T):
        known = ~np.isnan(column)
        told = complete @ np.linalg.lstsq(complete[known], column[known], rcond=None)[0]
        rest = (column - told)[known]
        left[place] = float(rest @ rest) > _RESIDUE * float(column[known] @ column[known])
        if not left[place]:
            filled[:, place] = np.where(known, column, told)
    return filled, left
