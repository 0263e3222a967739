"""Made-up questions are released and attacked: no small count comes back from what is shown.

The attacker knows the sizes of the arms exactly (of nested wholes, to within a few people, or as they are shown), how
every number is computed and rounded, and that what is shown is not small. Every study that the released numbers allow
is counted out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.plan.model import Disclosure
from outcomes.release import Released, release
from outcomes.release.steps import bounds_of
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, Interval, Outcome
from outcomes.results.provenance import Provenance
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

RULES = Disclosure()
LEAST = RULES.minimum_count
CHOICES = 3  # that every small count keeps
SOURCE = Provenance(analysis="made_up", question="What is new?", code="c", files=(), digest="d", seed=None)
ARMS = ("full", "skills")
Z = 1.959963984540054
STEPS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
Many = "NDArray[np.float64]"


def key(what: str, arm: str = "", category: str = "", of: str = "") -> Key:
    return Key("independent" if of else "made_up", what=what, arm=arm, category=category, of=of)


SHARE = {arm: key("share", arm) for arm in ARMS}
PEOPLE = {arm: key("people", arm) for arm in ARMS}
DIFFERENCE, RATIO, ODDS_RATIO = key("difference"), key("ratio"), key("odds_ratio")
SECOND = key("difference", of="made_up")
STANDARDISED = key("standardised")


def wilson(events: Many, n: float) -> tuple[Many, Many]:
    share = events / n
    middle, half = share + Z**2 / (2 * n), Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return (middle - half) / (1 + Z**2 / n), (middle + half) / (1 + Z**2 / n)


@dataclass(frozen=True)
class Number:
    """How a result follows from counts: value, and limits where it has an interval."""

    key: Key
    quantity: Quantity
    unit: str
    value: Callable[[Mapping[str, Many]], Many]
    limits: Callable[[Mapping[str, Many]], tuple[Many, Many]] | None = None
    n: tuple[int | None, int | None] = (None, None)
    tells: tuple[tuple[Key, ...], ...] = ()

    def estimate(self, counts: Mapping[str, int]) -> Estimate | None:
        exact = {name: np.array([float(count)]) for name, count in counts.items()}
        with np.errstate(all="ignore"):
            value = float(self.value(exact)[0])
            limits = None if self.limits is None else [float(limit[0]) for limit in self.limits(exact)]
        if not math.isfinite(value) or not all(map(math.isfinite, limits or ())):
            return None
        n_full, n_skills = self.n
        return Estimate(
            key=self.key,
            quantity=self.quantity,
            label=str(self.key),
            unit=self.unit,
            value=value,
            interval=None if limits is None else Interval(level=0.95, low=limits[0], high=limits[1]),
            n=(n_full or 0) + (n_skills or 0),
            n_full=n_full,
            n_skills=n_skills,
            tells=self.tells,
        )

    def allows(self, shown: Estimate, counts: Mapping[str, Many], released: Registry) -> NDArray[np.bool_]:
        """Whether counts would give the number that is shown, to its rounding."""
        with np.errstate(all="ignore"):
            value, step = self.value(counts), shown.step or 0.0
            n = sum(one or 0 for one in self.n)
            if self.unit == "people":  # a part of a sum may stand at the multiple on its other side
                near = np.abs(value - shown.value) < RULES.round_to
                near &= (multiple(value) == shown.value) | self.is_part
                return near | (self.again(n, released) == shown.value)
            if self.unit == "share":
                low, high = bounds_of(n, step, RULES.round_to, LEAST)
                fits = np.abs(np.clip(np.round(value / step) * step, low, high) - shown.value) <= 1e-9
            else:
                fits = np.abs(value - shown.value) <= step / 2 + 1e-9
            if self.limits is None or shown.limits is None:
                return np.asarray(fits)
            ends = zip(self.limits(counts), shown.limits, strict=True)
            near = [self.are_told(one, told, side) | (told == shown.value) for side, (one, told) in enumerate(ends)]
            return np.asarray(fits & np.all(near, axis=0))

    def are_told(self, limits: Many, told: float, side: int) -> NDArray[np.bool_]:
        """Whether limits could be told so: outwards, at a step that a reader does not know."""
        found = np.zeros(limits.shape, dtype=bool)
        mark = {"ratio": 1.0, "share_difference": 0.0}.get(self.unit, -1.0)
        for step in STEPS:
            placed = np.round((np.ceil(limits / step - 1e-9) if side else np.floor(limits / step + 1e-9)) * step, 2)
            turned = (limits != mark) & ((placed - mark) * (limits - mark) <= 0)
            placed = np.where(turned, mark + np.copysign(0.01, limits - mark), placed)
            found |= np.abs(placed - told) < 1e-9
        return found

    @property
    def is_part(self) -> bool:
        """Whether it belongs to counts that add up."""
        return self.key.what == "part"

    def again(self, n: int, released: Registry) -> float | None:
        """Make a count from the share that is shown of it."""
        share = next((found for told in self.tells if (found := released.get(told[0]))), None)
        if not isinstance(share, Estimate) or len(self.tells[0]) > 1:
            return None
        whole, least = multiple(np.array([n])), multiple(np.array([LEAST]))
        made = RULES.round_to * np.floor(share.value * whole / RULES.round_to + 0.5)
        return float(np.clip(made, least, np.maximum(whole - least, least))[0])


def multiple(counts: Many) -> Many:
    return np.asarray(RULES.round_to * np.floor(np.round(counts) / RULES.round_to + 0.5))


@dataclass(frozen=True, repr=False)
class Question:
    """Numbers of the same counts, and every combination of counts that there could be."""

    counts: Mapping[str, int]  # the truth
    numbers: tuple[Number, ...]
    possible: Callable[[], dict[str, Many]]
    secret: Mapping[str, Key]  # counts of people, by the result that tells each
    of: Mapping[str, int]  # the people that a count is one of, where few others are a small count as well

    def __repr__(self) -> str:
        return str(self.counts)

    def outcomes(self) -> list[Outcome]:
        return [outcome for number in self.numbers if (outcome := number.estimate(self.counts)) is not None]

    def is_small(self, name: str) -> bool:
        count, of = self.counts[name], self.of.get(name)
        return count < LEAST or (of is not None and of - count < LEAST)

    def leaks(self, released: Released) -> dict[str, list[int]]:
        """Give each small count of which fewer than three values are left, with those."""
        counts = self.possible()
        fits = np.ones(len(next(iter(counts.values()))), dtype=bool)
        for name, told in self.secret.items():
            few, of = counts[name] < LEAST, self.of.get(name)
            if of is not None:
                few = few | (of - counts[name] < LEAST)
            if str(told) in released.registry:
                fits &= ~few
        for number in self.numbers:
            shown = released.registry.get(number.key)
            if isinstance(shown, Estimate):
                fits &= number.allows(shown, counts, released.registry)
        assert fits.any(), "the attack rules the truth out"
        left = {name: np.unique(counts[name][fits]).astype(int).tolist() for name in self.secret if self.is_small(name)}
        assert all(self.counts[name] in values for name, values in left.items()), "the attack rules the truth out"
        return {name: values for name, values in left.items() if len(values) < CHOICES}


def of_shares(sizes: tuple[int, int], events: tuple[int, int]) -> Question:
    """Share and count of each arm, difference, ratio, odds ratio, and a second computation."""
    n = dict(zip(ARMS, map(float, sizes), strict=True))
    only = {"full": (sizes[0], None), "skills": (None, sizes[1])}

    def share(arm: str) -> Number:
        return Number(
            SHARE[arm],
            Quantity.SHARE,
            "share",
            lambda x: x[arm] / n[arm],
            lambda x: wilson(x[arm], n[arm]),
            only[arm],
        )

    def people(arm: str) -> Number:
        return Number(PEOPLE[arm], Quantity.COUNT, "people", lambda x: x[arm], None, only[arm], ((SHARE[arm],),))

    def difference(x: Mapping[str, Many]) -> Many:
        return x["full"] / n["full"] - x["skills"] / n["skills"]

    def newcombe(x: Mapping[str, Many]) -> tuple[Many, Many]:
        one, two = (x[arm] / n[arm] for arm in ARMS)
        (low, high), (under, over) = (wilson(x[arm], n[arm]) for arm in ARMS)
        value = one - two
        return value - np.hypot(one - low, over - two), value + np.hypot(high - one, two - under)

    def ratio(x: Mapping[str, Many]) -> Many:
        return (x["full"] / n["full"]) / (x["skills"] / n["skills"])

    def katz(x: Mapping[str, Many]) -> tuple[Many, Many]:
        half = Z * np.sqrt(sum(1 / x[arm] - 1 / n[arm] for arm in ARMS))
        return ratio(x) * np.exp(-half), ratio(x) * np.exp(half)

    def odds_ratio(x: Mapping[str, Many]) -> Many:
        one, two = (x[arm] / (n[arm] - x[arm]) for arm in ARMS)
        return np.asarray(one / two)

    both, tells = sizes, ((SHARE["full"], SHARE["skills"]),)
    compared = Quantity.SHARE_DIFFERENCE, "share_difference"
    numbers = (
        *(share(arm) for arm in ARMS),
        *(people(arm) for arm in ARMS),
        Number(DIFFERENCE, *compared, difference, newcombe, both, tells),
        Number(RATIO, Quantity.RATIO, "ratio", ratio, katz, both, tells),
        Number(ODDS_RATIO, Quantity.ODDS_RATIO, "ratio", odds_ratio, None, both, tells),
        Number(SECOND, *compared, difference, None, both, ((DIFFERENCE,),)),
    )

    def possible() -> dict[str, Many]:
        grid = np.meshgrid(*(np.arange(size + 1.0) for size in sizes))
        return dict(zip(ARMS, (one.ravel() for one in grid), strict=True))

    counts = dict(zip(ARMS, events, strict=True))
    return Question(counts, numbers, possible, SHARE, dict(zip(ARMS, sizes, strict=True)))


def of_levels(full: tuple[int, ...], skills: tuple[int, ...]) -> Question:
    """Share of each level of a covariate in each arm, and its standardised difference."""
    held = dict(zip(ARMS, (full, skills), strict=True))
    names = {(arm, k): f"{arm}{k}" for arm in ARMS for k in range(len(full))}
    keys = {pair: key("level", pair[0], f"level{pair[1]}") for pair in names}
    numbers = []
    for (arm, k), name in names.items():
        n = float(sum(held[arm]))
        sisters = tuple(keys[arm, other] for other in range(len(full)) if other != k)
        size = (int(n), None) if arm == "full" else (None, int(n))
        tells = (sisters,) if k == 0 else ()
        numbers.append(Number(keys[arm, k], Quantity.SHARE, "share", part_of(name, n), None, size, tells))

    def standardised(x: Mapping[str, Many]) -> Many:
        total: Many = np.array([0.0])
        for k in range(len(full)):
            one, two = (x[names[arm, k]] / sum(held[arm]) for arm in ARMS)
            spread = (one * (1 - one) + two * (1 - two)) / 2
            total = total + np.where(spread > 0, (one - two) ** 2 / np.where(spread > 0, spread, 1.0), 0.0)
        return np.asarray(np.sqrt(total))

    sizes = (sum(full), sum(skills))
    told = (tuple(keys.values()),)
    numbers.append(Number(STANDARDISED, Quantity.STANDARDISED_DIFFERENCE, "sd", standardised, None, sizes, told))

    def possible() -> dict[str, Many]:
        splits = [np.array(list(split_up(sum(held[arm]), len(full))), dtype=float) for arm in ARMS]
        one, two = (grid.ravel() for grid in np.meshgrid(*(np.arange(len(split)) for split in splits), indexing="ij"))
        places = {"full": splits[0][one], "skills": splits[1][two]}
        return {name: places[arm][:, k] for (arm, k), name in names.items()}

    counts = {name: held[arm][k] for (arm, k), name in names.items()}
    return Question(
        counts, tuple(numbers), possible, {names[pair]: keys[pair] for pair in names},
        {name: sum(held[arm]) for (arm, _), name in names.items()},
    )  # fmt: skip


def part_of(name: str, n: float) -> Callable[[Mapping[str, Many]], Many]:
    return lambda x: x[name] / n


def split_up(n: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (n,)
        return
    for first in range(n + 1):
        yield from ((first, *rest) for rest in split_up(n - first, parts - 1))


PARTS = ("first", "second", "third")


def of_wholes(inner: tuple[int, int], others: tuple[int, int]) -> Question:
    """Everybody in one of three parts, the first of which is in two parts again."""
    counts = {"left": inner[0], "right": inner[1], "first": sum(inner), "second": others[0], "third": others[1]}
    n = sum(inner) + sum(others)
    keys = {name: key("part", "full", name) for name in counts} | {"whole": key("part", "full")}
    tells = {"first": ((keys["left"], keys["right"]),)}
    thirds = (tuple(keys[name] for name in PARTS),)
    size = (n, None)
    numbers = [
        Number(keys[name], Quantity.COUNT, "people", part_of(name, 1.0), None, size, tells.get(name, ()))
        for name in counts
    ]
    numbers.append(
        Number(keys["whole"], Quantity.COUNT, "people", lambda x: sum(x[name] for name in PARTS), None, size, thirds)
    )

    def possible() -> dict[str, Many]:
        sizes = range(max(0, n - RULES.round_to), n + RULES.round_to + 1)  # the whole itself may be hidden
        grid = np.meshgrid(sizes, *[np.arange(n + RULES.round_to + 1.0)] * 3, indexing="ij")
        size, left, right, second = (axis.ravel() for axis in grid)
        third = size - left - right - second
        left, right, second, third = (axis[third >= 0] for axis in (left, right, second, third))
        return {"left": left, "right": right, "first": left + right, "second": second, "third": third}

    return Question(counts, tuple(numbers), possible, {name: keys[name] for name in counts}, {})


def released(outcomes: Iterable[Outcome]) -> Released:
    return release(Registry(Record(outcome=one, provenance=SOURCE) for one in outcomes), RULES)


sizes = st.tuples(*[st.integers(RULES.minimum_arm, 90)] * 2)
few_or_many = st.one_of(st.integers(0, 12), st.integers(0, 90))
part = st.one_of(st.integers(0, 10), st.integers(0, 15))


@st.composite
def shares(draw: st.DrawFn) -> Question:
    n = draw(sizes)
    events = [min(draw(few_or_many), size) for size in n]
    events = [size - count if draw(st.booleans()) else count for size, count in zip(n, events, strict=True)]
    return of_shares(n, (events[0], events[1]))


@st.composite
def levels(draw: st.DrawFn) -> Question:
    many = draw(st.integers(2, 3))
    arm = st.tuples(*[st.one_of(st.integers(0, 9), st.integers(8, 16))] * many).filter(lambda held: sum(held) >= 10)
    return of_levels(draw(arm), draw(arm))


@st.composite
def wholes(draw: st.DrawFn) -> Question:
    counts = draw(st.tuples(*[part] * 4).filter(lambda held: sum(held) >= RULES.minimum_arm))
    return of_wholes((counts[0], counts[1]), (counts[2], counts[3]))


@given(st.one_of(shares(), levels(), wholes()))
@settings(max_examples=300, deadline=None)
def test_no_small_count_of_a_made_up_question_comes_back(question: Question) -> None:
    assert not question.leaks(released(question.outcomes()))


def test_a_new_question_with_four_of_sixty_leaks_nothing() -> None:
    question = of_shares((60, 60), (4, 30))
    found = released(question.outcomes())
    assert set(found.registry) == {str(SHARE["skills"]), str(PEOPLE["skills"])}
    assert not question.leaks(found)


@pytest.mark.parametrize(
    "question",
    [of_shares((60, 60), (4, 30)), of_levels((3, 20, 15), (8, 12, 18)), of_levels((4, 30), (12, 20))],
    ids=["shares", "levels", "two levels"],
)
def test_the_attack_succeeds_where_nothing_is_hidden_besides(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not question.leaks(released(question.outcomes()))
    monkeypatch.setattr("outcomes.release.edition.close", lambda *_: {})
    assert question.leaks(released(question.outcomes()))


def told_of(n: int, events: int) -> tuple[float, float, int | None] | None:
    """Release the share and the count of one arm: what a reader gets of both, and of the number of people."""
    share = Estimate(
        key=SHARE["full"], quantity=Quantity.SHARE, label="share", unit="share", value=events / n, n=n, n_full=n
    )
    people = Estimate(
        key=PEOPLE["full"], quantity=Quantity.COUNT, label="people", unit="people", value=float(events), n=n,
        tells=((SHARE["full"],),),
    )  # fmt: skip
    found = released([share, people]).registry
    values = [one.value for one in found.values() if isinstance(one, Estimate)]
    return (values[0], values[1], found[SHARE["full"]].n) if len(values) == 2 else None


@given(st.integers(RULES.minimum_arm + 20, 240), st.floats(0.05, 0.95))
@settings(max_examples=15, deadline=None)
def test_no_count_of_people_comes_back_exactly_from_a_share_and_a_rounded_count(n: int, part: float) -> None:
    """Not small ones alone: each keeps three values, also for who knows how the rounding was chosen."""
    events = round(n * part)
    shown = told_of(n, events)
    if shown is None:
        return
    sizes = range(n - RULES.round_to, n + RULES.round_to + 1)
    near = range(-round(0.06 * n) - RULES.round_to, round(0.06 * n) + RULES.round_to + 1)
    left = {(size, events + by) for size in sizes for by in near if 0 <= events + by <= size}
    left = {(size, count) for size, count in left if told_of(size, count) == shown}
    assert (n, events) in left
    assert len({count for _, count in left}) >= CHOICES
    assert len({size - count for size, count in left}) >= CHOICES


@given(shares())
@settings(max_examples=200, deadline=None)
def test_a_difference_never_contradicts_the_two_shares_beside_it(question: Question) -> None:
    """Each number is off by half of its own step at most, and by a whole one at the share of the fewest told."""
    found = released(question.outcomes()).registry
    one, two, between = (found.get(key) for key in (SHARE["full"], SHARE["skills"], DIFFERENCE))
    if not (isinstance(one, Estimate) and isinstance(two, Estimate) and isinstance(between, Estimate)):
        return
    assert one.step == two.step
    assert between.step is not None
    assert one.step is not None
    assert between.step >= one.step
    printed = one.value - two.value
    slack = (one.step + two.step + between.step) / 2
    edges = [bounds_of(n, one.step, RULES.round_to, LEAST) for n in (one.n or 0, two.n or 0)]
    at_edge = any(share.value in edge for share, edge in zip((one, two), edges, strict=True))
    assert abs(between.value - printed) <= slack * (2 if at_edge else 1) + 1e-9
    assert between.value * printed >= 0 or abs(printed) < 1e-9
    for share, arm in ((one, "full"), (two, "skills")):
        count = found.get(PEOPLE[arm])
        if isinstance(count, Estimate) and share.n:
            off = (RULES.round_to + RULES.round_to * share.value) / 2 / share.n + share.step
            assert abs(count.value / share.n - share.value) <= off + 1e-9


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(0.2, 8), st.floats(0.2, 8))
@settings(max_examples=200, deadline=None)
def test_a_difference_never_contradicts_the_two_means_beside_it(
    full: float, skills: float, wide: float, narrow: float
) -> None:
    keys = {arm: key("change", arm) for arm in ARMS}
    told = (tuple(keys.values()),)

    def mean(at: Key, value: float, half: float, tells: tuple[tuple[Key, ...], ...] = ()) -> Estimate:
        limits = Interval(level=0.95, low=value - half, high=value + half)
        return Estimate(
            key=at, quantity=Quantity.DIFFERENCE, label="x", unit="points", value=value, interval=limits, n=80,
            n_full=40, n_skills=40, tells=tells,
        )  # fmt: skip

    outcomes = [mean(keys["full"], full, wide), mean(keys["skills"], skills, narrow)]
    outcomes.append(mean(DIFFERENCE, full - skills, math.hypot(wide, narrow), told))
    found = [released(outcomes).registry[str(one.key)] for one in outcomes]
    one, two, between = (one for one in found if isinstance(one, Estimate))
    assert one.step == two.step == between.step
    printed = one.value - two.value
    assert abs(between.value - printed) <= 1.5 * (between.step or 0.0) + 1e-9
    assert between.value * printed >= -1e-9


@given(st.one_of(shares(), levels(), wholes()), st.data())
@settings(max_examples=50, deadline=None)
def test_what_is_released_does_not_hang_on_the_order_of_results(question: Question, data: st.DataObject) -> None:
    outcomes = question.outcomes()
    assert released(outcomes) == released(data.draw(st.permutations(outcomes)))
