"""Precision and planning against R 4.2.2 (closed forms and power.t.test): 1e-10 for closed forms, 1e-6 for searches."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from outcomes.core.estimates import NotEstimableError
from outcomes.methods import precision

if TYPE_CHECKING:
    from pathlib import Path


POLISHED = {20: 0.909130127627, 50: 0.565882935079, 100: 0.398138624874}  # power.t.test with tol = 1e-14


@pytest.fixture(scope="module")
def values(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "reference" / "power_equivalence.json").read_text())


def test_people_for_a_difference_are_those_of_r(values: dict[str, Any]) -> None:
    for row in values["two_sample_t"]:
        per_arm = 37.0  # of any study at hand: its standard error tells the rest
        found = precision.people_for_difference(
            people=2 * per_arm, se=math.sqrt(2 / per_arm), difference=row["d"], level=0.95, power=row["power"]
        )
        assert found / 2 == pytest.approx(row["n_per_arm_z"], rel=1e-10)


def test_people_for_equivalence_are_those_of_r(values: dict[str, Any]) -> None:
    for row in values["tost_n_zero_diff"]:
        found = precision.people_for_equivalence(
            people=80.0, se=math.sqrt(2 / 40), margin=row["margin"], level=0.95, power=0.8
        )
        assert found / 2 == pytest.approx(row["n_per_arm_z_power80"], rel=1e-10)


def test_the_detectable_difference_is_that_of_power_t_test(values: dict[str, Any]) -> None:
    for row in values["mde_two_arm_t"]:
        n = row["n_per_arm"]
        found = precision.detectable_difference(se=math.sqrt(2 / n), df=2 * n - 2, level=0.95, power=0.8)
        assert found == pytest.approx(row["mde_80"], rel=3e-6)  # power.t.test at its default tolerance
        assert found == pytest.approx(POLISHED[n], rel=1e-10)


def test_half_the_standard_error_needs_a_quarter_of_the_people() -> None:
    whole, half = (
        precision.people_for_difference(people=100, se=se, difference=4, level=0.95, power=0.8) for se in (2.0, 1.0)
    )
    assert half == pytest.approx(whole / 4)


def test_without_a_standard_error_nothing_can_be_planned() -> None:
    with pytest.raises(NotEstimableError):
        precision.detectable_difference(se=0.0, df=10, level=0.95, power=0.8)
