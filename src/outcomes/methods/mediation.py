"""How much of an effect runs through a mediator: natural direct and indirect effects with linear models.

Mediator m = β₀ + β₁a + β₂ᵀc, outcome y = θ₀ + θ₁a + θ₂m + θ₃am + θ₄ᵀc, for arm a and what was known at the start c.
At the mean of c (Valeri & VanderWeele 2013, eq. 4 and 5; VanderWeele 2015, sec. 2.2), full (a = 1) against skills:

- natural direct effect θ₁ + θ₃(β₀ + β₂ᵀc̄): the arm changes, the mediator stays as it would be in skills;
- natural indirect effect (θ₂ + θ₃)β₁: everybody in full, the mediator changes as it does between the arms.

They add up to the total effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import fit_least_squares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.bootstrap import Resampled, Resampler

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MediationFit:
    """Natural effects, each with its bootstrap.

    Attributes
    ----------
    direct, indirect, total : Resampled
        [points of the outcome]
    on_mediator : Resampled
        Effect of the arm on the mediator, β₁ [points of the mediator].
    """

    direct: Resampled
    indirect: Resampled
    total: Resampled
    on_mediator: Resampled


def fit_mediation(
    *,
    outcome: Floats,
    mediator: Floats,
    full: NDArray[np.bool_],
    covariates: Floats,
    used: NDArray[np.bool_],
    names: Sequence[str],
    resampler: Resampler,
) -> MediationFit:
    """Fit both models to everybody used, and to every sample of them.

    Parameters
    ----------
    outcome, mediator : ndarray, shape (n,)
        Of everybody who can be drawn; those not used may be nan [points].
    full : ndarray of bool, shape (n,)
    covariates : ndarray, shape (n, p)
        Known at the start.
    used : ndarray of bool, shape (n,)
    names : sequence of str, length p
        Of the covariates.
    resampler : Resampler

    Raises
    ------
    NotEstimableError
        With too few people, or where a column repeats others.
    """
    arm = full.astype(float)
    centre = mediator[used].mean(), covariates[used].mean(axis=0)
    m = np.where(used, mediator - centre[0], 0.0)
    c = np.where(used[:, None], covariates - centre[1], 0.0)
    first = np.column_stack([np.ones(len(arm)), arm, c]) * used[:, None]
    second = np.column_stack([np.ones(len(arm)), arm, m, arm * m, c]) * used[:, None]
    y = np.where(used, outcome, 0.0)
    words = ("the intercept", "the arm", "the mediator", "the arm times the mediator", *names)
    fit_least_squares(scores=y[used], design=second[used], names=words)  # names what cannot be told apart
    beta, theta = resampler.coefficients(first, m), resampler.coefficients(second, y)
    totals = resampler.sums(np.column_stack([used.astype(float), c]))
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample without anybody used has no mean, and no limits
        means = totals[:, 1:] / totals[:, :1]
    expected = beta[:, 0] + (beta[:, 2:] * means).sum(axis=1)
    direct = theta[:, 1] + theta[:, 3] * expected
    indirect = (theta[:, 2] + theta[:, 3]) * beta[:, 1]
    return MediationFit(
        direct=resampler.wrap(direct),
        indirect=resampler.wrap(indirect),
        total=resampler.wrap(direct + indirect),
        on_mediator=resampler.wrap(beta[:, 1]),
    )
