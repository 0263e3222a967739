"""How what a clinic wrote becomes a word of a key."""

from __future__ import annotations


def word(text: str) -> str:
    """Letters and digits in small letters, everything else one underscore."""
    kept = "".join(one if one.isascii() and one.isalnum() else " " for one in text.lower())
    return "_".join(kept.split())
