"""The repeated-measures model with what is missing at the start completed, pooled by Rubin's rules.

Scores that are missing later stay missing: the model itself allows for them, and drawing them would add noise alone
(von Hippel 2007). Complete data have Kenward and Roger's degrees of freedom, or those of CR2 by clusters; Barnard and
Rubin's rest on their mean over the data sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.impute.columns import complete_columns
from outcomes.methods.least_squares import find_repeated
from outcomes.methods.mmrm import fit_cluster_robust, fit_first_estimable, fit_moments, moments
from outcomes.methods.pooling import PooledFit, pool_estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.methods.mmrm import Covariance, MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats

_FEWEST = 2  # data sets that can be pooled
_BEFORE = ("the intercept", "the arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedStart:
    """Pooled differences of the arms.

    Attributes
    ----------
    pooled : tuple of PooledFit, length T
        At each visit.
    structure : str
        Covariance within a person: the first of the order that the first data set lets estimate.
    draws : int
        Completed data sets; 0 where nothing had to be drawn [count].
    """

    pooled: tuple[PooledFit, ...]
    structure: str
    draws: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class StartModel:
    """The later scores of everybody who has one, and what is adjusted for.

    Attributes
    ----------
    scores : ndarray, shape (n, T)
        nan where not observed [points].
    full : ndarray of bool, shape (n,)
    columns : ndarray, shape (n, 1 + p)
        Score at the start, with an effect at each visit, and covariates with one effect; nan where not recorded.
    names : tuple of str, length 1 + p
    visits : tuple of str, length T
    order : tuple of str
        Covariance structures.
    clusters : ndarray, shape (n,), or None
        Groups that the standard error of each data set allows for.
    """

    scores: Floats
    full: NDArray[np.bool_]
    columns: Floats
    names: tuple[str, ...]
    visits: tuple[str, ...]
    order: Sequence[Covariance]
    clusters: NDArray[np.generic] | None

    def draw(self, *, draws: int, rng: np.random.Generator) -> Floats:
        """Draw the columns of completed data sets, shape (m, n, 1 + p); of one where nothing is missing."""
        some = np.asarray(np.isnan(self.columns).any(axis=0))
        if not some.any():
            return self.columns[None]
        complete = np.column_stack([np.ones(len(self.full)), self.full, self.columns[:, ~some]])
        found = np.repeat(self.columns[None], draws, axis=0)
        found[:, :, some] = complete_columns(
            columns=self.columns[:, some],
            complete=complete[:, ~find_repeated(complete)],
            scores=self.scores,
            names=[*(name for name, gap in zip(self.names, some, strict=True) if gap), *self.visits],
            draws=draws,
            rng=rng,
        )
        return found

    def fit(self, *, draws: int, rng: np.random.Generator) -> CompletedStart:
        """Complete, compare, and pool.

        Raises
        ------
        NotEstimableError
            When the columns cannot be drawn, or the model cannot be fitted to a completed data set.
        """
        drawn, found = self.draw(draws=draws, rng=rng), []
        fit: MmrmFit | None = None
        for columns in drawn:
            contrasts, fit = self._compare(columns, fit)
            found.append(contrasts)
        found *= 1 if len(found) > 1 else _FEWEST  # all would be alike
        return CompletedStart(
            pooled=tuple(_pool([one[visit] for one in found]) for visit in range(len(self.visits))),
            structure="" if fit is None else fit.covariance_name,
            draws=len(drawn) if len(drawn) > 1 else 0,
        )

    def _compare(self, columns: Floats, before: MmrmFit | None) -> tuple[list[Contrast], MmrmFit]:
        """Give the difference at each visit in a completed data set; a column that repeats others is left out."""
        kept = ~find_repeated(np.column_stack([np.ones(len(columns)), columns]))[1:]
        start = columns[:, :1][:, kept[:1]]
        by_visit = np.column_stack([np.ones(len(columns)), self.full, start])
        constant = columns[:, 1:][:, kept[1:]]
        names = (*_BEFORE, *(name for name, keep in zip(self.names, kept, strict=True) if keep))
        gathered = moments(scores=self.scores, by_visit=by_visit, constant=constant, names=names, visits=self.visits)
        if before is None:
            fit, _ = fit_first_estimable(gathered, order=self.order)
        else:
            fit = fit_moments(gathered, covariance=before.covariance_name, near=before)
        count = len(self.visits)
        lines = np.eye(len(fit.beta))[count : 2 * count]
        if self.clusters is None:
            return [fit.contrast(line, method="kenward-roger") for line in lines], fit
        robust = fit_cluster_robust(
            fit, scores=self.scores, by_visit=by_visit, constant=constant, clusters=self.clusters
        )
        return [robust.contrast(line) for line in lines], fit


def _pool(fits: list[Contrast]) -> PooledFit:
    return pool_estimates(
        estimates=np.array([fit.estimate for fit in fits]),
        variances=np.array([fit.se**2 for fit in fits]),
        df_complete=float(np.mean([fit.df for fit in fits])),
    )
