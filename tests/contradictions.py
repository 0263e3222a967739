"""Pairs of statements of a report that contradict one another, found by reading its pages as they are printed.

`find_contradictions(edition)` reads one page and `compare_editions(one, other)` two; each contradiction is a sentence
with both statements. What a page prints is compared with what it prints elsewhere: shares with counts and their
denominators, differences with the shares beside them, those left out with those who started, numbers of people in
tables with the account of everybody, the account with completion, intervals with p-values.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.plan.model import ARMS
from outcomes.release.limits import HUNDREDTH, OUTWARDS, WIDEST
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.quantity import Quantity
from printed import Line, Said, list_said, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

COMPLETED = Key("completion", what="share")
RATIOS = frozenset({Quantity.RATIO, Quantity.ODDS_RATIO, Quantity.HAZARD_RATIO, Quantity.RATE_RATIO})
CENTRED = frozenset({Quantity.DIFFERENCE, Quantity.CHANGE, Quantity.SHARE_DIFFERENCE, Quantity.TIME_DIFFERENCE})
COUNTS = frozenset({Quantity.COUNT, Quantity.EFFECTIVE_NUMBER})
COUNTED = re.compile(r"(?P<k>\d[\d\u202f]*) of (?P<n>\d[\d\u202f]*) [^.%();|]{0,120}\((?P<share>\d+)%\)")
GRADED = re.compile(r"(?P<what>Size|Overlap|Who was seen|Methods|Groups): (?P<grade>[a-z ]+)")
CELL = re.compile(r"^(?P<k>\d[\d\u202f]*)\s+\((?P<share>\d+)%\)$")
KINDS_OF_CHANGE = ("recovered", "improved_only", "crossed", "unchanged_only", "deteriorated")
HALF_PER_CENT = 0.005
TINY = 1e-9
LEAST_P = 0.0005
BELOW = 0.0011  # under the level a p-value is told as one printed as less, if need be a thousandth lower than it is
LEAST = 1e-6  # of a step
BETWEEN = (0.15, 0.25, 0.3, 0.4)  # steps of the limits of shares, and of what compares them, beside one, two and five


@dataclass(frozen=True)
class Edition:
    """A page that has been read, with the results that it was made from.

    Attributes
    ----------
    name : str
        "internal", "share" or "summary".
    multiple : int
        To which counts are rounded on it; 0 where they are exact.
    """

    name: str
    lines: tuple[Line, ...]
    said: dict[tuple[str, str], list[Said]]
    registry: Registry
    plan: Plan
    multiple: int = 0

    def told(self, result: Key | str, part: str = "value") -> Said | None:
        """What is said first of a part of a result, or None."""
        return next(iter(self.said.get((str(result), part), ())), None)

    def count_of(self, result: Key) -> Said | None:
        """What is said of a count; its slack is that of the edition's rounding, none where it is exact."""
        told = self.told(result)
        return None if told is None else Said(told.value, self.multiple / 2, told.line)


def read_edition(name: str, html: str, registry: Registry, plan: Plan) -> Edition:
    """Read a page."""
    lines = read_lines(html)
    multiple = 0 if name == "internal" else plan.disclosure.round_to
    return Edition(name, tuple(lines), list_said(lines), registry, plan, multiple)


def find_contradictions(edition: Edition) -> list[str]:
    """Give every contradiction within a page."""
    return [f"{edition.name}: {said}" for check in CHECKS for said in check(edition)]


def _pair(what: str, *said: Said | None) -> str:
    return f"{what}: " + " <> ".join(f"“{one.line.text[:160]}”" for one in said if one is not None)


def differ_in_print(edition: Edition) -> Iterator[str]:
    """A number that is printed twice is the same number."""
    for (result, part), every in edition.said.items():
        first = every[0]
        for other in every[1:]:
            if not math.isclose(first.value, other.value, abs_tol=TINY):
                yield _pair(f"{result} {part} is {first.value:g} and {other.value:g}", first, other)


def shares_against_counts(edition: Edition) -> Iterator[str]:
    """A share is its count over its people, both as printed."""
    for count, share in _list_shared(edition):
        told, part = edition.count_of(count), edition.told(share)
        people = edition.told(share, "n")
        if told is None or part is None:
            continue
        n = people.value if people is not None else getattr(edition.registry.get(share), "n", None)
        if n and not _fits(told.value, n, part.value, edition.multiple):
            yield _pair(f"{share} is {part.value:.0%} where {told.value:g} of {n:g} are counted", told, part)


def _list_shared(edition: Edition) -> Iterator[tuple[Key, Key]]:
    for arm in ARMS:
        yield Key("flow", what="completed", arm=arm), COMPLETED.but(arm=arm)
    for outcome in edition.registry.where(analysis="change", what="people"):
        yield outcome.key, outcome.key.but(what="share")


def _fits(count: float, people: float, share: float, multiple: int) -> bool:
    """Whether a share can be that of a count, when all three were rounded."""
    if not people:
        return True
    slack = HALF_PER_CENT + TINY + multiple / 2 / people * (1 + share)
    return abs(count / people - share) <= slack


def counted_in_words(edition: Edition) -> Iterator[str]:
    """“k of n … (p%)” in a sentence, and “k (p%)” in a row that ends with its people."""
    for line in edition.lines:
        for found in COUNTED.finditer(line.text):
            count, people, share = (_whole(found[name]) for name in ("k", "n", "share"))
            if not _fits(count, people, share / 100, edition.multiple):
                yield f"{count:g} of {people:g} is not {share:g}%: “{line.text[:200]}”"
        counted = [found for cell in line.cells if (found := CELL.match(cell))]
        last = line.cells[-1] if line.cells else ""
        if counted and re.fullmatch(r"\d[\d\u202f]*", last):
            for found in counted:
                if not _fits(_whole(found["k"]), _whole(last), _whole(found["share"]) / 100, edition.multiple):
                    yield f"{found[0]} of {last} people: “{line.text[:200]}”"


def _whole(digits: str) -> float:
    return float(digits.replace("\u202f", ""))


def differences_against_shares(edition: Edition) -> Iterator[str]:
    """A difference that is not adjusted is that of the two shares that it tells of, within rounding."""
    for name, outcome in edition.registry.items():
        if not isinstance(outcome, Estimate) or outcome.quantity is not Quantity.SHARE_DIFFERENCE:
            continue
        if outcome.how is None or outcome.how.estimator not in {"share", "share_difference"}:
            continue
        pair = next((pair for pair in outcome.tells if tuple(key.arm for key in pair) == ARMS), None)
        if pair is None:
            continue
        told, parts = edition.told(name), [edition.told(key) for key in pair]
        if told is None or None in parts:
            continue
        full, skills = (part.value for part in parts if part is not None)
        if abs(full - skills - told.value) > 3 * HALF_PER_CENT + TINY + _coarse(edition, outcome):
            yield _pair(f"{name} is {told.value:+.0%} beside {full:.0%} and {skills:.0%}", told, *parts)


def _coarse(edition: Edition, outcome: Estimate) -> float:
    """How far the difference of two shares can move when they are made again of rounded counts."""
    sizes = [size for size in (outcome.n_full, outcome.n_skills) if size]
    return sum(edition.multiple / size for size in sizes)


def accounts_add_up(edition: Edition) -> Iterator[str]:
    """Who started is in the main comparison or left out for one reason; who is seen in it is one of those."""
    for measure in edition.plan.measures:
        for arm in ARMS:
            started = edition.count_of(Key("flow", what="started", arm=arm))
            compared = edition.count_of(Key("flow", measure, what="compared", arm=arm))
            seen = edition.count_of(Key("flow", measure, what="compared_and_seen", arm=arm))
            left = edition.registry.where(analysis="flow", measure=measure, what="left_out", arm=arm)
            if started is None or compared is None:
                continue
            gone = [edition.count_of(one.key) for one in left]
            told = [one for one in gone if one is not None]
            slack = edition.multiple / 2 * (2 + len(left))
            if edition.multiple == 0 and abs(started.value - compared.value - sum(one.value for one in told)) > slack:
                what = f"{measure}, {arm}: {started.value:g} started, {compared.value:g} are compared"
                yield _pair(f"{what}, {sum(one.value for one in told):g} left out", compared, *told)
            if seen is not None and seen.value > compared.value + edition.multiple:
                yield _pair(f"{measure}, {arm}: {seen.value:g} of {compared.value:g} seen", seen, compared)


def nobody_left_out(edition: Edition) -> Iterator[str]:
    """“Nobody and nothing” was left out only where that is so."""
    for line in edition.lines:
        if not re.search(r"nobody and nothing", line.text, re.IGNORECASE):
            continue
        for outcome in edition.registry.where(analysis="flow", what="left_out"):
            if isinstance(outcome, Estimate) and outcome.value > 0:
                yield f"“{line.text[:120]}” where {outcome.id} is {outcome.value:g}"


def people_against_accounts(edition: Edition) -> Iterator[str]:
    """Numbers of people beside a result are those of the account of everybody."""
    slack = float(edition.multiple)
    for measure in edition.plan.measures:
        for arm in ARMS:
            pairs = [
                (Key("flow", measure, what="compared", arm=arm), result, f"n_{arm}")
                for result in edition.registry.where(analysis="mmrm", measure=measure, visit=edition.plan.primary)
            ]
            pairs += [
                (Key("flow", measure, visit, "observed", arm), result, "n")
                for visit in edition.plan.visits
                for result in edition.registry.where(analysis="describe", measure=measure, visit=visit, arm=arm)
            ]
            for key, result, part in pairs:
                account, told = edition.told(key), edition.told(result.id, part)
                if account and told and abs(account.value - told.value) > slack:
                    yield _pair(f"{result.id} has {told.value:g} people, {key} {account.value:g}", told, account)


def flow_against_completion(edition: Edition) -> Iterator[str]:
    """Who completed is counted of those who started and of whom it is recorded, everywhere."""
    for arm in ARMS:
        started = edition.told(Key("flow", what="started", arm=arm))
        unknown = edition.told(Key("flow", what="completion_not_recorded", arm=arm))
        known = edition.told(COMPLETED.but(arm=arm), "n")
        if started is None or known is None:
            continue
        expected = started.value - (unknown.value if unknown else 0.0)
        hidden = unknown is None and Key("flow", what="completion_not_recorded", arm=arm) not in edition.registry
        if not hidden and abs(expected - known.value) > 1.5 * edition.multiple:
            yield _pair(f"{arm}: completion is of {known.value:g}, {expected:g} are recorded", known, started)


def seen_against_missing(edition: Edition) -> Iterator[str]:
    """The share that was not seen at a visit is that of those who started and have no score there."""
    for outcome in edition.registry.where(analysis="missing", what="share"):
        key = outcome.key
        if not key.visit or not key.arm:
            continue
        share = edition.told(key)
        seen = edition.count_of(Key("flow", key.measure, key.visit, "observed", key.arm))
        started = edition.told(Key("flow", what="started", arm=key.arm))
        if share and seen and started and not _fits(seen.value, started.value, 1 - share.value, edition.multiple):
            yield _pair(f"{outcome.id} is {share.value:.0%}, {seen.value:g} of {started.value:g} seen", share, seen)


def kinds_add_up(edition: Edition) -> Iterator[str]:
    """Kinds of reliable change add up to those who are judged, patterns of visits to those who started."""
    if edition.multiple:
        return
    for one in edition.registry.where(analysis="change", what="people", category="improved"):
        kinds = [edition.told(one.key.but(category=word)) for word in KINDS_OF_CHANGE]
        people = edition.told(one.key.but(what="share", category="improved"), "n")
        told = [kind for kind in kinds if kind is not None]
        if people and len(told) == len(kinds) and sum(kind.value for kind in told) != people.value:
            yield _pair(f"{one.id}: the kinds do not add up to {people.value:g}", *told, people)
    for measure in edition.plan.measures:
        for arm in ARMS:
            patterns = edition.registry.where(analysis="missing", measure=measure, what="pattern", arm=arm)
            told = [said for one in patterns if (said := edition.told(one.key)) is not None]
            started = edition.told(Key("flow", what="started", arm=arm))
            if started and told and len(told) == len(patterns) and sum(x.value for x in told) != started.value:
                yield _pair(f"{measure}, {arm}: patterns do not add up to {started.value:g}", *told[:1], started)


def intervals_hold(edition: Edition) -> Iterator[str]:
    """An interval holds its estimate."""
    for name, outcome in _list_limited(edition):
        told = [edition.told(name, part) for part in ("low", "value", "high")]
        printed = [one.value for one in told if one is not None]
        if printed != sorted(printed) and outcome.key.what != "shrunken":
            yield _pair(f"{name}: {printed} are not in order", *told)


def intervals_have_width(edition: Edition) -> Iterator[str]:
    """An interval of a share, a stay or a comparison is wider than nothing."""
    for name, outcome in _list_limited(edition):
        low, high = outcome.limits or (0.0, 1.0)
        if low == high and outcome.quantity in RATIOS | CENTRED | {Quantity.SHARE, Quantity.TIME}:
            yield f"{name}: an interval without width, {low:g} to {high:g}"


def intervals_against_p_values(edition: Edition) -> Iterator[str]:
    """An interval spans no difference exactly where its p-value is above one less its level."""
    for name, outcome in _list_limited(edition):
        p_value, low, high = (edition.told(name, part) for part in ("p_value", "low", "high"))
        if p_value is None or low is None or high is None or outcome.key.what == "equivalence":
            continue
        alpha = 1 - (outcome.interval.level if outcome.interval else 0.0)
        if outcome.quantity not in RATIOS | CENTRED or abs(p_value.value - alpha) <= p_value.slack:
            continue
        null = 1.0 if outcome.quantity in RATIOS else 0.0
        excludes = low.value - low.slack > null or high.value + high.slack < null
        spans = low.value + low.slack < null < high.value - high.slack
        if (excludes and p_value.value > alpha) or (spans and p_value.value < alpha):
            yield _pair(f"{name}: p {p_value.value:g} beside {low.value:g} to {high.value:g}", p_value, low)


def _list_limited(edition: Edition) -> Iterator[tuple[str, Estimate]]:
    """List what is told of with both limits."""
    for name, outcome in edition.registry.items():
        if isinstance(outcome, Estimate) and outcome.limits is not None and edition.told(name) is not None:
            yield name, outcome


def not_estimable_is_not_told(edition: Edition) -> Iterator[str]:
    """What cannot be estimated has no number anywhere."""
    for (result, part), every in edition.said.items():
        if part == "value" and isinstance(edition.registry.get(result), NotEstimable):
            yield _pair(f"{result} is not estimable and has a number", every[0])


CHECKS: tuple[Callable[[Edition], Iterator[str]], ...] = (
    differ_in_print,
    shares_against_counts,
    counted_in_words,
    differences_against_shares,
    accounts_add_up,
    nobody_left_out,
    people_against_accounts,
    flow_against_completion,
    seen_against_missing,
    kinds_add_up,
    intervals_hold,
    intervals_have_width,
    intervals_against_p_values,
    not_estimable_is_not_told,
)


def compare_editions(inside: Edition, outside: Edition) -> list[str]:
    """Give every number of the edition to share that is further from the exact one than its stated rounding allows."""
    found = []
    for (result, part), every in outside.said.items():
        exact, coarse = inside.registry.get(result), outside.registry.get(result)
        if not isinstance(exact, Estimate) or not isinstance(coarse, Estimate):
            continue
        if coarse.quantity is Quantity.VERDICT:  # told in words, in which an arm's name may hold a number
            continue
        known = _part_of(exact, part)
        if known is None:
            continue
        is_p_value = part == "p_value" or (coarse.quantity is Quantity.P_VALUE and part == "value")
        is_near = _is_p_value_near if is_p_value else _is_limit_near if part in {"low", "high"} else _is_near
        found += [
            _pair(f"{outside.name}: {result} {part} is {one.value:g}, exactly {known:g}", one)
            for one in every
            if not is_near(outside, (exact, coarse), part, one)
        ]
    return [*found, *_grade_otherwise(inside, outside)]


def _grade_otherwise(inside: Edition, outside: Edition) -> Iterator[str]:
    """What one edition grades, the other does not grade otherwise."""
    graded = dict(found.groups() for line in inside.lines if (found := GRADED.match(line.text)))
    for line in outside.lines:
        found = GRADED.match(line.text)
        if found and graded.get(found["what"], found["grade"]) != found["grade"]:
            yield f"{outside.name}: “{line.text[:160]}” is {graded[found['what']]} inside"


def _is_near(edition: Edition, editions: tuple[Estimate, Estimate], part: str, said: Said) -> bool:
    """Whether a number is within the rounding that is stated of it."""
    exact, coarse = editions
    known = _part_of(exact, part)
    # a count is told at a neighbouring multiple where it would otherwise not add up with those beside it
    is_count = part != "value" or coarse.quantity in COUNTS
    slack = float(edition.multiple) if is_count else (coarse.step or 0.0) / 2
    if known is not None and not is_count and _is_moved_from_few(edition, coarse, known, said):
        return True
    return known is None or abs(said.value - known) <= slack + said.slack + TINY


def _is_moved_from_few(edition: Edition, coarse: Estimate, known: float, said: Said) -> bool:
    """Whether a share stands a step further in, its nearest being one of too few people: the page says so."""
    if coarse.unit != "share" or not coarse.step or not coarse.n:
        return False
    near = round(known / coarse.step) * coarse.step
    is_few = min(near, 1 - near) * coarse.n < edition.plan.disclosure.minimum_count - TINY
    return is_few and abs(abs(said.value - near) - coarse.step) < TINY and abs(said.value - 0.5) < abs(near - 0.5)


def _is_p_value_near(edition: Edition, editions: tuple[Estimate, Estimate], part: str, said: Said) -> bool:
    """Whether a p-value is on its side of the plan's level, no smaller than it is, and less than ten times as large."""
    known = max(_part_of(editions[0], part) or 0.0, LEAST_P)
    error = 1 - edition.plan.confidence.level - TINY
    least = known - said.slack - (BELOW if error - BELOW <= said.value < error else 0.0)
    return (said.value < error) == (known < error) and least - TINY <= said.value < 10 * known


def _is_limit_near(edition: Edition, editions: tuple[Estimate, Estimate], part: str, said: Said) -> bool:
    """Whether a limit is within the coarsest step at which it can have been put; of some only outwards."""
    exact, coarse = editions
    known = _part_of(exact, part)
    if known is None:
        return True
    moved = (known - said.value) if part == "low" else (said.value - known)  # outwards
    keeps_side = abs(known - (1.0 if coarse.unit == "ratio" else 0.0)) <= HUNDREDTH  # and is then put at a hundredth
    inwards = math.inf if coarse.unit not in OUTWARDS else HUNDREDTH if keeps_side else 0.0
    slack = max(coarse.step or 0.0, _coarsest(editions, part)) + said.slack + TINY
    scale = edition.plan.measures.get(exact.key.measure)
    size = scale.worthwhile if scale is not None and scale.kind == "score" else None
    beside = size is not None and abs(abs(said.value) - size) <= (coarse.step or 0.0) + said.slack + TINY
    if beside and (abs(known) < size) == (abs(said.value) < size):  # as far out as it can be on its side of worthwhile
        slack = WIDEST * abs(known - exact.value)
    return -inwards - said.slack - TINY <= moved and abs(moved) <= slack


def _part_of(outcome: Estimate, part: str) -> float | None:
    if part in {"low", "high"}:
        return None if outcome.interval is None else getattr(outcome.interval, part)
    if part == "value":
        return outcome.value
    return getattr(outcome, part) if part in {"n", "n_full", "n_skills", "p_value"} else None


def _coarsest(editions: tuple[Estimate, Estimate], part: str) -> float:
    """Give the coarsest step of one, two or five at which a limit can have been put, by its own figures.

    Limits are told at coarser steps than their number where they would tell how many people there are; never at one of
    more than four times the exact distance of the limit from the number.
    """
    exact, outcome = editions
    limit, known = _part_of(outcome, part), _part_of(exact, part)
    if limit is None or known is None or not outcome.step:
        return 0.0
    reach = max(WIDEST * abs(known - exact.value), outcome.step)
    steps = [figure * 10.0**power for power in range(-4, 6) for figure in (1, 2, 5)]
    steps += BETWEEN if outcome.unit in OUTWARDS else ()
    beside = abs(limit - (1.0 if outcome.unit == "ratio" else 0.0))  # one that keeps its side stands at a quarter
    if outcome.unit in OUTWARDS and beside <= HUNDREDTH + LEAST:  # or, moved outwards from afar, at a hundredth
        return reach
    fits = [
        step
        for step in steps
        if step <= reach and (abs(limit / step - round(limit / step)) < LEAST or 0 <= beside - step / 4 <= outcome.step)
    ]
    return max(fits, default=0.0)
