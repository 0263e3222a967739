"""Covariance structures within a client: the matrix, and its first and second derivatives in the natural parameters.

Linear structures (unstructured, Toeplitz, compound symmetry) are parametrised by covariance elements, the others by
variances and correlations, as SAS prints them: Σ_ab = √(v_a v_b) r_ab(φ).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

if TYPE_CHECKING:
    from outcomes.methods.mmrm.pattern_moments import Floats

Covariance: TypeAlias = Literal[
    "unstructured",
    "heterogeneous toeplitz",
    "toeplitz",
    "heterogeneous ar1",
    "ar1",
    "heterogeneous compound symmetry",
    "compound symmetry",
]
MOST_SIZES = 16  # numbers of visits whose basis is remembered
STRUCTURES: tuple[Covariance, ...] = get_args(Covariance)
# as SAS, R's mmrm and R's nlme call them; compared without regard to case, blanks, brackets and hyphens
ALIASES: dict[str, Covariance] = {
    "un": "unstructured",
    "us": "unstructured",
    "corsymm": "unstructured",
    "toep": "toeplitz",
    "toeph": "heterogeneous toeplitz",
    "toepheterogeneous": "heterogeneous toeplitz",
    "autoregressive": "ar1",
    "corar1": "ar1",
    "arh1": "heterogeneous ar1",
    "ar1h": "heterogeneous ar1",
    "heterogeneousautoregressive": "heterogeneous ar1",
    "cs": "compound symmetry",
    "exchangeable": "compound symmetry",
    "corcompsymm": "compound symmetry",
    "csh": "heterogeneous compound symmetry",
}


def to_covariance(name: str) -> Covariance:
    """Give the structure that a name stands for: "UN", "AR(1)", "toeph" and "Compound Symmetry" are known, for example.

    Raises
    ------
    ValueError
        When it stands for none.
    """
    plain = _plain(name)
    known = ALIASES | {_plain(structure): structure for structure in STRUCTURES}
    if plain not in known:
        msg = f"unknown covariance structure {name!r}; known are: {', '.join(STRUCTURES)}"
        raise ValueError(msg)
    return known[plain]


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A family of covariance matrices of T visits.

    Attributes
    ----------
    name : str
        One of `STRUCTURES`.
    n_visits : int
        T [count].
    """

    name: Covariance
    n_visits: int

    def __post_init__(self) -> None:
        """Refuse a name that is not a structure."""
        if self.name not in STRUCTURES:
            msg = f"unknown covariance structure {self.name!r}; known are: {', '.join(STRUCTURES)}"
            raise ValueError(msg)

    @property
    def is_linear(self) -> bool:
        """Whether the matrix is linear in its parameters, so that second derivatives vanish."""
        return self.n_visits == 1 or self.name in {"unstructured", "toeplitz", "compound symmetry"}

    @property
    def has_variance_per_visit(self) -> bool:
        """Whether each visit has a variance of its own."""
        return self.name == "unstructured" or self.name.startswith("heterogeneous")

    @property
    def n_variances(self) -> int:
        """Leading parameters that carry the square of the score's unit [count]; the rest are correlations."""
        if self.is_linear:
            return len(self.parameter_names)
        return self.n_visits if self.name.startswith("heterogeneous") else 1

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What each parameter is; visits are counted from 1."""
        size = self.n_visits
        if self.name == "unstructured" or size == 1:
            return tuple(f"covariance[{a + 1},{b + 1}]" for a in range(size) for b in range(a + 1))
        if self.name == "toeplitz":
            return tuple(f"covariance at lag {lag}" for lag in range(size))
        if self.name == "compound symmetry":
            return ("variance", "covariance")
        variances = tuple(f"variance[{a + 1}]" for a in range(size))
        variances = variances if self.name.startswith("heterogeneous") else ("variance",)
        if self.name == "heterogeneous toeplitz":
            return variances + tuple(f"correlation at lag {lag}" for lag in range(1, size))
        return (*variances, "correlation")

    def start(self, sigma: Floats) -> Floats:
        """Parameters near a given covariance matrix.

        Parameters
        ----------
        sigma : ndarray, shape (T, T)
            Positive-definite.
        """
        if self.is_linear:
            basis = self.derivative(np.zeros(len(self.parameter_names)))
            counts = np.einsum("iab->i", basis)
            return np.asarray(np.einsum("iab,ab->i", basis, sigma) / counts)
        variances = np.diag(sigma).copy()
        correlation = sigma / np.sqrt(np.outer(variances, variances))
        lag = self._lag()
        if self.name == "heterogeneous toeplitz":
            rho = np.array([correlation[lag == k].mean() for k in range(1, self.n_visits)])
        elif self.name.endswith("ar1"):
            rho = np.array([correlation[lag == 1].mean()])
        else:
            rho = np.array([correlation[lag > 0].mean()])
        if not self.name.startswith("heterogeneous"):
            variances = variances.mean(keepdims=True)
        return np.concatenate([variances, rho])

    def matrix(self, theta: Floats) -> Floats:
        """Covariance matrix, shape (…, T, T); where a variance is not positive it is not positive-definite."""
        if self.is_linear:
            return np.asarray(np.tensordot(theta, self.derivative(theta), axes=1))
        variances, rho = self._split(theta)
        sign = np.where((variances > 0).all(axis=-1), 1.0, -1.0)[..., None, None]
        return np.asarray(sign * _outer_root(np.abs(variances)) * self._correlation(rho)[0])

    def derivative(self, theta: Floats) -> Floats:
        """∂Σ/∂θ_i, shape (…, m, T, T); of a linear structure without the leading axes of θ."""
        if self.is_linear:
            return self._basis()
        variances, rho = self._split(theta)
        scale = _outer_root(variances)[..., None, :, :]
        value, first, _ = self._correlation(rho)
        by_variance = scale * value[..., None, :, :] * self._share() / variances[..., None, None]
        if not self.name.startswith("heterogeneous"):
            by_variance = by_variance.sum(axis=-3, keepdims=True)
        return np.concatenate([by_variance, scale * first], axis=-3)

    def frame(self, theta: Floats) -> tuple[Floats, Floats]:
        """Columns in which to step from θ, shape (…, m, m), and the derivatives of Σ along them, shape (…, m, T, T).

        For the unstructured matrix Σ = L Lᵀ a step is L Δ Lᵀ with Δ symmetric: its information is nearly the identity
        however close the visits' correlations are to one. Other structures step in θ itself.
        """
        if self.name != "unstructured":
            return np.eye(theta.shape[-1]), self.derivative(theta)
        columns_of = np.linalg.cholesky(self.matrix(theta)).swapaxes(-1, -2)
        rows, columns = np.tril_indices(self.n_visits)
        share = np.where(rows == columns, 0.5, 1.0)[:, None, None]
        half = (share * columns_of[..., rows, :, None]) * columns_of[..., columns, None, :]
        moved = half + half.swapaxes(-1, -2)  # L E_ab Lᵀ from the columns a and b of L
        return np.ascontiguousarray(moved[..., rows, columns].swapaxes(-1, -2)), moved

    def second_derivative(self, theta: Floats) -> Floats | None:
        """∂²Σ/∂θ_i∂θ_j, shape (…, m, m, T, T); None where the structure is linear."""
        if self.is_linear:
            return None
        variances, rho = self._split(theta)
        scale = _outer_root(variances)[..., None, None, :, :]
        value, first, second = self._correlation(rho)
        share, v = self._share(), variances[..., None, None]
        # ∂²/∂v_c∂v_d of √(v_a v_b): the product of the shares, less the share itself where c = d
        both = share[:, None] * share[None, :] - np.eye(self.n_visits)[:, :, None, None] * share[:, None]
        block_vv = scale * value[..., None, None, :, :] * both / (v[..., :, None, :, :] * v[..., None, :, :, :])
        block_vr = scale * first[..., None, :, :, :] * (share / v)[..., :, None, :, :]
        if not self.name.startswith("heterogeneous"):
            block_vv = block_vv.sum(axis=(-3, -4), keepdims=True)
            block_vr = block_vr.sum(axis=-4, keepdims=True)
        top = np.concatenate([block_vv, block_vr], axis=-3)
        bottom = np.concatenate([block_vr.swapaxes(-3, -4), scale * second], axis=-3)
        return np.concatenate([top, bottom], axis=-4)

    def _lag(self) -> Floats:
        """Distance of two visits in visits, shape (T, T)."""
        visits = np.arange(self.n_visits, dtype=np.float64)
        return np.abs(visits[:, None] - visits[None, :])

    def _basis(self) -> Floats:
        """Give the matrices of which a linear structure is the sum, shape (m, T, T)."""
        if self.name == "unstructured" or self.n_visits == 1:
            return _elements(self.n_visits)
        lag, size = self._lag(), self.n_visits
        if self.name == "toeplitz":
            return np.stack([(lag == k).astype(np.float64) for k in range(size)])
        return np.stack([(lag == 0).astype(np.float64), (lag > 0).astype(np.float64)])

    def _split(self, theta: Floats) -> tuple[Floats, Floats]:
        """Variances of all visits, and correlations."""
        count = self.n_variances
        return np.broadcast_to(theta[..., :count], (*theta.shape[:-1], self.n_visits)), theta[..., count:]

    def _share(self) -> Floats:
        """½ (δ_ac + δ_bc): the part of visit c in √(v_a v_b), shape (T, T, T)."""
        eye = np.eye(self.n_visits)
        return np.asarray(0.5 * (eye[:, :, None] + eye[:, None, :]))

    def _correlation(self, rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Correlations, first and second derivatives by ρ: shapes (…, T, T), (…, k, T, T), (…, k, k, T, T)."""
        size, lag, r = self.n_visits, self._lag(), rho[..., :1, None]
        if self.name == "heterogeneous toeplitz":
            first = np.stack([(lag == k).astype(np.float64) for k in range(1, size)])
            return np.eye(size) + np.tensordot(rho, first, axes=1), first, np.zeros((size - 1, size - 1, size, size))
        if self.name.endswith("compound symmetry"):
            off = (lag > 0).astype(np.float64)
            return np.eye(size) + r * off, off[None], np.zeros((1, 1, size, size))
        first = np.where(lag > 0, lag * r ** np.maximum(lag - 1, 0), 0.0)
        second = np.where(lag > 1, lag * (lag - 1) * r ** np.maximum(lag - 2, 0), 0.0)
        return r**lag, first[..., None, :, :], second[..., None, None, :, :]


def _outer_root(variances: Floats) -> Floats:
    """√(v_a v_b), shape (…, T, T)."""
    return np.sqrt(variances[..., :, None] * variances[..., None, :])


@lru_cache(maxsize=MOST_SIZES)
def _elements(size: int) -> Floats:
    """Symmetric matrices with one element, or an element and its mirror, shape (size (size + 1) / 2, size, size)."""
    pairs = [(a, b) for a in range(size) for b in range(a + 1)]
    basis = np.zeros((len(pairs), size, size))
    for i, (a, b) in enumerate(pairs):
        basis[i, a, b] = basis[i, b, a] = 1.0
    basis.setflags(write=False)
    return basis
