"""Firth's likelihood where somebody stands alone in a level, on synthetic people, against R.

Values: R 4.2.2, by the definition in the program beside this file. Tolerance 1e-5: R climbs by optim.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.methods.logistic import fit_logistic

HERE = Path(__file__).parent
CASES = ("lone", "two_alone", "separated", "rare")


def values(name: str) -> dict[str, Any]:
    return json.loads((HERE / "firth.json").read_text())[name]


@pytest.mark.parametrize("name", CASES)
def test_a_person_alone_in_a_level_leaves_firths_estimates_those_of_r(name: str) -> None:
    expected = values(name)
    named = {name: np.array(column, dtype=float) for name, column in expected["columns"].items()}
    events = named.pop("y") == 1
    named["age"] = (named["age"] - 36) / 9
    names, columns = ["the intercept", *named], list(named.values())
    design = np.column_stack([np.ones(len(events)), *columns])
    fit = fit_logistic(events=events, design=design, names=names, penalised=True)
    np.testing.assert_allclose(fit.beta, expected["coef"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.beta_cov)), expected["se"], rtol=1e-5)
    np.testing.assert_allclose(fit.interval(1, 0.95), expected["limits"], rtol=1e-5)
