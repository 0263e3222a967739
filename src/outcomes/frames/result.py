"""What every call on a frame gives: estimates with all that is needed to read them, tidy, printed and drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from outcomes.errors import FrameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from matplotlib.figure import Figure

    from outcomes.frames.words import Summary
    from outcomes.methods.least_squares import Contrast
    from outcomes.results.how import How

Scale = Literal["difference", "ratio", "mean", "share", "number"]
OF_THE_LOGARITHM = "The standard error is that of the logarithm."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One estimate.

    Attributes
    ----------
    term : str
        What it is about: a visit, a characteristic, a study.
    contrast : str
        What is compared, such as "full - skills"; or whose mean it is.
    estimate : float
    se, df, p_value, low, high : float or None
        None where there is none; of a ratio `se` is that of its logarithm.
    n : int
        People behind it [count].
    """

    term: str
    contrast: str
    estimate: float
    se: float | None = None
    df: float | None = None
    p_value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None

    @classmethod
    def of(
        cls,
        contrast: Contrast,
        *,
        term: str,
        compared: str,
        level: float,
        n: int | None = None,
        is_ratio: bool = False,
        is_tested: bool = True,
    ) -> Row:
        """Make a row of a contrast with its t or normal reference; of a logarithm, the ratio."""
        low, high = contrast.interval(level)
        values = [contrast.estimate, low, high]
        estimate, low, high = map(math.exp, values) if is_ratio else values
        return cls(
            term=term,
            contrast=compared,
            estimate=estimate,
            se=contrast.se,
            df=contrast.df,
            p_value=contrast.p_value if is_tested else None,
            low=low,
            high=high,
            n=n,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Fit:
    """The answer of a call on a frame.

    Attributes
    ----------
    call : str
        The call, such as "mmrm".
    title : str
        What the estimates are, as a phrase.
    rows : tuple of Row
    main : int
        Place of the estimate that `estimate`, `low` and the others give.
    level : float
        Confidence level [share].
    scale : str
        What kind of number they are: "difference", "ratio", "mean", "share" or "number".
    n : int
        People in the fit; of a meta-analysis studies [count].
    arms : mapping of str to int
        People by arm, the arm that comes first in the difference first.
    dropped : mapping of str to int
        Who is not in it, by reason [count].
    how : How
        How it was computed, as fields.
    method : str
        The same as a sentence.
    notes : tuple of str
        What a reader must know besides.
    model : object
        The fit of `outcomes.methods`.
    offers : mapping of str to callable
        What `contrasts` gives, by name.
    """

    call: str
    title: str
    rows: tuple[Row, ...]
    level: float
    scale: Scale
    n: int
    how: How
    method: str
    main: int = 0
    arms: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    model: Any = None
    offers: Mapping[str, Callable[[], Fit]] = field(default_factory=dict)

    @property
    def estimate(self) -> float:
        """The main estimate."""
        return self.rows[self.main].estimate

    @property
    def se(self) -> float | None:
        """Its standard error; of a ratio that of the logarithm."""
        return self.rows[self.main].se

    @property
    def df(self) -> float | None:
        """Its degrees of freedom; infinite for a normal reference."""
        return self.rows[self.main].df

    @property
    def p_value(self) -> float | None:
        """Its p-value, two-sided."""
        return self.rows[self.main].p_value

    @property
    def low(self) -> float | None:
        """Its lower limit."""
        return self.rows[self.main].low

    @property
    def high(self) -> float | None:
        """Its upper limit."""
        return self.rows[self.main].high

    def __getitem__(self, term: str) -> Row:
        """Give the row of a term; raises KeyError that names the terms there are."""
        found = [row for row in self.rows if row.term == term]
        if not found:
            msg = f"there is no row for {term!r}; there are: {', '.join(dict.fromkeys(row.term for row in self.rows))}"
            raise KeyError(msg)
        return found[0]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        """Print the summary: it holds no person."""
        return str(self.summary())

    def _repr_html_(self) -> str:
        from outcomes.frames.words import to_html

        return to_html(self)

    def __dir__(self) -> list[str]:
        """List what there is to ask for."""
        return [*object.__dir__(self)]

    def to_frame(self) -> pd.DataFrame:
        """Give one row an estimate, its columns called as broom calls them."""
        import pandas as pd

        columns = {
            "term": [row.term for row in self.rows],
            "contrast": [row.contrast for row in self.rows],
            "estimate": [row.estimate for row in self.rows],
            "std.error": [row.se for row in self.rows],
            "statistic": [self._statistic(row) for row in self.rows],
            "df": [row.df for row in self.rows],
            "p.value": [row.p_value for row in self.rows],
            "conf.low": [row.low for row in self.rows],
            "conf.high": [row.high for row in self.rows],
            "n": [self.n if row.n is None else row.n for row in self.rows],
        }
        numbers = [name for name in columns if name not in {"term", "contrast", "n"}]
        return pd.DataFrame(columns).astype(dict.fromkeys(numbers, "float64"))

    def summary(self) -> Summary:
        """Give the printed text: what was computed, on whom, who is not in it, and the estimates."""
        from outcomes.frames.words import summarise

        return summarise(self)

    def plot(self) -> Figure:
        """Draw the estimates with their intervals."""
        from outcomes.frames.plot import draw

        return draw(self)

    def contrasts(self, name: str = "") -> Fit:
        """Give other contrasts of the same fit, by name.

        Raises
        ------
        FrameError
            Of a name that there is not; the sentence lists those there are.
        """
        if name not in self.offers:
            listed = ", ".join(self.offers) or "none"
            raise FrameError(f"contrasts of {self.call}", f"there are: {listed}; asked for: {name or 'nothing'}")
        return self.offers[name]()

    def other(self, **changed: Any) -> Fit:
        """Give other rows of the same fit."""
        return replace(self, main=0, **changed)

    def _statistic(self, row: Row) -> float | None:
        if row.se is None or not row.se > 0 or row.p_value is None:
            return None
        return (math.log(row.estimate) if self.scale == "ratio" else row.estimate) / row.se
