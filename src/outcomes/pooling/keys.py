"""Keys of the results of a pool."""

from __future__ import annotations

from outcomes.results.key import Key

POOL = "pool"


def at(measure: str, visit: str, what: str) -> Key:
    """Key of what all clinics tell together of a measure at a visit."""
    return Key(POOL, measure, visit, what)


def alone(measure: str, visit: str, clinic: str) -> Key:
    """Key of a clinic's own difference."""
    return Key(POOL, measure, visit, "alone", subject=clinic)


def without(measure: str, visit: str, clinic: str) -> Key:
    """Key of the pooled difference without a clinic."""
    return Key(POOL, measure, visit, "without", subject=clinic)


def together(subject: str, what: str) -> Key:
    """Key of what released results tell together: of completion, staying or a kind of event."""
    return Key(POOL, what=what, subject=subject)


def told(subject: str, clinic: str) -> Key:
    """Key of what one clinic's edition to share tells of it."""
    return Key(POOL, what="told", subject=subject, category=clinic)
