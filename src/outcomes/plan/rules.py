"""What a plan must hold to beyond the type of each value; judged on the raw table, so that every fault is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.core.ids import word
from outcomes.instruments import UnknownInstrumentError, UnknownScoreError, read_instrument
from outcomes.plan.kind_rules import check_kinds
from outcomes.plan.needs_rules import check_needs
from outcomes.plan.question_rules import check_costs, check_sessions
from outcomes.plan.raw import RESERVED, is_number, pair, table, tables, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments import Instrument
    from outcomes.plan.raw import Fault

# Ids name the arms by these words; a visit or a measure of that name could not be told from them.
ARM_WORDS = frozenset({"full", "skills"})


def check_rules(raw: Mapping[str, Any], own: Mapping[str, Instrument] | None = None) -> Iterator[Fault]:
    """Yield every fault: the path of its key, and what is wrong; `own` are the instruments that the study defines."""
    visits = {name: visit for name, visit in table(raw, "visits").items() if name != "primary"}
    primary, measures = table(raw, "visits").get("primary"), table(raw, "measures")
    yield from _check_primary(primary, visits)
    for name in ("visits", "measures", "events"):
        for arm in ARM_WORDS.intersection(table(raw, name)):
            yield (name, arm), "has the name of an arm; give it another word"
    for name in ("arms", "visits", "measures", "events"):
        yield from _check_labels(name, tables(table(raw, name)))
    yield from _check_times(tables(visits))
    yield from _check_measures(tables(measures), own or {})
    yield from check_kinds(tables(measures), list(visits))
    yield from _check_columns(table(raw, "adjust"), table(raw, "completion").get("column"))
    yield from check_needs(raw)
    yield from check_sessions(table(raw, "sessions"), list(visits), primary, list(measures))
    primaries = [name for name, one in tables(measures).items() if one.get("role") == "primary"]
    yield from check_costs(table(raw, "costs"), primaries)
    yield from _check_evidence(table(raw, "evidence", "outcomes"), measures)


def _check_primary(primary: object, visits: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(primary, str) or not visits:
        return
    if primary not in visits:
        yield ("visits", "primary"), f"must be one of the visits: {', '.join(visits)}"
    elif primary == next(iter(visits)):
        yield ("visits", "primary"), "must be a later visit than the first, which is the baseline"


def _check_labels(of: str, parts: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Tell labels and short names that a reader of the report could not tell from one another."""
    seen: dict[str, tuple[str, str]] = {}
    for key, noun in (("label", "the label"), ("short", "the short name")):
        for name, part in parts.items():
            text = part.get(key)
            if not isinstance(text, str):
                continue
            of_another, first = seen.setdefault(" ".join(text.casefold().split()), (name, noun))
            if of_another != name:
                yield (of, name, key), f"is {first} of another of the {of} as well; nobody could tell them apart"


def _check_times(visits: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    end: float | None = None
    week: float | None = None
    for name, visit in visits.items():
        if not is_number(visit.get("week")):
            continue
        if week is not None and visit["week"] <= week:
            yield ("visits", name, "week"), "must be later than the week of the visit before it"
        week = visit["week"]
        if (window := pair(visit.get("window"))) is not None:
            if end is not None and window[0] <= end:
                yield ("visits", name, "window"), "must begin after the window of the visit before it has ended"
            end = window[1]


def _check_measures(measures: Mapping[str, Mapping[str, Any]], own: Mapping[str, Instrument]) -> Iterator[Fault]:
    if measures and not any(measure.get("role") == "primary" for measure in measures.values()):
        yield ("measures",), 'need at least one with role = "primary"'
    for name, measure in measures.items():
        if ("clinical" in measure) != ("nonclinical" in measure):
            yield ("measures", name), "needs both norms, clinical and nonclinical, or neither"
        if "reliability" in measure and "reliable_change" in measure:
            yield ("measures", name, "reliable_change"), "stands beside a reliability; keep the one that holds"
        if measure.get("kind", "score") == "score":
            yield from _check_points(name, measure)
        if isinstance(measure.get("instrument"), str):
            yield from _check_instrument(name, measure, own)
        elif "instrument" not in measure and "scoring" in measure:
            what = "needs an instrument, whose items are scored; name it, or take this out"
            yield ("measures", name, "scoring"), what


def _check_points(name: str, measure: Mapping[str, Any]) -> Iterator[Fault]:
    """Check what is given in points against the range of the measure."""
    limits = pair(measure.get("range"))
    if limits is None:
        return
    low, high = limits
    if is_number(worthwhile := measure.get("worthwhile")) and low < high and worthwhile > high - low:
        yield ("measures", name, "worthwhile"), "must be smaller than the whole range of the measure"
    means = {}
    for norm in ("clinical", "nonclinical"):
        mean = table(measure, norm).get("mean")
        if not is_number(mean):
            continue
        means[norm] = mean
        if low < high and not low <= mean <= high:
            yield ("measures", name, norm), "has a mean outside the range of the measure"
    better = measure.get("better")
    if len(means) == 2 and better in {"higher", "lower"}:  # noqa: PLR2004  # both norms
        gain = means["nonclinical"] - means["clinical"]
        if (gain if better == "higher" else -gain) <= 0:
            yield ("measures", name, "nonclinical"), f"must have a mean that is {better} than the clinical one"


def _check_instrument(name: str, measure: Mapping[str, Any], own: Mapping[str, Instrument]) -> Iterator[Fault]:
    scoring = table(measure, "scoring")
    asked = scoring.get("score")
    try:
        instrument = read_instrument(measure["instrument"], own)
        rule = instrument.score(asked if isinstance(asked, str) else None)
    except UnknownInstrumentError as fault:
        yield ("measures", name, "instrument"), str(fault)
        return
    except UnknownScoreError as fault:
        yield ("measures", name, "scoring", "score"), str(fault)
        return
    if isinstance(measure.get("range"), list) and list(rule.range) != measure["range"]:
        low, high = rule.range
        what = f"must be [{low:g}, {high:g}], which is what this score of {instrument.id} can be"
        yield ("measures", name, "range"), what
    yield from _check_settings(name, scoring, instrument, len(rule.items))


def _check_settings(name: str, scoring: Mapping[str, Any], instrument: Instrument, n_items: int) -> Iterator[Fault]:
    """Check the choices that scoring leaves, so that the plan is refused and not, later, the scoring of it."""
    where = ("measures", name, "scoring")
    given = scoring.get("reverse_items")
    items = given if isinstance(given, list) else []
    if scoring.get("items_already_reversed") is True and items:
        what = "names items to reverse, and items_already_reversed says there are none: keep one"
        yield (*where, "reverse_items"), what
    if any(is_number(item) and not 1 <= item <= instrument.n_items for item in items):
        what = f"names an item that {instrument.id} does not have; it has 1 to {instrument.n_items}"
        yield (*where, "reverse_items"), what
    most = scoring.get("maximum_missing")
    if is_number(most) and most >= n_items:
        yield (*where, "maximum_missing"), f"must lie between 0 and {n_items - 1}, since the score has {n_items} items"


def _check_columns(adjust: Mapping[str, Any], completion: object) -> Iterator[Fault]:
    """Check the columns that the plan names: each has one meaning."""
    clusters = {key: adjust[key] for key in ("skills_group", "therapist") if isinstance(adjust.get(key), str)}
    for key, column in clusters.items():
        if column in RESERVED:
            yield ("adjust", key), f"must not be {column}, which has a meaning of its own"
    if len(clusters) > len(set(clusters.values())):
        yield ("adjust", "therapist"), "must be another column than skills_group"
    if isinstance(completion, str) and completion in (RESERVED - {"completed"}) | set(clusters.values()):
        yield ("completion", "column"), f"must not be {completion}, which has a meaning of its own"
    names = texts(adjust.get("covariates"))
    words = [word(name) for name in names]
    for name in dict.fromkeys(names):
        if name in RESERVED or name == completion:
            yield ("adjust", "covariates"), f"must not hold {name}, which is part of the comparison itself"
        if words.count(word(name)) > 1:
            yield ("adjust", "covariates"), f"hold {name} twice, or two names that differ only in their punctuation"


def _check_evidence(outcomes: Mapping[str, Any], measures: Mapping[str, Any]) -> Iterator[Fault]:
    """Check that a published outcome is set beside a measure of this plan."""
    for text, given in tables(outcomes).items():
        measure = given.get("measure")
        if isinstance(measure, str) and measure not in measures:
            yield ("evidence", "outcomes", text, "measure"), f"must be one of the measures: {', '.join(measures)}"
