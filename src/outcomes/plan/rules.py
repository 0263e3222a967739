"""What a plan must hold to beyond the type of each value; judged on the raw table, so that every fault is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from outcomes.core.ids import word
from outcomes.instruments import UnknownInstrumentError, UnknownScoreError, read_instrument
from outcomes.plan.needs_rules import check_needs
from outcomes.plan.question_rules import check_costs, check_sessions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments import Instrument

Fault: TypeAlias = tuple[tuple[str, ...], str]
# Columns with a meaning of their own: adjusting for one of them would adjust for the comparison, or for its result.
RESERVED = frozenset({"client_id", "arm", "full", "start_date", "end_date", "end_reason", "completed"})
# Ids name the arms by these words; a visit or a measure of that name could not be told from them.
ARM_WORDS = frozenset({"full", "skills"})


def check_rules(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every fault: the path of its key, and what is wrong."""
    visits = {name: visit for name, visit in _table(raw, "visits").items() if name != "primary"}
    yield from _check_primary(_table(raw, "visits"), visits)
    yield from _check_words(raw)
    for table in ("arms", "visits", "measures"):
        yield from _check_labels(table, _table(raw, table))
    yield from _check_times(visits)
    yield from _check_measures(_table(raw, "measures"))
    yield from _check_columns(_table(raw, "adjust"), _table(raw, "completion"))
    yield from check_needs(raw)
    measures = _table(raw, "measures")
    primary = [name for name, one in measures.items() if isinstance(one, dict) and one.get("role") == "primary"]
    words = list(visits), _table(raw, "visits").get("primary"), list(measures)
    yield from check_sessions(_table(raw, "sessions"), *words)
    yield from check_costs(_table(raw, "costs"), primary)
    yield from _check_evidence(_table(_table(raw, "evidence"), "outcomes"), measures)


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


def _check_words(raw: Mapping[str, Any]) -> Iterator[Fault]:
    for table in ("visits", "measures"):
        for name in ARM_WORDS.intersection(_table(raw, table)):
            yield (table, name), "has the name of an arm; give it another word"


def _check_labels(table: str, parts: Mapping[str, Any]) -> Iterator[Fault]:
    """Tell labels that a reader of the report could not tell from one another."""
    seen: dict[str, str] = {}
    for name, part in parts.items():
        label = part.get("label") if isinstance(part, dict) else None
        if isinstance(label, str) and seen.setdefault(" ".join(label.casefold().split()), name) != name:
            yield (
                (table, name, "label"),
                f"is the label of another of the {table} as well; nobody could tell them apart",
            )


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
        yield from _check_points(name, measure)
        if isinstance(measure.get("instrument"), str):
            yield from _check_instrument(name, measure)
        elif "instrument" not in measure and "scoring" in measure:
            yield (
                ("measures", name, "scoring"),
                "needs an instrument, whose items are scored; name it, or take this out",
            )


def _check_points(name: str, measure: Mapping[str, Any]) -> Iterator[Fault]:
    """Check what is given in points against the range of the measure."""
    limits = measure.get("range")
    if not isinstance(limits, list) or len(limits) != 2 or not all(map(_is_number, limits)):  # noqa: PLR2004  # low, high
        return
    low, high = limits
    if _is_number(worthwhile := measure.get("worthwhile")) and low < high and worthwhile > high - low:
        yield ("measures", name, "worthwhile"), "must be smaller than the whole range of the measure"
    means = {}
    for norm in ("clinical", "nonclinical"):
        given = measure.get(norm)
        mean = given.get("mean") if isinstance(given, dict) else None
        if not _is_number(mean):
            continue
        means[norm] = mean
        if low < high and not low <= mean <= high:
            yield ("measures", name, norm), "has a mean outside the range of the measure"
    better = measure.get("better")
    if len(means) == 2 and better in {"higher", "lower"}:  # noqa: PLR2004  # both norms
        gain = means["nonclinical"] - means["clinical"]
        if (gain if better == "higher" else -gain) <= 0:
            yield ("measures", name, "nonclinical"), f"must have a mean that is {better} than the clinical one"


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
    if isinstance(scoring, dict):
        yield from _check_settings(name, scoring, instrument, len(rule.items))


def _check_settings(name: str, scoring: Mapping[str, Any], instrument: Instrument, n_items: int) -> Iterator[Fault]:
    """Check the choices that scoring leaves, so that the plan is refused and not, later, the scoring of it."""
    where = ("measures", name, "scoring")
    given = scoring.get("reverse_items")
    items = given if isinstance(given, list) else []
    if scoring.get("items_already_reversed") is True and items:
        yield (
            (*where, "reverse_items"),
            "names items to reverse, and items_already_reversed says there are none: keep one",
        )
    if any(_is_number(item) and not 1 <= item <= instrument.n_items for item in items):
        yield (
            (*where, "reverse_items"),
            f"names an item that {instrument.id} does not have; it has 1 to {instrument.n_items}",
        )
    most = scoring.get("maximum_missing")
    if _is_number(most) and most >= n_items:
        yield (*where, "maximum_missing"), f"must lie between 0 and {n_items - 1}, since the score has {n_items} items"


def _check_columns(adjust: Mapping[str, Any], completion: Mapping[str, Any]) -> Iterator[Fault]:
    """Check the columns that the plan names: each has one meaning."""
    clusters = {key: adjust[key] for key in ("skills_group", "therapist") if isinstance(adjust.get(key), str)}
    for key, column in clusters.items():
        if column in RESERVED:
            yield ("adjust", key), f"must not be {column}, which has a meaning of its own"
    if len(clusters) > len(set(clusters.values())):
        yield ("adjust", "therapist"), "must be another column than skills_group"
    column = completion.get("column")
    if isinstance(column, str) and column in (RESERVED - {"completed"}) | set(clusters.values()):
        yield ("completion", "column"), f"must not be {column}, which has a meaning of its own"
    names = adjust.get("covariates")
    if isinstance(names, list):
        yield from _check_covariates([name for name in names if isinstance(name, str)], column)


def _check_covariates(texts: list[str], completion: object) -> Iterator[Fault]:
    words = [word(name) for name in texts]
    for name in dict.fromkeys(texts):
        if name in RESERVED or name == completion:
            yield ("adjust", "covariates"), f"must not hold {name}, which is part of the comparison itself"
        if words.count(word(name)) > 1:
            yield ("adjust", "covariates"), f"hold {name} twice, or two names that differ only in their punctuation"


def _check_evidence(outcomes: Mapping[str, Any], measures: Mapping[str, Any]) -> Iterator[Fault]:
    """Check that a published outcome is set beside a measure of this plan."""
    for text, given in outcomes.items():
        measure = given.get("measure") if isinstance(given, dict) else None
        if isinstance(measure, str) and measure not in measures:
            yield ("evidence", "outcomes", text, "measure"), f"must be one of the measures: {', '.join(measures)}"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
