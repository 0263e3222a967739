"""Samples of the cohort for intervals by bootstrap: of whole skills groups where people share them, and of people.

By chance the spread between few groups can make a result look far too precise, so that both are drawn and the wider
interval stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.cohort.order import number_units, rank_people
from outcomes.core.seeds import seed_for
from outcomes.methods.bootstrap import FEWEST_UNITS, Resampler, draw
from outcomes.models.contract import to_interval
from outcomes.models.grouping import read_grouping
from outcomes.results.how import How
from outcomes.results.outcome import Interval, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled

REPLICATES = 2000  # the least that BCa limits at 95% want: 1,000 and more (Efron & Tibshirani 1993, sec. 14.3), twice
NO_INTERVAL = "There are too few people for an interval: it would have to be drawn from fewer than four."


class Drawn(NamedTuple):
    """What is drawn: the unit of each person, and the stratum of each unit."""

    units: NDArray[np.intp]
    strata: NDArray[np.intp]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Drawn({len(self.units)} people, {len(self.strata)} units)"


@dataclass(frozen=True, kw_only=True, eq=False)
class CohortSamples:
    """Samples of a cohort, and how they were drawn.

    Attributes
    ----------
    drawn : tuple of Drawn
        Clusters, where there are any, and people.
    seed : int
    phrase : str
        For the method: what was drawn.
    clusters : str
        Column whose groups are drawn whole, or "".
    has_limits : bool
        False where there are fewer than four people: there are values then, and no limits.
    refused : tuple of str
        Sentence on groups that are recorded, and too few to draw.
    """

    drawn: tuple[Drawn, ...]
    seed: int
    phrase: str
    clusters: str
    has_limits: bool
    refused: tuple[str, ...] = ()

    @cached_property
    def resamplers(self) -> tuple[Resampler, ...]:
        """The samples of each kind, which are drawn only when something is computed in them."""
        rng = np.random.default_rng(self.seed)
        return tuple(draw(units=one.units, strata=one.strata, replicates=REPLICATES, rng=rng) for one in self.drawn)

    def how(self, estimator: str, adjusted: tuple[str, ...] = ()) -> How:
        """Say how an estimate came about whose limits are read from these samples."""
        return How(
            estimator=estimator,
            inference="bca",
            adjusted=adjusted,
            clusters=self.clusters,
            groups_not_allowed_for=bool(self.refused),
            draws=REPLICATES,
        )

    def take(self, compute: Callable[[Resampler], Resampled]) -> tuple[Resampled, ...]:
        """Compute a quantity in every kind of samples."""
        return tuple(compute(resampler) for resampler in self.resamplers)

    def require_limits(self) -> None:
        """Refuse where limits would rest on fewer than four people."""
        if not self.has_limits:
            raise NotEstimableError(NO_INTERVAL, "too few")

    def se(self, found: Sequence[Resampled]) -> float | None:
        """Give the largest standard error, or None where there can be none, or one sample alone would make it."""
        told = self.has_limits and not any(one.rests_on_one for one in found)
        return max(one.se for one in found) if told else None

    def interval(self, found: Sequence[Resampled], level: float) -> Interval | None:
        """Give the widest limits, or None where there can be none."""
        return to_interval(level, widest(found, level)) if self.has_limits else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the limits: what they do not allow for, or why there are none."""
        return (*self.refused, *(() if self.has_limits else (NO_INTERVAL,)))


def widest(found: Sequence[Resampled], level: float) -> tuple[float, float]:
    """Limits of the kind of samples that gives the widest interval; an infinite limit is open."""
    return max((one.limits(level) for one in found), key=lambda limits: limits[1] - limits[0])


def resample_cohort(cohort: Cohort, name: str) -> CohortSamples:
    """Say what to draw 2,000 samples of, from the stream of an analysis.

    Units are numbered by what is recorded of their people, so that no name moves a draw. Units that each lie in one arm
    are drawn within the arms; groups with people of both arms are drawn together, since they belong to no single arm.
    """
    people = rank_people(cohort)
    drawn, units_drawn = [], ["people within the arms"]
    grouping = read_grouping(cohort)
    if grouping.labels is not None:
        units = number_units(cohort, grouping.labels)
        strata, nested = _stratify(units, cohort.full)
        drawn.append(Drawn(units, strata))
        within = "within the arms" if nested else "with their people of both arms"
        units_drawn.insert(0, f"clusters by {grouping.column} {within}")
    drawn.append(Drawn(people, _stratify(people, cohort.full)[0]))
    wider = ", whichever interval is wider" if len(drawn) > 1 else ""
    return CohortSamples(
        drawn=tuple(drawn),
        seed=seed_for(name, seed=cohort.plan.random.seed),
        phrase=f"BCa bootstrap, {REPLICATES} samples of {' and of '.join(units_drawn)}{wider}",
        clusters=grouping.column,
        has_limits=min(len(one.strata) for one in drawn) >= FEWEST_UNITS,
        refused=grouping.notes,
    )


def _stratify(units: NDArray[np.intp], full: NDArray[np.bool_]) -> tuple[NDArray[np.intp], bool]:
    """Give the stratum of each unit, and whether each lies in one arm: only then the arms are strata."""
    share = np.bincount(units, weights=full) / np.bincount(units)
    nested = bool(np.isin(share, (0.0, 1.0)).all())
    return share.astype(np.intp) if nested else np.zeros(len(share), dtype=np.intp), nested
