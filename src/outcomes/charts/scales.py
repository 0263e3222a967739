"""Axes without marks of matplotlib's own, which cost more to make than all else of a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.axis import XAxis, YAxis

if TYPE_CHECKING:
    from matplotlib.transforms import Transform


class XScale(XAxis):
    """An axis that knows its scale and where its marks belong, and makes none, not even to clip or to set them."""

    def set_clip_path(self, path: Any, transform: Transform | None = None) -> None:
        """Clip the axis alone."""
        Artist.set_clip_path(self, path, transform)

    def set_tick_params(self, *_: Any, **__: Any) -> None:
        """Set nothing."""


class YScale(YAxis):
    """The same, upright."""

    set_clip_path = XScale.set_clip_path
    set_tick_params = XScale.set_tick_params
