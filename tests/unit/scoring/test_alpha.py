import numpy as np
import pytest

from outcomes.results.outcome import NotEstimableError
from outcomes.scoring import cronbach_alpha


def test_alpha_of_a_table_worked_by_hand():
    # variances of the items 1, 1 and 13/3; of the sums 4, 7 and 12: 49/3
    items = np.array([[1.0, 2.0, 1.0], [2.0, 3.0, 2.0], [3.0, 4.0, 5.0]])
    # 3/2 · (1 − (19/3) / (49/3)) = 3/2 · 30/49
    assert cronbach_alpha(items) == pytest.approx(45 / 49, rel=1e-15)


def test_identical_items_have_an_alpha_of_one():
    column = np.array([1.0, 3.0, 2.0, 5.0])
    assert cronbach_alpha(np.column_stack([column] * 4)) == pytest.approx(1, rel=1e-15)


def test_two_opposite_items_and_a_third_give_a_negative_alpha():
    items = np.array([[1.0, 5.0, 1.0], [2.0, 4.0, 2.0], [3.0, 3.0, 1.0], [5.0, 1.0, 2.0]])
    assert cronbach_alpha(items) < 0


def test_incomplete_questionnaires_are_left_out():
    items = np.array([[1.0, 2.0], [3.0, 4.0], [2.0, 1.0]])
    with_gap = np.vstack([items, [np.nan, 5.0]])
    assert cronbach_alpha(with_gap) == cronbach_alpha(items)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        (np.ones((5, 1)), "two items"),
        (np.array([[1.0, 2.0], [np.nan, 1.0]]), "two questionnaires"),
        (np.empty((0, 3)), "two questionnaires"),
        (np.ones((5, 3)), "the same sum"),
    ],
)
def test_what_cannot_be_had_is_said(items, reason):
    with pytest.raises(NotEstimableError, match=reason):
        cronbach_alpha(items)
