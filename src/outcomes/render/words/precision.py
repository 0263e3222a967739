"""How many more people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from outcomes.render.quote import Quoter


def lead_precision(quoter: Quoter) -> Markup:
    """Say for each primary measure with a worthwhile difference how many people it takes to see it."""
    plan = quoter.plan_model
    sentences = [
        Markup("{}: {} people would have to start to see a difference of {} points four times in five.").format(
            quoter.measure(measure),
            quoter.result(f"precision.{measure}.{plan.primary}.clients_needed"),
            quoter.plan(f"measures.{measure}.worthwhile"),
        )
        for measure in plan.primary_measures
        if quoter.has(f"precision.{measure}.{plan.primary}.clients_needed")
    ]
    started = Markup("{} and {} people started here.").format(
        quoter.result("flow.full.started"), quoter.result("flow.skills.started")
    )
    return Markup(" ").join([*sentences, started])
