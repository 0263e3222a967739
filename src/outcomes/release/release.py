"""Apply the rules, then hide what would let a hidden number be worked out, then round the rest."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.core.estimates import Estimate, Outcome
from outcomes.registry import Record, Registry
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
    """Where one level of a covariate is hidden, hide the next smallest as well: shares add up to one."""
    levels: dict[tuple[str, str], list[Estimate]] = {}
    for outcome in registry.values():
        words = outcome.id.split(".")
        if isinstance(outcome, Estimate) and words[0] == "baseline" and words[-1] == "share":
            levels.setdefault((words[1], words[-2]), []).append(outcome)
    reason = "with the other levels it would tell the share of a level that is hidden"
    found = {}
    for siblings in levels.values():
        open_ones = [outcome for outcome in siblings if outcome.id not in hidden]
        if len(siblings) - len(open_ones) == 1 and open_ones:
            found[min(open_ones, key=lambda outcome: outcome.value).id] = reason
    return found


def _derived(registry: Registry, hidden: Iterable[str]) -> dict[str, str]:
    """Where a share of completion is hidden, hide what is computed from it."""
    shares = [f"completion.{arm}.share" for arm in ("full", "skills")]
    if not any(name in hidden for name in shares):
        return {}
    derived: list[Outcome] = [
        *registry.under("completion", "crude"),
        *registry.under("completion", "adjusted"),
        *(registry[name] for name in shares if name in registry),
    ]
    reason = "with the shares of the arms it would tell a count below the plan's minimum"
    return {outcome.id: reason for outcome in derived if outcome.id not in hidden}
