"""The second computation of every other kind of result: for who verifies, not for the report.

One entry a kind, found by the fields of its key; each computes one estimate from the people and the plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from outcomes.plan.model import ARMS
from outcomes.replication import described, kinds, quarters, shares
from outcomes.replication.columns import covariate_columns, known
from outcomes.replication.comparison import Numbers
from outcomes.replication.dense import DenseFit, judge_groups
from outcomes.replication.diary import read_diary
from outcomes.replication.happened import TOLD, find_p_value, happened
from outcomes.replication.harms import count_harm
from outcomes.replication.people import scores_at
from outcomes.replication.repeated import Repeated, fit_repeated
from outcomes.replication.scores import ARM, at_one_visit, fit_adjusted, without_alone
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from outcomes.replication.people import People
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

    Mask: TypeAlias = NDArray[np.bool_]


@dataclass(slots=True, repr=False)
class Wide:
    """The people, and the models fitted to them so far."""

    people: People
    found: Mapping[str, Outcome]
    fits: dict[str, tuple[Repeated, DenseFit, list[int]] | None] = field(default_factory=dict)
    covariates: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        """Make the columns of the covariates once."""
        self.covariates = covariate_columns(self.people)

    def road(self, first: Estimate) -> Callable[[Estimate], Numbers | None] | None:
        """How an estimate is computed here; None where no road is entered for its kind."""
        key = first.key
        way = ROADS.get((key.analysis, key.what)) or ROADS.get((key.analysis, ""))
        return None if way is None or (key.analysis == "change" and key.subject) else partial(way, self)

    def mains(self, first: Estimate) -> dict[str, Estimate]:
        """Give the comparisons whose p-values Holm corrects: by groups where the standardised differences are."""
        found: dict[str, Estimate] = {}
        for measure in self.people.plan.primary_measures if first.key.what == "p_holm" else ():
            visit = self.people.plan.primary
            kind = OF_KINDS.get(self.people.plan.measures[measure].kind)
            if kind is not None:
                main = self.found.get(str(kind.key(measure, visit)))
                found |= {measure: main} if isinstance(main, Estimate) else {}
                continue
            of = first.key.but(analysis="mmrm", measure=measure, visit=visit, subject="")
            g = self.found.get(str(of.but(what="g")))
            by_group = isinstance(g, Estimate) and g.how is not None and g.how.covariance == "cr2"
            main = self.found.get(str(of.but(what="clustered" if by_group else "difference")))
            if isinstance(main, Estimate):
                found[measure] = main
        return found

    def arm(self, key: Key) -> Mask:
        """Who is in the arm of a key."""
        return self.people.full if key.arm == "full" else ~self.people.full

    def level(self) -> float:
        """Level of the intervals."""
        return self.people.plan.confidence.level

    def sign(self, measure: str) -> float:
        """Which way is better."""
        return 1.0 if self.people.plan.measures[measure].better == "higher" else -1.0

    def at(self, key: Key) -> tuple[NDArray[np.float64], NDArray[np.float64], Mask]:
        """Scores at the start and at the visit of a key, and who has both."""
        start = scores_at(self.people, key.measure, self.people.plan.baseline)
        end = scores_at(self.people, key.measure, key.visit)
        return start, end, known(start, end)

    def groups(self, column: str) -> list[object]:
        """Group of each person; who has none stands alone."""
        return [("alone", row) if pd.isna(one) else one for row, one in enumerate(self.people.clients[column])]

    def fit(self, measure: str) -> tuple[Repeated, DenseFit, list[int]] | None:
        """Fit the repeated-measures model of a measure, once."""
        if measure not in self.fits:
            near = fit_repeated(self.people, measure, self.covariates)
            rows = [] if near is None else np.flatnonzero(near.used)[near.make_rows()].tolist()
            self.fits[measure] = near and (near, DenseFit(near.make_people(), near.sigma), rows)
        return self.fits[measure]

    def values_of(self, subject: str) -> NDArray[np.float64]:
        """Numbers of a characteristic at the start: of a measure or of a covariate."""
        if subject in self.people.plan.measures:
            return scores_at(self.people, subject, self.people.plan.baseline)
        return self.people.clients[subject].to_numpy(dtype=float, na_value=np.nan)


def _describe(wide: Wide, first: Estimate) -> Numbers:
    key = first.key
    scores = wide.values_of(key.subject) if key.subject else scores_at(wide.people, key.measure, key.visit)
    mine = scores[wide.arm(key) & ~np.isnan(scores)]
    return described.mean(mine) if key.what == "mean" else described.sd(mine)


def _smd(wide: Wide, first: Estimate) -> Numbers | None:
    subject = first.key.subject
    plan = wide.people.plan.measures
    if subject in plan and plan[subject].kind == "yes_no":
        answers = wide.values_of(subject)
        seen = known(answers)
        return described.smd_of_levels(answers[seen].astype(object), wide.people.full[seen])
    if subject not in plan and not pd.api.types.is_numeric_dtype(wide.people.clients[subject]):
        levels = wide.people.clients[subject].to_numpy(dtype=object)
        told = np.array([not pd.isna(one) for one in levels])
        return described.smd_of_levels(levels[told], wide.people.full[told])
    values = wide.values_of(subject)
    return described.smd(values[known(values)], wide.people.full[known(values)])


def _level(wide: Wide, first: Estimate) -> Numbers:
    """Share of a level among those of an arm of whom it is recorded."""
    if first.key.subject in wide.people.plan.measures:  # a yes/no at the start
        values = wide.values_of(first.key.subject)[wide.arm(first.key)].tolist()
        answers = [one for one in values if not math.isnan(one)]
        return Numbers(value=answers.count(float(first.named == "yes")) / len(answers), method="count")
    mine = [str(one) for one in wide.people.clients[first.key.subject][wide.arm(first.key)] if not pd.isna(one)]
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


def _flow(wide: Wide, first: Estimate) -> Numbers | None:
    people, key = wide.people, first.key
    mine, what = wide.arm(key), key.what
    if not key.measure:
        held = {
            "started": mine,
            "completed": mine & (people.completed == 1),
            "completion_not_recorded": mine & np.isnan(people.completed),
        }
        return _count(held[what]) if what in held else None
    seen = ~np.isnan(people.grids[key.measure])
    if what == "observed":
        return _count(mine & seen[:, list(people.plan.visits).index(key.visit)])
    start, later, told = seen[:, 0], seen[:, 1:].any(axis=1), known(np.zeros(len(mine)), wide.covariates)
    is_kind = people.plan.measures[key.measure].kind != "score"
    if is_kind:
        start = start if start.any() else ~start
        later = seen[:, list(people.plan.visits).index(people.plan.primary)]
    compared = start & later & told
    if what in {"compared", "compared_and_seen"}:
        return _count(
            mine & compared & (seen[:, list(people.plan.visits).index(people.plan.primary)] | (what == "compared"))
        )
    why = np.select(
        [compared, ~(start & later) & people.outside[key.measure], ~start, ~told],
        ["", "no_window", "no_start", "no_covariate"],
        "no_visit" if is_kind else "no_later",
    )
    return _count(mine & (why == key.category))


def _count(who: Mask) -> Numbers:
    return Numbers(value=float(sum(who.tolist())), method="count")


def _changed(wide: Wide, first: Estimate) -> Numbers | None:
    """Who recovered, improved, got worse: by the definitions of Jacobson and Truax, person by person."""
    key, plan = first.key, wide.people.plan.measures[first.key.measure]
    start, end, used = wide.at(key)
    sign, cut = wide.sign(key.measure), _cut_off(wide, key.measure, plan.cut_off)
    up, down = (shares.reaches(wide.people, key.measure, way * sign * (end - start)).tolist() for way in (1, -1))
    words = []
    for place, (before, after) in enumerate(zip((sign * start).tolist(), (sign * end).tolist(), strict=True)):
        passed = cut is not None and before < sign * cut < after
        if up[place]:
            words.append({"improved", "recovered" if passed else "improved_only"})
        elif down[place]:
            words.append({"deteriorated"})
        else:
            words.append({"unchanged", "crossed" if passed else "unchanged_only"})
    happened = np.array([float(key.category in mine) for mine in words])[used & wide.arm(key)]
    return shares.share(happened, level=wide.level()) if key.what == "share" else _count(happened == 1)


def _threshold(wide: Wide, first: Estimate) -> Numbers:
    return Numbers(value=shares.threshold(wide.people, first.key.measure), method="Jacobson and Truax")


def _cut(wide: Wide, first: Estimate) -> Numbers | None:
    value = _cut_off(wide, first.key.measure, first.key.category)
    return None if value is None else Numbers(value=value, method="Jacobson and Truax")


def _cut_off(wide: Wide, measure: str, kind: str) -> float | None:
    plan = wide.people.plan.measures[measure]
    if plan.clinical is None or plan.nonclinical is None:
        return None
    ill, well = plan.clinical, plan.nonclinical
    towards = 1 if well.mean > ill.mean else -1
    found = {"a": ill.mean + towards * 2 * ill.sd, "b": well.mean - towards * 2 * well.sd}
    return found.get(kind, well.mean + well.sd * (ill.mean - well.mean) / (ill.sd + well.sd))


def _least_squares(wide: Wide, first: Estimate) -> Numbers:
    """Give the adjusted difference at a visit, by HC3, or by CR2 where the first allows for groups."""
    people, key, covariates = wide.people, first.key, wide.covariates
    number = at_one_visit(people, key.measure, covariates, key.visit)
    model = fit_adjusted(people, key.measure, covariates, key.visit)
    column = first.how.clusters if first.how is not None else ""
    if column:
        among = without_alone(model)
        judged_by = fit_adjusted(people, key.measure, covariates, key.visit, among=among)
        X, y, labels = judged_by.found.model.exog, judged_by.found.model.endog, wide.groups(column)
        mine = [labels[row] for row in np.flatnonzero(among)]
        rows = [[row for row, label in enumerate(mine) if label == group] for group in dict.fromkeys(mine)]
        blocks = [(X[one], y[one], np.eye(len(one))) for one in rows]
        beta, weights = np.asarray(judged_by.found.params), np.eye(X.shape[1])[ARM]
        judged = judge_groups(blocks, np.linalg.pinv(X.T @ X), beta, weights)
        number = Numbers(value=number.value, method="CR2 by its definition", se=judged.se, df=judged.df)
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
            return None  # by groups there is no second p-value of a count or a yes/no
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


def _completed(wide: Wide, first: Estimate) -> Numbers | None:
    """Least and most that could have completed: if none of those not recorded had, or all."""
    mine = wide.people.completed[wide.arm(first.key)]
    if first.key.subject or first.key.arm not in ARMS:
        return None
    return Numbers(value=float(np.nan_to_num(mine, nan=float(first.key.what == "most")).mean()), method="count")


ROADS: Mapping[tuple[str, str], Callable[[Wide, Estimate], Numbers | None]] = {
    ("flow", ""): _flow,
    **dict.fromkeys(((of, what) for of in ("describe", "baseline") for what in ("mean", "sd")), _describe),
    ("baseline", "smd"): _smd,
    ("baseline", "share"): _level,
    ("balance", "before"): _smd,
    ("within", ""): _within,
    ("between", ""): _between,
    ("change", "share"): _changed,
    ("change", "people"): _changed,
    ("change", "threshold"): _threshold,
    ("change", "cut_off"): _cut,
    ("ancova", "difference"): _least_squares,
    ("ancova", "g"): _least_squares,
    ("mmrm", "difference"): _repeated,
    ("mmrm", "clustered"): _repeated,
    ("mmrm", "adjusted_mean"): _repeated,
    ("mmrm", "g"): _repeated,
    **dict.fromkeys((("yes_no", ""), ("counts", "")), _kind),
    **dict.fromkeys(((of, "p_holm") for of in ("mmrm", "yes_no", "counts", "events")), _holm),
    ("diary", ""): lambda wide, first: read_diary(wide.people, first.key),
    ("harms", ""): lambda wide, first: count_harm(wide.people, first.key),
    **{("events", what): happened for what in TOLD},
    ("completion", "least"): _completed,
    ("completion", "most"): _completed,
    **quarters.ROADS,
}
