"""Disclosure control: from the registry to a registry fit to leave the clinic, and the list of what was hidden."""

from outcomes.release.edition import Hidden, Released, release

__all__ = ["Hidden", "Released", "release"]
