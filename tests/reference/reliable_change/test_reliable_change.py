"""Reliable and clinically significant change against R.

R 4.2.2 by the formulas and the package clinicalsignificance; where they differ (cut-off b, for which the package takes
the clinical standard deviation) the formulas decide. Cut-offs and thresholds are closed forms: 1e-12; counts are exact.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import reliable_change
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from pathlib import Path

CASES = [f"bdi_rel{reliability}_cut_{kind}" for reliability in (0.8, 0.93) for kind in "abc"]


@pytest.mark.parametrize("case", CASES)
def test_people_are_judged_as_by_hand_in_r(shared: Path, case: str) -> None:
    values = json.loads((shared / "reference" / "reliable_change.json").read_text())["claus_2020"]
    wide = pd.read_csv(shared / "reference" / "data" / "claus_wide.csv")[["bdi_1", "bdi_4", "treatment"]].dropna()
    before, after = wide["bdi_1"].to_numpy(dtype=float), wide["bdi_4"].to_numpy(dtype=float)
    known = values["descriptives"]
    functional = (known["m_functional_used"], known["sd_functional_used"])
    cut_off = reliable_change.find_cut_off(
        clinical=(before.mean(), before.std(ddof=1)), functional=functional, kind=case[-1]
    )
    reliability = float(case.split("_")[1].removeprefix("rel"))
    threshold = reliable_change.smallest_reliable_change(sd=before.std(ddof=1), reliability=reliability, level=0.95)
    fit = reliable_change.fit_reliable_change(
        before=before, after=after, higher_is_better=False, threshold=threshold, reached=False, cut_off=cut_off
    )
    expected = values[case]["by_hand_pre_sd_of_whole_sample"]
    assert (cut_off, threshold) == pytest.approx(
        (expected["all"]["cutoff"], expected["all"]["rci_threshold_points"]), rel=1e-12
    )
    assert fit.recovered is not None
    for group, mine in {
        "all": np.ones(len(wide), bool),
        "PA": wide["treatment"] == "PA",
        "TAU": wide["treatment"] == "TAU",
    }.items():
        used = np.asarray(mine)
        assert int(fit.recovered[used].sum()) == expected[group]["recovered"]
        assert int(fit.improved[used].sum()) == expected[group]["reliably_improved_total"]
        assert int(fit.deteriorated[used].sum()) == expected[group]["deteriorated"]


def test_where_higher_is_better_everything_turns() -> None:
    before, after = np.array([2.0, 2.0, 2.0]), np.array([3.5, 2.2, 0.5])
    fit = reliable_change.fit_reliable_change(
        before=before, after=after, higher_is_better=True, threshold=1.0, reached=False, cut_off=3.0
    )
    mirrored = reliable_change.fit_reliable_change(
        before=-before, after=-after, higher_is_better=False, threshold=1.0, reached=False, cut_off=-3.0
    )
    assert list(fit.improved) == list(mirrored.improved) == [True, False, False]
    assert fit.recovered is not None
    assert list(fit.recovered) == [True, False, False]
    assert list(fit.deteriorated) == [False, False, True]


@pytest.mark.parametrize(("reached", "improved"), [(True, [True, True, False]), (False, [True, False, False])])
def test_a_change_of_just_the_threshold_counts_where_it_is_a_published_one(reached: bool, improved: list[bool]) -> None:
    after = np.array([5.1, (4.3 + 5.3 + 5.4) / 3, 4.9])
    fit = reliable_change.fit_reliable_change(
        before=np.array([2.0, 2.0, 2.0]),
        after=after,
        higher_is_better=True,
        threshold=3.0,
        reached=reached,
        cut_off=None,
    )
    assert list(fit.improved) == improved


def test_a_reliability_that_is_none_and_norms_that_agree_are_refused() -> None:
    with pytest.raises(NotEstimableError, match="reliability"):
        reliable_change.smallest_reliable_change(sd=3.0, reliability=1.0, level=0.95)
    with pytest.raises(NotEstimableError, match="same mean"):
        reliable_change.find_cut_off(clinical=(3.0, 1.0), functional=(3.0, 2.0), kind="c")
