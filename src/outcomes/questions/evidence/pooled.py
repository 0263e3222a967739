"""What several published comparisons say together; one alone is shown as it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.core.ids import result_id
from outcomes.methods.meta_analysis import MetaAnalysisFit, fit_meta_analysis
from outcomes.models.contract import to_interval
from outcomes.questions.evidence.local import to_effect
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.methods.published_effects import PublishedEffect
    from outcomes.plan.model import Plan
    from outcomes.questions.evidence.rows import Row
    from outcomes.questions.evidence.topics import Topic
    from outcomes.results.outcome import Outcome

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
}
FURTHER = {"h2": "total over sampling variance", "q": "Cochran's Q"}
_FEWEST = 2
_NO_SCALE = 1e-20


def pool(
    topic: Topic, rows: Sequence[Row], local: Outcome | None, plan: Plan, *, absent: str | None
) -> Iterator[Outcome]:
    """Pool the rows of a topic that may be pooled, or say why not; with the local result apart, if the plan says so."""
    usable = [row for row in rows if row.is_poolable]
    reason = absent or _why_not(usable)
    if reason is not None:
        for what, label in PLANNED.items():
            yield NotEstimable(id=_id(topic, what), label=f"{topic.label}, {label}", reason=reason)
    else:
        yield from _pooled(topic, usable, plan)
    if plan.evidence.pool_local and absent is None:
        yield _with_local(topic, usable, local, plan)


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
        for what, label in PLANNED.items():
            yield NotEstimable(id=_id(topic, what), label=f"{topic.label}, {label}", reason=str(fault))
        return
    people = _people(usable)
    yield _mean(topic, "pooled", fit, unit, level, people)
    yield Estimate(
        id=_id(topic, "prediction"),
        label=f"{topic.label}, {PLANNED['prediction']}",
        value=_on_scale(fit.value, unit),
        unit=unit,
        df=fit.df,
        interval=_interval(fit.prediction_low, fit.prediction_high, unit, level),
        method=f"prediction interval, t on {fit.k - 1} degrees of freedom; {WAY}",
        **people,
    )
    yield Estimate(
        id=_id(topic, "tau2"),
        label=f"{topic.label}, {PLANNED['tau2']}",
        value=fit.tau2,
        unit="variance",
        interval=to_interval(level, (fit.tau2_low, fit.tau2_high)),
        method="REML, with its Q-profile interval" + (", of logarithms of ratios" if unit == "ratio" else ""),
        **people,
    )
    for what, value, kind in (("i2", fit.i2, "share"), ("h2", fit.h2, "ratio")):
        label = f"{topic.label}, {(PLANNED | FURTHER)[what]}"
        method = "from the variance between studies and the typical sampling variance"
        yield Estimate(id=_id(topic, what), label=label, value=value, unit=kind, method=method)
    yield Estimate(
        id=_id(topic, "q"),
        label=f"{topic.label}, {FURTHER['q']}",
        value=fit.q,
        unit="number",
        df=fit.df,
        p_value=fit.q_p_value,
        method="weighted sum of squares about the mean without variance between studies",
    )


def _mean(topic: Topic, what: str, fit: MetaAnalysisFit, unit: str, level: float, people: dict[str, Any]) -> Estimate:
    has_width = fit.scale > _NO_SCALE
    notes = (WIDTHLESS,) if not has_width else (CLOSE,) if fit.scale < 1 else ()
    return Estimate(
        id=_id(topic, what),
        label=f"{topic.label}, {PLANNED['pooled']}" + (" with this study" if what != "pooled" else ""),
        value=_on_scale(fit.value, unit),
        unit=unit,
        se=fit.se if unit == "sd" and has_width else None,
        df=fit.df,
        p_value=fit.p_value if has_width else None,
        interval=_interval(fit.low, fit.high, unit, level) if has_width else None,
        method=f"{WAY}, {INTERVAL}; {fit.k} studies",
        notes=notes,
        **people,
    )


def _with_local(topic: Topic, usable: Sequence[Row], local: Outcome | None, plan: Plan) -> Outcome:
    """Pool with the local result, under an id of its own: `pooled` never holds it."""
    result = _id(topic, "pooled_with_local")
    label = f"{topic.label}, {PLANNED['pooled']} with this study"
    mine = to_effect(local)
    reason = None if usable else NONE
    if usable and (_why_not(usable) not in {None, ONE}):
        reason = _why_not(usable)
    if mine is None or not isinstance(local, Estimate):
        reason = reason or "This study has no result on the scale of the published ones."
    elif usable and local.unit != usable[0].scale:
        reason = reason or MIXED
    if reason is not None or mine is None or not isinstance(local, Estimate):
        return NotEstimable(id=result, label=label, reason=reason or NONE)
    level = plan.confidence.level
    try:
        fit = _fit([*(row.effect for row in usable if row.effect is not None), mine], level)
    except NotEstimableError as fault:
        return NotEstimable(id=result, label=label, reason=str(fault))
    people = _people(usable)
    for name in people:
        people[name] = (people[name] or 0) + (getattr(local, name) or 0)
    return _mean(topic, "pooled_with_local", fit, local.unit, level, people)


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
    return math.exp(value) if value < 700 else math.inf  # noqa: PLR2004  # beyond, a double has no number


def _id(topic: Topic, what: str) -> str:
    return result_id("evidence", topic.word, what)
