"""How far two computations of one number lie apart: in standard errors, unless the standard error is rounding alone."""

from __future__ import annotations

import pytest

from outcomes.replication.comparison import Comparison, Numbers
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity

KEY = Key("costs", what="difference", subject="adjusted")


def compared(se: float, *, second: float, second_se: float | None = None) -> Comparison:
    first = Estimate(
        key=KEY, quantity=Quantity.MONEY_DIFFERENCE, label="a difference", value=2160.0, unit="currency", se=se, n=40
    )
    return Comparison(key=KEY, first=first, second=Numbers(value=second, se=second_se, method="by hand"))


def test_costs_that_nobody_varies_in_have_a_standard_error_of_rounding() -> None:
    assert list(compared(5e-13, second=2160.0 + 1e-9, second_se=3e-13).differing()) == []


def test_another_number_is_another_even_so() -> None:
    assert [name for name, *_ in compared(5e-13, second=2161.0).differing()] == ["value"]


@pytest.mark.parametrize("off", [2e-5, -2e-5])
def test_a_real_standard_error_is_the_measure(off: float) -> None:
    assert [name for name, *_ in compared(3.0, second=2160.0 + 3.0 * off, second_se=3.0).differing()] == ["value"]
    assert [name for name, *_ in compared(3.0, second=2160.0, second_se=3.0 * (1 + off)).differing()] == ["se"]
