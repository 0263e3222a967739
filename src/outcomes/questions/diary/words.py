"""What is said of the diary card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.pictures import say_ends
from outcomes.blocks.quote import wording
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.questions.diary.keys import FILLED, SUBJECTS, key_of
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

NAMES = {
    "urge_self_harm": "Urge to self-harm (0 to 5)",
    "urge_suicide": "Urge to die by suicide (0 to 5)",
    "misery": "Misery (0 to 5)",
    "acts": "Acts of self-harm a week",
    "skills_days": "Days a week with a skill used",
}
SAID = {
    "urge_self_harm": "the urge to self-harm was {} and {} of {}",
    "urge_suicide": "the urge to die by suicide {} and {} of {}",
    "misery": "misery {} and {} of {}",
    "acts": "there were {} and {} acts of self-harm a week",
    "skills_days": "a skill was used on {} and {} days of seven",
}
HIGHEST = {one: (wording("5"),) for one in ("urge_self_harm", "urge_suicide", "misery")}
UNEQUALLY = 0.1  # of the weeks: from here on it is said, whatever the interval says
UNEQUAL = (
    " The programmes fill in the card unequally ({}, {} interval {}): weeks without a card need not be like weeks with "
    "one, so part of what differs below may be who fills it in, and when."
)


def say_filled(quoter: Quoter) -> Phrase:
    """Say how much is filled in, and whether the arms differ in it."""
    means = [key_of(FILLED, "mean", arm=arm) for arm in ARMS]
    lacking = next((one for one in means if not quoter.has(one)), None)
    if lacking is not None:
        return say_absent(quoter, lacking, Phrase("The diary card"))
    full, skills = (quoter.result(one) for one in means)
    said = Phrase("Of the weeks that people were in the programme, a card stands for {} in {} and {} in {}.").format(
        full, quoter.arm("full"), skills, quoter.arm("skills")
    )
    result = key_of(FILLED, "difference")
    if not is_unequal(quoter):
        return said
    level = quoter.percent("confidence.level")
    return said + Phrase(UNEQUAL).format(quoter.result(result), level, quoter.interval(result))


def is_unequal(quoter: Quoter) -> bool:
    """Whether the arms fill the card in unequally: by ten weeks in a hundred, or by an interval without nought."""
    found = quoter.get(key_of(FILLED, "difference"))
    if not isinstance(found, Estimate):
        return False
    low, high = (None, None) if found.interval is None else (found.interval.low, found.interval.high)
    return abs(found.value) >= UNEQUALLY or (low is not None and low > 0) or (high is not None and high < 0)


def say_cards(quoter: Quoter) -> Phrase:
    """Say what the cards hold, in both arms."""
    told = [one for one in SUBJECTS if all(quoter.has(key_of(one, "mean", arm=arm)) for arm in ARMS)]
    if not told:
        return Phrase("")
    parts = [
        Phrase(SAID[one]).format(*(quoter.result(key_of(one, "mean", arm=arm)) for arm in ARMS), *HIGHEST.get(one, ()))
        for one in told
    ]
    names = Phrase("On the cards, in {} and {} in this order, ").format(quoter.arm("full"), quoter.arm("skills"))
    return names + Phrase("; ").join(parts) + ". Means over people, not adjusted."


def picture_cards(quoter: Quoter) -> str:
    """Say what stands at both ends of each curve."""
    said = [
        f"{name}, {quoter.plan_model.arm_names[arm]}: {ends}"
        for subject, name in {FILLED: "share with a card", **NAMES}.items()
        for arm in ARMS
        if (ends := say_ends(quoter.get(key_of(subject, "curve", arm=arm)), "week"))
    ]
    return f"The diary card, week by week. {'; '.join(said)}."
