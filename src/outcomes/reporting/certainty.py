"""How sure one can be: size, overlap of the people, who was seen, whether other methods agree, shared groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.lists import join_words
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.blocks.verdicts import BARS, CAPS
from outcomes.plan.model import ARMS
from outcomes.questions.agreement.words import key_of
from outcomes.questions.balance.words import COMPARED, say_apart, say_balance
from outcomes.questions.flow.words import started
from outcomes.questions.outcomes.words import main_result
from outcomes.questions.verdict.words import key_of as verdict_key
from outcomes.questions.verdict.words import read
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.size import FEWEST, Size
from outcomes.results.verdict import Bar, Support
from outcomes.results.ways import WAYS

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.verdict import Verdict

GOOD, FAIR, POOR = "good", "fair", "poor"
# Austin (2009) calls a standardised difference below a tenth negligible; from a quarter on adjustment alone is
# doubted (Stuart 2010).
NEGLIGIBLE, LARGE = 0.1, 0.25
# Of those who started, in the arm with fewer: a twentieth lost makes little difference, a fifth and more threatens the
# answer (Sackett et al. 1997); the marks here lie between, so that a tenth each way is still good.
MOST_SEEN, MANY_SEEN = 0.9, 0.75
# Of the information that their number would carry, what weights that make the arms alike leave; ours.
MUCH_LEFT, HALF_LEFT = 0.75, 0.5
FEW_PEOPLE = Phrase("fewer than twenty people of a programme are in the main comparison of a primary measure")
WIDTHS = {
    GOOD: "the intervals are narrow beside the worthwhile differences",
    FAIR: "the interval is more than half as wide, each way, as the worthwhile difference",
    POOR: "the interval is too wide to find the worthwhile difference by",
}
MOST_AGREE = 0.75  # of the other ways: all but one in four; ours
NOTHING = Phrase("")
OVERLAP = Key("weighting", what="effective_n")


# How a grade is worded where "good" and "poor" would seem to judge the answer: whether other ways tell what the verdict
# tells, and whether groups are allowed for, is a matter of fact.
OF_METHODS = {GOOD: "agree", FAIR: "mostly agree", POOR: "differ"}
ALLOWED_FOR, NOT_ALLOWED_FOR = "allowed for", "not fully allowed for"
TOLD_OTHERWISE = {FAIR: "another answer for some", POOR: "another answer"}


class Line(NamedTuple):
    """One line of the card: its grade, what is judged, a few words for the first screen, and the sentence in full.

    Where the grade is worded otherwise than by its own word, `worded` holds that.
    """

    grade: str
    what: str
    brief: Phrase
    text: Phrase
    worded: str = ""

    @property
    def head(self) -> Phrase:
        """What is judged, and how it came out."""
        return Phrase(f"{self.what}: {self.worded or self.grade}")


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


def hides_some(quoter: Quoter) -> bool:
    """Whether an edition hides what a line is judged by: what is left of the card could be its better part."""
    if not quoter.rounds_to:
        return False
    plan = quoter.plan_model
    keys = [verdict_key(quoter, measure) for measure in plan.primary_measures]
    keys += [key_of(quoter, measure, what) for measure in plan.primary_measures for what in ("agree", "compared")]
    is_any_absent = any(quoter.get(key) is None for key in keys)
    return is_any_absent or _judge_overlap(quoter) is None or _judge_seen(quoter) is None


def _judge_size(quoter: Quoter) -> Line | None:
    """Judge by the primary measure whose main interval is widest beside what is worthwhile; few people are few."""
    verdicts = _read_verdicts(quoter)
    judged = {word: found.size for word, found in verdicts.items() if found.size is not Size.UNJUDGED}
    people = Phrase("{} and {} people").format(*(quoter.result(started(arm)) for arm in ARMS))
    if not judged:
        return None
    poorest = max(judged.values(), key=list(Size).index)
    worst = [word for word, size in judged.items() if size is poorest]
    if poorest is Size.FEW:
        return Line(POOR, "Size", _say_few(quoter, worst[0]), Phrase("{} started; {}.").format(people, FEW_PEOPLE))
    grade = str(poorest)
    of = NOTHING if grade == GOOD else Phrase(" for {}").format(join_words([quoter.measure(word) for word in worst]))
    brief = Phrase("{}: {}{}").format(people, Phrase(WIDTHS[grade]), of)
    text = Phrase("{} started; {}{}: judged by the widest of the main intervals.").format(
        people, Phrase(WIDTHS[grade]), of
    )
    return Line(grade, "Size", brief, text)


def _read_verdicts(quoter: Quoter) -> dict[str, Verdict]:
    """Read the verdict on each primary measure; none where one is hidden, which could be what decides."""
    measures = quoter.plan_model.primary_measures
    verdicts = {word: found for word in measures if (found := read(quoter, verdict_key(quoter, word)))}
    return verdicts if len(verdicts) == len(measures) else {}


def _say_few(quoter: Quoter, measure: str) -> Phrase:
    """Say that few are compared, and how many unless that was rounded to no few."""
    main, few = main_result(quoter, measure), Phrase("fewer than twenty of a programme")
    counts = [getattr(quoter.get(main), f"n_{arm}", None) for arm in ARMS]
    if all(count is None or count >= FEWEST for count in counts):
        return Phrase("{} in the main comparison of {}").format(few, quoter.measure(measure))
    told = (*(quoter.part(main, f"n_{arm}") for arm in ARMS), quoter.measure(measure), few)
    return Phrase("{} and {} people in the main comparison of {}: {}").format(*told)


def _judge_overlap(quoter: Quoter) -> Line | None:
    """Ask how alike the people were, and how much information is left when weights make them alike."""
    if is_apart(quoter):
        return Line(POOR, "Overlap", Phrase("too unlike to be compared"), say_apart(quoter))
    effective = quoter.get(OVERLAP)
    if effective is None and quoter.rounds_to:  # hidden, where the edition inside judges by it
        return None
    if not isinstance(effective, Estimate) or not effective.n:
        return _judge_largest_difference(quoter)
    grade = _grade(quoter, effective.value / effective.n, effective.n, MUCH_LEFT, HALF_LEFT)
    if grade is None:
        return None
    brief = Phrase("weighted until they are alike, they count for as much as {} of {} people").format(
        quoter.result(OVERLAP), quoter.part(OVERLAP, "n")
    )
    return Line(grade, "Overlap", brief, say_balance(quoter))


def _judge_largest_difference(quoter: Quoter) -> Line | None:
    """Judge by the largest difference at the start, where there are no weights."""
    differences = quoter.registry.where(analysis="balance", what="before")
    found = [outcome for outcome in differences if isinstance(outcome, Estimate)]
    compared = _count(quoter, COMPARED)
    if not found or (quoter.rounds_to and compared != len(found)):  # what is hidden could be the largest
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
    grades: dict[str, str | None] = {}
    for measure in plan.primary_measures:
        counts = [quoter.get(_observed(quoter, measure, arm)) for arm in ARMS]
        starts = [_count(quoter, started(arm)) for arm in ARMS]
        if None in counts:  # hidden, and it could be what decides
            return None
        told = [(one.value / n, n) for one, n in zip(counts, starts, strict=True) if isinstance(one, Estimate) and n]
        if len(told) == len(ARMS):
            shares[measure], of = min(told)
            grades[measure] = _grade(quoter, shares[measure], of, MOST_SEEN, MANY_SEEN)
    if not shares or None in grades.values():
        return None
    measure = min(shares, key=lambda word: shares[word])
    grade = grades[measure] or POOR
    keys = (key for arm in ARMS for key in (_observed(quoter, measure, arm), started(arm)))
    counted = Phrase("{} of {} and {} of {} people").format(*map(quoter.result, keys))
    brief = Phrase("{} who started have a score at this visit on {}").format(counted, quoter.measure(measure))
    text = Phrase(
        "{} who started were seen at the visit “{}” on {}, the measure with the smallest share in either."
    ).format(counted, quoter.visit(plan.primary), quoter.measure(measure))
    return Line(grade, "Who was seen", brief, text)


def _grade(quoter: Quoter, share: float, whole: float, good: float, fair: float) -> str | None:
    """Grade a share of people; None where the rounding of an edition could make it another than it is."""
    reach = quoter.rounds_to / 2 * (1 + share) / whole  # by half a step of either count
    found = {GOOD if end >= good else FAIR if end >= fair else POOR for end in (share - reach, share, share + reach)}
    return found.pop() if len(found) == 1 else None


def _observed(quoter: Quoter, measure: str, arm: str) -> Key:
    return Key("flow", measure, quoter.plan_model.primary, "observed", arm)


def _judge_methods(quoter: Quoter) -> Line | None:
    """Ask for each primary measure how many other ways of estimating the difference agree with the verdict."""
    if is_apart(quoter):  # ways that all reach beyond the people who are there tell nothing by agreeing
        return None
    plan = quoter.plan_model
    shares: dict[str, float] = {}
    texts: list[Phrase] = []
    for measure in plan.primary_measures:
        keys = [key_of(quoter, measure, what) for what in ("agree", "compared")]
        if any(quoter.get(key) is None for key in keys):  # hidden, and it could be what decides
            return None
        agree, compared = (_count(quoter, key) for key in keys)
        if agree is not None and compared:
            shares[measure] = agree / compared
            quoted = (*map(quoter.result, keys), quoter.measure(measure))
            texts.append(Phrase("{} of {} for {}").format(*quoted))
    if not shares:
        return None
    fewest = min(shares, key=lambda word: shares[word])
    grade = GOOD if shares[fewest] >= 1 else FAIR if shares[fewest] >= MOST_AGREE else POOR
    text = Phrase(
        "Other ways of estimating the difference whose own interval tells what the verdict tells: {}."
    ).format(join_words(texts))
    brief = Phrase("{} of {} other ways of estimating tell the same").format(
        *(quoter.result(key_of(quoter, fewest, what)) for what in ("agree", "compared"))
    )
    if grade != GOOD:
        brief += Phrase(" for {}").format(quoter.measure(fewest))
    return Line(grade, "Methods", brief, text, OF_METHODS[grade])


def _judge_groups(quoter: Quoter) -> Line | None:
    """Ask whether groups are allowed for, and whether what is told stands it."""
    plan = quoter.plan_model
    verdicts = _read_verdicts(quoter)
    caps = {cap for verdict in verdicts.values() for cap in _caps_of(verdict)}
    if caps:
        brief = Phrase("; ".join(sorted(caps)))
        text = Phrase("{}: what people share who had the same group is not fully allowed for.")
        return Line(POOR, "Groups", brief, text.format(brief.capitalised()), NOT_ALLOWED_FOR)
    ways = [way for way in WAYS if way.allows_for_groups]
    allowing = [quoter.get(way.key(word, plan.primary)) for word in verdicts for way in ways]
    if not any(isinstance(one, Estimate) for one in allowing):
        if not any(allowing) or plan.adjust.groups in {"shared", "none"}:
            return None
        nothing = Phrase("nothing here allows for what people share who had the same group or therapist")
        return Line(POOR, "Groups", nothing, nothing.capitalised() + ".", NOT_ALLOWED_FOR)
    shaken = [
        word
        for word, found in verdicts.items()
        if found.is_shaken or Support.MIXED in (*found.held_by, *found.not_estimable)
    ]
    if not shaken:
        same = Phrase("each way of allowing for shared groups and therapists tells the same")
        return Line(GOOD, "Groups", same, same.capitalised() + ".", ALLOWED_FOR)
    names = join_words([quoter.measure(measure) for measure in shaken])
    text = Phrase("Allowing for groups and therapists in another way, the interval does not tell the same for {}.")
    brief = Phrase("allowing for them in another way, the interval does not tell the same for {}").format(names)
    grade = POOR if len(shaken) == len(verdicts) else FAIR
    return Line(grade, "Groups", brief, text.format(names), TOLD_OTHERWISE[grade])


def _caps_of(verdict: Verdict) -> list[str]:
    """Name what lets a verdict lean at most, whether or not it would say more without."""
    each = [BARS[Bar.ONE_GROUP_EACH]] if Bar.ONE_GROUP_EACH in verdict.bars else []
    return [*each, *(CAPS[cap] for cap in verdict.caps)]


def _count(quoter: Quoter, result: Key) -> float | None:
    outcome = quoter.get(result)
    return outcome.value if isinstance(outcome, Estimate) else None
