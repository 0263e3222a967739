"""What a person says on the command line about a map that is there: which text is which arm, how dates are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.plan.lines import find_lines
from outcomes.plan.raw import table
from outcomes.study.book.plan_text import quote

if TYPE_CHECKING:
    from collections.abc import Mapping


def amend_raw(raw: dict[str, Any], *, arms: Mapping[str, str], dates: str | None) -> dict[str, Any]:
    """Give a map as its file holds it, with what was said; what was corrected in it stays."""
    said = {fold_text(text): word for text, word in arms.items()}
    if arms:
        known = dict(table(raw, "values", "arm"))
        folded = {fold_text(text) for text in known}
        words = {text: said.get(fold_text(text), word) for text, word in known.items()}
        words |= {text: word for text, word in arms.items() if fold_text(text) not in folded}
        raw = raw | {"values": {**raw.get("values", {}), "arm": words}}
    return raw | {"dates": dates} if dates else raw


def amend_text(text: str, raw: dict[str, Any], *, arms: Mapping[str, str], dates: str | None) -> str:
    """Give the text of a map, as TOML, with what was said; its other lines, and all remarks, stay."""
    lines, places = text.splitlines(), find_lines(text)
    for one, word in amend_raw(raw, arms=arms, dates=None).get("values", {}).get("arm", {}).items():
        if (line := places.get(("values", "arm", one))) is not None:
            lines[line - 1] = f"{quote(one)} = {quote(word)}"
        elif fold_text(one) in map(fold_text, arms):
            lines.append(f"values.arm.{quote(one)} = {quote(word)}")
    if dates and (line := places.get(("dates",))) is not None:
        lines[line - 1] = f"dates = {quote(dates)}"
    return "\n".join(lines) + "\n"


def fold_text(text: str) -> str:
    """Give a text without what people vary when they type it: capitals and blanks."""
    return " ".join(text.casefold().split())
