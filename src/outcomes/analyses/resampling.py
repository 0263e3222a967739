"""Samples of the cohort for intervals by bootstrap: whole skills groups where people share them, else people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import to_interval
from outcomes.core.estimates import Interval, NotEstimableError
from outcomes.core.seeds import seed_for
from outcomes.methods.bootstrap import FEWEST_UNITS, Resampler, draw

if TYPE_CHECKING:
    from outcomes.cohort import Cohort
    from outcomes.methods.bootstrap import Resampled

REPLICATES = 2000
NO_INTERVAL = "There are too few groups for an interval: it would have to be drawn from fewer than four."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CohortSamples:
    """Samples of a cohort, and how they were drawn.

    Attributes
    ----------
    resampler : Resampler
    how : str
        Phrase for the method.
    has_limits : bool
        False where there are too few groups: there are values then, and no limits.
    """

    resampler: Resampler
    how: str
    has_limits: bool

    def require_limits(self) -> None:
        """Refuse where limits would rest on fewer than four groups."""
        if not self.has_limits:
            raise NotEstimableError(NO_INTERVAL)

    def interval(self, found: Resampled, level: float) -> Interval | None:
        """Limits of a quantity, or None where there can be none."""
        if not self.has_limits:
            return None
        return to_interval(level, found.limits(level))

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentence that says why there is no interval."""
        return () if self.has_limits else (NO_INTERVAL,)


def resample_cohort(cohort: Cohort, name: str) -> CohortSamples:
    """Draw 2,000 samples from the stream of an analysis.

    Units that each lie in one arm are drawn within the arms; groups with people of both arms are drawn together, since
    they belong to no single arm.
    """
    rng = np.random.default_rng(seed_for(name, seed=cohort.plan.random.seed))
    labels = cohort.cluster_labels()
    people = np.arange(len(cohort.full), dtype=np.intp)
    units = people if labels is None else np.unique(labels.astype(str), return_inverse=True)[1]
    share = np.bincount(units, weights=cohort.full) / np.bincount(units)
    nested = bool(np.isin(share, (0.0, 1.0)).all())
    strata = share.astype(np.intp) if nested else np.zeros(len(share), dtype=np.intp)
    what = "people" if labels is None or cohort.clustering is None else f"clusters by {cohort.clustering.column}"
    within = "within the arms" if nested else "with their people of both arms"
    return CohortSamples(
        resampler=draw(units=units, strata=strata, replicates=REPLICATES, rng=rng),
        how=f"BCa bootstrap, 2000 samples of {what} drawn {within}",
        has_limits=len(share) >= FEWEST_UNITS,
    )
