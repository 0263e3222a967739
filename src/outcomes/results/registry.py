"""Record = outcome and provenance; Registry = records by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.results.key import FIELDS
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.results.key import Key
    from outcomes.results.provenance import Provenance

KINDS = {Estimate: "estimate", Curve: "curve", NotEstimable: "not_estimable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An outcome, where it comes from, and how the report prints it.

    Attributes
    ----------
    outcome : Estimate, Curve or NotEstimable
    provenance : Provenance
    text : str
        What a page prints for it.
    """

    outcome: Outcome
    provenance: Provenance
    text: str = ""

    @property
    def id(self) -> str:
        """Id of the outcome."""
        return self.outcome.id

    @property
    def key(self) -> Key:
        """Key of the outcome."""
        return self.outcome.key

    @property
    def kind(self) -> str:
        """One of estimate, curve, not_estimable."""
        return KINDS[type(self.outcome)]


class Registry(Mapping[str, Outcome]):
    """Outcomes by key or id, sorted by id; `.record(key)` is all about one, `.where(…)` selects by fields."""

    def __init__(self, records: Iterable[Record]) -> None:
        ordered = sorted(records, key=lambda record: record.id)
        self._records = {record.id: record for record in ordered}
        self._by_analysis: dict[str, list[Record]] = {}  # nearly every selection names one
        for record in ordered:
            self._by_analysis.setdefault(record.key.analysis, []).append(record)
        if len(self._records) != len(ordered):
            ids = [record.id for record in ordered]
            twice = sorted({name for name in ids if ids.count(name) > 1})
            msg = f"results with the same id: {', '.join(twice)}"
            raise ValueError(msg)

    def __getitem__(self, result: str | Key) -> Outcome:
        """Outcome under a key, or under an id as it prints."""
        return self._records[str(result)].outcome

    def __contains__(self, result: object) -> bool:
        """Whether there is an outcome under a key or id."""
        return str(result) in self._records

    def get(self, result: str | Key, default: Any = None) -> Any:
        """Outcome under a key or id, or the default."""
        record = self._records.get(str(result))
        return default if record is None else record.outcome

    def __iter__(self) -> Iterator[str]:
        """Ids in order."""
        return iter(self._records)

    def __len__(self) -> int:
        """Count of results."""
        return len(self._records)

    def __repr__(self) -> str:
        """Show counts, never values."""
        return f"Registry({len(self)} results)"

    def record(self, result: str | Key) -> Record:
        """Record under a key or id."""
        return self._records[str(result)]

    def records(self) -> tuple[Record, ...]:
        """All records, sorted by id."""
        return tuple(self._records.values())

    def where(self, **fields: str) -> tuple[Outcome, ...]:
        """Outcomes whose keys have these fields, sorted by id: `where(analysis="mmrm", visit="end")`.

        Raises
        ------
        TypeError
            When there is no such field.
        """
        if strange := sorted(set(fields) - set(FIELDS)):
            msg = f"a key has no field {', '.join(strange)}; it has {', '.join(FIELDS)}"
            raise TypeError(msg)
        among = self._by_analysis.get(fields["analysis"], []) if "analysis" in fields else self._records.values()
        return tuple(record.outcome for record in among if record.key.matches(**fields))

    def to_frame(self) -> pd.DataFrame:
        """One row a result, the columns of results.json without provenance."""
        import pandas as pd

        from outcomes.results.store import to_row

        rows = [
            {name: cell for name, cell in to_row(record).items() if name != "provenance"} for record in self.records()
        ]
        return pd.DataFrame(rows).set_index("id")
