"""What a comparison tells in words: one rule, from intervals to one of eight verdicts (`docs/methods/wording.md`).

The rule is pure: limits in, verdict out. A verdict is made of claims, and a claim holds when every required interval
supports it; so one more interval, a larger family, a cap or a wider interval can only take claims away. Nothing but
this module decides what a difference is called, and it decides once: what comes after reads the stored verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

from outcomes.results.size import Size, judge_size

if TYPE_CHECKING:
    from collections.abc import Iterator

Side: TypeAlias = Literal["full", "skills", ""]
JUST = 1 / 20  # of the worthwhile difference: a verdict that falls when a limit moves by this says "just"


class Rung(IntEnum):
    """The eight verdicts, in the order in which they are asked for; the last is asked first."""

    BETTER_WORTHWHILE = 1
    BETTER_LESS = 2  # than worthwhile
    BETTER_OPEN = 3  # whether worthwhile stays open, or the plan states no worthwhile difference
    TOO_SMALL = 4  # either way to be worthwhile
    LEANS_LESS = 5  # by less than worthwhile
    LEANS = 6
    DOES_NOT_TELL = 7
    CANNOT = 8


class Claim(StrEnum):
    """What a verdict claims; fewer claims make a weaker verdict."""

    LEANS = "leans"  # the main interval has one direction
    SETTLED = "settled"  # every required interval has it, and Holm's p-value
    REACHED = "reached"  # every required interval lies at or beyond the worthwhile difference
    EXCLUDED = "excluded"  # every required interval excludes a worthwhile difference, either way


class Support(StrEnum):
    """What must support a verdict besides the main interval."""

    MIXED = "mixed"  # the mixed model of groups and therapists
    START = "start"  # the answer with what is missing at the start completed
    CLINICS = "clinics"  # of a pool: the two-stage interval of Hartung and Knapp, which allows for clinics that differ
    HOLM = "holm"  # the p-value adjusted for the family of main comparisons


class Cap(StrEnum):
    """What lets a verdict lean at most, whatever the intervals say."""

    FEW_GROUPS = "few groups"  # nested in the arms, fewer than four in all
    ONE_GROUP = "one group"  # in one of the arms, nested
    GROUPS_UNKNOWN = "groups unknown"  # none is recorded, and the plan does not say how they lay
    GROUPS_PARTLY_RECORDED = "groups partly recorded"  # nested, and for fewer than half of the people of an arm
    NOT_SUPPORTED = "not supported"  # intervals of data of this size hold too rarely, by simulation
    GROUPS_APART = "groups apart"  # none is recorded, and the plan says that the arms had separate ones


class Bar(StrEnum):
    """Why the data cannot answer."""

    APART = "apart"  # the people of the two arms are too unlike to be compared
    NO_ESTIMATE = "no estimate"
    ONE_GROUP_EACH = "one group each"  # an arm is a group, and a group is an arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """An interval, oriented so that positive favours the full programme; an open side is infinite.

    Attributes
    ----------
    low, high : float
        Of a difference in its unit, of a ratio on the log scale.
    """

    low: float
    high: float

    def side(self) -> Side:
        """Which arm the whole interval favours."""
        return "full" if self.low > 0 else "skills" if self.high < 0 else ""

    def reaches(self, worthwhile: float, side: Side) -> bool:
        """Whether it lies at or beyond a worthwhile difference in favour of an arm."""
        return (side == "full" and self.low >= worthwhile) or (side == "skills" and self.high <= -worthwhile)

    def excludes(self, worthwhile: float) -> bool:
        """Whether it holds no worthwhile difference, in favour of either."""
        return -worthwhile < self.low and self.high < worthwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """An interval that could take a verdict away; None where it cannot be estimated."""

    support: Support
    limits: Limits | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that a verdict rests on.

    Attributes
    ----------
    main : Limits or None
        The main interval; None where there is no estimate.
    required : tuple of Required
        The other required intervals.
    p_holm : float or None
        Holm's p-value of the main comparison; None where it belongs to no family.
    alpha : float
        One minus the confidence level.
    worthwhile : float or None
        The smallest difference worth having, above zero, on the scale of the limits.
    caps : frozenset of Cap
    bars : frozenset of Bar
    people : tuple of int or None
        In the main comparison, of each arm; None where it is not known.
    """

    main: Limits | None
    required: tuple[Required, ...] = ()
    p_holm: float | None = None
    alpha: float = 0.05
    worthwhile: float | None = None
    caps: frozenset[Cap] = frozenset()
    bars: frozenset[Bar] = frozenset()
    people: tuple[int | None, int | None] = (None, None)

    def __post_init__(self) -> None:
        """Refuse a worthwhile difference that separates nothing."""
        if self.worthwhile is not None and not (self.worthwhile > 0 and math.isfinite(self.worthwhile)):
            msg = "a worthwhile difference is a number above zero"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a comparison tells.

    Attributes
    ----------
    rung : Rung
    side : str
        "full" or "skills", the arm that does better or towards which it leans; "" where neither.
    held_by : tuple of Support
        Required intervals, or Holm's p-value, that keep the verdict below what the main interval alone would earn.
    not_estimable : tuple of Support
        Required intervals that cannot be estimated, and hold it back by that.
    caps : tuple of Cap
        Caps in force, whether or not it would claim more without them.
    is_capped : bool
        Whether it would, by the main interval alone.
    bars : tuple of Bar
        Why the data cannot answer.
    just : bool
        Whether it would be another if one limit moved by a twentieth of the worthwhile difference.
    has_worthwhile, worthwhile : bool, float or None
        Whether the plan states a worthwhile difference to hold it against, and that on the scale of the limits.
    is_shaken : bool
        Whether another way of allowing for groups than the main one, read alone, tells otherwise.
    size : Size
        How large the study is for this comparison.
    """

    rung: Rung
    side: Side
    held_by: tuple[Support, ...] = ()
    not_estimable: tuple[Support, ...] = ()
    caps: tuple[Cap, ...] = ()
    is_capped: bool = False
    bars: tuple[Bar, ...] = ()
    just: bool = False
    has_worthwhile: bool = False
    worthwhile: float | None = None
    is_shaken: bool = False
    size: Size = Size.UNJUDGED

    @property
    def claims(self) -> frozenset[Claim]:
        """What it claims; a verdict whose claims are among those of another is no stronger."""
        return _CLAIMS[self.rung]


_CLAIMS: dict[Rung, frozenset[Claim]] = {
    Rung.BETTER_WORTHWHILE: frozenset({Claim.LEANS, Claim.SETTLED, Claim.REACHED}),
    Rung.BETTER_LESS: frozenset({Claim.LEANS, Claim.SETTLED, Claim.EXCLUDED}),
    Rung.BETTER_OPEN: frozenset({Claim.LEANS, Claim.SETTLED}),
    Rung.TOO_SMALL: frozenset({Claim.EXCLUDED}),
    Rung.LEANS_LESS: frozenset({Claim.LEANS, Claim.EXCLUDED}),
    Rung.LEANS: frozenset({Claim.LEANS}),
    Rung.DOES_NOT_TELL: frozenset(),
    Rung.CANNOT: frozenset(),
}
_RUNGS = {claims: rung for rung, claims in _CLAIMS.items() if rung is not Rung.CANNOT}


def orient(low: float | None, high: float | None, *, sign: float, ratio: bool = False) -> Limits:
    """Turn the limits of a result, full against skills, so that positive favours the full programme.

    Parameters
    ----------
    low, high : float or None
        An open side is None.
    sign : float
        +1 where higher is better, -1 where lower is.
    ratio : bool
        Whether they are those of a ratio, which is read on the log scale.
    """
    bottom, top = (_to_scale(low, ratio=ratio), _to_scale(high, ratio=ratio))
    bottom = -math.inf if bottom is None else bottom
    top = math.inf if top is None else top
    return Limits(low=bottom, high=top) if sign > 0 else Limits(low=-top, high=-bottom)


def orient_worthwhile(worthwhile: float | None, *, ratio: bool = False) -> float | None:
    """Put a worthwhile difference, or a worthwhile ratio r that stands for r and 1/r, on the scale of the limits."""
    scaled = _to_scale(worthwhile, ratio=ratio)
    return None if scaled is None else abs(scaled)


def _to_scale(value: float | None, *, ratio: bool) -> float | None:
    if value is None or not ratio:
        return value
    return math.log(value) if value > 0 else -math.inf


def give_verdict(comparison: Comparison) -> Verdict:
    """Give the verdict of a comparison."""
    bars = set(comparison.bars) | ({Bar.NO_ESTIMATE} if comparison.main is None else set())
    unanswered = Verdict(
        rung=Rung.CANNOT,
        side="",
        caps=_list_caps(comparison),
        bars=tuple(bar for bar in Bar if bar in bars),
        has_worthwhile=comparison.worthwhile is not None,
        worthwhile=comparison.worthwhile,
        size=judge_size(comparison),
    )
    if comparison.main is None or bars:
        return unanswered
    claims = _claim(comparison)
    held_by, not_estimable, is_capped = _hold_back(comparison)
    return replace(
        unanswered,
        rung=_RUNGS[claims],
        side=comparison.main.side(),
        held_by=held_by,
        not_estimable=not_estimable,
        is_capped=is_capped,
        just=_is_just(comparison, claims),
    )


def _list_caps(comparison: Comparison) -> tuple[Cap, ...]:
    return tuple(cap for cap in Cap if cap in comparison.caps)


def read_alone(limits: Limits, worthwhile: float | None) -> Verdict:
    """Read one interval as if it were all there is."""
    return give_verdict(Comparison(main=limits, worthwhile=worthwhile))


def agrees(limits: Limits, verdict: Verdict, worthwhile: float | None) -> bool:
    """Whether another way of estimating, read alone, has the direction and the side of worthwhile that is claimed.

    What is claimed of the direction, settled or leaning, an interval has by lying on that side; that none is claimed,
    by spanning zero. What cannot be answered nothing agrees with.
    """
    if verdict.rung is Rung.CANNOT or limits.side() != verdict.side:
        return False
    if worthwhile is None:
        return True
    if Claim.REACHED in verdict.claims:
        return limits.reaches(worthwhile, verdict.side)
    return Claim.EXCLUDED not in verdict.claims or limits.excludes(worthwhile)


def _claim(comparison: Comparison) -> frozenset[Claim]:
    """Claim what every required interval supports; a cap leaves nothing but the leaning."""
    main = comparison.main
    intervals = [main, *(one.limits for one in comparison.required)]
    known = [limits for limits in intervals if limits is not None]
    side, worthwhile = main.side() if main is not None else "", comparison.worthwhile
    claims = {Claim.LEANS} if side else set()
    if comparison.caps or len(known) < len(intervals):
        return frozenset(claims)
    passes = comparison.p_holm is None or comparison.p_holm < comparison.alpha
    if side and passes and all(limits.side() == side for limits in known):
        claims.add(Claim.SETTLED)
        if worthwhile is not None and all(limits.reaches(worthwhile, side) for limits in known):
            claims.add(Claim.REACHED)
    if worthwhile is not None and all(limits.excludes(worthwhile) for limits in known):
        claims.add(Claim.EXCLUDED)
    return frozenset(claims)


def _hold_back(comparison: Comparison) -> tuple[tuple[Support, ...], tuple[Support, ...], bool]:
    """Name what takes away from the main interval's own claims, each asked beside the main interval alone.

    Of a verdict that is not settled only what unsettles it is named: that the size is open as well is another matter.
    """
    bare = replace(comparison, required=(), p_holm=None, caps=frozenset())
    alone, final = _claim(bare), _claim(comparison)
    lost = alone - final
    asked = lost & {Claim.SETTLED} or lost

    def takes(one: Comparison) -> bool:
        return bool(asked - _claim(one))

    held = [one.support for one in comparison.required if one.limits and takes(replace(bare, required=(one,)))]
    if takes(replace(bare, p_holm=comparison.p_holm)):
        held.append(Support.HOLM)
    missing = tuple(one.support for one in comparison.required if one.limits is None and asked)
    return tuple(held), missing, bool(comparison.caps and asked)


def _is_just(comparison: Comparison, claims: frozenset[Claim]) -> bool:
    """Whether one limit of one required interval, moved by a twentieth of worthwhile, would change the verdict."""
    return any(_claim(moved) != claims for moved in _move_a_limit(comparison))


def _move_a_limit(comparison: Comparison) -> Iterator[Comparison]:
    if comparison.worthwhile is None or comparison.main is None:
        return
    step = comparison.worthwhile * JUST
    for limits in _move(comparison.main, step):
        yield replace(comparison, main=limits)
    for place, one in enumerate(comparison.required):
        for limits in _move(one.limits, step):
            required = (*comparison.required[:place], replace(one, limits=limits), *comparison.required[place + 1 :])
            yield replace(comparison, required=required)


def _move(limits: Limits | None, step: float) -> Iterator[Limits]:
    """Move each limit out and in; an interval that would turn inside out closes to a point."""
    if limits is None:
        return
    for by in (-step, step):
        yield Limits(low=min(limits.low + by, limits.high), high=limits.high)
        yield Limits(low=limits.low, high=max(limits.high + by, limits.low))
