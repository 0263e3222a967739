"""What no amount of iterating can mend, refused by the name of the visit and the covariate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.mmrm.basis import dependent_columns
from outcomes.methods.mmrm.products import sandwich
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.pattern_moments import Moments
    from outcomes.methods.mmrm.structures import Structure

RESIDUE = 1e-12  # of the squares of the scores


def require_enough(gathered: Moments, structure: Structure) -> None:
    """Refuse too few clients, visits or scores for the model.

    Raises
    ------
    NotEstimableError
        Naming the visit, or what is too few for what.
    """
    if not gathered.n_clients:
        raise NotEstimableError("Nobody has a score at any of these visits.")
    seen = gathered.clients @ gathered.observed
    empty = [name for name, count in zip(gathered.visits, seen, strict=True) if not count]
    if empty:
        msg = f"Nobody has a score at {', '.join(empty)}."
        raise NotEstimableError(msg)
    coefficients = len(gathered.by_visit) * len(gathered.visits) + len(gathered.constant)
    if gathered.n_observations <= coefficients + len(structure.parameter_names):
        msg = f"{gathered.n_observations} scores are too few for {coefficients} effects and their covariances."
        raise NotEstimableError(msg)
    weighted = float(gathered.copies @ gathered.observed.sum(axis=1))
    if weighted <= coefficients:
        msg = (
            f"The weights of the scores add up to less than the {coefficients} effects: a weight counts its client so "
            "many times; scale them to a mean of one."
        )
        raise NotEstimableError(msg)
    few = [name for name, count in zip(gathered.visits, seen, strict=True) if count <= len(gathered.by_visit)]
    if few and structure.name == "unstructured":
        msg = f"Too few people have a score at {', '.join(few)}."
        raise NotEstimableError(msg)
    if structure.name == "unstructured":
        together = gathered.observed.T @ (gathered.clients[:, None] * gathered.observed)
        if (together == 0).any():
            t, s = np.argwhere(together == 0)[0]
            msg = f"Nobody has scores at both {gathered.visits[t]} and {gathered.visits[s]}."
            raise NotEstimableError(msg)


def require_told_apart(sums: Sums, gathered: Moments) -> None:
    """Refuse a design whose effects the scores at hand cannot tell apart.

    Raises
    ------
    NotEstimableError
        Naming the visit and the covariates that repeat others there (an arm with nobody at a visit), or the covariates
        with one effect that do so over all visits.
    """
    for visit, seen in zip(gathered.visits, sums.observed.T, strict=True):
        repeated = dependent_columns(sums.zz[seen].sum(axis=0), gathered.by_visit)
        if repeated:
            msg = (
                f"At {visit} the scores cannot tell the effects apart: among those seen there, "
                f"{', '.join(repeated)} repeats the covariates before it."
            )
            raise NotEstimableError(msg)
    weight = (sums.observed[:, :, None] & np.eye(sums.n_visits, dtype=bool)).astype(np.float64)
    names = [f"{name} at {visit}" for name in gathered.by_visit for visit in gathered.visits] + list(gathered.constant)
    repeated = dependent_columns(sandwich(sums, weight[:, :, None])[0], names)
    if repeated:
        msg = f"The scores cannot tell the effects apart: {', '.join(repeated)} repeats others."
        raise NotEstimableError(msg)


def require_spread(sums: Sums, gathered: Moments, structure: Structure) -> None:
    """Refuse scores that the by-visit covariates explain whole: constant ones above all.

    Raises
    ------
    NotEstimableError
        Naming the visit, where each visit has a variance of its own; or when it is so at all visits.
    """
    flat = []
    for visit, seen in enumerate(sums.observed.T):
        crossed, square = sums.yx[seen, visit, : sums.sizes[0]].sum(axis=0), float(sums.yy[seen, visit, visit].sum())
        explained = float(crossed @ np.linalg.solve(sums.zz[seen].sum(axis=0), crossed))
        if square - explained <= RESIDUE * square:
            flat.append(gathered.visits[visit])
    if flat and (structure.has_variance_per_visit or len(flat) == len(gathered.visits)):
        msg = f"At {', '.join(flat)} the scores do not differ beyond what the effects explain."
        raise NotEstimableError(msg)
