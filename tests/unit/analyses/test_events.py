"""Events as questions: what is told of each kind, what is refused, and what one person or an empty arm does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.small_study import edit, write_small_study

from events_study import PLAN, write_events_study
from made import by_id, estimate_in
from outcomes.blocks.format import format_size
from outcomes.cohort.assemble import assemble
from outcomes.methods.exact_counts import fit_exact_ratio
from outcomes.models.calibration import find_nearest, read_table
from outcomes.models.rates import fit_rates
from outcomes.questions.events.analysis import analyse
from outcomes.questions.harms.analysis import analyse as analyse_harms
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.scoring import score_study
from outcomes.study.read import read_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.cohort import Cohort


def make_cohort(folder: Path, change: Any = None, *, n: int = 60) -> Cohort:
    """Read a small study with events: a rate that is halved, attempts in skills group only alone."""
    study = read_study(write_events_study(folder, n=n, events=change))
    return assemble(study, score_study(study))


def results_of(cohort: Cohort) -> dict[str, Any]:
    return {one.id: one for one in analyse(cohort)}


def test_the_rates_of_the_periods_add_up_and_the_ratio_is_near_the_truth(tmp_path: Path) -> None:
    cohort = make_cohort(tmp_path)
    found = results_of(cohort)
    ratio = found["events.self_harm.rate_ratio"]
    assert ratio.interval.low < 0.5 < ratio.interval.high
    assert ratio.how.estimator == "negative_binomial"
    for arm in ("full", "skills"):
        number = found[f"events.self_harm.{arm}.number"].value
        years = found[f"events.self_harm.{arm}.years"].value
        assert found[f"events.self_harm.{arm}.rate"].value == pytest.approx(number / years)
        curve = found[f"events.self_harm.curve.{arm}"]
        assert curve.value[-1] <= number / 30 + 1e-9
        assert curve.people[0] == 30


def test_a_programme_without_an_event_has_exact_limits_and_no_ratio_of_a_model(tmp_path: Path) -> None:
    found = results_of(make_cohort(tmp_path))
    assert isinstance(found["events.attempt.rate_ratio"], NotEstimable)
    exact = found["events.attempt.rate_ratio_exact"]
    years = tuple(found[f"events.attempt.{arm}.years"].value for arm in ("full", "skills"))
    expected = fit_exact_ratio(events=(0, 3), exposure=years, level=0.95)
    assert (exact.value, exact.interval.high) == pytest.approx((0.0, expected.high))
    assert found["events.attempt.full.most_any"].value == pytest.approx(1 - 0.025 ** (1 / 30))
    assert found["events.attempt.full.rate"].interval.low == 0


def test_who_alone_carries_a_result_is_left_out_once_and_not_named(tmp_path: Path) -> None:
    def add(events: pd.DataFrame) -> pd.DataFrame:
        return pd.concat(
            [events, pd.DataFrame([("P002", "2024-05-01", "self_harm", 1000, "")], columns=events.columns)]
        )

    found = results_of(make_cohort(tmp_path, add))
    main, without = found["events.self_harm.rate_ratio"], found["events.self_harm.without_one.rate_ratio"]
    assert without.n == main.n - 1
    assert without.value < 1 < main.value
    assert all("P002" not in str(one) for one in found.values())


@pytest.mark.parametrize("kind", ["self_harm", "attempt"])
def test_without_events_each_planned_number_says_that_the_table_is_not_there(tmp_path: Path, kind: str) -> None:
    cohort = make_cohort(tmp_path)
    del cohort.tables["events"]  # type: ignore[attr-defined]  # a dict here
    cohort.found.clear()
    mine = [one for one in analyse(cohort) if one.key.subject == kind]
    assert mine
    assert all(isinstance(one, NotEstimable) and one.cause == "not provided" for one in mine)


def test_the_nearest_cell_of_the_simulation_is_one_of_a_like_size() -> None:
    assert {one.people for one in read_table()} == {12, 20, 30, 60}
    assert sum(not one.supports for one in read_table()) < 0.05 * len(read_table())
    assert any(not one.supports for one in read_table() if one.what == "rate_ratio")


def test_a_cell_is_found_for_a_model(tmp_path: Path) -> None:
    nearest = find_nearest(fit_rates(make_cohort(tmp_path), "self_harm"), "rate_ratio")
    assert nearest is not None
    assert (nearest.people, nearest.shared) == (30, False)


def test_a_million_rows_are_summed_at_the_price_of_reading_them(tmp_path: Path) -> None:
    from time import process_time

    from outcomes.cohort.events import read_events

    write_small_study(tmp_path, n=60)
    (tmp_path / "plan.toml").write_text((tmp_path / "plan.toml").read_text() + PLAN)
    edit(tmp_path, "clients.csv", lambda table: table.assign(start_date="2024-01-01", followed_until="2024-12-31"))
    many = 200_000
    lines = (f"P{row % 60 + 1:03d},2024-{row % 12 + 1:02d}-{row % 28 + 1:02d},self_harm" for row in range(many))
    (tmp_path / "events.csv").write_text("client_id,date,kind\n" + "\n".join(lines) + "\n")
    began = process_time()
    study = read_study(tmp_path)
    read = process_time() - began
    cohort = assemble(study, score_study(study))
    began = process_time()
    events = read_events(cohort, "self_harm", "since")
    assert np.nansum(events.number) == many
    assert process_time() - began < max(read, 1.0)
    assert isinstance(next(iter(analyse(cohort))), Estimate)


def test_where_nobody_of_a_programme_had_any_no_adjusted_difference_is_made_by_the_penalty(tmp_path: Path) -> None:
    """None of 30 against 3 of 30 gave a difference beyond that of the shares, beside “cannot answer”."""
    found = results_of(make_cohort(tmp_path))
    assert isinstance(found["events.attempt.any.difference"], NotEstimable)
    assert isinstance(found["events.self_harm.any.difference"], Estimate)


def test_the_most_who_may_have_any_is_rounded_up_as_among_the_harms(tmp_path: Path) -> None:
    """“Up to 3% of people” stood beside “up to 4 in 100”, of the same 114 people."""
    cohort = make_cohort(tmp_path)
    most, upper = results_of(cohort)["events.attempt.full.most_any"], by_id(analyse_harms(cohort))
    assert format_size(most, most.value, cohort.plan) == "12 in 100"
    harm = estimate_in(upper, "harms.attempt.full.upper")
    assert format_size(harm, harm.value, cohort.plan) == "12 in 100"
