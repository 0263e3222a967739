"""The texts of a plan, which go into the report as they stand: nobody may be named there, and nothing be hidden."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from outcomes.plan.lines import find_lines, line_of
from outcomes.plan.read import INSTRUMENTS_FOLDER, PLAN_FILE
from outcomes.study.characters import HIDDEN
from outcomes.study.identifiers import WHAT, find_sure, is_name
from outcomes.study.own_instruments import file_of
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding, Level

_HIDDEN = re.compile(rf"{HIDDEN.pattern}|[\t\n\r]")
_RENAME = "Write it so that it tells nobody; it stands in the report."


def check_plan_texts(plan: Plan, content: bytes) -> Iterator[Finding]:
    """Find what tells somebody, and characters that cannot be seen; the key is named, and never the text.

    Parameters
    ----------
    plan : Plan
    content : bytes
        Of the file, for the lines.
    """
    lines = find_lines(content.decode("utf-8-sig"))
    for where, text in _texts(plan.model_dump(mode="json"), ()):
        if told := find_sure(text):
            yield _find("STOP", "E309", where, lines, f"the text holds what looks like {WHAT[told][0]}", _RENAME)
        elif is_name(text):
            rule = "the text looks like somebody's name"
            yield _find("CHECK", "E309", where, lines, rule, f"Make sure that it is not. {_RENAME}")
        if _HIDDEN.search(text):
            rule = "the text holds a line break, or characters that cannot be seen or turn the direction of writing"
            yield _find("STOP", "E223", where, lines, rule, "Type it again.")


def _find(
    level: Level, code: str, where: tuple[str, ...], lines: dict[tuple[str, ...], int], rule: str, fix: str
) -> Finding:
    line = line_of(where, lines)
    known = [place for place in (where[:length] for length in range(len(where), 0, -1)) if place in lines]
    label = "" if not known or any(map(_tells, where)) else ".".join(known[0])
    if where[0] == INSTRUMENTS_FOLDER and len(where) > 1:  # its key in the plan is the name of their folder
        of_word = "" if _tells(where[1]) else file_of(where[1])
        return make_finding(level, code, of_word or PLAN_FILE, (), ".".join(where[2:3]), rule, fix)
    return make_finding(level, code, PLAN_FILE, () if line is None else (line,), label, rule, fix)


def _tells(part: str) -> bool:
    """Whether a part of a path is itself what must not be told."""
    return is_name(part) or _HIDDEN.search(part) is not None or find_sure(part) is not None


def _texts(part: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give every text of a part of the plan with its path: values, and keys, which are words of the study."""
    if isinstance(part, str):
        yield where, part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield (*where, key), key
            yield from _texts(value, (*where, key))
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value, where)
