"""Rates, exact limits, cumulative means and probabilities of superiority against R's values on a trial of seizures.

Closed forms: 1e-10 relative. What has no shared value is held to an identity, or to scipy's own test.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.methods.exact_counts import clopper_pearson_limits, fit_exact_ratio, fit_rate, garwood_limits
from outcomes.methods.mean_cumulative import fit_mean_cumulative
from outcomes.methods.superiority import fit_superiority, fit_van_elteren
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from pathlib import Path

CLOSED = 1e-10


@pytest.fixture(scope="module")
def values(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "reference" / "counts.json").read_text())


@pytest.fixture(scope="module")
def events(shared: Path) -> pd.DataFrame:
    """One row an event of the trial, with its person's place in the arm and day since the start."""
    folder = shared / "studies" / "epilepsy"
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    rows = pd.read_csv(folder / "events.csv", dtype=str).merge(clients, on="client_id")
    rows["number"] = rows["number"].astype(float) if "number" in rows else 1.0
    start, end, day = (pd.to_datetime(rows[name]) for name in ("start_date", "end_date", "date"))
    rows["day"], rows["last"] = (day - start).dt.days, (end - start).dt.days
    rows["full"] = rows["arm"] == "progabide"
    return rows


def counts_of(events: pd.DataFrame, shared: Path, *, full: bool, since: bool) -> tuple[np.ndarray, np.ndarray]:
    clients = pd.read_csv(shared / "studies" / "epilepsy" / "clients.csv", dtype=str)
    mine = clients[(clients["arm"] == "progabide") == full]["client_id"]
    inside = (events["day"] >= 0) & (events["day"] <= events["last"]) if since else events["day"] < 0
    counts = events[inside].groupby("client_id")["number"].sum().reindex(mine).fillna(0).to_numpy()
    return counts, np.full(len(mine), 56 / 365.25)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("since", [True, False])
def test_the_rate_of_an_arm(
    values: dict[str, Any], events: pd.DataFrame, shared: Path, full: bool, since: bool
) -> None:
    expected = values["rates"][("" if since else "before_") + ("full" if full else "skills")]
    counts, years = counts_of(events, shared, full=full, since=since)
    fit, robust = fit_rate(counts=counts, exposure=years, level=0.95), expected["robust_hc1"]
    assert fit.value == pytest.approx(expected["rate"], rel=CLOSED)
    assert (fit.se_log, fit.df) == pytest.approx((robust["se_log"], robust["df"]), rel=CLOSED)
    assert (fit.low, fit.high) == pytest.approx((robust["low"], robust["high"]), rel=CLOSED)
    exact = garwood_limits(events=counts.sum(), exposure=years.sum(), level=0.95)
    assert exact == pytest.approx(expected["exact_poisson_garwood"], rel=CLOSED)


def test_where_no_event_was_seen_the_limits_are_exact(values: dict[str, Any]) -> None:
    for one in values["zero_events"]:
        low, high = clopper_pearson_limits(events=0, n=one["people"], level=0.95)
        assert (low, high) == pytest.approx((0.0, one["people_two_sided_95"]), rel=CLOSED)
        fit = fit_rate(
            counts=np.zeros(one["people"]),
            exposure=np.full(one["people"], one["person_years"] / one["people"]),
            level=0.95,
        )
        assert (fit.value, fit.low, fit.se_log) == (0.0, 0.0, None)
        assert fit.high == pytest.approx(one["events_two_sided_95"], rel=CLOSED)


def test_exact_limits_are_those_of_scipy() -> None:
    for events, n in ((1, 12), (5, 9), (12, 12)):
        limits = stats.binomtest(events, n).proportion_ci(0.9, method="exact")
        assert clopper_pearson_limits(events=events, n=n, level=0.9) == pytest.approx(
            (limits.low, limits.high), rel=1e-9
        )


@pytest.mark.parametrize(("one", "other"), [(0, 4), (3, 9), (7, 0), (5, 5)])
def test_the_exact_ratio_is_that_of_a_binomial_share(one: int, other: int) -> None:
    times = (21.5, 13.25)
    found = fit_exact_ratio(events=(one, other), exposure=times, level=0.95)
    share = stats.binomtest(one, one + other, times[0] / sum(times)).proportion_ci(0.95, method="exact")
    assert found.low == pytest.approx(share.low / (1 - share.low) * times[1] / times[0], rel=1e-9)
    assert (
        math.isinf(found.high)
        if other == 0
        else found.high == pytest.approx(share.high / (1 - share.high) * times[1] / times[0], rel=1e-9)
    )
    smaller = min(
        stats.binomtest(one, one + other, times[0] / sum(times), alternative=side).pvalue
        for side in ("less", "greater")
    )
    assert found.p_value == pytest.approx(min(1.0, 2 * smaller), rel=1e-9)


def test_without_any_event_there_is_no_ratio_and_without_time_no_rate() -> None:
    with pytest.raises(NotEstimableError):
        fit_exact_ratio(events=(0, 0), exposure=(1.0, 1.0), level=0.95)
    with pytest.raises(NotEstimableError):
        fit_rate(counts=np.zeros(0), exposure=np.zeros(0), level=0.95)


@pytest.mark.parametrize("arm", ["full", "skills"])
def test_the_mean_cumulative_count(values: dict[str, Any], events: pd.DataFrame, arm: str) -> None:
    expected = values["mean_cumulative_count"][arm]
    mine = events[(events["full"] == (arm == "full")) & (events["day"] >= 0) & (events["day"] <= events["last"])]
    person, _ = pd.factorize(mine["client_id"])
    fit = fit_mean_cumulative(
        last=np.full(expected["n"], 56.0),
        person=person.astype(np.int64),
        day=mine["day"].to_numpy(dtype=float),
        number=mine["number"].to_numpy(),
        at=np.array(expected["at_day"], dtype=float),
    )
    assert fit.value == pytest.approx(expected["value"], rel=CLOSED)
    assert fit.se == pytest.approx(expected["se"], rel=CLOSED)
    assert fit.people.tolist() == expected["people_at_risk"]
    low, high = fit.limits(0.95)
    assert low == pytest.approx(expected["low_log"], rel=CLOSED)
    assert high == pytest.approx(expected["high_log"], rel=CLOSED)


def test_the_variance_of_unequal_follow_up_is_that_of_the_formula_written_out() -> None:
    rng = np.random.default_rng(8)
    last = rng.integers(5, 60, 12).astype(float)
    person = rng.integers(0, 12, 40)
    day = np.floor(rng.random(40) * (last[person] + 1))
    number = rng.integers(1, 4, 40).astype(float)
    at = np.array([0.0, 10.0, 33.0, 59.0])
    fit = fit_mean_cumulative(last=last, person=person, day=day, number=number, at=at)
    for place, until in enumerate(at):
        own, total = np.zeros(12), 0.0
        for time in np.unique(day[day <= until]):
            here = last >= time
            events = np.array([number[(person == one) & (day == time)].sum() for one in range(12)])
            total += events.sum() / here.sum()
            own += here / here.sum() * (events - events.sum() / here.sum())
        assert (fit.value[place], fit.se[place]) == pytest.approx((total, math.sqrt((own**2).sum())), rel=CLOSED)
        assert fit.people[place] == (last >= until).sum()


def test_the_probability_of_superiority(values: dict[str, Any], events: pd.DataFrame, shared: Path) -> None:
    after = [counts_of(events, shared, full=full, since=True)[0] for full in (True, False)]
    before = [counts_of(events, shared, full=full, since=False)[0] for full in (True, False)]
    change = [one - other for one, other in zip(after, before, strict=True)]
    for key, (full, skills) in (("count", after), ("change_in_count", change)):
        expected, fit = values["superiority"][key], fit_superiority(full=full, skills=skills, level=0.95)
        assert (fit.value, fit.se, fit.df) == pytest.approx(
            tuple(expected[name] for name in ("p_superior", "se", "df")), rel=CLOSED
        )
        assert fit.p_value == pytest.approx(expected["p_value"], rel=CLOSED)
        assert (fit.low, fit.high) == pytest.approx((expected["low_logit"], expected["high_logit"]), rel=CLOSED)
    expected = values["superiority"]["count"]["van_elteren"]
    strata = np.digitize(np.concatenate(before), [14.5, 32.5])
    fit = fit_van_elteren(
        values=np.concatenate(after), full=np.arange(59) < len(after[0]), strata=strata.astype(np.int64), level=0.95
    )
    assert (fit.value, fit.se, fit.p_value) == pytest.approx(
        tuple(expected[name] for name in ("p_superior", "se", "p_value")), rel=CLOSED
    )
