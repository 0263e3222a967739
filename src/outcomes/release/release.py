"""Apply the rules, then hide what would let a hidden number be worked out, then round the rest."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.release import curves
from outcomes.release.known import NO_RULE, SECOND, Rule, rule_of
from outcomes.release.missing import hide_missing
from outcomes.release.rounding import coarsen, step_of
from outcomes.release.rules import LOCAL_EVIDENCE, is_published, why_hidden
from outcomes.results.outcome import Curve, Estimate, Outcome
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.plan.model import Disclosure


_OF_BOTH = 2  # dots of precision.<measure>.dropout, which is of both arms
STREAMS = ("group_stream", "any_stream")
PARTS = frozenset({"improved", "unchanged", "deteriorated"})  # everybody is one of these; the other words lie within


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A result that is not released.

    Attributes
    ----------
    id, label : str
    reason : str
        Which rule hides it.
    """

    id: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What may leave the clinic, and the list of what may not."""

    registry: Registry
    hidden: tuple[Hidden, ...]


KEPT = "it is made of limits, which it would tell more finely than they are shown"
INSIDE = Hidden(
    id="sessions.therapist",
    label="What happens in 121 sessions, by therapist",
    reason="results of single therapists stay inside the clinic",
)


def is_inside_only(name: str) -> bool:
    """Whether a result never leaves, not even as a name in the list of what is hidden: a therapist's."""
    return name.startswith("sessions.therapist.")


def release(registry: Registry, rules: Disclosure) -> Released:
    """Make a registry fit to be shared.

    Parameters
    ----------
    registry : Registry
    rules : Disclosure
        The plan's minimum count, minimum arm, and multiple to round to.

    Returns
    -------
    Released
        Texts are empty: the printed text of a rounded number is made from the rounded number.
    """
    has_inside = any(is_inside_only(name) for name in registry)
    registry = Registry(record for record in registry.records() if not is_inside_only(record.id))
    registry, unruled = _refuse(registry)
    registry, bare = _thin(registry, rules)
    reasons = {name: reason for name, outcome in registry.items() if (reason := why_hidden(outcome, rules))}
    kept_inside = (record.id for record in registry.records() if rule_of(record) is Rule.KEPT)
    reasons |= {name: KEPT for name in kept_inside if name not in reasons}
    reasons |= _of_few_clients(registry, reasons)
    reasons |= {name: curves.TOO_FEW for name in bare if name not in reasons}
    reasons |= _complements(registry, reasons)
    reasons |= _siblings(registry, reasons)
    reasons |= _of_characteristics(registry, reasons)
    reasons |= _derived(registry, reasons)
    reasons |= _of_levels(registry, reasons)
    reasons |= _counts(registry, reasons)
    reasons |= _seconds(registry, reasons)
    reasons |= hide_missing(registry, reasons, rules)
    kept = (record for record in registry.records() if record.id not in reasons)
    hidden = tuple(Hidden(id=name, label=registry[name].label, reason=reasons[name]) for name in sorted(reasons))
    closed = (*hidden, *unruled, *((INSIDE,) if has_inside else ()))
    return Released(registry=Registry(_coarse(record, rules, registry) for record in kept), hidden=closed)


def _refuse(registry: Registry) -> tuple[Registry, tuple[Hidden, ...]]:
    """Keep inside what no rule is known for; its own label could tell what no rule has judged."""
    records = registry.records()
    unruled = [record for record in records if rule_of(record) is None]
    refused = (Hidden(id=one.id, label=f"A result of “{one.provenance.question}”", reason=NO_RULE) for one in unruled)
    return Registry(record for record in records if rule_of(record) is not None), tuple(refused)


def _of_few_clients(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where few people had a session on a target, or with or without a part, hide how often it was so."""
    counts = (
        name for name in hidden if name.startswith("sessions.") and name.endswith((".clients", ".clients_without"))
    )
    few = {name.rsplit(".", 1)[0] + "." for name in counts} - {"sessions."}
    reason = "a target, or a part of a session, that tells of fewer people than the plan's minimum count"
    return {name: reason for start in few for name in registry if name.startswith(start)}


def _coarse(record: Record, rules: Disclosure, exact: Registry) -> Record:
    """Round a record; a digest of the study's files would let somebody who guesses at their content test the guess."""
    source = dataclasses.replace(record.provenance, digest="")
    outcome, rule = record.outcome, rule_of(record)
    if rule is not None and not is_published(outcome):
        outcome = _round(outcome, rule, rules.round_to, exact)
    return dataclasses.replace(record, outcome=outcome, provenance=source, text="")


def _round(outcome: Outcome, rule: Rule, multiple: int, exact: Registry) -> Outcome:
    if isinstance(outcome, Curve):
        return curves.coarsen(outcome, multiple=multiple, rule=rule)
    first = exact.get(outcome.id.removeprefix(SECOND)) if outcome.id.startswith(SECOND) else None
    step = step_of(first) if isinstance(first, Estimate) else None
    return coarsen(outcome, multiple=multiple, rule=rule, step=step)


def _of_characteristics(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where a level of a covariate is hidden, hide its standardised differences: with the others they would tell it."""
    reason = "with the shares of the other levels it would tell one that is hidden"
    wholes = (_whole_of(registry[name]) for name in hidden)
    covariates = {whole[1] for whole in wholes if whole is not None and whole[0] == "baseline"}
    ids = [name for one in covariates for name in _standardised(one)]
    return {name: reason for name in ids if name in registry and name not in set(hidden)}


def _standardised(covariate: str) -> tuple[str, ...]:
    """Name how far apart the arms are on a covariate: as they are, and before and after weighting."""
    return f"baseline.{covariate}.smd", f"balance.{covariate}.before", f"balance.{covariate}.after"


def _thin(registry: Registry, rules: Disclosure) -> tuple[Registry, list[str]]:
    """Thin every curve; give the registry with what is left, and the names of those of which nothing is."""
    bare, records = [], []
    for record in registry.records():
        outcome = record.outcome
        thinned = curves.thin(outcome, rules) if isinstance(outcome, Curve) else outcome
        if thinned is None:
            bare.append(record.id)
        records.append(record if thinned is None else dataclasses.replace(record, outcome=thinned))
    return Registry(records), bare


def _complements(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Hide the completed where started minus completed is small but not nobody's secret: it tells who dropped out."""
    found = {name for name in hidden if name.startswith("completion.") and name.endswith(".share")}
    arms = {name.split(".")[1] for name in found}
    names = (f"flow.{arm}.completed" for arm in arms)
    reason = "with the number who started it would tell a count below the plan's minimum"
    return {name: reason for name in names if name in registry}


def _counts(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Hide the count of people beside a share that is hidden, and the share beside a hidden count."""
    reason, hidden = "the count of a share that is hidden, or the share of such a count", set(hidden)
    pairs = [(name, name.removesuffix(".people")) for name in registry if name.endswith(".people")]
    found = {one: reason for pair in pairs for one, two in (pair, pair[::-1]) if two in hidden and one not in hidden}
    return {name: why for name, why in found.items() if name in registry}


def _seconds(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Hide the second computation of what is hidden: it is the same number."""
    names = (f"independent.{name}" for name in hidden)
    return {name: "the second computation of a result that is hidden" for name in names if name in registry}


def _siblings(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where one part of a whole is hidden, hide another as well, the least telling: parts add up to one."""
    wholes: dict[tuple[str, ...], list[Estimate]] = {}
    for outcome in registry.values():
        whole = _whole_of(outcome)
        if whole is not None and isinstance(outcome, Estimate):
            wholes.setdefault(whole, []).append(outcome)
    reason = "with the other parts of the same whole it would tell a share that is hidden"
    found = {}
    for parts in wholes.values():
        open_ones = [outcome for outcome in parts if outcome.id not in hidden]
        if len(parts) - len(open_ones) == 1 and open_ones:
            found[min(open_ones, key=_how_much_is_lost).id] = reason
    return found


def _how_much_is_lost(outcome: Estimate) -> float:
    """Weigh what a reader loses with a part: little with those who did not change, else as much as it is large."""
    return 0.0 if outcome.id.endswith(".unchanged") else outcome.value


def _whole_of(outcome: Outcome) -> tuple[str, ...] | None:
    """Name the whole that a share is a part of: the levels of a covariate, or what became of people."""
    words = tuple(outcome.id.split("."))
    if words[:2] == ("sessions", "target") and words[-1] != "clients":
        return ("sessions", "target", words[-1])
    if not isinstance(outcome, Estimate) or outcome.unit != "share":
        return None
    if words[0] == "baseline":
        return (*words[:2], words[-2])
    if words[0] == "change" and words[-1] in PARTS:
        return words[:-1]
    return None


def _derived(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where the share of an arm is hidden, hide what compares it with the other's, and the other's."""
    hidden = set(hidden)
    found = _other_pace(registry, hidden)
    reason = "with the shares of the arms it would tell a count below the plan's minimum"
    for start, word, compared in _comparisons(registry):
        shares = [f"{start}.{arm}.{word}" for arm in ("full", "skills")]
        if any(name in hidden for name in shares):
            names = [*shares, *(outcome.id for outcome in compared)]
            found |= {name: reason for name in names if name in registry and name not in hidden}
    return found


def _of_levels(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where the effect at a level is hidden, hide what tells it: how it differs from others, what it was drawn to."""
    found: dict[str, str] = {}
    reason = "with the effects at the other levels it would tell one that is hidden"
    for name in hidden:
        words = name.split(".")
        if words[0] == "needs" and words[-1] == "difference":
            told = [outcome.id for outcome in registry.under(*words[:-2]) if not outcome.id.endswith(".difference")]
            found |= {one: reason for one in told if one not in set(hidden)}
    return found


def _comparisons(registry: Registry) -> list[tuple[str, str, list[Outcome]]]:
    """Shares that are compared between the arms: start of their ids, last word, and the results of the comparison."""
    completion = [*registry.under("completion", "crude"), *registry.under("completion", "adjusted")]
    completion += [registry[name] for what in LOCAL_EVIDENCE if (name := f"evidence.dropout.{what}") in registry]
    completion += _costs_of(registry, "completion")
    improvement = _costs_of(registry, "improvement")
    retention = [outcome for outcome in registry.under("retention") if not outcome.id.endswith(".left")]
    changes = [
        name.rsplit(".", 2)[:2] for name in registry if name.startswith("change.") and name.endswith(".difference")
    ]
    missing = [name for name in registry if name.startswith("missing.") and name.endswith(".difference")]
    return [
        ("completion", "share", completion),
        *(
            (name.removesuffix(".dropout"), "dropout", [registry[name]])
            for name in registry
            if name.startswith("precision.") and name.endswith(".dropout") and name.count(".") == _OF_BOTH
        ),
        *((f"completion.{stream}", "share", list(registry.under("completion", stream))) for stream in STREAMS),
        ("retention", "left", retention),
        *((start, word, [*registry.under(start, word)]) for start, word in changes),
        *((name.removesuffix(".difference"), "share", [registry[name]]) for name in missing),
        *(
            (start, "improved", [*_pace_of(registry, start), *improvement])
            for start, word in changes
            if word == "improved"
        ),
    ]


def _other_pace(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where of the pace of one arm anything is hidden, hide what compares it with the other's."""
    reason = "with the curves of the arms it would tell a count below the plan's minimum"
    thinned = (one.id for one in registry.under("pace") if isinstance(one, Curve) and curves.THINNED in one.notes)
    measures = {name.split(".")[1] for name in (*hidden, *thinned) if name.startswith("pace.")}
    names = (f"pace.{measure}.difference" for measure in measures)
    return {name: reason for name in names if name in registry and name not in hidden}


def _costs_of(registry: Registry, effect: str) -> list[Outcome]:
    """Give what weighs a cost against an effect."""
    price = registry.get(f"costs.per_{effect}")
    return [*registry.under("costs", effect), *([] if price is None else [price])]


def _pace_of(registry: Registry, start: str) -> list[Outcome]:
    """Give how soon the people improve of whom a change is told at a visit."""
    return list(registry.under("pace", start.split(".")[1]))
