"""Propensity: the chance of being in the full arm, given what is recorded, by logistic regression.

Where some people's characteristics occur in one arm only, the likelihood has no maximum: their chance goes to one or
to zero. They are set apart with just that chance, and the model is fitted to the others, which is the limit of the
likelihood (Albert & Anderson 1984). Source: Rosenbaum & Rubin (1983).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.least_squares import find_repeated
from outcomes.methods.logistic import NoMaximumError, fit_logistic
from outcomes.methods.weights.targets import tilt, weigh
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.weights.targets import Target, Tilt


class SeparatedError(NotEstimableError):
    """The covariates leave no doubt about anybody's arm."""

    def __init__(self) -> None:
        super().__init__("The recorded characteristics tell without exception who was in which programme.")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PropensityFit:
    """Chance of the full arm for each person.

    Attributes
    ----------
    share : ndarray, shape (n,)
        Propensity; 1 or 0 for those set apart.
    full : ndarray of bool, shape (n,)
    apart : ndarray of bool, shape (n,)
        People whose characteristics occur in their own arm only.
    design : ndarray, shape (n, k)
        Intercept and the covariates that do not repeat others.
    names : tuple of str, length k
    beta : ndarray, shape (k,)
        Log odds per unit.
    beta_cov : ndarray, shape (k, k)
        Inverse information.
    """

    share: NDArray[np.float64]
    full: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    design: NDArray[np.float64]
    names: tuple[str, ...]
    beta: NDArray[np.float64]
    beta_cov: NDArray[np.float64]

    def weights(self, target: Target) -> NDArray[np.float64]:
        """Weight of each person for a target, shape (n,); zero for those set apart, for whom nobody can stand."""
        return self.weigh(target).value

    def weigh(self, target: Target) -> Tilt:
        """Weights, and how they move."""
        return weigh(share=self.share, full=self.full, target=target).among(~self.apart)

    def tilt(self, target: Target) -> Tilt:
        """How much each person counts, and how that moves."""
        return tilt(share=self.share, full=self.full, target=target).among(~self.apart)

    def influence(self) -> NDArray[np.float64]:
        """Each person's pull on `beta`: n I⁻¹ x (A − e), shape (n, k)."""
        residual = self.full - self.share
        return np.asarray((self.design * residual[:, None]) @ self.beta_cov * len(self.share))

    def common(self) -> NDArray[np.bool_]:
        """Whether each person's propensity lies within the range of the other arm's, shape (n,)."""
        inside = np.zeros(len(self.share), dtype=bool)
        for arm in (self.full, ~self.full):
            others = self.share[~arm & ~self.apart]
            if len(others):
                inside |= arm & (self.share >= others.min()) & (self.share <= others.max())
        return inside & ~self.apart


def fit_propensity(*, full: NDArray[np.bool_], covariates: NDArray[np.float64], names: Sequence[str]) -> PropensityFit:
    """Fit the chance of the full arm by maximum likelihood.

    Parameters
    ----------
    full : ndarray of bool, shape (n,)
    covariates : ndarray, shape (n, p)
        Without an intercept. A column that repeats others is left out, which changes no propensity.
    names : sequence of str, length p

    Raises
    ------
    NotEstimableError
        When an arm is empty, people are too few, or the covariates separate the arms without exception.
    """
    design = np.column_stack([np.ones(len(full)), covariates])
    labels = np.array(["the intercept", *names], dtype=object)
    if full.all() or not full.any():
        raise NotEstimableError("Everybody is in one programme.")
    if len(design) <= design.shape[1]:
        raise NotEstimableError("There are too few people for so many recorded characteristics.")
    together = np.ones(len(full), dtype=bool)
    while True:
        kept = ~find_repeated(design[together])
        names = tuple(labels[kept])
        try:
            found = fit_logistic(events=full[together], design=design[together][:, kept], names=names, penalised=False)
            break
        except NoMaximumError as fault:
            together[np.flatnonzero(together)[fault.people]] = False
        if full[together].all() or not full[together].any() or together.sum() <= design.shape[1]:
            raise SeparatedError
    share = np.where(together, special.expit(design[:, kept] @ found.beta), full.astype(float))
    return PropensityFit(
        share=share,
        full=full,
        apart=~together,
        design=design[:, kept],
        names=names,
        beta=found.beta,
        beta_cov=found.beta_cov,
    )
