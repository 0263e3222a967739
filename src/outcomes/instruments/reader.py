"""Reads the definitions that ship with the package and works out what follows from them."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from outcomes.instruments.model import (
    DOMAINS,
    STATUSES,
    Bands,
    CutOff,
    Direction,
    Instrument,
    MissingRule,
    Norm,
    Reliability,
    ReliableChange,
    Rule,
    ScoreRule,
    Subscale,
    TalkingTherapies,
    UnknownInstrumentError,
    UnsoundDefinitionError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# The cap where nothing was published: a fifth of the items. A fifth of a short subscale would be none at all, and one
# skipped item would cost the whole score, so from three items on one may always be missing.
DEFAULT_SHARE_MISSING_PER_ITEM = 5
SHORTEST_PRORATED = 3


@functools.cache
def list_instruments() -> tuple[str, ...]:
    """Ids of all defined instruments, in alphabetical order."""
    folder = resources.files("outcomes.instruments") / "definitions"
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def read_instrument(name: str, own: Mapping[str, Instrument] | None = None) -> Instrument:
    """Definition of an instrument, a study's own among them.

    Parameters
    ----------
    name : str
        Case, spaces, dashes and underscores do not matter.
    own : mapping of str to Instrument, optional
        Those that a study defines itself, by id.

    Raises
    ------
    UnknownInstrumentError
    """
    mine = own or {}
    for known in (*mine, *list_instruments()):
        if is_called(name, known):
            return mine[known] if known in mine else _read_definition(known)
    raise UnknownInstrumentError(name, (*mine, *list_instruments()))


def is_called(name: str, instrument_id: str) -> bool:
    """Whether a name, in whatever spelling, is that of an instrument."""
    return _bare(name) == _bare(instrument_id)


def _bare(name: str) -> str:
    return re.sub(r"[\s_‐‑–-]", "", name.casefold())


@functools.cache
def _read_definition(instrument_id: str) -> Instrument:
    file = resources.files("outcomes.instruments") / "definitions" / f"{instrument_id}.toml"
    return build_instrument(tomllib.loads(file.read_text(encoding="utf-8")))


def build_instrument(table: Mapping[str, Any]) -> Instrument:
    """Instrument from the table of its definition.

    Raises
    ------
    UnsoundDefinitionError
        Where it contradicts itself: of a shipped one a fault of this program.
    """
    _require_parts(table)
    subscales = _build_subscales(table)
    instrument = Instrument(
        id=table["id"],
        name=table["name"],
        citation=table["citation"],
        domain=table["domain"],
        better=table["better"],
        n_items=table["n_items"],
        table=table.get("table", "items"),
        answers=_pair(table["answers"]),
        answers_note=table.get("answers_note", ""),
        reversed_items=tuple(table["reversed_items"]),
        subscales=subscales,
        scores=_build_scores(table, subscales),
        default_score=table["default_score"],
        missing=MissingRule(status=table["missing"]["status"], source=table["missing"]["source"]),
        key_status=table["key"]["status"],
        key_programs=table["key"].get("programs", 0),
        traps=tuple(table.get("traps", ())),
        licence=table["licence"],
        reliability=tuple(_build_reliability(entry) for entry in table.get("reliability", ())),
        norms=tuple(Norm(n=entry.get("n"), **_without(entry, "n")) for entry in table.get("norms", ())),
        cut_offs=tuple(CutOff(**entry) for entry in table.get("cut_offs", ())),
        bands=tuple(_build_bands(entry) for entry in table.get("bands", ())),
        reliable_change=tuple(ReliableChange(**entry) for entry in table.get("reliable_change", ())),
        talking_therapies=TalkingTherapies(**table["talking_therapies"]) if "talking_therapies" in table else None,
    )
    _require_sound(instrument, table)
    return instrument


def _build_subscales(table: Mapping[str, Any]) -> dict[str, Subscale]:
    turned = set(table["reversed_items"])
    return {
        name: Subscale(
            name=name,
            items=tuple(entry["items"]),
            reversed_items=tuple(item for item in entry["items"] if item in turned),
            maximum_missing=entry.get("maximum_missing", _default_maximum_missing(len(entry["items"]))),
            better=entry.get("better", table["better"]),
        )
        for name, entry in table.get("subscales", {}).items()
    }


def _default_maximum_missing(n_items: int) -> int:
    at_least = 1 if n_items >= SHORTEST_PRORATED else 0
    return max(at_least, n_items // DEFAULT_SHARE_MISSING_PER_ITEM)


def _build_scores(table: Mapping[str, Any], subscales: Mapping[str, Subscale]) -> dict[str, ScoreRule]:
    """Totals and subscales, then each in the other metrics: `<score>.<metric>`, or `<metric>` for the default one."""
    published = {
        **{name: _build_total(table, subscales, name) for name in table.get("scores", {})},
        **{name: _build_subscale_score(table, subscale) for name, subscale in subscales.items()},
    }
    scores = dict(published)
    for metric, how in table.get("metrics", {}).items():
        for name, rule in published.items():
            scores[f"{name}.{metric}"] = _in_metric(table, rule, f"{name}.{metric}", how)
        scores[metric] = _in_metric(table, published[table["default_score"]], metric, how)
    return scores


def _build_total(table: Mapping[str, Any], subscales: Mapping[str, Subscale], name: str) -> ScoreRule:
    entry = table["scores"][name]
    parts = tuple(subscales[part] for part in entry.get("subscales", subscales))
    if "items" in entry:
        items = tuple(entry["items"])
    elif "subscales" in entry:
        items = tuple(sorted(item for part in parts for item in part.items))
    else:
        items = tuple(range(1, table["n_items"] + 1))
    rule: Rule = entry["rule"]
    cap = entry.get("maximum_missing", table["missing"].get("maximum_missing", _default_maximum_missing(len(items))))
    return ScoreRule(
        name=name,
        items=items,
        rule=rule,
        factor=entry.get("factor", 1),
        parts=parts if rule == "mean_of_subscales" else (),
        range=_score_range(table, rule, len(items), entry.get("factor", 1)),
        better=entry.get("better", table["better"]),
        maximum_missing=min(cap, len(items) - 1),
        status=entry["status"],
    )


def _build_subscale_score(table: Mapping[str, Any], subscale: Subscale) -> ScoreRule:
    how = table["subscale_scores"]
    factor = how.get("factor", 1)
    return ScoreRule(
        name=subscale.name,
        items=subscale.items,
        rule=how["rule"],
        factor=factor,
        parts=(),
        range=_score_range(table, how["rule"], len(subscale.items), factor),
        better=subscale.better,
        maximum_missing=subscale.maximum_missing,
        status=how["status"],
    )


def _in_metric(table: Mapping[str, Any], score: ScoreRule, name: str, how: Mapping[str, Any]) -> ScoreRule:
    factor = how.get("factor", 1)
    return ScoreRule(
        name=name,
        items=score.items,
        rule=how["rule"],
        factor=factor,
        parts=(),
        range=_score_range(table, how["rule"], len(score.items), factor),
        better=score.better,
        maximum_missing=score.maximum_missing,
        status=how["status"],
    )


def _score_range(table: Mapping[str, Any], rule: Rule, n_items: int, factor: float) -> tuple[float, float]:
    low, high = _pair(table["answers"])
    times = factor * n_items if rule == "sum" else factor
    return low * times, high * times


def _build_reliability(entry: Mapping[str, Any]) -> Reliability:
    value = entry["value"]
    low, high = _pair(value) if isinstance(value, list) else (float(value), float(value))
    return Reliability(
        kind=entry["kind"],
        score=entry["score"],
        low=low,
        high=high,
        sample=entry.get("sample", ""),
        status=entry["status"],
    )


def _build_bands(entry: Mapping[str, Any]) -> Bands:
    return Bands(
        name=entry["name"],
        score=entry["score"],
        starts=tuple(float(start) for start in entry["starts"]),
        labels=tuple(entry["labels"]),
        status=entry["status"],
    )


def _pair(values: list[float]) -> tuple[float, float]:
    low, high = values
    return float(low), float(high)


def _without(entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != key}


def _require_parts(table: Mapping[str, Any]) -> None:
    """Refuse a definition that names parts that it has not."""
    subscales = table.get("subscales", {})
    named = {part for score in table.get("scores", {}).values() for part in score.get("subscales", ())}
    of_parts = [score for score in table.get("scores", {}).values() if score["rule"] == "mean_of_subscales"]
    _refuse(
        table,
        ("a score is made of a subscale that is not defined", not named <= subscales.keys()),
        ("a score is the mean of subscales, and there are none", bool(of_parts) and not subscales),
        ("there are subscales, and subscale_scores does not say how they are scored", _lacks(table, subscales)),
        ("a name is that of a score and of a subscale", not subscales.keys().isdisjoint(table.get("scores", {}))),
    )


def _lacks(table: Mapping[str, Any], subscales: Mapping[str, Any]) -> bool:
    return bool(subscales) and "subscale_scores" not in table


def _require_sound(instrument: Instrument, table: Mapping[str, Any]) -> None:
    """Refuse a definition that contradicts itself."""
    numbers = set(range(1, instrument.n_items + 1))
    in_subscales = [item for subscale in instrument.subscales.values() for item in subscale.items]
    in_scores = [score.items for score in instrument.scores.values()]
    used = {item for items in in_scores for item in items}
    facts: tuple[Reliability | Norm | CutOff | Bands | ReliableChange, ...] = (
        *instrument.reliability,
        *instrument.norms,
        *instrument.cut_offs,
        *instrument.bands,
        *instrument.reliable_change,
    )
    directions: set[Direction] = {score.better for score in instrument.scores.values()}
    ranges = {name: (_pair(e["range"]), instrument.scores[name].range) for name, e in table.get("scores", {}).items()}
    _refuse(
        table,
        (f"unknown domain; it is one of: {', '.join(DOMAINS)}", instrument.domain not in DOMAINS),
        ("the answers do not run from the lowest to the highest", not instrument.answers[0] < instrument.answers[1]),
        ("an item number is outside the form", not numbers >= {*used, *in_subscales, *instrument.reversed_items}),
        ("a score names an item twice", any(len(items) != len(set(items)) for items in in_scores)),
        ("an item is in two subscales", len(in_subscales) != len(set(in_subscales))),
        ("an item is in no subscale", bool(in_subscales) and set(in_subscales) != numbers),
        ("a direction is neither higher nor lower", not directions <= {"higher", "lower"}),
        ("the default score is not defined", instrument.default_score not in instrument.scores),
        ("a fact has an unknown status", not {fact.status for fact in facts} <= set(STATUSES)),
        ("a fact names an unknown score", not {fact.score for fact in facts} <= set(instrument.scores)),
        ("bands need a label for each start", any(len(one.starts) != len(one.labels) for one in instrument.bands)),
        ("a declared range is not the one that the rule gives", any(said != made for said, made in ranges.values())),
    )


def _refuse(table: Mapping[str, Any], *judged: tuple[str, bool]) -> None:
    faults = [fault for fault, found in judged if found]
    if faults:
        raise UnsoundDefinitionError(table["id"], faults)
