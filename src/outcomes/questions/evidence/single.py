"""One published result, as it is: its numbers with the label of its verification, or what its publication says."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from outcomes.core.ids import result_id
from outcomes.methods import published_effects
from outcomes.models.contract import to_interval
from outcomes.questions.evidence.rows import LABELS, PUBLISHED_LEVEL, events, to_number
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.plan.model import Plan
    from outcomes.questions.evidence.rows import Row
    from outcomes.results.outcome import Outcome

_PERCENT = re.compile(r"(\d+(?:\.\d+)?) *%")
_SD = re.compile(r"hedges|smd|standardi[sz]ed|cohen|^[dg]\b", re.IGNORECASE)
_CORRECTED = "Half a person was added to each cell, since one was empty."
LEANS = {
    "full": "It points towards the full programme.",
    "skills": "It points towards skills group only.",
    "neither": "Its authors could not tell the two programmes apart.",
}


def describe(row: Row, plan: Plan) -> Iterator[Outcome]:
    """Give a row as an estimate where it has numbers, else as the reason why not with what was published."""
    words = (row.topic.word,) if row.group == "direct" else (row.group, row.topic.word)
    result = result_id("evidence", *words, row.study_word)
    label = f"{row.study} – {row.outcome}"
    if row.effect is not None:
        yield _estimate(row, result, label, plan)
        yield from _shares(row, result, label, plan)
        return
    printed = _printed(row, result, label) if row.group in {"indirect", "benchmark"} else None
    yield printed or NotEstimable(id=result, label=label, reason=_say(row), n_full=row.n_full, n_skills=row.n_skills)


def _estimate(row: Row, result: str, label: str, plan: Plan) -> Estimate:
    assert row.effect is not None  # noqa: S101  # for the type checker: the caller asked
    level = plan.confidence.level
    is_ratio = row.scale == "ratio"
    numbers = [row.effect.value, *row.effect.limits(level)]
    value, low, high = (math.exp(number) for number in numbers) if is_ratio else numbers
    if is_ratio:
        method = "ratio of shares, full programme over skills group only, with the interval of its logarithm"
    else:
        method = "Hedges' g, positive favours the full programme, with its large-sample interval"
    corrected = (_CORRECTED,) if row.effect.corrected else ()
    return Estimate(
        id=result,
        label=label,
        value=value,
        unit=row.scale or "sd",
        se=math.sqrt(row.effect.variance) if not is_ratio else None,
        interval=to_interval(level, (low, high)),
        n=_sum(row),
        n_full=row.n_full,
        n_skills=row.n_skills,
        method=method,
        notes=(f"{LABELS[row.verification]}.", *corrected, *_as_published(row)),
    )


def _shares(row: Row, result: str, label: str, plan: Plan) -> Iterator[Estimate]:
    """Give the shares behind a ratio, and their difference, where the counts are known."""
    if row.scale != "ratio" or not {"events_full", "events_skills"} <= row.cells.keys():
        return
    level, counts = plan.confidence.level, events(row.cells, row.topic)
    for arm in ("full", "skills"):
        people = int(counts[f"n_{arm}"])
        yield Estimate(
            id=f"{result}.{arm}",
            label=f"{label}, share in {plan.arm_labels[arm]}",
            value=counts[f"events_{arm}"] / people,
            unit="share",
            n=people,
            method="published count over published count",
        )
    try:
        difference = published_effects.risk_difference(**counts)
    except NotEstimableError:
        return
    yield Estimate(
        id=f"{result}.difference",
        label=f"{label}, difference",
        value=difference.value,
        unit="share_difference",
        interval=to_interval(level, difference.limits(level)),
        n=_sum(row),
        n_full=row.n_full,
        n_skills=row.n_skills,
        method="difference of shares, full programme minus skills group only, with its large-sample interval",
    )


def _printed(row: Row, result: str, label: str) -> Estimate | None:
    """Take a number as it is printed, for a result that is not of the two programmes."""
    read = {name: _read_printed(row.texts.get(name, "")) for name in ("effect", "low", "high")}
    value = read["effect"]
    if value is None:
        return None
    limits = (read["low"], read["high"])
    is_share = row.texts.get("effect", "").endswith("%")
    unit = "share" if is_share else "sd" if _SD.search(row.texts.get("effect_type", "")) else "number"
    whole = limits[0] is not None and limits[1] is not None and limits[0] <= limits[1]
    return Estimate(
        id=result,
        label=label,
        value=value,
        unit=unit,
        interval=to_interval(PUBLISHED_LEVEL, (limits[0] or 0.0, limits[1] or 0.0)) if whole else None,
        n=_sum(row),
        n_full=row.n_full,
        n_skills=row.n_skills,
        method="as printed in the publication",
        notes=(f"{LABELS[row.verification]}.", *_as_published(row)),
    )


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
