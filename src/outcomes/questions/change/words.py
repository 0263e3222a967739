"""How many people changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter


def share_of(quoter: Quoter, measure: str, category: str) -> Key:
    """Key of the share of people of a measure, without the arm."""
    return Key("change", measure, quoter.plan_model.primary, "share", category=category)


def share_over_both(quoter: Quoter, category: str) -> Key:
    """Key of a share as NHS Talking Therapies counts it, over both of its scales; without the arm."""
    at = quoter.plan_model.primary
    return Key("change", visit=at, what="share", subject="talking_therapies", category=category)


def say_shares(quoter: Quoter) -> Phrase:
    """Say for each primary measure how many improved reliably in each arm."""
    sentences = []
    for measure in quoter.plan_model.judged_measures:
        share = share_of(quoter, measure, "improved")
        if not _has_both(quoter, share):
            continue
        counts = [_say_count(quoter, share, arm) for arm in ARMS]
        sentences.append(
            Phrase("{}: {} and {} improved reliably{}.").format(
                quoter.measure(measure), *counts, _say_compared(quoter, share.but(what="difference"))
            )
        )
    return Phrase(" ").join(sentences) or Phrase(_say_why_not(quoter))


def _say_why_not(quoter: Quoter) -> str:
    """Tell what this edition hides from what the data cannot answer."""
    shares = [share_of(quoter, measure, "improved") for measure in quoter.plan_model.judged_measures]
    if any(quoter.get(share.but(arm=arm)) is None for share in shares for arm in ARMS):
        return "How many people changed reliably in each programme is not shown in this edition: some counts are small."
    return "This data cannot answer how many people changed reliably."


def say_talking_therapies(quoter: Quoter) -> Phrase:
    """Say who recovered as NHS Talking Therapies counts it; nothing where the plan has not both scales."""
    share = share_over_both(quoter, "recovery")
    if not _has_both(quoter, share):
        return Phrase("")
    counts = [_say_count(quoter, share, arm) for arm in ARMS]
    return Phrase("Of those who were cases at the start, {} and {} recovered{}.").format(
        *counts, _say_compared(quoter, share.but(what="difference"))
    )


def _has_both(quoter: Quoter, share: Key) -> bool:
    return all(quoter.has(share.but(arm=arm)) for arm in ARMS)


def _say_count(quoter: Quoter, share: Key, arm: str) -> Phrase:
    """Count first, then of how many, then the share."""
    mine = share.but(arm=arm)
    return Phrase("{} of {} people in {} ({})").format(
        quoter.result(mine.but(what="people")), quoter.part(mine, "n"), quoter.arm(arm), quoter.result(mine)
    )


def _say_compared(quoter: Quoter, result: Key) -> Phrase:
    if not quoter.has(result):
        return Phrase("")
    return Phrase("; among similar people {} ({} interval {})").format(
        quoter.result(result), quoter.percent("confidence.level"), quoter.interval(result)
    )
