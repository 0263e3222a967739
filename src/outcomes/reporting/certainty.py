"""How sure one can be: size, overlap of the people, who was seen, whether other methods agree, shared groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import read_difference
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.agreement.words import key_of
from outcomes.questions.balance.words import say_apart, say_balance
from outcomes.questions.flow.words import started
from outcomes.questions.outcomes.words import main_result
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import WAYS

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

GOOD, FAIR, POOR = "good", "fair", "poor"
# Austin (2009) calls a standardised difference below a tenth negligible; from a quarter on adjustment alone is
# doubted (Stuart 2010).
NEGLIGIBLE, LARGE = 0.1, 0.25
# Of those who started, in the arm with fewer: a twentieth lost makes little difference, a fifth and more threatens the
# answer (Sackett et al. 1997); the marks here lie between, so that a tenth each way is still good.
MOST_SEEN, MANY_SEEN = 0.9, 0.75
# Of the information that their number would carry, what weights that make the arms alike leave; ours.
MUCH_LEFT, HALF_LEFT = 0.75, 0.5
MOST_AGREE = 0.75  # of the other ways: all but one in four; ours
OVERLAP = Key("weighting", what="effective_n")


class Line(NamedTuple):
    """One line of the card: its grade, what is judged, a few words for the first screen, and the sentence in full."""

    grade: str
    what: str
    brief: Phrase
    text: Phrase


def judge(quoter: Quoter) -> list[Line]:
    """Judge what the registry has numbers for."""
    lines = (
        _judge_size(quoter),
        _judge_overlap(quoter),
        _judge_seen(quoter),
        _judge_methods(quoter),
        _judge_groups(quoter),
    )
    return [line for line in lines if line is not None]


def _judge_size(quoter: Quoter) -> Line | None:
    plan = quoter.plan_model
    answers = [
        read_difference(quoter.get(main_result(quoter, word)), plan.measures[word]).answer
        for word in plan.primary_measures
    ]
    settled = sum(answer == "answered" for answer in answers)
    told = settled + sum(answer == "partly" for answer in answers)
    grade = GOOD if settled == len(answers) else FAIR if told else POOR
    words = {
        GOOD: "the intervals are narrow enough to answer for every primary measure",
        FAIR: "the intervals answer for every primary measure, at least in part"
        if told == len(answers)
        else "the intervals answer for some of the primary measures, at least in part",
        POOR: "the intervals are too wide to answer for any primary measure",
    }
    in_short = {GOOD: "the intervals answer", FAIR: "the intervals answer in part", POOR: "the intervals are too wide"}
    people = Phrase("{} and {} people").format(*(quoter.result(started(arm)) for arm in ARMS))
    brief = Phrase("{}: {}").format(people, in_short[grade])
    return Line(grade, "Size", brief, Phrase("{} started; {}.").format(people, words[grade]))


def _judge_overlap(quoter: Quoter) -> Line | None:
    """Ask how alike the people were, and how much information is left when weights make them alike."""
    if is_apart(quoter):
        return Line(POOR, "Overlap", Phrase("too unlike to be compared"), say_apart(quoter))
    effective = quoter.get(OVERLAP)
    if not isinstance(effective, Estimate) or not effective.n:
        return _judge_largest_difference(quoter)
    left = effective.value / effective.n
    grade = GOOD if left >= MUCH_LEFT else FAIR if left >= HALF_LEFT else POOR
    brief = Phrase("the weighted data carry as much as {} of {} people").format(
        quoter.result(OVERLAP), quoter.part(OVERLAP, "n")
    )
    return Line(grade, "Overlap", brief, say_balance(quoter))


def _judge_largest_difference(quoter: Quoter) -> Line | None:
    """Judge by the largest difference at the start, where there are no weights."""
    differences = quoter.registry.where(analysis="balance", what="before")
    found = [outcome for outcome in differences if isinstance(outcome, Estimate)]
    if not found:
        return None
    largest = max(found, key=lambda outcome: abs(outcome.value))
    size = abs(largest.value)
    grade = GOOD if size < NEGLIGIBLE else FAIR if size < LARGE else POOR
    brief = Phrase("largest difference at the start {} standard deviations").format(quoter.result(largest.id))
    text = Phrase("{} ({}); whether weights could make the people alike cannot be judged.").format(
        brief.capitalised(), quoter.field(largest.id, "label")
    )
    return Line(grade, "Overlap", brief, text)


def _judge_seen(quoter: Quoter) -> Line | None:
    plan = quoter.plan_model
    shares: dict[str, float] = {}
    for measure in plan.primary_measures:
        counts = [_count(quoter, _observed(quoter, measure, arm)) for arm in ARMS]
        starts = [_count(quoter, started(arm)) for arm in ARMS]
        if all(count is not None for count in counts) and all(starts):
            shares[measure] = min(c / s for c, s in zip(counts, starts, strict=True) if c is not None and s)
    if not shares:
        return None
    measure = min(shares, key=lambda word: shares[word])
    grade = GOOD if shares[measure] >= MOST_SEEN else FAIR if shares[measure] >= MANY_SEEN else POOR
    keys = (key for arm in ARMS for key in (_observed(quoter, measure, arm), started(arm)))
    brief = Phrase("{} of {} and {} of {} people").format(*map(quoter.result, keys))
    text = Phrase("{} were seen at the visit “{}” on {}, the measure with the fewest.").format(
        brief, quoter.visit(plan.primary), quoter.measure(measure)
    )
    return Line(grade, "Who was seen", brief, text)


def _observed(quoter: Quoter, measure: str, arm: str) -> Key:
    return Key("flow", measure, quoter.plan_model.primary, "observed", arm)


def _judge_methods(quoter: Quoter) -> Line | None:
    """Ask for each primary measure how many other ways of estimating the difference agree with the main result."""
    if is_apart(quoter):  # ways that all reach beyond the people who are there tell nothing by agreeing
        return None
    plan = quoter.plan_model
    shares: dict[str, float] = {}
    texts: list[Phrase] = []
    for measure in plan.primary_measures:
        keys = [key_of(quoter, measure, what) for what in ("agree", "compared")]
        agree, compared = (_count(quoter, key) for key in keys)
        if agree is not None and compared:
            shares[measure] = agree / compared
            quoted = (*map(quoter.result, keys), quoter.measure(measure))
            texts.append(Phrase("{} of {} for {}").format(*quoted))
    if not shares:
        return None
    fewest = min(shares, key=lambda word: shares[word])
    grade = GOOD if shares[fewest] >= 1 else FAIR if shares[fewest] >= MOST_AGREE else POOR
    text = Phrase("Other ways that agree with the main result: {}.").format(join_words(texts))
    brief = Phrase("{} of {} other ways agree").format(
        *(quoter.result(key_of(quoter, fewest, what)) for what in ("agree", "compared"))
    )
    if grade != GOOD:
        brief += Phrase(" for {}").format(quoter.measure(fewest))
    return Line(grade, "Methods", brief, text)


def _judge_groups(quoter: Quoter) -> Line | None:
    """Ask whether the main answers stand when people who share a group are allowed to be alike."""
    plan = quoter.plan_model
    changed, judged = [], 0
    for measure in plan.primary_measures:
        main = quoter.get(main_result(quoter, measure))
        others = (quoter.get(way.key(measure, plan.primary)) for way in WAYS if way.allows_for_groups)
        allowed = [outcome for outcome in others if isinstance(outcome, Estimate)]
        if isinstance(main, Estimate) and allowed:
            judged += 1
            if len({read_difference(outcome, plan.measures[measure]).favours for outcome in (main, *allowed)}) > 1:
                changed.append(measure)
    if not judged:
        return None
    if not changed:
        same = Phrase("allowing for shared groups changes no direction")
        return Line(GOOD, "Groups", same, same.capitalised() + ".")
    names = join_words([quoter.measure(measure) for measure in changed])
    text = Phrase("Allowing for shared groups, the interval tells another direction, or none, for {}.").format(names)
    brief = Phrase("allowing for them changes what is told of {}").format(names)
    return Line(POOR if len(changed) == judged else FAIR, "Groups", brief, text)


def _count(quoter: Quoter, result: Key) -> float | None:
    outcome = quoter.get(result)
    return outcome.value if isinstance(outcome, Estimate) else None
