"""What every part of the plan is: strict, immutable, closed to unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


def require_words(text: str) -> str:
    """Refuse a text of spaces: it would be nothing on the page."""
    if not text.strip():
        message = "must not be empty"
        raise ValueError(message)
    return text


class Frozen(BaseModel):
    """A part of the plan: strict, immutable, and closed to unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")
