"""Sentences about how alike the arms were at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
BELOW = "The tables below hold the numbers."


def picture_likeness(quoter: Quoter) -> str:
    """Say how far apart the programmes were on each measure at the start."""
    plan = quoter.plan_model
    results = {measure: f"baseline.{measure}.smd" for measure in plan.measures}
    found = [
        f"{plan.measures[measure].label} {quoter.result(result).plain}"
        for measure, result in results.items()
        if quoter.has(result)
    ]
    return f"In standard deviations, above zero where {plan.arm_labels['full']} was higher: {'; '.join(found)}."
