"""Steps of one, two or five, and how numbers are put on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIGURES = 2
HUNDREDTH = 0.01
ALMOST = 1e-9  # a logarithm, or a count of steps, this close below a whole number is that number


def step_for(size: float) -> float:
    """Give the step at which a size has two figures."""
    return 10.0 ** (math.floor(math.log10(size)) + 1 - FIGURES) if size > 0 else 1.0


def ladder(step: float, widest: float) -> Iterator[float]:
    """Give a step, and every coarser one of one, two or five at which something of that width still has a place."""
    yield step
    power = math.floor(math.log10(step) + ALMOST)
    while True:
        for figure in (1, 2, 5):
            now = round(figure * 10.0**power, max(0, -power))
            if now > widest:
                return
            if now > step * (1 + ALMOST):
                yield now
        power += 1


def step_above(size: float) -> float:
    """Give the finest step of one, two or five that is at least a size."""
    return next(step for step in ladder(10.0 ** math.floor(math.log10(size)), math.inf) if step >= size * (1 - ALMOST))


def to_step(number: float, step: float) -> float:
    """Round to a step of one, two or five, to the double that its decimals name."""
    return _put(round(number / step), step)


def down_to(number: float, step: float) -> float:
    """Give the last step below a number, or that on which it lies."""
    return _put(math.floor(number / step + ALMOST), step)


def up_to(number: float, step: float) -> float:
    """Give the first step above a number, or that on which it lies."""
    return _put(math.ceil(number / step - ALMOST), step)


def _put(many: float, step: float) -> float:
    return round(many * step, decimals_of_step(step)) + 0.0  # which makes of minus nothing nothing


def decimals_of_step(step: float) -> int:
    """Count the decimals, negative for tens and more, of a step of one, two or five."""
    return -math.floor(math.log10(step) + ALMOST)


def to_multiple(count: float, multiple: int) -> int:
    """Round a count to the nearest multiple, halves up."""
    return multiple * math.floor(count / multiple + 0.5)
