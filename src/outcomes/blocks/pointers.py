"""One question has one verdict: what stands beside it points there instead of judging on its own."""

from __future__ import annotations

from outcomes.blocks.phrase import Phrase


def to_verdict() -> Phrase:
    """Name the one place where the report says which programme does better, and how far."""
    return Phrase("“{}”").format(Phrase("What was found").leading_to("found"))
