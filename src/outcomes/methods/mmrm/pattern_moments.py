"""Moments of a repeated-measures study: all that its likelihood needs, in one pass over the clients.

For each pattern of observed visits the moments are the weighted cross-products Σ w v vᵀ of v = (1, covariates, scores),
taken about a centre so that no digits are lost. They add: files, chunks and machines can be pooled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float64]

CHUNK = 8192  # clients a block: about a megabyte, which stays in the cache of one core
MOST_VISITS = 62  # a pattern is one 64-bit integer
LARGEST = 1e60  # sum of squares that leaves room for products of its kind
_BYTE = 8
_BITS = np.uint8(1) << np.arange(_BYTE, dtype=np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Moments:
    """Cross-products per pattern of observed visits.

    Attributes
    ----------
    patterns : ndarray of int, shape (m,)
        Bit t is set where visit t was observed; increasing.
    gram : ndarray, shape (m, k, k)
        Σ w v vᵀ over the clients of a pattern with v = (1, by_visit, constant, scores) − (0, centre) and
        k = 1 + q + r + T; rows of visits that a pattern lacks are zero.
    centre : ndarray, shape (k - 1,)
        What was subtracted from covariates and scores.
    clients : ndarray of int, shape (m,)
        Clients with a positive weight in each pattern [count].
    visits : tuple of str, length T
        Names of the visits, for messages.
    by_visit, constant : tuple of str, lengths q and r
        Names of the covariates with an effect at each visit and with one effect.
    """

    patterns: NDArray[np.int64]
    gram: Floats
    centre: Floats
    clients: NDArray[np.int64]
    visits: tuple[str, ...]
    by_visit: tuple[str, ...]
    constant: tuple[str, ...]

    def __add__(self, other: Moments) -> Moments:
        """Pool the moments of two sets of clients under the same model."""
        if (self.visits, self.by_visit, self.constant) != (other.visits, other.by_visit, other.constant):
            msg = "moments add only if they have the same visits and covariates"
            raise ValueError(msg)
        if not self.patterns.size or not other.patterns.size:
            return other if not self.patterns.size else self
        patterns = np.union1d(self.patterns, other.patterns)
        gram = np.zeros((len(patterns), *self.gram.shape[1:]))
        clients = np.zeros(len(patterns), dtype=np.int64)
        for part in (self, other):
            at = np.searchsorted(patterns, part.patterns)
            gram[at] += part.about(self.centre)
            clients[at] += part.clients
        return Moments(
            patterns=patterns,
            gram=gram,
            centre=self.centre,
            clients=clients,
            visits=self.visits,
            by_visit=self.by_visit,
            constant=self.constant,
        )

    def __radd__(self, other: int) -> Moments:
        """Let `sum` begin at its zero."""
        if other != 0:
            msg = "moments add to moments"
            raise TypeError(msg)
        return self

    @property
    def means(self) -> Floats:
        """Weighted mean of the covariates, by_visit first, shape (q + r,)."""
        total = self.gram[:, 0].sum(axis=0)
        count = len(self.by_visit) + len(self.constant)
        return np.asarray(self.centre[:count] + total[1 : 1 + count] / total[0])

    def about(self, centre: Floats) -> Floats:
        """Cross-products about another centre, shape (m, k, k); scores that a pattern lacks stay zero."""
        if centre is self.centre:
            return self.gram
        shift = np.zeros((len(self.patterns), centre.size + 1))
        shift[:, 1:] = self.centre - centre
        shift[:, -len(self.visits) :] *= self.observed
        first = self.gram[:, 0, :]
        cross = shift[:, :, None] * first[:, None, :]
        both = first[:, 0, None, None] * shift[:, :, None] * shift[:, None, :]
        return np.asarray(self.gram + cross + cross.swapaxes(1, 2) + both)

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Which visits each pattern has, shape (m, T)."""
        return ((self.patterns[:, None] >> np.arange(len(self.visits))) & 1).astype(bool)

    @property
    def copies(self) -> Floats:
        """Sum of the weights of each pattern, shape (m,)."""
        return np.asarray(self.gram[:, 0, 0])

    @property
    def n_clients(self) -> int:
        """Clients with a positive weight and at least one score [count]."""
        return int(self.clients.sum())

    @property
    def n_observations(self) -> int:
        """Scores of these clients [count]."""
        return int(self.clients @ self.observed.sum(axis=1))


def moments(
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None = None,
    weights: Floats | None = None,
    names: Sequence[str] | None = None,
    visits: Sequence[str] | None = None,
) -> Moments:
    """Gather the moments of a study in one pass.

    Parameters
    ----------
    scores : ndarray, shape (n, T)
        Score of each client at each visit, nan where not observed [points].
    by_visit : ndarray, shape (n, q)
        Covariates with an effect at each visit (intercept, arm, baseline score); q may be 0.
    constant : ndarray, shape (n, r), optional
        Covariates with one effect; an intercept among them is one mean for all visits.
    weights : ndarray, shape (n,), optional
        Weight of each client, not negative: 2 is the client twice, 0 is nobody. They are frequencies, of any size
        and not whole numbers alone: only weights with a mean near one leave standard errors that mean something.
    names : sequence of str, optional
        Names of the q + r covariates, for messages.
    visits : sequence of str, optional
        Names of the T visits, for messages.

    Returns
    -------
    Moments
        Its size does not depend on n; moments of chunks add, with `+` or `sum`.

    Raises
    ------
    NotEstimableError
        If a covariate, weight or score is not finite.
    ValueError
        If the arrays do not belong together.
    """
    y, z = np.asarray(scores, dtype=np.float64), np.asarray(by_visit, dtype=np.float64)
    c = np.zeros((len(y), 0)) if constant is None else np.asarray(constant, dtype=np.float64)
    w = None if weights is None else np.asarray(weights, dtype=np.float64)
    _require_shapes(y, z, c, w)
    labels = _labels(names, visits, (z.shape[1], c.shape[1], y.shape[1]))
    total = _gather(y[:CHUNK], z[:CHUNK], c[:CHUNK], None if w is None else w[:CHUNK], labels, None)
    for start in range(CHUNK, len(y), CHUNK):
        rows = slice(start, start + CHUNK)
        total += _gather(y[rows], z[rows], c[rows], None if w is None else w[rows], labels, total.centre)
    return total


def _require_shapes(y: Floats, z: Floats, c: Floats, w: Floats | None) -> None:
    rows = y.shape[:1] if w is None else w.shape
    if not y.ndim == z.ndim == c.ndim == 2 or not rows == y.shape[:1] == z.shape[:1] == c.shape[:1]:  # noqa: PLR2004  # axes
        msg = f"rows differ: scores {y.shape}, by_visit {z.shape}, constant {c.shape}, weights {rows}"
        raise ValueError(msg)
    if not 1 <= y.shape[1] <= MOST_VISITS or not z.shape[1] + c.shape[1]:
        msg = f"a model needs 1 to {MOST_VISITS} visits and a covariate, the intercept"
        raise ValueError(msg)


def _labels(
    names: Sequence[str] | None, visits: Sequence[str] | None, sizes: tuple[int, int, int]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names of visits, by_visit and constant columns; numbered where none were given."""
    q, r, n_visits = sizes
    columns = names or [f"covariate {k + 1}" for k in range(q + r)]
    times = visits or [f"visit {t + 1}" for t in range(n_visits)]
    if len(columns) != q + r or len(times) != n_visits:
        msg = f"{len(columns)} names for {q + r} covariates, {len(times)} names for {n_visits} visits"
        raise ValueError(msg)
    return tuple(times), tuple(columns[:q]), tuple(columns[q:])


def _gather(
    y: Floats,
    z: Floats,
    c: Floats,
    w: Floats | None,
    labels: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    centre: Floats | None,
) -> Moments:
    """Moments of one block of clients, sorted by their pattern."""
    observed = y == y  # noqa: PLR0124  # nan alone is not itself
    mask = _to_integers(observed)
    if w is not None:
        mask = np.where(w > 0, mask, 0)
    if centre is None or not centre.any():
        centre = _average(y, z, c, observed, (mask > 0).astype(np.float64))
    if w is not None or not np.isfinite(centre).all():
        _require_finite(y, z, c, w, labels)
    block = np.concatenate([np.ones((len(y), 1)), z, c, np.where(observed, y, centre[-y.shape[1] :])], axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        block -= np.concatenate([[0.0], centre])
    order = mask.argsort(kind="stable")
    mask, block = mask.take(order), block.take(order, axis=0)
    starts = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    starts = (
        np.concatenate([[0], starts]) if len(mask) and mask[0] else starts
    )  # those with nothing come first: left out
    stops = np.append(starts[1:], len(mask)) if starts.size else starts
    gram = np.empty((len(starts), block.shape[1], block.shape[1]))
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large is refused by name below
        for product, start, stop in zip(gram, starts.tolist(), stops.tolist(), strict=True):
            rows = block[start:stop]
            np.dot(rows.T, rows if w is None else rows * w.take(order[start:stop])[:, None], out=product)
    require_magnitude(gram, centre, labels, least=0.0)
    return Moments(
        patterns=mask.take(starts).astype(np.int64),
        gram=gram,
        centre=centre,
        clients=stops - starts,
        visits=labels[0],
        by_visit=labels[1],
        constant=labels[2],
    )


def _to_integers(observed: NDArray[np.bool_]) -> NDArray[np.unsignedinteger]:
    """Pattern of each client as an integer, of few bytes where few are enough: those sort in linear time."""
    if observed.shape[1] <= _BYTE:
        return np.asarray(observed.view(np.uint8) @ _BITS[: observed.shape[1]])
    whole = np.zeros((len(observed), 2 if observed.shape[1] <= 2 * _BYTE else _BYTE), dtype=np.uint8)
    packed = np.packbits(observed, axis=1, bitorder="little")
    whole[:, : packed.shape[1]] = packed
    return whole.view("<u2" if whole.shape[1] != _BYTE else "<u8")[:, 0]


def _average(y: Floats, z: Floats, c: Floats, observed: NDArray[np.bool_], used: Floats) -> Floats:
    """Mean of the covariates and of the observed scores of those who are used; zero where there are none."""
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by name afterwards
        totals = np.concatenate([used @ z, used @ c, used @ np.where(observed, y, 0.0)])
        counts = np.full(len(totals), used.sum())
        counts[-y.shape[1] :] = used @ observed
        return np.asarray(totals / np.maximum(counts, 1.0))


def _require_finite(
    y: Floats, z: Floats, c: Floats, w: Floats | None, labels: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
) -> None:
    """Refuse what is not a number, by the name of its column."""
    visits, by_visit, constant = labels
    if w is not None and not (np.isfinite(w) & (w >= 0)).all():
        raise NotEstimableError("A weight is negative or not a finite number.")
    if np.isinf(y).any():
        msg = f"A score at {visits[int(np.argmax(np.isinf(y).any(axis=0)))]} is infinite."
        raise NotEstimableError(msg)
    for matrix, names in ((z, by_visit), (c, constant)):
        if not np.isfinite(matrix).all():
            bad = [name for name, column in zip(names, matrix.T, strict=True) if not np.isfinite(column).all()]
            msg = f"The covariate {', '.join(bad)} has values that are missing or not finite."
            raise NotEstimableError(msg)


def require_magnitude(
    gram: Floats, centre: Floats, labels: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], *, least: float
) -> None:
    """Refuse, by their names, numbers whose products double precision cannot hold.

    Parameters
    ----------
    gram : ndarray, shape (m, k, k)
    centre : ndarray, shape (k - 1,)
    labels : tuple of tuples of str
        Visits, by_visit and constant columns.
    least : float
        Sum of squares below which a column is too small, unless it is zero.

    Raises
    ------
    NotEstimableError
    """
    squares = np.diagonal(gram, axis1=1, axis2=2)[:, 1:].sum(axis=0)
    sound = (squares < LARGEST) & (np.abs(centre) < np.sqrt(LARGEST)) & ((squares == 0) | (squares > least))
    if not sound.all():
        visits, by_visit, constant = labels
        names = [name for name, well in zip((*by_visit, *constant, *visits), sound, strict=True) if not well]
        msg = f"Values of {', '.join(names)} are too large or too small to compute with: give them in another unit."
        raise NotEstimableError(msg)
