"""What would settle what is open: what the groups need, how many people, what would narrow the intervals."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import is_apart
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import started
from outcomes.questions.precision.words import NOT_THE_SAME_GROUPS, is_one_group_each, say_needed_in_short
from outcomes.questions.verdict.words import key_of, read
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.verdict import Cap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.quote import Quoter
    from outcomes.results.verdict import Verdict

OF_THE_SAME_KIND = "People of the same kind in both programmes. More of those who are there now would not help."
MORE_GROUPS_EACH = f"Several groups in each programme, or groups that hold people of both. {NOT_THE_SAME_GROUPS}"
MORE_GROUPS = "More groups, or groups that hold people of both programmes: with so few they cannot be allowed for."
WHO_SHARED = "Recording who shared a group; or, in the plan, that people of both programmes share them."
ABOUT_GROUPS = {
    Cap.FEW_GROUPS: MORE_GROUPS,
    Cap.ONE_GROUP: MORE_GROUPS,
    Cap.GROUPS_UNKNOWN: WHO_SHARED,
    Cap.GROUPS_PARTLY_RECORDED: WHO_SHARED,
    Cap.GROUPS_APART: "Recording who shared a group.",
}
UNEVEN = 1.1  # times as many in one programme: below, the smaller is not worth naming
NOT_MORE_ALIKE = (
    "More people do not make those in the two programmes alike. Letting chance decide would; writing down why each "
    "person is in a programme helps."
)


def say_what_settles(context: Context) -> Iterator[Phrase]:
    """Say it, a paragraph each."""
    q, plan = context.quoter, context.plan
    if is_apart(q):
        yield Phrase(OF_THE_SAME_KIND)
        return
    yield from map(Phrase, _list_about_groups(q))
    if is_one_group_each(q):
        return
    yield Phrase(" ").join(said for said in (say_needed_in_short(q), _say_what_narrows(q)) if said)
    if plan.allocation == "routine":
        yield Phrase(NOT_MORE_ALIKE)


def _say_what_narrows(quoter: Quoter) -> Phrase:
    """Say what would narrow the intervals most, of what there is to mend."""
    visit = quoter.plan_model.primary
    began = [_count(quoter, started(arm)) for arm in ARMS]
    seen = [
        _count(quoter, Key("flow", measure, visit, "observed", arm))
        for measure in quoter.plan_model.primary_measures
        for arm in ARMS
    ]
    ways = [Phrase("more people in the smaller programme")] if max(began) > UNEVEN * min(began) else []
    if any(count < everybody for count, everybody in zip(seen, itertools.cycle(began), strict=False)):
        ways.append(Phrase("fewer who are not seen at the visit “{}”").format(quoter.visit(visit)))
    if not ways:
        return Phrase("")
    return Phrase("The intervals would be narrowed most by {}.").format(Phrase(", and by ").join(ways))


def _count(quoter: Quoter, key: Key) -> float:
    outcome = quoter.get(key)
    return outcome.value if isinstance(outcome, Estimate) else 0.0


def _read_all(quoter: Quoter) -> list[Verdict]:
    verdicts = (read(quoter, key_of(quoter, measure)) for measure in quoter.plan_model.primary_measures)
    return [verdict for verdict in verdicts if verdict is not None]


def _list_about_groups(quoter: Quoter) -> list[str]:
    """Say what would settle how groups lay, where that stands in the way."""
    caps = {cap for verdict in _read_all(quoter) for cap in verdict.caps}
    if is_one_group_each(quoter):
        return [MORE_GROUPS_EACH]
    return [said for cap, said in ABOUT_GROUPS.items() if cap in caps]
