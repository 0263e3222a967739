"""Whether one person carries a result: said where it is so, never who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.questions.influence import keys
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.key import Key
    from outcomes.results.verdict import Verdict


def say_carried(quoter: Quoter, about: Key, verdict: Key) -> Phrase:
    """Say that one person turns the verdict, or moves the difference by half of its half-width; else nothing."""
    moved, without = keys.moved(about), keys.without(about)
    said = []
    if _moves_much(quoter, about) and quoter.has(without):
        said.append(
            Phrase(
                "One person moves the difference by {} times the half-width of an interval: without them it is {} ({})."
            ).format(quoter.result(moved), quoter.result(without), quoter.interval(without))
        )
    if _turns(quoter, about, verdict):
        said.append(
            Phrase("One person turns what it tells: without them it reads “{}”.").format(
                quoter.result(keys.turned(about))
            )
        )
    return Phrase(" ").join(said)


def list_in_short(quoter: Quoter, about: Key, verdict: Key) -> list[Phrase]:
    """Say the same in a few words for a table; nothing where nobody carries it, or this edition does not know."""
    without, turned = keys.without(about), keys.turned(about)
    said = []
    if _moves_much(quoter, about) and quoter.has(without):
        said.append(say_without(quoter, without))
    if _turns(quoter, about, verdict):
        said.append(Phrase("without one person it reads “{}”").format(quoter.result(turned)))
    return said


def say_without(quoter: Quoter, result: Key) -> Phrase:
    """Say in a few words what a result is without the one person who carries it."""
    return Phrase("without one person: {} ({})").format(quoter.result(result), quoter.interval(result))


def say_whether(quoter: Quoter, about: Key, verdict: Key, name: Phrase) -> Phrase:
    """Say of a comparison whether one person carries it, and how far one moves it at most."""
    moved = keys.moved(about)
    if not quoter.has(moved):
        return say_absent(quoter, moved, name)
    if said := say_carried(quoter, about, verdict):
        return Phrase("{}: {}").format(name, said)
    return Phrase(
        "{}: nobody alone turns the verdict; the one who moves the difference most moves it by {} times the half-width "
        "of its interval."
    ).format(name, quoter.result(moved))


def is_known(quoter: Quoter, about: Key) -> bool:
    """Whether this edition knows anything of it: what is about one person does not leave the clinic."""
    return quoter.get(keys.moved(about)) is not None


def _moves_much(quoter: Quoter, about: Key) -> bool:
    found = quoter.get(keys.moved(about))
    return isinstance(found, Estimate) and found.value >= keys.MUCH


def _turns(quoter: Quoter, about: Key, verdict: Key) -> bool:
    now, without = _verdict(quoter, verdict), _verdict(quoter, keys.turned(about))
    return now is not None and without is not None and (now.rung, now.side) != (without.rung, without.side)


def _verdict(quoter: Quoter, key: Key) -> Verdict | None:
    found = quoter.get(key)
    return found.verdict if isinstance(found, Estimate) else None
