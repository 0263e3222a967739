"""Sums over patterns of products of the design, the scores and matrices of visits: each is one or two matrix products.

Every array may have leading axes (shown as …), for many samples at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.mmrm.basis import Sums
    from outcomes.methods.mmrm.pattern_moments import Floats


def sandwich(sums: Sums, middle: Floats) -> Floats:
    """Σ XᵀMX for symmetric M_i of each pattern, shape (…, m, T, i, T); the result has shape (…, i, k, k)."""
    (q, r, size), count = sums.sizes, middle.shape[-2]
    top = q * size
    lead = np.broadcast_shapes(middle.shape[:-4], sums.zz.shape[:-3])
    whole = np.empty((*lead, count, top + r, top + r))
    corner = flat(sums.zz, 2).swapaxes(-1, -2) @ flat(middle, 3)
    corner = corner.reshape((*lead, q, q, size, count, size))
    axes = len(lead)
    order = (axes + 3, axes, axes + 2, axes + 1, axes + 4)
    whole[..., :top, :top] = corner.transpose((*range(axes), *order)).reshape((*lead, count, top, top))
    if r:
        rows = middle.sum(axis=-1)
        edge = flat(sums.zc, 2).swapaxes(-1, -2) @ flat(rows, 2)
        edge = edge.reshape((*lead, q, r, size, count))
        turn = (axes + 3, axes, axes + 2, axes + 1)
        edge = edge.transpose((*range(axes), *turn)).reshape((*lead, count, top, r))
        whole[..., :top, top:] = edge
        whole[..., top:, :top] = edge.swapaxes(-1, -2)
        end = rows.sum(axis=-2).swapaxes(-1, -2) @ flat(sums.cc, 2)
        whole[..., top:, top:] = end.reshape((*lead, count, r, r))
    return whole


def score_vector(sums: Sums, yx: Floats, middle: Floats) -> Floats:
    """Σ XᵀM y from cross-products of y with covariates, for symmetric M_i of shape (…, m, T, i, T); shape (…, i, k)."""
    size, count, q = middle.shape[-1], middle.shape[-2], sums.sizes[0]
    stacked = middle.reshape((*middle.shape[:-4], -1, count * size))  # (pattern, visit of y) by (i, visit of x)
    product = stacked.swapaxes(-1, -2) @ yx.reshape((*yx.shape[:-3], -1, yx.shape[-1]))
    lead = product.shape[:-2]
    product = product.reshape((*lead, count, size, -1))
    by_visit = product[..., :q].swapaxes(-1, -2).reshape((*lead, count, q * size))
    return np.concatenate([by_visit, product[..., q:].sum(axis=-2)], axis=-1)


def cross_residuals(sums: Sums, beta: Floats) -> Floats:
    """Σ e xᵀ of each pattern, shape (…, m, T, q + r); rows of visits that a pattern lacks have no meaning."""
    size, width = sums.n_visits, sums.xx.shape[-1]
    fitted = sums.xx.reshape((*sums.xx.shape[:-3], -1, width)) @ _coefficients(sums, beta)
    return np.asarray(sums.yx - fitted.reshape((*fitted.shape[:-2], -1, width, size)).swapaxes(-1, -2))


def square_residuals(sums: Sums, beta: Floats, crossed: Floats) -> Floats:
    """Σ e eᵀ of each pattern, shape (…, m, T, T); rows and columns that a pattern lacks have no meaning."""
    both = sums.yx + crossed
    product = both.reshape((*both.shape[:-3], -1, both.shape[-1])) @ _coefficients(sums, beta)
    return np.asarray(sums.yy - symmetric(product.reshape(sums.yy.shape)))


def spread(sums: Sums, phi: Floats) -> Floats:
    """Σ XΦXᵀ of each pattern, shape (…, m, T, T); rows and columns that a pattern lacks have no meaning."""
    q, r, size = sums.sizes
    top, lead, axes = q * size, phi.shape[:-2], phi.ndim - 2
    corner = phi[..., :top, :top].reshape((*lead, q, size, q, size), copy=False)
    corner = corner.transpose((*range(axes), axes, axes + 2, axes + 1, axes + 3)).reshape((*lead, q * q, size * size))
    total = (flat(sums.zz, 2) @ corner).reshape((*lead, -1, size, size))
    if r:
        edge = phi[..., :top, top:].reshape((*lead, q, size, r), copy=False).swapaxes(-1, -2)
        mixed = flat(sums.zc, 2) @ edge.reshape((*lead, q * r, size))
        mixed += 0.5 * times(flat(sums.cc, 2), flat(phi[..., top:, top:], 2))[..., None]
        total += mixed[..., :, None] + mixed[..., None, :]
    return total


def double(weight: Floats, other: Floats, directions: Floats) -> Floats:
    """Σ_p tr(D_i W D_j Y), shape (…, i, i), as one product over patterns and two over elements.

    Parameters
    ----------
    weight, other : ndarray, shape (…, m, T, T)
        W and Y.
    directions : ndarray, shape (…, i, T T)
        The D_i.
    """
    size = weight.shape[-1]
    outer = flat(weight, 2).swapaxes(-1, -2) @ flat(other, 2)  # W[a, b] Y[c, d]
    lead, axes = outer.shape[:-2], outer.ndim - 2
    outer = outer.reshape((*lead, size, size, size, size))
    turned = outer.transpose((*range(axes), axes + 3, axes, axes + 1, axes + 2))  # D_i[d, a] W[a, b] D_j[b, c] Y[c, d]
    turned = turned.reshape((*lead, size * size, size * size))
    return symmetric(directions @ turned @ directions.swapaxes(-1, -2))


def times(matrix: Floats, vector: NDArray[np.floating]) -> Floats:
    """Matrix times vector over leading axes."""
    return np.asarray((matrix @ vector[..., None])[..., 0])


def symmetric(matrix: NDArray[np.floating]) -> Floats:
    """Half the sum of a matrix and its transpose."""
    return np.asarray((matrix + matrix.swapaxes(-1, -2)) / 2)


def flat(array: Floats, axes: int) -> Floats:
    """Make the last axes one."""
    return array.reshape((*array.shape[:-axes], -1))


def along_diagonal(blocks: Sequence[NDArray[np.floating]]) -> Floats:
    """Lay square matrices along the diagonal of one."""
    size = sum(len(block) for block in blocks)
    whole, at = np.zeros((size, size)), 0
    for block in blocks:
        whole[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return whole


def _coefficients(sums: Sums, beta: Floats) -> Floats:
    """Effect of each covariate at each visit, shape (…, q + r, T)."""
    q, r, size = sums.sizes
    by_visit = beta[..., : q * size].reshape((*beta.shape[:-1], q, size))
    constant = np.broadcast_to(beta[..., q * size :, None], (*beta.shape[:-1], r, size))
    return np.concatenate([by_visit, constant], axis=-2)
