"""Several clinics in one model, from their moments alone: what all rows together would give, without the rows.

An intercept of its own at each visit for each clinic, beside one effect of everything else, is a change of columns: for
the people of one clinic the indicator of that clinic is the column of ones, and those of the others are zero. So the
moments of the clinics add, each with its ones copied to its own place, and the fit to the sum is the fit to all rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.methods.mmrm.pattern_moments import Moments


def join_clinics(parts: Mapping[str, Moments]) -> Moments:
    """Add the moments of clinics, each with an intercept of its own at each visit.

    Parameters
    ----------
    parts : mapping of str to Moments
        By name of the clinic; the first by-visit column of each is the intercept.

    Returns
    -------
    Moments
        Its by-visit columns are those of the parts, then one indicator for each clinic but the first.

    Raises
    ------
    ValueError
        When there is no clinic, or the parts are not of one model.

    Notes
    -----
    Where nobody of a clinic was seen at a visit, its intercept there has no data. One made-up score at the centre of
    the clinic stands for it, which that intercept tells whole: it adds log σ² to log|V| and takes it from
    log|XᵀV⁻¹X|, so that restricted likelihood, information, estimates and their errors are as without it. It counts as
    a client in `n_clients`.
    """
    if not parts:
        msg = "there is no clinic to join"
        raise ValueError(msg)
    first, *others = place_clinics(parts).values()
    return recentre(sum(others, start=first))


def place_clinics(parts: Mapping[str, Moments]) -> dict[str, Moments]:
    """Give the moments of each clinic in the columns of all; see `join_clinics`, which adds them."""
    names = list(parts)
    return {name: _place(part, names, place) for place, (name, part) in enumerate(parts.items())}


def recentre(gathered: Moments) -> Moments:
    """Take moments about their own means, which keeps the digits of what lies far from zero."""
    first = 1 + len(gathered.by_visit) + len(gathered.constant)
    total = gathered.gram[:, 0].sum(axis=0)
    counts = np.full(len(total) - 1, total[0])
    counts[first - 1 :] = gathered.copies @ gathered.observed
    means = gathered.centre + total[1:] / np.where(counts > 0, counts, 1.0)
    return replace(gathered, gram=gathered.about(means), centre=means)


def _place(part: Moments, names: list[str], place: int) -> Moments:
    """Give a clinic's moments the indicators of all clinics but the first."""
    whole = _stand_in(recentre(part))
    width, first, others = whole.gram.shape[1], 1 + len(whole.by_visit), len(names) - 1
    spread = np.zeros((width + others, width))
    spread[:first, :first] = np.eye(first)
    spread[first + others :, first:] = np.eye(width - first)
    if place:
        spread[first + place - 1, 0] = 1.0  # about zero, where the other columns are about their centre
    centre = np.concatenate([whole.centre[: first - 1], np.zeros(others), whole.centre[first - 1 :]])
    gram = spread @ whole.gram @ spread.T
    return replace(whole, gram=gram, centre=centre, by_visit=(*whole.by_visit, *names[1:]))


def _stand_in(part: Moments) -> Moments:
    """Add a made-up score at each visit at which nobody of the clinic was seen."""
    for visit in np.flatnonzero(~part.observed.any(axis=0)):
        at_centre = np.zeros((1, *part.gram.shape[1:]))
        at_centre[0, 0, 0] = 1.0
        pattern = np.array([1 << int(visit)], dtype=np.int64)
        part += replace(part, patterns=pattern, gram=at_centre, clients=np.ones(1, dtype=np.int64))
    return part
