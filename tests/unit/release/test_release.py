"""What leaves the clinic: small counts hidden, others rounded, and nothing that gives the hidden away."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.plan.model import Disclosure
from outcomes.questions.catalogue import CATALOGUE
from outcomes.questions.needs.model import FEW
from outcomes.release import release
from outcomes.release.known import ANALYSES, NO_RULE
from outcomes.results.outcome import Curve, Estimate, Interval, NotEstimable, Outcome
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry

RULES = Disclosure()
SOURCE = Provenance(analysis="flow", question="?", code="c", files=(), digest="d", seed=None)


def registry(*outcomes: Outcome) -> Registry:
    return Registry(Record(outcome=outcome, provenance=SOURCE) for outcome in outcomes)


def count(result: str, value: float) -> Estimate:
    return Estimate(id=result, label=result, value=value, unit="people", n=int(value), n_full=int(value))


def difference(result: str, n_full: int, n_skills: int) -> Estimate:
    return Estimate(
        id=result,
        label=result,
        value=-4.21373,
        unit="points",
        se=1.23456,
        df=117.3,
        p_value=0.012345,
        interval=Interval(level=0.95, low=-6.6543, high=-1.7654),
        n=n_full + n_skills,
        n_full=n_full,
        n_skills=n_skills,
    )


def share(result: str, value: float, n: int) -> Estimate:
    return Estimate(id=result, label=result, value=value, unit="share", n=n, n_full=n)


def test_a_small_count_is_hidden_with_a_reason_that_does_not_tell_it() -> None:
    released = release(registry(count("flow.full.started", 60), count("flow.mood.end.full.observed", 7)), RULES)
    assert list(released.registry) == ["flow.full.started"]
    assert [one.id for one in released.hidden] == ["flow.mood.end.full.observed"]
    assert "7" not in released.hidden[0].reason


def test_nothing_is_estimated_from_a_small_arm() -> None:
    released = release(registry(difference("mmrm.mood.end.difference", 30, 9)), RULES)
    assert not released.registry


def test_counts_are_rounded_numbers_stand_at_two_figures_of_half_the_width_and_se_and_df_are_left_out() -> None:
    found = release(registry(difference("mmrm.mood.end.difference", 52, 48)), RULES).registry[
        "mmrm.mood.end.difference"
    ]
    assert isinstance(found, Estimate)
    assert (found.n, found.n_full, found.n_skills) == (100, 50, 50)
    assert (found.value, found.se, found.df, found.p_value) == (-4.2, None, None, 0.012)
    assert found.interval == Interval(level=0.95, low=-6.7, high=-1.8)


def test_a_share_that_stands_for_few_people_on_either_side_is_hidden_with_what_would_tell_it() -> None:
    released = release(
        registry(
            count("flow.full.started", 60),
            count("flow.full.completed", 56),
            share("completion.full.share", 56 / 60, 60),
            share("completion.skills.share", 0.5, 60),
            difference("completion.crude.difference", 60, 60),
        ),
        RULES,
    )
    assert list(released.registry) == ["flow.full.started"]


def test_the_next_smallest_level_is_hidden_with_a_hidden_one() -> None:
    shares = {"woman": 0.7, "man": 0.25, "other": 0.05}
    released = release(registry(*(share(f"baseline.gender.{k}.full.share", v, 60) for k, v in shares.items())), RULES)
    assert list(released.registry) == ["baseline.gender.woman.full.share"]


def test_what_became_of_people_does_not_give_a_hidden_part_away() -> None:
    at = "change.mood.end"

    def release_with(**parts: float) -> list[str]:
        shares = [share(f"{at}.{arm}.{word}", value, 60) for arm in ("full", "skills") for word, value in parts.items()]
        return list(release(registry(*shares, difference(f"{at}.improved.difference", 60, 60)), RULES).registry)

    few_worse = release_with(improved=0.4, unchanged=0.55, deteriorated=0.05)
    assert few_worse == [f"{at}.full.improved", f"{at}.improved.difference", f"{at}.skills.improved"]
    assert release_with(improved=0.05, unchanged=0.55, deteriorated=0.4) == [
        f"{at}.full.deteriorated",
        f"{at}.skills.deteriorated",
    ]


def level(name: str, n_full: int, n_skills: int) -> list[Outcome]:
    at = f"needs.mood.end.gender.{name}"
    shrunken = Estimate(id=f"{at}.shrunken", label=at, value=-3.0, unit="points", n_full=n_full, n_skills=n_skills)
    return [difference(f"{at}.difference", n_full, n_skills), shrunken]


def test_the_effect_at_a_small_level_is_hidden_with_what_would_tell_it() -> None:
    interaction = difference("needs.mood.end.gender.interaction", 60, 60)
    other = difference("needs.mood.end.harm.interaction", 60, 60)
    few = level("man", 20, 9)
    released = release(registry(*level("woman", 40, 51), *few, interaction, other), RULES)
    assert list(released.registry) == ["needs.mood.end.gender.woman.difference", "needs.mood.end.harm.interaction"]


def test_a_level_that_was_not_estimated_is_not_told_from_one_that_is_hidden() -> None:
    at = "needs.mood.end.gender.other"
    absent = [NotEstimable(id=f"{at}.{what}", label=at, reason=FEW) for what in ("difference", "shrunken")]
    released = release(registry(*level("woman", 40, 51), *level("man", 20, 12), *absent, *level("x", 9, 9)), RULES)
    assert list(released.registry) == ["needs.mood.end.gender.man.difference", "needs.mood.end.gender.woman.difference"]
    reasons = {one.id: one.reason for one in released.hidden}
    assert reasons[f"{at}.difference"] == reasons["needs.mood.end.gender.x.difference"]


def test_few_people_like_a_profile_are_hidden() -> None:
    counts = [count(f"needs.profile.young.{arm}.people", many) for arm, many in (("full", 7), ("skills", 12))]
    assert list(release(registry(*counts), RULES).registry) == ["needs.profile.young.skills.people"]


def test_few_who_were_lost_in_an_arm_are_hidden_with_what_would_tell_them() -> None:
    lost = [share(f"precision.mood.{arm}.dropout", value, 60) for arm, value in (("full", 0.05), ("skills", 0.4))]
    whole = share("precision.mood.dropout", 0.225, 120)
    assert not release(registry(*lost, whole), RULES).registry
    many = [share(f"precision.mood.{arm}.dropout", value, 60) for arm, value in (("full", 0.2), ("skills", 0.4))]
    assert len(release(registry(*many, whole), RULES).registry) == 3


def test_a_reason_why_not_is_released() -> None:
    released = release(
        registry(NotEstimable(id="mmrm.b.difference", label="x", reason="Because.", n=13, n_full=13)), RULES
    )
    assert (released.registry["mmrm.b.difference"].n, released.hidden) == (15, ())


@given(st.integers(0, 200), st.integers(0, 200))
def test_no_released_count_is_small_or_exact(full: int, skills: int) -> None:
    released = release(registry(count("flow.full.started", full), difference("ancova.mood.end.g", full, skills)), RULES)
    for outcome in released.registry.values():
        for number in (outcome.n, outcome.n_full, outcome.n_skills):
            assert number is None or number % RULES.round_to == 0
        assert outcome.n is None or outcome.n >= RULES.minimum_count


@pytest.mark.parametrize("last", ["minimum", "max"])
def test_extremes_belong_to_one_person(last: str) -> None:
    assert not release(registry(difference(f"describe.mood.end.{last}", 50, 50)), RULES).registry


def session_share(result: str, value: float, n: int) -> Estimate:
    return Estimate(id=result, label=result, value=value, unit="share_of_sessions", n=n, n_full=n)


def curve(result: str, unit: str, value: tuple[float, ...], people: tuple[int, ...]) -> Curve:
    at = tuple(float(place) for place in range(len(value)))
    n = max(people)
    return Curve(id=result, label=result, unit=unit, axis="x", at=at, value=value, people=people, n=n, n_full=n)


def test_a_share_of_sessions_is_not_taken_for_a_share_of_people() -> None:
    released = release(registry(session_share("sessions.agenda_set.share", 0.97, 60)), RULES)
    found = released.registry["sessions.agenda_set.share"]
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == (0.97, 60)
    assert not release(registry(session_share("sessions.agenda_set.share", 0.97, 9)), RULES).registry


def test_nothing_of_a_single_therapist_leaves_not_even_a_name() -> None:
    reason = NotEstimable(id="sessions.therapist.smith.feedback.share", label="Therapist Smith", reason="Smith: none.")
    released = release(registry(session_share("sessions.therapist.smith.agenda_set.share", 0.5, 60), reason), RULES)
    assert not released.registry
    assert [one.id for one in released.hidden] == ["sessions.therapist"]
    assert "mith" not in str(released.hidden)


def test_a_target_of_few_people_is_hidden_and_so_is_what_would_give_it_away() -> None:
    shares = {"life_threatening": 0.05, "quality_of_life": 0.35, "skills": 0.6}
    outcomes = [session_share(f"sessions.target.{target}.first", share, 60) for target, share in shares.items()]
    counts = [count(f"sessions.target.{target}.clients", 50) for target in ("quality_of_life", "skills")]
    few = count("sessions.target.life_threatening.clients", 4)
    released = release(registry(*outcomes, *counts, few), RULES)
    assert list(released.registry) == [
        "sessions.target.quality_of_life.clients",
        "sessions.target.skills.clients",
        "sessions.target.skills.first",
    ]


@pytest.mark.parametrize("word", ["clients", "clients_without"])
def test_a_part_of_sessions_that_few_people_had_or_lacked_is_hidden_with_its_course(word: str) -> None:
    part = "sessions.chain_analysis"
    course = curve(f"{part}.course", "share_of_sessions", (0.5, 0.6), (60, 60))
    others = [
        count("sessions.clients", 60),
        count(f"{part}.{word}", 3),
        session_share("sessions.feedback.share", 0.5, 60),
    ]
    released = release(registry(session_share(f"{part}.share", 0.001, 60), course, *others), RULES)
    assert list(released.registry) == ["sessions.clients", "sessions.feedback.share"]


def test_a_course_is_cut_where_few_people_are_left() -> None:
    released = release(
        registry(curve("sessions.feedback.course", "share_of_sessions", (0.5, 0.6, 0.7), (60, 30, 9))), RULES
    )
    found = released.registry["sessions.feedback.course"]
    assert isinstance(found, Curve)
    assert (found.at, found.people) == ((0.0, 1.0), (60, 30))
    whole = release(registry(curve("sessions.feedback.course", "share_of_sessions", (0.5,), (9,))), RULES)
    assert not whole.registry


@pytest.mark.parametrize(
    ("value", "kept"), [((0.3, 0.6), 2), ((0.05, 0.6), 1), ((0.3, 0.35), 0), ((0.3, 0.95), 1), ((0.05, 0.95), 0)]
)
def test_no_step_of_a_pace_stands_for_few_people(value: tuple[float, ...], kept: int) -> None:
    released = release(
        registry(
            curve("pace.mood.full", "share", value, (60, 60)),
            curve("pace.mood.skills", "share", (0.3, 0.6), (60, 60)),
            difference("pace.mood.difference", 60, 60),
        ),
        RULES,
    )
    found = released.registry.get("pace.mood.full")
    assert (len(found.at) if isinstance(found, Curve) else 0) == kept
    assert ("pace.mood.difference" in released.registry) is (kept == len(value))


def test_a_price_is_hidden_with_the_shares_behind_it() -> None:
    at = "change.mood.end"
    hidden = [share(f"{at}.{arm}.improved", value, 60) for arm, value in (("full", 0.5), ("skills", 0.05))]
    price = Estimate(
        id="costs.per_improvement", label="x", value=9000.0, unit="currency", n=120, n_full=60, n_skills=60
    )
    effect = difference("costs.improvement.difference", 60, 60)
    pace = difference("pace.mood.difference", 60, 60)
    cost = difference("costs.difference", 60, 60)
    released = release(
        registry(*hidden, difference(f"{at}.improved.difference", 60, 60), price, effect, pace, cost), RULES
    )
    assert list(released.registry) == ["costs.difference"]


def test_counts_of_sessions_are_rounded_and_few_are_hidden() -> None:
    def records(value: float) -> Estimate:
        return Estimate(id="sessions.left_out", label="x", value=value, unit="records")

    found = release(registry(records(2088)), RULES).registry["sessions.left_out"]
    assert isinstance(found, Estimate)
    assert found.value == 2090
    assert not release(registry(records(3)), RULES).registry


def test_a_count_goes_with_its_share() -> None:
    at = "change.mood.end.full"
    released = release(
        registry(
            *(
                share(f"{at}.{word}", value, 60)
                for word, value in {"improved": 0.4, "unchanged": 0.55, "deteriorated": 0.05}.items()
            ),
            *(
                count(f"{at}.{word}.people", value)
                for word, value in {"improved": 24, "unchanged": 33, "deteriorated": 3}.items()
            ),
        ),
        RULES,
    )
    assert list(released.registry) == [f"{at}.improved", f"{at}.improved.people"]


def test_what_tells_how_few_left_is_hidden_with_it() -> None:
    left = {"full": 0.05, "skills": 0.4}
    released = release(
        registry(
            *(share(f"retention.{arm}.left", value, 60) for arm, value in left.items()),
            *(difference(f"retention.{name}", 60, 60) for name in ("hazard_ratio", "rmst.difference", "full.rmst")),
        ),
        RULES,
    )
    assert not released.registry


def test_limits_of_a_share_are_rounded_outwards() -> None:
    found = Estimate(
        id="completion.full.share",
        label="x",
        value=0.5,
        unit="share",
        n=60,
        n_full=60,
        interval=Interval(level=0.95, low=0.3774, high=0.6226),
    )
    released = release(registry(found), RULES).registry["completion.full.share"]
    assert isinstance(released, Estimate)
    assert released.interval == Interval(level=0.95, low=0.37, high=0.63)


def test_a_result_of_an_analysis_or_of_a_kind_without_a_rule_is_not_released() -> None:
    known = count("flow.full.started", 60)
    unknown = count("flow.full.seen_twice", 60)
    records = [Record(outcome=one, provenance=SOURCE) for one in (known, unknown)]
    new = dataclasses.replace(SOURCE, analysis="brand_new", question="What is new?")
    records.append(Record(outcome=count("flow.skills.started", 60), provenance=new))
    released = release(Registry(records), RULES)
    assert list(released.registry) == ["flow.full.started"]
    assert {(one.id, one.reason) for one in released.hidden} == {
        ("flow.full.seen_twice", NO_RULE),
        ("flow.skills.started", NO_RULE),
    }


def test_every_analysis_has_its_rules() -> None:
    missing = set(CATALOGUE) - ANALYSES
    assert not missing, f"release has no rule for {', '.join(sorted(missing))}: add one to release/known.py"
    assert not ANALYSES - set(CATALOGUE)


def test_a_standardised_difference_is_hidden_where_a_level_is() -> None:
    shares = {"woman": 0.7, "man": 0.25, "other": 0.05}
    levels = [
        share(f"baseline.gender.{word}.{arm}.share", value if arm == "full" else 1 / 3, 60)
        for word, value in shares.items()
        for arm in ("full", "skills")
    ]
    apart = [f"{start}.{what}" for what in ("gender", "age") for start in ("baseline", "balance")]
    numbers = [
        Estimate(id=f"{name}.{last}", label=name, value=0.1234, unit="sd", n=120, n_full=60, n_skills=60)
        for name in apart
        for last in (("smd",) if name.startswith("baseline") else ("before", "after"))
    ]
    released = release(registry(*levels, *numbers), RULES).registry
    assert [name for name in released if not name.endswith("share")] == [
        "balance.age.after",
        "balance.age.before",
        "baseline.age.smd",
    ]
    found = released["baseline.age.smd"]
    assert isinstance(found, Estimate)
    assert found.value == 0.12


def test_counts_of_scores_are_rounded() -> None:
    seen = Estimate(id="mmrm.mood.observations", label="x", value=377.0, unit="number", n=120, n_full=60, n_skills=60)
    found = release(registry(seen), RULES).registry["mmrm.mood.observations"]
    assert isinstance(found, Estimate)
    assert found.value == 375


def test_a_digest_is_not_released() -> None:
    released = release(registry(count("flow.full.started", 60)), RULES).registry
    assert released.record("flow.full.started").provenance.digest == ""


def interval(low: float | None, value: float, high: float | None, unit: str = "points") -> Estimate:
    limits = Interval(level=0.95, low=low, high=high)
    return Estimate(id="mmrm.mood.end.difference", label="x", value=value, unit=unit, interval=limits, n=120)


@pytest.mark.parametrize(
    ("exact", "told"),
    [
        (interval(-6.654, -4.213, -1.765), (-6.7, -4.2, -1.8)),
        (interval(-31.2, -14.3, 2.6), (-31, -14, 3)),
        (interval(0.0004, 0.2, 0.4), (0.01, 0.2, 0.4)),
        (interval(-0.4, -0.2, -0.0004), (-0.4, -0.2, -0.01)),
        (interval(1.0225, 2.073, 4.232, "ratio"), (1.1, 2.1, 4.2)),
        (interval(0.047, 0.31, 14.2, "ratio"), (0.047, 0.31, 14.2)),
        (interval(None, -4.213, -1.765), (None, -4.2, -1.8)),
        (interval(19.0, 19.0, 19.0), (19, 19, 19)),
        (interval(1867.3, 2013.2, 2125.3), (1870, 2010, 2130)),
    ],
)
def test_an_estimate_stands_at_the_step_of_its_interval_and_no_limit_changes_sides(
    exact: Estimate, told: tuple[float | None, float, float | None]
) -> None:
    found = release(registry(exact), RULES).registry[exact.id]
    assert isinstance(found, Estimate)
    assert found.interval is not None
    assert (found.interval.low, found.value, found.interval.high) == told


def test_a_second_computation_stands_at_the_step_of_the_first() -> None:
    first = interval(-13.9, -13.4213, -12.9)
    second = Estimate(id=f"independent.{first.id}", label="x", value=-13.4213, unit="points", n=120)
    released = release(registry(first, second), RULES).registry
    values = {outcome.value for outcome in released.values() if isinstance(outcome, Estimate)}
    assert values == {-13.42}


@pytest.mark.parametrize(("exact", "told"), [(3e-13, 0.0005), (0.01234, 0.012), (0.4567, 0.46), (0.9999, 1.0)])
def test_a_p_value_is_no_finer_than_it_is_printed(exact: float, told: float) -> None:
    found = dataclasses.replace(interval(-6.6, -4.2, -1.8), p_value=exact)
    released = release(registry(found), RULES).registry[found.id]
    assert isinstance(released, Estimate)
    assert released.p_value == told


def test_what_is_made_of_limits_stays_inside() -> None:
    needed = NotEstimable(id="completion.adjusted.number_needed", label="x", reason="From 1 in 56 to 1 in 4.", n=60)
    assert not release(registry(needed), RULES).registry
