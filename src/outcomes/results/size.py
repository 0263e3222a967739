"""Whether a study is large enough for its question: the width of a main interval beside the worthwhile difference.

It is judged once, with the verdict, from the exact limits and numbers of people: an edition that rounds them would
else judge otherwise than the one inside.
"""

from __future__ import annotations

from enum import StrEnum

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


def judge_size(half: float | None, worthwhile: float | None, people: tuple[int | None, int | None]) -> Size:
    """Judge the size of one comparison.

    Parameters
    ----------
    half : float or None
        Half of the width of the main interval; None where there is no estimate.
    worthwhile : float or None
        On the scale of the interval.
    people : tuple of int or None
        In the main comparison, of each arm.
    """
    if any(count is not None and count < FEWEST for count in people):
        return Size.FEW
    if half is None or worthwhile is None:
        return Size.UNJUDGED
    width = half / worthwhile
    return Size.GOOD if width <= NARROW else Size.FAIR if width <= AS_WIDE else Size.POOR
