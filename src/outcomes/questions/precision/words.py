"""How many more people, and whether the difference is shown to be small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.pointers import to_verdict
from outcomes.blocks.quote import wording
from outcomes.blocks.refusals import say_absent
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import started
from outcomes.questions.verdict.words import ANSWERED, how_far_answered, key_of, read
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.verdict import Bar
from outcomes.results.ways import OF_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.blocks.quote import Quoter


SHARED = {"group": "a group", "therapist": "a therapist"}
ASSUMES = Phrase(
    "How alike the people of {} are cannot be estimated from these data, and the plan states no value. The numbers of "
    "people assume that a twentieth of the variance lies between them ({}); without any such likeness fewer would do."
)
NEEDED = (
    "Planned anew, to have a chance of {} of finding the worthwhile difference takes {}, both programmes together: if "
    "the true difference is as large as that, and spread, sizes of the programmes, groups and those not seen are as "
    "here, for each measure by itself."
)
IN_SHORT = "To find the worthwhile difference with a chance of {} takes {}, both programmes together."
ENOUGH_IN_SHORT = (
    "On {} as many started as find a worthwhile difference with a chance of {}: what is open there, a smaller one or "
    "whether it is worthwhile, takes more."
)
NOT_THE_SAME_GROUPS = (
    "With one group each nobody can tell the programme from the group, and more people in the same groups would not "
    "help."
)
NOT_ENOUGH = (
    "That there are as many already and the question is open for {} is no contradiction: such a number finds a "
    "difference that is truly there in most studies, not in each; a true difference that is smaller, or to settle "
    "whether it is worthwhile, takes more."
)


def lead_precision(quoter: Quoter) -> Phrase:
    """Say how many people it takes to see the worthwhile difference on each primary measure, or why nobody can."""
    return Phrase(" ").join(list_sentences(quoter))


def list_sentences(quoter: Quoter) -> list[Phrase]:
    """List what there is to say of it: how many it takes, how many there were, why the question can be open still."""
    plan = quoter.plan_model
    keys = {one: Key("precision", one, plan.primary, "clients_needed") for one in plan.primary_scored}
    needed = [_say_needed(quoter, measure, key) for measure, key in keys.items() if quoter.has(key)]
    others = list(_say_needed_of_kinds(quoter))
    sentences = _say_unknown(quoter, {measure: key for measure, key in keys.items() if not quoter.has(key)})
    if needed:
        sentences.insert(0, Phrase(NEEDED).format(quoter.percent("precision.power"), join_words(needed)))
    others += [Phrase(NOT_THE_SAME_GROUPS)] if needed and is_one_group_each(quoter) else []
    there = Phrase("Here {} and {} started.").format(*(quoter.result(started(arm)) for arm in ARMS))
    return [*sentences, *others, there, *_say_not_enough(quoter, keys)]


def is_one_group_each(quoter: Quoter) -> bool:
    """Whether in some comparison a programme is a group, and a group a programme."""
    verdicts = (read(quoter, key_of(quoter, measure)) for measure in quoter.plan_model.primary_measures)
    return any(verdict is not None and Bar.ONE_GROUP_EACH in verdict.bars for verdict in verdicts)


def say_needed_in_short(quoter: Quoter) -> Phrase:
    """Say for the first page how many people it takes where the question is open, without what that rests on."""
    plan, power = quoter.plan_model, quoter.percent("precision.power")
    keys = {one: Key("precision", one, plan.primary, "clients_needed") for one in plan.primary_scored}
    told = {measure: key for measure, key in keys.items() if quoter.has(key)}
    if not told:
        return lead_precision(quoter)
    enough = _list_open_with_enough(quoter, told)
    more = [
        _say_needed(quoter, measure, key)
        for measure, key in told.items()
        if measure not in enough and _is_open(quoter, measure)
    ]
    named = join_words([_name_needed(quoter, measure, told[measure]) for measure in enough])
    return Phrase(" ").join(
        [
            *([Phrase(IN_SHORT).format(power, join_words(more))] if more else []),
            *([Phrase(ENOUGH_IN_SHORT).format(named, power)] if enough else []),
        ]
    )


def _say_needed_of_kinds(quoter: Quoter) -> Iterator[Phrase]:
    """Say how many it takes of a count or a yes/no, whose worthwhile comparison is a ratio or a share."""
    plan = quoter.plan_model
    for measure in plan.primary_measures:
        kind = plan.measures[measure].kind
        if kind == "score":
            continue
        needed = OF_KINDS[kind].key(measure, plan.primary).but(what="people_needed")
        path = f"measures.{measure}.worthwhile"
        if quoter.has(needed):
            worthwhile = quoter.plan(path) if kind == "count" else quoter.percent(path)
            text = "a ratio of {}" if kind == "count" else "a difference of {} of people"
            yield Phrase("{} people would have to be seen for {} on {}, if all else is as here.").format(
                quoter.result(needed), Phrase(text).format(worthwhile), quoter.measure(measure)
            )
        else:
            yield _say_no_number(quoter, needed, quoter.measure(measure))


def _say_not_enough(quoter: Quoter, keys: Mapping[str, Key]) -> Iterator[Phrase]:
    """Say why a number of people can be smaller than that of those who are there, and the question open."""
    if open_ones := _list_open_with_enough(quoter, keys):
        yield Phrase(NOT_ENOUGH).format(join_words([quoter.measure(measure) for measure in open_ones]))


def _list_open_with_enough(quoter: Quoter, keys: Mapping[str, Key]) -> list[str]:
    """List the measures on which as many started as it takes, and the question is open."""
    there = sum(found.value for arm in ARMS if isinstance(found := quoter.get(started(arm)), Estimate))
    return [
        measure
        for measure, key in keys.items()
        if isinstance(needed := quoter.get(key), Estimate) and needed.value <= there and _is_open(quoter, measure)
    ]


def _is_open(quoter: Quoter, measure: str) -> bool:
    verdict = read(quoter, key_of(quoter, measure))
    return verdict is not None and how_far_answered(verdict) != ANSWERED


def _say_unknown(quoter: Quoter, keys: Mapping[str, Key]) -> list[Phrase]:
    """Say why there is no number of people, once for all measures that share a reason: that is no verdict on them."""
    reasons: dict[str, list[str]] = {}
    for measure, key in keys.items():
        reasons.setdefault(getattr(quoter.get(key), "reason", ""), []).append(measure)
    return [
        _say_no_number(quoter, keys[measures[0]], join_words([quoter.measure(measure) for measure in measures]))
        for measures in reasons.values()
    ]


def _say_no_number(quoter: Quoter, result: Key, label: Phrase) -> Phrase:
    if quoter.get(result) is None:
        return say_absent(quoter, result, label)
    said = Phrase("How many people it would take for {} cannot be told. {}")
    return said.format(label, quoter.field(result, "reason"))


def _name_needed(quoter: Quoter, measure: str, result: Key) -> Phrase:
    return Phrase("{} ({} people for {} points)").format(
        quoter.measure(measure), quoter.result(result), quoter.plan(f"measures.{measure}.worthwhile")
    )


def _say_needed(quoter: Quoter, measure: str, result: Key) -> Phrase:
    return Phrase("{} people for {} points on {}").format(
        quoter.result(result), quoter.plan(f"measures.{measure}.worthwhile"), quoter.measure(measure)
    )


def say_assumed(quoter: Quoter) -> Iterator[Phrase]:
    """Say of which kinds of groups the plans assume how alike their people are, since the data cannot tell."""
    plan = quoter.plan_model
    stated = {"group": plan.precision.icc_group, "therapist": plan.precision.icc_therapist}
    for kind, name in SHARED.items():
        measures = [
            measure
            for measure in plan.primary_scored
            if stated[kind] is None
            and quoter.has(Key("precision", measure, plan.primary, "detectable"))
            and isinstance(found := quoter.get(Key("precision", measure, what=f"icc_{kind}")), NotEstimable)
            and found.cause != "not provided"
        ]
        if measures:
            yield ASSUMES.format(wording(name), join_words([quoter.measure(measure) for measure in measures]))


def say_equivalence(quoter: Quoter, measure: str) -> Phrase:
    """Say whether the main difference is shown to lie within the worthwhile one."""
    result = Key("precision", measure, quoter.plan_model.primary, "equivalence")
    outcome = quoter.get(result)
    worthwhile = quoter.plan_model.measures[measure].worthwhile
    if not isinstance(outcome, Estimate) or outcome.interval is None or worthwhile is None:
        return say_absent(quoter, result, quoter.measure(measure))
    low, high = outcome.interval.low, outcome.interval.high
    inside = low is not None and high is not None and -worthwhile < low and high < worthwhile
    if inside:
        return Phrase(
            "{}: the interval of these two tests lies within the worthwhile difference on both sides. What is told of "
            "it stands under {}, and rests on more than this interval."
        ).format(quoter.measure(measure), to_verdict())
    return Phrase("{}: the interval of these two tests reaches the worthwhile difference.").format(
        quoter.measure(measure)
    )
