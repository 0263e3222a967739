"""Whether a study is large enough for its question: the width of a main interval beside the worthwhile difference.

It is judged once, with the verdict, from the exact limits and numbers of people: an edition that rounds them would
else judge otherwise than the one inside.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outcomes.results.verdict import Comparison

# Half of the main interval against the worthwhile difference (docs/methods/wording.md).
NARROW, AS_WIDE = 0.5, 1.0
FEWEST = 20  # people of a programme: with fewer the interval itself is unsure, however narrow it came out


class Size(StrEnum):
    """How large the study is beside what is worthwhile; the poorest last."""

    UNJUDGED = ""  # there is no interval, or the plan states no worthwhile difference
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    FEW = "few"  # people of a programme


def judge_size(comparison: Comparison) -> Size:
    """Judge the size of one comparison by half of its main interval, and by the people in it."""
    if any(count is not None and count < FEWEST for count in comparison.people):
        return Size.FEW
    main, worthwhile = comparison.main, comparison.worthwhile
    if main is None or worthwhile is None:
        return Size.UNJUDGED
    width = (main.high - main.low) / 2 / worthwhile
    return Size.GOOD if width <= NARROW else Size.FAIR if width <= AS_WIDE else Size.POOR
