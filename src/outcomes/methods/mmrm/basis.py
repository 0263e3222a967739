"""The covariates in a basis in which their pooled cross-products are the identity, and the way back.

The fit is the same in any basis of the same columns; in this one no digits are lost to covariates far from zero or in
odd units. Scores are taken about the centre of the moments where the by-visit covariates can absorb a constant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.mmrm.pattern_moments import Floats, Moments

_RANK = 1e-11
Name = TypeVar("Name")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sums:
    """Cross-products per pattern in the new basis; many samples have a leading axis (shown as …).

    Of x = (by-visit covariates z, constant covariates c) and scores y; what a pattern lacks is zero.

    Attributes
    ----------
    xx : ndarray, shape (…, m, q + r, q + r)
        Σ x xᵀ.
    yx : ndarray, shape (…, m, T, q + r)
        Σ y xᵀ.
    yy : ndarray, shape (…, m, T, T)
        Σ y yᵀ.
    sizes : tuple of int
        q, r and T.
    observed : ndarray of bool, shape (m, T)
    copies : ndarray, shape (…, m)
        Clients, or the sum of their weights.
    rows : ndarray, shape (m, T, T), or None
        Where the scores were turned, the orthonormal rows of them that a pattern tells of, and zeros below.
    """

    xx: Floats
    yx: Floats
    yy: Floats
    sizes: tuple[int, int, int]
    observed: NDArray[np.bool_]
    copies: Floats
    rows: Floats | None = None

    @classmethod
    def of(cls, gram: Floats, *, sizes: tuple[int, int, int], observed: NDArray[np.bool_], copies: Floats) -> Sums:
        """Cut the cross-products of (x, y), shape (…, m, q + r + T, q + r + T)."""
        first = sizes[0] + sizes[1]
        return cls(
            xx=np.ascontiguousarray(gram[..., :first, :first]),
            yx=np.ascontiguousarray(gram[..., first:, :first]),
            yy=np.ascontiguousarray(gram[..., first:, first:]),
            sizes=sizes,
            observed=observed,
            copies=copies,
        )

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp] | slice | np.intp) -> Sums:
        """Give some of the samples, or one without its leading axis."""
        return replace(self, xx=self.xx[which], yx=self.yx[which], yy=self.yy[which], copies=self.copies[which])

    def drop(self, constant: NDArray[np.intp]) -> Sums:
        """Give the same without some of the constant columns."""
        q, r, size = self.sizes
        kept = np.setdiff1d(np.arange(q + r), q + constant)
        xx = np.ascontiguousarray(self.xx[..., kept[:, None], kept])
        return replace(self, xx=xx, yx=self.yx[..., kept], sizes=(q, r - len(constant), size))

    @property
    def n_visits(self) -> int:
        """Visits T [count]."""
        return self.sizes[2]

    @property
    def n_coefficients(self) -> int:
        """Coefficients k = q T + r [count]."""
        return self.sizes[0] * self.sizes[2] + self.sizes[1]

    @cached_property
    def zz(self) -> Floats:
        """Σ z zᵀ, shape (…, m, q, q)."""
        return np.ascontiguousarray(self.xx[..., : self.sizes[0], : self.sizes[0]])

    @cached_property
    def zc(self) -> Floats:
        """Σ z cᵀ, shape (…, m, q, r)."""
        return np.ascontiguousarray(self.xx[..., : self.sizes[0], self.sizes[0] :])

    @cached_property
    def cc(self) -> Floats:
        """Σ c cᵀ, shape (…, m, r, r)."""
        return np.ascontiguousarray(self.xx[..., self.sizes[0] :, self.sizes[0] :])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Basis:
    """The change of columns, and the way back.

    Attributes
    ----------
    centre : ndarray
        Centre of the moments that the change was made for.
    change : ndarray, shape (q + r + T, 1 + q + r + T)
        New columns and scores, as rows over (1, deviations from the centre).
    sizes : tuple of int
        q, r and T.
    back : ndarray, shape (k, k)
        β = back @ β_new + offset.
    offset : ndarray, shape (k,)
    """

    centre: Floats
    change: Floats
    sizes: tuple[int, int, int]
    back: Floats
    offset: Floats

    def apply(self, moments: Moments) -> Sums:
        """Bring moments, of all clients or of some, into the basis."""
        q, r, _ = self.sizes
        change = np.repeat(self.change[None], len(moments.patterns), axis=0)
        change[:, q + r :] *= moments.observed[:, :, None]
        gram = change @ moments.about(self.centre) @ change.swapaxes(1, 2)
        return Sums.of(gram, sizes=self.sizes, observed=moments.observed, copies=moments.copies)


def make_basis(moments: Moments) -> Basis:
    """Make the basis from the moments of everybody.

    Raises
    ------
    NotEstimableError
        When a covariate repeats others, naming it.
    """
    q, r, n_visits = len(moments.by_visit), len(moments.constant), len(moments.visits)
    total = moments.gram.sum(axis=0)
    shear, raw = _centre(moments, q + r, n_visits)
    white = _orthonormalise(raw @ total @ raw.T, (*moments.by_visit, *moments.constant))
    basis, rows = shear @ white, white.T @ raw
    of_one = rows @ total[:, 0]
    absorbs = abs(float(total[0, 0]) - float(of_one[:q] @ of_one[:q])) < _RANK * float(total[0, 0])
    scores = np.column_stack([np.zeros((n_visits, 1 + q + r)), np.eye(n_visits)])
    centre = moments.centre[q + r :]
    back, offset = _way_back(basis, q, r, n_visits), np.zeros(q * n_visits + r)
    if absorbs:
        offset = back @ np.concatenate([np.kron(of_one[:q], centre), np.zeros(r)])
    else:
        scores[:, 0] = centre
    return Basis(
        centre=moments.centre, change=np.vstack([rows, scores]), sizes=(q, r, n_visits), back=back, offset=offset
    )


def _centre(moments: Moments, n_covariates: int, n_visits: int) -> tuple[Floats, Floats]:
    """Take every covariate about its mean where there is an intercept, without subtracting large numbers.

    Returns the change of columns, shape (q + r, q + r), and the new columns as rows over (1, deviations).
    """
    means = moments.centre[:n_covariates]
    spread = np.diag(moments.gram.sum(axis=0))[1 : 1 + n_covariates]
    raw = np.column_stack([means, np.eye(n_covariates), np.zeros((n_covariates, n_visits))])
    shear = np.eye(n_covariates)
    first = len(moments.by_visit) or n_covariates  # a constant intercept takes the place of one by visit for its like
    constant = np.flatnonzero((spread[:first] == 0) & (means[:first] != 0))
    if constant.size:
        intercept = int(constant[0])
        others = np.arange(n_covariates) != intercept
        shear[intercept, others] = -means[others] / means[intercept]
        raw[others, 0] = 0.0
    return shear, raw


def dependent_columns(gram: Floats, names: Sequence[Name]) -> list[Name]:
    """Names of the columns that are zero, or a combination of the columns before them, from their cross-products."""
    length = np.sqrt(np.diag(gram))
    scaled = gram / np.outer(np.where(length > 0, length, 1.0), np.where(length > 0, length, 1.0))
    return _factor(scaled, names)[1]


def _orthonormalise(gram: Floats, names: Sequence[str]) -> Floats:
    """Upper triangular R⁻¹ with (columns · R⁻¹) orthonormal: each column is cleared of those before it."""
    length = np.sqrt(np.diag(gram))
    empty = [name for name, size in zip(names, length, strict=True) if size == 0]
    if empty:
        msg = f"These covariates are the same for everybody: {', '.join(empty)}."
        raise NotEstimableError(msg)
    factor, repeated = _factor(gram / np.outer(length, length), names)
    if repeated:
        msg = f"These covariates repeat others, so that their effects cannot be told apart: {', '.join(repeated)}."
        raise NotEstimableError(msg)
    return np.asarray(np.linalg.solve(factor.T, np.eye(len(names))) / length[:, None])


def _factor(scaled: Floats, names: Sequence[Name]) -> tuple[Floats, list[Name]]:
    """Cholesky factor, column by column, and the names of the columns that leave nothing."""
    factor = np.zeros_like(scaled)
    repeated: list[Name] = []
    for j in range(len(names)):
        rest = scaled[j, j] - factor[j, :j] @ factor[j, :j]
        if rest < _RANK:
            repeated.append(names[j])
            rest = 1.0
        factor[j, j] = np.sqrt(rest)
        factor[j + 1 :, j] = (scaled[j + 1 :, j] - factor[j + 1 :, :j] @ factor[j, :j]) / factor[j, j]
        if repeated and repeated[-1] == names[j]:
            factor[j + 1 :, j] = 0.0
    return factor, repeated


def _way_back(basis: Floats, q: int, r: int, n_visits: int) -> Floats:
    """Coefficients of the given columns from those of the new ones.

    A constant column that was cleared of by-visit columns gives each visit's effect of these a share.
    """
    eye = np.eye(n_visits)
    top = np.hstack([np.kron(basis[:q, :q], eye), np.kron(basis[:q, q:], np.ones((n_visits, 1)))])
    bottom = np.hstack([np.zeros((r, q * n_visits)), basis[q:, q:]])
    return np.vstack([top, bottom])
