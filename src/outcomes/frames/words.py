"""A result of a call as text and as HTML."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outcomes.frames.result import Fit, Row

HEADS = ("", "", "estimate", "std.error", "df", "p.value", "low", "high")
_SMALL_P = 0.001  # below it more digits tell nothing more
_DIGITS = 4  # figures, which no reader needs more of; `to_frame` has all


class Summary(str):
    """A text that is printed as it stands when it is shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def summarise(fit: Fit) -> Summary:
    """Give what was computed, on whom, who is not in it, and the estimates, as lines."""
    cells = [_head(fit), *map(_cells, fit.rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(HEADS))]
    table = [
        "  ".join(
            text.ljust(width) if place < 2 else text.rjust(width)  # noqa: PLR2004  # words stand left, numbers right
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return Summary("\n".join([*_above(fit), "", *table, *_below(fit)]))


def to_html(fit: Fit) -> str:
    """Give the same as a table for a notebook."""
    above = "<br>".join(map(escape, _above(fit)))
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in _head(fit))
    rows = "".join(
        "<tr>" + "".join(f'<td style="text-align: right">{escape(text)}</td>' for text in _cells(row)) + "</tr>"
        for row in fit.rows
    )
    below = "<br>".join(map(escape, filter(None, _below(fit))))
    return (
        f"<div><p>{above}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"{f'<p>{below}</p>' if below else ''}</div>"
    )


def _above(fit: Fit) -> list[str]:
    noun = "studies" if fit.call == "meta" else "people"
    arms = f" ({', '.join(f'{count} {arm}' for arm, count in fit.arms.items())})" if fit.arms else ""
    lost = sum(fit.dropped.values())
    reasons = ", ".join(f"{count} {why}" for why, count in fit.dropped.items())
    left_out = f"; {lost} not in it: {reasons}" if lost else "; nobody left out" if fit.arms else ""
    return [f"outcomes.{fit.call}: {fit.title}", fit.method, f"{fit.n} {noun}{arms}{left_out}"]


def _below(fit: Fit) -> list[str]:
    return ["", *(f"- {note}" for note in fit.notes)] if fit.notes else []


def _head(fit: Fit) -> list[str]:
    share = f"{fit.level * 100:g}%"
    return [*HEADS[:-2], f"{share} low", f"{share} high"]


def _cells(row: Row) -> list[str]:
    numbers = (row.estimate, row.se, row.df)
    return [row.term, row.contrast, *map(_number, numbers), _p_value(row.p_value), _number(row.low), _number(row.high)]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return "inf" if math.isinf(value) else f"{value:.{_DIGITS}g}"


def _p_value(value: float | None) -> str:
    if value is None:
        return ""
    return f"<{_SMALL_P}" if value < _SMALL_P else f"{value:.3f}"
