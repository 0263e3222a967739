"""The call for notebooks gives what the arrays give, and refuses tables that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import mmrm
from outcomes.questions.outcomes.frame import compare_visits

WIDE = Path(__file__).parents[1] / "reference" / "mmrm" / "data" / "repeated.csv"


def long_table() -> pd.DataFrame:
    wide = pd.read_csv(WIDE)
    return wide.melt(["id", "arm", "base"], ["y1", "y2", "y3", "y4"], var_name="visit", value_name="y")


def test_a_long_table_gives_what_the_arrays_give() -> None:
    wide = pd.read_csv(WIDE)
    fit = mmrm.fit_mmrm(
        scores=wide[["y1", "y2", "y3", "y4"]].to_numpy(dtype=float),
        by_visit=np.column_stack([np.ones(len(wide)), wide["arm"], wide["base"]]).astype(float),
    )
    table = compare_visits(
        long_table().sample(frac=1.0, random_state=1),
        score="y",
        client="id",
        visit="visit",
        full="arm",
        baseline="base",
    )
    for place, name in enumerate(("y1", "y2", "y3", "y4")):
        contrast = fit.contrast(np.eye(12)[4 + place], method="kenward-roger")
        found = table.loc[name]
        assert (found["estimate"], found["se"], found["df"]) == pytest.approx(
            (contrast.estimate, contrast.se, contrast.df), rel=1e-9
        )
        assert (found["low"], found["high"]) == pytest.approx(contrast.interval(0.95), rel=1e-9)
    assert isinstance(table.attrs["fit"], mmrm.MmrmFit)


def test_rows_without_a_score_change_nothing() -> None:
    table = long_table()
    words = {"score": "y", "client": "id", "visit": "visit", "full": "arm", "baseline": "base"}
    pd.testing.assert_frame_equal(
        compare_visits(table, **words), compare_visits(table.dropna(), **words), rtol=1e-9, check_names=False
    )


def test_two_rows_at_a_visit_and_an_arm_that_changes_are_refused() -> None:
    table = long_table()
    with pytest.raises(ValueError, match="two rows"):
        compare_visits(pd.concat([table, table.head(1)]), score="y", client="id", visit="visit", full="arm")
    table.loc[0, "arm"] = 1 - table.loc[0, "arm"]
    with pytest.raises(ValueError, match="must not change within a client: arm"):
        compare_visits(table, score="y", client="id", visit="visit", full="arm")
