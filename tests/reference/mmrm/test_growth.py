"""The growth of 27 children (Potthoff & Roy 1964), the data of SAS's and R's manuals.

R's nlme stops some millionths early, hence 1e-5 for its estimates; a log-likelihood below ours tells who is right. The
split-plot F tests are closed forms that Kenward and Roger's F must give on complete data with compound symmetry.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.methods import mmrm

HERE = Path(__file__).parent
GROWTH = json.loads((HERE / "growth.json").read_text())
STRUCTURES = ("unstructured", "compound symmetry", "ar1", "heterogeneous ar1", "heterogeneous compound symmetry")
T = 4


def children() -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(HERE / "data" / "growth.csv")
    return frame[["y8", "y10", "y12", "y14"]].to_numpy(dtype=float), frame["girl"].to_numpy(dtype=float)


def fit(covariance: str) -> mmrm.MmrmFit:
    scores, girl = children()
    return mmrm.fit_mmrm(scores=scores, by_visit=np.column_stack([np.ones(len(girl)), girl]), covariance=covariance)


@pytest.mark.parametrize("covariance", STRUCTURES)
def test_every_structure_is_as_in_nlme(covariance: str) -> None:
    found, expected = fit(covariance), GROWTH[covariance]
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-6)
    assert found.log_likelihood >= expected["log_likelihood"] - 1e-9
    contrasts = [found.contrast(np.eye(2 * T)[T + visit], method="satterthwaite") for visit in range(T)]
    assert [one.estimate for one in contrasts] == pytest.approx(expected["estimate"], rel=1e-9)
    assert [one.se for one in contrasts] == pytest.approx(expected["se"], rel=1e-5)
    np.testing.assert_allclose(found.covariance.ravel(), expected["covariance"], rtol=2e-5)


def test_kenward_rogers_f_is_the_split_plot_f_on_complete_data() -> None:
    found = fit("compound symmetry")
    steps = np.diff(np.eye(T), axis=0)
    interaction = found.f_test(np.hstack([np.zeros((T - 1, T)), steps]), method="kenward-roger")
    statistic, p_value = GROWTH["split_plot"]["interaction"]
    assert interaction.denominator_df == pytest.approx(3 * 25, rel=1e-8)
    assert (interaction.statistic, interaction.p_value) == pytest.approx((statistic, p_value), rel=1e-8)
    mean = found.contrast(np.concatenate([np.zeros(T), np.full(T, 1 / T)]), method="kenward-roger")
    statistic, p_value = GROWTH["split_plot"]["girl"]
    assert mean.df == pytest.approx(25, rel=1e-8)
    assert ((mean.estimate / mean.se) ** 2, mean.p_value) == pytest.approx((statistic, p_value), rel=1e-8)


def test_the_difference_of_girls_is_the_one_that_pinheiro_and_bates_print() -> None:
    """Mixed-Effects Models in S and S-PLUS (2000), Orthodont: -2.321023, standard error 0.7614168, 25 df.

    A random intercept and a line over age; on complete data the difference between children is the same with a mean of
    its own at each age.
    """
    scores, girl = children()
    found = mmrm.fit_mmrm(scores=scores, by_visit=np.ones((27, 1)), constant=girl[:, None], covariance="CS")
    contrast = found.contrast(np.eye(T + 1)[T], method="kenward-roger")
    assert contrast.estimate == pytest.approx(-2.321023, abs=5e-7)
    assert contrast.se == pytest.approx(0.7614168, abs=5e-8)
    assert contrast.df == pytest.approx(25, rel=1e-8)


def test_unstructured_tests_of_several_contrasts_are_hotellings() -> None:
    scores, girl = children()
    steps = np.diff(np.eye(T), axis=0)
    found = fit("UN").f_test(np.hstack([np.zeros((T - 1, T)), steps]), method="kenward-roger")
    one, other = ((scores @ steps.T)[girl == group] for group in (1, 0))
    pooled = (10 * np.cov(one.T) + 15 * np.cov(other.T)) / 25
    gap = one.mean(axis=0) - other.mean(axis=0)
    t2 = gap @ np.linalg.solve(pooled, gap) * 11 * 16 / 27
    statistic, df = t2 * (25 - 3 + 1) / (25 * 3), 25 - 3 + 1
    assert found.denominator_df == pytest.approx(df, rel=1e-8)
    assert found.statistic == pytest.approx(statistic, rel=1e-8)
    assert found.p_value == pytest.approx(stats.f.sf(statistic, 3, df), rel=1e-7)
