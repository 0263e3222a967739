"""The seven questions of a clinic, and how far this report answers each: words that follow from stored results.

`docs/methods/wording.md` states the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.completion.words import say_difference
from outcomes.questions.costs.keys import DIFFERENCE
from outcomes.questions.costs.words import currency
from outcomes.questions.evidence.published import list_topics
from outcomes.questions.evidence.words import say_how_it_sits
from outcomes.questions.flow.words import ADJUSTED
from outcomes.questions.needs import words as needs
from outcomes.questions.outcomes.words import main_result
from outcomes.questions.sessions.words import lead_sessions
from outcomes.questions.verdict.words import (
    ANSWERED,
    CANNOT,
    DOES_NOT_TELL,
    NOT_SETTLED,
    PARTLY,
    how_far_answered,
    key_of,
    read,
    say_in_short,
    say_why_barred,
)
from outcomes.reporting.certainty import FAIR, POOR, hides_some, judge
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.ways import VERDICT_ON_COMPLETION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outcomes.blocks.quote import Quoter
    from outcomes.results.outcome import Outcome

EXPLORED = "explored, not answered"
OPEN, DESCRIBED, PARTLY_DESCRIBED = "left open", "described", "partly described"
SHOWN, SHOWN_IN_PART = "shown", "shown in part"
NOT_PROVIDED, NOT_ASKED = "not provided", "not asked in the plan"
HIDDEN, PARTLY_HIDDEN = "not shown in this edition", "not all that decides it is shown in this edition"
NOTHING = Phrase("")
# What can be told of individual sessions where nobody wrote down what happened in them.
BESIDE = {"dose": "how much people got", "alliance": "the working relationship"}


class Status(NamedTuple):
    """How far a question is answered, in a few words, and what to know besides."""

    words: str
    why: Phrase = NOTHING


class Question(NamedTuple):
    """A question, how far it is answered, why no further, and the section that holds the answer."""

    text: str
    status: str
    why: Phrase
    section: str


def list_questions(quoter: Quoter) -> list[Question]:
    """List them in the order of the clinic."""
    asked = (
        ("Does one programme help people more?", _improve(quoter), "outcomes"),
        ("Are they more likely to complete?", _complete(quoter), "completion"),
        ("How sure can one be?", _sure(quoter), "trust"),
        ("For whom?", _for_whom(quoter), "needs"),
        ("What happens in individual sessions?", _in_sessions(quoter), "sessions"),
        ("What does it cost?", _cost(quoter), "costs"),
        ("How does it sit in the published evidence?", _in_evidence(quoter), "evidence"),
    )
    return [Question(text, status.words, status.why, section) for text, status, section in asked]


def _improve(quoter: Quoter) -> Status:
    """Say how far the verdicts on the primary measures answer, and of which measures less."""
    plan = quoter.plan_model
    verdicts = {word: read(quoter, key_of(quoter, word)) for word in plan.primary_measures}
    known = {word: how_far_answered(found) for word, found in verdicts.items() if found is not None}
    if not known:
        return Status(HIDDEN)
    told = {known.get(word, HIDDEN) for word in verdicts}
    answers = Phrase("; ").join(
        [
            Phrase("{}: {}").format(quoter.measure(word), say_in_short(quoter, key_of(quoter, word)) or HIDDEN)
            for word in verdicts
        ]
    )
    if told == {CANNOT}:
        why = [quoter.get(main_result(quoter, word)) for word in known]
        barred = say_why_barred(quoter, key_of(quoter, next(iter(known))))
        return Status(CANNOT, barred or _reason(quoter, (one for one in why if one is not None)))
    if len(told) == 1:
        return Status(told.pop(), answers)
    least = next((one for one in (NOT_SETTLED, DOES_NOT_TELL) if one in told), CANNOT)
    return Status(PARTLY if told & {ANSWERED, PARTLY} else least, answers)


def _complete(quoter: Quoter) -> Status:
    """Say how far the verdict on completion answers."""
    verdict = read(quoter, VERDICT_ON_COMPLETION)
    if verdict is None:
        return Status(HIDDEN)
    result = quoter.get(ADJUSTED)
    if isinstance(result, NotEstimable):
        return Status(*_absent(quoter, [result]))
    barred = say_why_barred(quoter, VERDICT_ON_COMPLETION)
    if barred or not quoter.has(ADJUSTED):
        return Status(how_far_answered(verdict), barred)
    found = Phrase("{} ({})").format(say_difference(quoter), quoter.interval(ADJUSTED))
    return Status(how_far_answered(verdict), found)


def _sure(quoter: Quoter) -> Status:
    """As sure as the poorest line of the card says, with the lines that say so."""
    lines, unseen = judge(quoter), hides_some(quoter)
    for grade, words in ((POOR, "with doubts about"), (FAIR, "fairly, less so for")):
        weak = [line.what.lower() for line in lines if line.grade == grade]
        if weak and not (unseen and grade == FAIR):
            named = f"{', '.join(weak[:-1])} and {weak[-1]}" if len(weak) > 1 else weak[0]
            return Status(f"{words} {named}{f'; {PARTLY_HIDDEN}' if unseen else ''}", Phrase("see “How sure”"))
    if not lines:
        return Status(HIDDEN)
    if unseen:
        return Status(PARTLY_HIDDEN, Phrase("see “How sure”"))
    by_chance = quoter.plan_model.allocation == "random"
    return Status(
        "as sure as size, and who was not seen, allow"
        if by_chance
        else "as sure as people who were not allocated at random allow"
    )


def _for_whom(quoter: Quoter) -> Status:
    """One interaction told apart from none: explored; all too wide: open. Never answered: many were looked at."""
    if isinstance(none := quoter.get(Key("needs", what="moderators")), NotEstimable):
        return Status(NOT_ASKED, quoter.field(none.id, "reason"))
    if is_apart(quoter):
        return Status(CANNOT)
    found = quoter.registry.where(analysis="needs", what="interaction", category="")  # of single levels there are more
    if not found:
        every = quoter.registry.where(analysis="needs")
        return Status(*_absent(quoter, every)) if every else Status(NOT_ASKED)
    if _all_absent(found):
        return Status(*_absent(quoter, found))
    told = [one for one in found if _stands_out(quoter, one)]
    if told:
        named = join_words([_name_interaction(quoter, one.key) for one in told])
        said = Phrase("it may differ {}{}").format(named, _looks(quoter))
        effects = [_say_effects(quoter, one.key) for one in told]
        return Status(EXPLORED, Phrase(": ").join([said, Phrase(" ").join(effects)]) if all(effects) else said)
    return Status(OPEN, Phrase("the intervals are too wide to tell whether it differs{}").format(_looks(quoter)))


def _name_interaction(quoter: Quoter, key: Key) -> Phrase:
    return Phrase("by {} on {}").format(needs.name_moderator(quoter, key.subject), quoter.measure(key.measure))


def _say_effects(quoter: Quoter, key: Key) -> Phrase:
    """Say the effects at the levels themselves: how far they lie apart says nothing of either."""
    effects = needs.say_effects(quoter, key.measure, key.subject)
    return Phrase("on {} {}").format(quoter.measure(key.measure), effects) if effects else NOTHING


def _stands_out(quoter: Quoter, outcome: Outcome) -> bool:
    """Whether an interaction is told apart from none: by its interval, or of several levels by their joint test."""
    if not isinstance(outcome, Estimate):
        return False
    if outcome.interval is not None:
        return _excludes(outcome, 0.0)
    return outcome.p_value is not None and outcome.p_value < 1 - quoter.plan_model.confidence.level


def _looks(quoter: Quoter) -> Phrase:
    """Say how many were looked at, and how many would stand out by chance."""
    looks, by_chance = Key("needs", what="looks"), Key("needs", what="looks_by_chance")
    if not quoter.has(looks) or not quoter.has(by_chance):
        return NOTHING
    looked, chance = quoter.result(looks), quoter.result(by_chance)
    return Phrase(" ({} comparisons, not corrected for their number: {} would stand out by chance alone)").format(
        looked, chance
    )


def _in_sessions(quoter: Quoter) -> Status:
    """Describe where it is known what share of sessions had what; in part with dose, pace or alliance alone."""
    found = quoter.registry.where(analysis="sessions")
    if any(isinstance(one, Estimate) for one in quoter.registry.where(analysis="sessions", what="share")):
        return Status(DESCRIBED, lead_sessions(quoter))
    beside = {analysis: list(quoter.registry.where(analysis=analysis)) for analysis in BESIDE}
    told = [BESIDE[analysis] for analysis, others in beside.items() if not _all_absent(others) and others]
    if any(not isinstance(one, NotEstimable) for one in found):
        told.insert(0, "what little is on record of the sessions")
    if told:
        described = Phrase("{} is described below").format(" and ".join(told))
        reason = _reason(quoter, found)
        return Status(PARTLY_DESCRIBED, Phrase("{}; {}").format(described, reason) if reason else described)
    return Status(*_absent(quoter, found or [one for others in beside.values() for one in others]))


def _cost(quoter: Quoter) -> Status:
    """Answer with the difference and what it buys; in part with the difference alone, and why not the ratio."""
    difference = quoter.get(DIFFERENCE)
    ratios = quoter.registry.where(analysis="costs", what="price", subject="improvement")
    if isinstance(difference, Estimate):
        if is_apart(quoter):
            return Status(PARTLY, Phrase("what was spent is known; what it brings cannot be compared"))
        spent = Phrase("{} {} more a person in {}").format(
            currency(quoter), quoter.result(DIFFERENCE), quoter.arm("full")
        )
        if difference.value < 0:
            spent = Phrase("{} {} a person, {} compared with {}").format(
                currency(quoter), quoter.result(DIFFERENCE), *map(quoter.arm, ARMS)
            )
        if ratios and all(isinstance(ratio, Estimate) for ratio in ratios):
            return Status(ANSWERED, spent)
        prices = _say_prices(quoter, ratios)
        return Status(PARTLY, Phrase("{}; {}").format(spent, prices) if prices else spent)
    return Status(*_absent(quoter, quoter.registry.where(analysis="costs")))


def _say_prices(quoter: Quoter, ratios: Sequence[Outcome]) -> Phrase:
    """Say for which measures one more person improved has a price, and why the first of the others has none."""
    priced = [quoter.measure(one.key.measure) for one in ratios if isinstance(one, Estimate)]
    without = [one for one in ratios if isinstance(one, NotEstimable)]
    said = Phrase("one more person improved is priced on {}").format(join_words(priced)) if priced else NOTHING
    hidden = _list_hidden_prices(quoter, ratios)
    if hidden:
        shown = Phrase("what one more person improved costs is not shown in this edition on {}")
        said = Phrase("; ").join(part for part in (said, shown.format(join_words(hidden))) if part)
    if not without:
        return said
    named = join_words([quoter.measure(one.key.measure) for one in without])
    reason = Phrase("no price on {}: {}").format(named, quoter.field(without[0].id, "reason"))
    return Phrase("{}; {}").format(said, reason) if said else reason


def _list_hidden_prices(quoter: Quoter, ratios: Sequence[Outcome]) -> list[Phrase]:
    """List the primary scores that an edition to share has no price on: inside each has one, or why there is none."""
    plan, told = quoter.plan_model, {one.key.measure for one in ratios}
    scores = (word for word in plan.primary_measures if plan.measures[word].kind == "score")
    return [quoter.measure(word) for word in scores if quoter.rounds_to and word not in told]


def _in_evidence(quoter: Quoter) -> Status:
    """Something published on every topic of the plan: shown; on some: in part; on none: open."""
    if not isinstance(quoter.get(Key("evidence", what="direct_rows")), Estimate):
        return Status(*_absent(quoter, quoter.registry.where(analysis="evidence")))
    topics = [topic for topic in list_topics(quoter.registry) if topic.is_asked(quoter.registry)]
    without = [topic for topic in topics if not topic.counted]
    if len(without) == len(topics):
        return Status(OPEN, Phrase("no comparison of the two programmes was found that counts"))
    if not without:
        return Status(SHOWN, say_how_it_sits(quoter))
    return Status(SHOWN_IN_PART, say_how_it_sits(quoter))


def _absent(quoter: Quoter, found: Iterable[Outcome]) -> tuple[str, Phrase]:
    """Say why there is nothing: a table was not provided, the plan asks nothing, or the data cannot answer."""
    reasons = [one for one in found if isinstance(one, NotEstimable)]
    if not reasons:
        return HIDDEN, NOTHING
    first = reasons[0]
    return NOT_PROVIDED if first.cause == "not provided" else CANNOT, quoter.field(first.id, "reason")


def _reason(quoter: Quoter, found: Iterable[Outcome]) -> Phrase:
    """Quote the first reason there is."""
    return next((quoter.field(one.id, "reason") for one in found if isinstance(one, NotEstimable)), NOTHING)


def _all_absent(found: Iterable[Outcome]) -> bool:
    outcomes = list(found)
    return bool(outcomes) and all(isinstance(one, NotEstimable) for one in outcomes)


def _excludes(outcome: Outcome, value: float) -> bool:
    if not isinstance(outcome, Estimate) or outcome.interval is None:
        return False
    low, high = outcome.interval.low, outcome.interval.high
    return (low is not None and low > value) or (high is not None and high < value)
