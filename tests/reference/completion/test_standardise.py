"""Standardised completion against R: glm, predictions averaged over the cohort, delta method; R 4.2.2, see the shared
program. Tolerance 1e-6 relative: the fit is iterative.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from outcomes.methods.logistic import fit_logistic
from outcomes.methods.standardise import fit_standardised_shares

if TYPE_CHECKING:
    from pathlib import Path


def test_beat_the_blues_completion_is_that_of_r(shared: Path) -> None:
    clients = pd.read_csv(shared / "studies" / "beat-the-blues" / "clients.csv")
    columns = [clients["arm"] == "BtheB", clients["drug"] == "yes", clients["length"] == "over_6_months"]
    design = np.column_stack([np.ones(len(clients)), *(column.to_numpy(dtype=float) for column in columns)])
    events = (clients["completed"] == "yes").to_numpy()
    fit = fit_logistic(events=events, design=design, names=["intercept", "arm", "drug", "length"], penalised=False)
    shares = fit_standardised_shares(fit=fit, arm=1, clusters=None)
    expected = json.loads((shared / "reference" / "studies.json").read_text())["beat-the-blues"]["completion_nobase"]
    difference, ratio = shares.difference(0.95), shares.ratio(0.95)
    found = {
        "p_full": shares.full,
        "p_skills": shares.skills,
        "rd": difference.value,
        "rd_se": difference.se,
        "rd_low": difference.low,
        "rd_high": difference.high,
        "rr": ratio.value,
        "rr_low": ratio.low,
        "rr_high": ratio.high,
        "or": math.exp(fit.beta[1]),
    }
    for name, value in found.items():
        assert value == pytest.approx(expected[name], rel=1e-6), name
    assert np.exp(fit.interval(1, 0.95)) == pytest.approx(expected["or_profile"], rel=1e-4)  # confint's spline
