"""Counts and yes/no at visits a second time: statsmodels' Logit, GEE and least squares, and its intervals of shares."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication import counted, shares, unfollowed
from outcomes.replication.columns import independent, known
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.plan.model import Measure
    from outcomes.replication.people import People
    from outcomes.results.key import Key
    from outcomes.results.outcome import Estimate

    Floats = NDArray[np.float64]

BASELINE = "baseline"
SMALL_CELL = 5  # as docs/methods/completion.md says of Firth's likelihood


def compute(people: People, first: Estimate, covariates: Floats) -> Numbers | None:
    """Compute a result of a count or a yes/no; None where there is no second road."""
    key, level = first.key, first.interval.level if first.interval else people.plan.confidence.level
    if key.what in {"common_odds_ratio", "common_rate_ratio"}:
        return _all_visits(people, first, covariates)
    if not key.visit:
        return None
    if key.analysis == "counts":
        return counted.compute(people, first, _columns(people, first, covariates))
    answers = scores_at(people, key.measure, key.visit)
    mine = people.full if key.arm == "full" else ~people.full
    if key.arm:
        filled = {"share": answers, "least": np.nan_to_num(answers, nan=0.0), "most": np.nan_to_num(answers, nan=1.0)}
        return shares.share(filled[key.what][mine], level=level)
    if key.category:
        return _difference(people, first, answers, covariates)
    return _adjusted(people, first, answers, covariates)


def plan(key: Key, se: float, n: int, measure: Measure, level: float) -> Numbers | None:
    """Which difference four of five studies as large would show; how many people the worthwhile one takes."""
    from scipy import stats

    reach, is_count = float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(0.8)) * se, key.analysis == "counts"
    if key.what == "detectable":
        up = reach if measure.better == "higher" else -reach
        return Numbers(value=math.exp(up) if is_count else min(reach, 1.0), method="normal points")
    if measure.worthwhile is None:
        return None
    least = math.log(measure.worthwhile) if is_count else measure.worthwhile
    return Numbers(value=float(math.ceil(n * (reach / least) ** 2)), method="normal points")


def _columns(people: People, first: Estimate, covariates: Floats) -> Floats:
    start = scores_at(people, first.key.measure, people.plan.baseline)
    start = np.log(start + 1) if first.key.analysis == "counts" else start
    return np.column_stack([start, covariates]) if first.how and BASELINE in first.how.adjusted else covariates


def _difference(people: People, first: Estimate, answers: Floats, covariates: Floats) -> Numbers | None:
    """Crude, with those not seen set to the worst or best, or by least squares."""
    level, full, way = first.interval.level if first.interval else 0.95, people.full, first.key.category
    if way in unfollowed.WAYS:
        lost = unfollowed.lay_out(people, first, answers, _columns(people, first, covariates))
        return unfollowed.draw_difference(lost, _logit, first.how.draws if first.how else 0)
    if way == "crude":
        return shares.crude_difference(answers, full, level=level)
    if way in {"least", "most"}:
        filled = np.where(np.isnan(answers), (full == (way == "most")).astype(float), answers)
        return shares.crude_difference(filled, full, level=level)
    if first.how is None or first.how.clusters:
        return None
    import statsmodels.api as sm

    columns = np.column_stack([scores_at(people, first.key.measure, people.plan.baseline), covariates])
    used = known(answers, columns)
    design = np.column_stack([np.ones(used.sum()), full[used], independent(_centred(columns[used]))])
    fit = sm.OLS(answers[used], design).fit(cov_type="HC3", use_t=True)
    low, high = fit.conf_int(1 - level)[1]
    interval = (max(float(low), -1.0), min(float(high), 1.0))
    return Numbers(
        value=float(fit.params[1]), se=float(fit.bse[1]), df=float(fit.df_resid), interval=interval, method="OLS, HC3"
    )


def _logit(answers: Floats, _: Floats, design: Floats) -> tuple[Floats | None, float]:
    """Coefficients of a Logit, with Firth's penalty where one side of an arm holds fewer than five."""
    from statsmodels.discrete.discrete_model import Logit

    full = design[:, 1] == 1
    cells = [int((answers[arm] == side).sum()) for arm in (full, ~full) for side in (0, 1)]
    model = Logit(answers, design)
    found = None if min(cells) < SMALL_CELL else shares.maximise(model)
    return (shares.solve_penalised(model) if found is None else found), 0.0


def _centred(columns: Floats) -> Floats:
    return np.asarray(columns - columns.mean(axis=0))


def _adjusted(people: People, first: Estimate, answers: Floats, covariates: Floats) -> Numbers | None:
    """By statsmodels' Logit, or with Firth's penalty; of the ratio and the odds ratio the value alone."""
    columns, how = _columns(people, first, covariates), first.how
    if how is None or how.estimator == "share":
        used = known(answers, columns)
        crude = shares.crude_difference(answers[used], people.full[used], level=people.plan.confidence.level)
        return crude if first.key.what == "difference" else None
    found = shares.standardised(answers, people.full, columns, penalised=how.penalised)
    if found is None:
        return None
    if first.key.what == "difference":
        se = None if how.clusters else found.se
        return Numbers(value=found.full - found.skills, se=se, method=found.method)
    value = found.full / found.skills if first.key.what == "ratio" else math.exp(found.log_odds)
    return Numbers(value=value, method=found.method)


def _all_visits(people: People, first: Estimate, covariates: Floats) -> Numbers | None:
    """One ratio by statsmodels' GEE; for counts with the standard error that it calls bias-reduced."""
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial, Poisson
    from statsmodels.genmod.generalized_estimating_equations import GEE

    columns, later = _columns(people, first, covariates), people.grids[first.key.measure][:, 1:]
    rows, visits = np.nonzero(~np.isnan(later) & known(columns)[:, None])
    held = np.unique(visits)[1:]
    some = columns[rows]
    others = [(visits == visit).astype(float) for visit in held]
    design = np.column_stack(
        [np.ones(len(rows)), people.full[rows], independent(_centred(np.column_stack([*others, some])))]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        is_count = first.key.analysis == "counts"
        family = Poisson() if is_count else Binomial()
        model = GEE(later[rows, visits], design, groups=rows, family=family, cov_struct=Exchangeable())
        fit = model.fit(cov_type="bias_reduced" if is_count else "robust", maxiter=500, ctol=1e-11)
    se = float(fit.bse[1]) if is_count else None
    df = float(len(np.unique(rows)) - design.shape[1]) if is_count else None
    return Numbers(value=math.exp(float(fit.params[1])), se=se, df=df, method="statsmodels' GEE, exchangeable")
