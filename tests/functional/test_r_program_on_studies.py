"""R and the run agree on generated studies of many kinds, and R computes nearly all of the ordinary ones.

An auditor has the R program on a study of their own, never on the example: a difference there must be an error.
"""

from __future__ import annotations

import re
import shutil
from functools import partial
from typing import TYPE_CHECKING

import pytest

import outcomes
from active_study import write_active_study
from awkward_studies import awkward_study
from events_study import follow_unequally, write_events_study
from kinds_study import write_kinds_study
from outcomes.audit.r_program import check_by_r
from outcomes.pipeline import answer
from outcomes.replication.program import make_program
from outcomes.results.outcome import Estimate
from outcomes.results.store import to_json
from outcomes.study.published import EVIDENCE, read_published
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [
    pytest.mark.long,  # whole studies, one after the other
    pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine (see docs/validation.md)"),
]

MOST = 0.95  # of the estimates of an ordinary study


def numbered_otherwise(folder: Path) -> Path:
    """Write a study whose answers are numbered as a survey tool does."""
    awkward_study(1, folder)
    path = folder / "items" / "phq9.csv"
    path.write_text(re.sub(r"\bq0(\d)", r"PHQ9_\1", path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


STUDIES: dict[str, Callable[[Path], Path]] = {
    "small": partial(write_small_study, n=24),
    "sessions, 24 people": partial(write_active_study, n=24),
    "sessions, 40 people": partial(write_active_study, n=40),
    "sessions, three therapists": partial(write_active_study, n=60, seed=3, therapists=3),
    "nothing is odd": partial(awkward_study, 0),
    "all tables": partial(awkward_study, 1),
    "answers numbered otherwise": numbered_otherwise,
    "a level held by one person": partial(awkward_study, 6),
    "groups nested in the arms": partial(awkward_study, 10),
    "neither groups nor therapists": partial(awkward_study, 14),
    # Not ordinary: of three kinds of events in small studies R looks up no simulated coverage and reads no verdict; of
    # counts and yes/no it fits no model over all visits, so that it cannot count which ways agree; with six people an
    # arm the samples of several results hold nobody, or are no spread.
    "events, followed unequally": partial(write_events_study, n=40, clients=follow_unequally),
    "events, a level without any": partial(write_events_study, n=40, frailty=False),
    "counts and yes/no": write_kinds_study,
    "sessions, a therapist for each person": partial(write_active_study, n=12),
}
ORDINARY = list(STUDIES)[:-4]


@pytest.mark.parametrize("name", STUDIES)
def test_r_agrees_with_studies_of_every_kind(tmp_path: Path, name: str) -> None:
    folder = STUDIES[name](tmp_path / "study")
    study = outcomes.read_study(folder)
    registry = answer(study).registry
    results, program = tmp_path / "results.json", tmp_path / "program.R"
    results.write_text(to_json(registry), encoding="utf-8")
    program.write_text(make_program(study.plan), encoding="utf-8")
    (tmp_path / EVIDENCE).write_bytes(read_published())  # as verify does where a study has none of its own
    check = check_by_r(program, folder, results)
    assert check.status == "equal", check.faults
    if name in ORDINARY:
        assert check.count >= MOST * sum(isinstance(one.outcome, Estimate) for one in registry.records())
