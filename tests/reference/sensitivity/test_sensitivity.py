"""E-values and robustness values against R 4.2.2: EValue 4.1.4, sensemakr 0.1.6. Closed forms: 1e-10 relative."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import sensitivity

if TYPE_CHECKING:
    from pathlib import Path

CLOSED = 1e-10


@pytest.fixture(scope="module")
def values(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "reference" / "sensitivity.json").read_text())


CASES = (
    *("rr_2.5_1.8_3.2", "rr_0.6_0.45_0.8", "rr_1.3_0.9_1.8", "or_common_2_1.2_3.3", "or_rare_2_1.2_3.3"),
    *("hr_common_1.8_1.1_2.9", "hr_rare", "md_0.4_se_0.15", "md_m0.5_se_0.1", "ols_est2_se0.6_sd5"),
)


@pytest.mark.parametrize("case", CASES)
def test_e_values_of_risk_ratios_are_those_of_r(values: dict[str, Any], case: str) -> None:
    (point, low, high), (expected, *limits) = values["evalue"][case]["values"]
    assert sensitivity.e_value(risk_ratio=point) == pytest.approx(expected, rel=CLOSED)
    of_limit = next(limit for limit in limits if limit is not None)
    assert sensitivity.e_value_of_interval(low=low, high=high) == pytest.approx(of_limit, rel=CLOSED)


def test_an_e_value_to_another_ratio_is_that_of_the_ratio_between(values: dict[str, Any]) -> None:
    (point, low, _), (expected, of_limit, _) = values["evalue"]["rr_true_1.2"]["values"]
    assert sensitivity.e_value(risk_ratio=point / 1.2) == pytest.approx(expected, rel=CLOSED)
    assert sensitivity.e_value(risk_ratio=low / 1.2) == pytest.approx(of_limit, rel=CLOSED)


def test_a_confounder_that_would_decide_the_arm_alone_has_no_bound_and_the_others_keep_theirs() -> None:
    rng = np.random.default_rng(4)
    full = rng.random(80) < 0.5
    covariates = np.column_stack([full + rng.normal(0, 0.2, 80), rng.normal(size=80)])
    found = sensitivity.fit_benchmarks(
        scores=rng.normal(size=80) + full, full=full, covariates=covariates, names=("telling", "plain")
    )
    assert found[0].estimate is None
    assert found[1].estimate is not None


@pytest.mark.parametrize(("case", "difference", "se"), [("md_0.4_se_0.15", 0.4, 0.15), ("md_m0.5_se_0.1", -0.5, 0.1)])
def test_e_values_of_standardised_differences_are_those_of_r(
    values: dict[str, Any], case: str, difference: float, se: float
) -> None:
    _, (expected, *limits) = values["evalue"][case]["values"]
    ratio = sensitivity.to_risk_ratio(standardised=difference)
    assert sensitivity.e_value(risk_ratio=ratio) == pytest.approx(expected, rel=CLOSED)
    reach = 1.78 / 0.91 * se  # EValue rounds 0.91 × 1.96 to 1.78
    low, high = (sensitivity.to_risk_ratio(standardised=difference + side * reach) for side in (-1, 1))
    of_limit = next(limit for limit in limits if limit is not None)
    assert sensitivity.e_value_of_interval(low=low, high=high) == pytest.approx(of_limit, rel=CLOSED)


def test_robustness_values_are_those_of_sensemakr(values: dict[str, Any]) -> None:
    stats = values["sensemakr_btheb2m"]["stats"]
    found = sensitivity.robustness_value(t=stats["t_statistic"], df=stats["dof"], level=None)
    assert found == pytest.approx(stats["rv_q"], rel=CLOSED)
    assert sensitivity.robustness_value(t=stats["t_statistic"], df=stats["dof"], level=0.95) == stats["rv_qa"] == 0


def test_the_bound_from_a_covariate_is_that_of_sensemakr(values: dict[str, Any], shared: Path) -> None:
    frame = pd.read_csv(shared / "reference" / "data" / "btheb_clusters.csv")
    frame = frame[frame["bdi.2m"].notna()]
    names = ("bdi.pre", "drug_yes", "len_gt6")
    found = sensitivity.fit_benchmarks(
        scores=frame["bdi.2m"].to_numpy(dtype=float),
        full=frame["treated"].to_numpy() == 1,
        covariates=frame[list(names)].to_numpy(dtype=float),
        names=names,
    )[0]
    expected = values["sensemakr_btheb2m"]["bounds"][0]
    assert (found.with_arm, found.with_outcome, found.estimate) == pytest.approx(
        (expected["r2dz.x"], expected["r2yz.dx"], expected["adjusted_estimate"]), rel=CLOSED
    )


@pytest.mark.parametrize("t", [0.5, 2.5, 6.0, 40.0])
def test_the_robustness_value_is_where_the_bias_equals_the_estimate(t: float) -> None:
    """A confounder that explains this share of both arm and outcome takes the estimate to zero: an identity."""
    df = 60.0
    share = sensitivity.robustness_value(t=t, df=df, level=None)
    bias_over_se = np.sqrt(df) * np.sqrt(share * share / (1 - share))
    assert bias_over_se == pytest.approx(t, rel=1e-12)


def test_more_certain_estimates_need_stronger_confounders() -> None:
    weak, strong = (sensitivity.robustness_value(t=t, df=80, level=0.95) for t in (3.0, 5.0))
    assert 0 < weak < strong < sensitivity.robustness_value(t=5.0, df=80, level=None)
    assert sensitivity.e_value(risk_ratio=1.0) == 1.0
