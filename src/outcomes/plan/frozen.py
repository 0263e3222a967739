"""What every part of the plan is: strict, immutable, closed to unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A part of the plan: strict, immutable, and closed to unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")
