"""Results made by hand for tests, by the id that they print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.plan.model import ARMS
from outcomes.results import Curve, Estimate, Key, NotEstimable, Quantity
from outcomes.results.verdict import Comparison, give_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.results.outcome import Outcome

# What a number of a unit mostly is; a test that means something else says so.
QUANTITIES = {
    "people": Quantity.COUNT,
    "share": Quantity.SHARE,
    "share_of_sessions": Quantity.SHARE,
    "records": Quantity.COUNT,
    "share_difference": Quantity.SHARE_DIFFERENCE,
    "sd": Quantity.STANDARDISED_DIFFERENCE,
    "ratio": Quantity.RATIO,
    "probability": Quantity.P_VALUE,
    "weeks": Quantity.TIME,
    "currency": Quantity.MONEY,
    "hours": Quantity.HOURS,
}
OTHERS = {
    **dict.fromkeys(("mean", "adjusted_mean"), Quantity.MEAN),
    **dict.fromkeys(("threshold", "cut_off"), Quantity.CUT_OFF),
    "sd": Quantity.SD,
    "per_session": Quantity.SLOPE,
}


def key_of(spelled: str) -> Key:
    """Give a key that prints as an id: what is told stands last, an arm is an arm, the rest is measure and visit."""
    analysis, *words = spelled.split(".")
    of = ""
    if analysis == "independent" and len(words) > 1:
        of, *words = words
    what = words.pop() if words else ""
    arm = next((word for word in words if word in ARMS), "")
    rest = [word for word in words if word not in ARMS]
    for fields in (("measure", "visit", "subject", "category"), ("subject", "category"), ("category",)):
        named = dict(zip(fields, rest, strict=False))
        for told in ({"what": what}, {"what": "share", "category": what}, {"what": "published", "category": what}):
            key = Key(analysis, arm=arm, of=of, **(named | told))
            if str(key) == spelled:
                return key
    message = f"no key prints as {spelled}"
    raise ValueError(message)


def estimate(
    spelled: str | Key, *, unit: str, quantity: Quantity | None = None, label: str = "x", **parts: Any
) -> Estimate:
    """Make an estimate under an id."""
    key = spelled if isinstance(spelled, Key) else key_of(spelled)
    told = OTHERS.get(key.what, Quantity.DIFFERENCE)
    kind = quantity or QUANTITIES.get(unit, Quantity.TALLY if unit == "number" else told)
    return Estimate(key=key, quantity=kind, unit=unit, label=label, **parts)


def curve(spelled: str | Key, *, unit: str, quantity: Quantity | None = None, label: str = "x", **parts: Any) -> Curve:
    """Make a curve under an id."""
    key = spelled if isinstance(spelled, Key) else key_of(spelled)
    return Curve(key=key, quantity=quantity or QUANTITIES.get(unit, Quantity.MEAN), unit=unit, label=label, **parts)


def refused(
    spelled: str | Key, *, reason: str, quantity: Quantity = Quantity.DIFFERENCE, label: str = "x", **parts: Any
) -> NotEstimable:
    """Make a result that could not be computed under an id."""
    key = spelled if isinstance(spelled, Key) else key_of(spelled)
    return NotEstimable(key=key, quantity=quantity, label=label, reason=reason, **parts)


def verdict(spelled: str | Key, comparison: Comparison, **parts: Any) -> Estimate:
    """Make the verdict of a comparison under an id."""
    found = give_verdict(comparison)
    return estimate(spelled, unit="number", quantity=Quantity.VERDICT, value=float(found.rung), verdict=found, **parts)


def by_id(found: Iterable[Outcome]) -> dict[str, Outcome]:
    """Give results by the id that they print."""
    return {outcome.id: outcome for outcome in found}


def estimate_in(found: dict[str, Outcome], name: str) -> Estimate:
    """Give a result that must be a number."""
    outcome = found[name]
    assert isinstance(outcome, Estimate), outcome
    return outcome
