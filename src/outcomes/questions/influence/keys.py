"""Keys of what one person does to a result: for what computes them and for what quotes them."""

from __future__ import annotations

from outcomes.results.key import Key

COMPLETION = Key("influence", subject="completion")
MUCH = 0.5  # of the half-width of the main interval: a move that is said


def of_measure(measure: str, visit: str) -> Key:
    """Key of what there is about a measure at a visit."""
    return Key("influence", measure, visit)


def moved(about: Key) -> Key:
    """Key of how far the one who moves the difference most moves it, in half-widths of its interval."""
    return about.but(what="moved")


def without(about: Key) -> Key:
    """Key of the difference without that person."""
    return about.but(what="difference")


def turned(about: Key) -> Key:
    """Key of the verdict without the one who turns it; the verdict as it is where nobody does."""
    return about.but(what="verdict")
