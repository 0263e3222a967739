"""ANCOVA on real trials against R 4.2.2: lm, sandwich 3.0.2 (HC3), t on n − k. Closed forms: 1e-10 relative."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from outcomes.methods.ancova import ancova_design, fit_ancova
from outcomes.methods.cluster import fit_cr2

if TYPE_CHECKING:
    from pathlib import Path

CLOSED = 1e-10


@pytest.mark.parametrize("visit", ["m2", "m8"])
def test_beat_the_blues_with_hc3_is_that_of_r(shared: Path, visit: str) -> None:
    clients = pd.read_csv(shared / "studies" / "beat-the-blues" / "clients.csv").set_index("client_id")
    scores = pd.read_csv(shared / "studies" / "beat-the-blues" / "scores.csv")
    wide = scores.pivot(index="client_id", columns="visit", values="score")[["pre", visit]].dropna()
    clients = clients.loc[wide.index]
    covariates = np.column_stack([wide["pre"], clients["drug"] == "yes", clients["length"] == "over_6_months"])
    fit = fit_ancova(
        scores=wide[visit].to_numpy(dtype=float),
        full=(clients["arm"] == "BtheB").to_numpy(),
        covariates=covariates.astype(float),
        names=("start", "drug", "length"),
    )
    value = json.loads((shared / "reference" / "studies.json").read_text())["beat-the-blues"][f"ancova_{visit}"]
    low, high = fit.arm.interval(0.95)
    found = (fit.arm.estimate, fit.arm.se, fit.arm.df, fit.arm.p_value, low, high, np.sqrt(fit.classical_cov[1, 1]))
    names = ("est", "se_hc3", "df", "p", "low", "high", "se_ols")
    assert found == pytest.approx([value[name] for name in names], rel=CLOSED)


def test_cr2_with_satterthwaite_df_is_that_of_club_sandwich(shared: Path) -> None:
    """clubSandwich 0.5.8, coef_test; 1e-6 relative as it inverts numerically."""
    frame = pd.read_csv(shared / "reference" / "data" / "btheb_clusters.csv")
    frame = frame[frame["bdi.2m"].notna()]
    covariates = frame[["bdi.pre", "drug_yes", "len_gt6"]].to_numpy(dtype=float)
    design = ancova_design(full=(frame["treated"] == 1).to_numpy(), covariates=covariates)
    fit = fit_cr2(
        scores=frame["bdi.2m"].to_numpy(dtype=float),
        design=design,
        clusters=frame["cluster12"].to_numpy(dtype=object),
        names=("intercept", "arm", "start", "drug", "length"),
    )
    arm = fit.contrast(np.array([0.0, 1.0, 0.0, 0.0, 0.0]))
    found = (arm.estimate, arm.se, arm.df)
    # coef_test on lm(bdi.2m ~ bdi.pre + drug_yes + len_gt6 + treated), cluster = cluster12
    assert found == pytest.approx((-2.98612634667949, 1.462361910759, 9.92048141486083), rel=1e-6)
