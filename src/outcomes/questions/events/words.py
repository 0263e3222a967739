"""What is said of events: rates, how they compare, what one person and the size of the study do to that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent, say_beyond
from outcomes.plan.model import ARMS
from outcomes.questions.events.keys import ANY, CRUDE, MIRROR, WITHOUT_ONE, any_of, key_of, ratio_of
from outcomes.questions.influence.words import say_without
from outcomes.questions.verdict.words import is_barred, say_in_full, say_why_barred
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_EVENTS, verdict_on_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.quote import Quoter
    from outcomes.results.key import Key

HALF = 0.5  # of the half-width of the interval, on the logarithm
NOT_SUPPORTED = (
    "In simulated studies of this size an interval like this held the truth too rarely ({} of intervals that promise "
    "{}): it is not supported at this size."
)


def name_kind(quoter: Quoter, kind: str) -> Phrase:
    """Name a kind of event, and say where it is a secondary one or a harm."""
    label, role = quoter.plan(f"events.{kind}.label"), quoter.plan_model.events[kind].role
    return label if role == "primary" else Phrase("{} ({})").format(label, Phrase(role))


def say_kind(quoter: Quoter, kind: str) -> Phrase:
    """Say what was found of a kind of event, and what that tells."""
    result, label = ratio_of(kind), name_kind(quoter, kind)
    if not quoter.has(result):
        return Phrase(" ").join([say_absent(quoter, result, label), *_say_exact(quoter, kind)])
    verdict = verdict_on_events(kind)
    if is_barred(quoter, verdict):
        return say_beyond(quoter, result, label, say_why_barred(quoter, verdict))
    found = Phrase(
        "{}: {} a person-year in {} and {} in {}; among similar people the rate in {} was {} times that in {} "
        "({} interval {})."
    ).format(
        label,
        *(part for arm in ARMS for part in (quoter.result(key_of(kind, "rate", arm=arm)), quoter.arm(arm))),
        quoter.arm("full"),
        quoter.result(result),
        quoter.arm("skills"),
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )
    told = (found, say_in_full(quoter, verdict, result), say_support(quoter, kind), say_heaviest(quoter, kind))
    return Phrase(" ").join(part for part in told if part)


def _say_exact(quoter: Quoter, kind: str) -> Iterator[Phrase]:
    """Say what can be said where an arm had no event."""
    for arm in ARMS:
        number, limit = key_of(kind, "number", arm=arm), key_of(kind, "most_any", arm=arm)
        found = quoter.get(number)
        if isinstance(found, Estimate) and found.value == 0 and quoter.has(limit):
            yield Phrase(
                "In {} none of {} had any; up to {} would be compatible with that (exact limit, rounded up)."
            ).format(quoter.arm(arm), quoter.part(number, "n"), quoter.result(limit))
    exact = key_of(kind, "rate_ratio_exact")
    if quoter.has(exact):
        yield Phrase("Given all events, the ratio of the rates is {} ({}; exact, {} interval).").format(
            quoter.result(exact), quoter.interval(exact), quoter.percent("confidence.level")
        )


def say_support(quoter: Quoter, kind: str) -> Phrase:
    """Say where intervals of data of this size hold too rarely."""
    coverage = key_of(kind, "coverage", category="rate_ratio")
    found = quoter.get(coverage)
    if not isinstance(found, Estimate) or found.how is None or not found.how.fallback:
        return Phrase("")
    return Phrase(NOT_SUPPORTED).format(quoter.result(coverage), quoter.percent("confidence.level"))


def say_heaviest(quoter: Quoter, kind: str) -> Phrase:
    """Say what the ratio is without the person who weighs most, where that moves it; never who it is."""
    without = _find_heaviest(quoter, kind)
    if without is None:
        return Phrase("")
    said = Phrase("One person carries much of it: without that person it is {} ({}).")
    return said.format(quoter.result(without), quoter.interval(without))


def list_heaviest_in_short(quoter: Quoter, kind: str) -> list[Phrase]:
    """Say the same in a few words for a table; nothing where nobody moves it."""
    without = _find_heaviest(quoter, kind)
    return [] if without is None else [say_without(quoter, without)]


def _find_heaviest(quoter: Quoter, kind: str) -> Key | None:
    """Find the ratio without the person who weighs most, where that moves it by much or turns it."""
    main, without = quoter.get(ratio_of(kind)), quoter.get(key_of(kind, "rate_ratio", category=WITHOUT_ONE))
    if not isinstance(main, Estimate) or not isinstance(without, Estimate) or main.limits is None or main.value <= 0:
        return None
    low, high = main.limits
    moved = abs(_log(without.value) - _log(main.value)) > HALF * (_log(high) - _log(low)) / 2
    turned = without.limits is not None and _side(without.limits) != _side(main.limits)
    return without.key if moved or turned else None


def _log(value: float) -> float:
    return math.log(max(value, 1e-300))


def _side(limits: tuple[float, float]) -> int:
    return (limits[0] > 1) - (limits[1] < 1)


def say_any(quoter: Quoter, kind: str) -> Phrase:
    """Say how many had any."""
    result = any_of(kind)
    if (
        not quoter.has(ratio_of(kind))
        or not quoter.has(result)
        or not all(quoter.has(key_of(kind, "any", arm=arm)) for arm in ARMS)
    ):
        return Phrase("")
    return Phrase("{} of people in {} and {} in {} had any; among similar people {} in {} did ({}).").format(
        *(part for arm in ARMS for part in (quoter.result(key_of(kind, "any", arm=arm)), quoter.arm(arm))),
        quoter.result(result),
        quoter.arm("full"),
        quoter.interval(result),
    )


def say_mirror(quoter: Quoter, kind: str) -> Phrase:
    """Say how the time in the programme compares with the time before, and what that is not."""
    ratios = [key_of(kind, "rate_ratio", arm=arm, category=MIRROR) for arm in ARMS]
    if not all(map(quoter.has, ratios)):
        return Phrase("")
    return Phrase(
        "Against the time before the start, the rate during the programme was {} times in {} ({}) and {} times in {} "
        "({}). Many people start when things are at their worst, and would have had fewer events afterwards whatever "
        "was done; only the comparison of the two programmes says something of them."
    ).format(
        *(
            part
            for arm, ratio in zip(ARMS, ratios, strict=True)
            for part in (quoter.result(ratio), quoter.arm(arm), quoter.interval(ratio))
        )
    )


def say_lost(quoter: Quoter, kind: str) -> Phrase:
    """Say what the ratio is under two assumptions about those who were not followed to the end."""
    mar, jump = (key_of(kind, "rate_ratio", category=way) for way in ("mar", "jump_to_reference"))
    if not (quoter.has(ratio_of(kind)) and quoter.has(mar) and quoter.has(jump)):
        return Phrase("")
    reference = quoter.plan_model.missing.reference
    other = next(arm for arm in ARMS if arm != reference)
    return Phrase(
        "With events drawn for the time in which people were no longer followed: as for similar people of their own "
        "programme, the ratio is {} ({}); if those lost from {} went on as people in {} did, {} ({})."
    ).format(
        *(quoter.result(mar), quoter.interval(mar), quoter.arm(other), quoter.arm(reference)),
        *(quoter.result(jump), quoter.interval(jump)),
    )


def list_how(kind: str) -> tuple[Key, ...]:
    """List the results of which it is told how they were computed."""
    rate = key_of(kind, "rate", arm="full")
    return (
        *(rate, key_of(kind, "curve", arm="full"), key_of(kind, "any", arm="full"), ratio_of(kind)),
        *(key_of(kind, what) for what in ("rate_ratio_robust", "rate_difference", "fewer", "rate_ratio_exact")),
        *(key_of(kind, "rate_ratio", category=category) for category in (CRUDE, WITHOUT_ONE)),
        *(key_of(kind, "difference", category=ANY), key_of(kind, "coverage", category="rate_ratio")),
        *(key_of(kind, "rate_ratio", category=way) for way in OF_EVENTS),
    )
