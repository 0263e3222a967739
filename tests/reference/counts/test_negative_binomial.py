"""Counts against R: a trial of seizures (the shared values), and data of other shapes.

Values of the second kind: R 4.2.2, MASS 7.3-58.2, sandwich 3.0-2, clubSandwich 0.5.8, made by make_counts.R. Tolerance
1e-6 relative for likelihood fits, and 1e-5 where R's own θ, found by other steps, is behind the number.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from outcomes.methods.count_spread import CountSpread
from outcomes.methods.negative_binomial import CountFit, fit_counts
from outcomes.results.outcome import NotEstimableError

OWN = json.loads((Path(__file__).parent / "counts.json").read_text())
SETS = ("unequal", "clustered", "few", "poisson")
FIT = 1e-6


@pytest.fixture(scope="module")
def trial(shared: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    folder = shared / "studies" / "epilepsy"
    clients = pd.read_csv(folder / "clients.csv", dtype={"client_id": str}, parse_dates=["start_date", "end_date"])
    events = pd.read_csv(folder / "events.csv", dtype={"client_id": str}, parse_dates=["date"])
    events = events.merge(clients[["client_id", "start_date", "end_date"]], on="client_id")
    number = events["number"] if "number" in events else pd.Series(1, index=events.index)
    inside = (events["date"] >= events["start_date"]) & (events["date"] <= events["end_date"])
    early = events["date"] < events["start_date"]
    count = number[inside].groupby(events["client_id"]).sum().reindex(clients["client_id"]).fillna(0).to_numpy()
    before = number[early].groupby(events["client_id"]).sum().reindex(clients["client_id"]).fillna(0).to_numpy()
    days = (clients["end_date"] - clients["start_date"]).dt.days
    return json.loads((shared / "reference" / "counts.json").read_text()), pd.DataFrame(
        {
            "client_id": clients["client_id"],
            "count": count.astype(float),
            "before": before.astype(float),
            "years": days / 365.25,
            "full": (clients["arm"] == "progabide").astype(float),
            "age": clients["age"].astype(float),
        }
    )


def fit(frame: pd.DataFrame, columns: list[str], family: Any = "negative_binomial", count: str = "count") -> CountFit:
    design = np.column_stack([np.ones(len(frame)), *(frame[name] for name in ["full", *columns])]).astype(float)
    return fit_counts(
        counts=frame[count].to_numpy(dtype=float),
        exposure=frame["years"].to_numpy(dtype=float),
        design=design,
        names=["one", "full", *columns],
        family=family,
    )


@pytest.mark.parametrize("key", ["crude", "adjusted_age_log_before_plus_1", "adjusted_age_log_rate_before"])
@pytest.mark.parametrize("without", [False, True])
def test_the_trial_gives_what_r_gives(trial: tuple[dict[str, Any], pd.DataFrame], key: str, without: bool) -> None:
    values, frame = trial
    if without and key != "adjusted_age_log_before_plus_1":
        pytest.skip("without the one person only the main model was computed in R")
    frame = frame.assign(more=np.log(frame["before"] + 1), rate=np.log(frame["before"] / (56 / 365.25)))
    columns = {"crude": [], "adjusted_age_log_before_plus_1": ["age", "more"]}.get(key, ["age", "rate"])
    expected = values["rate_ratio"][f"{key}_without_E49" if without else key]
    frame = frame[frame["client_id"] != "E49"] if without else frame
    for family, name in (("negative_binomial", "negative_binomial"), ("poisson", "quasi_poisson")):
        found, wanted = fit(frame, columns, family), expected[name]
        assert found.beta == pytest.approx(wanted["beta"], rel=FIT)
        spread = CountSpread(fit=found, clusters=None)
        ratio, hc3 = spread.log_ratio(), wanted["hc3"]
        assert (ratio.estimate, ratio.se, ratio.df) == pytest.approx((hc3["log_ratio"], hc3["se"], hc3["df"]), rel=FIT)
        assert np.exp(ratio.interval(0.95)) == pytest.approx([hc3["low"], hc3["high"]], rel=FIT)
        assert ratio.p_value == pytest.approx(hc3["p"], rel=FIT)
        alone = CountSpread(fit=found, clusters=np.arange(len(frame)).astype(str).astype(object)).log_ratio()
        assert (alone.se, alone.df) == pytest.approx((wanted["cr2_people"]["se"], wanted["cr2_people"]["df"]), rel=FIT)
        rates = expected["rate_difference_per_person_year"][name]
        standardised = spread.standardised()
        assert (standardised.full, standardised.skills) == pytest.approx((rates["full"], rates["skills"]), rel=FIT)
        assert standardised.difference.se == pytest.approx(rates["hc3"]["se"], rel=FIT)
        assert standardised.difference.interval(0.95) == pytest.approx(
            (rates["hc3"]["low"], rates["hc3"]["high"]), rel=FIT
        )
        if family == "negative_binomial":
            assert found.theta == pytest.approx(wanted["theta"], rel=FIT)
            assert found.log_likelihood == pytest.approx(wanted["log_likelihood"], rel=FIT)
        else:
            assert found.dispersion == pytest.approx(wanted["dispersion"], rel=FIT)


@pytest.mark.parametrize("name", SETS)
def test_data_of_other_shapes_give_what_r_gives(name: str) -> None:
    values, frame = OWN[name], pd.DataFrame(OWN[name]["data"])
    found = fit(frame, ["age", "before"], count="y")
    assert found.beta == pytest.approx(values["beta"], rel=1e-5)
    assert math.isinf(found.theta) if values["theta"] == "Inf" else found.theta == pytest.approx(values["theta"], 1e-5)
    spread = CountSpread(fit=found, clusters=None)
    assert spread.log_ratio().se == pytest.approx(values["hc3"], rel=1e-5)
    difference = spread.standardised().difference
    assert [difference.estimate, difference.se] == pytest.approx(values["difference"], rel=1e-5)
    poisson = fit(frame, ["age", "before"], "poisson", count="y")
    assert poisson.beta == pytest.approx(values["poisson_beta"], rel=FIT)
    assert CountSpread(fit=poisson, clusters=None).log_ratio().se == pytest.approx(values["poisson_hc3"], rel=FIT)
    if "poisson_cr2" in values:
        groups = frame["group"].astype(str).to_numpy(dtype=object)
        ratio = CountSpread(fit=poisson, clusters=groups).log_ratio()
        assert [ratio.se, ratio.df] == pytest.approx(values["poisson_cr2"], rel=FIT)


def test_swapping_the_arms_turns_the_ratio_over_and_keeps_its_spread() -> None:
    frame = pd.DataFrame(OWN["unequal"]["data"])
    one, other = fit(frame, ["age"], count="y"), fit(frame.assign(full=1 - frame["full"]), ["age"], count="y")
    there, back = (CountSpread(fit=each, clusters=None).log_ratio() for each in (one, other))
    assert (there.estimate, there.se) == pytest.approx((-back.estimate, back.se), rel=1e-8)


def test_exposure_in_other_units_moves_the_intercept_alone() -> None:
    frame = pd.DataFrame(OWN["clustered"]["data"])
    years, weeks = fit(frame, ["age"], count="y"), fit(frame.assign(years=frame["years"] * 52), ["age"], count="y")
    assert weeks.beta[1:] == pytest.approx(years.beta[1:], rel=1e-8)
    assert weeks.beta[0] == pytest.approx(years.beta[0] - math.log(52), rel=1e-8)


def test_who_is_told_by_a_level_to_have_no_event_is_left_out_and_counts_as_zero() -> None:
    frame = pd.DataFrame(OWN["unequal"]["data"])
    level = (np.arange(len(frame)) % 6 == 0).astype(float)
    frame = frame.assign(level=level, y=np.where(level == 1, 0, frame["y"]))
    found, rest = fit(frame, ["level"], count="y"), fit(frame[level == 0], [], count="y")
    assert (found.kept.sum(), list(found.columns)) == (int((level == 0).sum()), [True, True, False])
    assert found.beta == pytest.approx(rest.beta, rel=1e-9)
    all_of_them, some = (CountSpread(fit=one, clusters=None).standardised() for one in (found, rest))
    assert all_of_them.full == pytest.approx(some.full * (level == 0).mean(), rel=1e-9)


@pytest.mark.parametrize("arm", [0, 1, 2])
def test_a_programme_without_an_event_has_no_ratio(arm: int) -> None:
    frame = pd.DataFrame(OWN["unequal"]["data"])
    frame["y"] = np.where((frame["full"] == arm) | (arm == 2), 0, frame["y"])  # both arms
    with pytest.raises(NotEstimableError, match="no event"):
        fit(frame, ["age"], count="y")


def test_one_person_with_a_thousand_has_an_answer_and_a_wide_interval() -> None:
    frame = pd.DataFrame(OWN["few"]["data"])
    frame.loc[frame["full"].idxmax(), "y"] = 1000
    ratio = CountSpread(fit=fit(frame, [], count="y"), clusters=None).log_ratio()
    assert ratio.se > 1
    assert math.isfinite(ratio.estimate)


def test_many_people_are_fitted_in_seconds() -> None:
    rng = np.random.default_rng(3)
    n = 200_000
    full = (rng.random(n) < 0.5).astype(float)
    frame = pd.DataFrame({"full": full, "years": rng.uniform(0.2, 1.5, n)})
    frame["y"] = rng.negative_binomial(0.8, 0.8 / (0.8 + np.exp(0.5 - 0.7 * full) * frame["years"]))
    found = fit(frame, [], count="y")
    assert found.beta[1] == pytest.approx(-0.7, abs=0.03)
    assert found.theta == pytest.approx(0.8, rel=0.03)
