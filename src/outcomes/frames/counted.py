"""Counts compared between two arms: negative binomial regression, and estimating equations over several visits."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.formulas import read_formula
from outcomes.frames.result import OF_THE_LOGARITHM, Fit, Row
from outcomes.frames.sample import CLIENT, read_numbers, read_sample, require_level, take, to_pandas
from outcomes.frames.shares import NO_MEETING
from outcomes.frames.visits import find_order
from outcomes.methods.ancova import ancova_design
from outcomes.methods.count_spread import CountSpread
from outcomes.methods.gee import fit_gee
from outcomes.methods.negative_binomial import fit_counts
from outcomes.models.rates import NO_MORE_SPREAD, WITHOUT_EVENTS
from outcomes.results.how import How

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.frames.sample import Sample
    from outcomes.methods.gee import Correction
    from outcomes.methods.negative_binomial import Family

# What judges each family over visits, as simulations found it to hold: docs/methods/counts.md, yes_no.md.
CORRECTIONS: dict[str, tuple[Correction, str]] = {
    "poisson": ("mancl_derouen", "Mancl–DeRouen standard error, t on people minus coefficients"),
    "binomial": ("kauermann_carroll", "Kauermann–Carroll standard error, Satterthwaite df"),
}


@in_one_thread()
def negbin(
    data: Any,
    formula: str | None = None,
    *,
    score: str | None = None,
    arm: str = "arm",
    reference: Any = None,
    baseline: str | None = None,
    covariates: str | Sequence[str] = (),
    exposure: str | None = None,
    family: Family = "negative_binomial",
    cluster: str | None = None,
    client: str | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare counts or rates of events between two arms: negative binomial, or quasi-Poisson, regression.

    Parameters
    ----------
    data : frame
        One row a person.
    formula, arm, reference, baseline, covariates, cluster, client, level
        As in `ancova`; the arm may meet nothing in the formula.
    score : str
        Column of whole numbers.
    exposure : str, optional
        Column of how long each was followed; who was not followed at all is counted as left out.
    family : str
        "negative_binomial" or "poisson".

    Returns
    -------
    Fit
        The rate ratio, HC3 or CR2. `contrasts("difference")`: the difference of the rates predicted for everybody;
        `contrasts("means")`: the two rates.

    Raises
    ------
    FrameError
        Of what cannot be meant: counts that are none, an exposure below zero.
    NotEstimableError
        Where the data cannot answer.

    Examples
    --------
    >>> people = outcomes.read_study(outcomes.example()).frame("clients")
    >>> fit = outcomes.negbin(people, score="self_harm", exposure="self_harm_years", covariates=["age"])
    >>> fit.scale
    'ratio'
    """
    level = require_level(level)
    frame = to_pandas(data)
    if exposure is not None:
        frame = _without_exposure(frame, exposure)
    sample = read_sample(
        frame,
        formula,
        score=score,
        arm=arm,
        reference=reference,
        baseline=baseline,
        covariates=covariates,
        needed={} if exposure is None else {exposure: "time followed"},
        client=client,
    )
    if formula is not None:
        asked = read_formula(formula, frame, arm=arm)
        if asked.with_arm:
            raise FrameError("formula", NO_MEETING)
        score = asked.score
    if score is None:
        raise FrameError("negbin", "say which column is compared: score=…, or a formula")
    counts = sample.numbers(score)
    if (counts < 0).any() or (counts != np.round(counts)).any():
        raise FrameError("data", f"the column {score} holds what is no count: a whole number, not below zero")
    return _fit(sample, counts, exposure=exposure, family=family, cluster=cluster, level=level)


def _without_exposure(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Take nobody's time for a time: zero is none; raises FrameError of times below it."""
    times = read_numbers(frame, name)
    if (times < 0).any():
        raise FrameError("data", f"the column {name} holds times below zero")
    return frame.assign(**{name: np.where(times == 0, np.nan, times)})


def _fit(
    sample: Sample, counts: np.ndarray, *, exposure: str | None, family: Family, cluster: str | None, level: float
) -> Fit:
    among, full = sample.among(), sample.full[sample.used]
    fitted = fit_counts(
        counts=counts,
        exposure=np.ones(len(counts)) if exposure is None else sample.numbers(exposure),
        design=ancova_design(full=full, covariates=among.columns),
        names=("the intercept", "the arm", *among.names),
        family=family,
    )
    labels = sample.clusters(cluster)
    spread = CountSpread(fit=fitted, clusters=None if labels is None else labels[fitted.kept])
    is_poisson = family == "negative_binomial" and math.isinf(fitted.theta)
    told = f"CR2 by {cluster}, Satterthwaite df" if cluster else "HC3, t on people less coefficients"
    name = {"negative_binomial": "negative binomial regression", "poisson": "Poisson regression"}[family]
    by = sample.covariates.sources
    offset = f", offset log({exposure})" if exposure else ""
    fit = Fit(
        call="negbin",
        title="adjusted rate ratio" if by else "rate ratio",
        rows=(Row.of(spread.log_ratio(), term="arm", compared=sample.compared, level=level, is_ratio=True),),
        level=level,
        scale="ratio",
        n=len(counts),
        arms=sample.counts,
        dropped=sample.dropped,
        how=How(
            estimator=family,
            inference="satterthwaite" if cluster else "t",
            covariance="cr2" if cluster else "hc3",
            adjusted=by,
            clusters=cluster or "",
            bounded=is_poisson,
        ),
        method=f"{name}{offset}, adjusted for {', '.join(by) or 'nothing'}; {told}",
        notes=(
            *((NO_MORE_SPREAD,) if is_poisson else ()),
            *(() if fitted.kept.all() else (WITHOUT_EVENTS,)),
            *among.notes,
            *sample.tell_alone(cluster),
            OF_THE_LOGARITHM,
        ),
        model=spread,
    )
    return replace(fit, offers={"difference": lambda: _difference(fit, sample), "means": lambda: _means(fit, sample)})


def _difference(fit: Fit, sample: Sample) -> Fit:
    contrast = fit.model.standardised().difference
    row = Row.of(contrast, term="arm", compared=sample.compared, level=fit.level)
    title = "difference of the rates predicted for everybody"
    return fit.other(rows=(row,), scale="difference", title=title, notes=fit.notes[:-1])


def _means(fit: Fit, sample: Sample) -> Fit:
    rates = fit.model.standardised()
    pairs = zip(sample.arms, (rates.full, rates.skills), strict=True)
    rows = tuple(Row(term="rate", contrast=arm, estimate=rate) for arm, rate in pairs)
    return fit.other(rows=rows, scale="mean", title="rates predicted for everybody", notes=fit.notes[:-1])


@in_one_thread()
def gee(
    data: Any,
    *,
    score: str,
    family: str,
    arm: str = "arm",
    reference: Any = None,
    baseline: str | None = None,
    covariates: str | Sequence[str] = (),
    client: str = CLIENT,
    visit: str = "visit",
    visits: Sequence[Any] | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare counts, or something that happens or not, over several visits: one ratio by estimating equations.

    Parameters
    ----------
    data : frame
        One row a person at a visit after the start.
    score : str
        Column of counts, or of 0 and 1.
    family : str
        "poisson" gives a ratio of means, "binomial" an odds ratio.
    arm, reference, baseline, covariates, level
        As in `ancova`.
    client, visit, visits
        As in `mmrm`.

    Returns
    -------
    Fit
        Exchangeable correlation; Mancl–DeRouen (counts) or Kauermann–Carroll (yes or no) standard error.

    Raises
    ------
    FrameError, NotEstimableError
        As `ancova`.

    Examples
    --------
    >>> long = outcomes.read_study(outcomes.example()).frame().query("measure == 'dts'")
    >>> long = long.assign(high=(long["score"] > 3).where(long["score"].notna()).astype(float))
    >>> outcomes.gee(long, score="high", family="binomial", baseline="baseline").scale
    'ratio'
    """
    level = require_level(level)
    if family not in CORRECTIONS:
        raise FrameError("family", f"one of: {', '.join(CORRECTIONS)}")
    frame = to_pandas(data)
    order = find_order(take(frame, visit), visit, visits)
    ids = take(frame, client)
    row = pd.RangeIndex(len(frame)).astype(str) + "."
    frame = frame[ids.notna() & frame[visit].isin(order)].assign(_row=row)
    if frame.duplicated([client, visit]).any():
        raise FrameError("data", f"a person has two rows at the same {visit}; keep one row a person at a visit")
    place = pd.Categorical(frame[visit], categories=order).codes
    frame = frame.assign(_visit=place).sort_values([client, "_visit"], kind="stable").reset_index(drop=True)
    sample = read_sample(
        frame, None, score=score, arm=arm, reference=reference, baseline=baseline, covariates=covariates, client="_row"
    )
    values = sample.numbers(score)
    _require_family(values, family, score)
    return _solve(sample, values, order, client=client, family=family, level=level)


def _require_family(values: np.ndarray, family: str, score: str) -> None:
    if family == "binomial" and not np.isin(values, (0, 1)).all():
        raise FrameError("data", f"the column {score} holds other values than 0 and 1")
    if family == "poisson" and ((values < 0).any() or (values != np.round(values)).any()):
        raise FrameError("data", f"the column {score} holds what is no count: a whole number, not below zero")


def _solve(
    sample: Sample,
    values: np.ndarray,
    order: list[Any],
    *,
    client: str,
    family: Any,
    level: float,
) -> Fit:
    among, full = sample.among(), sample.full[sample.used]
    at = sample.frame["_visit"].to_numpy()[sample.used]
    held = np.unique(at)[1:]
    columns = [np.ones(len(full)), full, *((at == visit).astype(float) for visit in held)]
    people = pd.factorize(sample.frame[client][sample.used], sort=True)[0]
    fitted = fit_gee(
        values=values,
        design=np.column_stack([*columns, among.columns]),
        people=people.astype(np.intp),
        names=("the intercept", "the arm", *(f"the visit {order[visit]}" for visit in held), *among.names),
        family=family,
    )
    correction, told = CORRECTIONS[family]
    contrast = fitted.contrast(np.eye(len(fitted.beta))[1], correction=correction)
    link = "log" if family == "poisson" else "logit"
    arms = pd.Series(full).groupby(people).first()
    return Fit(
        call="gee",
        title="ratio of the means over all visits" if family == "poisson" else "odds ratio over all visits",
        rows=(Row.of(contrast, term="arm", compared=sample.compared, level=level, is_ratio=True),),
        level=level,
        scale="ratio",
        n=fitted.people,
        arms={sample.arms[0]: int(arms.sum()), sample.arms[1]: int((~arms).sum())},
        dropped={f"rows with {reason}": count for reason, count in sample.dropped.items()},
        how=How(
            estimator="gee",
            inference="t" if family == "poisson" else "satterthwaite",
            covariance=correction,
            adjusted=sample.covariates.sources,
        ),
        method=f"generalised estimating equations, {link} link, exchangeable correlation; {told}",
        notes=(*among.notes, OF_THE_LOGARITHM),
        model=fitted,
    )
