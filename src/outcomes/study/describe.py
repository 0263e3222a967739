"""The tables of docs/data.md, written from the schemas: `python -m outcomes.study.describe docs/data.md`."""

from __future__ import annotations

import re
import sys
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.study.columns import CELLS, Column, read_column
from outcomes.study.schemas import TABLES, with_items

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACE = re.compile(r"(<!-- table (?P<name>[a-z]+)[^>]*-->\n).*?(<!-- end of table -->)", re.DOTALL)
_HEAD = "| column | what | written as | needed |\n|---|---|---|---|"


def describe_tables(page: str) -> str:
    """Give a page with every table between its marks written anew."""
    return _PLACE.sub(lambda place: f"{place[1]}\n{_describe(place['name'])}\n\n{place[3]}", page)


def _describe(name: str) -> str:
    """Give a table as an example in CSV, where its columns have one, and a row a column."""
    schema = with_items(TABLES[name], 2) if name == "items" else TABLES[name]
    rows = "\n".join(_row(column, schema.metadata.get("either", ())) for column in schema.columns.values())
    return "\n".join([*_example(schema), _HEAD, rows])


def _example(schema: Any) -> Iterator[str]:
    examples = {
        name: column.metadata["example"] for name, column in schema.columns.items() if column.metadata.get("example")
    }
    if examples:
        cells = zip_longest(*examples.values(), fillvalue="")
        yield "\n".join(["```", ",".join(examples), *map(",".join, cells), "```", ""])


def _row(column: Any, either: tuple[str, ...]) -> str:
    read = read_column(column)
    unit = f" [{column.metadata['unit']}]" if "unit" in column.metadata else ""
    needed = "yes" if read.filled else "the column; its cells may be empty" if read.required else ""
    needed = f"this or `{next(name for name in either if name != column.name)}`" if column.name in either else needed
    return f"| `{column.name}` | {column.description}{unit} | {_written(read)} | {needed} |"


def _written(column: Column) -> str:
    """Say how the cells are written: the words, or the kind with its limits."""
    if column.choices:
        words = ", ".join(column.choices)
        return words if column.kind == "choice" else f"{CELLS[column.kind].written}: {words}"
    if column.openings:
        return f"begins with: {', '.join(column.openings)}"
    low, high = (f"{limit:.12g}" if limit is not None else None for limit in (column.low, column.high))
    limits = f", {low} to {high}" if low and high else f", at least {low}" if low else ""
    return f"{CELLS[column.kind].written}{limits}"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(describe_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
