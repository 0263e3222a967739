"""Numbers that a person should look at: scores that look counted, or like a yes/no, and one that stands far outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.study.numbers import find_codes
from outcomes.study.schemas import CLIENT
from outcomes.study.shapes import find_far, looks_counted, looks_yes_no
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outcomes.plan.model import Plan
    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

FAR = "one person's value stands far outside those of all others: at least twice as far from the middle as any other"
FAR_FIX = (
    "Look the value up. If it is right keep it, and see how much hangs on this person: a mean can rest on them alone."
)


def check_shapes(table: TypedTable, plan: Plan) -> Iterator[Finding]:
    """Look at the scores of each measure that is not scored from items."""
    frame = table.frame
    if not {CLIENT, "measure", "score"} <= set(frame.columns):
        return
    score, people = frame["score"].to_numpy(), frame[CLIENT].cat.codes.to_numpy()
    far = np.zeros(len(frame), dtype=bool)
    for word in frame["measure"].cat.categories:
        mine = (frame["measure"] == word).to_numpy()
        points, planned = score[mine], plan.measures[word]
        asked = planned.instrument is None and planned.kind == "score"
        if asked and looks_yes_no(points):
            rule = f"the scores of {word} are all 0 or 1, as of a yes/no, and means of them are compared"
            fix = (
                'If it is one say kind = "yes_no" for it in plan.toml, and shares are compared: points, limits beyond '
                "none or all, and reliable change say nothing of a yes/no."
            )
            yield make_finding("CHECK", "E285", table.name, (), "score", rule, fix)
        elif asked and looks_counted(points, highest=planned.range[1]):
            rule = (
                f"the scores of {word} look counted: whole numbers, most of them small, a few very large, and means of "
                "them are compared"
            )
            fix = (
                'If it is a count say kind = "count" and weeks for it in plan.toml, and rates are compared: a mean of '
                "counts can rest on one or two people. If it is a scale give the range that is possible."
            )
            yield make_finding("CHECK", "E285", table.name, (), "score", rule, fix)
        far[mine] = (planned.kind != "yes_no") & find_far(points, people[mine])
    yield from table.find("CHECK", "E286", far, "score", FAR, FAR_FIX)


def check_characteristics(table: TypedTable, names: Iterable[str]) -> Iterator[Finding]:
    """Look at the characteristics that are numbers; what looks like a code for a missing value is told elsewhere."""
    people = np.arange(len(table.frame))
    for name in names:
        if name in table.frame and table.frame[name].dtype == np.float64:
            values = table.frame[name].to_numpy(dtype=np.float64, copy=True)
            values[find_codes(values)[0]] = np.nan
            yield from table.find("CHECK", "E286", find_far(values, people), name, FAR, FAR_FIX)
