"""How sure a fit of counts is: sandwiches that hold in small samples, and rates standardised over people.

θ is held as it was found. HC3 with t on n − k; where people share clusters CR2 with Satterthwaite's degrees of freedom,
its root taken on the scale of the counts.
Sources: MacKinnon & White (1985); Pustejovsky & Tipton (2018); Robins (1986), standardisation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.alone import is_alone, require_others
from outcomes.methods.cluster import fit_cr2
from outcomes.methods.least_squares import Contrast
from outcomes.methods.negative_binomial import ARM
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.cluster import ClusterFit
    from outcomes.methods.negative_binomial import CountFit

    Array = NDArray[np.float64]

NO_SPREAD = (
    "The numbers do not differ beyond what the programme and what is adjusted for tell, so that nothing tells how sure "
    "a comparison is."
)
RESIDUE = 1e-12  # of the sum of squares; what is left of it is rounding


def require_spread(fit: CountFit) -> None:
    """Refuse a fit that tells every count: an interval would have no width; raises NotEstimableError."""
    left = fit.counts - fit.mean
    if float(left @ left) <= RESIDUE * float(fit.counts @ fit.counts):
        raise NotEstimableError(NO_SPREAD)


@dataclass(frozen=True, kw_only=True, repr=False)
class CountSpread:
    """How sure a fit of counts is of its coefficients.

    Attributes
    ----------
    fit : CountFit
    clusters : ndarray or None, shape (n,)
        Label of the cluster of each person in the fit.
    """

    fit: CountFit
    clusters: NDArray[np.generic] | None

    @cached_property
    def bread(self) -> Array:
        """Inverse of the expected information, shape (k, k)."""
        return _invert((self.fit.design.T * self.fit.weight) @ self.fit.design)

    @cached_property
    def leverage(self) -> Array:
        """Of the weighted hat matrix, with the expected weight, shape (n,)."""
        return np.asarray(self.fit.weight * np.vecdot(self.fit.design @ self.bread, self.fit.design))

    @cached_property
    def hc3(self) -> Array:
        """HC3 covariance of the coefficients, shape (k, k); without those who alone inform one."""
        alone = is_alone(self.leverage)
        pull = np.sqrt(self.fit.weight) * (self.fit.design @ self.bread[ARM])
        require_others(pull, alone)
        scores = np.where(alone, 0.0, self.fit.residual / np.where(alone, 1.0, 1 - self.leverage))
        return np.asarray(self.bread @ (self.fit.design.T * scores**2) @ self.fit.design @ self.bread)

    @cached_property
    def by_clusters(self) -> ClusterFit:
        """CR2 of the last step of the fit: least squares of √w (xᵀβ + u/w) on √w x.

        Raises NotEstimableError with fewer than four clusters.
        """
        root = np.sqrt(self.fit.weight)
        assert self.clusters is not None  # noqa: S101  # asked for only then
        return fit_cr2(
            scores=root * (self.fit.design @ self.fit.beta) + self.fit.residual / root,
            design=root[:, None] * self.fit.design,
            clusters=self.clusters,
            names=[f"column {place}" for place in range(len(self.fit.beta))],
            spread=self.fit.mean * (1 + self.fit.mean / self.fit.theta),
        )

    def judge(self, slope: Array, value: float) -> Contrast:
        """Give a number with the standard error that its slope by the coefficients gives it.

        Raises
        ------
        NotEstimableError
            Where there is no spread to judge it by.
        """
        if self.clusters is not None:
            contrast = self.by_clusters.contrast(slope)
            return Contrast(estimate=value, se=contrast.se, df=contrast.df)
        variance = float(slope @ self.hc3 @ slope)
        if variance <= 0:
            raise NotEstimableError(NO_SPREAD)
        return Contrast(estimate=value, se=math.sqrt(variance), df=self.fit.df)

    def log_ratio(self) -> Contrast:
        """Logarithm of the rate ratio, full over skills."""
        slope = np.zeros(len(self.fit.beta))
        slope[ARM] = 1.0
        return self.judge(slope, float(self.fit.beta[ARM]))

    def standardised(self) -> StandardisedRates:
        """Rates if everybody had been in one arm: predicted at an exposure of one, averaged over people."""
        rates, slopes, n = [], [], len(self.fit.kept)
        for arm in (1.0, 0.0):
            design = self.fit.design.copy()
            design[:, ARM] = arm
            predicted = np.exp(design @ self.fit.beta)
            rates.append(float(predicted.sum() / n))
            slopes.append((predicted @ design) / n)
        difference = self.judge(slopes[0] - slopes[1], rates[0] - rates[1])
        return StandardisedRates(full=rates[0], skills=rates[1], difference=difference)

    def pulls(self) -> Array:
        """Tell what each person moves the log ratio by, in one step of the fit, shape (n,)."""
        room = np.where(is_alone(self.leverage), 1.0, 1 - self.leverage)
        return np.asarray((self.fit.design @ self.bread[ARM]) * self.fit.residual / room)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardisedRates:
    """Rates standardised over people, and their difference, full minus skills [per unit of exposure]."""

    full: float
    skills: float
    difference: Contrast


def _invert(information: Array) -> Array:
    """Invert by the columns' lengths, so that a covariate in odd units costs no digits."""
    length = np.sqrt(np.diag(information))
    return np.asarray(np.linalg.inv(information / np.outer(length, length)) / np.outer(length, length))
