"""Counts at a visit a second time: statsmodels' negative binomial and Poisson, with the sandwich built beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.replication import shares, unfollowed
from outcomes.replication.columns import independent, known
from outcomes.replication.comparison import Numbers
from outcomes.replication.count_regression import fit_spread
from outcomes.replication.people import scores_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.people import People
    from outcomes.results.outcome import Estimate

    Floats = NDArray[np.float64]

ARM = 1
STEPS = 500
REST = 1e-12


def compute(people: People, first: Estimate, columns: Floats) -> Numbers | None:
    """Compute a result of a count at a visit; None where there is no second road."""
    key, level = first.key, first.interval.level if first.interval else people.plan.confidence.level
    counts = scores_at(people, key.measure, key.visit)
    mine = (people.full if key.arm == "full" else ~people.full) & ~np.isnan(counts)
    if key.what == "rate":
        return _rate(counts[mine], level)
    had = np.where(np.isnan(counts), np.nan, counts > 0)
    if key.what in {"any", "difference"}:
        return shares.share(had[mine], level=level) if key.arm else _any(people, first, had, columns)
    if key.what == "rate_ratio_exact":
        return _exact(counts, people.full, level)
    if key.category in unfollowed.WAYS:
        return _drawn(people, first, counts, columns)
    if key.what == "superiority":
        return _ranks(counts, people.full, level)
    return _model(people, first, counts, columns[:, :0] if key.category == "crude" else columns)


def _rate(counts: Floats, level: float) -> Numbers:
    """Mean count; the spread between people about it, or exact limits by the chi-square distribution."""
    n, total = len(counts), float(counts.sum())
    spread = float(np.var(counts, ddof=1)) if n > 1 else 0.0
    if n < 2 or total == 0 or spread == 0:  # noqa: PLR2004  # people
        tail = (1 - level) / 2
        low = float(special.chdtri(2 * total, 1 - tail)) / 2 / n if total else 0.0
        return Numbers(
            value=total / n, interval=(low, float(special.chdtri(2 * total + 2, tail)) / 2 / n), method="chi²"
        )
    se = math.sqrt(spread / n) / (total / n)
    reach = se * float(special.stdtrit(n - 1, (1 + level) / 2))
    mean = total / n
    interval = (mean * math.exp(-reach), mean * math.exp(reach))
    return Numbers(value=mean, se=se, df=float(n - 1), interval=interval, method="mean, delta method")


def _exact(counts: Floats, full: NDArray[np.bool_], level: float) -> Numbers:
    """Limits of the binomial share of the episodes that fall to the full programme, by scipy."""
    from scipy import stats

    sides = [counts[~np.isnan(counts) & arm] for arm in (full, ~full)]
    (one, other), times = (float(side.sum()) for side in sides), len(sides[1]) / len(sides[0])
    share = stats.binomtest(int(one), int(one + other)).proportion_ci(level, method="exact")
    limits = [limit / (1 - limit) * times for limit in (share.low, share.high)]
    return Numbers(value=one / other * times, method="binomial share by scipy", interval=(limits[0], limits[1]))


def _drawn(people: People, first: Estimate, counts: Floats, columns: Floats) -> Numbers | None:
    """Complete the counts of those not seen, by draws of its own."""
    lost = unfollowed.lay_out(people, first, counts, columns)
    return unfollowed.draw_ratio(lost, fit_spread, first.how.draws if first.how else 0)


def _any(people: People, first: Estimate, had: Floats, columns: Floats) -> Numbers | None:
    how = first.how
    if how is None or how.estimator == "share":
        used = known(had, columns)
        return shares.crude_difference(had[used], people.full[used], level=people.plan.confidence.level)
    found = shares.standardised_difference(had, people.full, columns, penalised=how.penalised)
    return found and Numbers(value=found.value, se=None if how.clusters else found.se, method=found.method)


def _ranks(counts: Floats, full: NDArray[np.bool_], level: float) -> Numbers:
    from statsmodels.stats.nonparametric import rank_compare_2indep

    seen = ~np.isnan(counts)
    found = rank_compare_2indep(counts[seen & full], counts[seen & ~full], use_t=True)
    chance, se, df = float(found.prob1), math.sqrt(float(found.var) / float(found.nobs)), float(found.df)
    middle, reach = special.logit(chance), se / (chance * (1 - chance)) * float(special.stdtrit(df, (1 + level) / 2))
    interval = (float(special.expit(middle - reach)), float(special.expit(middle + reach)))
    return Numbers(value=chance, se=se, df=df, interval=interval, method="statsmodels' rank_compare_2indep")


@dataclass(frozen=True, slots=True, repr=False)
class _Fit:
    """Coefficients, and the spread beyond Poisson's."""

    beta: Floats
    spread: float  # 1/θ


def _model(people: People, first: Estimate, counts: Floats, columns: Floats) -> Numbers | None:
    used = known(counts, columns, people.full.astype(float))
    y, full = counts[used], people.full[used]
    others = columns[used] - columns[used].mean(axis=0)
    design = np.column_stack([np.ones(len(y)), full, independent(others) if others.shape[1] else others])
    is_poisson = first.key.what == "rate_ratio_robust" or (first.how is not None and bool(first.how.fallback))
    fit = _poisson(y, design) if is_poisson else _negative_binomial(y, design)
    if fit is None:
        return None
    slope, value = np.eye(design.shape[1])[ARM], float(fit.beta[ARM])
    if first.key.what == "rate_difference":
        value, slope = 0.0, np.zeros(design.shape[1])
        for arm, sign in ((1.0, 1.0), (0.0, -1.0)):
            everybody = design.copy()
            everybody[:, ARM] = arm
            predicted = np.exp(everybody @ fit.beta)
            value += sign * float(predicted.mean())
            slope += sign * (predicted @ everybody) / len(predicted)
    else:
        value = math.exp(value)
    clusters = first.how is not None and bool(first.how.clusters)
    se = None if clusters else math.sqrt(float(slope @ _hc3(y, design, fit) @ slope))
    df = None if clusters else float(len(y) - design.shape[1])
    return Numbers(value=value, se=se, df=df, method="statsmodels, HC3 beside it")


def _hc3(y: Floats, design: Floats, fit: _Fit) -> Floats:
    mean = np.exp(design @ fit.beta)
    weight = mean / (1 + fit.spread * mean)
    turned, root = np.linalg.qr(np.sqrt(weight)[:, None] * design)
    leverage = (turned**2).sum(axis=1)
    scores = np.linalg.solve(root, (turned * ((y - mean) / (1 + fit.spread * mean) / np.sqrt(weight))[:, None]).T)
    return np.asarray((scores / (1 - leverage) ** 2) @ scores.T)


def _poisson(y: Floats, design: Floats) -> _Fit | None:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    fit = GLM(y, design, family=Poisson()).fit(tol=REST, maxiter=STEPS)
    return _Fit(np.asarray(fit.params), 0.0) if fit.converged else None


def _negative_binomial(y: Floats, design: Floats) -> _Fit | None:
    """Maximum likelihood of coefficients and spread together, then Newton's steps of statsmodels' score to rest."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    start = _poisson(y, design)
    if start is None:
        return None
    model = NegativeBinomial(y, design, loglike_method="nb2")
    begin = np.append(start.beta, 0.5)
    fit = model.fit(start_params=begin, method="bfgs", maxiter=STEPS, gtol=1e-6, disp=False, warn_convergence=False)
    place = np.asarray(fit.params)
    for _ in range(20):
        step = np.linalg.solve(model.hessian(place), model.score(place))
        place = place - step
        if not np.isfinite(place).all() or place[-1] <= 0:
            return None
        if np.abs(step).max() < REST:
            break
    return _Fit(place[:-1], float(place[-1]))
