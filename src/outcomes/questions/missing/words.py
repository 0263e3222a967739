"""Who was not seen, and whether the answer holds if they did worse."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import read_difference
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

ASSUMPTIONS = ("mar", "jump_to_reference", "copy_increments", "copy_reference")
WORSE = ("worse_full", "worse_skills", "worse_both")


class PatternRow(NamedTuple):
    """A pattern of visits: whether seen at each, and the counts by arm."""

    seen: tuple[bool, ...]
    counts: tuple[str, ...]


def say_missing(quoter: Quoter, measure: str) -> Phrase:
    """Say how many were not seen, what two assumptions about them give, and when the answer would change."""
    sentences = (_say_shares(quoter, measure), _say_assumed(quoter, measure), _say_tipping(quoter, measure))
    return Phrase(" ").join(sentence for sentence in sentences if sentence)


def picture_missing(quoter: Quoter) -> str:
    """Say how many were not seen, for those who cannot see the picture of it."""
    said = [_say_shares(quoter, measure).plain for measure in quoter.plan_model.primary_measures]
    return f"Share of people not seen at each visit. {' '.join(said)}"


def picture_tipping(quoter: Quoter) -> str:
    """Say where the answer would change, for those who cannot see the picture of it."""
    said = [_say_tipping(quoter, measure).plain for measure in quoter.plan_model.primary_measures]
    return f"The difference, by how much is added to the scores of those who left. {' '.join(said)}"


def _say_shares(quoter: Quoter, measure: str) -> Phrase:
    at = f"missing.{measure}.{quoter.plan_model.primary}"
    if not all(quoter.has(f"{at}.{arm}.share") for arm in ARMS):
        return Phrase("")
    return Phrase("{}: {} of people in {} and {} in {} were not seen at the visit “{}”.").format(
        quoter.measure(measure),
        quoter.result(f"{at}.full.share"),
        quoter.arm("full"),
        quoter.result(f"{at}.skills.share"),
        quoter.arm("skills"),
        quoter.visit(quoter.plan_model.primary),
    )


def _say_assumed(quoter: Quoter, measure: str) -> Phrase:
    at = f"imputation.{measure}.{quoter.plan_model.primary}"
    if not quoter.has(f"{at}.mar"):
        return say_absent(quoter, f"{at}.mar", quoter.measure(measure))
    reference = quoter.plan_model.missing.reference
    other = next(arm for arm in ARMS if arm != reference)
    found = Phrase(
        "If they went on as similar people of their own programme did, people in {} finish {} ({} interval {})"
    ).format(
        quoter.arm("full"),
        quoter.result(f"{at}.mar"),
        quoter.percent("confidence.level"),
        quoter.interval(f"{at}.mar"),
    )
    if not quoter.has(f"{at}.jump_to_reference"):
        return found + Phrase(".")
    return found + Phrase("; if those who left {} went on as people in {} did, {} ({}).").format(
        quoter.arm(other),
        quoter.arm(reference),
        quoter.result(f"{at}.jump_to_reference"),
        quoter.interval(f"{at}.jump_to_reference"),
    )


def _say_tipping(quoter: Quoter, measure: str) -> Phrase:
    at = f"imputation.{measure}.{quoter.plan_model.primary}"
    if not quoter.has(f"{at}.mar"):
        return Phrase("")
    reading = read_difference(quoter.get(f"{at}.mar"), quoter.plan_model.measures[measure])
    if reading.favours != "neither" and quoter.has(f"{at}.tipping_point"):
        return Phrase(
            "The interval favours {} until those who left {} were {} than assumed ({}{}): from there on it spans both "
            "directions."
        ).format(
            quoter.arm(reading.favours),
            quoter.arm("full"),
            quoter.result(f"{at}.tipping_point"),
            _worse_or_better(quoter, measure, f"{at}.tipping_point"),
            _beyond_scale(quoter, measure, f"{at}.tipping_point"),
        )
    if reading.favours == "neither" and reading.leans != "neither" and quoter.has(f"{at}.tipping_lean"):
        return Phrase(
            "The interval spans both directions already; the difference itself would lean the other way, to {}, if "
            "those who left {} were more than {} than assumed ({}{})."
        ).format(
            quoter.arm("skills" if reading.leans == "full" else "full"),
            quoter.arm("full"),
            quoter.result(f"{at}.tipping_lean"),
            _worse_or_better(quoter, measure, f"{at}.tipping_lean"),
            _beyond_scale(quoter, measure, f"{at}.tipping_lean"),
        )
    return quoter.field(f"{at}.tipping_lean", "reason")


def _worse_or_better(quoter: Quoter, measure: str, result: str) -> str:
    outcome = quoter.get(result)
    up = isinstance(outcome, Estimate) and outcome.value > 0
    return "better" if up == (quoter.plan_model.measures[measure].better == "higher") else "worse"


def _beyond_scale(quoter: Quoter, measure: str, result: str) -> str:
    """Say where no score could be so far off."""
    outcome = quoter.get(result)
    low, high = quoter.plan_model.measures[measure].range
    return ", more than the scale allows" if isinstance(outcome, Estimate) and abs(outcome.value) > high - low else ""


def list_patterns(quoter: Quoter, measure: str) -> list[PatternRow]:
    """List the patterns that this edition has a count of, from always seen to never."""
    found: dict[str, None] = {}
    for outcome in quoter.registry.under("missing", measure, "pattern"):
        found[outcome.id.split(".")[3]] = None
    words = sorted(found, key=lambda word: [letter != "s" for letter in word])
    return [
        PatternRow(
            tuple(letter == "s" for letter in word),
            tuple(f"missing.{measure}.pattern.{word}.{arm}" for arm in ARMS),
        )
        for word in words
    ]
