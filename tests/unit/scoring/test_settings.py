from types import SimpleNamespace

import numpy as np
import pytest

from outcomes.instruments import UnknownScoreError, read_instrument
from outcomes.scoring import ScoringSettings, ScoringSettingsError, score_items
from outcomes.scoring.settings import require_settings, to_settings


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"coding": "reversed"}, "coding"),
        ({"items_already_reversed": True, "reverse_items": (6,)}, "keep one"),
        ({"reverse_items": (16,)}, "does not have"),
        ({"maximum_missing": 15}, "between 0 and 14"),
        ({"maximum_missing": -1}, "between 0 and 14"),
    ],
)
def test_settings_that_do_not_go_with_the_instrument_are_refused(settings, fault):
    with pytest.raises(ScoringSettingsError, match=fault):
        require_settings(read_instrument("dts"), ScoringSettings(**settings))


def test_an_unknown_score_is_refused():
    with pytest.raises(UnknownScoreError):
        require_settings(read_instrument("dts"), ScoringSettings(score="sum"))


def test_settings_are_read_off_a_table_of_the_plan():
    table = SimpleNamespace(score="sum", coding="published", items_already_reversed=False, maximum_missing=None)
    assert to_settings(table) == ScoringSettings(score="sum")
    assert to_settings(None) == ScoringSettings()
    assert to_settings(SimpleNamespace(reverse_items=[2, 3])).reverse_items == (2, 3)


@pytest.mark.parametrize("shape", [(3, 14), (3, 16), (15,)])
def test_answers_of_another_shape_are_a_fault_of_the_caller(shape):
    with pytest.raises(ValueError, match="shape"):
        score_items(np.ones(shape), read_instrument("dts"), ScoringSettings())


def test_items_used_are_those_of_the_score_after_reversing():
    answers = np.arange(1.0, 16.0)[None, :] % 5 + 1
    answers[0, 5] = 2.0
    used = score_items(answers, read_instrument("dts"), ScoringSettings(score="appraisal")).items_used
    np.testing.assert_array_equal(used, [[4.0, *answers[0, [6, 8, 9, 10, 11]]]])


def test_counts_of_missing_items_are_those_of_the_score():
    answers = np.full((2, 15), 3.0)
    answers[0, [0, 1]] = np.nan
    scored = score_items(answers, read_instrument("dts"), ScoringSettings(score="tolerance"))
    np.testing.assert_array_equal(scored.n_missing, [1, 0])
    np.testing.assert_array_equal(scored.prorated, [True, False])


def test_scoring_no_questionnaires_gives_no_scores():
    assert score_items(np.empty((0, 15)), read_instrument("dts"), ScoringSettings()).total.shape == (0,)
