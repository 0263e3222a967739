"""Who was not seen, and whether the answer holds if they did worse."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import read_side
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

SEEN = "s"  # letter of the word of a pattern for a visit at which people were seen


class PatternRow(NamedTuple):
    """A pattern of visits: whether seen at each, and the keys of the counts by arm."""

    seen: tuple[bool, ...]
    counts: tuple[Key, ...]


def say_missing(quoter: Quoter, measure: str) -> Phrase:
    """Say how many were not seen, what two assumptions about them give, and when the answer would change."""
    if quoter.plan_model.measures[measure].kind != "score":
        said = (_picture_shares(quoter, measure), _say_drawn(quoter, measure))
        return Phrase(" ").join(sentence for sentence in said if sentence)
    sentences = (say(quoter, measure) for say in (_say_shares, _say_start, _say_assumed, _say_tipping))
    return Phrase(" ").join(sentence for sentence in sentences if sentence)


def picture_missing(quoter: Quoter) -> str:
    """Say how many were not seen, for those who cannot see the picture of it."""
    said = [_picture_shares(quoter, measure).plain for measure in quoter.plan_model.primary_measures]
    return f"Share of people not seen at each visit. {' '.join(said)}"


def picture_tipping(quoter: Quoter) -> str:
    """Say where the answer would change, for those who cannot see the picture of it."""
    said = [_say_tipping(quoter, measure).plain for measure in quoter.plan_model.primary_scored]
    return f"The difference, by how much is added to the scores of those who were lost. {' '.join(said)}"


def _imputed(quoter: Quoter, measure: str, what: str) -> Key:
    return Key("imputation", measure, quoter.plan_model.primary, what)


def _share_keys(quoter: Quoter, measure: str) -> dict[str, Key]:
    return {arm: Key("missing", measure, quoter.plan_model.primary, "share", arm) for arm in ARMS}


def _picture_shares(quoter: Quoter, measure: str) -> Phrase:
    """Say the shares, or why one of them is not there."""
    absent = (key for key in _share_keys(quoter, measure).values() if not quoter.has(key))
    hidden = next(absent, None)
    if hidden is None:
        return _say_shares(quoter, measure)
    return say_absent(quoter, hidden, quoter.measure(measure))


def _say_shares(quoter: Quoter, measure: str) -> Phrase:
    shares = _share_keys(quoter, measure)
    if not all(map(quoter.has, shares.values())):
        return Phrase("")
    return Phrase("{}: {} of people in {} and {} in {} were not seen at the visit “{}”.").format(
        quoter.measure(measure),
        quoter.result(shares["full"]),
        quoter.arm("full"),
        quoter.result(shares["skills"]),
        quoter.arm("skills"),
        quoter.visit(quoter.plan_model.primary),
    )


def _say_start(quoter: Quoter, measure: str) -> Phrase:
    start = _imputed(quoter, measure, "start")
    if not quoter.has(start):
        return Phrase("")
    return Phrase(
        "With what is missing at the start completed, for all {} people who have a later score, people in {} finish {} "
        "({} interval {})."
    ).format(
        quoter.part(start, "n"),
        quoter.arm("full"),
        quoter.result(start),
        quoter.percent("confidence.level"),
        quoter.interval(start),
    )


def _say_assumed(quoter: Quoter, measure: str) -> Phrase:
    mar, jump = (_imputed(quoter, measure, what) for what in ("mar", "jump_to_reference"))
    if not quoter.has(mar):
        return say_absent(quoter, mar, quoter.measure(measure))
    reference = quoter.plan_model.missing.reference
    other = next(arm for arm in ARMS if arm != reference)
    found = Phrase(
        "If they went on as similar people of their own programme did, people in {} finish {} ({} interval {})"
    ).format(quoter.arm("full"), quoter.result(mar), quoter.percent("confidence.level"), quoter.interval(mar))
    if not quoter.has(jump):
        return found + Phrase(".")
    return found + Phrase("; if those lost from {} went on as people in {} did, {} ({}).").format(
        quoter.arm(other), quoter.arm(reference), quoter.result(jump), quoter.interval(jump)
    )


def _say_drawn(quoter: Quoter, measure: str) -> Phrase:
    """Say what two assumptions about those not seen give of a count or a yes/no."""
    main = OF_KINDS[quoter.plan_model.measures[measure].kind].key(measure, quoter.plan_model.primary)
    mar, jump = (main.but(category=way) for way in ("mar", "jump_to_reference"))
    if not quoter.has(mar) or not quoter.has(jump):
        return quoter.field(mar, "reason") if quoter.get(mar) is not None and not quoter.has(mar) else Phrase("")
    reference = quoter.plan_model.missing.reference
    other = next(arm for arm in ARMS if arm != reference)
    return Phrase(
        "If they were as similar people of their own programme, the comparison gives {} ({}); if those lost from {} "
        "were as people in {}, {} ({})."
    ).format(
        *(quoter.result(mar), quoter.interval(mar), quoter.arm(other), quoter.arm(reference)),
        *(quoter.result(jump), quoter.interval(jump)),
    )


def _say_tipping(quoter: Quoter, measure: str) -> Phrase:
    mar, point, lean = (_imputed(quoter, measure, what) for what in ("mar", "tipping_point", "tipping_lean"))
    if not quoter.has(mar):
        return Phrase("")
    assumed, sign = quoter.get(mar), quoter.plan_model.measures[measure].sign
    side = read_side(assumed, sign=sign)
    if side and quoter.has(point):
        return Phrase(
            "The interval under the first of these assumptions lies to the side of {} until those lost from {} were {} "
            "than assumed ({}{}): from there on it spans both directions."
        ).format(
            quoter.arm(side),
            quoter.arm("full"),
            quoter.result(point),
            _worse_or_better(quoter, measure, point),
            _beyond_scale(quoter, measure, point),
        )
    if not side and isinstance(assumed, Estimate) and assumed.value and quoter.has(lean):
        return Phrase(
            "The interval under the first of these assumptions spans both directions already; the difference itself "
            "would lean the other way, to {}, if "
            "those lost from {} were more than {} than assumed ({}{})."
        ).format(
            quoter.arm("skills" if sign * assumed.value > 0 else "full"),
            quoter.arm("full"),
            quoter.result(lean),
            _worse_or_better(quoter, measure, lean),
            _beyond_scale(quoter, measure, lean),
        )
    return quoter.field(lean, "reason")


def _worse_or_better(quoter: Quoter, measure: str, result: Key) -> str:
    outcome = quoter.get(result)
    up = isinstance(outcome, Estimate) and outcome.value > 0
    return "better" if up == (quoter.plan_model.measures[measure].better == "higher") else "worse"


def _beyond_scale(quoter: Quoter, measure: str, result: Key) -> str:
    """Say where no score could be so far off."""
    outcome = quoter.get(result)
    low, high = quoter.plan_model.measures[measure].range
    return ", more than the scale allows" if isinstance(outcome, Estimate) and abs(outcome.value) > high - low else ""


def list_patterns(quoter: Quoter, measure: str) -> list[PatternRow]:
    """List the patterns that this edition has a count of, from always seen to never."""
    keys = (one.key for one in quoter.registry.where(analysis="missing", measure=measure, what="pattern"))
    found = {key.category: key for key in keys}
    patterns = sorted((tuple(letter == SEEN for letter in word), key) for word, key in found.items())
    return [PatternRow(seen, tuple(key.but(arm=arm) for arm in ARMS)) for seen, key in reversed(patterns)]
