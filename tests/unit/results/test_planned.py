"""A planned result: what becomes of it where it cannot be had."""

from __future__ import annotations

import numpy as np

from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable, Outcome
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

PLANNED = Planned(
    key=Key(analysis="mmrm", measure="calm", what="difference"), label="calm", quantity=Quantity.MEAN, unit="points"
)


def too_large(_: Planned) -> Outcome:
    np.empty((2**40, 1000))  # more than any machine has
    raise AssertionError


def test_what_takes_more_memory_than_there_is_is_refused_alone() -> None:
    """The error of one secondary result took the report of 100,000 people with it."""
    refused = PLANNED.attempt(too_large)
    assert isinstance(refused, NotEstimable)
    assert "memory" in refused.reason
    assert refused.key == PLANNED.key
    assert isinstance(PLANNED.attempt(lambda one: one.estimate(1.0, method="count")), Estimate)
