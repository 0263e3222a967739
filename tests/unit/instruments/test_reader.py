import copy
import tomllib
from importlib import resources

import pytest

from outcomes.instruments import UnknownInstrumentError, UnknownScoreError, list_instruments, read_instrument
from outcomes.instruments.reader import build_instrument


@pytest.mark.parametrize("spelling", ["DERS-16", "ders16", "ders_16", "Ders 16", "DERS–16"])
def test_a_name_may_be_spelt_as_on_the_paper_form(spelling):
    assert read_instrument(spelling).id == "ders16"


@pytest.mark.parametrize(("spelling", "expected"), [("WAI-SR", "wai_sr"), ("DBT-WCCL", "dbt_wccl"), ("dtS", "dts")])
def test_names_with_letters_behind_the_dash_are_found(spelling, expected):
    assert read_instrument(spelling).id == expected


def test_an_unknown_name_lists_what_there_is_and_what_is_near():
    with pytest.raises(UnknownInstrumentError, match=r"did you mean 'ders18'.*there are: bsl23, core10") as caught:
        read_instrument("ders_17")
    assert caught.value.known == list_instruments()
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize("name", ["", "../reader", "ders16.toml", "eq5d"])
def test_nothing_but_a_definition_is_ever_read(name):
    with pytest.raises(UnknownInstrumentError):
        read_instrument(name)


def test_an_unknown_score_lists_those_of_the_instrument():
    with pytest.raises(UnknownScoreError, match=r"it has: total, total\.mean, mean, total\.sum, sum"):
        read_instrument("bsl23").score("median")


def test_the_published_score_is_the_one_given_without_a_name():
    assert read_instrument("dbt_wccl").score().name == "skills_use"
    assert read_instrument("dts").score() is read_instrument("dts").score("total")


def test_the_default_cap_is_a_fifth_of_the_items_and_one_from_three_items_on():
    caps = {name: subscale.maximum_missing for name, subscale in read_instrument("ders16").subscales.items()}
    assert caps == {"clarity": 0, "goals": 1, "impulse": 1, "strategies": 1, "nonacceptance": 1}
    assert read_instrument("kims").subscales["observe"].maximum_missing == 2
    assert read_instrument("ffmq39").score().maximum_missing == 7


def test_a_laboratory_rule_of_less_than_a_third_is_kept_exactly():
    for subscale in read_instrument("dbt_wccl").subscales.values():
        cap, n_items = subscale.maximum_missing, len(subscale.items)
        assert cap / n_items < 1 / 3 <= (cap + 1) / n_items


def _definition(name):
    file = resources.files("outcomes.instruments") / "definitions" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda t: t["subscales"]["tolerance"].update(items=[1, 3]), "in no subscale"),
        (lambda t: t["subscales"]["tolerance"].update(items=[1, 3, 5, 2]), "in two subscales"),
        (lambda t: t.update(reversed_items=[16]), "outside the form"),
        (lambda t: t["scores"]["total"].update(range=[0, 4]), "range"),
        (lambda t: t.update(domain="mood"), "domain"),
        (lambda t: t.update(better="up"), "direction"),
        (lambda t: t.update(default_score="sum"), "default score"),
        (lambda t: t["reliability"][0].update(status="sure"), "status"),
        (lambda t: t["reliability"][0].update(score="sum"), "unknown score"),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(change, fault):
    table = copy.deepcopy(_definition("dts"))
    change(table)
    with pytest.raises(ValueError, match=fault):
        build_instrument(table)
