"""What others have published and comes with the program: results for every study of DBT that has none of its own."""

from __future__ import annotations

import csv
import io
from importlib import resources
from typing import TYPE_CHECKING

from outcomes.instruments import UnknownInstrumentError, read_instrument
from outcomes.plan.read import PLAN_FILE
from outcomes.study.schemas import TABLES
from outcomes.study.source import Held
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from outcomes.instruments import Instrument
    from outcomes.plan.model import Plan
    from outcomes.study.files import Files
    from outcomes.study.model import Finding
    from outcomes.study.source import Readable

EVIDENCE = TABLES["evidence"].name


def is_served(opened: Files, plan: Plan) -> bool:
    """Whether a study is given the published results: it has no table of its own, and they are of its treatment."""
    return plan.programme.is_dbt and not opened.holds(EVIDENCE)


def open_table(opened: Files, name: str) -> Readable:
    """Open a file of a study, or the one that comes with the program in its place; raises Refusal."""
    if name == EVIDENCE and not opened.holds(name):
        return Held(read_published(), name)
    return opened.source(name)


def read_published() -> bytes:
    """Give the table of published results that comes with the program."""
    return resources.files(__package__).joinpath(EVIDENCE).read_bytes().replace(b"\r\n", b"\n")


def tell_published(opened: Files, plan: Plan, items: Collection[str]) -> Iterator[Finding]:
    """Say which of what is published and comes with the program is used.

    Parameters
    ----------
    opened : Files
    plan : Plan
    items : collection of str
        Names of the files of answers that were read.
    """
    yield from _tell_results(opened, plan)
    yield from _tell_reliabilities(plan, {plan.instrument(name).id for name in items})


def _tell_results(opened: Files, plan: Plan) -> Iterator[Finding]:
    if is_served(opened, plan):
        rows = sum(1 for _ in csv.reader(io.StringIO(read_published().decode(), newline=""))) - 1  # without its header
        rule = f"the study has none of its own: the {rows} published results that come with the program are used"
        fix = (
            "Nothing needs to be done where the two programmes are DBT with 121 sessions and its skills group alone; "
            "of another treatment say so under [programme] in the plan. Your own in evidence.csv take their place; a "
            "header alone shows none."
        )
        yield make_finding("NOTE", "E312", EVIDENCE, (), "", rule, fix)


def _tell_reliabilities(plan: Plan, answered: Collection[str]) -> Iterator[Finding]:
    """Say which published reliability a measure is judged by, or that there is none; items tell their own."""
    judged = {word: one for word, one in plan.scored.items() if one.domain != "alliance"}  # nobody is judged by that
    for word, measure in judged.items():
        if measure.reliability is None and measure.reliable_change is None:
            named = None if measure.instrument is None else plan.instrument(measure.instrument)
            if named is None:
                yield from _tell_like(word)
            elif named.id not in answered and named.table == "items":
                yield _tell_reliability(word, named, measure.scoring.score)


def _tell_reliability(word: str, named: Instrument, score: str | None) -> Finding:
    known = named.find_alpha(score)
    place = f"measures.{word}.reliability"
    if known is None:
        rule = f"no reliability of the {named.name} comes with the program: nobody's change is judged by it"
        fix = "Give one with its source in the plan, or enter the answers to single items."
        return make_finding("NOTE", "E299", PLAN_FILE, (), place, rule, fix)
    of = "" if known.low == known.high else f", the lowest of {known.low:g} to {known.high:g}"
    rule = f"{known.low:g} is used{of}, as published for the {named.name} ({named.citation}; {known.status})"
    if known.status == "checked":
        fix = "Nothing needs to be done; your own in the plan takes its place."
        return make_finding("NOTE", "E299", PLAN_FILE, (), place, rule, fix)
    fix = "Compare it with the publication, and give your own in the plan where it is another."
    return make_finding("CHECK", "E299", PLAN_FILE, (), place, rule, fix)


def _tell_like(word: str) -> Iterator[Finding]:
    """Ask whether a measure is the questionnaire that it is called like: a name alone decides nothing."""
    try:
        like = read_instrument(word)
    except UnknownInstrumentError:
        return
    if like.find_alpha() is not None:
        rule = f"the plan does not say whether this is the {like.name}, whose reliability comes with the program"
        fix = f"Give {like.id} as its instrument in the plan if it is; or a reliability of your own."
        yield make_finding("NOTE", "E299", PLAN_FILE, (), f"measures.{word}.instrument", rule, fix)
