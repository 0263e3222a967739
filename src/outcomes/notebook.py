"""What an analyst holds in a notebook: the registry of a study with its tables and figures."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import ResultNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from outcomes.plan.model import Plan
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Record, Registry

TABLE_COLUMNS = ("label", "text", "low", "high", "p_value", "n_full", "n_skills", "method")


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as SVG: shown by a notebook, or saved."""

    name: str
    svg: str

    def __repr__(self) -> str:
        """Name it; the picture itself is for the notebook."""
        return f"Picture({self.name!r})"

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: Path) -> None:
        """Write the SVG."""
        path.write_text(self.svg, encoding="utf-8", newline="\n")


class Results(Mapping[str, "Outcome"]):
    """All results of a study, by id: `results["mmrm.dts.end.difference"]`; also as tables and figures.

    Attributes
    ----------
    registry : Registry
        Exact, with the texts that a report prints.
    plan : Plan
    """

    def __init__(self, registry: Registry, plan: Plan) -> None:
        self.registry = registry
        self.plan = plan

    def __getitem__(self, result: str) -> Outcome:
        """Outcome under an id; raises KeyError that names the nearest ids."""
        try:
            return self.registry[result]
        except KeyError:
            near = difflib.get_close_matches(result, list(self.registry), n=3)
            raise KeyError(str(ResultNotFoundError(result, near))) from None

    def __iter__(self) -> Iterator[str]:
        """Ids in order."""
        return iter(self.registry)

    def __len__(self) -> int:
        """Count of results."""
        return len(self.registry)

    def __repr__(self) -> str:
        """Show counts, never values."""
        return f"Results({len(self)} results, tables: {', '.join(self._questions())})"

    def record(self, result: str) -> Record:
        """Outcome with its provenance and printed text."""
        return self.registry.record(result)

    def records(self) -> tuple[Record, ...]:
        """All records, sorted by id."""
        return self.registry.records()

    def where(self, **fields: str) -> tuple[Outcome, ...]:
        """Outcomes whose keys have these fields: `where(analysis="mmrm", visit="end")`."""
        return self.registry.where(**fields)

    def to_frame(self) -> pd.DataFrame:
        """One row a result, unrounded."""
        return self.registry.to_frame()

    def table(self, question: str) -> pd.DataFrame:
        """Results of one question of the catalogue, as they are printed beside their limits.

        Raises
        ------
        KeyError
            When there is no such question; the sentence lists those that there are.
        """
        ids = [record.id for record in self.registry.records() if record.provenance.analysis == question]
        if not ids:
            msg = f"there is no table called {question!r}; there are: {', '.join(self._questions())}"
            raise KeyError(msg)
        return self.to_frame().loc[ids, list(TABLE_COLUMNS)]

    def figure(self, name: str) -> Picture:
        """Draw a figure of the report.

        Raises
        ------
        KeyError
            When there is no such figure, or the study has no numbers for it.
        """
        from outcomes.reporting.figures import DRAWN, render_figure

        if name not in DRAWN:
            msg = f"there is no figure called {name!r}; there are: {', '.join(DRAWN)}"
            raise KeyError(msg)
        svg = render_figure(name, self.registry, self.plan)
        if svg is None:
            msg = f"this study has no numbers for the figure {name!r}"
            raise KeyError(msg)
        return Picture(name, svg)

    def _questions(self) -> list[str]:
        return list(dict.fromkeys(record.provenance.analysis for record in self.registry.records()))
