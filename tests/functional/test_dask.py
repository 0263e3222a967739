"""The door to many machines: joblib's Dask backend gives the same bootstrap. Optional: skipped without dask."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods import mmrm

distributed = pytest.importorskip("distributed", reason="dask is not installed; it is no requirement of the project")


@pytest.mark.filterwarnings("ignore")  # of dask and its web server, not of this project
def test_a_local_dask_cluster_gives_the_same_samples() -> None:
    import joblib

    rng = np.random.default_rng(4)
    by_visit = np.column_stack([np.ones(40), np.arange(40) % 2]).astype(float)
    scores = rng.normal(20, 4, (40, 3)) + rng.normal(0, 3, (40, 1))

    def draw(workers: int) -> np.ndarray:
        return mmrm.bootstrap(
            scores=scores,
            by_visit=by_visit,
            covariance="unstructured",
            replicates=1200,
            rng=np.random.default_rng(9),
            workers=workers,
        ).beta

    alone = draw(1)
    with distributed.Client(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None):  # noqa: SIM117  # order matters
        with joblib.parallel_config(backend="dask"):
            together = draw(2)
    np.testing.assert_array_equal(alone, together)
