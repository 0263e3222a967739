"""For whom: what was looked at, what stands out, and whether the data can speak for people like a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.columns import name_column
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import read_side
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.needs import keys
from outcomes.questions.needs.keys import interaction
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.quantity import Quantity
from outcomes.results.verdict import Rung, orient, orient_worthwhile, read_alone

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry
    from outcomes.results.verdict import Side

# People in the smaller arm who resemble a profile and were seen: below the first, a level has no estimate either
# (`model.FEWEST`); below the second, the interval of a difference reaches 0.6 sd or more to either side.
SILENT, FAINT = 5, 20


# What the interval at a level, read alone, says of direction and of the worthwhile difference.
READ = {
    Rung.BETTER_WORTHWHILE: "all of it better in {arm} and worthwhile",
    Rung.BETTER_LESS: "all of it better in {arm} and less than worthwhile",
    Rung.BETTER_OPEN: "all of it better in {arm}, worthwhile or not",
    Rung.TOO_SMALL: "less than worthwhile either way",
    Rung.DOES_NOT_TELL: "compatible with a worthwhile difference and with none",
}
UNSTATED = {Rung.BETTER_OPEN: "all of it better in {arm}", Rung.DOES_NOT_TELL: "which spans both directions"}
MOST_SAID = 3  # levels: of more the table tells


class Level(NamedTuple):
    """A level of a moderator: its text in a sentence and at the head of a row, and the keys of its two effects.

    Its effect is told as estimated there (`raw`), and shrunken.
    """

    text: Phrase
    heading: Phrase
    raw: Key
    shrunken: Key


def lead(quoter: Quoter) -> Phrase:
    """Say how much was looked at, and what stands out."""
    return Phrase(" ").join([say_looks(quoter), *list_said(quoter)])


def say_looks(quoter: Quoter) -> Phrase:
    """Say how much was looked at, and how much of it stands out."""
    if not quoter.plan_model.needs.moderators:
        return Phrase(
            "The plan declares nothing for which the programmes might differ, so nothing was looked at: a difference "
            "that is found by trying many characteristics is, more often than not, chance."
        )
    return Phrase(
        "Does the difference depend on {}? Exploratory: that was asked {} times, of each characteristic on each "
        "primary measure, and nothing corrects for so many comparisons. Those that stand out, their whole interval on "
        "one side of zero: {}, where chance alone would give about {}."
    ).format(
        Phrase(" or on ").join(_name(quoter, place) for place in range(len(quoter.plan_model.needs.moderators))),
        quoter.result(keys.LOOKS),
        quoter.result(keys.LOOKS_APART),
        quoter.result(keys.LOOKS_BY_CHANCE),
    )


def list_said(quoter: Quoter) -> list[Phrase]:
    """Say of each of those that stand out how the effect changes, or why none of them is an answer."""
    if not quoter.plan_model.needs.moderators:
        return []
    if is_apart(quoter):
        return [Phrase("The two programmes hold people too different to be compared: what stands out is no answer.")]
    return [say_interaction(quoter, measure, moderator) for measure, moderator in list_apart(quoter)]


def list_apart(quoter: Quoter) -> list[tuple[str, str]]:
    """List the measures and moderators whose interaction has its whole interval on one side of zero."""
    return [
        (measure, moderator)
        for measure in quoter.plan_model.primary_measures
        for moderator in list_words(quoter)
        if read_interaction(quoter.registry, quoter.plan_model, measure, moderator)
    ]


def list_words(quoter: Quoter) -> list[str]:
    """Words of the moderators, as in keys, in the plan's order."""
    return list(keys.word_moderators(quoter.plan_model).values())


def name_moderator(quoter: Quoter, moderator: str) -> Phrase:
    """Name a moderator, from its word."""
    return _name(quoter, list_words(quoter).index(moderator))


def _name(quoter: Quoter, place: int) -> Phrase:
    name = quoter.plan_model.needs.moderators[place]
    if name in quoter.plan_model.measures:
        return Phrase("{} at the start").format(quoter.measure(name))
    return name_column(name)


def read_interaction(registry: Registry, plan: Plan, measure: str, moderator: str) -> Side:
    """Read which arm the whole interval of an interaction favours; "" for neither, or where there is none."""
    return read_side(registry.get(interaction(plan, measure, moderator)), sign=plan.measures[measure].sign)


def say_interaction(quoter: Quoter, measure: str, moderator: str) -> Phrase:
    """Say how the effect changes with a moderator."""
    result = interaction(quoter.plan_model, measure, moderator)
    outcome = quoter.get(result)
    if outcome is None:
        return Phrase("{}: not shown in this edition.").format(quoter.measure(measure))
    if isinstance(outcome, NotEstimable):
        return Phrase("{}: this data cannot answer. {}").format(quoter.measure(measure), quoter.field(result, "reason"))
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return Phrase("{}: whether it differs between the levels, all together: F {}, p {}.").format(
            quoter.measure(measure), quoter.result(result), quoter.part(result, "p_value")
        )
    pattern = (
        "From one to the other, exploratory and not corrected for the number of comparisons: it is {} for {} ({} "
        "interval {})."
    )
    if not read_interaction(quoter.registry, quoter.plan_model, measure, moderator):
        pattern = "Whether it changes from one to the other stays open: it is {} for {} ({} interval {})."
    if outcome.quantity is Quantity.RATE_RATIO:
        pattern = pattern.replace("it is {} for {}", "the ratio is {} times as large for {}")
    change = Phrase(pattern).format(
        quoter.result(result),
        quoter.field(result, "label", outcome.named),
        quoter.percent("confidence.level"),
        quoter.interval(result),
    )
    effects = say_effects(quoter, measure, moderator)
    return Phrase("{}: {}").format(
        quoter.measure(measure), Phrase("{} {}").format(effects, change) if effects else change
    )


def say_effects(quoter: Quoter, measure: str, moderator: str) -> Phrase:
    """Say the difference between the programmes at each level, and what its interval says of a worthwhile one."""
    levels = list_levels(quoter, measure, moderator)
    if not 1 < len(levels) <= MOST_SAID or not all(quoter.has(level.raw) for level in levels):
        return Phrase("")
    said = [_say_effect(quoter, measure, level) for level in levels]
    is_count = quoter.plan_model.measures[measure].kind == "count"
    pattern = "the ratio between the programmes is {}." if is_count else "the difference between the programmes is {}."
    return Phrase(pattern).format(Phrase("; ").join(said))


def _say_effect(quoter: Quoter, measure: str, level: Level) -> Phrase:
    found, described = quoter.get(level.raw), quoter.plan_model.measures[measure]
    read = Phrase("")
    if isinstance(found, Estimate) and found.interval is not None:
        is_ratio = described.kind == "count"
        limits = orient(found.interval.low, found.interval.high, sign=described.sign, ratio=is_ratio)
        verdict = read_alone(limits, orient_worthwhile(described.worthwhile, ratio=is_ratio))
        words = READ if verdict.has_worthwhile else READ | UNSTATED
        arm = quoter.arm(verdict.side) if verdict.side else Phrase("")
        read = Phrase(f", {words[verdict.rung]}").format(arm=arm)
    return Phrase("{} for {} ({}{})").format(quoter.result(level.raw), level.text, quoter.interval(level.raw), read)


def list_levels(quoter: Quoter, measure: str, moderator: str) -> list[Level]:
    """Levels or values of a moderator whose effect this edition tells, or why it is not estimated."""
    plan = quoter.plan_model
    found = quoter.registry.where(
        analysis="needs",
        measure=measure,
        visit=plan.primary,
        what=keys.effect_of(plan, measure),
        subject=moderator,
    )
    words = {word: name for name, word in keys.word_moderators(plan).items()}
    order = [keys.word_value(value) for value in sorted(plan.needs.at.get(words[moderator], ()))]
    levels = [(outcome.key, outcome.named) for outcome in found]
    if order:
        levels.sort(key=lambda level: order.index(level[0].category))
    return [
        Level(quoter.field(key, "label", named), name_column(named).capitalised(), key, key.but(what="shrunken"))
        for key, named in levels
    ]


def list_quartiles(quoter: Quoter, moderator: str) -> list[Key]:
    """Keys of the quartiles at which the effect of a number is given."""
    found = quoter.registry.where(analysis="needs", what="value", subject=moderator)
    return [outcome.key for outcome in found if isinstance(outcome, Estimate)]


def list_profiles(quoter: Quoter) -> list[tuple[Phrase, str]]:
    """Label of each profile of the plan, and its word."""
    words = keys.word_profiles(quoter.plan_model)
    profiles = quoter.plan_model.needs.profiles
    return [
        (quoter.plan(f"needs.profiles.{place}.label"), words[profile.label]) for place, profile in enumerate(profiles)
    ]


def say_profile(quoter: Quoter, profile: str) -> Phrase:
    """Say whether the data can speak for people like a profile."""
    results = [Key("needs", what="seen", arm=arm, subject=profile) for arm in ARMS]
    if absent := next((one for one in results if isinstance(quoter.get(one), NotEstimable)), None):
        return quoter.field(absent, "reason")
    found = map(quoter.get, results)
    seen = [outcome.value for outcome in found if isinstance(outcome, Estimate)]
    if len(seen) < len(ARMS):
        return Phrase("Not shown in this edition: few people are like this.")
    if min(seen) < SILENT:
        return Phrase("The data cannot speak for them: in one programme hardly anybody like this was seen.")
    if min(seen) < FAINT:
        return Phrase("The data say little about them: few like this were seen in one of the programmes.")
    return Phrase("People like this were seen in both programmes: what holds on average rests on them as well.")
