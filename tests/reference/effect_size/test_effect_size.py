"""Effect sizes on real trials against R.

R 4.2.2: metafor 3.8.1 (standardised change), effectsize 1.0.0 (Hedges' g with the exact non-central t interval), the
formulas of Morris (2008); the programs lie beside the shared reference data. Closed forms: 1e-10 relative. Interval
limits of the non-central t: 1e-6, as effectsize searches them to that precision.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from outcomes.methods import effect_size, means

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

CLOSED = 1e-10
SEARCHED = 1e-6
CASES = {
    "effect_m8": ("beat-the-blues", "bdi", "pre", "m8", "BtheB"),
    "effect_m2": ("beat-the-blues", "bdi", "pre", "m2", "BtheB"),
    "effect_bdi_4": ("psychotherapy-add-on", "bdi", "t1", "t4", "PA"),
    "effect_who_4": ("psychotherapy-add-on", "who5", "t1", "t4", "PA"),
}


def scores_of(shared: Path, case: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    study, measure, before, after, arm = CASES[case]
    scores = pd.read_csv(shared / "studies" / study / "scores.csv")
    arms = pd.read_csv(shared / "studies" / study / "clients.csv").set_index("client_id")["arm"]
    wide = scores[scores["measure"] == measure].pivot(index="client_id", columns="visit", values="score")
    wide = wide[[before, after]].dropna()
    full = (arms.loc[wide.index] == arm).to_numpy()
    return wide[before].to_numpy(dtype=float), wide[after].to_numpy(dtype=float), full


def expected(shared: Path, case: str) -> dict[str, Any]:
    return json.loads((shared / "reference" / "studies.json").read_text())[CASES[case][0]][case]


@pytest.mark.parametrize("case", CASES)
def test_between_arm_effect_sizes_are_those_of_r(shared: Path, case: str) -> None:
    before, after, full = scores_of(shared, case)
    value = expected(shared, case)
    g = effect_size.fit_hedges_g(scores=after, full=full, level=0.95)
    d_ppc2 = effect_size.fit_d_ppc2(before=before, after=after, full=full, level=0.95)
    assert g.value == pytest.approx(value["g_post"], rel=CLOSED)
    assert (g.low, g.high) == pytest.approx((value["g_post_low"], value["g_post_high"]), rel=SEARCHED)
    assert d_ppc2.value == pytest.approx(value["d_ppc2"], rel=CLOSED)
    change = means.fit_difference(scores=after - before, full=full)
    assert change.mean == pytest.approx(value["crude_difference_change"], rel=CLOSED)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("arm", ["full", "skills"])
def test_change_within_an_arm_is_that_of_r(shared: Path, case: str, arm: str) -> None:
    before, after, full = scores_of(shared, case)
    used = full if arm == "full" else ~full
    value = expected(shared, case)[f"within_{arm}"]
    change = means.fit_change(before=before[used], after=after[used])
    assert (change.mean, change.se) == pytest.approx((value["change"], value["se"]), rel=CLOSED)
    standardised = effect_size.fit_standardised_change(before=before[used], after=after[used], level=0.95)
    assert standardised.value == pytest.approx(value["d_smcr"], rel=CLOSED)


def test_the_variance_of_d_ppc2_is_eq_25_of_morris(shared: Path) -> None:
    before, after, full = scores_of(shared, "effect_bdi_4")
    fit = effect_size.fit_d_ppc2(before=before, after=after, full=full, level=0.95)
    value = json.loads((shared / "reference" / "effect_sizes.json").read_text())["bdi"]["dppc2"]["morris2008_eq25"]
    exact = value["exact_cp"]["pooled_within"]
    assert fit.se**2 == pytest.approx(exact["var"] if isinstance(exact, dict) else exact, rel=CLOSED)
