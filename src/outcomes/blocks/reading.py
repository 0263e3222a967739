"""What one interval tells by itself, and how much of the worthwhile difference an estimate is.

No verdict of the report is made here (`results/verdict.py`): these words stand beside numbers that answer another
question, and tell which way a single interval lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity
from outcomes.results.verdict import orient

if TYPE_CHECKING:
    from outcomes.results.outcome import Outcome
    from outcomes.results.verdict import Side

COMPARABLE = Key("balance", what="comparable")


def read_side(outcome: Outcome | None, *, sign: float = 1.0) -> Side:
    """Read which arm the whole interval of a result favours, where `sign` says which way does; "" for neither."""
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return ""
    is_ratio = outcome.quantity is Quantity.RATE_RATIO
    return orient(outcome.interval.low, outcome.interval.high, sign=sign, ratio=is_ratio).side()


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


def is_apart(verdict: Outcome | None) -> bool:
    """Whether the verdict on the two programmes is that their people are too different to be compared."""
    return isinstance(verdict, Estimate) and verdict.value == 0
