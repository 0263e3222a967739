"""The command `outcomes`."""

from outcomes.cli.main import main

__all__ = ["main"]
