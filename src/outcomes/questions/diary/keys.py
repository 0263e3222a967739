"""Keys of results about the diary card: the one place that makes them."""

from __future__ import annotations

from outcomes.results.key import Key

FILLED = "filled"
RATED = ("urge_self_harm", "urge_suicide", "misery")
COUNTED = ("acts", "skills_days")
SUBJECTS = (*RATED, *COUNTED)


def key_of(subject: str, what: str, *, arm: str = "") -> Key:
    """Key of a result about something on the card, or about how much of it is filled in."""
    return Key("diary", what=what, arm=arm, subject=subject)
