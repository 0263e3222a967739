"""Meta-analysis against metafor on real and synthetic numbers, and against identities.

Values: R 4.2.2, metafor 3.8-1; synthetic numbers by make_meta_analysis.R, which drives the search to its end (1e-9: the
file holds 15 digits, and the Q profile loses some). The values of the BCG trials were made with metafor's usual
stopping rules: 1e-6, and 1e-4 for its Q profile, which stops a uniroot at .Machine$double.eps^0.25.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.methods import published_effects
from outcomes.methods.meta_analysis import fit_meta_analysis, fit_tau2
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

ANSWERS = json.loads((Path(__file__).parent / "meta_analysis.json").read_text())
FIELDS = (
    *("value", "se", "low", "high", "p_value", "tau2", "tau2_low", "tau2_high", "i2", "h2", "q", "q_p_value"),
    *("prediction_low", "prediction_high"),
)
LEVEL = 0.95


@pytest.mark.parametrize("case", ANSWERS["pooled"], ids=lambda case: f"k={len(case['yi'])},tau2={case['tau2']:.3g}")
def test_pooling_agrees_with_metafor(case: dict[str, Any]) -> None:
    fit = fit_meta_analysis(effects=np.array(case["yi"]), variances=np.array(case["vi"]), level=LEVEL)
    for name in FIELDS:
        if name == "tau2_high" and case[name] >= 100:  # where metafor's search ends unless told otherwise
            continue
        assert getattr(fit, name) == pytest.approx(case[name], rel=1e-9, abs=1e-9), name


def test_the_bcg_trials_agree_with_the_shared_values(shared: Path) -> None:
    trials = json.loads((shared / "reference" / "meta_analysis.json").read_text())["dat_bcg_logRR"]
    want = trials["REML_knha"]
    fit = fit_meta_analysis(effects=np.array(trials["yi"]), variances=np.array(trials["vi"]), level=LEVEL)
    names = {"value": "est", "se": "se", "low": "lower", "high": "upper", "p_value": "p", "tau2": "tau2", "h2": "H2"}
    names |= {"q": "Q", "q_p_value": "Q_p", "prediction_low": "pi_lower", "prediction_high": "pi_upper"}
    for mine, theirs in names.items():
        assert getattr(fit, mine) == pytest.approx(want[theirs], rel=1e-6), mine
    assert 100 * fit.i2 == pytest.approx(want["I2"], rel=1e-6)
    profile = want["ci_random"]["values"][0]
    assert (fit.tau2_low, fit.tau2_high) == pytest.approx(profile[1:], rel=1e-4)
    for place, (value, tau2) in enumerate(zip(*(trials["leave1out"][name] for name in ("est", "tau2")), strict=True)):
        kept = np.arange(len(trials["yi"])) != place
        left = fit_meta_analysis(
            effects=np.array(trials["yi"])[kept], variances=np.array(trials["vi"])[kept], level=LEVEL
        )
        assert (left.value, left.tau2) == pytest.approx((value, tau2), rel=1e-5)


@pytest.mark.parametrize("case", ANSWERS["counts"], ids=lambda case: str(case["counts"]))
def test_effects_of_counts_agree_with_metafor_also_where_a_cell_is_empty(case: dict[str, Any]) -> None:
    counts = dict(zip(("events_full", "n_full", "events_skills", "n_skills"), case["counts"], strict=True))
    ratio = published_effects.log_risk_ratio(**counts)
    difference = published_effects.risk_difference(**counts)
    assert (ratio.value, ratio.variance) == pytest.approx((case["ratio"], case["ratio_variance"]), rel=1e-12)
    assert difference.variance == pytest.approx(case["difference_variance"], rel=1e-12)
    # metafor moves the difference itself as well where a cell is empty; here it stays the difference of the shares
    if not difference.corrected:
        assert difference.value == pytest.approx(case["difference"], rel=1e-12)


@pytest.mark.parametrize("case", ANSWERS["means"], ids=lambda case: f"{case['n1i']},{case['n2i']}")
def test_standardised_differences_agree_with_metafor(case: dict[str, Any]) -> None:
    effect = published_effects.standardised_difference(
        mean_full=case["m1i"],
        sd_full=case["sd1i"],
        n_full=case["n1i"],
        mean_skills=case["m2i"],
        sd_skills=case["sd2i"],
        n_skills=case["n2i"],
    )
    assert (effect.value, effect.variance) == pytest.approx((case["g"], case["variance"]), rel=1e-12)


def test_the_published_limits_of_the_one_direct_comparison_come_out_of_its_counts() -> None:
    effect = published_effects.log_risk_ratio(events_full=9, n_full=54, events_skills=13, n_skills=34)
    low, high = effect.limits(LEVEL)
    assert [round(math.exp(number), 3) for number in (effect.value, low, high)] == [0.436, 0.209, 0.908]


STUDIES = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=8)


def split(studies: list[tuple[float, float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, v = (np.array(column) for column in zip(*studies, strict=True))
    return y, v


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=8), st.floats(0.01, 2))
def test_of_equally_precise_studies_tau2_is_the_spread_beyond_chance(effects: list[float], variance: float) -> None:
    y = np.array(effects)
    found = fit_tau2(effects=y, variances=np.full(len(y), variance))
    assert found == pytest.approx(max(0.0, float(y.var(ddof=1)) - variance), rel=1e-9, abs=1e-9)


@given(STUDIES, st.floats(-5, 5), st.floats(0.01, 100))
def test_another_origin_or_unit_changes_nothing_else(
    studies: list[tuple[float, float]], shift: float, unit: float
) -> None:
    y, v = split(studies)
    fit = fit_meta_analysis(effects=y, variances=v, level=LEVEL)
    moved = fit_meta_analysis(effects=unit * (y + shift), variances=unit**2 * v, level=LEVEL)
    assert moved.value == pytest.approx(unit * (fit.value + shift), rel=1e-6, abs=1e-6 * unit)
    assert moved.tau2 == pytest.approx(unit**2 * fit.tau2, rel=1e-6, abs=1e-6 * unit**2)
    assert moved.i2 == pytest.approx(fit.i2, abs=1e-6)


@given(STUDIES)
def test_no_variance_between_studies_is_likelier_than_the_one_found(studies: list[tuple[float, float]]) -> None:
    y, v = split(studies)
    found = fit_tau2(effects=y, variances=v)

    def likelihood(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return float(np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2)

    assert all(likelihood(found) >= likelihood(tau2) - 1e-9 for tau2 in np.geomspace(1e-8, 1e3, 400))
    assert likelihood(found) >= likelihood(0.0) - 1e-12


@given(STUDIES)
def test_the_interval_for_a_new_setting_holds_that_of_the_mean(studies: list[tuple[float, float]]) -> None:
    y, v = split(studies)
    fit = fit_meta_analysis(effects=y, variances=v, level=LEVEL)
    assert fit.prediction_low <= fit.low <= fit.value <= fit.high <= fit.prediction_high
    assert fit.weights.sum() == pytest.approx(1)
    assert fit.tau2_low <= fit.tau2_high


@given(st.floats(-3, 3), st.floats(0.01, 2), st.integers(2, 6))
def test_many_studies_with_one_result_give_that_result(effect: float, variance: float, k: int) -> None:
    fit = fit_meta_analysis(effects=np.full(k, effect), variances=np.full(k, variance), level=LEVEL)
    assert fit.value == pytest.approx(effect, rel=1e-12, abs=1e-12)
    assert fit.tau2 == 0


def test_what_cannot_be_pooled_says_why() -> None:
    with pytest.raises(NotEstimableError, match="nothing to pool"):
        fit_meta_analysis(effects=np.array([0.3]), variances=np.array([0.1]), level=LEVEL)
    with pytest.raises(NotEstimableError, match="variance"):
        fit_meta_analysis(effects=np.array([0.3, 0.2]), variances=np.array([0.1, 0.0]), level=LEVEL)
    with pytest.raises(NotEstimableError, match="Nobody"):
        published_effects.log_risk_ratio(events_full=0, n_full=10, events_skills=0, n_skills=10)
    with pytest.raises(NotEstimableError, match="more people"):
        published_effects.log_risk_ratio(events_full=11, n_full=10, events_skills=0, n_skills=10)
    with pytest.raises(NotEstimableError, match="between its limits"):
        published_effects.from_limits(value=2.0, low=-1.0, high=1.0, level=LEVEL)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_changing_the_arms_turns_the_sign_alone(a: int, b: int, c: int, d: int) -> None:
    one = {"events_full": a, "n_full": a + b, "events_skills": c, "n_skills": c + d}
    other = {"events_full": c, "n_full": c + d, "events_skills": a, "n_skills": a + b}
    if a + c:
        ratios = [published_effects.log_risk_ratio(**counts) for counts in (one, other)]
        assert ratios[0].value == pytest.approx(-ratios[1].value, abs=1e-12)
        assert ratios[0].variance == pytest.approx(ratios[1].variance)


@given(st.floats(-3, 3), st.floats(0.01, 2), st.floats(-3, 3))
def test_beside_a_study_without_information_one_study_is_itself(effect: float, variance: float, other: float) -> None:
    fit = fit_meta_analysis(effects=np.array([effect, other]), variances=np.array([variance, 1e14]), level=LEVEL)
    assert fit.value == pytest.approx(effect, abs=1e-9)
    assert fit.tau2 == 0
    assert fit.weights == pytest.approx([1, 0], abs=1e-9)
