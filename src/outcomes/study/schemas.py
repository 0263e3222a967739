"""The pandera schema of every table: what a typed table must be, checked without changing a cell.

The cells have been read, and their faults named, before; a table that breaks its schema afterwards is a fault of this
program, and is refused all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from outcomes.errors import DataError
from outcomes.study import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.study.tables import Column

SCHEMAS: dict[str, Mapping[str, Column]] = {
    "clients.csv": tables.CLIENTS,
    "scores.csv": tables.SCORES,
    "items/": tables.ITEMS,
    "attendance.csv": tables.ATTENDANCE,
    "sessions.csv": tables.SESSIONS,
    "costs.csv": tables.COSTS,
    "evidence.csv": tables.EVIDENCE,
}
_TYPES = {
    # pandera compares all categories where it is given this type; that it is one is checked below
    **dict.fromkeys(("id", "text", "label", "choice"), None),
    **dict.fromkeys(("number", "whole", "answer"), "float64"),
    "yes_no": "boolean",
    "date": "datetime64[s]",
}


def make_schema(columns: Mapping[str, Column]) -> Any:
    """Make the pandera schema of a table from its columns."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            name: pa.Column(
                _TYPES[column.kind], checks=_checks(column), nullable=not column.filled, required=column.required
            )
            for name, column in columns.items()
            if column.kind != "covariate"
        },
        coerce=False,
    )


def require_schema(frame: pd.DataFrame, columns: Mapping[str, Column], name: str) -> None:
    """Refuse a typed table that is not what it should be.

    Raises
    ------
    DataError
        Without what pandera says, which quotes the cells.
    """
    import pandera.errors as pa

    try:
        make_schema(columns).validate(frame, lazy=True)
    except pa.SchemaErrors as fault:
        places = sorted({str(error.schema.name) for error in fault.schema_errors} & set(columns))
        broken = ", ".join(places) or "the whole table"
        sentence = f"STOP E199  {name}: the table was read but is not what it should be ({broken}). Please report it."
    else:
        return
    raise DataError([sentence])


def _checks(column: Column) -> list[Any]:
    import pandera.pandas as pa

    checks = []
    if _TYPES[column.kind] is None:
        checks.append(pa.Check(lambda cells: isinstance(cells.dtype, pd.CategoricalDtype), name="is_category"))
    if column.choices:
        checks.append(pa.Check(lambda cells: set(cells.cat.categories) <= set(column.choices), name="is_choice"))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    return checks
