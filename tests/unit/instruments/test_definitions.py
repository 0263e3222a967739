import json
import re

import numpy as np
import pytest

from outcomes.instruments import list_instruments, read_instrument
from outcomes.scoring import ScoringSettings, score_items

REQUIRED = [
    "dts",
    "ders36",
    "ders16",
    "ders18",
    "ffmq39",
    "ffmq15",
    "kims",
    "bsl23",
    "phq9",
    "gad7",
    "core10",
    "who5",
    "wsas",
    "dass21",
    "wai_sr",
    "dbt_wccl",
]
ALL = list_instruments()


def test_every_instrument_of_the_design_is_defined():
    assert set(REQUIRED) <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_a_definition_stands_in_the_file_of_its_id(name):
    assert read_instrument(name).id == name


@pytest.mark.parametrize("name", ALL)
def test_every_item_belongs_to_exactly_one_subscale_where_there_are_any(name):
    instrument = read_instrument(name)
    items = sorted(item for subscale in instrument.subscales.values() for item in subscale.items)
    assert items in ([], list(range(1, instrument.n_items + 1)))


@pytest.mark.parametrize("name", ALL)
def test_a_reversed_item_in_a_subscale_is_one_of_the_key(name):
    instrument = read_instrument(name)
    in_subscales = {item for subscale in instrument.subscales.values() for item in subscale.reversed_items}
    assert not instrument.subscales or in_subscales == set(instrument.reversed_items)


@pytest.mark.parametrize("name", ALL)
def test_the_lowest_and_highest_answers_after_reversing_hit_the_ends_of_every_range(name):
    instrument = read_instrument(name)
    low, high = instrument.answers
    turned = np.isin(np.arange(1, instrument.n_items + 1), instrument.reversed_items)
    answers = np.array([np.where(turned, high, low), np.where(turned, low, high)])
    for score, rule in instrument.scores.items():
        scored = score_items(answers, instrument, ScoringSettings(score=score))
        np.testing.assert_allclose(scored.total, rule.range, rtol=1e-15, err_msg=score)


@pytest.mark.parametrize("name", ALL)
def test_each_reversed_item_and_no_other_lowers_the_score_when_answered_higher(name):
    instrument = read_instrument(name)
    low, high = instrument.answers
    middle = np.full((1, instrument.n_items), (low + high) / 2)
    for score, rule in instrument.scores.items():
        settings = ScoringSettings(score=score)
        base = score_items(middle, instrument, settings).total[0]
        for item in range(1, instrument.n_items + 1):
            raised = middle.copy()
            raised[0, item - 1] = high
            change = np.sign(score_items(raised, instrument, settings).total[0] - base)
            expected = 0 if item not in rule.items else -1 if item in instrument.reversed_items else 1
            assert change == expected, (score, item)


@pytest.mark.parametrize("name", ALL)
def test_caps_on_missing_items_leave_something_to_score(name):
    instrument = read_instrument(name)
    for rule in instrument.scores.values():
        assert 0 <= rule.maximum_missing < len(rule.items)
    assert instrument.missing.source


@pytest.mark.parametrize("name", ALL)
def test_only_an_unconfirmed_key_carries_a_warning(name):
    instrument = read_instrument(name)
    assert (instrument.warning is None) == (instrument.key_status == "checked")


@pytest.mark.parametrize("name", REQUIRED)
def test_the_required_instruments_have_confirmed_keys(name):
    assert read_instrument(name).key_status == "checked"
    assert read_instrument(name).key_programs >= 1


@pytest.mark.parametrize(("name", "caseness", "reliable"), [("phq9", 10, 6), ("gad7", 8, 4)])
def test_the_talking_therapies_conventions_are_there(name, caseness, reliable):
    convention = read_instrument(name).talking_therapies
    assert (convention.caseness, convention.reliable_change) == (caseness, reliable)


def test_the_two_conflicting_sets_of_bands_are_both_kept():
    bands = read_instrument("bsl23").bands
    assert len(bands) == 2
    assert bands[0].starts != bands[1].starts


@pytest.mark.parametrize("name", ALL)
def test_bands_start_at_the_bottom_and_rise(name):
    for bands in read_instrument(name).bands:
        assert list(bands.starts) == sorted(set(bands.starts))
        assert len(bands.starts) == len(bands.labels)


def test_keys_agree_with_the_facts_that_were_collected(shared):
    facts = json.loads((shared / "evidence" / "instruments.json").read_text(encoding="utf-8"))["instruments"]
    by_name = {re.sub(r"[^a-z0-9]", "", fact["id"].lower()): fact for fact in facts}
    collected = [name for name in ALL if name.replace("_", "") in by_name]
    assert set(ALL) - set(collected) == {"gbo", "reqol10"}  # which came later, with their own sources
    for name in collected:
        instrument, fact = read_instrument(name), by_name[name.replace("_", "")]
        assert instrument.n_items == fact["n_items"]
        assert list(instrument.answers) == [fact["response"]["min"], fact["response"]["max"]]
        assert list(instrument.reversed_items) == fact["reverse_items"]
        assert instrument.key_status == fact["key_status"]
        assert instrument.key_programs == fact["key_seen_in_independent_scoring_programs"]
        assert {(s.items, s.reversed_items) for s in instrument.subscales.values()} == {
            (tuple(s["items"]), tuple(s["reverse"])) for s in fact["subscales"].values()
        }
        score = instrument.scores["depression"] if name == "dass21" else instrument.score()  # the facts give subscales
        assert list(score.range) == [fact["total"]["min"], fact["total"]["max"]]
        assert score.status == fact["total"]["status"].split(" ")[0]
