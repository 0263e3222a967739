"""A count at a visit as the report computes it, against R, on the trial of progabide against seizures (epilepsy).

Values: R 4.2.2, MASS 7.3.58.2, sandwich 3.0.2, clubSandwich 0.5.8, geepack 1.3.9; the programs (counts.R,
counts-lib.R) and the values lie beside the shared reference data. Tolerances are theirs: coefficients 1e-8, sandwich,
degrees of freedom and GEE 1e-7, relative, as iterative fits are polished to a zero score.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import outcomes
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.results.registry import Registry

KIND = 'kind = "count"\nweeks = { start = 8, p1 = 2, p2 = 2, p3 = 2, p4 = 2 }\n'


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "reference" / "counts.json").read_text())
    return found


@pytest.fixture(scope="module")
def found(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder = tmp_path_factory.mktemp("counts") / "study"
    folder.mkdir()
    for name in ("clients.csv", "scores.csv"):
        shutil.copy(shared / "studies" / "epilepsy" / name, folder / name)
    plan = (shared / "studies" / "epilepsy" / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan.replace('better = "lower"\n', f'better = "lower"\n{KIND}'), encoding="utf-8")
    return outcomes.analyse(outcomes.read_study(folder))


def take(found: Registry, name: str) -> Estimate:
    outcome = found[f"counts.seizures.{name}"]
    assert isinstance(outcome, Estimate)
    return outcome


@pytest.mark.parametrize(
    ("name", "family"), [("p4.rate_ratio", "negative_binomial"), ("p4.rate_ratio_robust", "quasi_poisson")]
)
def test_the_ratio_at_a_visit_is_that_of_r(found: Registry, expected: dict[str, Any], name: str, family: str) -> None:
    mine, told = take(found, name), expected["count_at_visit_p4"][family]["hc3"]
    assert mine.value == pytest.approx(told["ratio"], rel=1e-8)
    np.testing.assert_allclose([mine.se, mine.df, mine.p_value], [told[one] for one in ("se", "df", "p")], rtol=1e-7)
    np.testing.assert_allclose(mine.limits, [told["low"], told["high"]], rtol=1e-7)


def test_the_difference_of_the_means_is_that_of_r(found: Registry, expected: dict[str, Any]) -> None:
    mine = take(found, "p4.rate_difference")
    told = expected["count_at_visit_p4"]["rate_difference_per_person_year"]["negative_binomial"]
    assert mine.value == pytest.approx(told["difference"], rel=1e-8)
    np.testing.assert_allclose([mine.se, *mine.limits], [told["hc3"][one] for one in ("se", "low", "high")], rtol=1e-7)


def test_the_difference_of_the_shares_with_any_is_that_of_r(found: Registry, expected: dict[str, Any]) -> None:
    mine, told = take(found, "p4.any.difference"), expected["any_event"]["at_p4_firth"]["standardised"]
    assert mine.value == pytest.approx(told["difference"], rel=1e-8)
    assert mine.se == pytest.approx(told["model"]["se"], rel=1e-7)
    for arm in ("full", "skills"):
        share = take(found, f"p4.{arm}.any")
        np.testing.assert_allclose(share.limits, expected["any_event"]["at_p4"][arm]["wilson"], rtol=1e-10)


def test_the_ratio_of_all_visits_is_that_of_r(found: Registry, expected: dict[str, Any]) -> None:
    mine = take(found, "common_rate_ratio")
    told = expected["repeated_counts"]["gee_common_ratio"]["moments_over_n_minus_p"]["mancl_derouen"]
    np.testing.assert_allclose(
        [mine.value, mine.se, mine.df, *mine.limits],
        [told[one] for one in ("ratio", "se", "df", "low", "high")],
        rtol=1e-7,
    )
