"""A table as it was exported, whatever it was read from: columns of texts with the rows that a spreadsheet shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from outcomes.study.model import Finding


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Source:
    """A table as it was exported.

    Attributes
    ----------
    name : str
        File, and sheet where it is one of several.
    columns : dict of str to list of str
        Texts by column, in the order of the file; an empty cell is the empty text.
    rows : list of int
        Row of each record as a spreadsheet shows it.
    notes : tuple of str
        What was left out on the way in, a phrase each.
    header_row : int
        Row that holds the names of the columns.
    hidden : int
        Rows that a filter hides [count].
    labels : dict of str to dict of str to str
        Of a file that keeps codes: by column, the label of each code.
    repeated : dict of str to list of str
        By a name that several columns have, what they are called here: the name with a number behind it.
    """

    name: str
    columns: dict[str, list[str]]
    rows: list[int]
    notes: tuple[str, ...] = ()
    header_row: int = 1
    hidden: int = 0
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    repeated: dict[str, list[str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Source({len(self.columns)} columns, {len(self.rows)} rows)"

    def stop(self, code: str, rows: list[int], column: str, rule: str, fix: str) -> Finding:
        """Make a STOP about some rows."""
        return make_finding("STOP", code, self.name, tuple(rows), column, rule, fix)
