"""A registry that remembers what was asked of it, so that the numbers behind a figure can be listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.registry import Registry

if TYPE_CHECKING:
    from outcomes.core.estimates import Outcome
    from outcomes.registry import Record


class Watched(Registry):
    """The same results; `asked` holds the ids of those that were looked at, sorted."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry.records())
        self._asked: set[str] = set()

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of the results that were looked at."""
        return tuple(sorted(self._asked))

    def __getitem__(self, result: str) -> Outcome:
        """Outcome under an id; it counts as looked at."""
        found = super().__getitem__(result)
        self._asked.add(result)
        return found

    def __contains__(self, result: object) -> bool:
        """Whether there is a result; asking that looks at nothing."""
        return result in self._records

    def record(self, result: str) -> Record:
        """Record under an id; it counts as looked at."""
        self._asked.add(result)
        return super().record(result)

    def under(self, *words: str) -> tuple[Outcome, ...]:
        """Outcomes whose id starts with these words; all of them count as looked at."""
        found = super().under(*words)
        self._asked.update(outcome.id for outcome in found)
        return found
