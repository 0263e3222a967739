"""Clinics in one model against R: pool.R, pool-lib.R (R 4.2.2, nlme 3.1-162, metafor 3.8-1), four simulated clinics.

`pool.json` holds what `pool-lib.R` computes by Newton's method until the score is zero; it shares no code with this
package. Tolerances as it states them: estimate 1e-9, standard error 1e-8, degrees of freedom 1e-6, two stages 1e-7,
all relative; the random effect 1e-3, since nlme and a search without derivatives stop earlier (nlme agrees with
pool-lib.R to 2e-8 in the estimate and 3e-7 in the error). The identity below needs no file: rows and sums of rows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import mmrm
from outcomes.methods.meta_analysis import fit_meta_analysis
from outcomes.methods.mmrm.clinics import join_clinics
from outcomes.methods.random_arm import fit_random_arm

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.methods.mmrm import MmrmFit, Moments

VISITS, NAMES = ("mid", "end"), ("the intercept", "the arm", "the score at the start", "age")
ARM = 1


def read_parts(folder: Path) -> dict[str, Moments]:
    parts = {}
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        clients = pd.read_csv(place / "clients.csv").set_index("client_id")
        scores = pd.read_csv(place / "scores.csv").pivot(index="client_id", columns="visit", values="score")
        wide = clients.join(scores).dropna(subset=["start", "age"])
        parts[place.name] = sums_of(wide)
    return parts


def sums_of(wide: pd.DataFrame, *, columns: tuple[str, ...] = VISITS) -> Moments:
    full = (wide["arm"] == "full").to_numpy(float)
    return mmrm.moments(
        scores=wide[list(columns)].to_numpy(float),
        by_visit=np.column_stack([np.ones(len(wide)), full, wide["start"].to_numpy(float)]),
        constant=wide[["age"]].to_numpy(float),
        names=NAMES,
        visits=columns,
    )


def at(fit: MmrmFit, visit: int) -> Any:
    line = np.zeros(len(fit.beta))
    line[ARM * len(fit.covariance) + visit] = 1.0
    return fit.contrast(line, method="kenward-roger")


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    path = shared / "reference" / "pool.json"
    if not path.exists():
        pytest.skip("the reference values lie beside the project, and are not there")
    read: dict[str, Any] = json.loads(path.read_text())["with_baseline_and_age"]
    return read


@pytest.fixture(scope="module")
def parts(shared: Path) -> dict[str, Moments]:
    folder = shared / "studies" / "pool"
    if not folder.exists():
        pytest.skip("the simulated clinics lie beside the project, and are not there")
    return read_parts(folder)


def test_one_stage_from_sums_agrees_with_r(parts: dict[str, Moments], expected: dict[str, Any]) -> None:
    fit, told = mmrm.fit_moments(join_clinics(parts)), expected["one_stage_with_clinic_by_visit_intercepts"]
    assert (fit.n_clients, fit.n_observations) == (told["people"], told["observations"])
    assert fit.covariance == pytest.approx(np.array(told["covariance"]), rel=1e-9)
    for place, visit in enumerate(VISITS):
        found, value = at(fit, place), told["all_visits"][visit]
        assert found.estimate == pytest.approx(value["est"], rel=1e-9)
        assert found.se == pytest.approx(value["se"], rel=1e-8)
        assert found.df == pytest.approx(value["df"], rel=1e-6)


def test_two_stages_agree_with_metafor(parts: dict[str, Moments], expected: dict[str, Any]) -> None:
    each = [at(mmrm.fit_moments(part), 1) for part in parts.values()]
    for found, told in zip(each, expected["per_clinic"], strict=True):
        assert found.estimate == pytest.approx(told["est"], rel=1e-9)
        assert found.se == pytest.approx(told["se"], rel=1e-8)
        assert found.df == pytest.approx(told["df"], rel=1e-6)
    effects, variances = (np.array(one) for one in zip(*((c.estimate, c.se**2) for c in each), strict=True))
    fit, told = fit_meta_analysis(effects=effects, variances=variances, level=0.95), expected["two_stage"]
    knapp = told["hartung_knapp"]
    found = [fit.value, fit.se, fit.low, fit.high, fit.p_value, fit.tau2, fit.q, fit.q_p_value, 100 * fit.i2]
    wanted = [told["estimate"], *(knapp[k] for k in ("se", "low", "high", "p")), *(told[k] for k in ("tau2", "q"))]
    assert found == pytest.approx([*wanted, told["q_p"], told["i2_percent"]], rel=1e-7)
    prediction = told["prediction_t_k_minus_1_with_knapp_hartung_se"]
    assert [fit.prediction_low, fit.prediction_high] == pytest.approx(prediction, rel=1e-7)
    assert fit.tau2_high == pytest.approx(told["tau2_q_profile"][1], rel=1e-7)


def test_a_difference_that_varies_between_clinics_agrees_with_r(
    parts: dict[str, Moments], expected: dict[str, Any]
) -> None:
    told = expected["random_arm_by_clinic"]["all_visits_one_random_slope"]
    start = mmrm.fit_moments(join_clinics(parts)).covariance
    fit = fit_random_arm(parts=parts, arm=ARM, covariance=start)
    assert fit.estimate[-1] == pytest.approx(told["est"], rel=1e-3)
    assert fit.se[-1] == pytest.approx(told["se"], rel=1e-3)
    assert fit.tau == pytest.approx(told["sd_of_the_effect"], rel=1e-3)
    assert fit.log_likelihood == pytest.approx(told["log_restricted_likelihood"], abs=1e-6)
    assert fit.df == 3.0


def make_clinics(seed: int, sizes: tuple[int, ...] = (22, 31, 45)) -> dict[str, pd.DataFrame]:
    """Synthetic clinics that differ in level, with scores that are missing here and there."""
    rng = np.random.default_rng(seed)
    made = {}
    for place, size in enumerate(sizes):
        person = rng.normal(0, 6, size)
        wide = pd.DataFrame({"arm": np.where(np.arange(size) % 2, "full", "skills"), "age": rng.integers(18, 60, size)})
        wide["start"] = np.round(50 + 3 * place + person + rng.normal(0, 4, size))
        for visit, drop in (("mid", 3.0), ("end", 6.0)):
            effect = (wide["arm"] == "full") * drop * (1 + 0.3 * place)
            wide[visit] = np.round(48 + 2 * place + 0.7 * person - effect + rng.normal(0, 5, size))
            wide.loc[rng.random(size) < 0.15, visit] = np.nan
        made[f"clinic_{place}"] = wide.dropna(subset=["mid", "end"], how="all")
    return made


def rows_of(clinics: dict[str, pd.DataFrame]) -> MmrmFit:
    """Fit all rows together, with an indicator for each clinic: the model written out."""
    wide = pd.concat([one.assign(clinic=name) for name, one in clinics.items()], ignore_index=True)
    indicators = [(wide["clinic"] == name).to_numpy(float) for name in clinics]
    full = (wide["arm"] == "full").to_numpy(float)
    return mmrm.fit_mmrm(
        scores=wide[list(VISITS)].to_numpy(float),
        by_visit=np.column_stack([indicators[0], full, wide["start"].to_numpy(float), *indicators[1:]]),
        constant=wide[["age"]].to_numpy(float),
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_of_clinics_is_all_rows(seed: int) -> None:
    clinics = make_clinics(seed)
    together = mmrm.fit_moments(join_clinics({name: sums_of(wide) for name, wide in clinics.items()}))
    rows = rows_of(clinics)
    assert together.covariance == pytest.approx(rows.covariance, rel=1e-9)
    for visit in (0, 1):
        found, wanted = at(together, visit), at(rows, visit)
        assert found.estimate == pytest.approx(wanted.estimate, rel=1e-9)
        assert found.se == pytest.approx(wanted.se, rel=1e-8)
        assert found.df == pytest.approx(wanted.df, rel=1e-6)


def test_a_clinic_that_saw_nobody_at_a_visit_keeps_its_other_one() -> None:
    clinics = make_clinics(7)
    clinics["clinic_1"] = clinics["clinic_1"].assign(mid=np.nan).dropna(subset=["end"])
    together = mmrm.fit_moments(join_clinics({name: sums_of(wide) for name, wide in clinics.items()}))
    # the same model with the intercept that has no data left out, by generalised least squares at its covariance
    design, scores, blocks = [], [], []
    names = list(clinics)
    for place, wide in enumerate(clinics.values()):
        for person in wide.to_dict("records"):
            seen = [t for t, visit in enumerate(VISITS) if person[visit] == person[visit]]
            for t in seen:
                line = np.zeros(2 * (len(names) + 2) + 1)
                line[2 * place + t] = 1.0
                line[2 * len(names) + t] = person["arm"] == "full"
                line[2 * len(names) + 2 + t] = person["start"]
                line[-1] = person["age"]
                design.append(line)
                scores.append(person[VISITS[t]])
            blocks.append(np.linalg.inv(together.covariance[np.ix_(seen, seen)]))
    x, y = np.array(design), np.array(scores)
    used = np.flatnonzero(np.abs(x).sum(axis=0) > 0)
    assert len(used) == x.shape[1] - 1
    x, weight, begin = x[:, used], np.zeros((len(y), len(y))), 0
    for block in blocks:
        weight[begin : begin + len(block), begin : begin + len(block)] = block
        begin += len(block)
    covariance = np.linalg.inv(x.T @ weight @ x)
    beta = covariance @ (x.T @ weight @ y)
    for visit in (0, 1):
        place = int(np.flatnonzero(used == 2 * len(names) + visit)[0])
        line = np.zeros(len(together.beta))
        line[ARM * 2 + visit] = 1.0
        assert together.beta @ line == pytest.approx(beta[place], rel=1e-9)
        plain = together.contrast(line, method="satterthwaite")
        assert plain.se == pytest.approx(np.sqrt(covariance[place, place]), rel=1e-8)
    assert together.score == pytest.approx(np.zeros(3), abs=1e-6)
    assert together.n_observations == len(y) + 1  # the score that stands in
