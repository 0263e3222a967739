"""Waits and run charts of the example are found again by another road, limits included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outcomes.cohort import assemble
from outcomes.questions.run_chart import analysis as run_chart
from outcomes.questions.waiting import analysis as waiting
from outcomes.replication.engine import replicate
from outcomes.replication.people import read_people
from outcomes.results.outcome import Estimate
from outcomes.scoring import score_study
from outcomes.study.read import read_study

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("question", [waiting, run_chart])
def test_every_number_and_limit_is_found_again(root: Path, question) -> None:
    study = read_study(root / "data" / "example")
    found = {outcome.id: outcome for outcome in question.analyse(assemble(study, score_study(study)))}
    estimates = {name for name, outcome in found.items() if isinstance(outcome, Estimate)}
    told = {str(one.key): one for one in replicate(read_people(study), found, further=True)}
    assert estimates <= set(told)
    assert len(estimates) > 60
    for name in estimates:
        first, second = found[name], told[name].second
        assert isinstance(first, Estimate)
        assert second is not None, name
        assert second.value == pytest.approx(first.value, rel=1e-9, abs=1e-12), name
        if first.interval is not None:
            assert second.limits(0.95, log=False) == pytest.approx((first.interval.low, first.interval.high)), name
        else:
            assert second.limits(0.95, log=False) is None, name
