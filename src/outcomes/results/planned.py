"""A result that an analysis declares once: computed, or refused with the reason, under the same key and label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outcomes.results.outcome import Curve, Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.results.key import Key
    from outcomes.results.outcome import Cause, Published
    from outcomes.results.quantity import Quantity


TOO_LARGE = "It takes more memory than this machine has."


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A result that is planned, before it is known whether it can be had.

    Attributes
    ----------
    key : Key
    label : str
        What it is, as a phrase for people.
    quantity : Quantity
    unit : str
        One of `UNITS`.
    tells : tuple of tuples of Key
        Relations with other results, as for `Estimate`.
    counts : dict of str to int
        `n`, `n_full` and `n_skills`, as far as it has them.
    named : str
        As for `Estimate`.
    published : Published or None
        As for `Estimate`.
    """

    key: Key
    label: str
    quantity: Quantity
    unit: str
    tells: tuple[tuple[Key, ...], ...] = ()
    counts: Any = None
    named: str = ""
    published: Published | None = None

    def estimate(self, value: float, **parts: Any) -> Estimate:
        """Give the estimate; `parts` are the other fields of `Estimate`."""
        return Estimate(value=value, unit=self.unit, **self._shared(), **(self.counts or {}), **parts)

    def curve(self, **parts: Any) -> Curve:
        """Give the curve; `parts` are the other fields of `Curve`."""
        return Curve(unit=self.unit, **self._shared(), **(self.counts or {}), **parts)

    def refuse(self, reason: str, cause: Cause = "not possible") -> NotEstimable:
        """Say why there is none."""
        return NotEstimable(reason=reason, cause=cause, **self._shared(), **(self.counts or {}))

    def attempt(self, compute: Callable[[Planned], Outcome], *, refused: Any = None) -> Outcome:
        """Compute it, or say why it cannot be computed; `refused` are the counts then, where they are others."""
        try:
            return compute(self)
        except NotEstimableError as why:
            return replace(self, counts=refused or self.counts).refuse(str(why), why.cause)
        except MemoryError:  # of this result alone: what takes less goes on
            return replace(self, counts=refused or self.counts).refuse(TOO_LARGE)

    def _shared(self) -> dict[str, Any]:
        names = ("key", "label", "quantity", "tells", "named")
        shared = {name: getattr(self, name) for name in names}
        return shared if self.published is None else {**shared, "published": self.published}
