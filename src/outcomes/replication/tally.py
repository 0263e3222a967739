"""How many results of each kind were computed a second time, how many agree, and which do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outcomes.replication.comparison import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The results of one kind.

    Attributes
    ----------
    name : str
        With which their ids begin.
    results, agree, differ : int
        Estimates there are; those of which every number is the same in both computations; those of which one is
        not [count].
    left : list of str
        What was not computed a second time, by what it tells, each with how many there are.
    roads : list of str
        How they were computed the second time, what most of them took first.
    """

    name: str
    results: int
    agree: int
    differ: int
    left: list[str]
    roads: list[str]

    def to_sentence(self) -> str:
        """Say it in a line."""
        again = self.agree + self.differ
        said = f"{self.name}: {again} of {self.results} computed a second time, {self.agree} agree"
        return f"{said}; not checked: {', '.join(self.left)}" if self.left else said


def count_kinds(comparisons: Sequence[Comparison]) -> Iterator[Kind]:
    """Count the comparisons of each kind, the kinds by their names."""
    kinds: dict[str, list[Comparison]] = {}
    for one in comparisons:
        kinds.setdefault(one.key.analysis, []).append(one)
    for name, mine in sorted(kinds.items()):
        again = [one for one in mine if one.second is not None]
        differ = sum(any(one.differing()) for one in again)
        left = Counter(one.key.what for one in mine if one.second is None)
        roads = Counter(one.second.method for one in mine if one.second is not None)
        yield Kind(
            name=name,
            results=len(mine),
            agree=len(again) - differ,
            differ=differ,
            left=[f"{what} {count}" for what, count in sorted(left.items())],
            roads=sorted(roads, key=lambda road, roads=roads: (-roads[road], road)),  # type: ignore[misc]
        )


def describe_second(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Give what a run keeps of a second computation: its kinds, and the ids of the results that it does not confirm."""
    differing = sorted(str(one.key) for one in comparisons if any(one.differing()))
    return {"kinds": [asdict(kind) for kind in count_kinds(comparisons)], "differing": differing}
