"""Precision against R 4.2.2 (closed forms and power.t.test) and TOSTER 0.8.6.

Closed forms and searches of our own agree to 1e-10; R's searches (power.t.test, power.prop.test, power_t_TOST) stop at
uniroot's default tolerance of 1e-4 of the number, so that these are held to 1e-6 of it, and to whole people exactly.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from outcomes.methods import precision
from outcomes.methods.sample_size import (
    Arm,
    Clusters,
    Design,
    people_for_difference,
    people_for_equivalence,
    people_for_shares,
)
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.methods.sample_size import Reference

POLISHED = {20: 0.909130127627, 50: 0.565882935079, 100: 0.398138624874}  # power.t.test with tol = 1e-14
CLOSED, SEARCHED = 1e-10, 1e-6


@pytest.fixture(scope="module")
def values(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "reference" / "power_equivalence.json").read_text())


def make_arm(row: dict[str, Any] | None = None) -> Arm:
    """Half of the people, all of them seen, in clusters of the row's size or in none."""
    if row is None:
        return Arm(share=0.5, dropout=0.0)
    clusters = Clusters(size=row["m"], cv=row.get("cv", 0.0), icc=row["icc"])
    return Arm(share=0.5, dropout=0.0, clusters=(clusters,), own=(True,))


def make_design(
    reference: Reference, *, correlation: float = 0.0, full: Arm | None = None, skills: Arm | None = None
) -> Design:
    return Design(
        sd=1.0,
        correlation=correlation,
        explained=0.0,
        full=full or make_arm(),
        skills=skills or make_arm(),
        reference=reference,
    )


def per_arm(design: Design, row: dict[str, Any], *, power: float = 0.8) -> float:
    return people_for_difference(design=design, difference=row["d"], level=0.95, power=power) / 2


# --- Two means -------------------------------------------------------------------------------------------------------


def test_people_for_a_difference_of_two_means_are_those_of_r(values: dict[str, Any]) -> None:
    for row in values["two_sample_t"]:
        assert per_arm(make_design("normal"), row, power=row["power"]) == pytest.approx(row["n_per_arm_z"], rel=CLOSED)
        found = per_arm(make_design("t"), row, power=row["power"])
        assert found == pytest.approx(row["power.t.test_n"], rel=SEARCHED)
        assert math.ceil(found) == row["n_per_arm_t"]


def test_the_power_of_fifty_an_arm_is_that_of_r(values: dict[str, Any]) -> None:
    for row in values["two_sample_t"]:
        found = precision.power_for_difference(
            se=math.sqrt(2 / 50), df=98, difference=row["d"], level=0.95, either=True
        )
        assert found == pytest.approx(row["power_t_at_50"], rel=CLOSED)


def test_the_detectable_difference_is_that_of_power_t_test(values: dict[str, Any]) -> None:
    for row in values["mde_two_arm_t"]:
        n = row["n_per_arm"]
        found = precision.detectable_difference(se=math.sqrt(2 / n), df=2 * n - 2, level=0.95, power=0.8)
        assert found == pytest.approx(row["mde_80"], rel=3e-6)  # power.t.test at its default tolerance
        assert found == pytest.approx(POLISHED[n], rel=CLOSED)


def test_the_score_at_the_start_saves_people_as_borm_says(values: dict[str, Any]) -> None:
    for row in values["ancova_borm2007"]:
        by_z = per_arm(make_design("normal", correlation=row["rho"]), row, power=row["power"])
        by_t = per_arm(make_design("t", correlation=row["rho"]), row, power=row["power"])
        assert by_z == pytest.approx(row["n_per_arm_z"], rel=CLOSED)
        assert math.ceil(by_t) == row["n_per_arm_t_exact"]
        without = next(
            one for one in values["two_sample_t"] if (one["d"], one["power"]) == (row["d"], row["power"])
        )  # Borm's own rule: the people of the t test, times 1 − ρ²
        assert without["n_per_arm_t"] * (1 - row["rho"] ** 2) == pytest.approx(row["n_per_arm_t_times_1mr2"])
        assert by_t == pytest.approx(row["n_per_arm_t_times_1mr2"], abs=2.0)


# --- Groups and therapists -------------------------------------------------------------------------------------------


def test_groups_in_both_arms_cost_what_donner_says(values: dict[str, Any]) -> None:
    for row in values["cluster_both_arms"]:
        arm = make_arm(row)
        found = per_arm(make_design("normal", full=arm, skills=arm), row)
        assert arm.design_effect == pytest.approx(row["deff"], rel=CLOSED)
        assert found == pytest.approx(row["n_per_arm_z"], rel=CLOSED)
        assert math.ceil(found / row["m"]) == row["clusters_per_arm"]


def test_groups_of_unequal_size_cost_what_eldridge_says(values: dict[str, Any]) -> None:
    for row in values["cluster_unequal_eldridge"]:
        assert make_arm(row).design_effect == pytest.approx(row["deff"], rel=CLOSED)


def test_therapists_in_one_arm_cost_what_roberts_says(values: dict[str, Any]) -> None:
    for row in values["partially_nested"]:
        design = make_design("normal", full=make_arm(row))
        assert per_arm(design, row) == pytest.approx(row["n_per_arm_z"], rel=CLOSED)
        power = precision.power_for_difference(
            se=design.se(120), df=math.inf, difference=row["d"], level=0.95, either=True
        )
        assert power == pytest.approx(row["power_at_60_per_arm_z"], rel=CLOSED)


# --- Non-inferiority and equivalence ----------------------------------------------------------------------------------


def test_non_inferiority_needs_as_many_people_as_a_difference_of_its_margin(values: dict[str, Any]) -> None:
    for row in values["noninferiority_n"]:
        for power in (0.8, 0.9):
            found = per_arm(make_design("normal"), {"d": row["margin"]}, power=power)
            assert found == pytest.approx(row[f"n_per_arm_z_alpha025_power{100 * power:.0f}"], rel=CLOSED)


def test_people_for_equivalence_are_those_of_r_and_of_toster(values: dict[str, Any]) -> None:
    for row in values["tost_n_zero_diff"]:
        found = {
            reference: people_for_equivalence(
                design=make_design(reference), margin=row["margin"], level=0.95, power=0.8
            )
            / 2
            for reference in ("normal", "t")
        }
        assert found["normal"] == pytest.approx(row["n_per_arm_z_power80"], rel=CLOSED)
        assert found["t"] == pytest.approx(row["power_t_TOSTER"], rel=SEARCHED)


@pytest.mark.parametrize("kind", ["student", "welch"])
def test_two_one_sided_tests_of_a_real_trial_are_those_of_toster(values: dict[str, Any], kind: str) -> None:
    row = values[f"btheb_2m_pm5_{kind}"]
    hand, toster = row["by_hand"], {one["term"]: one for one in row["TOSTER"]["TOST"]}
    found = precision.fit_equivalence(estimate=hand["diff"], se=hand["se"], df=hand["df"], margin=5.0, level=0.95)
    assert found.t_lower == pytest.approx(hand["t_lower"], rel=CLOSED)
    assert found.t_upper == pytest.approx(hand["t_upper"], rel=CLOSED)
    assert found.p_lower == pytest.approx(toster["TOST Lower"]["p.value"], rel=CLOSED)
    assert found.p_upper == pytest.approx(toster["TOST Upper"]["p.value"], rel=CLOSED)
    assert found.p_upper == pytest.approx(hand["p_noninferiority_lower_is_better_margin_hi"], rel=CLOSED)
    assert found.p_value == pytest.approx(hand["p_tost"], rel=CLOSED)
    assert (found.low, found.high) == pytest.approx(hand["ci90"], rel=CLOSED)


def test_two_one_sided_tests_of_an_ancova_are_those_of_r(values: dict[str, Any]) -> None:
    row = values["btheb_2m_ancova_tost_pm5"]
    found = precision.fit_equivalence(estimate=row["est"], se=row["se"], df=row["df"], margin=5.0, level=0.95)
    assert (found.p_lower, found.p_upper) == pytest.approx((row["p_lower"], row["p_upper"]), rel=CLOSED)
    assert found.p_value == pytest.approx(row["p_tost"], rel=CLOSED)
    assert (found.low, found.high) == pytest.approx(row["ci90"], rel=CLOSED)


def test_the_power_of_equivalence_is_what_a_simulation_finds() -> None:
    rng = np.random.default_rng(11)
    draws, df, margin, away = 400_000, 6, 2.6, 0.4
    estimate, spread = away + rng.standard_normal(draws), np.sqrt(rng.chisquare(df, draws) / df)
    reach = 1.9431802805153 * spread  # t₀.₉₅ on six degrees of freedom
    hit = float(((estimate - reach > -margin) & (estimate + reach < margin)).mean())
    found = precision.power_for_equivalence(se=1.0, df=df, margin=margin, difference=away, level=0.95)
    assert found == pytest.approx(hit, abs=4 * math.sqrt(hit * (1 - hit) / draws))


# --- Two shares ------------------------------------------------------------------------------------------------------


def test_people_for_two_shares_are_those_of_power_prop_test(values: dict[str, Any]) -> None:
    for row in values["two_proportions"]:
        found = people_for_shares(full=row["p1"], skills=row["p2"], share_full=0.5, level=0.95, power=0.8) / 2
        assert found == pytest.approx(row["n_fleiss_pooled"], rel=CLOSED)
        assert found == pytest.approx(row["power.prop.test"], rel=SEARCHED)


# --- A published example ----------------------------------------------------------------------------------------------


def test_cohens_example_of_a_medium_effect_needs_64_people_an_arm() -> None:
    """Cohen (1988), table 2.4.1: d = 0.5, two-sided 5 per cent, power 0.8."""
    assert math.ceil(per_arm(make_design("t"), {"d": 0.5})) == 64


def test_without_a_standard_error_nothing_can_be_planned() -> None:
    with pytest.raises(NotEstimableError):
        precision.detectable_difference(se=0.0, df=10, level=0.95, power=0.8)
