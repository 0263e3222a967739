"""What several published comparisons say together; one alone is shown as it is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.methods.meta_analysis import MetaAnalysisFit, fit_meta_analysis
from outcomes.models.contract import to_interval
from outcomes.questions.evidence.local import to_effect
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimableError
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.methods.published_effects import PublishedEffect
    from outcomes.plan.model import Plan
    from outcomes.questions.evidence.rows import Row
    from outcomes.questions.evidence.topics import Topic
    from outcomes.results.outcome import Cause, Outcome
    from outcomes.results.planned import Planned

NONE = "No published comparison of the two programmes with numbers that were seen in their source was found for this."
ONE = "Only one published comparison has numbers that were seen in their source: it is shown, and not pooled."
SEVERAL = (
    "One study has several results for this outcome, which are not independent: keep the one that counts, or tell them "
    "apart under [evidence.outcomes] in the plan."
)
MIXED = "Some of the published results are ratios of shares and some differences of scores: they are not pooled."
WIDTHLESS = "The published effects are equal, so that the interval of Knapp and Hartung has no width; none is shown."
CLOSE = "The effects lie closer together than chance would have it: this interval is narrower than the model's own."
WAY = "random effects, REML"
INTERVAL = "interval of Knapp and Hartung, t on studies minus one"
PLANNED = {
    "pooled": "pooled effect",
    "prediction": "effect to expect in a new setting",
    "tau2": "variance between studies",
    "i2": "part of the spread that chance does not explain",
    "h2": "total over sampling variance",
    "q": "Cochran's Q",
    "pooled_with_local": "pooled effect with this study",
}
REFUSED = ("pooled", "prediction", "tau2", "i2")  # what is said to be missing; the rest goes with these
# Kind and unit of those that are not on the scale of the effects.
KINDS = {
    "tau2": (Quantity.VARIANCE, "variance"),
    "i2": (Quantity.CORRELATION, "share"),
    "h2": (Quantity.RATIO, "ratio"),
    "q": (Quantity.STATISTIC, "number"),
}
HOW = How(estimator="random_effects", inference="knapp_hartung")
_FEWEST = 2  # studies between which something may vary
_NO_SCALE = (
    1e-20  # below, effects differ by no more than the rounding of doubles: Knapp and Hartung's interval is a point
)
_LARGEST_LOG = 700  # beyond, a double has no number


def pool(
    topic: Topic, rows: Sequence[Row], local: Outcome | None, plan: Plan, *, absent: str | None
) -> Iterator[Outcome]:
    """Pool the rows of a topic that may be pooled, or say why not; with the local result apart, if the plan says so."""
    usable = [row for row in rows if row.is_poolable]
    reason = absent or _why_not(usable)
    cause: Cause = "not reported" if absent is None else "not provided"
    yield from _refuse(topic, reason, cause) if reason is not None else _pooled(topic, usable, plan)
    if plan.evidence.pool_local and absent is None:
        yield _with_local(topic, usable, local, plan)


def _plan(topic: Topic, what: str, unit: str = "sd", *, counts: dict[str, Any] | None = None) -> Planned:
    quantity, own = KINDS.get(what, (topic.scale(unit), unit))
    return topic.plan(what, f"{topic.label}, {PLANNED[what]}", quantity, own, counts=counts)


def _refuse(topic: Topic, reason: str, cause: Cause) -> Iterator[Outcome]:
    for what in REFUSED:
        yield _plan(topic, what).refuse(reason, cause)


def _why_not(usable: Sequence[Row]) -> str | None:
    if not usable:
        return NONE
    if len({row.study for row in usable}) < len(usable):
        return SEVERAL
    if len({row.scale for row in usable}) > 1:
        return MIXED
    return ONE if len(usable) < _FEWEST else None


def _pooled(topic: Topic, usable: Sequence[Row], plan: Plan) -> Iterator[Outcome]:
    level, unit = plan.confidence.level, usable[0].scale or "sd"
    try:
        fit = _fit([row.effect for row in usable if row.effect is not None], level)
    except NotEstimableError as fault:
        yield from _refuse(topic, str(fault), fault.cause)
        return
    people = _people(usable)
    yield _mean(_plan(topic, "pooled", unit, counts=people), fit, level)
    yield _plan(topic, "prediction", unit, counts=people).estimate(
        _on_scale(fit.value, unit),
        df=fit.df,
        interval=_interval(fit.prediction_low, fit.prediction_high, unit, level),
        how=replace(HOW, inference="prediction"),
        method=f"prediction interval, t on {fit.k - 1} degrees of freedom; {WAY}",
    )
    yield _plan(topic, "tau2", counts=people).estimate(
        fit.tau2,
        interval=to_interval(level, (fit.tau2_low, fit.tau2_high)),
        how=How(estimator="reml", inference="q_profile"),
        method="REML, with its Q-profile interval" + (", of logarithms of ratios" if unit == "ratio" else ""),
    )
    for what, value in (("i2", fit.i2), ("h2", fit.h2)):
        yield _plan(topic, what).estimate(
            value,
            how=How(estimator="reml"),
            method="from the variance between studies and the typical sampling variance",
        )
    yield _plan(topic, "q").estimate(
        fit.q,
        df=fit.df,
        p_value=fit.q_p_value,
        how=How(estimator="cochran_q", inference="chi_squared"),
        method="weighted sum of squares about the mean without variance between studies",
    )


def _mean(planned: Planned, fit: MetaAnalysisFit, level: float, cells: tuple[int, ...] = ()) -> Estimate:
    has_width, unit = fit.scale > _NO_SCALE, planned.unit
    notes = (WIDTHLESS,) if not has_width else (CLOSE,) if fit.scale < 1 else ()
    return planned.estimate(
        _on_scale(fit.value, unit),
        se=fit.se if unit == "sd" and has_width else None,
        df=fit.df,
        p_value=fit.p_value if has_width else None,
        interval=_interval(fit.low, fit.high, unit, level) if has_width else None,
        cells=cells,
        how=HOW,
        method=f"{WAY}, {INTERVAL}; {fit.k} studies",
        notes=notes,
    )


def _with_local(topic: Topic, usable: Sequence[Row], local: Outcome | None, plan: Plan) -> Outcome:
    """Pool with the local result, under an id of its own: `pooled` never holds it."""
    planned = _plan(topic, "pooled_with_local", local.unit if isinstance(local, Estimate) else "sd")
    mine = to_effect(local)
    if reason := _why_not_with(usable, local, mine):
        return planned.refuse(reason, "not reported" if usable else "not possible")
    assert mine is not None  # noqa: S101  # for the type checker: `_why_not_with` asked
    assert isinstance(local, Estimate)  # noqa: S101  # the same
    people = _people(usable)
    people = {name: (count or 0) + (getattr(local, name) or 0) for name, count in people.items()}
    effects, level = [*(row.effect for row in usable if row.effect is not None), mine], plan.confidence.level
    told = tuple(Key("evidence", what=what, subject=topic.word) for what in ("pooled", "local"))
    try:
        return _mean(replace(planned, tells=(told,), counts=people), _fit(effects, level), level, local.cells)
    except NotEstimableError as fault:
        return planned.refuse(str(fault), fault.cause)


def _why_not_with(usable: Sequence[Row], local: Outcome | None, mine: PublishedEffect | None) -> str | None:
    if not usable:
        return NONE
    if (reason := _why_not(usable)) not in {None, ONE}:
        return reason
    if mine is None or not isinstance(local, Estimate):
        return "This study has no result on the scale of the published ones."
    return MIXED if local.unit != usable[0].scale else None


def _fit(effects: Sequence[PublishedEffect], level: float) -> MetaAnalysisFit:
    values, variances = (np.array([getattr(effect, name) for effect in effects]) for name in ("value", "variance"))
    return fit_meta_analysis(effects=values, variances=variances, level=level)


def _people(rows: Sequence[Row]) -> dict[str, Any]:
    full, skills = (sum(getattr(row, f"n_{arm}") or 0 for row in rows) for arm in ("full", "skills"))
    return {"n": full + skills, "n_full": full, "n_skills": skills}


def _interval(low: float, high: float, unit: str, level: float) -> Any:
    return to_interval(level, (_on_scale(low, unit), _on_scale(high, unit)))


def _on_scale(value: float, unit: str) -> float:
    """Bring a pooled number back to the scale of print: a ratio from its logarithm."""
    if unit != "ratio":
        return value
    return math.exp(value) if value < _LARGEST_LOG else math.inf
