"""Results as tables: tidy, in the order of the plan; as Markdown and LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.questions.events.keys import ratio_of
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.ways import VERDICT_ON_COMPLETION, main_way, verdict_of, verdict_on_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Record, Registry

COLUMNS = ("measure", "visit", "what", "arm", "label", "text", "value", "low", "high", "se", "df", "p_value")
COUNTS = ("n", "n_full", "n_skills")
COMPLETED = Key("completion", what="difference", category="adjusted")
# In LaTeX each of these is a command, or begins one.
_ESCAPED = str.maketrans(
    {**{sign: f"\\{sign}" for sign in "&%$#_{}"}, "~": r"\textasciitilde{}", "\\": r"\textbackslash{}"}
)


def order_records(records: Sequence[Record], plan: Plan) -> list[Record]:
    """Order records by the plan's measures and visits, then by what they are of; within that by id."""
    measures = {word: place for place, word in enumerate(plan.measures)}
    visits = {word: place for place, word in enumerate(plan.visits)}
    analyses = {name: place for place, name in enumerate(dict.fromkeys(record.key.analysis for record in records))}

    def place(record: Record) -> tuple[int, int, int, str]:
        key = record.key
        return measures.get(key.measure, -1), visits.get(key.visit, -1), analyses[key.analysis], record.id

    return sorted(records, key=place)


def lay_out_questions(records: Sequence[Record]) -> pd.DataFrame:
    """One row a result: what it is about as columns, the printed text, and the numbers unrounded."""
    import pandas as pd

    rows = [_to_row(record) for record in records]
    return pd.DataFrame(rows, index=pd.Index([record.id for record in records], name="id"))


def list_main(registry: Registry, plan: Plan) -> pd.DataFrame:
    """Give the main result on each primary measure, completion and primary events, and what it tells."""
    import pandas as pd

    rows = []
    for label, result, verdict in _list_main(registry, plan):
        outcome = registry.get(result)
        if outcome is None:
            continue
        interval = outcome.interval if isinstance(outcome, Estimate) else None
        told = registry.get(verdict)
        rows.append(
            {
                "measure": label,
                "result": _tell(registry, outcome),
                "low": None if interval is None else interval.low,
                "high": None if interval is None else interval.high,
                "what it tells": "" if told is None else registry.record(verdict).text,
            }
        )
    return pd.DataFrame(rows, columns=["measure", "result", "low", "high", "what it tells"])


def _list_main(registry: Registry, plan: Plan) -> Iterator[tuple[str, Key, Key]]:
    for measure in plan.primary_measures:
        way = main_way(registry, measure, plan.primary)
        yield plan.measures[measure].label, way.key(measure, plan.primary), verdict_of(measure, plan.primary)
    yield "Completed", COMPLETED, VERDICT_ON_COMPLETION
    for kind in plan.primary_events:
        yield plan.events[kind].label, ratio_of(kind), verdict_on_events(kind)


def _tell(registry: Registry, outcome: Any) -> str:
    if isinstance(outcome, NotEstimable):
        return outcome.reason
    return registry.record(outcome.key).text


def _to_row(record: Record) -> dict[str, Any]:
    outcome, key = record.outcome, record.key
    interval = outcome.interval if isinstance(outcome, Estimate) else None
    numbers = {name: getattr(outcome, name, None) for name in ("se", "df", "p_value", *COUNTS)}
    return {
        "measure": key.measure,
        "visit": key.visit,
        "what": key.what,
        "arm": key.arm,
        "label": outcome.label,
        "text": outcome.reason if isinstance(outcome, NotEstimable) else record.text,
        "value": outcome.value if isinstance(outcome, Estimate) else None,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        **numbers,
        "method": "" if isinstance(outcome, NotEstimable) else outcome.method,
    }


def to_plain(table: pd.DataFrame) -> list[str]:
    """Give a table as lines of text, each column as wide as it needs."""
    cells = [[str(name) for name in table.columns], *_list_cells(table)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(table.columns))]
    pairs = (zip(row, widths, strict=True) for row in cells)
    return ["  ".join(text.ljust(width) for text, width in row).rstrip() for row in pairs]


def to_markdown(table: pd.DataFrame) -> str:
    """Give a table as Markdown, which GitHub and Pandoc read."""
    rows = [[str(name) for name in table.columns], ["---"] * len(table.columns), *_list_cells(table)]
    return "\n".join(f"| {' | '.join(text.replace('|', '&#124;') for text in row)} |" for row in rows) + "\n"


def to_latex(table: pd.DataFrame) -> str:
    """Give a table as LaTeX, for the package booktabs."""

    def line(row: Iterable[str]) -> str:
        return " & ".join(text.translate(_ESCAPED) for text in row) + r" \\"

    return "\n".join(
        [
            rf"\begin{{tabular}}{{{'l' * len(table.columns)}}}",
            r"\toprule",
            line(map(str, table.columns)),
            r"\midrule",
            *map(line, _list_cells(table)),
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def _list_cells(table: pd.DataFrame) -> list[list[str]]:
    return [[_to_cell(cell) for cell in row] for row in table.itertuples(index=False)]


def _to_cell(cell: Any) -> str:
    if cell is None or cell != cell:  # noqa: PLR0124  # nan is not itself
        return ""
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
