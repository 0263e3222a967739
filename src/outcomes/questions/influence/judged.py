"""An estimate without somebody, as it is judged."""

from __future__ import annotations

from typing import NamedTuple


class Judged(NamedTuple):
    """An estimate with its limits and p-value."""

    value: float
    low: float
    high: float
    p_value: float
