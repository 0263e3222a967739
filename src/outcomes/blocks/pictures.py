"""What the alternative texts of several pictures say alike."""

from __future__ import annotations

from outcomes.blocks.format import format_number
from outcomes.results.outcome import Curve


def say_ends(curve: object, axis: str) -> str:
    """Give the first and the last height of a curve of shares."""
    if not isinstance(curve, Curve) or not curve.at:
        return ""
    (first, last), (begin, end) = ((series[0], series[-1]) for series in (curve.value, curve.at))
    ends = [f"{format_number(100 * share, decimals=0)}%" for share in (first, last)]
    weeks = [format_number(at, decimals=0) for at in (begin, end)]
    return f"{ends[0]} in {axis} {weeks[0]}, {ends[1]} in {axis} {weeks[1]}"
