"""What leaves the clinic: small counts hidden, others rounded, and nothing that gives the hidden away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.core.estimates import Estimate, Interval, NotEstimable, Outcome
from outcomes.core.provenance import Provenance
from outcomes.plan.model import Disclosure
from outcomes.registry import Record, Registry
from outcomes.release import release

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
