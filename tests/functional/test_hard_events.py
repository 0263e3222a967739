"""Events that are hard to count: everything told is a right number or a sentence, and the second computation agrees."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import outcomes
from events_study import add_thousand, follow_unequally, in_full, put_in_groups, write_events_study
from outcomes.cohort import assemble
from outcomes.questions.events.analysis import analyse
from outcomes.questions.harms.analysis import analyse as analyse_harms
from outcomes.replication.engine import replicate
from outcomes.replication.people import read_people
from outcomes.results.outcome import Curve, Estimate, NotEstimable
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.long  # a study for each


def _leave_nobody_exposed(clients: pd.DataFrame) -> pd.DataFrame:
    return clients.assign(followed_until="2024-01-01", end_date="2024-01-01")


def _leave_some_unexposed(clients: pd.DataFrame) -> pd.DataFrame:
    some = clients.index % 7 == 0
    last = np.where(some, "2024-01-01", clients["followed_until"])
    return clients.assign(followed_until=last, end_date=np.where(some, "2024-01-01", clients["end_date"]))


def _give_all_the_same(events: pd.DataFrame) -> pd.DataFrame:
    rows = [(f"P{k:03d}", f"2024-02-0{day}", "self_harm", 1, "") for k in range(1, 61) for day in (1, 2)]
    return pd.DataFrame(rows, columns=events.columns)


SHAPES: dict[str, Callable[[Path], Path]] = {
    "everybody zero": partial(write_events_study, events=lambda events: events[events["date"] < "2024-01-01"]),
    "one arm zero": partial(
        write_events_study, events=lambda events: events[~(in_full(events) & (events["date"] >= "2024-01-01"))]
    ),
    "one person with a thousand": partial(write_events_study, events=add_thousand),
    "one person with any": partial(write_events_study, events=lambda events: events[events["client_id"] == "P003"]),
    "one person with any in each": partial(
        write_events_study, events=lambda events: events[events["client_id"].isin(["P003", "P004"])]
    ),
    "everybody alike": partial(write_events_study, events=_give_all_the_same),
    "some without exposure": partial(write_events_study, clients=_leave_some_unexposed),
    "nobody with exposure": partial(write_events_study, clients=_leave_nobody_exposed),
    "some never started": partial(
        write_events_study,
        clients=lambda clients: clients.assign(start_date=clients["start_date"].where(clients.index % 9 > 0, "")),
    ),
    "followed unequally": partial(write_events_study, clients=follow_unequally),
    "groups of both arms": partial(
        write_events_study, clients=lambda clients: put_in_groups(follow_unequally(clients)), grouped=True
    ),
    "groups nested in the arms": partial(write_events_study, clients=partial(put_in_groups, nested=True), grouped=True),
    "no more spread than chance, and a level without events": partial(write_events_study, n=40, frailty=False),
    "22 people": partial(write_events_study, n=22),
    "12 people": partial(write_events_study, n=12),
}


@pytest.fixture(scope="module", params=SHAPES)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, Any]]:
    study = outcomes.read_study(SHAPES[request.param](tmp_path_factory.mktemp("events") / "study"))
    cohort = assemble(study, score_study(study))
    return study, {one.id: one for ask in (analyse, analyse_harms) for one in ask(cohort)}


def test_everything_told_is_a_number_with_an_interval_of_some_width_or_a_sentence(
    asked: tuple[Any, dict[str, Any]],
) -> None:
    _, found = asked
    assert found
    for outcome in found.values():
        if isinstance(outcome, NotEstimable):
            assert outcome.reason.endswith("."), outcome.id
        elif isinstance(outcome, Estimate):
            assert np.isfinite(outcome.value), outcome.id
            if outcome.limits:
                assert np.isfinite(outcome.limits).all(), outcome.id
                assert outcome.limits[1] - outcome.limits[0] > 1e-9, outcome.id
        else:
            assert isinstance(outcome, Curve)


def test_the_second_computation_finds_every_number_again(asked: tuple[Any, dict[str, Any]]) -> None:
    study, found = asked
    compared = list(replicate(read_people(study), found, further=True))
    assert {one.key for one in compared} >= {one.key for one in found.values() if isinstance(one, Estimate)}
    assert not [(str(one.key), one.reason) for one in compared if one.second is None]
    differ = [(str(one.key), list(one.differing())) for one in compared if one.second is not None]
    assert not [one for one in differ if one[1]]
