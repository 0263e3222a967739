"""The repeated-measures model's inference a second time, by its definitions, person by person and group by group.

Covariances are full matrices of the people's scores: no moments, no patterns. Kenward & Roger (1997), Harville (1977),
and for groups Pustejovsky & Tipton (2018); `docs/methods/mmrm.md` states the formulas.
"""

from __future__ import annotations

import math
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

STEPS = 20
SETTLED = 1e-9  # of a standard error of the covariance's elements
DIRECTION = 1e-10  # of the widest, below which a group has none


class Person(NamedTuple):
    """One person's design (s, k), scores (s), and which visits they are of."""

    X: Array
    y: Array
    seen: NDArray[np.intp]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Person({len(self.y)} visits)"


class Judged(NamedTuple):
    """A contrast, its standard error and degrees of freedom."""

    value: float
    se: float
    df: float


class DenseFit:
    """REML from a covariance near its maximum: Newton steps to rest, then everything that inference needs."""

    def __init__(self, people: Sequence[Person], sigma: Array) -> None:
        self.people = people
        size = len(sigma)
        self.pairs = list(combinations_with_replacement(range(size), 2))
        self.sigma = sigma
        for _ in range(STEPS):
            self._gather()
            step = np.linalg.solve(self.information, self.score)
            for (a, b), by in zip(self.pairs, step, strict=True):
                self.sigma = self.sigma + by * _element(a, b, size)
            if float(step @ self.score) < SETTLED**2:
                break
        self._gather()
        self.spread = np.linalg.inv(self.information)

    def _gather(self) -> None:
        """Sum over the people, as the definitions have them, at the present covariance."""
        size, k, m = len(self.sigma), self.people[0].X.shape[1], len(self.pairs)
        bread, right = np.zeros((k, k)), np.zeros(k)
        for X, y, seen in self.people:
            V = self.sigma[np.ix_(seen, seen)]
            bread += X.T @ np.linalg.solve(V, X)
            right += X.T @ np.linalg.solve(V, y)
        self.phi: Array = np.asarray(np.linalg.inv(bread), dtype=np.float64)
        self.beta = self.phi @ right
        trace_d, trace_dd, square, squares = np.zeros(m), np.zeros((m, m)), np.zeros(m), np.zeros((m, m))
        along, self.P, products = np.zeros((m, k)), np.zeros((m, k, k)), np.zeros((m * k, m * k))
        parts = [_element(a, b, size) for a, b in self.pairs]
        for X, y, seen in self.people:
            W = np.linalg.inv(self.sigma[np.ix_(seen, seen)])
            D = np.array([part[np.ix_(seen, seen)] for part in parts])
            WD, WX, We = W @ D, W @ X, W @ (y - X @ self.beta)
            DWX, DWe = D @ WX, D @ We
            trace_d += np.trace(WD, axis1=1, axis2=2)
            trace_dd += np.einsum("iab,jba->ij", WD, WD)
            square += DWe @ We
            squares += DWe @ W @ DWe.T
            along += np.einsum("sk,is->ik", WX, DWe)
            self.P -= WX.T @ DWX
            side = DWX.swapaxes(0, 1).reshape(len(y), m * k)
            products += side.T @ (W @ side)
        self.Q = products.reshape(m, k, m, k).swapaxes(1, 2)
        PhiP = self.phi @ self.P
        # tr(P D_i) and tr(P D_i P D_j) with P = W − W X Φ X'W
        trace_pd = trace_d + np.trace(PhiP, axis1=1, axis2=2)
        trace_pp = trace_dd - 2 * np.einsum("kl,ijlk->ij", self.phi, self.Q) + np.einsum("ikl,jlk->ij", PhiP, PhiP)
        self.score = 0.5 * (square - trace_pd)
        self.information = -0.5 * trace_pp + squares - along @ self.phi @ along.T

    def adjusted(self) -> Array:
        """Give Kenward and Roger's covariance of the coefficients."""
        phi, w = self.phi, self.spread
        inner = np.einsum("ij,ijkl->kl", w, self.Q) - (self.P @ phi @ np.tensordot(w, self.P, axes=1)).sum(axis=0)
        return np.asarray(phi + 2 * phi @ inner @ phi)

    def by_model(self, weights: Array) -> Judged:
        """Kenward and Roger's standard error, and the degrees of freedom."""
        phi = self.phi
        slope = -np.einsum("k,ikl,l->i", phi @ weights, self.P, phi @ weights)
        variance = float(weights @ phi @ weights)
        df = 2 * variance**2 / float(slope @ self.spread @ slope)
        return Judged(float(weights @ self.beta), math.sqrt(float(weights @ self.adjusted() @ weights)), df)

    def f_test(self, lines: Array) -> tuple[float, float, float]:
        """Test several contrasts at once: F as scaled, its p-value and its denominator's degrees of freedom.

        Kenward and Roger (1997), sec. 3, with their A1, A2 and B.
        """
        from scipy import stats

        phi, w, size = self.phi, self.spread, len(lines)
        theta = lines.T @ np.linalg.inv(lines @ phi @ lines.T) @ lines
        turned = np.array([theta @ phi @ one @ phi for one in self.P])
        traces = np.trace(turned, axis1=1, axis2=2)
        a1, a2 = float(traces @ w @ traces), float(np.einsum("ij,ikl,jlk->", w, turned, turned))
        b = (a1 + 6 * a2) / (2 * size)
        g = ((size + 1) * a1 - (size + 4) * a2) / ((size + 2) * a2)
        c1, c2, c3 = (one / (3 * size + 2 * (1 - g)) for one in (g, size - g, size + 2 - g))
        mean = 1 / (1 - a2 / size)
        variance = 2 / size * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        rho = variance / (2 * mean**2)
        df = 4 + (size + 2) / (size * rho - 1)
        scale = df / (mean * (df - 2))
        values = lines @ self.beta
        f = scale / size * float(values @ np.linalg.solve(lines @ self.adjusted() @ lines.T, values))
        return f, float(stats.f.sf(f, size, df)), df

    def by_group(self, groups: Sequence[object], weights: Array) -> Judged:
        """CR2 standard error with Satterthwaite's degrees of freedom, the fitted covariance as working model."""
        blocks = []
        for group in dict.fromkeys(groups):
            mine = [person for person, label in zip(self.people, groups, strict=True) if label == group]
            V = np.zeros((sum(len(one.y) for one in mine),) * 2)
            place = 0
            for one in mine:
                end = place + len(one.y)
                V[place:end, place:end] = self.sigma[np.ix_(one.seen, one.seen)]
                place = end
            blocks.append((np.vstack([one.X for one in mine]), np.concatenate([one.y for one in mine]), V))
        return judge_groups(blocks, np.asarray(self.phi), self.beta, weights)


def judge_groups(
    blocks: Sequence[tuple[Array, Array, Array | None]], phi: Array, beta: Array, weights: Array
) -> Judged:
    """CR2 with Satterthwaite's degrees of freedom, from each group's design, scores and working covariance.

    Without a working covariance it is that of independent scores with one variance.
    """
    meat, legs, own = 0.0, [], []
    for X, y, V in blocks:
        if V is None:
            lever = _alike(X, phi, weights)
            own.append(float(lever @ lever))
        else:
            D = np.linalg.cholesky(V).T
            A = D.T @ _inverse_root(D @ (V - X @ phi @ X.T) @ D.T) @ D
            lever = A @ np.linalg.solve(V, X @ (phi @ weights))
            own.append(float(lever @ V @ lever))
        meat += float(lever @ (y - X @ beta)) ** 2
        legs.append(X.T @ lever)
    between = np.diag(own) - np.array(legs) @ phi @ np.array(legs).T
    df = float(np.trace(between)) ** 2 / float((between**2).sum())
    return Judged(float(weights @ beta), math.sqrt(meat), df)


def _alike(X: Array, phi: Array, weights: Array) -> Array:
    """(I − X Φ X')^(−1/2) X Φ w, by the singular values of X Φ^(1/2): the group's own matrix is never made."""
    values, vectors = np.linalg.eigh((phi + phi.T) / 2)
    left, sizes, _ = np.linalg.svd(X @ (vectors * np.sqrt(np.maximum(values, 0.0))), full_matrices=False)
    rest = 1 - sizes**2
    scale = np.where(rest > DIRECTION, 1 / np.sqrt(np.where(rest > DIRECTION, rest, 1.0)), 0.0)
    along = X @ (phi @ weights)
    return np.asarray(along + left @ ((scale - 1) * (left.T @ along)))


def _inverse_root(B: Array) -> Array:
    """Symmetric inverse square root, generalised."""
    values, vectors = np.linalg.eigh((B + B.T) / 2)
    kept = values > DIRECTION * values.max()
    return np.asarray(vectors[:, kept] / np.sqrt(values[kept]) @ vectors[:, kept].T)


def _element(a: int, b: int, size: int) -> Array:
    found = np.zeros((size, size))
    found[a, b] = found[b, a] = 1.0
    return found
