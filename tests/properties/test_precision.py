"""What a statistician would say aloud about planning and equivalence."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.methods.precision import detectable_difference, fit_equivalence, power_for_difference
from outcomes.methods.sample_size import (
    Arm,
    Clusters,
    Design,
    people_for_difference,
    people_for_equivalence,
    people_for_shares,
)
from outcomes.results.outcome import NotEstimableError

shares = st.floats(0.2, 0.8)
iccs = st.floats(0.0, 0.3)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    share, size, cv = draw(shares), draw(st.floats(2, 15)), draw(st.floats(0, 1))
    therapist = Clusters(size=size, cv=cv, icc=draw(iccs))
    return Design(
        sd=draw(st.floats(0.5, 20)),
        correlation=draw(st.floats(0, 0.9)),
        explained=draw(st.floats(0, 0.5)),
        full=Arm(share=share, dropout=draw(st.floats(0, 0.5)), clusters=(therapist,), own=(True,)),
        skills=Arm(share=1 - share, dropout=draw(st.floats(0, 0.5))),
        reference="t",
    )


@given(estimate=st.floats(-10, 10), se=st.floats(0.01, 5), df=st.floats(1, 500), margin=st.floats(0.1, 10))
def test_two_one_sided_tests_agree_with_the_ninety_per_cent_interval(
    estimate: float, se: float, df: float, margin: float
) -> None:
    found = fit_equivalence(estimate=estimate, se=se, df=df, margin=margin, level=0.95)
    assert found.level == pytest.approx(0.9)
    near = min(abs(found.low + margin), abs(found.high - margin)) < 1e-9 * margin
    assert near or (found.p_value < 0.05) == (-margin < found.low and found.high < margin) == found.equivalent


@given(estimate=st.floats(-10, 10), se=st.floats(0.01, 5), df=st.floats(1, 500), margin=st.floats(0.1, 10))
def test_swapping_the_arms_changes_no_equivalence(estimate: float, se: float, df: float, margin: float) -> None:
    one, other = (fit_equivalence(estimate=e, se=se, df=df, margin=margin, level=0.95) for e in (estimate, -estimate))
    assert one.p_value == other.p_value
    assert (one.p_lower, one.low) == (other.p_upper, -other.high)


@settings(deadline=None, max_examples=40)
@given(design=designs(), ratio=st.floats(0.1, 1.5))
def test_as_many_people_as_are_needed_detect_exactly_that_difference(design: Design, ratio: float) -> None:
    difference = ratio * design.sd
    people = people_for_difference(design=design, difference=difference, level=0.95, power=0.8)
    if people > 4:
        assert design.detectable(people, level=0.95, power=0.8) == pytest.approx(difference, rel=1e-6)


@settings(deadline=None, max_examples=40)
@given(design=designs(), icc=iccs)
def test_more_alike_clusters_and_more_drop_out_never_need_fewer_people(design: Design, icc: float) -> None:
    ask = {"difference": design.sd / 2, "level": 0.95, "power": 0.8}
    clusters = tuple(dataclasses.replace(one, icc=one.icc + icc) for one in design.full.clusters)
    worse = dataclasses.replace(design, full=dataclasses.replace(design.full, clusters=clusters))
    lost = dataclasses.replace(design, skills=dataclasses.replace(design.skills, dropout=design.skills.dropout + 0.2))
    # by the normal reference: with t, losing people of the arm without therapists can raise the degrees of freedom
    design, worse, lost = (dataclasses.replace(one, reference="normal") for one in (design, worse, lost))
    base = people_for_difference(design=design, **ask)
    assert people_for_difference(design=worse, **ask) >= base - 1e-6
    assert people_for_difference(design=lost, **ask) >= base - 1e-6


@settings(deadline=None, max_examples=30)
@given(design=designs(), factor=st.floats(0.1, 50))
def test_the_unit_of_the_scale_changes_no_number_of_people(design: Design, factor: float) -> None:
    scaled = dataclasses.replace(design, sd=design.sd * factor)
    for people, what in ((people_for_difference, "difference"), (people_for_equivalence, "margin")):
        one = people(design=design, level=0.95, power=0.8, **{what: design.sd / 2})
        other = people(design=scaled, level=0.95, power=0.8, **{what: scaled.sd / 2})
        assert one == pytest.approx(other, rel=1e-6)


@settings(deadline=None)
@given(df=st.floats(1, 200), power=st.floats(0.3, 0.99), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_detectable_difference_is_seen_with_just_that_chance(df: float, power: float, level: float) -> None:
    found = detectable_difference(se=2.0, df=df, level=level, power=power)
    assert power_for_difference(se=2.0, df=df, difference=found, level=level, either=False) == pytest.approx(power)


def test_groups_that_hold_both_arms_alike_cost_nothing_between_them() -> None:
    """Group of eight, half of either arm, everybody seen: only the spread within groups is left."""
    group = Clusters(size=4, cv=0.0, icc=0.1)
    arm = Arm(share=0.5, dropout=0.0, clusters=(group,), own=(False,))
    mixed = Design(sd=1.0, correlation=0.0, explained=0.0, full=arm, skills=arm, crossing=0.1 * 8, reference="normal")
    alone = Arm(share=0.5, dropout=0.0)
    plain = Design(sd=1.0, correlation=0.0, explained=0.0, full=alone, skills=alone, reference="normal")
    assert mixed.se(100) ** 2 == pytest.approx(0.9 * plain.se(100) ** 2)


@given(full=shares, skills=shares, share=shares)
def test_swapping_the_arms_changes_no_number_of_people_for_shares(full: float, skills: float, share: float) -> None:
    if abs(full - skills) < 1e-3:
        return
    ask = {"level": 0.95, "power": 0.8}
    assert people_for_shares(full=full, skills=skills, share_full=share, **ask) == pytest.approx(
        people_for_shares(full=skills, skills=full, share_full=1 - share, **ask)
    )


def test_equal_shares_can_never_be_told_apart() -> None:
    with pytest.raises(NotEstimableError):
        people_for_shares(full=0.5, skills=0.5, share_full=0.5, level=0.95, power=0.8)
