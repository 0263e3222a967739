"""What a figure's title says was found: the words of a verdict or a count that stand in the registry, never others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.verdicts import say_rung
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.plan.model import Plan
    from outcomes.results.key import Key
    from outcomes.results.registry import Registry


def say_finding(registry: Registry, plan: Plan, name: str, verdict: Key) -> str:
    """Give a name, and behind it what the comparison tells; the name alone where this edition has no verdict."""
    found = registry.get(verdict)
    if not isinstance(found, Estimate) or found.verdict is None:
        return name
    return f"{name}: {say_rung(found.verdict, plan.arm_names)}"
