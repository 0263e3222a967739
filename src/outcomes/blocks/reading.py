"""What an estimate with its interval says and does not say: direction, size against what is worthwhile, certainty.

These are words, chosen by fixed rules from stored numbers; `docs/methods/wording.md` states the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.plan.model import Measure
    from outcomes.results.outcome import Outcome

COMPARABLE = Key("balance", what="comparable")

Favours = Literal["full", "skills", "neither"]
Answer = Literal["answered", "partly", "cannot", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A difference, read.

    Attributes
    ----------
    favours : str
        Which arm the interval favours: "neither" where it spans both directions.
    leans : str
        Which arm the estimate itself favours.
    answer : str
        "answered": the interval settles the direction and whether it is worthwhile; "partly": only one of them;
        "cannot": it spans both directions and does not exclude a worthwhile difference; "absent": no estimate.
    share : float or None
        Estimate over the worthwhile difference; positive in favour of the full programme.
    worthwhile : str
        "reached" (the whole interval is at or beyond it), "excluded" (the whole interval falls short of it in both
        directions), "open", or "not stated".
    """

    favours: Favours
    leans: Favours
    answer: Answer
    share: float | None
    worthwhile: Literal["reached", "excluded", "open", "not stated"]


def read_difference(outcome: Outcome | None, measure: Measure) -> Reading:
    """Read a difference in points, full minus skills."""
    return read_limits(outcome, sign=measure.sign, worthwhile=measure.worthwhile)


def read_limits(outcome: Outcome | None, *, sign: float, worthwhile: float | None) -> Reading:
    """Read a difference whose direction `sign` favours the full programme."""
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return Reading(favours="neither", leans="neither", answer="absent", share=None, worthwhile="not stated")
    limits = [None if limit is None else sign * limit for limit in (outcome.interval.low, outcome.interval.high)]
    low, high = limits if sign > 0 else limits[::-1]
    value = sign * outcome.value
    favours: Favours = "neither"
    if low is not None and low > 0:
        favours = "full"
    elif high is not None and high < 0:
        favours = "skills"
    leans: Favours = "full" if value > 0 else "skills" if value < 0 else "neither"
    against = _against(low, high, worthwhile)
    return Reading(
        favours=favours,
        leans=leans,
        answer=_answer(favours, against),
        share=None if worthwhile is None else value / worthwhile,
        worthwhile=against,
    )


def _against(
    low: float | None, high: float | None, worthwhile: float | None
) -> Literal["reached", "excluded", "open", "not stated"]:
    if worthwhile is None:
        return "not stated"
    if low is None or high is None:
        return "open"
    if low >= worthwhile or high <= -worthwhile:
        return "reached"
    return "excluded" if -worthwhile < low and high < worthwhile else "open"


def _answer(favours: Favours, against: str) -> Answer:
    if against in {"reached", "excluded"} or (favours != "neither" and against == "not stated"):
        return "answered"
    return "partly" if favours != "neither" else "cannot"


def say_share(share: float) -> str:
    """Say in words how much of the worthwhile difference an estimate is; it never rounds up to the next word."""
    size = abs(share)
    steps = (
        (0.15, "a small part of"),
        (0.3, "about a quarter of"),
        (0.42, "about a third of"),
        (0.58, "about half"),
        (0.72, "about two thirds of"),
        (0.85, "about three quarters of"),
        (1.15, "about"),
        (1.38, "somewhat more than"),
        (1.7, "about one and a half times"),
        (2.3, "about twice"),
    )
    return next((words for limit, words in steps if size < limit), "more than twice")


IN_SHORT = {
    "reached": "favours {arm}, worthwhile",
    "excluded": "favours {arm}, less than worthwhile",
    "open": "favours {arm}, perhaps worthwhile",
    "not stated": "favours {arm}",
}


def say_in_short(reading: Reading) -> str:
    """Say direction and size in a few words, with `{arm}` where the name of the favoured programme belongs."""
    if reading.favours != "neither":
        return IN_SHORT[reading.worthwhile]
    excluded = reading.worthwhile == "excluded"
    return "too small either way to be worthwhile" if excluded else "does not tell which does better"


def is_apart(verdict: Outcome | None) -> bool:
    """Whether the verdict on the two programmes is that their people are too different to be compared."""
    return isinstance(verdict, Estimate) and verdict.value == 0
