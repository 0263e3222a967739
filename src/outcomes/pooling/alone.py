"""A clinic by itself: its moments cut to what they can compare, and its own difference at each later visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.mmrm.basis import dependent_columns
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.methods.least_squares import Contrast
    from outcomes.methods.mmrm import MmrmFit
    from outcomes.pooling.agreement import Agreement

ARM = 1  # place of the arm among the by-visit columns
# Simpler structures where unstructured cannot be estimated; those of which a clinic of few visits can tell.
ORDER: tuple[mmrm.Covariance, ...] = (
    "unstructured",
    "heterogeneous compound symmetry",
    "compound symmetry",
)


def fit_own(gathered: mmrm.Moments, agreement: Agreement) -> dict[str, Contrast | NotEstimableError]:
    """Fit a clinic alone; by later visit the difference, or why there is none."""
    later = agreement.plan.later
    kept = [place for place in range(len(later)) if compares(gathered, place)]
    if not kept:
        why = NotEstimableError("At no later visit are there enough people of both arms in the sums.")
        return dict.fromkeys(later, why)
    found: dict[str, Contrast | NotEstimableError] = {}
    try:
        reduced = take_visits(gathered, kept)
        fit, _ = mmrm.fit_first_estimable(drop_repeated(reduced), order=ORDER)
    except NotEstimableError as why:
        return dict.fromkeys(later, why)
    for place, visit in enumerate(later):
        if place in kept:
            found[visit] = difference_at(fit, kept.index(place))
        else:
            found[visit] = NotEstimableError("At this visit there are not enough people of both arms in the sums.")
    return found


def difference_at(fit: MmrmFit, visit: int) -> Contrast:
    """Give the difference of the arms at a visit by its place."""
    weights = np.zeros(len(fit.beta))
    weights[ARM * len(fit.covariance) + visit] = 1.0
    return fit.contrast(weights, method="kenward-roger")


def compares(gathered: mmrm.Moments, visit: int) -> bool:
    """Whether people of both arms were seen at a visit."""
    there = gathered.observed[:, visit]
    raw = gathered.about(np.zeros_like(gathered.centre))
    people, full = float(raw[there, 0, 0].sum()), float(raw[there, 0, 1 + ARM].sum())
    return bool(0 < full < people)


def take_visits(gathered: mmrm.Moments, kept: Sequence[int]) -> mmrm.Moments:
    """Give moments of some of the visits; people seen at none of them are left out."""
    first = 1 + len(gathered.by_visit) + len(gathered.constant)
    at = np.array([*range(first), *(first + place for place in kept)])
    masks = gathered.observed[:, kept]
    patterns = masks @ (np.int64(1) << np.arange(len(kept), dtype=np.int64))
    names = sorted(set(map(int, patterns)) - {0})
    raw = gathered.gram[:, at[:, None], at]
    # two patterns that differ in what is left out alone are one
    gram = np.array([raw[patterns == name].sum(axis=0) for name in names]).reshape(-1, len(at), len(at))
    return mmrm.Moments(
        patterns=np.array(names, dtype=np.int64),
        gram=gram,
        centre=gathered.centre[at[1:] - 1],
        clients=np.array([gathered.clients[patterns == name].sum() for name in names], dtype=np.int64),
        visits=tuple(gathered.visits[place] for place in kept),
        by_visit=gathered.by_visit,
        constant=gathered.constant,
    )


def drop_repeated(gathered: mmrm.Moments) -> mmrm.Moments:
    """Leave out covariates with one effect that repeat others or are the same for everybody: they adjust nothing."""
    q = len(gathered.by_visit)
    total = gathered.gram.sum(axis=0)
    inside = [0, *range(2, 1 + q + len(gathered.constant))]  # the intercept is the column of ones
    names = [*gathered.by_visit, *gathered.constant]
    repeated = set(dependent_columns(total[np.ix_(inside, inside)], names)) & set(gathered.constant)
    kept = [place for place, name in enumerate(names) if name not in repeated]
    at = np.array([0, *(1 + place for place in kept), *range(1 + len(names), gathered.gram.shape[1])])
    return mmrm.Moments(
        patterns=gathered.patterns,
        gram=gathered.gram[:, at[:, None], at],
        centre=gathered.centre[at[1:] - 1],
        clients=gathered.clients,
        visits=gathered.visits,
        by_visit=gathered.by_visit,
        constant=tuple(name for name in gathered.constant if name not in repeated),
    )
