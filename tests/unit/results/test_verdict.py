"""The rule of verdicts: each of the eight, each boundary, and what never strengthens one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.results.verdict import (
    Bar,
    Cap,
    Claim,
    Comparison,
    Limits,
    Required,
    Rung,
    Support,
    Verdict,
    agrees,
    give_verdict,
    orient,
    orient_worthwhile,
    read_alone,
)

WORTHWHILE = 4.0
BEYOND, SETTLED_SMALL, SETTLED_OPEN = (4.5, 9.0), (0.5, 3.0), (0.5, 6.0)
SPANS_SMALL, SPANS_WIDE = (-1.0, 3.0), (-1.0, 6.0)


def limits(pair: tuple[float, float]) -> Limits:
    return Limits(low=pair[0], high=pair[1])


def compare(
    main: tuple[float, float] | None,
    *others: tuple[float, float] | None,
    p_holm: float | None = None,
    worthwhile: float | None = WORTHWHILE,
    caps: frozenset[Cap] = frozenset(),
    bars: frozenset[Bar] = frozenset(),
) -> Comparison:
    supports = (Support.MIXED, Support.START)
    required = tuple(
        Required(support=support, limits=None if pair is None else limits(pair))
        for support, pair in zip(supports, others, strict=False)
    )
    return Comparison(
        main=None if main is None else limits(main),
        required=required,
        p_holm=p_holm,
        worthwhile=worthwhile,
        caps=caps,
        bars=bars,
    )


@pytest.mark.parametrize(
    ("comparison", "rung", "side"),
    [
        (compare(BEYOND, BEYOND, p_holm=0.01), Rung.BETTER_WORTHWHILE, "full"),
        (compare((4.0, 9.0)), Rung.BETTER_WORTHWHILE, "full"),
        (compare((3.999, 9.0)), Rung.BETTER_OPEN, "full"),
        (compare(SETTLED_SMALL, (0.1, 3.9), p_holm=0.04), Rung.BETTER_LESS, "full"),
        (compare((0.5, 4.0)), Rung.BETTER_OPEN, "full"),
        (compare((0.0, 3.0)), Rung.TOO_SMALL, ""),
        (compare(BEYOND, SETTLED_OPEN, p_holm=0.01), Rung.BETTER_OPEN, "full"),
        (compare(SETTLED_SMALL, SETTLED_OPEN), Rung.BETTER_OPEN, "full"),
        (compare(SPANS_SMALL), Rung.TOO_SMALL, ""),
        (compare(SPANS_SMALL, SETTLED_SMALL, p_holm=0.9), Rung.TOO_SMALL, ""),
        (compare((-4.0, 3.0)), Rung.DOES_NOT_TELL, ""),
        (compare(SETTLED_SMALL, SPANS_SMALL), Rung.LEANS_LESS, "full"),
        (compare(SETTLED_SMALL, p_holm=0.051), Rung.LEANS_LESS, "full"),
        (compare(SETTLED_SMALL, p_holm=0.05), Rung.LEANS_LESS, "full"),
        (compare(SETTLED_SMALL, SPANS_WIDE), Rung.LEANS, "full"),
        (compare(BEYOND, p_holm=0.2), Rung.LEANS, "full"),
        (compare(BEYOND, None, p_holm=0.001), Rung.LEANS, "full"),
        (compare(BEYOND, caps=frozenset({Cap.FEW_GROUPS})), Rung.LEANS, "full"),
        (compare(BEYOND, (-9.0, -4.5)), Rung.LEANS, "full"),
        (compare(SPANS_SMALL, caps=frozenset({Cap.FEW_GROUPS})), Rung.DOES_NOT_TELL, ""),
        (compare(SPANS_SMALL, None), Rung.DOES_NOT_TELL, ""),
        (compare(SPANS_WIDE, BEYOND, p_holm=0.001), Rung.DOES_NOT_TELL, ""),
        (compare((-math.inf, math.inf)), Rung.DOES_NOT_TELL, ""),
        (compare((5.0, math.inf)), Rung.BETTER_WORTHWHILE, "full"),
        (compare(None, BEYOND), Rung.CANNOT, ""),
        (compare(BEYOND, bars=frozenset({Bar.APART})), Rung.CANNOT, ""),
        (compare(BEYOND, bars=frozenset({Bar.ONE_GROUP_EACH})), Rung.CANNOT, ""),
        (compare((-9.0, -4.5), p_holm=0.01), Rung.BETTER_WORTHWHILE, "skills"),
        (compare((-3.0, -0.5), p_holm=0.01), Rung.BETTER_LESS, "skills"),
        (compare((-6.0, -0.5), (-5.0, 0.5)), Rung.LEANS, "skills"),
        (compare(BEYOND, SETTLED_SMALL, worthwhile=None), Rung.BETTER_OPEN, "full"),
        (compare(SETTLED_SMALL, SPANS_SMALL, worthwhile=None), Rung.LEANS, "full"),
        (compare(SPANS_SMALL, worthwhile=None), Rung.DOES_NOT_TELL, ""),
    ],
)
def test_each_comparison_has_the_verdict_of_the_first_row_that_holds(
    comparison: Comparison, rung: Rung, side: str
) -> None:
    verdict = give_verdict(comparison)
    assert (verdict.rung, verdict.side) == (rung, side)


@pytest.mark.parametrize(
    ("comparison", "held"),
    [
        (compare(SETTLED_SMALL, SPANS_SMALL, SETTLED_SMALL, p_holm=0.06), ((Support.MIXED, Support.HOLM), (), ())),
        (compare(SETTLED_SMALL, SETTLED_SMALL, SPANS_SMALL), ((Support.START,), (), ())),
        (compare(SETTLED_SMALL, None), ((), (Support.MIXED,), ())),
        (compare(BEYOND, caps=frozenset({Cap.ONE_GROUP})), ((), (), (Cap.ONE_GROUP,))),
        # a direction that all have is not held back by what keeps only the size open
        (compare(BEYOND, SETTLED_OPEN, SPANS_WIDE), ((Support.START,), (), ())),
        (compare(BEYOND, SETTLED_OPEN), ((Support.MIXED,), (), ())),
        (compare(SPANS_SMALL, SPANS_WIDE), ((Support.MIXED,), (), ())),
        (compare(SPANS_SMALL, caps=frozenset({Cap.FEW_GROUPS})), ((), (), (Cap.FEW_GROUPS,))),
        # a main interval that tells nothing is held back by nothing else
        (compare(SPANS_WIDE, None, p_holm=0.9, caps=frozenset({Cap.FEW_GROUPS})), ((), (), ())),
        (compare(BEYOND, BEYOND, BEYOND, p_holm=0.01), ((), (), ())),
    ],
)
def test_a_verdict_names_what_holds_it_back(comparison: Comparison, held: tuple[tuple[object, ...], ...]) -> None:
    verdict = give_verdict(comparison)
    capping = verdict.caps if verdict.is_capped else ()
    assert (verdict.held_by, verdict.not_estimable, capping) == held


@pytest.mark.parametrize("main", [SPANS_WIDE, SPANS_SMALL, BEYOND, None])
def test_a_cap_in_force_is_kept_whatever_the_verdict(main: tuple[float, float] | None) -> None:
    """Beside “does not tell” the caps were forgotten, and the card said that groups were allowed for."""
    verdict = give_verdict(compare(main, caps=frozenset({Cap.GROUPS_UNKNOWN, Cap.ONE_GROUP})))
    assert set(verdict.caps) == {Cap.GROUPS_UNKNOWN, Cap.ONE_GROUP}
    assert verdict.is_capped == (main not in {SPANS_WIDE, None})


@pytest.mark.parametrize(
    ("comparison", "just"),
    [
        (compare((0.19, 3.0)), True),
        (compare((0.21, 3.0)), False),
        (compare((0.5, 3.81)), True),
        (compare((0.5, 3.79)), False),
        (compare((3.81, 9.0)), True),
        (compare((4.19, 9.0)), True),
        (compare((4.21, 9.0)), False),
        (compare((-0.19, 3.0)), True),
        (compare((1.0, 3.0), (0.1, 3.0)), True),
        (compare((0.01, 3.0), worthwhile=None), False),
        (compare((0.01, 9.0), p_holm=0.2), True),
    ],
)
def test_a_verdict_that_a_twentieth_of_the_worthwhile_difference_would_change_says_just(
    comparison: Comparison, *, just: bool
) -> None:
    assert give_verdict(comparison).just is just


@pytest.mark.parametrize(
    ("low", "high", "sign", "rung", "side"),
    [
        (0.3, 0.7, -1.0, Rung.BETTER_WORTHWHILE, "full"),
        (0.75, 0.95, -1.0, Rung.BETTER_LESS, "full"),
        (1.43, 3.0, -1.0, Rung.BETTER_WORTHWHILE, "skills"),
        (0.75, 1 / 0.75, -1.0, Rung.TOO_SMALL, ""),
        (1.05, 1.4, 1.0, Rung.BETTER_LESS, "full"),
        (0.0, 0.5, -1.0, Rung.BETTER_WORTHWHILE, "full"),
        (None, None, -1.0, Rung.DOES_NOT_TELL, ""),
    ],
)
def test_a_worthwhile_ratio_is_judged_at_itself_and_at_its_inverse(
    low: float | None, high: float | None, sign: float, rung: Rung, side: str
) -> None:
    verdict = read_alone(orient(low, high, sign=sign, ratio=True), orient_worthwhile(0.7, ratio=True))
    assert (verdict.rung, verdict.side) == (rung, side)


def test_another_way_agrees_where_its_interval_alone_has_what_the_verdict_claims() -> None:
    leaning = give_verdict(compare(SETTLED_SMALL, p_holm=0.06))
    assert agrees(limits(SETTLED_SMALL), leaning, WORTHWHILE)
    assert not agrees(limits(SETTLED_OPEN), leaning, WORTHWHILE)
    assert not agrees(limits(SPANS_SMALL), leaning, WORTHWHILE)
    better = give_verdict(compare(SETTLED_OPEN))
    assert agrees(limits(BEYOND), better, WORTHWHILE)
    assert agrees(limits(SETTLED_SMALL), better, WORTHWHILE)
    assert not agrees(limits((-6.0, -0.5)), better, WORTHWHILE)
    open_one = give_verdict(compare(SPANS_WIDE))
    assert agrees(limits(SPANS_SMALL), open_one, WORTHWHILE)
    assert not agrees(limits(BEYOND), open_one, WORTHWHILE)
    assert not agrees(limits(SPANS_WIDE), give_verdict(compare(None)), WORTHWHILE)


@pytest.mark.parametrize("worthwhile", [0.0, -1.0, math.inf])
def test_a_worthwhile_difference_that_separates_nothing_is_refused(worthwhile: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        compare(BEYOND, worthwhile=worthwhile)


number = st.floats(-10, 10, allow_nan=False) | st.floats(-2, 2) | st.sampled_from([0.0, 4.0, -4.0, math.inf, -math.inf])
interval = st.tuples(number, number).filter(lambda pair: pair[0] <= pair[1])
# One in twenty is what divides: drawn evenly from nought to one, hardly any would lie below it.
probability = st.floats(0, 1) | st.floats(0, 0.1)
OFTEN = 250  # comparisons: most are decided by one thing alone, so that a hundred seldom meet what a fault would need


def seldom(draw: st.DrawFn, rare: st.SearchStrategy[Any], usual: st.SearchStrategy[Any]) -> Any:
    """Draw what decides alone, and hides all else, from one comparison in eight."""
    return draw(rare if draw(st.integers(0, 7)) == 0 else usual)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    nothing = st.just(frozenset())
    others = draw(st.lists(interval, max_size=2)) + seldom(draw, st.just([None]), st.just([]))
    return replace(
        compare(seldom(draw, st.none(), interval), *others[:2]),
        p_holm=draw(st.none() | probability),
        worthwhile=draw(st.none() | st.floats(0.1, 6) | st.floats(2, 6)),
        caps=seldom(draw, st.frozensets(st.sampled_from(Cap), min_size=1), nothing),
        bars=seldom(draw, st.frozensets(st.sampled_from(Bar), min_size=1, max_size=1), nothing),
    )


def is_no_stronger(after: Verdict, before: Verdict) -> bool:
    return after.claims <= before.claims and (not after.side or after.side == before.side)


def swap(one: Limits | None) -> Limits | None:
    return None if one is None else Limits(low=-one.high, high=-one.low)


@given(comparisons())
def test_swapping_the_arms_swaps_the_words(comparison: Comparison) -> None:
    swapped = replace(
        comparison,
        main=swap(comparison.main),
        required=tuple(replace(one, limits=swap(one.limits)) for one in comparison.required),
    )
    before, after = give_verdict(comparison), give_verdict(swapped)
    assert after == replace(before, side={"full": "skills", "skills": "full", "": ""}[before.side])


@settings(max_examples=OFTEN)
@given(comparisons(), st.none() | interval)
def test_one_more_required_interval_never_strengthens(comparison: Comparison, pair: tuple[float, float] | None) -> None:
    one = Required(support=Support.START, limits=None if pair is None else limits(pair))
    more = replace(comparison, required=(*comparison.required, one))
    assert is_no_stronger(give_verdict(more), give_verdict(comparison))


@settings(max_examples=OFTEN)
@given(comparisons(), probability)
def test_a_larger_family_never_strengthens(comparison: Comparison, p_value: float) -> None:
    larger = replace(comparison, p_holm=max(p_value, comparison.p_holm or 0.0))
    assert is_no_stronger(give_verdict(larger), give_verdict(comparison))


@given(comparisons(), st.sampled_from(Cap))
def test_a_cap_never_strengthens_and_lets_lean_at_most(comparison: Comparison, cap: Cap) -> None:
    capped = give_verdict(replace(comparison, caps=comparison.caps | {cap}))
    assert is_no_stronger(capped, give_verdict(comparison))
    assert capped.rung >= Rung.LEANS


@settings(max_examples=OFTEN)
@given(comparisons(), st.integers(0, 2), st.floats(0, 5), st.floats(0, 5))
def test_widening_a_required_interval_never_strengthens(
    comparison: Comparison, place: int, below: float, above: float
) -> None:
    def widen(one: Limits | None) -> Limits | None:
        return None if one is None else Limits(low=one.low - below, high=one.high + above)

    wider = replace(
        comparison,
        main=widen(comparison.main) if place == 0 else comparison.main,
        required=tuple(
            replace(one, limits=widen(one.limits)) if place == 1 + number else one
            for number, one in enumerate(comparison.required)
        ),
    )
    assert is_no_stronger(give_verdict(wider), give_verdict(comparison))


def list_rows_that_hold(comparison: Comparison) -> set[Rung]:
    """Rows of the table as it is worded, each exclusive of those above it."""
    main, w = comparison.main, comparison.worthwhile
    if main is None or comparison.bars:
        return {Rung.CANNOT}
    every = [main, *(one.limits for one in comparison.required if one.limits)]
    capped = bool(comparison.caps) or any(one.limits is None for one in comparison.required)
    holm = comparison.p_holm is None or comparison.p_holm < comparison.alpha
    up, down = (all(one.low > 0 for one in every), all(one.high < 0 for one in every))
    one_way = (up or down) and holm and not capped
    beyond = w is not None and (all(one.low >= w for one in every) or all(one.high <= -w for one in every))
    excluded = w is not None and all(-w < one.low and one.high < w for one in every) and not capped
    has_side = main.low > 0 or main.high < 0
    conditions = {
        Rung.BETTER_WORTHWHILE: one_way and beyond,
        Rung.BETTER_LESS: one_way and excluded,
        Rung.BETTER_OPEN: one_way and not beyond and not excluded,
        Rung.TOO_SMALL: excluded and not has_side,
        Rung.LEANS_LESS: excluded and has_side and not one_way,
        Rung.LEANS: has_side and not one_way and not excluded,
        Rung.DOES_NOT_TELL: not has_side and not excluded,
    }
    return {rung for rung, holds in conditions.items() if holds}


@given(comparisons())
def test_every_comparison_falls_in_exactly_one_row(comparison: Comparison) -> None:
    assert list_rows_that_hold(comparison) == {give_verdict(comparison).rung}


@given(comparisons())
def test_nothing_is_named_that_does_not_hold_back_and_a_leaning_always_says_by_what(comparison: Comparison) -> None:
    verdict = give_verdict(comparison)
    named = (*verdict.held_by, *verdict.not_estimable, *(verdict.caps if verdict.is_capped else ()))
    if verdict.rung in {Rung.LEANS, Rung.LEANS_LESS}:
        assert named
    if Claim.SETTLED in verdict.claims:
        assert not verdict.caps
        assert not verdict.not_estimable
    without = replace(
        comparison,
        required=tuple(
            one for one in comparison.required if one.support not in (*verdict.held_by, *verdict.not_estimable)
        ),
        p_holm=None if Support.HOLM in verdict.held_by else comparison.p_holm,
        caps=frozenset() if verdict.is_capped else comparison.caps,
    )
    if named:
        assert give_verdict(without).claims > verdict.claims
