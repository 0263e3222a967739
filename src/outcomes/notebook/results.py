"""What an analyst holds in a notebook: the registry of a study with its tables and figures."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from outcomes.errors import OutputExistsError, ResultNotFoundError
from outcomes.notebook.tables import lay_out_questions, list_main, order_records, to_latex, to_markdown, to_plain
from outcomes.results.outcome import Curve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from matplotlib.figure import Figure

    from outcomes.plan.model import Plan
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Record, Registry

SHOWN_FIGURES = 8  # names in the text; `figures` has all


class Results(Mapping[str, "Outcome"]):
    """All results of a study, by id: `results["mmrm.dts.end.difference"]`; also as tables and figures.

    Attributes
    ----------
    registry : Registry
        Exact, with the texts that a report prints.
    plan : Plan

    Examples
    --------
    >>> study = outcomes.read_study(outcomes.example())
    >>> results = outcomes.analyse(study)  # doctest: +SKIP
    >>> results.table("outcomes")  # doctest: +SKIP
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
        """Print the main results as the first page does, and what else there is."""
        lines = to_plain(self.overview())
        return "\n".join([f"Results of “{self.plan.title}”", "", *lines, "", *self._also()])

    def _repr_html_(self) -> str:
        from html import escape

        also = "<br>".join(map(escape, self._also()))
        table = self.overview().to_html(index=False, border=0)
        return f"<div><p>Results of “{escape(self.plan.title)}”</p>{table}<p>{also}</p></div>"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def _also(self) -> list[str]:
        figures = ", ".join(self.figures[:SHOWN_FIGURES])
        return [
            f"{len(self)} results in all: results[ID], or results.where(analysis=…, measure=…, visit=…)",
            f"tables: results.table(NAME) of {', '.join(self.tables)}",
            f"figures: results.figure(NAME) of {figures}, …",
        ]

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables: the questions that were answered."""
        from outcomes.questions.catalogue import CATALOGUE

        answered = {record.provenance.analysis for record in self.registry.records()}
        return tuple(name for name in CATALOGUE if name in answered)

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures of a report."""
        from outcomes.reporting.figures import DRAWN

        return tuple(DRAWN)

    def record(self, result: str) -> Record:
        """Outcome with its provenance and printed text."""
        return self.registry.record(result)

    def records(self) -> tuple[Record, ...]:
        """All records, sorted by id."""
        return self.registry.records()

    def text(self, result: str) -> str:
        """Give what a report prints for a result; raises KeyError that names the nearest ids."""
        return self.record(self[result].id).text

    def where(self, **fields: str) -> tuple[Outcome, ...]:
        """Outcomes whose keys have these fields: `where(analysis="mmrm", visit="end")`."""
        return self.registry.where(**fields)

    def to_frame(self) -> pd.DataFrame:
        """One row a result, unrounded."""
        return self.registry.to_frame()

    def overview(self) -> pd.DataFrame:
        """Give the table of the first page: the main result on each measure, completion and events, and its verdict."""
        return list_main(self.registry, self.plan)

    def table(self, question: str) -> pd.DataFrame:
        """Results of one question of the catalogue, tidy, in the order of the plan's measures and visits.

        Raises
        ------
        KeyError
            When there is no such question; the sentence lists those that there are.
        """
        if question not in self.tables:
            msg = f"there is no table called {question!r}; there are: {', '.join(self.tables)}"
            raise KeyError(msg)
        mine = [record for record in self.registry.records() if record.provenance.analysis == question]
        return lay_out_questions(order_records(mine, self.plan))

    def to_markdown(self, question: str) -> str:
        """Give a table as Markdown; raises KeyError as `table`."""
        return to_markdown(self.table(question).reset_index())

    def to_latex(self, question: str) -> str:
        """Give a table as LaTeX (booktabs); raises KeyError as `table`."""
        return to_latex(self.table(question).reset_index())

    def to_excel(self, path: str | Path) -> Path:
        """Write every table into a workbook, one sheet each, behind a sheet with the main results.

        Raises
        ------
        OutputExistsError
            When the file is there.
        """
        from pathlib import Path

        import pandas as pd

        file = Path(path)
        if file.exists():
            raise OutputExistsError(file.name)
        with pd.ExcelWriter(file, engine="openpyxl") as book:
            self.overview().to_excel(book, sheet_name="main results", index=False)
            for name in self.tables:
                self.table(name).reset_index().to_excel(book, sheet_name=name.replace("_", " "), index=False)
        return file

    def figure(self, name: str) -> Figure:
        """Draw a figure of the report; `figure(NAME).savefig("forest.pdf")` writes SVG, PNG or PDF by the ending.

        Raises
        ------
        KeyError
            When there is no such figure, or the study has no numbers for it.
        """
        from outcomes.charts.shown import ensure_shown
        from outcomes.reporting.figures import DRAWN, draw_whole

        ensure_shown()

        if name not in DRAWN:
            msg = f"there is no figure called {name!r}; there are: {', '.join(DRAWN)}"
            raise KeyError(msg)
        figure = draw_whole(name, self.registry, self.plan)
        if figure is None:
            msg = f"this study has no numbers for the figure {name!r}"
            raise KeyError(msg)
        return figure

    def plot(self, result: str) -> Figure:
        """Draw a result that is a curve, with its limits.

        Raises
        ------
        KeyError
            Of an id that there is not, or of a result that is no curve.
        """
        from outcomes.notebook.curves import draw_curve

        outcome = self[result]
        if not isinstance(outcome, Curve):
            curves = ", ".join(one.id for one in self.values() if isinstance(one, Curve))
            msg = f"{result} is no curve; the curves are: {curves}"
            raise KeyError(msg)
        return draw_curve(outcome)
