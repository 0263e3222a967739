"""A difference between the arms that varies from clinic to clinic: one normal effect, the same at all visits.

Within a clinic V = R + τ² z zᵀ, with R the unstructured covariance within people and z one for every score of the full
programme. By Woodbury's identity all that is needed are sums over the patterns of each clinic, so that the moments of
the clinics are enough. Restricted maximum likelihood over R and τ.
Sources: Laird & Ware (1982); Harville (1977) for the restricted likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from outcomes.methods.mmrm.clinics import join_clinics, place_clinics
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from outcomes.methods.mmrm.pattern_moments import Moments

_ROUNDS = 2  # of a search that begins again where the last ended: its estimate of the curvature is then new
_STEPS = 400
_BEYOND = 1e10  # minus the log-likelihood where a covariance matrix is none


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomArmFit:
    """The mean of a difference that varies between clinics.

    Attributes
    ----------
    estimate, se : tuple of float
        At each visit, with model-based standard errors [points].
    tau : float
        Standard deviation of the difference between clinics [points].
    df : float
        Clinics less one, which is near what Kenward and Roger's method gives where clinics are few [count].
    log_likelihood : float
        Restricted, with log|XᵀV⁻¹X|.
    """

    estimate: tuple[float, ...]
    se: tuple[float, ...]
    tau: float
    df: float
    log_likelihood: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Problem:
    """Sums over people by pattern p, and of those with the arm's column by clinic k as well.

    Attributes
    ----------
    seen : ndarray of bool, shape (p, T)
    people : ndarray, shape (p,)
    xx, xy, yy : ndarray, shapes (p, q + r, q + r), (p, q + r, T), (p, T, T)
    own_xx, own_xy : ndarray, shapes (k, p, q + r), (k, p, T)
        Rows of the arm in the sums of each clinic.
    arm : int
    back : ndarray
        Columns of the model over those with an effect at each visit.
    """

    seen: NDArray[np.bool_]
    people: NDArray[np.float64]
    xx: NDArray[np.float64]
    xy: NDArray[np.float64]
    yy: NDArray[np.float64]
    own_xx: NDArray[np.float64]
    own_xy: NDArray[np.float64]
    arm: int
    back: NDArray[np.float64]

    def solve(self, theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]] | None:
        """Give the log-likelihood, the coefficients and their covariance; None where R is no covariance matrix."""
        size, tau2 = self.seen.shape[1], float(theta[0]) ** 2
        root = np.zeros((size, size))
        root[np.tril_indices(size)] = theta[1:]
        weighed = self._weigh(root @ root.T)
        if weighed is None:
            return None
        weight, logs = weighed
        wide = self.xx.shape[1] * size
        information = np.einsum("pij,pts->itjs", self.xx, weight).reshape(wide, wide)
        score = np.einsum("pit,pts->is", self.xy, weight).reshape(wide)
        squares, once = float((weight * self.yy).sum()), weight.sum(axis=1)
        crossed = np.einsum("kpi,pt->kit", self.own_xx, once).reshape(-1, wide)
        ones, scores = self.own_xx[:, :, self.arm] @ once.sum(axis=1), np.einsum("kpt,pt->k", self.own_xy, once)
        shrink = tau2 / (1 + tau2 * ones)  # Woodbury's identity, clinic by clinic
        information -= (crossed.T * shrink) @ crossed
        score -= crossed.T @ (shrink * scores)
        squares -= float(shrink @ scores**2)
        logs += float(np.log1p(tau2 * ones).sum())
        information, score = self.back.T @ information @ self.back, self.back.T @ score
        try:
            covariance: NDArray[np.float64] = np.asarray(np.linalg.inv(information), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None
        beta = covariance @ score
        sign, log = np.linalg.slogdet(information)
        value = -0.5 * (logs + float(log) + squares - float(beta @ score))
        return (value, beta, covariance) if sign > 0 and np.isfinite(value) else None

    def _weigh(self, sigma: NDArray[np.float64]) -> tuple[NDArray[np.float64], float] | None:
        """Invert the covariance of each pattern, and sum log|R| over people; None where it cannot be."""
        weight, logs = np.zeros_like(self.yy), 0.0
        for place, seen in enumerate(self.seen):
            own = sigma[np.ix_(seen, seen)]
            sign, log = np.linalg.slogdet(own)
            if sign <= 0:
                return None
            weight[place][np.ix_(seen, seen)] = np.linalg.inv(own)
            logs += self.people[place] * float(log)
        return weight, logs


def fit_random_arm(*, parts: Mapping[str, Moments], arm: int, covariance: NDArray[np.float64]) -> RandomArmFit:
    """Fit the model to the moments of clinics.

    Parameters
    ----------
    parts : mapping of str to Moments
        By clinic, as `join_clinics` takes them.
    arm : int
        Which by-visit column is the arm, 1 for the full programme.
    covariance : ndarray, shape (T, T)
        Within people, to begin the search at [points squared].

    Raises
    ------
    NotEstimableError
        When no maximum is found.
    """
    problem, scale = _lay_out(parts, arm), float(np.sqrt(np.diag(covariance).mean()))
    root = np.linalg.cholesky(covariance / scale**2)[np.tril_indices(len(covariance))]

    def fall(theta: NDArray[np.float64]) -> float:
        found = problem.solve(np.asarray(theta) * scale)
        return _BEYOND if found is None else -found[0]

    best = min((_search(fall, np.concatenate([[begin], root])) for begin in (0.3, 0.0)), key=fall)
    found = problem.solve(best * scale)
    if found is None:
        raise NotEstimableError("The likelihood of a difference that varies between clinics has no maximum.")
    value, beta, cov = found
    size = len(covariance)
    at = slice(arm * size, (arm + 1) * size)
    free = sum(part.n_observations for part in parts.values()) - len(beta)
    return RandomArmFit(
        estimate=tuple(map(float, beta[at])),
        se=tuple(map(float, np.sqrt(np.diag(cov)[at]))),
        tau=abs(float(best[0])) * scale,
        df=float(len(parts) - 1),
        log_likelihood=value - 0.5 * free * float(np.log(2 * np.pi)),
    )


def _search(fall: Callable[[NDArray[np.float64]], float], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Search for the lowest point from a place."""
    for _ in range(_ROUNDS):
        theta = optimize.minimize(fall, theta, method="BFGS", options={"gtol": 1e-7, "maxiter": _STEPS}).x
    return theta


def _lay_out(parts: Mapping[str, Moments], arm: int) -> _Problem:
    """Give the sums of each pattern of each clinic in the columns of all."""
    placed = place_clinics(parts)
    joined = join_clinics(parts)
    q, r, size = len(joined.by_visit), len(joined.constant), len(joined.visits)
    centre = joined.centre.copy()
    centre[:q] = 0.0  # the arm as it is; covariates with one effect and scores about means, which intercepts take up
    x, y = slice(1, 1 + q + r), slice(1 + q + r, None)
    own = np.zeros((len(parts), len(joined.patterns), *joined.gram.shape[1:]))
    for place, part in enumerate(placed.values()):
        own[place, np.searchsorted(joined.patterns, part.patterns)] = part.about(centre)
    gram = own.sum(axis=0)
    columns = np.eye(q + r)
    by_visit, constant = np.kron(columns[:, :q], np.eye(size)), np.kron(columns[:, q:], np.ones((size, 1)))
    return _Problem(
        seen=joined.observed,
        people=gram[:, 0, 0],
        xx=gram[:, x, x],
        xy=gram[:, x, y],
        yy=gram[:, y, y],
        own_xx=own[:, :, 1 + arm, x],
        own_xy=own[:, :, 1 + arm, y],
        arm=arm,
        back=np.hstack([by_visit, constant]),
    )
