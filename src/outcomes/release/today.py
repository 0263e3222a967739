"""To be deleted: what results that carry no key yet would say of themselves, read off their ids.

Each question gives its results a key, a quantity, cells and tells; until the last has done so, they are found here.
docs/methods/disclosure.md lists which result carries what. Nothing else in release reads an id.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.questions.needs.model import FEW
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ARMS = ("full", "skills")
_MOVED_BY = {
    "tipping_point": ("full",),
    "tipping_lean": ("full",),
    "by_delta": ("full",),
    "worse_full": ("full",),
    "worse_skills": ("skills",),
    "worse_both": ARMS,
    **{
        f"{word}{way}": ARMS
        for word in ("jump_to_reference", "copy_increments", "copy_reference")
        for way in ("", "_rubin")
    },
}
_PARTS = ("improved", "unchanged", "deteriorated")
_UNITS = {
    "people": Quantity.COUNT,
    "records": Quantity.COUNT,
    "share": Quantity.SHARE,
    "share_of_sessions": Quantity.SHARE,
    "share_of_samples": Quantity.SHARE,
    "share_of_variance": Quantity.CORRELATION,
    "share_difference": Quantity.SHARE_DIFFERENCE,
    "ratio": Quantity.RATIO,
    "sd": Quantity.STANDARDISED_DIFFERENCE,
    "probability": Quantity.P_VALUE,
    "standard_errors": Quantity.DISTANCE,
    "currency": Quantity.MONEY_DIFFERENCE,
    "minutes": Quantity.TIME,
}
_TALLIES = "agree compared alike alike_weighted comparable agreeing looks apart moderators by_chance"
_WORDS = {
    **dict.fromkeys(_TALLIES.split(), Quantity.TALLY),
    **dict.fromkeys("abc", Quantity.CUT_OFF),
    "observations": Quantity.COUNT,
    "effective_n": Quantity.EFFECTIVE_NUMBER,
    "number_needed": Quantity.NUMBER_NEEDED,
    "odds_ratio": Quantity.ODDS_RATIO,
    "hazard_ratio": Quantity.HAZARD_RATIO,
    "per_completion": Quantity.COST_EFFECTIVENESS,
    "per_improvement": Quantity.COST_EFFECTIVENESS,
    "interaction": Quantity.STATISTIC,
    "shrunken": Quantity.CORRELATION,  # goes before the effects that it is made of
    "logrank": Quantity.STATISTIC,
    "mean": Quantity.MEAN,
    "sd": Quantity.SD,
}


@dataclass(frozen=True, slots=True)
class Spelt(Key):
    """A key that prints as the id that a result has today."""

    spelt: str = ""

    def __post_init__(self) -> None:
        """Take any id."""

    def __str__(self) -> str:
        """Print the id."""
        return self.spelt

    def but(self, **changed: str) -> Key:
        """Give the key of the first computation of a second."""
        return dataclasses.replace(self, spelt=self.spelt.removeprefix("independent."), **changed)


def dress(registry: Registry) -> Registry:
    """Give every result that has no key what it would say of itself."""
    cells, tells = _cells(registry), _tells(registry)
    return Registry(
        record if record.key is not None else _dressed(record, cells.get(record.id, ()), tells.get(record.id, ()))
        for record in registry.records()
    )


def undress(record: Record) -> Record:
    """Take from a result what it did not have."""
    outcome = record.outcome
    if not isinstance(outcome.key, Spelt):
        return record
    bare = {} if isinstance(outcome, NotEstimable) else {"cells": ()}
    outcome = dataclasses.replace(outcome, key=None, quantity=None, tells=(), id=record.id, **bare)
    return dataclasses.replace(record, outcome=outcome)


def _dressed(record: Record, cells: tuple[int, ...], tells: tuple[tuple[str, ...], ...]) -> Record:
    outcome = record.outcome
    words = record.id.split(".")
    second = words[0] == "independent" and len(words) > 2  # noqa: PLR2004
    what = words[-1] if words[:2] != ["sessions", "therapist"] else "therapist_share"
    category = "unchanged" if "unchanged" in words[-2:] else ""
    key = Spelt(words[0], what=what, category=category, of=words[1] if second else "", spelt=record.id)
    given = {"key": key, "quantity": _quantity(outcome, words[-1])}
    given["tells"] = tuple(tuple(Spelt(words[0], spelt=name) for name in relation) for relation in tells)
    if isinstance(outcome, NotEstimable):
        few = "too few" if outcome.reason == FEW else "not possible"
        return dataclasses.replace(record, outcome=dataclasses.replace(outcome, cause=few, **given))
    return dataclasses.replace(record, outcome=dataclasses.replace(outcome, cells=cells, **given))


def _quantity(outcome: Outcome, last: str) -> Quantity:
    if last in _WORDS and not (_WORDS[last] is Quantity.TALLY and getattr(outcome, "unit", "") == "people"):
        return _WORDS[last]
    return _UNITS.get(getattr(outcome, "unit", ""), Quantity.DIFFERENCE)


def _cells(registry: Registry) -> dict[str, tuple[int, ...]]:
    """Give the small numbers of people that a result tells of and is no relation with."""
    found: dict[str, tuple[int, ...]] = {}

    def count(name: str) -> tuple[int, ...]:
        outcome = registry.get(name)
        return (round(outcome.value),) if isinstance(outcome, Estimate) else ()

    for name in registry:
        words = name.split(".")
        if words[0] == "imputation":
            left = (f"missing.{words[1]}.{words[2]}.{arm}.left" for arm in _MOVED_BY.get(words[-1], ()))
            found[name] = tuple(one for leavers in left for one in count(leavers))
        if words[0] == "pace" and words[-1] in ARMS:
            improved = [
                n for n in registry if n.startswith(f"change.{words[1]}.") and n.endswith(f"{words[2]}.improved")
            ]
            found[name] = tuple(one for what in improved for one in _sides(registry[what]))
        if words[0] == "missing" and words[-1] == "last_score":
            found[name] = count(f"missing.{words[1]}.{words[2]}.missed_next")
        if words[0] == "sessions" and len(words) > 2:  # noqa: PLR2004
            start = name.rsplit(".", 1)[0]
            found[name] = (*count(f"{start}.clients"), *count(f"{start}.clients_without"))
    return found


def _sides(share: Outcome) -> tuple[int, ...]:
    if not isinstance(share, Estimate) or share.n is None:
        return ()
    count = round(share.value * share.n)
    return count, share.n - count


def _tells(registry: Registry) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for owner, others in _relations(registry):
        there = tuple(dict.fromkeys(name for name in others if name in registry and name != owner))
        if owner in registry and there:
            found.setdefault(owner, []).append(there)
    return {name: tuple(relations) for name, relations in found.items()}


def _relations(registry: Registry) -> Iterator[tuple[str, Iterable[str]]]:
    yield from _whole_relations(registry)
    for name in registry:
        words = name.split(".")
        start = name.rsplit(".", 1)[0]
        match words:
            case ["independent", _, _, *_]:
                yield name, [name.removeprefix("independent.")]
            case ["completion", ("crude" | "adjusted"), _] | ["costs", "completion", *_] | ["costs", "per_completion"]:
                yield name, [f"completion.{arm}.share" for arm in ARMS]
            case ["evidence", "dropout", ("local" | "pooled_with_local")]:
                yield name, [f"completion.{arm}.share" for arm in ARMS]
            case ["completion", stream, "difference"]:
                yield name, [f"completion.{stream}.{arm}.share" for arm in ARMS]
            case ["completion", arm, "share"]:
                yield name, [f"flow.{arm}.completed"]
            case ["precision", measure, "dropout"]:
                yield name, [f"precision.{measure}.{arm}.dropout" for arm in ARMS]
            case ["retention", "curve", arm] | ["retention", ("full" | "skills") as arm, "rmst"]:
                yield name, [f"retention.{arm}.left"]
            case ["retention", *_] if words[-1] != "left":
                yield name, [f"retention.{arm}.left" for arm in ARMS]
            case ["missing", _, _, "difference"]:
                yield name, [f"{start}.{arm}.share" for arm in ARMS]
            case ["pace", measure, "difference"]:
                yield name, [f"pace.{measure}.{arm}" for arm in ARMS]
            case ["change", measure, visit, word, ("difference" | "imputed_difference")]:
                yield name, [f"change.{measure}.{visit}.{arm}.{word}" for arm in ARMS]
            case ["needs", *_, _, "interaction"] if ".".join((*words[:4], "interaction")) != name:
                yield (
                    name,
                    [one for one in registry if one.startswith(".".join(words[:4])) and one.endswith(".difference")],
                )
            case ["change", *_, "people"]:
                yield name, [start]
            case _:
                continue
    yield from _of_improvement(registry)


def _of_improvement(registry: Registry) -> Iterator[tuple[str, Iterable[str]]]:
    """What a cost is weighed against."""
    for name in registry:
        words = name.split(".")
        if words[0] != "change" or words[-2:] != ["improved", "difference"]:
            continue
        weighed = registry.get("costs.improvement.difference")
        if weighed is None or (weighed.n_full, weighed.n_skills) != (registry[name].n_full, registry[name].n_skills):
            continue
        costs = [one for one in registry if one.startswith("costs.improvement.")]
        for told in (*costs, "costs.per_improvement"):
            yield told, [f"change.{words[1]}.{words[2]}.{arm}.improved" for arm in ARMS]


def _whole_relations(registry: Registry) -> Iterator[tuple[str, Iterable[str]]]:
    """Parts of a whole, and what compares all of them."""
    wholes: dict[tuple[str, ...], list[str]] = {}
    for name, outcome in registry.items():
        words = name.split(".")
        if isinstance(outcome, Curve):
            continue
        match words:
            case ["baseline", covariate, _, arm, "share"]:
                wholes.setdefault(("baseline", covariate, arm), []).append(name)
            case ["change", _, _, ("full" | "skills"), part] if part in _PARTS:
                wholes.setdefault(tuple(words[:4]), []).append(name)
            case ["sessions", "target", _, last] if last not in {"clients", "clients_without"}:
                wholes.setdefault(("target", last), []).append(name)
            case ["missing", measure, ("pattern" | "kind") as kind, _, arm]:
                wholes.setdefault((measure, kind, arm), []).append(name)
            case ["flow", *place, "left_out", _]:
                wholes.setdefault(("left_out", *place), []).append(name)
            case ["needs", *place, _, "difference"]:
                wholes.setdefault(("needs", *place), []).append(name)
            case _:
                continue
    for whole, parts in wholes.items():
        if whole[0] != "needs":
            yield parts[0], parts
            continue
        made = [f"needs.{'.'.join(whole[1:])}.interaction", *(f"{part.rsplit('.', 1)[0]}.shrunken" for part in parts)]
        for one in made:
            yield one, parts
    yield from _of_patterns(registry)
    for covariate in {whole[1] for whole in wholes if whole[0] == "baseline"}:
        levels = [name for arm in ARMS for name in wholes.get(("baseline", covariate, arm), ())]
        for name in (f"baseline.{covariate}.smd", f"balance.{covariate}.before", f"balance.{covariate}.after"):
            yield name, levels


def _of_patterns(registry: Registry) -> Iterator[tuple[str, Iterable[str]]]:
    """Say which patterns of visits a kind, those who left and those not seen at a visit are made of."""
    patterns: dict[tuple[str, str], dict[str, str]] = {}
    for name in registry:
        words = name.split(".")
        if words[0] == "missing" and words[2] == "pattern":
            patterns.setdefault((words[1], words[4]), {})[words[3]] = name
    visits: dict[str, list[str]] = {}
    for name in registry:
        words = name.split(".")
        if words[0] == "missing" and words[-2:] == ["full", "share"]:
            visits.setdefault(words[1], []).append(words[2])
    for (measure, arm), made in patterns.items():
        for kind in {_kind_of(word) for word in made}:
            yield from _made_of(f"missing.{measure}.kind.{kind}.{arm}", [made[w] for w in made if _kind_of(w) == kind])
        order = sorted(visits.get(measure, ()), key=lambda visit: _place(registry, measure, visit, arm, made))
        for place, visit in enumerate(order):
            gone = [made[word] for word in made if word[place] == "m"]
            left = [made[word] for word in made if "s" not in word[place:]]
            yield from _made_of(f"missing.{measure}.{visit}.{arm}.share", gone)
            yield from _made_of(f"missing.{measure}.{visit}.{arm}.left", left)


def _made_of(whole: str, parts: list[str]) -> Iterator[tuple[str, Iterable[str]]]:
    """Say of what a whole is the sum; the whole stands last."""
    if parts:
        yield parts[0], [*parts[1:], whole]


def _place(registry: Registry, measure: str, visit: str, arm: str, made: dict[str, str]) -> int:
    """Find the place of a visit in a pattern by how many were seen then."""
    seen = registry.get(f"flow.{measure}.{visit}.{arm}.observed")
    many = {
        place: sum(registry[name].value for word, name in made.items() if word[place] == "s")  # type: ignore[union-attr]
        for place in range(len(next(iter(made))))
    }
    return min(many, key=lambda place: abs(many[place] - getattr(seen, "value", 0.0)))


def _kind_of(word: str) -> str:
    if "m" not in word:
        return "complete"
    if "s" not in word:
        return "never"
    return "monotone" if word.rstrip("m").count("m") == 0 else "intermittent"
