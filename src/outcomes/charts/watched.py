"""A registry that remembers what was asked of it, so that the numbers behind a figure can be listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.results.registry import Registry

if TYPE_CHECKING:
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome
    from outcomes.results.registry import Record


class Watched(Registry):
    """The same results; `asked` holds the ids of those that were looked at, sorted."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry.records())
        self._asked: set[str] = set()

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of the results that were looked at."""
        return tuple(sorted(self._asked))

    def __getitem__(self, result: str | Key) -> Outcome:
        """Outcome under a key or id; it counts as looked at."""
        return self._look(super().__getitem__(result))

    def get(self, result: str | Key, default: Any = None) -> Any:
        """Outcome under a key or id, or the default; it counts as looked at."""
        found = super().get(result)
        return default if found is None else self._look(found)

    def record(self, result: str | Key) -> Record:
        """Record under a key or id; it counts as looked at."""
        found = super().record(result)
        self._look(found.outcome)
        return found

    def where(self, **fields: str) -> tuple[Outcome, ...]:
        """Outcomes whose keys have these fields; all of them count as looked at."""
        return tuple(map(self._look, super().where(**fields)))

    def _look(self, found: Outcome) -> Outcome:
        self._asked.add(found.id)
        return found
