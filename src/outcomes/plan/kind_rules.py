"""What a measure must hold to that is no scale: a count of episodes, or a yes/no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.plan.raw import is_number, pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.plan.raw import Fault

OF_SCORES = ("reliability", "reliable_change", "clinical", "nonclinical", "cut_off", "instrument", "scoring")
KINDS = {"count": "a count", "yes_no": "a yes/no"}


def check_kinds(measures: Mapping[str, Mapping[str, Any]], visits: Sequence[str]) -> Iterator[Fault]:
    """Check the keys of counts and of yes/no, and that scores have none of theirs."""
    for name, measure in measures.items():
        kind = measure.get("kind", "score")
        if kind != "count" and "weeks" in measure:
            yield ("measures", name, "weeks"), 'is of a count alone; say kind = "count", or take it out'
        if kind not in KINDS:
            continue
        for key in OF_SCORES:
            if key in measure:
                yield ("measures", name, key), f"is of scores alone, and this is {KINDS[kind]}; take it out"
        yield from _check_count(name, measure, visits) if kind == "count" else _check_yes_no(name, measure)


def _check_count(name: str, measure: Mapping[str, Any], visits: Sequence[str]) -> Iterator[Fault]:
    weeks = measure.get("weeks")
    if weeks is None:
        what = "must say of how many weeks before its visit a count is: one number, or one for each visit"
        yield ("measures", name, "weeks"), what
    if isinstance(weeks, dict):
        for visit in weeks:
            if visit not in visits:
                yield ("measures", name, "weeks", visit), f"must be one of the visits: {', '.join(visits)}"
        if missing := [visit for visit in visits if visit not in weeks]:
            what = f"must have a number of weeks for each visit, and has none for {', '.join(missing)}"
            yield ("measures", name, "weeks"), what
    low = (pair(measure.get("range")) or (0.0, 1.0))[0]
    if low < 0:
        yield ("measures", name, "range"), "must begin at 0 or above, since a count is never below nothing"
    if is_number(ratio := measure.get("worthwhile")) and ratio == 1:
        what = "is a ratio of rates here, such as 0.7 or 1.5, and 1 is no difference"
        yield ("measures", name, "worthwhile"), what


def _check_yes_no(name: str, measure: Mapping[str, Any]) -> Iterator[Fault]:
    limits = pair(measure.get("range"))
    if limits is not None and limits != (0, 1):
        yield ("measures", name, "range"), "must be [0, 1], no and yes, or be left out"
    if is_number(share := measure.get("worthwhile")) and share >= 1:
        what = "is a difference between shares here, such as 0.1 for 10 in 100, and must lie below 1"
        yield ("measures", name, "worthwhile"), what
