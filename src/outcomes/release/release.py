"""Apply the rules, then hide what would let a hidden number be worked out, then round the rest."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate, Outcome
from outcomes.registry import Record, Registry
from outcomes.release.missing import hide_missing
from outcomes.release.rounding import coarsen
from outcomes.release.rules import why_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.plan.model import Disclosure


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
    reasons = {name: reason for name, outcome in registry.items() if (reason := why_hidden(outcome, rules))}
    reasons |= _complements(registry, reasons)
    reasons |= _siblings(registry, reasons)
    reasons |= _derived(registry, reasons)
    reasons |= hide_missing(registry, reasons, rules)
    kept = (record for record in registry.records() if record.id not in reasons)
    hidden = tuple(Hidden(id=name, label=registry[name].label, reason=reasons[name]) for name in sorted(reasons))
    return Released(registry=Registry(_coarse(record, rules) for record in kept), hidden=hidden)


def _coarse(record: Record, rules: Disclosure) -> Record:
    return dataclasses.replace(record, outcome=coarsen(record.outcome, multiple=rules.round_to), text="")


def _complements(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Hide the completed where started minus completed is small but not nobody's secret: it tells who dropped out."""
    found = {name for name in hidden if name.startswith("completion.") and name.endswith(".share")}
    arms = {name.split(".")[1] for name in found}
    names = (f"flow.{arm}.completed" for arm in arms)
    reason = "with the number who started it would tell a count below the plan's minimum"
    return {name: reason for name in names if name in registry}


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
    if not isinstance(outcome, Estimate) or outcome.unit != "share":
        return None
    if words[0] == "baseline":
        return (*words[:2], words[-2])
    if words[0] == "change" and words[-1] != "recovered":
        return words[:-1]
    return None


def _derived(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where the share of an arm is hidden, hide what compares it with the other's, and the other's."""
    hidden = set(hidden)
    reason = "with the shares of the arms it would tell a count below the plan's minimum"
    found: dict[str, str] = {}
    for start, word, compared in _comparisons(registry):
        shares = [f"{start}.{arm}.{word}" for arm in ("full", "skills")]
        if any(name in hidden for name in shares):
            names = [*shares, *(outcome.id for outcome in compared)]
            found |= {name: reason for name in names if name in registry and name not in hidden}
    return found


def _comparisons(registry: Registry) -> list[tuple[str, str, list[Outcome]]]:
    """Shares that are compared between the arms: start of their ids, last word, and the results of the comparison."""
    completion = [*registry.under("completion", "crude"), *registry.under("completion", "adjusted")]
    end = ".improved.difference"
    changes = [name.removesuffix(end) for name in registry if name.startswith("change.") and name.endswith(end)]
    missing = [name for name in registry if name.startswith("missing.") and name.endswith(".difference")]
    return [
        ("completion", "share", completion),
        *((start, "improved", [*registry.under(start, "improved")]) for start in changes),
        *((name.removesuffix(".difference"), "share", [registry[name]]) for name in missing),
    ]
