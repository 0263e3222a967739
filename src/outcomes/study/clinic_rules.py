"""What the clinic adds to its report: whether its words name a client, and whether its logo can be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.plan.read import PLAN_FILE
from outcomes.study.files import is_beside
from outcomes.study.logo import CODE, read_logo
from outcomes.study.source import Refusal
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding

NAMED = "E311"
_WORD = re.compile(r"[\w-]+")


def find_logo(plan: Plan, place: Path) -> tuple[str, tuple[Finding, ...]]:
    """Read the logo that a plan names: its SVG, and what is the matter with it.

    Parameters
    ----------
    plan : Plan
    place : Path
        The study: its folder, or its workbook, beside which the logo lies.
    """
    if (name := plan.report.logo) is None:
        return "", ()
    try:
        return read_logo(place.parent if is_beside(place) else place, name), ()
    except Refusal as refusal:
        return "", (make_finding("STOP", CODE, name, (), "", refusal.rule, refusal.fix),)


def check_words(plan: Plan, ids: Iterable[str]) -> Iterator[Finding]:
    """Find the clinic's texts that hold an id of a client; the text is named by its place, and never shown."""
    for place, words in enumerate(plan.report.words, start=1):
        if _names_client(words.text, ids):
            rule = f"text {place} of report.words holds what is an id in clients.csv"
            fix = "Make sure that it tells of nobody: what a clinic writes is not seen by disclosure control."
            yield make_finding("CHECK", NAMED, PLAN_FILE, (), "report.words", rule, fix)


def _names_client(text: str, ids: Iterable[str]) -> bool:
    """Whether a text holds an id as a whole word, in any case."""
    folded = text.casefold()
    said = set(_WORD.findall(folded))
    wanted = {str(one).casefold() for one in ids} - {""}
    plain = {one for one in wanted if _WORD.fullmatch(one)}
    return bool(said & plain) or any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", folded) for one in wanted - plain)
