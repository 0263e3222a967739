"""What a page says in words of which programme does better, against the intervals beside it and the rule of verdicts.

`list_worded(edition)` finds the verdicts that are worded on a page, each with the comparison of which it is said.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.results.outcome import Estimate
from outcomes.results.ways import VERDICT_ON_COMPLETION, verdict_of
from verdicts_again import (
    BETTER,
    CANNOT,
    LEANS,
    LEANS_LESS,
    LESS,
    SMALL,
    UNTOLD,
    WORTHWHILE,
    Study,
    Told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contradictions import Edition, Line
    from printed import Printed

IN, PLAINLY = "(?:better in|leans towards) (?P<arm>{arms})", "better in “(?P<arm>{arms})”\\."
UNSURE = " But we cannot be sure yet\\."
WORDS: dict[str, tuple[str, ...]] = {
    WORTHWHILE: (f"{IN}, by a worthwhile amount", f"{PLAINLY} The gap was big enough"),
    LESS: (f"{IN},(?: and)? less than worthwhile", f"{PLAINLY} The gap was small"),
    LEANS_LESS: (f"{IN}, by less than worthwhile", f"{PLAINLY}{UNSURE} If there is a gap"),
    LEANS: (f"{IN}(?: and is not|; not) settled", f"{PLAINLY}{UNSURE}"),
    BETTER: (f"{IN}(?=[;.:|(]| ?$)", f"{PLAINLY} (?!The gap was)"),
    SMALL: ("too small either way to be worthwhile", "gap big enough to matter, in either direction"),
    UNTOLD: ("does not tell which does better", "do not tell (?:which|in which)", "We cannot tell in which"),
    CANNOT: ("this data cannot answer", "cannot answer this from what we have", "too different for us to compare"),
}
ANSWERED = {
    "answered": {WORTHWHILE, LESS, BETTER, SMALL},
    "partly answered": {BETTER},
    "leans, and is not settled": {LEANS, LEANS_LESS},
    "the data do not tell": {UNTOLD},
    "this data cannot answer": {CANNOT},
}
OTHERWISE = re.compile("without (?:them|one person) it reads “[^”]*”")  # what would be told without that person
ELSEWHERE = re.compile("At “(?P<visit>[^”]*)” it was not the same[.](?P<said>.*?)(?=At “|$)")
LEAST = frozenset({"leans, and is not settled", "the data do not tell"})  # said where others are answered less
IMPROVE, COMPLETE = (
    "Does one programme help people more?",
    "Are they more likely to complete?",
)


@dataclass(frozen=True)
class Worded:
    """A verdict in words: what is said, in favour of which arm, of which comparison, on which line."""

    rung: str
    side: str
    result: str
    line: Line


def list_worded(edition: Edition, told: dict[str, Told]) -> Iterator[Worded]:
    """Find the verdicts on a page: those that are printed as such, and those in a sentence about a comparison."""
    sides = {label: arm for arm, label in edition.plan.arm_names.items()}
    arms = "|".join(map(re.escape, sorted(sides, key=len, reverse=True)))
    compared = {one.result for one in told.values()}
    for line in edition.lines:
        text = OTHERWISE.sub(lambda found: " " * len(found[0]), line.text)
        for one in line.numbers:
            if one.part == "value" and one.id in told:
                if found := _find_words(one.text, arms):
                    yield Worded(found[0], sides.get(found[1], ""), told[one.id].result, line)
                text = text[: one.start] + " " * len(one.text) + text[one.end :]
        values = [one for one in line.numbers if one.part == "value" and one.id in compared]
        for result, said in _list_elsewhere(text, values, edition, told):
            if found := _find_words(said, arms):
                yield Worded(found[0], sides.get(found[1], ""), result, line)
        text = ELSEWHERE.sub(lambda found: " " * len(found[0]), text)
        starts = [0, *(one.start for one in values[1:])]  # what stands before the first number is said of it as well
        for number, start, end in zip(values, starts, [*starts[1:], len(text)], strict=False):
            if found := _find_words(text[start:end], arms):
                yield Worded(found[0], sides.get(found[1], ""), number.id, line)


def _list_elsewhere(
    text: str, values: list[Printed], edition: Edition, told: dict[str, Told]
) -> Iterator[tuple[str, str]]:
    """List what the clients' page says of another visit, with the comparison of which it says it."""
    visits = {visit.label: word for word, visit in edition.plan.visits.items()}
    for found in ELSEWHERE.finditer(text):
        measure = edition.registry[values[0].id].key.measure
        yield told[str(verdict_of(measure, visits[found["visit"]]))].result, found["said"]


def _find_words(text: str, arms: str) -> tuple[str, str] | None:
    for rung, patterns in WORDS.items():
        for pattern in patterns:
            if found := re.search(pattern.replace("{arms}", arms), text):
                return rung, found.groupdict().get("arm") or ""
    return None


def conclude_all(edition: Edition, study: Study) -> dict[str, Told]:
    """Conclude on every comparison of which a page may say a verdict, by the id of the verdict."""
    plan = edition.plan
    told = {
        str(verdict_of(measure, visit)): study.conclude(measure, visit)
        for measure in plan.measures
        for visit in plan.later
    }
    return told | {str(VERDICT_ON_COMPLETION): study.conclude_completion()}


def words_against_the_rule(edition: Edition, study: Study) -> Iterator[str]:
    """A verdict in words is that which the stored intervals earn."""
    told = conclude_all(edition, study)
    earned = {one.result: one for one in told.values()}
    for worded in list_worded(edition, told):
        due = earned[worded.result]
        if (worded.rung, worded.side) != (due.rung, due.side):
            what = f"{worded.result}: “{worded.rung}” {worded.side}, earned “{due.rung}” {due.side}"
            yield f"{what}: “{worded.line.text[:240]}”"


def words_against_intervals(edition: Edition, study: Study) -> Iterator[str]:
    """A verdict in words does not contradict the interval of its comparison as it is printed."""
    for worded in list_worded(edition, conclude_all(edition, study)):
        outcome = edition.registry.get(worded.result)
        measure = outcome.key.measure if isinstance(outcome, Estimate) else ""
        low, high = (edition.told(worded.result, part) for part in ("low", "high"))
        if low is None or high is None or worded.rung == CANNOT:
            continue
        scale = edition.plan.measures.get(measure)
        sign = 1.0 if scale is None else scale.sign
        pair = sorted((sign * low.value, sign * high.value))
        size = None if scale is None else scale.worthwhile
        if fault := _contradicts(worded, pair[0], pair[1], size, slack=max(low.slack, high.slack)):
            yield f"{worded.result}: “{worded.rung}” {fault}: “{worded.line.text[:240]}”"


def _contradicts(worded: Worded, low: float, high: float, size: float | None, *, slack: float) -> str:
    """Say how an interval, positive in favour of the full programme, contradicts a verdict; "" where it does not."""
    side = "full" if low - slack > 0 else "skills" if high + slack < 0 else ""
    if worded.side and low + slack < 0 < high - slack:
        return "where the interval spans both directions"
    if side and side != worded.side:
        return "where the interval has another direction"
    size = math.inf if size is None else size
    if worded.rung == WORTHWHILE and low + slack < size and high - slack > -size:
        return "where the interval does not reach it"
    if worded.rung in {LESS, LEANS_LESS, SMALL} and (high - slack >= size or low + slack <= -size):
        return "where the interval reaches it"
    return ""


def agreement_against_the_ways(edition: Edition, study: Study) -> Iterator[str]:
    """The ways that are said to agree are those whose intervals have what the verdict claims."""
    for outcome in edition.registry.where(analysis="agreement", what="agree"):
        agree, compared = edition.told(outcome.id), edition.told(outcome.key.but(what="compared"))
        if agree and compared and (agree.value, compared.value) != study.count_agreeing(outcome.key.measure):
            found = "{} of {}".format(*study.count_agreeing(outcome.key.measure))
            yield f"{outcome.id}: {agree.value:g} of {compared.value:g}, counted {found}: “{agree.line.text[:200]}”"


def answers_against_verdicts(edition: Edition, study: Study) -> Iterator[str]:
    """How far a question is said to be answered is how far its verdicts answer it."""
    primary = [study.conclude(measure, edition.plan.primary).rung for measure in edition.plan.primary_measures]
    for question, rungs in ((IMPROVE, primary), (COMPLETE, [study.conclude_completion().rung])):
        for line in edition.lines:
            said = line.text.partition(question)[2].strip(" |") if question in line.text else ""
            status = next((words for words in sorted(ANSWERED, key=len, reverse=True) if said.startswith(words)), None)
            if status == "partly answered" and len(rungs) > 1:
                wrong = not set(rungs) & (ANSWERED["answered"] | {BETTER})
            else:
                wrong = status is not None and not set(rungs) <= ANSWERED[status]
            if wrong and not (status in LEAST and set(rungs) & ANSWERED[status]):
                yield f"“{line.text[:200]}” where the verdicts are {', '.join(rungs)}"


def size_against_intervals(edition: Edition, study: Study) -> Iterator[str]:
    """The size is graded by the exact main intervals beside worthwhile, and poor under twenty people of an arm."""
    widths, few = [], False
    for measure in edition.plan.primary_measures:
        outcome = study.registry.get(study.conclude(measure, edition.plan.primary).result)
        if isinstance(outcome, Estimate):
            few |= min(outcome.n_full or 0, outcome.n_skills or 0) < 20  # people, as the docs say
            size = edition.plan.measures[measure].worthwhile
            widths += [(outcome.limits[1] - outcome.limits[0]) / 2 / size] if size and outcome.limits else []
    for line in edition.lines:
        if found := re.match(r"Size: (good|fair|poor)", line.text):
            widest = max(widths, default=0.0)
            grade = "poor" if few or widest > 1 else "fair" if widest > 1 / 2 else "good"
            if grade != found[1] and (few or widths):
                yield f"“{line.text[:160]}” where the widest interval is {widest:.2f} of worthwhile, few {few}"


WORDED = (
    words_against_the_rule,
    words_against_intervals,
    agreement_against_the_ways,
    answers_against_verdicts,
    size_against_intervals,
)
