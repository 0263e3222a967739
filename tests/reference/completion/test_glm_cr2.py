"""Where CR2 of a logistic regression takes its root, and that clubSandwich takes it elsewhere.

Values: R 4.2.2, clubSandwich 0.5.8, made by make_glm_cr2.R.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.methods.logistic import fit_logistic
from outcomes.methods.standardise import judge_by_clusters


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "glm_cr2.json").read_text())


def test_the_root_is_taken_on_the_scale_of_the_working_response_and_clubsandwich_takes_it_on_that_of_the_response(
    values: dict[str, Any],
) -> None:
    design = np.column_stack([np.ones(len(values["y"])), values["arm"], values["x"]]).astype(float)
    events = np.array(values["y"]) == 1
    fit = fit_logistic(events=events, design=design, names=("the intercept", "the arm", "x"), penalised=False)
    found = judge_by_clusters(
        beta=fit.beta,
        beta_cov=fit.beta_cov,
        events=events,
        design=design,
        penalised=False,
        clusters=np.array(values["group"], dtype=object),
    )
    ours = np.sqrt(np.diag(found.beta_cov))
    assert ours == pytest.approx(values["working"], rel=1e-9)
    assert values["response"] == pytest.approx(values["club_sandwich"], rel=1e-9)
    apart = np.abs(ours / values["club_sandwich"] - 1)
    assert (apart > 1e-4).all()
    assert (apart < 5e-3).all()
