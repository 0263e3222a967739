"""Results that know what they are: keys, quantities, estimates, curves, refusals; the registry and its file."""

from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate, Interval, NotEstimable, NotEstimableError, Outcome
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry

__all__ = [
    "Curve",
    "Estimate",
    "How",
    "Interval",
    "Key",
    "NotEstimable",
    "NotEstimableError",
    "Outcome",
    "Quantity",
    "Record",
    "Registry",
]
