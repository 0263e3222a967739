"""Shares a second time: who completed and who improved, adjusted, by groups; ratios; limits of the profile."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from outcomes.replication import shares
from outcomes.replication.columns import known, standardised
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.dense import judge_groups
from outcomes.replication.least import own_columns, split
from outcomes.replication.people import judge_by_rule, scores_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

ARM = 1
RISE = 1e-9  # of a derivative of the likelihood for each person, where its top is


class Modelled(NamedTuple):
    """A logistic model of what happened: its design, coefficients and covariance, and who is in it."""

    model: Any
    beta: Array
    penalised: bool
    used: Mask

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Modelled({len(self.beta)} coefficients)"


def fit(happened: Array, full: Mask, columns: Array, *, penalised: bool) -> Modelled | None:
    """Fit what happened to arm and columns; None where no solution was found."""
    from statsmodels.discrete.discrete_model import Logit

    used = known(happened, columns)
    design = own_columns(np.column_stack([np.ones(used.sum()), full[used], standardised(columns[used])]))
    model = Logit(happened[used], design)
    beta = shares.solve_penalised(model) if penalised else shares.maximise(model)
    return None if beta is None else Modelled(model, beta, penalised, used)


def standardise(fitted: Modelled, groups: list[object] | None) -> dict[str, Numbers]:
    """Difference of the shares if all had been in one arm and the other, and ratios of who did and who did not."""
    model, beta = fitted.model, fitted.beta
    X, share = model.exog, model.predict(fitted.beta)
    weight = share * (1 - share)
    phi = np.linalg.inv((X * weight[:, None]).T @ X)
    means, slopes = [], []
    for arm in (1.0, 0.0):
        everybody = X.copy()
        everybody[:, ARM] = arm
        told = model.predict(beta, everybody)
        means.append(float(told.mean()))
        slopes.append((told * (1 - told)) @ everybody / len(told))
    gap = model.endog - share
    if fitted.penalised:
        gap = gap + np.einsum("ij,jk,ik->i", X, phi, X) * weight * (0.5 - share)
    found = []
    p, q = means
    for slope in (
        slopes[0] - slopes[1],
        slopes[0] / p - slopes[1] / q,
        slopes[1] / (1 - q) - slopes[0] / (1 - p),
    ):
        se, df = math.sqrt(float(slope @ phi @ slope)), None
        if groups is not None:
            rows = split(groups)
            blocks = [(X[one], X[one] @ beta + (gap / weight)[one], np.diag(1 / weight[one])) for one in rows]
            judged = judge_groups(blocks, phi, beta, slope)
            se, df = judged.se, judged.df
        found.append((se, df))
    by = "statsmodels' Logit with Firth's penalty" if fitted.penalised else "statsmodels' Logit"
    values = {"difference": p - q, "ratio": p / q, "ratio_not_completed": (1 - p) / (1 - q)}
    return {
        what: Numbers(value=value, method=by, se=se, df=df)
        for (what, value), (se, df) in zip(values.items(), found, strict=True)
    }


def _adjusted(wide: Wide, happened: Array, columns: Array, first: Estimate) -> Numbers | None:
    if first.how is not None and first.how.estimator == "share":  # all were alike: no model was fitted
        used = known(happened, columns)
        told, full = happened[used], wide.people.full[used]
        if first.key.what == "difference":
            return shares.crude_difference(told, full, level=wide.level())
        mine = told if first.key.what == "ratio" else 1 - told
        return shares.ratio_of_all(mine, full, level=wide.level())
    fitted = fit(happened, wide.people.full, columns, penalised=first.how is not None and first.how.penalised)
    return fitted and standardise(fitted, wide.groups_of(first, fitted.used))[first.key.what]


def _stream(wide: Wide, first: Estimate) -> Array:
    """Who completed: as the plan has it, or judged by the sessions of a stream."""
    stream = {"group_stream": "group", "any_stream": "any"}.get(first.key.subject)
    if stream is None:
        return wide.people.completed
    return wide.once(("stream", stream), partial(judge_by_rule, wide.people, stream))


def _completed(wide: Wide, first: Estimate) -> Numbers | None:
    happened, key, full = _stream(wide, first), first.key, wide.people.full
    if key.what == "share":
        return shares.share(happened[wide.arm(key)], level=wide.level())
    if key.category != "crude":
        return _adjusted(wide, happened, wide.covariates, first)
    if key.what == "difference":
        return shares.crude_difference(happened, full, level=wide.level())
    told = [happened[arm & ~np.isnan(happened)] for arm in (full, ~full)]
    if any(one.mean() in {0.0, 1.0} for one in told):
        raise NotFollowedError
    value = math.log(told[0].mean() / told[1].mean())
    se = math.sqrt(sum((1 - one.mean()) / one.sum() for one in told))
    return Numbers(value=math.exp(value), method="Katz' logarithm", se=se)


def _improved(wide: Wide, first: Estimate) -> Numbers | None:
    people, measure = wide.people, first.key.measure
    columns = np.column_stack([scores_at(people, measure, people.plan.baseline), wide.covariates])
    return _adjusted(wide, shares.improved(people, measure), columns, first)


def _odds(wide: Wide, first: Estimate) -> Numbers | None:
    """Odds ratio with the limits of the profile likelihood, by scipy's minimiser and Brent's root."""
    from scipy import optimize, stats

    fitted = fit(
        wide.people.completed,
        wide.people.full,
        wide.covariates,
        penalised=first.how is not None and first.how.penalised,
    )
    if fitted is None:
        return None
    model, beta = fitted.model, fitted.beta
    others = [column for column in range(len(beta)) if column != ARM]

    def height(at: Array) -> float:
        value = float(model.loglike(at))
        if fitted.penalised:
            value += 0.5 * float(np.linalg.slogdet(-model.hessian(at))[1])
        return value

    def profile(arm: float) -> float:
        def below(rest: Array) -> float:
            return -height(np.insert(rest, ARM, arm))

        found = optimize.minimize(below, beta[others], method="BFGS", options={"gtol": RISE * len(model.endog)})
        return -float(found.fun)

    top, fall = height(beta), float(stats.chi2.ppf(wide.level(), 1)) / 2
    se = math.sqrt(float(np.linalg.inv(-model.hessian(beta))[ARM, ARM]))
    limits = []
    for side in (-1.0, 1.0):
        far = beta[ARM] + side * 2 * se
        while top - profile(far) < fall:
            far += side * se
        limits.append(
            optimize.brentq(lambda arm: top - profile(arm) - fall, min(beta[ARM], far), max(beta[ARM], far), xtol=1e-9)
        )
    p_value = float(stats.chi2.sf(2 * (top - profile(0.0)), 1))
    low, high = (math.exp(one) for one in limits)
    return Numbers(value=math.exp(beta[ARM]), method="profile by BFGS", interval=(low, high), p_value=p_value)


def _needed(wide: Wide, first: Estimate) -> Numbers | None:
    """How many people there are to one completer more or fewer: the inverse of the difference, whichever its sign."""
    difference = wide.found.get(str(first.key.but(what="difference")))
    found = _completed(wide, difference) if difference is not None else None  # type: ignore[arg-type]
    limits = None if found is None else found.limits(wide.level(), log=False)
    if found is None or limits is None:
        return None
    low, high = sorted(abs(1 / one) for one in limits)
    return Numbers(value=abs(1 / found.value), method="inverse", interval=(low, high))


ROADS: Mapping[tuple[str, str], Road] = {
    ("completion", "share"): _completed,
    ("completion", "difference"): _completed,
    ("completion", "ratio"): _completed,
    ("completion", "ratio_not_completed"): _completed,
    ("completion", "odds_ratio"): _odds,
    ("completion", "number_needed"): _needed,
    ("change", "difference"): _improved,
}
