"""What a study is asked for and stands above this floor: entered once, by the package itself, when it is imported."""

from __future__ import annotations

TYPE_CHECKING = False  # to import typing takes longer than the rest of the package
if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from outcomes.study.model import Study


class Upstairs:
    """The one thing of this kind; a plain class, since to import the package must cost next to nothing.

    Attributes
    ----------
    lay_out : callable or None
        Makes the frames of `Study.frame`: scores and visits are worked out above.
    """

    __slots__ = ("lay_out",)

    def __init__(self) -> None:
        self.lay_out: Callable[[Study, str], pd.DataFrame] | None = None


UPSTAIRS = Upstairs()
