"""How much the answer depends on the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate
from outcomes.results.ways import WAYS

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.ways import Way


def key_of(quoter: Quoter, measure: str, what: str) -> Key:
    """Key of the count of other ways ("compared"), or of those that agree ("agree")."""
    return Key("agreement", measure, quoter.plan_model.primary, what)


def say_agreement(quoter: Quoter, measure: str) -> Phrase:
    """Say how many other ways agree with the verdict, and which do not."""
    agree = key_of(quoter, measure, "agree")
    if not quoter.has(agree):
        return say_absent(quoter, agree, quoter.measure(measure))
    found = Phrase(
        "{}: {} of {} other ways agree with the verdict: the interval of each, read alone, has the direction and the "
        "size that it claims."
    ).format(quoter.measure(measure), quoter.result(agree), quoter.result(agree.but(what="compared")))
    elsewhere = quoter.field(agree, "notes")
    return found + Phrase(" {}").format(elsewhere) if elsewhere else found


def picture_agreement(quoter: Quoter) -> str:
    """Say what the picture of all the estimates shows."""
    pairs = [
        tuple(quoter.get(key_of(quoter, measure, what)) for what in ("agree", "compared"))
        for measure in quoter.plan_model.primary_scored
    ]
    counted = [(one.value, of.value) for one, of in pairs if isinstance(one, Estimate) and isinstance(of, Estimate)]
    every = bool(counted) and all(one == of for one, of in counted)
    found = "all that are counted agree with the verdict" if every else "some would tell something else"
    return (
        "Every estimate of the same difference with its interval, one panel a measure, over the interval of the main "
        f"result: {found}. The table below holds the numbers."
    )


def list_ways(quoter: Quoter) -> list[tuple[Way, list[Key]]]:
    """List the ways that this report has for any primary measure, with the key for each measure."""
    plan = quoter.plan_model
    listed = [(way, [way.key(measure, plan.primary) for measure in plan.primary_scored]) for way in WAYS]
    return [(way, keys) for way, keys in listed if any(quoter.get(key) is not None for key in keys)]
