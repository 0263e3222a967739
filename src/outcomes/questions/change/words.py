"""How many people changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import read_limits

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter


def lead_change(quoter: Quoter) -> Phrase:
    """Say for each primary measure how many improved reliably in each arm."""
    plan = quoter.plan_model
    sentences = []
    for measure in plan.primary_measures:
        at = f"change.{measure}.{plan.primary}"
        if not all(quoter.has(f"{at}.{arm}.improved") for arm in ("full", "skills")):
            continue
        counts = [_say_count(quoter, f"{at}.{arm}.improved", arm) for arm in ("full", "skills")]
        sentences.append(
            Phrase("{}: {} and {} improved reliably{}.").format(
                quoter.measure(measure), *counts, _say_compared(quoter, f"{at}.improved.difference")
            )
        )
    return Phrase(" ").join(sentences) or Phrase("This data cannot answer how many people changed reliably.")


def say_talking_therapies(quoter: Quoter) -> Phrase:
    """Say who recovered as NHS Talking Therapies counts it; nothing where the plan has not both scales."""
    at = f"change.talking_therapies.{quoter.plan_model.primary}"
    if not all(quoter.has(f"{at}.{arm}.recovery") for arm in ("full", "skills")):
        return Phrase("")
    counts = [_say_count(quoter, f"{at}.{arm}.recovery", arm) for arm in ("full", "skills")]
    return Phrase("Of those who were cases at the start, {} and {} recovered{}.").format(
        *counts, _say_compared(quoter, f"{at}.recovery.difference")
    )


def _say_count(quoter: Quoter, result: str, arm: str) -> Phrase:
    """Count first, then of how many, then the share."""
    return Phrase("{} of {} people in {} ({})").format(
        quoter.result(f"{result}.people"), quoter.part(result, "n"), quoter.arm(arm), quoter.result(result)
    )


def _say_compared(quoter: Quoter, result: str) -> Phrase:
    if not quoter.has(result):
        return Phrase("")
    told = Phrase("; among similar people {} ({} interval {})").format(
        quoter.result(result), quoter.percent("confidence.level"), quoter.interval(result)
    )
    if read_limits(quoter.get(result), sign=1.0, worthwhile=None).favours == "neither":
        return told + Phrase(", which does not tell in which programme it happens to more people")
    return told
