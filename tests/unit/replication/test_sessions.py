"""Shares of sessions a second time, where all of them agree: the groups are counted, their sizes decide the degrees."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods.clustered import fit_clustered_mean
from outcomes.replication.roads.sessions import share_of_sessions


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("sizes", [(5, 5, 5, 5), (30, 4, 9, 1, 17)])
def test_sessions_that_agree_have_the_interval_of_the_first(value: float, sizes: tuple[int, ...]) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    first = fit_clustered_mean(values=np.full(len(labels), value), clusters=labels)
    second = share_of_sessions(np.full(len(labels), value), labels.tolist(), 0.95)
    assert second is not None
    assert second.df == pytest.approx(first.df, rel=1e-9)
    assert second.interval == pytest.approx(first.share_interval(0.95), abs=1e-12)
