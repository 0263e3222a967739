"""A share compared between the arms in many completed data sets of the same people at once.

The same logistic regression, standardisation and delta method as for one data set, with the data set as a leading axis;
with clusters each data set is judged by the same CR2 as one alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.methods.cluster import number_clusters
from outcomes.methods.firth import penalised_information, products_of
from outcomes.methods.least_squares import orthogonalise
from outcomes.methods.standardise import judge_by_clusters
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ITERATIONS = 500
_SCORE = 1e-10
_HALVINGS = 20
_FURTHEST = 25.0  # log odds of a person: there is no maximum
_ROUNDING = 1e-13  # of a likelihood
_HELD = 2_000_000  # numbers held at once
# With more people than this the errors by clusters of data sets that were completed from one differ by a few hundredths
# (tests/reference/completion), and the mean of ten of them from that of all by less than one.
_MANY, _JUDGED = 2000, 10
_ENOUGH = 1e-4  # of the rise that the slope promises
_NONE_FOUND = "In some completed data set the logistic regression found no maximum."
_SEPARATED = "In some completed data set the covariates tell without exception who did and who did not."
_SINGULAR = -60.0  # logarithm of a determinant


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SharesOfMany:
    """Differences of standardised shares, full minus skills.

    Attributes
    ----------
    differences, variances : ndarray, shape (m,)
        By the delta method, with clusters from CR2; of more than two thousand people the mean of the first ten.
    df : float
        Infinite without clusters; else the mean of Satterthwaite's over the data sets [count].
    """

    differences: Floats
    variances: Floats
    df: float


def fit_shares_of_many(
    *,
    events: NDArray[np.bool_],
    design: Floats,
    names: Sequence[str],
    arm: int,
    penalised: bool,
    clusters: NDArray[np.generic] | None,
) -> SharesOfMany:
    """Fit and standardise.

    Parameters
    ----------
    events : ndarray of bool, shape (m, n)
    design : ndarray, shape (n, k)
        With its intercept.
    names : sequence of str, length k
    arm : int
        Position of the arm's column.
    penalised : bool
        Whether to use Firth's penalty.
    clusters : ndarray, shape (n,), or None

    Raises
    ------
    NotEstimableError
        When the design is singular, in some data set there is no maximum, or there are fewer than four clusters.
    """
    orthogonalise(design=design, names=names)
    length = np.sqrt((design**2).sum(axis=0) / len(design))
    scaled = design / length
    beta, information = _newton_raphson(events, scaled, penalised=penalised)
    cov = np.asarray(np.linalg.inv(information))
    shares, slopes = [], []
    for value in (1.0, 0.0):
        moved = scaled.copy()
        moved[:, arm] = value / length[arm]
        predicted = special.expit(beta @ moved.T)
        shares.append(predicted.mean(axis=1))
        slopes.append((predicted * (1 - predicted)) @ moved / len(moved))
    slope = slopes[0] - slopes[1]
    differences = shares[0] - shares[1]
    if clusters is None:
        variances = np.vecdot(np.vecmat(slope, cov), slope)
        return SharesOfMany(differences=differences, variances=variances, df=math.inf)
    judged = []
    count = len(events) if len(design) <= _MANY else min(len(events), _JUDGED)
    for some in _few_at_once(count, clusters):
        of_some = judge_by_clusters(
            beta=beta[some],
            beta_cov=cov[some],
            events=events[some],
            design=scaled,
            penalised=penalised,
            clusters=clusters,
        )
        judged.append(of_some.judge(slope[some]))
    variances, df = (np.concatenate(part) for part in zip(*judged, strict=True))
    if count < len(events):
        variances = np.full(len(events), variances.mean())
    return SharesOfMany(differences=differences, variances=variances, df=float(df.mean()))


def _few_at_once(count: int, clusters: NDArray[np.generic]) -> Iterator[slice]:
    """Give the data sets so many at a time that the squares of their clusters can be held."""
    sizes = np.bincount(number_clusters(clusters)[0])
    step = max(1, _HELD // int(len(clusters) * sizes.max()))
    yield from (slice(start, start + step) for start in range(0, count, step))


def _newton_raphson(events: NDArray[np.bool_], design: Floats, *, penalised: bool) -> tuple[Floats, Floats]:
    """Newton's steps of all data sets together, from zero; where a step does not rise enough it is halved."""
    products = products_of(design)
    beta = np.zeros((len(events), design.shape[1]))
    at = _evaluate(events, design, products, beta, penalised=penalised)
    for _ in range(_ITERATIONS):
        if not penalised and np.abs(beta @ design.T).max() > _FURTHEST:
            break
        step = np.linalg.solve(at.curvature, at.score[..., None])[..., 0]
        if np.abs(step).max() < _SCORE * (1 + np.abs(beta).max()):
            return beta, at.information
        for _ in range(_HALVINGS):
            tried = _evaluate(events, design, products, beta + step, penalised=penalised)
            enough = at.log_likelihood + _ENOUGH * np.vecdot(at.score, step) - _ROUNDING * np.abs(at.log_likelihood)
            falls = ~(tried.log_likelihood >= enough)
            if not falls.any():
                break
            step = np.where(falls[:, None], step / 2, step)
        else:
            break
        beta, at = beta + step, tried
    raise NotEstimableError(_NONE_FOUND if penalised else _SEPARATED)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Evaluation:
    """What is known at one point of each likelihood: its value, score, information, and penalised curvature."""

    log_likelihood: Floats
    score: Floats
    information: Floats
    curvature: Floats


def _evaluate(
    events: NDArray[np.bool_], design: Floats, products: Floats, beta: Floats, *, penalised: bool
) -> _Evaluation:
    """Evaluate the likelihoods; one is −∞ where its information is singular."""
    predictor = beta @ design.T
    share = special.expit(predictor)
    weight = share * special.expit(-predictor)
    log_likelihood = special.log_expit(np.where(events, predictor, -predictor)).sum(axis=1)
    information = (weight @ products).reshape(len(events), design.shape[1], -1)
    residual = events - share
    sign, size = np.linalg.slogdet(information)
    sound = (sign > 0) & (size > _SINGULAR)
    information = np.where(sound[:, None, None], information, np.eye(design.shape[1]))
    curvature = information
    if penalised:
        inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
        leverage = weight * (inverse.reshape(len(events), -1) @ products.T)
        residual = residual + leverage * (0.5 - share)
        log_likelihood = log_likelihood + size / 2
        curvature = penalised_information(
            design=design, products=products, predictor=predictor, leverage=leverage, inverse=inverse
        )
    return _Evaluation(np.where(sound, log_likelihood, -np.inf), residual @ design, information, curvature)
