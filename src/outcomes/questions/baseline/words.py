"""Sentences about how far apart the arms were at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.plan.model import ARMS
from outcomes.results.key import Key

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.registry import Registry


def is_number(registry: Registry, key: Key) -> bool:
    """Whether a characteristic is a number, and not of several levels."""
    return any(registry.get(key.but(what="mean", arm=arm)) is not None for arm in ARMS)


def picture_differences(quoter: Quoter) -> str:
    """Say how far apart the programmes were on each measure at the start."""
    plan = quoter.plan_model
    results = {measure: Key("baseline", subject=measure, what="smd") for measure in plan.measures}
    found = [
        f"{plan.measures[measure].label} {quoter.result(result).plain}"
        for measure, result in results.items()
        if quoter.has(result)
    ]
    return f"In standard deviations, above zero where {plan.arm_names['full']} was higher: {'; '.join(found)}."
