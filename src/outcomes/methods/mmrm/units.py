"""Clients as rows in the basis of a fit, so that any reweighting of them is one matrix product.

A unit is what is drawn or left out as a whole: a client, or everybody who shares a skills group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.mmrm.basis import Sums

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats

_CHUNK = 4096  # clients whose products are held at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Units:
    """The clients of a fit, sorted by their pattern of observed visits.

    Attributes
    ----------
    rows : tuple of ndarray, each of shape (n_p, q + r + T)
        Covariates and scores of the clients of a pattern, in the basis of the fit; an absent score is zero.
    weights : tuple of ndarray, each of shape (n_p,)
    clients : tuple of ndarray of int, each of shape (n_p,)
        Their places in the arrays given.
    members : tuple of ndarray of int, each of shape (n_p,)
        The unit of each.
    labels : ndarray, shape (g,)
        Label of each unit: the cluster's, or the place of the client.
    observed : ndarray of bool, shape (m, T)
    sizes : tuple of int
        q, r and T.
    """

    rows: tuple[Floats, ...]
    weights: tuple[Floats, ...]
    clients: tuple[NDArray[np.intp], ...]
    members: tuple[NDArray[np.intp], ...]
    labels: NDArray[np.generic]
    observed: NDArray[np.bool_]
    sizes: tuple[int, int, int]

    @property
    def count(self) -> int:
        """Units [count]."""
        return len(self.labels)

    def sums(self, copies: Floats) -> Sums:
        """Give the sums of samples that hold each unit so many times.

        Parameters
        ----------
        copies : ndarray, shape (b, g)

        Returns
        -------
        Sums
            With a leading axis b.
        """
        upper, places = self._triangle()
        products = np.zeros((len(copies), len(self.rows), len(upper[0]) + 1))
        for p, (rows, weights, members) in enumerate(zip(self.rows, self.weights, self.members, strict=True)):
            for start in range(0, len(rows), _CHUNK):
                some = slice(start, start + _CHUNK)
                features = np.column_stack(
                    [rows[some][:, upper[0]] * rows[some][:, upper[1]], np.ones(len(rows[some]))]
                )
                products[:, p] += (copies[:, members[some]] * weights[some]) @ features
        return self._to_sums(products, places)

    def without(self, units: NDArray[np.intp]) -> Sums:
        """Give the sums of everybody but one unit, for each of some units: a leading axis as long as `units`."""
        upper, places = self._triangle()
        products = np.empty((len(units), len(self.rows), len(upper[0]) + 1))
        for p, (rows, weights, members) in enumerate(zip(self.rows, self.weights, self.members, strict=True)):
            whole = (rows * weights[:, None]).T @ rows
            products[:, p, :-1], products[:, p, -1] = whole[upper], weights.sum()
            order = np.argsort(members, kind="stable")
            begin, end = (np.searchsorted(members[order], units, side=side) for side in ("left", "right"))
            for at in np.flatnonzero(end > begin):
                own = order[begin[at] : end[at]]
                mine = (rows[own] * weights[own, None]).T @ rows[own]
                products[at, p, :-1] -= mine[upper]
                products[at, p, -1] = weights.sum() - weights[own].sum() if len(own) < len(rows) else 0.0
                if len(own) == len(rows):
                    products[at, p] = 0.0
        return self._to_sums(products, places)

    def _triangle(self) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], NDArray[np.intp]]:
        """Rows and columns of the products that are kept, and the place of each element among them."""
        size = sum(self.sizes)
        upper = np.triu_indices(size)
        places = np.empty((size, size), dtype=np.intp)
        places[upper] = np.arange(len(upper[0]))
        places[upper[::-1]] = places[upper]
        return upper, places

    def _to_sums(self, products: Floats, places: NDArray[np.intp]) -> Sums:
        return Sums(gram=products[..., places], sizes=self.sizes, observed=self.observed, copies=products[..., -1])


def to_units(
    fit: MmrmFit,
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None,
    weights: Floats | None,
    clusters: ArrayLike | None,
) -> Units:
    """Bring the clients of a fit into its basis, as units.

    Parameters
    ----------
    fit : MmrmFit
        Of the same arrays.
    scores, by_visit, constant, weights
        As given to `moments`.
    clusters : array of shape (n,), optional
        Label of the unit of each client; each client is a unit of its own where there is none.
    """
    y, z = np.asarray(scores, dtype=np.float64), np.asarray(by_visit, dtype=np.float64)
    c = np.zeros((len(y), 0)) if constant is None else np.asarray(constant, dtype=np.float64)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    seen = ~np.isnan(y)
    used = np.flatnonzero(seen.any(axis=1) & (w > 0))
    labels, member = np.unique(
        used if clusters is None else np.asarray(clusters)[used].astype(str), return_inverse=True
    )
    _require_same(fit, (z.shape[1], c.shape[1], y.shape[1]), len(used))
    there = seen[used]
    values = np.column_stack([z[used], c[used], np.where(there, y[used], 0.0)]) - fit.basis.centre
    first = z.shape[1] + c.shape[1]
    values[:, first:] *= there
    rows = np.column_stack([np.ones(len(used)), values]) @ fit.basis.change.T
    rows[:, first:] *= there
    mask = there @ (np.int64(1) << np.arange(y.shape[1], dtype=np.int64))
    patterns = np.unique(mask)
    which = [np.flatnonzero(mask == pattern) for pattern in patterns]
    return Units(
        rows=tuple(rows[mine] for mine in which),
        weights=tuple(w[used[mine]] for mine in which),
        clients=tuple(used[mine] for mine in which),
        members=tuple(member[mine] for mine in which),
        labels=labels,
        observed=((patterns[:, None] >> np.arange(y.shape[1])) & 1).astype(bool),
        sizes=fit.basis.sizes,
    )


def _require_same(fit: MmrmFit, sizes: tuple[int, int, int], clients: int) -> None:
    if sizes != fit.basis.sizes or clients != fit.n_clients:
        msg = f"the fit is of {fit.n_clients} clients with (q, r, T) = {fit.basis.sizes}; given {clients} with {sizes}"
        raise ValueError(msg)
