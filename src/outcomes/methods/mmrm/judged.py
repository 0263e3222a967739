"""What contrasts of a repeated-measures model are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.likelihood import Curvature, Gls
    from outcomes.methods.mmrm.pattern_moments import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Judged:
    """What contrasts are judged by: the model as it was fitted, or of turned scores where visits are nearly one.

    Attributes
    ----------
    back : ndarray, shape (k, k)
        Given coefficients from these, but for an offset.
    sums, gls, pieces
        The model.
    local_cov : ndarray, shape (m, m)
        Covariance of the covariance parameters, in the frame that the pieces are in.
    frame : ndarray, shape (m, m)
        Parameters along that frame.
    """

    back: Floats
    sums: Sums
    gls: Gls
    pieces: Curvature
    local_cov: Floats
    frame: Floats


def invert_information(information: Floats) -> Floats:
    """Covariance of the parameters; refuses where the likelihood does not bend down in every direction."""
    scale = np.sqrt(np.abs(np.diag(information)))
    if (scale > 0).all():
        values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
        if values[0] > 0:
            return np.asarray((vectors / values) @ vectors.T / np.outer(scale, scale))
    raise NotEstimableError("The scores do not tell these covariances apart.")
