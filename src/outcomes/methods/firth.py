"""The curvature of Firth's penalised likelihood l(β) + ½ log|I(β)| of a logistic regression.

Steps by I(β) alone are too long wherever leverages are high: for somebody alone in a level (leverage one) the penalised
likelihood is exactly twice as curved, and such steps leap from one side of the maximum to the other without end.
Source: Firth (1993); the derivatives of log|I| by Jacobi's formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SOUND = 1e-3  # of the smallest curvature against that of the bound, below which the likelihood is not surely concave


def penalised_information(
    *, design: Floats, products: Floats, predictor: Floats, leverage: Floats, inverse: Floats
) -> Floats:
    """Minus the second derivatives of the penalised likelihood, or near it where those rise in some direction.

    With w = p (1 − p), leverages h and I_j the derivative of I to β_j, they are
    Xᵀ(w − ½ h (1 − 6 w))X + ½ tr(I⁻¹ I_j I⁻¹ I_k). Where that is not positive definite, far from the maximum, it is
    Xᵀ(w (1 + h))X, which always is and for leverages of one is the same.

    Parameters
    ----------
    design : ndarray, shape (n, k)
    products : ndarray, shape (n, k²)
        Each row of the design times itself.
    predictor : ndarray, shape (…, n)
        Log odds, of one set of data or of many.
    leverage : ndarray, shape (…, n)
    inverse : ndarray, shape (…, k, k)
        Of I(β).

    Returns
    -------
    ndarray, shape (…, k, k)
    """
    k = design.shape[1]
    few = predictor.shape[:-1]
    weight = special.expit(predictor) * special.expit(-predictor)
    bound = ((weight * (1 + leverage)) @ products).reshape(*few, k, k)
    tilt = -np.tanh(predictor / 2)  # 1 − 2 p
    slopes = ((weight * tilt)[..., None, :] * design.T) @ products
    turned = inverse[..., None, :, :] @ slopes.reshape(*few, k, k, k)
    squares = np.einsum("...jab,...kba->...jk", turned, turned)
    exact = ((weight - leverage * (1 - 6 * weight) / 2) @ products).reshape(*few, k, k) + squares / 2
    unit = np.sqrt(np.diagonal(bound, axis1=-2, axis2=-1))
    lowest, least = (
        np.linalg.eigvalsh(matrix / unit[..., :, None] / unit[..., None, :])[..., 0] for matrix in (exact, bound)
    )
    return np.asarray(np.where((lowest > _SOUND * least)[..., None, None], exact, bound))


def products_of(design: Floats) -> Floats:
    """Each row of a design times itself, shape (n, k²)."""
    return np.asarray((design[:, :, None] * design[:, None, :]).reshape(len(design), -1))
