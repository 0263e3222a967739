"""What leaves the clinic: small counts hidden, others rounded, and nothing that gives the hidden away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analyses.needs.model import FEW
from outcomes.plan.model import Disclosure
from outcomes.release import release
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


def test_other_counts_are_rounded_and_other_numbers_have_three_figures() -> None:
    found = release(registry(difference("mmrm.mood.end.difference", 52, 48)), RULES).registry[
        "mmrm.mood.end.difference"
    ]
    assert isinstance(found, Estimate)
    assert (found.n, found.n_full, found.n_skills) == (100, 50, 50)
    assert (found.value, found.se, found.df, found.p_value) == (-4.21, 1.23, 115.0, 0.0123)
    assert found.interval == Interval(level=0.95, low=-6.65, high=-1.77)


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
    released = release(registry(NotEstimable(id="a.b", label="x", reason="Because.", n=13, n_full=13)), RULES)
    assert (released.registry["a.b"].n, released.hidden) == (15, ())


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
