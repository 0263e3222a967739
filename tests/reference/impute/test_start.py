"""What is missing at the start, completed: against chained equations by R's mice, and by an identity.

Both draw, so that tolerances are Monte-Carlo errors: those of R stand in start.json (make_start.R wrote it), ours come
from the pooled fit. Standard errors are compared to 4%: of 300 imputations the variance between them is known to about
8% (√(2/300)), and it is a quarter of the whole or less.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.methods import mmrm
from outcomes.methods.impute import CompletedStart, StartModel

HERE = Path(__file__).parent
TRIALS = json.loads((HERE / "start.json").read_text())
ERRORS = 4.0  # Monte-Carlo standard errors


def column(trial: dict[str, Any], name: str) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in trial[name]])


def model_of(trial: dict[str, Any]) -> StartModel:
    scores = [name for name in ("y1", "y2") if name in trial]
    return StartModel(
        scores=np.column_stack([column(trial, name) for name in scores]),
        full=column(trial, "full") > 0,
        columns=np.column_stack([column(trial, name) for name in ("start", "woman", "age")]),
        names=("the score at the start", "woman", "age"),
        visits=tuple(scores),
        order=("unstructured",),
        clusters=None,
    )


@cache
def fit(name: str, draws: int) -> CompletedStart:
    return model_of(TRIALS[name]).fit(draws=draws, rng=np.random.default_rng(11))


def test_one_visit_is_what_mice_pools() -> None:
    trial = TRIALS["one"]
    pooled = fit("one", 300).pooled[0]
    allowed = ERRORS * math.hypot(trial["monte_carlo"], pooled.monte_carlo_error)
    assert pooled.estimate == pytest.approx(trial["estimate"], abs=allowed)
    assert pooled.contrast.se == pytest.approx(trial["se"], rel=0.04)
    assert pooled.df == pytest.approx(trial["df"], rel=0.15)
    assert allowed < 0.25 * trial["se"]  # else it would show nothing


def test_two_visits_are_what_gls_gives_on_the_data_of_mice() -> None:
    trial = TRIALS["two"]
    for pooled, visit in zip(fit("two", 60).pooled, ("first", "second"), strict=True):
        allowed = ERRORS * math.hypot(trial[f"{visit}_monte_carlo"], pooled.monte_carlo_error)
        assert pooled.estimate == pytest.approx(trial[f"{visit}_visit"], abs=allowed)


def test_leaving_people_out_would_give_another_answer() -> None:
    """The trials tell the ways apart: those with everything recorded differ by more than the tolerance."""
    trial = TRIALS["one"]
    model = model_of(trial)
    known = ~np.isnan(model.columns).any(axis=1)
    by_visit = np.column_stack([np.ones(known.sum()), model.full[known], model.columns[known, 0]])
    cases = mmrm.fit_mmrm(scores=model.scores[known], by_visit=by_visit, constant=model.columns[known, 1:])
    allowed = ERRORS * math.hypot(trial["monte_carlo"], fit("one", 300).pooled[0].monte_carlo_error)
    assert abs(cases.beta[1] - trial["estimate"]) > allowed


def test_with_nothing_missing_it_is_the_model_itself() -> None:
    trial = TRIALS["two"]
    rng = np.random.default_rng(3)
    filled = {
        name: np.where(np.isnan(column(trial, name)), rng.normal(40, 5), column(trial, name))
        for name in ("start", "age")
    }
    model = model_of({**trial, **{name: values.tolist() for name, values in filled.items()}})
    found = model.fit(draws=50, rng=rng)
    by_visit = np.column_stack([np.ones(len(model.full)), model.full, model.columns[:, 0]])
    alone = mmrm.fit_mmrm(scores=model.scores, by_visit=by_visit, constant=model.columns[:, 1:])
    assert found.draws == 0
    for visit, pooled in enumerate(found.pooled):
        contrast = alone.contrast(np.eye(len(alone.beta))[2 + visit], method="kenward-roger")
        ours = pooled.contrast
        assert (ours.estimate, ours.se, ours.df) == pytest.approx(
            (contrast.estimate, contrast.se, contrast.df), rel=1e-12
        )


def test_what_is_recorded_stays_and_what_others_tell_exactly_is_filled_in() -> None:
    trial = TRIALS["one"]
    model = model_of(trial)
    drawn = model.draw(draws=3, rng=np.random.default_rng(1))
    known = ~np.isnan(model.columns)
    assert (drawn[:, known] == model.columns[known]).all()
    assert not np.isnan(drawn).any()
    told = {**trial, "age": [None if place % 5 == 0 else 3.0 for place in range(len(trial["age"]))]}
    np.testing.assert_allclose(model_of(told).draw(draws=2, rng=np.random.default_rng(1))[:, :, 2], 3.0, rtol=1e-12)
