"""Rubin's rules with Barnard and Rubin's degrees of freedom against mice 3.15.0 and mitml 0.4.4 on completed real data.

The completed data sets and the answers stand in the folder of real reference data. Tolerance 1e-10: closed forms, but
the ten regressions themselves are solved by another algorithm.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from outcomes.methods.least_squares import fit_least_squares
from outcomes.methods.pooling import pool_estimates
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from pathlib import Path

TERMS = ("(Intercept)", "pre", "drug", "length", "treated")
DF_COMPLETE = 95.0


@pytest.fixture(scope="module")
def completed(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and classical variances of every term in each completed data set, shape (10, 5)."""
    table = pd.read_csv(shared / "reference" / "data" / "btheb_mi_completed.csv")
    estimates, variances = [], []
    for _, one in table[table["imp"] > 0].groupby("imp"):
        design = np.column_stack([np.ones(len(one)), one[["pre", "drug", "length", "treated"]]])
        fit = fit_least_squares(scores=one["bdi8"].to_numpy(), design=design, names=TERMS)
        sigma2 = fit.residuals @ fit.residuals / DF_COMPLETE
        estimates.append(fit.beta)
        variances.append(sigma2 * np.diag(fit.bread))
    return np.array(estimates), np.array(variances)


@pytest.mark.parametrize("term", range(len(TERMS)), ids=TERMS)
def test_pooling_agrees_with_mice(completed: tuple[np.ndarray, np.ndarray], shared: Path, term: int) -> None:
    expected = json.loads((shared / "reference" / "imputation_pooling.json").read_text())["ancova_8m"]["by_hand"][term]
    assert expected["term"] == TERMS[term]
    fit = pool_estimates(estimates=completed[0][:, term], variances=completed[1][:, term], df_complete=DF_COMPLETE)
    low, high = fit.contrast.interval(0.95)
    found = {
        "est": fit.estimate,
        "se": fit.contrast.se,
        "ubar": fit.within,
        "b": fit.between,
        "t": fit.total,
        "df_barnard_rubin": fit.df,
        "p": fit.contrast.p_value,
        "lower": low,
        "upper": high,
    }
    assert {name: expected[name] for name in found} == pytest.approx(found, rel=1e-10)


@pytest.mark.parametrize("term", range(len(TERMS)), ids=TERMS)
def test_without_a_limit_of_complete_data_the_degrees_of_freedom_are_rubins(
    completed: tuple[np.ndarray, np.ndarray], shared: Path, term: int
) -> None:
    reference = json.loads((shared / "reference" / "imputation_pooling.json").read_text())["ancova_8m"]
    fit = pool_estimates(estimates=completed[0][:, term], variances=completed[1][:, term], df_complete=math.inf)
    assert fit.df == pytest.approx(reference["by_hand"][term]["df_rubin_old"], rel=1e-10)


def test_equal_data_sets_are_one_complete_data_set() -> None:
    fit = pool_estimates(estimates=np.full(5, 2.0), variances=np.full(5, 0.25), df_complete=40.0)
    assert (fit.estimate, fit.contrast.se, fit.df, fit.monte_carlo_error) == (2.0, 0.5, 40.0, 0.0)


def test_what_cannot_be_pooled_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="two imputations"):
        pool_estimates(estimates=np.ones(1), variances=np.ones(1), df_complete=40.0)
    with pytest.raises(NotEstimableError, match="do not differ"):
        pool_estimates(estimates=np.ones(3), variances=np.zeros(3), df_complete=40.0)
