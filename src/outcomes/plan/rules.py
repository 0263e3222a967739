"""What a plan must hold to beyond the type of each value; judged on the raw table, so that every fault is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from outcomes.core.ids import word
from outcomes.instruments import UnknownInstrumentError, UnknownScoreError, read_instrument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Fault: TypeAlias = tuple[tuple[str, ...], str]
# Columns with a meaning of their own: adjusting for one of them would adjust for the comparison, or for its result.
RESERVED = frozenset({"client_id", "arm", "full", "start_date", "end_date", "end_reason", "completed"})


def check_rules(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every fault: the path of its key, and what is wrong."""
    visits = {name: visit for name, visit in _table(raw, "visits").items() if name != "primary"}
    yield from _check_primary(_table(raw, "visits"), visits)
    yield from _check_times(visits)
    yield from _check_measures(_table(raw, "measures"))
    yield from _check_covariates(_table(raw, "adjust"))


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def _check_primary(table: Mapping[str, Any], visits: Mapping[str, Any]) -> Iterator[Fault]:
    primary = table.get("primary")
    if not isinstance(primary, str) or not visits:
        return
    if primary not in visits:
        yield ("visits", "primary"), f"must be one of the visits: {', '.join(visits)}"
    elif primary == next(iter(visits)):
        yield ("visits", "primary"), "must be a later visit than the first, which is the baseline"


def _check_times(visits: Mapping[str, Any]) -> Iterator[Fault]:
    before: tuple[float, float] | None = None
    week_before: float | None = None
    for name, visit in visits.items():
        if not isinstance(visit, dict) or not _is_number(visit.get("week")):
            continue
        if week_before is not None and visit["week"] <= week_before:
            yield ("visits", name, "week"), "must be later than the week of the visit before it"
        week_before = visit["week"]
        window = visit.get("window")
        if not isinstance(window, list) or len(window) != 2 or not all(map(_is_number, window)):  # noqa: PLR2004  # low, high
            continue
        if before is not None and window[0] <= before[1]:
            yield ("visits", name, "window"), "must begin after the window of the visit before it has ended"
        before = (window[0], window[1])


def _check_measures(measures: Mapping[str, Any]) -> Iterator[Fault]:
    tables = {name: measure for name, measure in measures.items() if isinstance(measure, dict)}
    if tables and not any(measure.get("role") == "primary" for measure in tables.values()):
        yield ("measures",), 'need at least one with role = "primary"'
    for name, measure in tables.items():
        if ("clinical" in measure) != ("nonclinical" in measure):
            yield ("measures", name), "needs both norms, clinical and nonclinical, or neither"
        if isinstance(measure.get("instrument"), str):
            yield from _check_instrument(name, measure)


def _check_instrument(name: str, measure: Mapping[str, Any]) -> Iterator[Fault]:
    scoring = measure.get("scoring")
    asked = scoring.get("score") if isinstance(scoring, dict) else None
    try:
        instrument = read_instrument(measure["instrument"])
        rule = instrument.score(asked if isinstance(asked, str) else None)
    except UnknownInstrumentError as fault:
        yield ("measures", name, "instrument"), str(fault)
        return
    except UnknownScoreError as fault:
        yield ("measures", name, "scoring", "score"), str(fault)
        return
    if isinstance(measure.get("range"), list) and list(rule.range) != measure["range"]:
        low, high = rule.range
        yield (
            ("measures", name, "range"),
            f"must be [{low:g}, {high:g}], which is what this score of {instrument.id} can be",
        )


def _check_covariates(adjust: Mapping[str, Any]) -> Iterator[Fault]:
    names = adjust.get("covariates")
    if not isinstance(names, list):
        return
    texts = [name for name in names if isinstance(name, str)]
    words = [word(name) for name in texts]
    for name in texts:
        if name in RESERVED:
            yield ("adjust", "covariates"), f"must not hold {name}, which is part of the comparison itself"
        if words.count(word(name)) > 1:
            yield ("adjust", "covariates"), f"hold {name} twice, or two names that differ only in their punctuation"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
