"""What leaves the clinic: small counts hidden, others rounded, and nothing that gives the hidden away."""

from __future__ import annotations

import dataclasses
import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from outcomes.plan.model import Disclosure
from outcomes.release import release, rounding
from outcomes.release.known import NO_RULE, RULES
from outcomes.release.limits import coarse_p_value, factors_of
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate, Interval, NotEstimable, Outcome
from outcomes.results.planned import Planned
from outcomes.results.provenance import Provenance
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry
from outcomes.results.store import read_registry, to_json

if TYPE_CHECKING:
    from pathlib import Path

PLAN = Disclosure()
SOURCE = Provenance(analysis="made_up", question="What is new?", code="c", files=(), digest="d", seed=None)
MAIN = Key("mmrm", "mood", "end", "difference")


def registry(*outcomes: Outcome) -> Registry:
    return Registry(Record(outcome=outcome, provenance=SOURCE) for outcome in outcomes)


def shown(*outcomes: Outcome) -> set[Key | None]:
    return {outcome.key for outcome in release(registry(*outcomes), PLAN).registry.values()}


def planned(key: Key, quantity: Quantity, unit: str, *tells: tuple[Key, ...], **counts: int) -> Planned:
    return Planned(key=key, label=str(key), quantity=quantity, unit=unit, tells=tells, counts=counts)


def count(key: Key, value: float, *tells: tuple[Key, ...], cells: tuple[int, ...] = ()) -> Estimate:
    return planned(key, Quantity.COUNT, "people", *tells, n=int(value)).estimate(value, cells=cells)


def share(key: Key, value: float, n: int, *tells: tuple[Key, ...], unit: str = "share") -> Estimate:
    arms = {f"n_{key.arm}": n} if key.arm else {}
    return planned(key, Quantity.SHARE, unit, *tells, n=n, **arms).estimate(value)


def points(key: Key, full: int, skills: int, *tells: tuple[Key, ...], **parts: Any) -> Estimate:
    made = planned(key, Quantity.DIFFERENCE, "points", *tells, n=full + skills, n_full=full, n_skills=skills)
    interval = Interval(level=0.95, low=-6.6543, high=-1.7654)
    return made.estimate(-4.21373, **{"se": 1.23456, "df": 117.3, "p_value": 0.012345, "interval": interval, **parts})


def compare(key: Key, quantity: Quantity, *tells: tuple[Key, ...]) -> Estimate:
    unit = "share_difference" if quantity is Quantity.SHARE_DIFFERENCE else "ratio"
    return planned(key, quantity, unit, *tells, n=120, n_full=60, n_skills=60).estimate(0.2)


def at(what: str, arm: str = "", category: str = "") -> Key:
    return Key("made_up", "mood", "end", what, arm, category=category)


FULL, SKILLS = at("share", "full"), at("share", "skills")


def test_a_small_count_is_hidden_with_a_reason_that_does_not_tell_it() -> None:
    released = release(registry(count(at("started"), 60), count(at("observed"), 7)), PLAN)
    assert list(released.registry) == [str(at("started"))]
    assert [one.id for one in released.hidden] == [str(at("observed"))]
    assert "7" not in released.hidden[0].reason


def test_nothing_is_estimated_from_a_small_arm() -> None:
    assert not shown(points(MAIN, 30, 9))
    assert shown(points(MAIN, 30, 10)) == {MAIN}


def test_what_tells_of_few_people_besides_those_it_counts_is_hidden() -> None:
    assert not shown(points(MAIN, 60, 60, cells=(20, 7)))
    assert not shown(count(at("seen"), 40, cells=(0,)))
    assert shown(points(MAIN, 60, 60, cells=(20, 8))) == {MAIN}


def test_counts_and_numbers_are_rounded_and_standard_errors_and_degrees_of_freedom_left_out() -> None:
    found = release(registry(points(MAIN, 52, 48, df2=3.0, cells=(21,))), PLAN).registry[MAIN]
    assert isinstance(found, Estimate)
    assert (found.n, found.n_full, found.n_skills) == (100, 50, 50)
    assert (found.value, found.se, found.df, found.df2, found.p_value) == (-4.2, None, None, None, 0.03)
    assert found.interval == Interval(level=0.95, low=-7.0, high=-2.0)
    assert found.cells == ()  # they are exact


@pytest.mark.parametrize("events", [4, 56])
def test_a_share_of_few_on_either_side_is_hidden_with_its_count_and_what_compares_it(events: int) -> None:
    told = (FULL, SKILLS)
    second = dataclasses.replace(
        compare(at("difference"), Quantity.SHARE_DIFFERENCE, (at("difference"),)),
        key=Key("independent", "mood", "end", "difference", of="made_up"),
    )
    outcomes = [
        share(FULL, events / 60, 60),
        share(SKILLS, 0.5, 60),
        count(at("people", "full"), events if events > 8 else 30, (FULL,)),
        compare(at("difference"), Quantity.SHARE_DIFFERENCE, told),
        compare(at("ratio"), Quantity.RATIO, told),
        second,
    ]
    assert shown(*outcomes) == {SKILLS}


def test_two_small_shares_do_not_let_what_compares_them_go() -> None:
    shares = share(FULL, 0.05, 60), share(SKILLS, 0.05, 60)
    assert not shown(*shares, compare(at("difference"), Quantity.SHARE_DIFFERENCE, (FULL, SKILLS)))


def levels(**held: int) -> list[Outcome]:
    keys = [at("level", "full", name) for name in held]
    n = sum(held.values())
    return [share(keys[k], many / n, n, tuple(keys)) for k, many in enumerate(held.values())]


def test_the_next_smallest_level_is_hidden_with_a_hidden_one_and_so_is_what_compares_all() -> None:
    parts = levels(woman=42, man=15, other=3)
    keys = tuple(one.key for one in parts if one.key is not None)
    apart = planned(at("smd"), Quantity.STANDARDISED_DIFFERENCE, "sd", keys, n=120, n_full=60, n_skills=60)
    elsewhere = dataclasses.replace(apart, key=at("smd", category="age"), tells=())
    assert shown(*parts, apart.estimate(0.1234), elsewhere.estimate(0.2)) == {keys[0], elsewhere.key}


def test_hidden_parts_hold_enough_people_together_and_each_could_be_another_number() -> None:
    assert shown(*levels(a=40, b=20, c=3)) == {at("level", "full", "a")}
    assert shown(*levels(a=40, b=20, c=3, d=2)) == {at("level", "full", "a")}
    assert shown(*levels(a=40, b=20, c=5, d=4)) == {at("level", "full", "a"), at("level", "full", "b")}
    # 7 and 7 hidden could be nothing else, since each of them is less than 8
    assert shown(*levels(a=40, b=20, c=7, d=7)) == {at("level", "full", "a")}


def test_where_one_must_go_besides_it_is_those_with_whom_nothing_happened() -> None:
    assert shown(*levels(improved=24, unchanged=33, deteriorated=3)) == {at("level", "full", "improved")}


def test_a_part_of_a_hidden_part_is_not_told_by_its_sister() -> None:
    whole, first, second = (count(at("part", category=name), many) for name, many in (("a", 60), ("b", 20), ("c", 40)))
    keys = (first.key, second.key, whole.key)
    left = count(at("part", category="d"), 4, (at("part", category="e"), at("part", category="b")))
    right = count(at("part", category="e"), 16)
    told = dataclasses.replace(first, tells=(tuple(key for key in keys if key is not None),))
    found = shown(whole, told, second, left, right)
    assert found == {whole.key, first.key, second.key}


def effect(level: str, full: int, skills: int) -> Estimate:
    return points(at("effect", category=level), full, skills)


def test_the_effect_at_a_small_level_is_hidden_with_what_would_tell_it() -> None:
    woman, man = effect("woman", 40, 51), effect("man", 20, 9)
    both = (woman.key, man.key)
    told = tuple(key for key in both if key is not None)
    interaction = points(at("interaction"), 60, 60, told)
    shrunken = points(at("shrunken", category="man"), 20, 12, told)
    other = points(at("interaction", category="harm"), 60, 60)
    assert shown(woman, man, interaction, shrunken, other) == {woman.key, other.key}


def test_what_sets_effects_against_each_other_goes_however_many_of_them_are_hidden() -> None:
    sizes = {"a": (40, 51), "b": (30, 30), "c": (9, 30), "d": (30, 9)}
    effects = [effect(level, *size) for level, size in sizes.items()]
    told = tuple(at("effect", category=level) for level in sizes)
    shrunken = [points(at("shrunken", category=level), 30, 30, told) for level in sizes]
    assert shown(*effects, *shrunken) == set(told[:2])


def test_a_level_that_was_not_estimated_is_not_told_from_one_that_is_hidden() -> None:
    absent = planned(at("effect", category="other"), Quantity.DIFFERENCE, "points").refuse("Few.", "too few")
    few = effect("x", 9, 9)
    released = release(registry(effect("woman", 40, 51), absent, few), PLAN)
    reasons = {one.id: one.reason for one in released.hidden}
    assert reasons == {str(absent.key): reasons[str(few.key)], str(few.key): reasons[str(few.key)]}


def test_a_reason_why_not_is_released_with_rounded_counts() -> None:
    absent = planned(MAIN, Quantity.DIFFERENCE, "points", n=13, n_full=13).refuse("Because.")
    released = release(registry(absent), PLAN)
    assert (released.registry[MAIN].n, released.hidden) == (15, ())


def test_what_has_no_number_lets_nothing_else_be_hidden() -> None:
    absent = planned(at("difference"), Quantity.SHARE_DIFFERENCE, "share_difference", (FULL, SKILLS)).refuse("No.")
    assert shown(share(FULL, 0.05, 60), share(SKILLS, 0.5, 60), absent) == {SKILLS, absent.key}


@given(st.integers(0, 200), st.integers(0, 200))
def test_no_released_count_is_small_or_exact(full: int, skills: int) -> None:
    released = release(registry(count(at("started"), full), points(MAIN, full, skills)), PLAN)
    for outcome in released.registry.values():
        for number in (outcome.n, outcome.n_full, outcome.n_skills):
            assert number is None or number % PLAN.round_to == 0
        assert outcome.n is None or outcome.n >= PLAN.minimum_count


@pytest.mark.parametrize("what", ["minimum", "max"])
def test_extremes_belong_to_one_person(what: str) -> None:
    assert not shown(points(at(what), 50, 50))


def test_a_share_of_sessions_is_not_taken_for_a_share_of_people() -> None:
    found = release(registry(share(FULL, 0.97, 60, unit="share_of_sessions")), PLAN).registry[FULL]
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == (0.97, 60)
    assert not shown(share(FULL, 0.97, 9, unit="share_of_sessions"))


def test_nothing_of_a_single_therapist_leaves_not_even_a_name() -> None:
    key = Key("sessions", what="therapist_share", subject="agenda_set", category="smith")
    reason = planned(key.but(subject="feedback"), Quantity.SHARE, "share_of_sessions").refuse("Smith: none.")
    released = release(registry(share(key, 0.5, 60, unit="share_of_sessions"), reason), PLAN)
    assert not released.registry
    assert [one.id for one in released.hidden] == ["sessions.therapist"]
    assert "mith" not in str(released.hidden)


def curve(key: Key, unit: str, value: tuple[float, ...], people: tuple[int, ...], *tells: tuple[Key, ...]) -> Curve:
    made = planned(key, Quantity.SHARE, unit, *tells, n=max(people), n_full=max(people))
    return made.curve(axis="x", at=tuple(map(float, range(len(value)))), value=value, people=people)


def test_a_course_is_cut_where_few_people_are_left() -> None:
    key = at("course")
    found = release(registry(curve(key, "share_of_sessions", (0.5, 0.6, 0.7), (60, 30, 9))), PLAN).registry[key]
    assert isinstance(found, Curve)
    assert (found.at, found.people) == ((0.0, 1.0), (60, 30))
    assert not shown(curve(key, "share_of_sessions", (0.5,), (9,)))


@pytest.mark.parametrize(
    ("value", "kept"), [((0.3, 0.6), 2), ((0.05, 0.6), 1), ((0.3, 0.35), 0), ((0.3, 0.95), 1), ((0.05, 0.95), 0)]
)
def test_no_step_of_a_pace_stands_for_few_people(value: tuple[float, ...], kept: int) -> None:
    full, skills = at("pace", "full"), at("pace", "skills")
    released = release(
        registry(
            curve(full, "share", value, (60, 60)),
            curve(skills, "share", (0.3, 0.6), (60, 60)),
            compare(at("difference"), Quantity.SHARE_DIFFERENCE, (full, skills)),
        ),
        PLAN,
    )
    found = released.registry.get(full)
    assert (len(found.at) if isinstance(found, Curve) else 0) == kept
    assert (at("difference") in released.registry) is (kept == len(value))


def test_a_price_is_hidden_with_the_shares_behind_it() -> None:
    difference, gain, price = at("difference"), at("gain"), at("price")
    cost = planned(gain, Quantity.MONEY_DIFFERENCE, "currency", n=120, n_full=60, n_skills=60).estimate(3000.0)
    weighed = planned(
        price, Quantity.COST_EFFECTIVENESS, "currency", (gain, difference), n=120, n_full=60, n_skills=60
    ).estimate(9000.0)
    compared = compare(difference, Quantity.SHARE_DIFFERENCE, (FULL, SKILLS))
    assert shown(share(FULL, 0.05, 60), share(SKILLS, 0.5, 60), compared, cost, weighed) == {SKILLS, gain}


@pytest.mark.parametrize(("unit", "value", "told"), [("records", 2088, 2090), ("number", 377, 375)])
def test_counts_of_sessions_and_scores_are_rounded_and_few_are_hidden(unit: str, value: float, told: float) -> None:
    made = planned(at("left_out"), Quantity.COUNT, unit)
    found = release(registry(made.estimate(value)), PLAN).registry[at("left_out")]
    assert isinstance(found, Estimate)
    assert found.value == told
    assert not shown(made.estimate(3))


def test_what_counts_no_people_and_what_stands_in_an_instrument_is_given_as_it_is() -> None:
    tally = planned(at("agree"), Quantity.TALLY, "number", n=120, n_full=60, n_skills=60).estimate(3.0)
    norm = planned(at("cut_off"), Quantity.CUT_OFF, "points").estimate(13.25)
    ours = planned(at("threshold"), Quantity.CUT_OFF, "points", n=120, n_full=60, n_skills=60).estimate(13.25)
    found = release(registry(tally, norm, ours), PLAN).registry
    assert [getattr(one, "value", None) for one in found.values()] == [3.0, 13.25, 13.0]


def test_limits_of_a_share_are_rounded_outwards() -> None:
    exact = dataclasses.replace(share(FULL, 0.5, 60), interval=Interval(level=0.95, low=0.3774, high=0.6226))
    found = release(registry(exact), PLAN).registry[FULL]
    assert isinstance(found, Estimate)
    assert found.interval == Interval(level=0.95, low=0.35, high=0.65)


def test_what_no_rule_is_known_for_is_not_released() -> None:
    known = count(at("started"), 60)
    unknown = [
        dataclasses.replace(known, key=at("a"), quantity=None),
        dataclasses.replace(known, key=at("b"), quantity=Quantity.RATE),
        planned(at("c"), Quantity.MEAN, "points").estimate(3.0),  # of nobody
    ]
    released = release(registry(known, *unknown), PLAN)
    assert list(released.registry) == [str(at("started"))]
    assert {(one.id, one.label, one.reason) for one in released.hidden} == {
        (str(one.key), "A result of “What is new?”", NO_RULE) for one in unknown
    }


def test_a_rate_is_told_only_where_it_says_how_many_had_an_event_and_enough_had_and_had_not() -> None:
    rate = planned(at("rate"), Quantity.RATE, "number", n=60, n_full=60)
    interval = Interval(level=0.95, low=0.21, high=0.57)
    assert not shown(rate.estimate(0.37, interval=interval))
    assert not shown(rate.estimate(0.37, interval=interval, cells=(7, 53)))
    found = release(registry(rate.estimate(0.37, interval=interval, cells=(9, 51))), PLAN).registry[at("rate")]
    assert isinstance(found, Estimate)
    assert found.interval is not None
    assert (found.value, found.interval.low, found.interval.high) == (0.37, 0.2, 0.6)


def test_counts_that_add_up_are_told_so_that_none_of_them_is_left_with_two_values() -> None:
    whole, first, second = (at("part", category=name) for name in ("a", "b", "c"))
    for sizes in ((113, 91, 22), (112, 88, 24), (60, 33, 27)):
        counts = [count(whole, sizes[0], (first, second)), count(first, sizes[1]), count(second, sizes[2])]
        found = release(registry(*counts), PLAN).registry
        told = [getattr(found[key], "value", 0.0) for key in (whole, first, second)]
        assert told[0] == told[1] + told[2], sizes
        assert all(abs(one - exact) < PLAN.round_to for one, exact in zip(told, sizes, strict=True))


def test_limits_of_a_mean_are_the_same_for_every_number_of_people_that_is_told_alike() -> None:
    """Who knows the standard deviation to the last figure, and how limits are rounded, learns no number of people."""
    sd, mean = 9.8174, 41.337
    key = at("mean", "full")

    def told(n: int) -> Interval | None:
        half = sd * stats.t.ppf(0.975, n - 1) / n**0.5
        interval = Interval(level=0.95, low=mean - half, high=mean + half)
        made = planned(key, Quantity.MEAN, "points", n=n, n_full=n).estimate(mean, interval=interval)
        found = release(registry(made), PLAN).registry[key]
        assert isinstance(found, Estimate)
        return found.interval

    for middle in range(15, 90, 5):
        intervals = {told(n) for n in range(middle - 2, middle + 3)}
        assert len(intervals) == 1, middle
        assert None not in intervals


def test_a_level_that_few_have_is_named_nowhere() -> None:
    parts = [dataclasses.replace(one, named=one.key.category) for one in levels(woman=42, man=30, mermaid=3)]
    effect_of = planned(at("effect", category="mermaid"), Quantity.DIFFERENCE, "points").refuse("No.")
    absent = dataclasses.replace(effect_of, named="mermaid")
    released = release(registry(*parts, absent), PLAN)
    assert "woman" in to_json(released.registry)
    assert "mermaid" not in to_json(released.registry)
    assert not [one for one in released.hidden if "mermaid" in one.label]
    assert {one.label for one in released.hidden} == {"A level of a characteristic"}


def test_what_would_give_back_a_result_without_a_rule_is_hidden() -> None:
    rate = planned(at("rate"), Quantity.RATE, "number", n=60).estimate(3.0)
    same = planned(at("mean"), Quantity.MEAN, "points", (at("rate"),), n=60).estimate(3.0)
    assert not shown(rate, same)


def test_a_relation_with_a_result_that_there_is_not_takes_it_for_known() -> None:
    absent, alone = at("level", "full", "z"), at("level", "full", "c")
    told = share(alone, 0.05, 60, (absent, at("level", "full", "a")))
    assert shown(told, share(at("level", "full", "a"), 0.5, 60)) == set()
    assert shown(share(alone, 0.5, 60, (absent,))) == {alone}


def test_every_quantity_has_a_rule() -> None:
    assert set(Quantity) == set(RULES)


def test_a_run_can_be_released_from_its_results_alone(tmp_path: Path) -> None:
    whole = registry(
        *levels(woman=42, man=15, other=3),
        share(FULL, 0.05, 60),
        share(SKILLS, 0.5, 60),
        compare(at("difference"), Quantity.SHARE_DIFFERENCE, (FULL, SKILLS)),
        points(MAIN, 60, 60, cells=(3,)),
    )
    (tmp_path / "results.json").write_text(to_json(whole), encoding="utf-8")
    assert release(read_registry(tmp_path / "results.json"), PLAN) == release(whole, PLAN)


def test_a_digest_is_not_released() -> None:
    released = release(registry(count(at("started"), 60)), PLAN).registry
    assert released.record(at("started")).provenance.digest == ""


def interval(low: float | None, value: float, high: float | None, unit: str = "points") -> Estimate:
    quantity = Quantity.RATIO if unit == "ratio" else Quantity.DIFFERENCE
    limits = Interval(level=0.95, low=low, high=high)
    return planned(MAIN, quantity, unit, n=120).estimate(value, interval=limits)


@pytest.mark.parametrize(
    ("exact", "told"),
    [
        (interval(-6.654, -4.213, -1.765), (-6.6, -4.2, -1.8)),
        (interval(-31.2, -14.3, 2.6), (-31, -14, 2)),
        (interval(0.0004, 0.2, 0.4), (0.01, 0.2, 0.4)),
        (interval(-0.4, -0.2, -0.0004), (-0.4, -0.2, -0.01)),
        (interval(1.0225, 2.073, 4.232, "ratio"), (1.01, 2.1, 4.3)),
        (interval(0.047, 0.31, 14.2, "ratio"), (0.04, 0.31, 15.0)),
        (interval(None, -4.213, -1.765), (None, -4.2, -1.8)),
        (interval(19.0, 19.0, 19.0), (19, 19, 19)),
        (interval(1867.3, 2013.2, 2125.3), (1870, 2010, 2120)),
    ],
)
def test_limits_are_as_coarse_as_a_few_people_more_or_fewer_ask_and_none_changes_sides(
    exact: Estimate, told: tuple[float | None, float, float | None]
) -> None:
    found = release(registry(exact), PLAN).registry[exact.id]
    assert isinstance(found, Estimate)
    assert found.interval is not None
    assert (found.interval.low, found.value, found.interval.high) == told


def test_a_second_computation_stands_at_the_step_of_the_first() -> None:
    first = interval(-13.9, -13.4213, -12.9)
    key = MAIN.but(analysis="independent", of="mmrm")
    second = planned(key, Quantity.DIFFERENCE, "points", n=120).estimate(-13.4213)
    released = release(registry(first, second), PLAN).registry
    assert {outcome.value for outcome in released.values() if isinstance(outcome, Estimate)} == {-13.42}


@pytest.mark.parametrize(("exact", "told"), [(3e-13, 0.0005), (0.01234, 0.02), (0.4567, 0.5), (0.9999, 1.0)])
def test_a_p_value_is_no_finer_than_it_is_printed(exact: float, told: float) -> None:
    beside = dataclasses.replace(interval(-6.6, -4.2, -1.8), p_value=exact)
    alone = planned(at("p_holm"), Quantity.P_VALUE, "probability", n=120).estimate(exact)
    found = release(registry(beside, alone), PLAN).registry
    assert [getattr(found[MAIN], "p_value", None), getattr(found[at("p_holm")], "value", None)] == [told, told]


def test_what_is_made_of_limits_stays_inside_and_lets_nothing_else_be_hidden() -> None:
    needed = planned(at("number_needed"), Quantity.NUMBER_NEEDED, "number", (FULL, SKILLS), n=120)
    reason = dataclasses.replace(needed, key=at("number_needed", category="b")).refuse("From 1 in 56 to 1 in 4.")
    found = shown(needed.estimate(7.0), reason, share(FULL, 0.4, 60), share(SKILLS, 0.5, 60))
    assert found == {FULL, SKILLS}


def test_a_ratio_without_one_person_stays_inside_and_is_named_once() -> None:
    counts = {"n": 120, "n_full": 60, "n_skills": 60}
    ratios = [
        planned(
            Key("events", subject=kind, what="rate_ratio", category=category), Quantity.RATE_RATIO, "ratio", **counts
        )
        for kind in ("self_harm", "admission")
        for category in ("", "without_one")
    ]
    released = release(registry(*(one.estimate(0.61, cells=(30, 30, 30, 30)) for one in ratios)), PLAN)
    assert {one.key.category for one in released.registry.values()} == {""}
    assert [one.id for one in released.hidden] == [str(Key("events", category="without_one"))]


def test_a_reason_of_a_relation_says_nothing_of_which_of_its_counts_is_small() -> None:
    released = release(registry(*levels(a=40, b=20, c=3)), PLAN)
    assert len({one.reason for one in released.hidden}) == 1
    assert len(released.hidden) == 2


def test_what_is_not_estimable_needs_no_people() -> None:
    absent = planned(at("difference"), Quantity.DIFFERENCE, "points").refuse("No.")
    assert isinstance(release(registry(absent), PLAN).registry[at("difference")], NotEstimable)


@pytest.mark.parametrize("exact", [0.0497, 0.0493, 0.0467, 0.0581, 0.09, 0.104, 0.04, 0.3, 0.013, 0.0093])
@pytest.mark.parametrize("n", [30, 35, 120])
@pytest.mark.parametrize("error", [0.05, 0.1, 0.01])
def test_a_p_value_keeps_its_side_of_what_it_is_held_against(exact: float, n: int, error: float) -> None:
    """One of 0.09 was told as 0.03 beside an interval that spans both directions."""
    alone = planned(at("p_holm"), Quantity.P_VALUE, "probability", n=n).estimate(exact)
    main = interval(-6.6, -4.2, -1.8)
    limits = dataclasses.replace(main.interval, level=1 - error) if main.interval is not None else None
    found = release(registry(dataclasses.replace(main, interval=limits, p_value=exact), alone), PLAN).registry
    told = [getattr(found.get(MAIN), "p_value", None), getattr(found.get(at("p_holm")), "value", None)]
    assert all((one < error) == (exact < error) for one in told if one is not None)
    for count in (30, 20, 15):
        for wider in (0.8, 1.25):
            coarse = coarse_p_value(exact, (wider, 1.0, (count + 3) / count), error=error)
            assert coarse is None or (coarse < error) == (exact < error)


@pytest.mark.parametrize("n", [14, 20])
@pytest.mark.parametrize("error", [0.05, 0.1])
def test_a_corrected_p_value_without_a_place_tells_its_side_and_no_more(
    n: int, error: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told as printed: with the interval it gave the number of people back."""
    monkeypatch.setattr(rounding, "ALONE", ())  # with them each has a place at these numbers of people
    alone, without = planned(at("p_holm"), Quantity.P_VALUE, "probability", n=n), 0
    main = interval(-6.6, -4.2, -1.8)
    limits = dataclasses.replace(main.interval, level=1 - error) if main.interval is not None else None
    beside = dataclasses.replace(main, interval=limits)
    for exact in (float(one) for one in np.geomspace(0.001, 0.998, 60)):
        outcome = alone.estimate(exact)
        if coarse_p_value(exact, factors_of(outcome, PLAN.round_to, PLAN.minimum_arm), error=error) is None:
            without += 1
            found = release(registry(beside, outcome), PLAN).registry[at("p_holm")]
            assert getattr(found, "value", None) == (round(error - 0.001, 3) if exact < error else 0.999)
    assert without


@pytest.mark.parametrize("n", [14, 20, 30, 46])
@pytest.mark.parametrize("exact", [0.0024, 0.00405, 0.0011, 0.0093])
def test_a_small_p_value_is_not_told_as_one_that_only_just_is_small(n: int, exact: float) -> None:
    """One of 0.004 was told as 0.049."""
    outcome = planned(at("p_holm"), Quantity.P_VALUE, "probability", n=n).estimate(exact)
    told = getattr(release(registry(outcome), PLAN).registry[at("p_holm")], "value", None)
    assert told is not None
    assert exact <= told < 10 * exact


@pytest.mark.parametrize("count", [12, 27, 57, 117])
@pytest.mark.parametrize("error", [0.05, 0.1, 0.01])
def test_a_p_value_is_told_as_no_smaller_than_any_number_of_people_that_is_told_alike_has_it(
    count: int, error: float
) -> None:
    """One of 0.044 was told as 0.010 beside 0.30 to 0.99, one of 0.082 as 0.050."""
    factors = tuple(math.sqrt(count / other) for other in range(count - 2, count + 3))
    last, normal = round(error - 0.001, 3), NormalDist()  # the last that is printed as less
    for exact in (float(one) for one in np.geomspace(0.001, 0.998, 400)):
        told = coarse_p_value(exact, factors, error=error)
        others = [2 * normal.cdf(normal.inv_cdf(exact / 2) / factor) for factor in factors]
        alike = [other for other in others if (other < error) == (exact < error)]
        if told is not None:
            assert told >= max(round(other, 3 if other < 0.1 else 2) for other in alike) or (told == last < error)
            assert (told < error) == (exact < error)
            assert told < 10 * exact


@pytest.mark.parametrize("people", [24, 26, 33, 41])
def test_a_share_is_off_by_more_than_half_its_step_only_where_the_page_says_so(people: int) -> None:
    """A step that would stand for fewer people than the plan's minimum is left for the next, as `say_rounding` says."""
    seen = set()
    for happened in range(PLAN.minimum_count, people - PLAN.minimum_count + 1):
        found = release(registry(share(FULL, happened / people, people)), PLAN).registry.get(FULL)
        if not isinstance(found, Estimate):
            continue
        assert found.step is not None
        near = round(happened / people / found.step) * found.step
        few = min(near, 1 - near) * rounding.to_multiple(people, PLAN.round_to) < PLAN.minimum_count - 1e-9
        seen.add(few)
        assert abs(found.value - near) == pytest.approx(found.step if few else 0, abs=1e-9), (happened, near)
    assert False in seen
