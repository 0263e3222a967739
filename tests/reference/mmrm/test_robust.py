"""Cluster-robust standard errors of the repeated-measures model.

Against clubSandwich 0.5.8 on nlme::gls (R 4.2.2, make_repeated.R): 2e-5 relative for standard errors and 3e-4 for
degrees of freedom, since nlme's covariance is off by about 1e-5 itself. Against this project's CR2 for least squares,
with which one visit must agree exactly.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.methods import mmrm
from outcomes.methods.ancova import ancova_design
from outcomes.methods.cluster import fit_cr2
from outcomes.results.outcome import NotEstimableError

HERE = Path(__file__).parent
CR2 = json.loads((HERE / "cr2.json").read_text())


def arrays() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frame = pd.read_csv(HERE / "data" / "repeated.csv")
    by_visit = np.column_stack([np.ones(len(frame)), frame["arm"], frame["base"]]).astype(float)
    return frame[["y1", "y2", "y3", "y4"]].to_numpy(dtype=float), by_visit, frame["id"].to_numpy()


@pytest.mark.parametrize("level", CR2)
def test_cr2_is_that_of_club_sandwich(level: str) -> None:
    scores, by_visit, ids = arrays()
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit)
    clusters = ids if level == "client" else (ids * 7) % 12
    robust = mmrm.fit_cluster_robust(fit, scores=scores, by_visit=by_visit, constant=None, clusters=clusters)
    found = [robust.contrast(np.eye(12)[4 + visit]) for visit in range(4)]
    assert [one.se for one in found] == pytest.approx(CR2[level]["se"], rel=2e-5)
    assert [one.df for one in found] == pytest.approx(CR2[level]["df"], rel=3e-4)
    assert [one.estimate for one in found] == pytest.approx(list(fit.beta[4:8]))


def test_one_visit_is_cr2_of_least_squares() -> None:
    scores, by_visit, ids = arrays()
    clusters = (ids * 7) % 12
    seen = ~np.isnan(scores[:, 0])
    constant = np.sin(ids)[:, None]
    fit = mmrm.fit_mmrm(scores=scores[:, :1], by_visit=by_visit, constant=constant)
    robust = mmrm.fit_cluster_robust(
        fit, scores=scores[:, :1], by_visit=by_visit, constant=constant, clusters=clusters
    ).contrast(np.eye(4)[1])
    plain = fit_cr2(
        scores=scores[seen, 0],
        design=ancova_design(
            full=by_visit[seen, 1] == 1, covariates=np.column_stack([by_visit[seen, 2], constant[seen]])
        ),
        clusters=clusters[seen].astype(object),
        names=("intercept", "arm", "start", "wave"),
    ).contrast(np.eye(4)[1])
    assert (robust.estimate, robust.se, robust.df) == pytest.approx((plain.estimate, plain.se, plain.df), rel=1e-9)


def test_three_clusters_are_too_few() -> None:
    scores, by_visit, ids = arrays()
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit)
    with pytest.raises(NotEstimableError, match="at least 4"):
        mmrm.fit_cluster_robust(fit, scores=scores, by_visit=by_visit, constant=None, clusters=ids % 3)
