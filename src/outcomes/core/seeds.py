"""A random stream for each result, made from the plan's seed and the result's name, never from its position."""

from __future__ import annotations

import hashlib


def seed_for(name: str, *, seed: int) -> int:
    """Seed of a result's own stream.

    Parameters
    ----------
    name : str
        Id of the result, or name of the analysis that draws.
    seed : int
        Seed of the plan.

    Returns
    -------
    int
        63 bits of SHA-256 over both.
    """
    digest = hashlib.sha256(f"{seed}\n{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
