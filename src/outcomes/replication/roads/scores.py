"""Scores a second time: as they are, changed, compared and adjusted; the repeated-measures model and Holm."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.replication import described, kinds, quarters
from outcomes.replication.columns import known
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.happened import TOLD, find_p_value, happened
from outcomes.replication.least import judge
from outcomes.replication.people import scores_at
from outcomes.replication.scores import ARM, fit_adjusted
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.replication.wide import Road, Wide


def _describe(wide: Wide, first: Estimate) -> Numbers:
    key = first.key
    scores = wide.values_of(key.subject) if key.subject else scores_at(wide.people, key.measure, key.visit)
    mine = scores[wide.arm(key) & ~np.isnan(scores)]
    return described.mean(mine) if key.what == "mean" else described.sd(mine)


def _smd(wide: Wide, first: Estimate) -> Numbers | None:
    subject = first.key.subject
    plan = wide.people.plan.measures
    column = wide.column_of(subject)
    if column is None and plan[subject].kind == "yes_no":
        answers = wide.values_of(subject)
        seen = known(answers)
        return described.smd_of_levels(answers[seen].astype(object), wide.people.full[seen])
    if column is not None and not pd.api.types.is_numeric_dtype(column):
        levels = column.to_numpy(dtype=object)
        told = np.array([not pd.isna(one) for one in levels])
        return described.smd_of_levels(levels[told], wide.people.full[told])
    values = wide.values_of(subject)
    return described.smd(values[known(values)], wide.people.full[known(values)])


def _level(wide: Wide, first: Estimate) -> Numbers:
    """Share of a level among those of an arm of whom it is recorded."""
    column = wide.column_of(first.key.subject)
    if column is None:  # a yes/no at the start
        values = wide.values_of(first.key.subject)[wide.arm(first.key)].tolist()
        answers = [one for one in values if not math.isnan(one)]
        return Numbers(value=answers.count(float(first.named == "yes")) / len(answers), method="count")
    mine = [str(one) for one in column[wide.arm(first.key)] if not pd.isna(one)]
    return Numbers(value=mine.count(first.named) / len(mine), method="count")


def _within(wide: Wide, first: Estimate) -> Numbers:
    start, end, used = wide.at(first.key)
    used = used & wide.arm(first.key)
    if first.key.what == "change":
        return described.mean(end[used] - start[used])
    return described.becker(start[used], end[used], wide.sign(first.key.measure))


def _between(wide: Wide, first: Estimate) -> Numbers:
    start, end, used = wide.at(first.key)
    before, after, full, sign = start[used], end[used], wide.people.full[used], wide.sign(first.key.measure)
    if first.key.what == "difference":
        return described.between(after - before, full)
    if first.key.what == "g_change":
        return described.d_ppc2(before, after, full, sign)
    return described.hedges(after, full, sign, wide.level())


def _least_squares(wide: Wide, first: Estimate) -> Numbers:
    """Give the adjusted difference at a visit, by HC3, or by CR2 where the first allows for groups."""
    people, key = wide.people, first.key
    model = fit_adjusted(people, key.measure, wide.covariates, key.visit)
    groups = wide.groups_of(first, model.used)
    number = judge(model.found.model.exog, model.found.model.endog, ARM, groups)
    if key.what == "difference":
        return number
    start = scores_at(people, key.measure, people.plan.baseline)[model.used]
    return described.over_start(number, start, people.full[model.used], wide.sign(key.measure), wide.level())


def _repeated(wide: Wide, first: Estimate) -> Numbers | None:
    """Give what is told of the repeated-measures model at a visit."""
    key, fitted = first.key, wide.fit(first.key.measure)
    if fitted is None:
        return None
    near, dense, rows = fitted
    by_group = first.how.clusters if first.how is not None and first.how.covariance == "cr2" else ""
    mean = key.what == "adjusted_mean"
    weights = near.weights(key.visit, level=float(mean), arm=float(not mean or key.arm == "full"))
    labels = wide.groups(by_group) if by_group else []
    judged = dense.by_group([labels[row] for row in rows], weights) if by_group else dense.by_model(weights)
    number = Numbers(value=judged.value, method="dense matrices of the people", se=judged.se, df=judged.df)
    if key.what != "g":
        return number
    start, full = scores_at(wide.people, key.measure, wide.people.plan.baseline)[near.used], wide.people.full[near.used]
    return described.over_start(number, start, full, wide.sign(key.measure), wide.level())


def _holm(wide: Wide, first: Estimate) -> Numbers | None:
    """Correct the second p-values."""
    from scipy import stats
    from statsmodels.stats.multitest import multipletests

    plan, p_values, mains = wide.people.plan, [], wide.mains(first)
    for measure in plan.primary_measures:
        number = _main(wide, mains[measure]) if measure in mains else None
        if measure in mains and (number is None or not number.se):
            raise NotFollowedError  # by groups there is no second p-value of a count or a yes/no
        is_ratio = measure in mains and mains[measure].unit == "ratio"
        value = 0.0 if number is None else math.log(number.value) if is_ratio else number.value
        t = 0.0 if number is None or not number.se else value / number.se
        p_values.append(2 * float(stats.t.sf(abs(t), (number and number.df) or math.inf)))
    p_values += [find_p_value(wide, kind) for kind in plan.primary_events]
    names = [*((one, "") for one in plan.primary_measures), *(("", one) for one in plan.primary_events)]
    corrected = multipletests(p_values, method="holm")[1]
    value = float(corrected[names.index((first.key.measure, first.key.subject))])
    return Numbers(value=value, method="statsmodels' multipletests")


def _main(wide: Wide, first: Estimate) -> Numbers | None:
    return (_repeated if first.key.analysis == "mmrm" else _kind)(wide, first)


def _kind(wide: Wide, first: Estimate) -> Numbers | None:
    if first.key.what not in {"detectable", "people_needed"}:
        return kinds.compute(wide.people, first, wide.covariates)
    described = wide.people.plan.measures[first.key.measure]
    main = wide.found.get(str(OF_KINDS[described.kind].key(first.key.measure, first.key.visit)))
    second = kinds.compute(wide.people, main, wide.covariates) if isinstance(main, Estimate) else None
    if second is None or second.se is None or not isinstance(main, Estimate) or main.n is None:
        return None
    return kinds.plan(first.key, second.se, main.n, described, wide.level())


ROADS: Mapping[tuple[str, str], Road] = {
    ("describe", "mean"): _describe,
    ("describe", "sd"): _describe,
    ("baseline", "mean"): _describe,
    ("baseline", "sd"): _describe,
    ("baseline", "smd"): _smd,
    ("baseline", "share"): _level,
    ("balance", "before"): _smd,
    ("within", ""): _within,
    ("between", ""): _between,
    ("ancova", "difference"): _least_squares,
    ("ancova", "g"): _least_squares,
    ("mmrm", "difference"): _repeated,
    ("mmrm", "clustered"): _repeated,
    ("mmrm", "adjusted_mean"): _repeated,
    ("mmrm", "g"): _repeated,
    **dict.fromkeys((("yes_no", ""), ("counts", "")), _kind),
    **dict.fromkeys(((of, "p_holm") for of in ("mmrm", "yes_no", "counts", "events")), _holm),
    **{("events", what): happened for what in TOLD},
    **quarters.ROADS,
}
