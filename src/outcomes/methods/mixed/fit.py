"""Fit the mixed model by restricted maximum likelihood, variances not below zero, and judge it by Satterthwaite.

Sources: Roberts & Roberts (2005) and Bauer, Sterba & Hallfors (2008) for clusters in one arm; Satterthwaite (1946).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.least_squares import Contrast
from outcomes.methods.mixed.indicators import GROUP, NOT_APART, THERAPIST, indicate, leave_something, require_few
from outcomes.methods.mixed.likelihood import Model, differentiate, evaluate_mixed
from outcomes.methods.mmrm import fit_mmrm
from outcomes.methods.mmrm.basis import Sums
from outcomes.methods.mmrm.fit import slack
from outcomes.methods.mmrm.units import to_units
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from outcomes.methods.mixed.likelihood import MixedGls
    from outcomes.methods.mmrm import MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats
    from outcomes.methods.mmrm.units import Units

_ITERATIONS = 200
_HALVINGS = 40
_RISE = 1e-20  # of the log-likelihood: two Newton steps past what double precision can see in it
_UNFINISHED = 1e-6
_FLAT = 1e-10
_SHARE = 0.1  # of the residual variance, where the variances of groups and therapists start
_LARGEST_DF = 1e9
# A t interval of 95 in 100 is then tens of thousands of standard errors wide, and tells nothing.
_FEWEST_DF = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MixedFit:
    """A fitted mixed model.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        By visit, then constant, as in the MMRM [points per unit].
    beta_cov : ndarray, shape (k, k)
    variances : dict of str to float
        Between skills groups and between therapists [points²].
    residual : tuple of ndarray, each of shape (T, T)
        Covariance of a client's scores within them: of everybody, or of the skills and the full arm.
    boundary : tuple of str
        Variances that were estimated as zero: the groups or therapists do not differ more than chance makes them.
    log_likelihood : float
        Restricted log-likelihood, without log|XᵀX|.
    score : ndarray
        Its gradient in the parameters that are not at the boundary.
    levels : dict of str to int
        Skills groups, and therapists [count].
    n_clients, n_observations : int
        [count]
    theta_cov : ndarray
        Inverse of the observed information of the parameters that are not at the boundary.
    slopes : ndarray
        Derivatives of `beta_cov` in them.
    """

    beta: Floats
    beta_cov: Floats
    variances: dict[str, float]
    residual: tuple[Floats, ...]
    boundary: tuple[str, ...]
    log_likelihood: float
    score: Floats
    levels: dict[str, int]
    n_clients: int
    n_observations: int
    theta_cov: Floats
    slopes: Floats

    def contrast(self, weights: Floats) -> Contrast:
        """Linear combination of the coefficients, df = 2 (lᵀΦl)² / (gᵀ Cov(θ) g) with g_i = ∂(lᵀΦl)/∂θ_i.

        A variance at the boundary is taken as known to be zero.

        Raises
        ------
        NotEstimableError
            When the contrast has no variance, or that variance is known no better than not at all.
        """
        line = np.asarray(weights, dtype=np.float64)
        variance = float(line @ self.beta_cov @ line)
        if variance <= 0:
            raise NotEstimableError("The contrast has no variance.")
        gradient = line @ self.slopes @ line
        spread = float(gradient @ self.theta_cov @ gradient)
        df = min(2 * variance**2 / spread, _LARGEST_DF) if spread > 0 else _LARGEST_DF
        if df < _FEWEST_DF:
            raise NotEstimableError("The spread of this difference is known no better than not at all.")
        return Contrast(estimate=float(line @ self.beta), se=float(np.sqrt(variance)), df=df)


def fit_mixed(
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None,
    full: NDArray[np.bool_],
    groups: ArrayLike | None,
    therapists: ArrayLike | None,
    covariance: str,
    by_arm: bool,
) -> MixedFit:
    """Fit scores with a random intercept of the skills group in both arms, and of the therapist in the full arm.

    Parameters
    ----------
    scores : ndarray, shape (n, T)
        nan where not observed [points].
    by_visit : ndarray, shape (n, q)
        Covariates with an effect at each visit.
    constant : ndarray, shape (n, r) or None
        Covariates with one effect.
    full : ndarray of bool, shape (n,)
    groups, therapists : array of labels, shape (n,), or None
        Who has an empty label, None or nan, shares nothing with others; therapists of the skills arm are not looked at.
    covariance : str
        Structure of the residual covariance, one of `mmrm.STRUCTURES`.
    by_arm : bool
        Whether each arm has a residual covariance of its own.

    Raises
    ------
    NotEstimableError
        When the model without groups cannot be fitted, there are fewer than two groups or therapists or more than 300,
        what they differ by cannot be told from the effects of the model, or the scores do not tell the variances apart.
    """
    plain = fit_mmrm(scores=scores, by_visit=by_visit, constant=constant, covariance=covariance)
    units = to_units(plain, scores=scores, by_visit=by_visit, constant=constant, weights=None, clusters=None)
    used = np.isin(np.arange(len(full)), np.concatenate(units.clients))
    indicators = {}
    if groups is not None:
        indicators[GROUP] = indicate(groups, used, GROUP)
    if therapists is not None:
        indicators[THERAPIST] = indicate(therapists, used & full, THERAPIST)
    require_few(sum(columns.shape[1] for columns in indicators.values()))
    effects = by_visit if constant is None else np.hstack([by_visit, constant])
    for name, columns in indicators.items():
        if not leave_something(columns[used], effects[used]):
            raise NotEstimableError(NOT_APART.format(name=name), "too few")
    model = _to_model(plain, units, indicators, full.astype(int) if by_arm else np.zeros(len(full), dtype=int))
    theta, gls, free = _newton_raphson(model, _start(plain, model))
    return _to_fit(plain, model, theta, gls, free, {name: columns.shape[1] for name, columns in indicators.items()})


def _to_model(plain: MmrmFit, units: Units, indicators: dict[str, Floats], stratum: NDArray[np.int_]) -> Model:
    """Sum the products of each stratum, with the indicators as further constant columns."""
    q, r, size = plain.basis.sizes
    extra = np.hstack([np.zeros((len(stratum), 0)), *indicators.values()])
    width, fixed = extra.shape[1], q * size + r
    strata = []
    for code in np.unique(stratum):
        grams, observed, copies = [], [], []
        for seen, rows, clients in zip(units.observed, units.rows, units.clients, strict=True):
            mine = stratum[clients] == code
            if mine.any():
                whole = np.column_stack([rows[mine][:, : q + r], extra[clients[mine]], rows[mine][:, q + r :]])
                grams.append(whole.T @ whole)
                observed.append(seen)
                copies.append(float(mine.sum()))
        if grams:
            strata.append(
                Sums.of(
                    np.array(grams),
                    sizes=(q, r + width, size),
                    observed=np.array(observed),
                    copies=np.array(copies),
                )
            )
    stops = np.cumsum([fixed, *(columns.shape[1] for columns in indicators.values())])
    random = tuple(slice(int(start), int(stop)) for start, stop in pairwise(stops))
    return Model(strata=tuple(strata), structure=plain.structure, n_fixed=fixed, random=random)


def _start(plain: MmrmFit, model: Model) -> Floats:
    """Begin with a tenth of the variance between groups and therapists, the rest within people."""
    residual = plain.structure.start((1 - _SHARE) * plain.covariance)
    between = np.full(len(model.random), _SHARE * float(np.diag(plain.covariance).mean()))
    return np.concatenate([between, np.tile(residual, len(model.strata))])


def _newton_raphson(model: Model, theta: Floats) -> tuple[Floats, MixedGls, NDArray[np.bool_]]:
    """Newton's method over the parameters that are not held at zero; scoring where the surface does not bend down."""
    gls = evaluate_mixed(model, theta)
    if gls is None:
        raise NotEstimableError("No covariance matrix of this structure fits the scores.")
    count = len(model.random)
    smallest = np.inf
    for _ in range(_ITERATIONS):
        gradient, observed, expected, _ = differentiate(model, gls, theta)
        free = np.ones(len(theta), dtype=bool)
        free[:count] = (theta[:count] > 0) | (gradient[:count] > 0)
        step = np.zeros(len(theta))
        step[free] = _newton_step(observed[np.ix_(free, free)], expected[np.ix_(free, free)], gradient[free])
        rise = float(gradient @ step)
        moved = _line_search(model, theta, gls, step, slack(rise, gls.value))
        rests = rise < _UNFINISHED and rise > smallest / 2  # what is left is rounding
        smallest = min(smallest, rise)
        if moved is None or rests or rise < _RISE * max(1.0, abs(gls.value)):
            if rise > _UNFINISHED:
                break
            theta, gls = moved or (theta, gls)
            return theta, gls, free & ((np.arange(len(theta)) >= count) | (theta > 0))
        theta, gls = moved
    raise NotEstimableError("The likelihood of this model has no maximum that can be found.")


def _newton_step(observed: Floats, expected: Floats, gradient: Floats) -> Floats:
    for information in (observed, expected):
        scale = np.sqrt(np.abs(np.diag(information)))
        if (scale <= 0).any():
            continue
        values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
        if values[0] > _FLAT:
            return np.asarray((vectors @ ((vectors.T @ (gradient / scale)) / values)) / scale)
    raise NotEstimableError("The scores do not tell the spread between groups or therapists from that between people.")


def _line_search(
    model: Model, theta: Floats, gls: MixedGls, step: Floats, fall: float
) -> tuple[Floats, MixedGls] | None:
    """Take the step, halved until the likelihood rises; a variance that it would make negative becomes zero."""
    count = len(model.random)
    for halving in range(_HALVINGS):
        tried = theta + step / 2**halving
        tried[:count] = np.maximum(tried[:count], 0.0)
        reached = evaluate_mixed(model, tried)
        if reached is not None and reached.value >= gls.value - fall:
            return tried, reached
    return None


def _to_fit(
    plain: MmrmFit,
    model: Model,
    theta: Floats,
    gls: MixedGls,
    free: NDArray[np.bool_],
    levels: dict[str, int],
) -> MixedFit:
    gradient, observed, _, slopes = differentiate(model, gls, theta)
    information = observed[np.ix_(free, free)]
    values, vectors = np.linalg.eigh(information)
    if values[0] <= 0:
        raise NotEstimableError(
            "The scores do not tell the spread between groups or therapists from that between people."
        )
    back, fixed = plain.basis.back, model.n_fixed
    variances, residual = model.split(theta)
    return MixedFit(
        beta=back @ gls.effects[:fixed] + plain.basis.offset,
        beta_cov=back @ gls.joint[:fixed, :fixed] @ back.T,
        variances={name: float(value) for name, value in zip(levels, variances, strict=True)},
        residual=tuple(model.structure.matrix(each) for each in residual),
        boundary=tuple(name for name, value in zip(levels, variances, strict=True) if value == 0),
        log_likelihood=gls.value + float(np.linalg.slogdet(back)[1]),
        score=gradient[free],
        levels=levels,
        n_clients=plain.n_clients,
        n_observations=plain.n_observations,
        theta_cov=(vectors / values) @ vectors.T,
        slopes=back @ slopes[free] @ back.T,
    )
