import numpy as np
import pytest

from outcomes.instruments import list_instruments, read_instrument
from outcomes.scoring import ScoringSettings, audit_items, score_items

PUBLISHED = ScoringSettings()
N = 60


def simulate(name, *, seed=20250101, n=N, alpha=0.9):
    """Sound answers as they stand in a file: one trait, equal loadings, cut into the options of the form."""
    rng = np.random.default_rng(seed)
    instrument = read_instrument(name)
    k = len(instrument.score().items)
    r = alpha / (k - alpha * (k - 1))
    trait = rng.standard_normal((n, 1))
    latent = np.sqrt(r) * trait + np.sqrt(1 - r) * rng.standard_normal((n, instrument.n_items))
    low, high = instrument.answers
    cuts = np.linspace(-1.3, 1.3, int(high - low))
    answers = low + np.searchsorted(cuts, latent)
    reverse = np.isin(np.arange(1, instrument.n_items + 1), instrument.reversed_items)
    return np.where(reverse, low + high - answers, answers).astype(float)


def turn(name, answers, *items):
    turned = answers.copy()
    columns = [item - 1 for item in items]
    turned[:, columns] = sum(read_instrument(name).answers) - turned[:, columns]
    return turned


def kinds(name, answers, settings=PUBLISHED, **others):
    return {f.kind: f.items for f in audit_items(answers, read_instrument(name), settings, **others)}


@pytest.mark.parametrize("name", list_instruments())
def test_sound_answers_raise_no_suspicion(name):
    assert kinds(name, simulate(name)) == {}


def test_an_item_that_arrives_reversed_is_said_to_be_reversed_twice():
    assert kinds("dts", turn("dts", simulate("dts"), 6)) == {"reversed_twice": (6,)}


def test_an_item_that_the_settings_leave_unreversed_is_found():
    settings = ScoringSettings(items_already_reversed=True)
    assert kinds("dts", simulate("dts"), settings) == {"left_unreversed": (6,)}


def test_an_item_that_nobody_should_reverse_is_found():
    assert kinds("phq9", turn("phq9", simulate("phq9"), 4)) == {"against_scale": (4,)}


def test_under_the_right_settings_the_same_file_is_sound():
    settings = ScoringSettings(items_already_reversed=True)
    assert kinds("dts", turn("dts", simulate("dts"), 6), settings) == {}
    mirrored = turn("dts", simulate("dts"), *range(1, 16))
    assert kinds("dts", mirrored, ScoringSettings(coding="opposite")) == {}


@pytest.mark.parametrize("name", ["ffmq15", "ffmq39", "ders36", "ders18", "kims"])
def test_reversed_items_that_arrive_reversed_are_found_as_one_block(name):
    key = read_instrument(name).reversed_items
    assert kinds(name, turn(name, simulate(name), *key)) == {"block_against": key}


def test_a_block_left_as_it_stands_is_told_from_one_reversed_twice():
    instrument = read_instrument("ffmq39")
    (left,) = audit_items(simulate("ffmq39"), instrument, ScoringSettings(items_already_reversed=True))
    (twice,) = audit_items(turn("ffmq39", simulate("ffmq39"), *instrument.reversed_items), instrument, PUBLISHED)
    assert "as they stand" in left.sentence
    assert "after being reversed here" in twice.sentence


@pytest.mark.parametrize("name", ["dts", "ders16", "bsl23", "phq9", "who5", "wai_sr", "dbt_wccl"])
def test_a_total_shipped_as_an_item_is_found(name):
    answers = simulate(name)
    answers[:, 1] = score_items(answers, read_instrument(name), PUBLISHED).total
    assert kinds(name, answers) == {"total_as_item": (2,)}


@pytest.mark.parametrize("name", ["phq9", "gad7", "bsl23"])
def test_an_item_that_is_the_sum_of_the_others_is_found_though_its_values_are_possible(name):
    answers = np.zeros((N, read_instrument(name).n_items))
    rng = np.random.default_rng(1)
    answers[:, 0], answers[:, 1] = rng.integers(0, 2, N), rng.integers(0, 2, N)
    answers[:, -1] = answers[:, 0] + answers[:, 1]
    assert kinds(name, answers)["total_as_item"] == (read_instrument(name).n_items,)


def test_a_total_behind_the_items_is_found_besides_the_wrong_count():
    answers = simulate("ders16")
    wide = np.column_stack([answers, answers.sum(axis=1)])
    assert kinds("ders16", wide) == {"wrong_item_count": (), "total_as_item": (17,)}


def test_a_wrong_count_names_the_related_form_that_would_fit():
    (finding,) = audit_items(simulate("ders36"), read_instrument("ders16"), PUBLISHED)
    assert finding.kind == "wrong_item_count"
    assert "36 items would fit ders36" in finding.sentence


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_coding_shifted_by_one_point_is_one_finding(shift):
    assert kinds("dts", simulate("dts") + shift) == {"shifted_coding": ()}


def test_codes_for_missing_answers_are_found_as_such():
    answers = simulate("dts")
    answers[[3, 9], [4, 7]] = 99
    (finding,) = audit_items(answers, read_instrument("dts"), PUBLISHED)
    assert (finding.kind, finding.items) == ("out_of_range", (5, 8))
    assert "codes for a missing answer" in finding.sentence
    assert "99" not in finding.sentence + finding.remedy


def test_a_slip_of_the_finger_is_not_called_a_code():
    answers = simulate("dts")
    answers[3, 4] = 55
    (finding,) = audit_items(answers, read_instrument("dts"), PUBLISHED)
    assert "codes" not in finding.sentence


def test_answers_filled_in_by_a_mean_are_found():
    answers = simulate("dts")
    answers[5, 2] = 3.4
    assert kinds("dts", answers) == {"not_whole": (3,)}


def test_a_constant_item_is_found():
    answers = simulate("gad7")
    answers[:, 3] = 1
    assert kinds("gad7", answers) == {"constant_item": (4,)}


def test_a_whole_form_in_the_opposite_coding_is_found_by_what_other_measures_say():
    answers = simulate("dts")
    companion = answers[:, [0, 2, 4]].sum(axis=1) + np.random.default_rng(2).normal(0, 3, N)
    mirrored = turn("dts", answers, *range(1, 16))
    assert kinds("dts", answers, companion=companion) == {}
    assert kinds("dts", mirrored, companion=companion) == {"opposite_coding": ()}
    assert kinds("dts", mirrored) == {}  # by itself it cannot be told: it is a sound form of less tolerant people


def test_the_direction_of_the_instrument_is_respected_beside_other_measures():
    answers = simulate("bsl23")
    better_elsewhere = -answers.mean(axis=1)
    assert kinds("bsl23", answers, companion=better_elsewhere) == {}
    assert kinds("bsl23", answers, companion=-better_elsewhere) == {"opposite_coding": ()}


@pytest.mark.parametrize("n", [0, 1, 2, 14])
def test_too_few_questionnaires_raise_no_suspicion_about_direction(n):
    assert kinds("dts", turn("dts", simulate("dts", n=n), 6)) == {}


def test_an_empty_or_blank_file_is_no_reason_to_stumble():
    assert kinds("dts", np.full((N, 15), np.nan)) == {}
    assert "out_of_range" in kinds("dts", np.full((N, 15), np.inf))


def test_missing_answers_do_not_hide_a_fault():
    answers = turn("dts", simulate("dts"), 6)
    answers[np.random.default_rng(3).random(answers.shape) < 0.1] = np.nan
    assert kinds("dts", answers) == {"reversed_twice": (6,)}


def test_every_finding_says_what_to_do():
    answers = simulate("dts")
    answers[0, 0], answers[1, 1] = 77, 2.5
    for finding in audit_items(turn("dts", answers, 6), read_instrument("dts"), PUBLISHED):
        assert finding.sentence.endswith(".")
        assert finding.remedy.endswith(".")


@pytest.mark.parametrize(("name", "one", "other"), [("phq9", 2, 7), ("wai_sr", 4, 5), ("bsl23", 1, 23)])
def test_a_column_that_is_a_copy_of_another_is_found(name, one, other):
    answers = simulate(name)
    answers[:, other - 1] = answers[:, one - 1]
    answers[3, other - 1] = np.nan  # a copy that was filled in for those who answered
    assert kinds(name, answers) == {"same_answers": (one, other)}


def test_three_copies_are_one_finding_and_too_few_rows_are_none():
    answers = simulate("gad7")
    answers[:, [2, 5]] = answers[:, [0]]
    assert kinds("gad7", answers) == {"same_answers": (1, 3, 6)}
    assert "same_answers" not in kinds("gad7", answers[:25])


def test_items_that_hardly_anybody_ticks_may_well_be_alike():
    answers = simulate("bsl23")
    answers[:, [0, 1]] = 0
    answers[:4, [0, 1]] = 2
    assert "same_answers" not in kinds("bsl23", answers)
