"""Groups and therapists as columns of the mixed model, and whether what they differ by can be told at all.

With one group in each arm its indicator is that of the arm: any variance between groups, zero among them, fits as well
as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from outcomes.methods.mmrm.pattern_moments import Floats

GROUP, THERAPIST = "group", "therapist"
NOT_APART = (
    "What units of the kind {name} differ by cannot be told from what the programmes, or what is adjusted for, differ "
    "by: it takes more than one of them in a programme. Their spread cannot be estimated, and it need not be zero."
)
_FEWEST = 2
_SAME = 1e-9  # of a column: less of it than this, beside the effects of the model, is rounding
_MOST = 300  # the cost grows with their cube


def can_tell_apart(labels: ArrayLike, where: NDArray[np.bool_], *, by_visit: Floats, constant: Floats | None) -> bool:
    """Whether anything beyond the effects of the model tells groups apart, such as a second group in an arm.

    Parameters
    ----------
    labels : array_like, shape (n,)
        Group or therapist; None where there is none.
    where : ndarray of bool, shape (n,)
        Whose group counts.
    by_visit, constant : ndarray, shape (n, q) and (n, r)
        As `fit_mixed`; rows of those not in `where` may be nan.
    """
    effects = by_visit if constant is None else np.hstack([by_visit, constant])
    whole = ~np.isnan(effects).any(axis=1)
    try:
        columns = indicate(labels, where & whole, "")[whole]
    except NotEstimableError:
        return False
    return leave_something(columns, effects[whole])


def leave_something(columns: Floats, effects: Floats) -> bool:
    """Whether a column says anything that the effects of the model do not."""
    scale = np.sqrt((effects**2).sum(axis=0))
    basis, sizes, _ = np.linalg.svd(effects / np.where(scale > 0, scale, 1.0), full_matrices=False)
    basis = basis[:, sizes > _SAME * sizes.max(initial=0.0)]
    left = columns - basis @ (basis.T @ columns)
    return bool(((left**2).sum(axis=0) > _SAME * (columns**2).sum(axis=0)).any())


def indicate(labels: ArrayLike, where: NDArray[np.bool_], name: str) -> Floats:
    """One column a group or therapist, shape (n, h)."""
    texts = np.array(["" if _is_empty(label) else str(label) for label in np.asarray(labels, dtype=object)])
    known = np.unique(texts[where & (texts != "")])
    if len(known) < _FEWEST:
        msg = f"There are fewer than two of: {name}. Their differences cannot be estimated."
        raise NotEstimableError(msg)
    require_few(len(known))
    return np.asarray((texts[:, None] == known[None, :]) & where[:, None], dtype=np.float64)


def require_few(count: int) -> None:
    """Refuse more groups and therapists than can be fitted."""
    if count > _MOST:
        msg = (
            f"There are {count} groups or therapists, and the mixed model is fitted with {_MOST} at most; with "
            "so many, a standard error by clusters needs no model."
        )
        raise NotEstimableError(msg)


def _is_empty(label: object) -> bool:
    return label is None or (isinstance(label, float) and np.isnan(label))
