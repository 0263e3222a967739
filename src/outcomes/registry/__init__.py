"""The registry: every outcome with its provenance, under its id."""

from outcomes.registry.registry import Record, Registry

__all__ = ["Record", "Registry"]
