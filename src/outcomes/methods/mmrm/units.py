"""Clients as rows in the basis of a fit, so that any reweighting of them is one matrix product.

A unit is what is drawn or left out as a whole: a client, or everybody who shares a skills group.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.cluster import number_clusters
from outcomes.methods.mmrm.basis import Sums

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats

_CHUNK = 4096  # clients whose products are held at once


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
        return self._to_sums(self._products(copies))

    def _products(self, copies: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        products = self._empty(len(copies))
        for p, (rows, weights, members) in enumerate(zip(self.rows, self.weights, self.members, strict=True)):
            for start in range(0, len(rows), _CHUNK):
                some = slice(start, start + _CHUNK)
                counted = copies[:, members[some]] * weights[some]
                for whole, features in zip(products, self._features(rows[some]), strict=True):
                    whole[:, p] += counted @ features
        return products

    def without(self, units: NDArray[np.intp]) -> Sums:
        """Give the sums of everybody but one unit, for each of some units: a leading axis as long as `units`."""
        products = self._empty(len(units))
        for p, (rows, weights, members) in enumerate(zip(self.rows, self.weights, self.members, strict=True)):
            for whole, total in zip(products, self._everybody[p], strict=True):
                whole[:, p] = total
            order = self._order[p]
            begin, end = (np.searchsorted(members, units, side=side, sorter=order) for side in ("left", "right"))
            there = np.flatnonzero(end > begin)
            if not there.size:
                continue
            sizes = end[there] - begin[there]
            first = np.cumsum(sizes) - sizes
            own = order[np.repeat(begin[there] - first, sizes) + np.arange(sizes.sum())]
            alone = there[sizes == len(rows)]
            for whole, features in zip(products, self._features(rows[own]), strict=True):
                whole[there, p] -= np.add.reduceat(weights[own, None] * features, first)
                whole[alone, p] = 0.0  # nothing, and not what rounding leaves of it
        return self._to_sums(products)

    @cached_property
    def _everybody(self) -> list[list[Floats]]:
        """The sums of all clients of each pattern, made of as many at a time as `sums` takes."""
        return [[whole[0, p] for whole in self._products(np.ones((1, self.count)))] for p in range(len(self.rows))]

    @cached_property
    def _order(self) -> list[NDArray[np.intp]]:
        """Places of the clients of each pattern, by unit."""
        return [np.argsort(members, kind="stable") for members in self.members]

    def _empty(self, count: int) -> tuple[Floats, Floats, Floats, Floats]:
        """Zeros for Σ xxᵀ, Σ yxᵀ, Σ yyᵀ and Σ 1, each product of a pattern in one row."""
        width, size, shape = self.sizes[0] + self.sizes[1], self.sizes[2], (count, len(self.rows))
        return (
            np.zeros((*shape, width * width)),
            np.zeros((*shape, size * width)),
            np.zeros((*shape, size * size)),
            np.zeros((*shape, 1)),
        )

    def _features(self, rows: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """X xᵀ, y xᵀ, y yᵀ and 1 of clients, each in one row."""
        x, y = np.split(rows, [self.sizes[0] + self.sizes[1]], axis=1)
        pairs = ((x, x), (y, x), (y, y))
        xx, yx, yy = ((left[:, :, None] * right[:, None, :]).reshape(len(rows), -1) for left, right in pairs)
        return xx, yx, yy, np.ones((len(rows), 1))

    def _to_sums(self, products: tuple[Floats, Floats, Floats, Floats]) -> Sums:
        xx, yx, yy, one = products
        width, size = self.sizes[0] + self.sizes[1], self.sizes[2]
        return Sums(
            xx=xx.reshape((*xx.shape[:-1], width, width)),
            yx=yx.reshape((*yx.shape[:-1], size, width)),
            yy=yy.reshape((*yy.shape[:-1], size, size)),
            sizes=self.sizes,
            observed=self.observed,
            copies=one[..., 0],
        )


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
    member, labels = number_clusters(used if clusters is None else np.asarray(clusters)[used])
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
