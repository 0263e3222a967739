"""Files of SPSS and Stata: the codes as they are kept, and the label of each, from which a map's words may be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.errors import SourceNotReadableError
from outcomes.importing.table import Source
from outcomes.study.sheets import to_text
from outcomes.study.text import FIRST_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

READERS = {".sav": "read_sav", ".zsav": "read_sav", ".dta": "read_dta"}
_ABSENT = (
    "files of SPSS and Stata are read by pyreadstat, which is not installed here; install outcomes[spss], or save the "
    "file as CSV or as a workbook"
)


def read_statistical(path: Path) -> Source:
    """Read a file of SPSS or Stata; what the file itself calls missing is empty.

    Raises
    ------
    SourceNotReadableError
        When it is none, or when what reads it is not installed.
    """
    try:
        import pyreadstat
    except ImportError:
        raise SourceNotReadableError(path.name, _ABSENT) from None
    try:
        held, about = getattr(pyreadstat, READERS[path.suffix.lower()])(str(path), output_format="dict")
    except Exception:  # noqa: BLE001  # its own kinds of error, and Python's, all of which mean one thing
        why = "it is not the file that its ending says, or is damaged; save it again, or as CSV"
        raise SourceNotReadableError(path.name, why) from None
    columns = {name: [_to_cell(value) for value in values] for name, values in held.items()}
    labels = {name: _to_labels(of) for name, of in about.variable_value_labels.items()}
    rows = list(range(FIRST_ROW, FIRST_ROW + int(about.number_rows)))
    return Source(name=path.name, columns=columns, rows=rows, labels=labels)


def _to_cell(value: Any) -> str:
    """Text of a value; what is not a number is no answer."""
    return "" if isinstance(value, float) and value != value else to_text(value).strip()  # noqa: PLR0124  # nan alone


def _to_labels(of: Mapping[Any, str]) -> dict[str, str]:
    return {to_text(code): " ".join(label.split()) for code, label in of.items()}
