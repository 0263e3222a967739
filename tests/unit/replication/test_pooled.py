"""People who are made up have the sums they are made from."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.replication.pooled import share_sums


@pytest.mark.parametrize("people", [3, 8, 40])
def test_people_made_up_have_the_sums(people: int) -> None:
    rng = np.random.default_rng(people)
    rows = np.column_stack(
        [np.ones(people), rng.integers(0, 2, people), rng.normal(40, 9, (people, 4)), np.zeros(people)]
    )
    sums = rows.T @ rows
    made = share_sums(sums, people)
    assert made.shape == rows.shape
    np.testing.assert_allclose(made.T @ made, sums, rtol=1e-12, atol=1e-9)
