"""How much the answer depends on the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.results.outcome import Estimate
from outcomes.results.ways import WAYS

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.ways import Way


def say_agreement(quoter: Quoter, measure: str) -> Phrase:
    """Say how many other ways agree with the main result, and which do not."""
    at = f"agreement.{measure}.{quoter.plan_model.primary}"
    if not quoter.has(f"{at}.agree"):
        return say_absent(quoter, f"{at}.agree", quoter.measure(measure))
    found = Phrase(
        "{}: {} of {} other ways agree with the main result: they lean to the same side, and their estimates lie "
        "within its interval."
    ).format(quoter.measure(measure), quoter.result(f"{at}.agree"), quoter.result(f"{at}.compared"))
    elsewhere = quoter.field(f"{at}.agree", "notes")
    return found + Phrase(" {}").format(elsewhere) if elsewhere else found


def picture_agreement(quoter: Quoter) -> str:
    """Say what the picture of all the estimates shows."""
    plan = quoter.plan_model
    pairs = [
        tuple(quoter.get(f"agreement.{measure}.{plan.primary}.{what}") for what in ("agree", "compared"))
        for measure in plan.primary_measures
    ]
    counted = [(one.value, of.value) for one, of in pairs if isinstance(one, Estimate) and isinstance(of, Estimate)]
    every = bool(counted) and all(one == of for one, of in counted)
    found = "all that are counted agree with the main result" if every else "some lie elsewhere than the main result"
    return (
        "Every estimate of the same difference with its interval, one panel a measure, over the interval of the main "
        f"result: {found}. The table below holds the numbers."
    )


def list_ways(quoter: Quoter) -> list[tuple[Way, list[str]]]:
    """List the ways that this report has for any primary measure, with the ids for each measure."""
    plan = quoter.plan_model
    listed = [(way, [way.id(measure, plan.primary) for measure in plan.primary_measures]) for way in WAYS]
    return [(way, ids) for way, ids in listed if any(name in quoter.registry for name in ids)]
