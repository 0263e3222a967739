"""What a statistician would say aloud about scoring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from outcomes.instruments import list_instruments, read_instrument
from outcomes.results.outcome import NotEstimableError
from outcomes.scoring import ScoringSettings, cronbach_alpha, score_items

NAMES = st.sampled_from(list_instruments())


@st.composite
def questionnaires(draw, *, gaps=True):
    """An instrument, one of its scores, and up to eight questionnaires with some answers missing."""
    instrument = read_instrument(draw(NAMES))
    score = draw(st.sampled_from(list(instrument.scores)))
    low, high = instrument.answers
    rows = draw(st.integers(1, 8))
    shape = (rows, instrument.n_items)
    answers = draw(hnp.arrays(np.int64, shape, elements=st.integers(int(low), int(high)))).astype(float)
    if gaps:
        share = draw(st.sampled_from([0.0, 0.05, 0.2]))
        random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        answers[random.random(shape) < share] = np.nan
    return instrument, score, answers


def scored(instrument, score, answers, **others):
    return score_items(answers, instrument, ScoringSettings(score=score, **others))


@given(questionnaires())
@settings(deadline=None)
def test_every_score_lies_in_its_range(case):
    instrument, score, answers = case
    total = scored(instrument, score, answers).total
    low, high = instrument.score(score).range
    known = total[~np.isnan(total)]
    assert np.all((known >= low - 1e-9) & (known <= high + 1e-9))


@given(questionnaires())
@settings(deadline=None)
def test_turning_every_answer_mirrors_the_score_and_the_opposite_coding_undoes_it(case):
    instrument, score, answers = case
    total = scored(instrument, score, answers).total
    mirrored = sum(instrument.answers) - answers
    low, high = instrument.score(score).range
    np.testing.assert_allclose(scored(instrument, score, mirrored).total, low + high - total, atol=1e-9)
    np.testing.assert_array_equal(scored(instrument, score, mirrored, coding="opposite").total, total)


@given(questionnaires())
@settings(deadline=None)
def test_reversing_before_the_export_and_saying_so_changes_nothing(case):
    instrument, score, answers = case
    turned = answers.copy()
    columns = [item - 1 for item in instrument.reversed_items]
    turned[:, columns] = sum(instrument.answers) - turned[:, columns]
    expected = scored(instrument, score, answers).total
    np.testing.assert_array_equal(scored(instrument, score, turned, items_already_reversed=True).total, expected)
    np.testing.assert_array_equal(scored(instrument, score, turned, reverse_items=()).total, expected)


@given(questionnaires(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_questionnaire_is_scored_by_itself(case, random):
    instrument, score, answers = case
    order = list(range(len(answers)))
    random.shuffle(order)
    np.testing.assert_array_equal(
        scored(instrument, score, answers[order]).total, scored(instrument, score, answers).total[order]
    )


@given(questionnaires(gaps=False), st.data())
@settings(deadline=None)
def test_a_missing_answer_equal_to_the_mean_of_the_others_changes_no_score(case, data):
    instrument, score, answers = case
    rule = instrument.score(score)
    if rule.maximum_missing == 0 or rule.parts:
        return
    item = data.draw(st.sampled_from(rule.items))
    others = [other - 1 for other in rule.items if other != item]
    reverse = np.isin(np.arange(1, instrument.n_items + 1), instrument.reversed_items)
    running = np.where(reverse, sum(instrument.answers) - answers, answers)
    mean = running[:, others].mean(axis=1)
    answers[:, item - 1] = sum(instrument.answers) - mean if reverse[item - 1] else mean
    expected = scored(instrument, score, answers).total
    answers[:, item - 1] = np.nan
    np.testing.assert_allclose(scored(instrument, score, answers).total, expected, rtol=1e-12)


@given(questionnaires())
@settings(deadline=None)
def test_there_is_a_score_exactly_when_no_more_items_are_missing_than_the_cap(case):
    instrument, score, answers = case
    rule = instrument.score(score)
    result = scored(instrument, score, answers)
    few = result.n_missing <= rule.maximum_missing
    for part in rule.parts:
        columns = [item - 1 for item in part.items]
        few &= np.isnan(answers[:, columns]).sum(axis=1) <= part.maximum_missing
    np.testing.assert_array_equal(~np.isnan(result.total), few)
    np.testing.assert_array_equal(result.prorated, few & (result.n_missing > 0))


@given(
    hnp.arrays(np.int64, st.tuples(st.integers(3, 12), st.integers(2, 6)), elements=st.integers(0, 4)),
    st.floats(0.5, 4),
    st.floats(-5, 5),
)
def test_alpha_is_at_most_one_and_blind_to_scale_and_origin(items, scale, shift):
    try:
        alpha = cronbach_alpha(items.astype(float))
    except NotEstimableError:
        return
    assert alpha <= 1 + 1e-12
    assert cronbach_alpha(items * scale + shift) == pytest.approx(alpha, rel=1e-8, abs=1e-8)
