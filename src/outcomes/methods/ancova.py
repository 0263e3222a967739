"""Analysis of covariance by least squares, with the HC3 covariance.

Sources: MacKinnon & White (1985), HC3; Long & Ervin (2000) on its use in small samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.alone import is_alone, require_others
from outcomes.methods.least_squares import NO_SPREAD, Contrast, drop_rounding, fit_least_squares, orthogonalise
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SECOND = 1  # place of what is asked about, behind the intercept


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AncovaFit:
    """Least-squares fit of a score on arm, baseline and covariates.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Intercept, arm, then the covariates in the order given [points per unit].
    beta_cov : ndarray, shape (k, k)
        HC3 covariance of `beta`; of what one person alone informs it says nothing.
    classical_cov : ndarray, shape (k, k)
        Covariance of `beta` under equal variances.
    df : float
        n − k [count].
    n : int
        People [count].
    """

    beta: NDArray[np.float64]
    beta_cov: NDArray[np.float64]
    classical_cov: NDArray[np.float64]
    df: float
    n: int

    @property
    def arm(self) -> Contrast:
        """Difference full minus skills, adjusted; of other columns, what belongs to the second.

        Raises
        ------
        NotEstimableError
            Where nothing is left over for a standard error.
        """
        if self.beta_cov[1, 1] <= 0:
            raise NotEstimableError(NO_SPREAD)
        return Contrast(estimate=float(self.beta[1]), se=float(np.sqrt(self.beta_cov[1, 1])), df=self.df)


def ancova_design(*, full: NDArray[np.bool_], covariates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns intercept, arm, covariates, shape (n, 2 + p)."""
    return np.column_stack([np.ones(len(full)), full.astype(float), covariates])


def fit_ancova(
    *, scores: NDArray[np.float64], full: NDArray[np.bool_], covariates: NDArray[np.float64], names: Sequence[str]
) -> AncovaFit:
    """Fit a score at a visit on arm, baseline and covariates.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Score at the visit [points].
    full : ndarray of bool, shape (n,)
    covariates : ndarray, shape (n, p)
        Baseline score, then the plan's covariates.
    names : sequence of str, length p
        Names of the covariates, for refusals.

    Raises
    ------
    NotEstimableError
        When the design is singular, people are too few, or one person alone decides the difference.
    """
    design = ancova_design(full=full, covariates=covariates)
    return fit_hc3(scores=scores, design=design, names=("the intercept", "the arm", *names))


def fit_hc3(*, scores: NDArray[np.float64], design: NDArray[np.float64], names: Sequence[str]) -> AncovaFit:
    """Fit a score on any columns.

    Parameters
    ----------
    scores : ndarray, shape (n,)
    design : ndarray, shape (n, k)
        The intercept, what is asked about, then the rest.
    names : sequence of str, length k
        Names of the columns, for refusals.

    Raises
    ------
    NotEstimableError
        As `fit_ancova`.
    """
    fit = fit_least_squares(scores=scores, design=design, names=names)
    n, k = design.shape
    alone = is_alone(fit.leverage)
    require_others(design @ fit.bread[_SECOND], alone)
    weights = np.where(alone, 0.0, fit.residuals / np.where(alone, 1.0, 1 - fit.leverage)) ** 2
    sigma2 = float(fit.residuals @ fit.residuals) / (n - k)
    return AncovaFit(
        beta=fit.beta,
        beta_cov=fit.bread @ (design.T * weights) @ design @ fit.bread,
        classical_cov=sigma2 * fit.bread,
        df=float(n - k),
        n=n,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ArmFits:
    """The arm's coefficient in several completed data sets of the same people.

    Attributes
    ----------
    estimates : ndarray, shape (m,)
        Difference full minus skills, adjusted [points].
    variances : ndarray, shape (m,)
        HC3.
    df : float
        n − k [count].
    """

    estimates: NDArray[np.float64]
    variances: NDArray[np.float64]
    df: float


def fit_arm_of_many(*, scores: NDArray[np.float64], design: NDArray[np.float64], names: Sequence[str]) -> ArmFits:
    """Fit many sets of scores of the same people at once.

    Parameters
    ----------
    scores : ndarray, shape (m, n)
        [points]
    design : ndarray, shape (n, k)
        As `ancova_design` makes it: the arm stands second.
    names : sequence of str, length k

    Raises
    ------
    NotEstimableError
        As `fit_ancova`.
    """
    q, inverse = orthogonalise(design=design, names=names)
    leverage, line = (q**2).sum(axis=1), q @ inverse[_SECOND]
    alone = is_alone(leverage)
    require_others(line, alone)
    residuals = drop_rounding(scores - (scores @ q) @ q.T, scores=scores)
    return ArmFits(
        estimates=scores @ line,
        variances=(np.where(alone, 0.0, residuals * line / np.where(alone, 1.0, 1 - leverage)) ** 2).sum(axis=1),
        df=float(design.shape[0] - design.shape[1]),
    )
