"""A plan to begin with, from a map: its arms, visits and measures, for a person to correct."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.study.book.plan_text import quote
from outcomes.study.schemas import ARM

if TYPE_CHECKING:
    from outcomes.importing.map import Map
    from outcomes.instruments.model import Instrument

_BETWEEN = 12  # weeks, between visits whose names tell no time
_WEEKS_A_MONTH = 4.345
_TIME = re.compile(r"(?:v_)?(?P<before>week|wk|w|month|m)?_?(?P<number>\d+)_?(?P<after>weeks?|wks?|w|months?|m)?")
_FIRST_NAMES = ("pre", "baseline", "start", "t0", "t1")
_LAST_NAMES = ("post", "end", "follow_up", "followup", "fu", "fup")
_HEAD = """\
# A plan, begun from the import. Correct it before anybody looks at the outcomes; docs/plan.md explains all keys.
# What stands here beside labels was taken from the names of the columns, or is empty because it is never guessed.
version = 1
title = "Full programme vs skills group only"

[arms]
full   = { value = "full",   label = "Full programme (121 + group)" }
skills = { value = "skills", label = "Skills group only" }
"""


def draft_plan(found: Map) -> str:
    """Write a plan for what a map names."""
    visits = sorted(_visits_of(found), key=_order)
    lines = [_HEAD, *_leave_out(found), "# `week` counts from each client's start_date; correct it.", "[visits]"]
    lines += [
        f"{word} = {{ label = {quote(word.removeprefix('v_').replace('_', ' '))}, week = {_week(word, place)} }}"
        for place, word in enumerate(visits)
    ]
    lines += [f"primary = {quote(visits[-1] if visits else '')} # the visit at which the question is answered", ""]
    for word, instrument in _measures_of(found).items():
        lines += _measure(word, instrument, from_items=word in found.items)
    covariates = [name for name in ("age", "gender", "sex") if name in found.clients]
    lines += ["[adjust]", f"covariates = [{', '.join(map(quote, covariates))}]"]
    lines += ['skills_group = "group_id"'] * ("group_id" in found.clients)
    lines += ['therapist = "therapist_id"'] * ("therapist_id" in found.clients)
    if "completed" in found.clients:
        lines += ["", "[completion]", 'column = "completed"']
    return "\n".join(lines) + "\n"


def _leave_out(found: Map) -> list[str]:
    """Name the programmes whose people are counted and enter nothing."""
    texts = [text for text, word in found.values.get(ARM, {}).items() if not word]
    if not texts:
        return []
    return [
        "# People of these programmes are counted, and enter nothing.",
        f"left_out = [{', '.join(map(quote, texts))}]",
        "",
    ]


def _visits_of(found: Map) -> list[str]:
    if found.shape == "wide":
        parts = (*found.scores.values(), *found.items.values())
        return list(dict.fromkeys(visit for one in parts if isinstance(one, dict) for visit in one))
    return list(dict.fromkeys(word for word in found.values.get("visit", {}).values() if word))


def _order(word: str) -> tuple[float, str]:
    bare = word.casefold()
    if bare in _FIRST_NAMES:
        return 0.0, word
    if bare in _LAST_NAMES:
        return 1e6, word
    weeks = _weeks_in(word)
    return (1e3 + float(re.sub(r"\D", "", word) or 0)) if weeks is None else weeks, word


def _weeks_in(word: str) -> float | None:
    timed = _TIME.fullmatch(word.casefold())
    unit = (timed["before"] or timed["after"] or "") if timed else ""
    if timed is None or not unit:
        return None
    return float(timed["number"]) * (_WEEKS_A_MONTH if unit.startswith("m") else 1)


def _week(word: str, place: int) -> int:
    weeks = _weeks_in(word)
    return round(weeks) if weeks is not None else _BETWEEN * place


def _measures_of(found: Map) -> dict[str, Instrument | None]:
    words = [*found.scores, *found.items, *(word for word in found.values.get("measure", {}).values() if word)]
    return {word: _instrument_of(word, found) for word in dict.fromkeys(words)}


def _instrument_of(word: str, found: Map) -> Instrument | None:
    """Give the questionnaire that a measure is called like, where it is only one."""
    same = found.instruments_called(word)
    return same[0] if len(same) == 1 else None


def _name_instrument(word: str, instrument: Instrument | None, *, from_items: bool) -> list[str]:
    """Name the questionnaire: its items are scored, or what is published of it serves its scores."""
    if from_items:
        return [f"instrument = {quote(word)} # scored from items/{word}.csv"]
    return [] if instrument is None else [f"instrument = {quote(instrument.id)} # its published reliability is used"]


def _measure(word: str, instrument: Instrument | None, *, from_items: bool) -> list[str]:
    if instrument is None:
        domain, better, limits, label = "", "", "[]", word.upper().replace("_", " ")
    else:
        low, high = instrument.score().range
        domain, better, limits, label = instrument.domain, instrument.better, f"[{low:g}, {high:g}]", instrument.name
    return [
        f"[measures.{word}]",
        f"label = {quote(label)}",
        f"domain = {quote(domain)} # distress tolerance, emotion regulation, mindfulness, symptoms, alliance or other",
        'role = "primary" # primary or secondary; three primary ones are plenty',
        f"better = {quote(better)} # higher or lower",
        f"range = {limits} # lowest and highest possible score",
        *_name_instrument(word, instrument, from_items=from_items),
        "# worthwhile = 5 # smallest difference worth having, in points",
        "",
    ]
