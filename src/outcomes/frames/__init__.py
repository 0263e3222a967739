"""One family of calls on a data frame: the same arguments, the same result, the methods that the analyses call."""

from outcomes.frames.linear import ancova

__all__ = ["ancova"]
