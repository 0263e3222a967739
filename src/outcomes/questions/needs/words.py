"""For whom: what was looked at, what stands out, and whether the data can speak for people like a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.columns import name_column
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import read_limits
from outcomes.blocks.refusals import is_apart
from outcomes.core.ids import word, words_of
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

# People in the smaller arm who resemble a profile and were seen: below the first the data say nothing about them, below
# the second hardly anything.
SILENT, FAINT = 5, 20
WHOLE = "adjusted difference, "


class Level(NamedTuple):
    """A level of a moderator: its text, and where its effects stand, raw and shrunken."""

    text: Phrase
    raw: str
    shrunken: str


def lead(quoter: Quoter) -> Phrase:
    """Say how much was looked at, and what stands out."""
    if not quoter.plan_model.needs.moderators:
        return Phrase(
            "The plan declares nothing for which the programmes might differ, so nothing was looked at: a difference "
            "that is found by trying many characteristics is, more often than not, chance."
        )
    counted = Phrase(
        "Does the difference depend on {}? Interactions looked at: {}. Those whose whole interval lies on one side of "
        "zero: {}, where chance alone would give about {}."
    ).format(
        Phrase(" or on ").join(_name(quoter, place) for place in range(len(quoter.plan_model.needs.moderators))),
        quoter.result("needs.looks"),
        quoter.result("needs.looks.apart"),
        quoter.result("needs.looks.by_chance"),
    )
    apart = [
        say_interaction(quoter, measure, moderator)
        for measure in quoter.plan_model.primary_measures
        for moderator in list_words(quoter)
        if _favours(quoter, measure, moderator) != "neither"
    ]
    if is_apart(quoter):
        apart = [Phrase("The two programmes hold people too different to be compared: what stands out is no answer.")]
    return Phrase(" ").join([counted, *apart])


def list_words(quoter: Quoter) -> list[str]:
    """Words of the moderators, as in ids."""
    return [word(name) for name in quoter.plan_model.needs.moderators]


def name_moderator(quoter: Quoter, moderator: str) -> Phrase:
    """Name a moderator, from its word."""
    return _name(quoter, list_words(quoter).index(moderator))


def _name(quoter: Quoter, place: int) -> Phrase:
    name = quoter.plan_model.needs.moderators[place]
    if name in quoter.plan_model.measures:
        return Phrase("{} at the start").format(quoter.measure(name))
    return name_column(name)


def interaction(quoter: Quoter, measure: str, moderator: str) -> str:
    """Id of the interaction at the primary visit."""
    return f"needs.{measure}.{quoter.plan_model.primary}.{moderator}.interaction"


def _favours(quoter: Quoter, measure: str, moderator: str) -> str:
    sign = quoter.plan_model.measures[measure].sign
    return read_limits(quoter.get(interaction(quoter, measure, moderator)), sign=sign, worthwhile=None).favours


def say_interaction(quoter: Quoter, measure: str, moderator: str) -> Phrase:
    """Say how the effect changes with a moderator."""
    result = interaction(quoter, measure, moderator)
    outcome = quoter.get(result)
    if outcome is None:
        return Phrase("{}: not shown in this edition.").format(quoter.measure(measure))
    if isinstance(outcome, NotEstimable):
        return Phrase("{}: this data cannot answer. {}").format(quoter.measure(measure), quoter.field(result, "reason"))
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return Phrase("{}: whether it differs between the levels, all together: F {}, p {}.").format(
            quoter.measure(measure), quoter.result(result), quoter.part(result, "p_value")
        )
    between = quoter.field(result, "label", outcome.label.rsplit("difference in effect, ", 1)[-1])
    found = Phrase("{}: the difference between the programmes is {} for {} ({} interval {}).").format(
        quoter.measure(measure),
        quoter.result(result),
        between,
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )
    favours = _favours(quoter, measure, moderator)
    if favours == "neither":
        return found + Phrase(" Whether it changes the effect stays open.")
    former, latter = ("former", "latter") if favours == "full" else ("latter", "former")
    return found + Phrase(" The whole interval favours {} more for the {} than for the {}.").format(
        quoter.arm("full"), former, latter
    )


def list_levels(quoter: Quoter, measure: str, moderator: str) -> list[Level]:
    """Levels or values of a moderator whose effect this edition tells, or why it is not estimated."""
    at = f"needs.{measure}.{quoter.plan_model.primary}.{moderator}."
    found = [outcome for outcome in quoter.registry.values() if _is_level(outcome.id, at)]
    given = dict(zip(list_words(quoter), quoter.plan_model.needs.moderators, strict=True))[moderator]
    values = quoter.plan_model.needs.at.get(given)
    if values:
        order = [word(f"at {'minus ' if value < 0 else ''}{abs(value):g}") for value in sorted(values)]
        found.sort(key=lambda outcome: order.index(outcome.id.split(".")[-2]))
    return [
        Level(
            quoter.field(outcome.id, "label", outcome.label.rsplit(WHOLE, 1)[-1]),
            outcome.id,
            outcome.id.removesuffix("difference") + "shrunken",
        )
        for outcome in found
    ]


def list_quartiles(quoter: Quoter, moderator: str) -> list[str]:
    """Ids of the quartiles at which the effect of a number is given."""
    found = quoter.registry.under("needs", moderator)
    return [outcome.id for outcome in found if outcome.id.endswith(".value") and isinstance(outcome, Estimate)]


def _is_level(name: str, start: str) -> bool:
    return name.startswith(start) and name.endswith(".difference")


def list_profiles(quoter: Quoter) -> list[tuple[Phrase, str]]:
    """Label of each profile of the plan, and the start of its ids."""
    words = words_of(profile.label for profile in quoter.plan_model.needs.profiles)
    return [
        (quoter.plan(f"needs.profiles.{place}.label"), f"needs.profile.{words[profile.label]}")
        for place, profile in enumerate(quoter.plan_model.needs.profiles)
    ]


def say_profile(quoter: Quoter, start: str) -> Phrase:
    """Say whether the data can speak for people like a profile."""
    counts = [quoter.get(f"{start}.{arm}.seen") for arm in ARMS]
    absent = next((outcome for outcome in counts if isinstance(outcome, NotEstimable)), None)
    if absent is not None:
        return quoter.field(absent.id, "reason")
    seen = [outcome.value for outcome in counts if isinstance(outcome, Estimate)]
    if len(seen) < len(ARMS):
        return Phrase("Not shown in this edition: few people are like this.")
    if min(seen) < SILENT:
        return Phrase("The data cannot speak for them: in one programme hardly anybody like this was seen.")
    if min(seen) < FAINT:
        return Phrase("The data say little about them: few like this were seen in one of the programmes.")
    return Phrase("People like this were seen in both programmes: what holds on average rests on them as well.")
