"""The repeated-measures model without some of its people: many fits side by side, each as if it stood alone."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.replication import refit
from outcomes.replication.comparison import NotFollowedError
from outcomes.replication.dense import DenseFit
from outcomes.replication.repeated import Repeated, part_people, rest


@pytest.fixture(scope="module")
def fitted() -> tuple[Repeated, DenseFit]:
    """Forty people at two visits, a quarter of the scores not there."""
    rng = np.random.default_rng(8)
    full = np.arange(40) % 2
    by_visit = np.column_stack([np.ones(40), full, rng.normal(size=40)])
    constant = rng.normal(size=(40, 1))
    scores = rng.multivariate_normal([0, 0], [[2, 1], [1, 3]], size=40) + full[:, None]
    scores[rng.random((40, 2)) < 0.25] = np.nan
    found = rest(scores, by_visit, constant, np.diag(np.nanvar(scores, axis=0)))
    assert found is not None
    near = Repeated(np.ones(40, dtype=bool), ("mid", "end"), scores, by_visit, constant, *found)
    return near, DenseFit(near.make_people(), near.sigma)


def test_each_of_many_fits_is_the_maximum_without_its_people(
    fitted: tuple[Repeated, DenseFit], monkeypatch: pytest.MonkeyPatch
) -> None:
    near, dense = fitted
    monkeypatch.setattr(refit, "TOGETHER", 3)  # so that they are fitted in several goes
    units = [np.array([0]), np.array([1, 5, 9]), np.array([38, 39]), np.array([17])]
    found = refit.prepare(near, dense).fit_without(units, start=dense.sigma)
    assert found is not None
    for unit, beta, sigma in zip(units, *found, strict=True):
        kept = np.delete(np.arange(40), unit)
        # person by person, from full matrices: both are at rest at about 1e-12
        alone = DenseFit(part_people(near.scores[kept], near.by_visit[kept], near.constant[kept]), near.sigma)
        np.testing.assert_allclose(sigma, alone.sigma, rtol=1e-8)
        by_column = np.append(beta[:6].reshape(2, 3).T.ravel(), beta[6:])  # of the other, visits are within columns
        np.testing.assert_allclose(by_column, alone.beta, rtol=1e-7, atol=1e-9)


def test_a_fit_in_which_a_column_says_nothing_is_not_followed(fitted: tuple[Repeated, DenseFit]) -> None:
    near, dense = fitted
    with pytest.raises(NotFollowedError):
        refit.prepare(near, dense).fit_without([np.array([3]), np.flatnonzero(near.by_visit[:, 1])], start=dense.sigma)
