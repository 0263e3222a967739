"""One published result, as it is: its numbers with the label of its verification, or what its publication says."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.methods import published_effects
from outcomes.models.contract import to_interval
from outcomes.plan.model import ARMS
from outcomes.questions.evidence.rows import LABELS, PUBLISHED_LEVEL, events, to_number
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimableError, Published
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.methods.published_effects import PublishedEffect
    from outcomes.plan.model import Plan
    from outcomes.questions.evidence.rows import Row
    from outcomes.results.outcome import Outcome

_PERCENT = re.compile(r"(\d+(?:\.\d+)?) *%")
_SD = re.compile(r"hedges|smd|standardi[sz]ed|cohen|^[dg]\b", re.IGNORECASE)
_CORRECTED = "Half a person was added to each cell, since one was empty."
_HOW_RATIO = How(estimator="risk_ratio", inference="logarithm")
# What an effect's kind may be called in the file of the evidence; any other is a difference in a unit of its own.
_PRINTED_KINDS = {
    "odds ratio": Quantity.ODDS_RATIO,
    "hazard ratio": Quantity.HAZARD_RATIO,
    "risk ratio": Quantity.RATIO,
    "correlation": Quantity.CORRELATION,
    "count": Quantity.COUNT,
    "mean": Quantity.MEAN,
}
# What a row of each group is called in the keys of results.
ROWS = {"direct": "published", "indirect": "indirect", "benchmark": "benchmark", "unsourced": "unsourced"}
LEANS = {
    "full": "It points towards {full}.",
    "skills": "It points towards {skills}.",
    "neither": "Its authors could not tell the two programmes apart.",
}


def describe(row: Row, plan: Plan) -> Iterator[Outcome]:
    """Give a row as an estimate where it has numbers, else as the reason why not with what was published."""
    planned = Planned(
        key=Key("evidence", what=ROWS[row.group], subject=row.topic.word, category=row.study_word),
        label=f"{row.study} – {row.outcome}",
        quantity=row.topic.scale(row.scale or "sd"),
        unit=row.scale or "sd",
        named=row.topic.label,
        published=Published(study=row.study, outcome=row.outcome, verification=row.verification),
        counts={"n": _sum(row), "n_full": row.n_full, "n_skills": row.n_skills},
    )
    if row.effect is not None:
        yield _estimate(row, row.effect, planned, plan)
        yield from _shares(row, planned, plan)
        return
    printed = _printed(row, planned) if row.group in {"indirect", "benchmark"} else None
    yield printed or replace(planned, counts={"n_full": row.n_full, "n_skills": row.n_skills}).refuse(
        _say(row), "not reported"
    )


def _estimate(row: Row, effect: PublishedEffect, planned: Planned, plan: Plan) -> Estimate:
    level = plan.confidence.level
    is_ratio = row.scale == "ratio"
    numbers = [effect.value, *effect.limits(level)]
    value, low, high = (math.exp(number) for number in numbers) if is_ratio else numbers
    if is_ratio:
        method = "ratio of shares, {full} over {skills}, with the interval of its logarithm"
    else:
        method = "Hedges' g, positive favours {full}, with its large-sample interval"
    corrected = (_CORRECTED,) if effect.corrected else ()
    return planned.estimate(
        value,
        se=math.sqrt(effect.variance) if not is_ratio else None,
        interval=to_interval(level, (low, high)),
        how=_HOW_RATIO if is_ratio else How(estimator="hedges_g", inference="normal"),
        method=method,
        notes=(f"{LABELS[row.verification]}.", *corrected, *_as_published(row)),
    )


def _shares(row: Row, of: Planned, plan: Plan) -> Iterator[Estimate]:
    """Give the shares behind a ratio, and their difference, where the counts are known."""
    if row.scale != "ratio" or not {"events_full", "events_skills"} <= row.cells.keys():
        return
    level, counts = plan.confidence.level, events(row.cells, row.topic)
    for arm in ARMS:
        people = int(counts[f"n_{arm}"])
        yield replace(
            of,
            key=of.key.but(what="share", arm=arm),
            label=f"{of.label}, share in {plan.arm_names[arm]}",
            quantity=Quantity.SHARE,
            unit="share",
            counts={"n": people},
        ).estimate(
            counts[f"events_{arm}"] / people,
            how=How(estimator="share"),
            method="published count over published count",
        )
    try:
        difference = published_effects.risk_difference(**counts)
    except NotEstimableError:
        return
    yield replace(
        of,
        key=of.key.but(what="difference"),
        label=f"{of.label}, difference",
        quantity=Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        tells=(tuple(of.key.but(what="share", arm=arm) for arm in ARMS),),
    ).estimate(
        difference.value,
        interval=to_interval(level, difference.limits(level)),
        how=How(estimator="share", inference="normal"),
        method="difference of shares, {full} minus {skills}, with its large-sample interval",
    )


def _printed(row: Row, planned: Planned) -> Estimate | None:
    """Take a number as it is printed, for a result that is not of the two programmes."""
    read = {name: _read_printed(row.texts.get(name, "")) for name in ("effect", "low", "high")}
    value, low, high = read.values()
    if value is None:
        return None
    quantity, unit = _kind_of(row)
    whole = low is not None and high is not None and low <= high
    return replace(planned, quantity=quantity, unit=unit).estimate(
        value,
        interval=to_interval(PUBLISHED_LEVEL, (low or 0.0, high or 0.0)) if whole else None,
        how=How(estimator="as_printed"),
        method="as printed in the publication",
        notes=(f"{LABELS[row.verification]}.", *_as_published(row)),
    )


def _kind_of(row: Row) -> tuple[Quantity, str]:
    """Say what kind of number is printed, and in which unit, as far as the file of the evidence tells."""
    if row.texts.get("effect", "").endswith("%"):
        return Quantity.SHARE, "share"
    kind = row.texts.get("effect_type", "")
    if _SD.search(kind):
        return Quantity.STANDARDISED_DIFFERENCE, "sd"
    told = (quantity for words, quantity in _PRINTED_KINDS.items() if words in kind.casefold())
    return next(told, Quantity.DIFFERENCE), "number"


def _read_printed(text: str) -> float | None:
    if found := _PERCENT.fullmatch(text):
        return float(found[1]) / 100
    return to_number(text)


def _say(row: Row) -> str:
    """Say what a row without comparable numbers says."""
    sentences = [f"{LABELS[row.verification]}."]
    if row.group == "direct":
        sentences.append(row.why_not)
        sentences += [LEANS[row.leans]] if row.leans else []
    if row.group == "unsourced":
        sentences.append("A claim that cannot be looked up; it is shown and counts for nothing.")
    return " ".join([*sentences, *_as_published(row)])


def _as_published(row: Row) -> tuple[str, ...]:
    said = row.text.casefold()
    if "significan" in said or "no difference" in said:  # a verdict on p-values is not repeated; the file holds it
        return ()
    return (f"As published: {row.text.rstrip('.')}.",) if row.text else ()


def _sum(row: Row) -> int | None:
    known = [count for count in (row.n_full, row.n_skills) if count is not None]
    return sum(known) if known else None
