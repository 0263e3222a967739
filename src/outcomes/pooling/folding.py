"""Whose scores enter a clinic's sums, so that no sum, nor the difference of any two, tells of fewer than a few people.

People are sorted into cells: those of one arm whose scores are in the sums at the same visits of the same measures.
Every sum that a contribution holds is one over whole cells, and so is every difference of such sums. A cell of fewer
people than the threshold is folded: its people's single scores are left out until they are in a cell that is kept, and
where there is none, they are left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from outcomes.pooling.people import People

# A sum and a sum of squares give back two unknown numbers: with two people beside others who are alike they would.
TOLD_BY_TWO_SUMS = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Folded:
    """Who is in the sums, and with which scores.

    Attributes
    ----------
    kept : mapping of str to ndarray of bool, shape (n, T)
        By measure: whose score at which later visit is in the sums.
    cells : ndarray of int, shape (n,)
        Number of each person's cell; -1 for who is in none.
    merged : tuple of (str, int)
        Covariate and place of each level that is counted here as the first.
    untold : tuple of str
        Covariates that are numbers and in which too few people differ.
    people, scores : int
        People and scores that could have been in the sums and are left out [count].
    """

    kept: Mapping[str, NDArray[np.bool_]]
    cells: NDArray[np.int64]
    merged: tuple[tuple[str, int], ...]
    untold: tuple[str, ...]
    people: int
    scores: int


def fold(people: People, *, measures: Sequence[str], threshold: int, columns: int) -> Folded:
    """Fold what is small.

    Parameters
    ----------
    people : People
    measures : sequence of str
    threshold : int
        Fewest people of a cell [count].
    columns : int
        Columns besides the scores: a block of sums needs as many people more than columns, since the cross-products of
        k columns of fewer people than k give back, up to a turn, every one of them.
    """
    seen = np.hstack([people.seen(measure) for measure in measures])
    visits = seen.shape[1] // len(measures)
    masks = fold_masks(_to_masks(seen), people.full, least=threshold)
    kept = {
        measure: _open(masks, slice(place * visits, (place + 1) * visits)) for place, measure in enumerate(measures)
    }
    for measure in measures:
        kept[measure] = _require_people(kept[measure], threshold + columns)
        kept[measure] = _require_variety(people, measure, kept[measure], people.full, threshold)
        kept[measure] = _require_people(kept[measure], threshold + columns)
    whole = np.hstack(list(kept.values()))
    cells = _number(_to_masks(whole), people.full)
    blocks = _number(_to_masks(whole), np.zeros(len(whole), dtype=bool))
    merged = tuple(_find_rare(people, cells, blocks, threshold))
    return Folded(
        kept=kept,
        cells=cells,
        merged=merged,
        untold=tuple(_find_untold(people, cells, threshold)),
        people=int((seen.any(axis=1) & ~whole.any(axis=1)).sum()),
        scores=int(seen.sum() - whole.sum()),
    )


def _to_masks(seen: NDArray[np.bool_]) -> list[frozenset[int]]:
    return [frozenset(map(int, np.flatnonzero(row))) for row in seen]


def _open(masks: Sequence[frozenset[int]], part: slice) -> NDArray[np.bool_]:
    places = range(part.start, part.stop)
    return np.array([[place in mask for place in places] for mask in masks], dtype=bool).reshape(-1, len(places))


def fold_masks(masks: Sequence[frozenset[int]], classes: NDArray[np.bool_], *, least: int) -> list[frozenset[int]]:
    """Give what is kept of each person's scores, so that no cell of a class is smaller than the least.

    The people of a small cell go into the nearest larger one whose scores they all have; where several small cells
    together have enough people, into what these have in common; else nothing of them is kept.
    """
    folded = list(masks)
    for one in np.unique(classes):
        mine = [place for place in range(len(masks)) if classes[place] == one and masks[place]]
        sizes = Counter(masks[place] for place in mine)
        moves = _plan_moves(sizes, least)
        for place in mine:
            folded[place] = moves[masks[place]]
    return folded


def _plan_moves(sizes: Counter[frozenset[int]], least: int) -> dict[frozenset[int], frozenset[int]]:
    """Say into what each pattern goes, from how many people have it."""
    kept = {mask for mask, count in sizes.items() if count >= least}
    moves = {mask: mask for mask in kept}
    small = {mask: count for mask, count in sizes.items() if mask not in kept}
    while small:
        for mask in sorted(small, key=_by_size):
            into = [one for one in kept if one < mask]
            if into:
                moves[mask] = min(into, key=_by_size)
        small = {mask: count for mask, count in small.items() if mask not in moves}
        common = _find_common(small, least)
        if common is None:
            break
        kept.add(common)
        moves |= {mask: common for mask in small if common <= mask}
        small = {mask: count for mask, count in small.items() if mask not in moves}
    return moves | dict.fromkeys(small, frozenset[int]())


def _by_size(mask: frozenset[int]) -> tuple[int, list[int]]:
    """Order patterns: most scores first, of as many those that hold later visits."""
    return -len(mask), [-place for place in sorted(mask, reverse=True)]


def _find_common(small: Mapping[frozenset[int], int], least: int) -> frozenset[int] | None:
    """Find what small cells of enough people have in common, with as many scores kept as there can be."""
    shared = set(small)
    for one, other in combinations(small, 2):
        shared.add(one & other)
    shared |= {frozenset({place}) for mask in small for place in mask}
    best: tuple[int, frozenset[int]] | None = None
    for common in sorted(shared - {frozenset()}, key=_by_size):
        people = sum(count for mask, count in small.items() if common <= mask)
        if people >= least and (best is None or people * len(common) > best[0]):
            best = (people * len(common), common)
    return None if best is None else best[1]


def _require_people(kept: NDArray[np.bool_], least: int) -> NDArray[np.bool_]:
    """Fold the patterns of a measure that have too few people for so many columns, all who have one alike."""
    masks = _to_masks(kept)
    while True:
        sizes = Counter(mask for mask in masks if mask)
        bad = [mask for mask, count in sizes.items() if count < least + len(mask)]
        if not bad:
            return _open(masks, slice(0, kept.shape[1]))
        worst = min(bad, key=_by_size)
        into = [one for one in sizes if one < worst]
        goal = min(into, key=_by_size) if into else frozenset[int]()
        masks = [goal if mask == worst else mask for mask in masks]


def _require_variety(
    people: People, measure: str, kept: NDArray[np.bool_], full: NDArray[np.bool_], threshold: int
) -> NDArray[np.bool_]:
    """Leave out a measure's blocks in which scores are nearly all alike, so that sums tell of the few others."""
    masks = _to_masks(kept)
    for mask in {mask for mask in masks if mask}:
        mine = np.array([one == mask for one in masks])
        columns = [people.start[measure], *(people.later[measure][:, place] for place in sorted(mask))]
        cells = [mine & (full == arm) for arm in (True, False)]
        if any(tells_few(column[cell], threshold) for column in columns for cell in cells):
            masks = [frozenset[int]() if one == mask else one for one in masks]
    return _open(masks, slice(0, kept.shape[1]))


def tells_few(values: NDArray[np.float64], threshold: int) -> bool:
    """Whether sums of some values and of their squares tell of the few people who differ from the commonest."""
    if not len(values):
        return False
    commonest = int(np.unique(values, return_counts=True)[1].max())
    others = len(values) - commonest
    least = threshold if 2 * commonest > len(values) else TOLD_BY_TWO_SUMS + 1
    return 0 < others < least


def _number(masks: Sequence[frozenset[int]], full: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give cells numbers; people without scores in the sums are in none."""
    names = sorted({(tuple(sorted(mask)), bool(arm)) for mask, arm in zip(masks, full, strict=True) if mask})
    places = {(frozenset(mask), arm): place for place, (mask, arm) in enumerate(names)}
    return np.array([places.get((mask, bool(arm)), -1) for mask, arm in zip(masks, full, strict=True)], dtype=np.int64)


def _find_rare(
    people: People, cells: NDArray[np.int64], blocks: NDArray[np.int64], threshold: int
) -> Iterator[tuple[str, int]]:
    """Find the levels that count as the first here: within a cell, or beside another covariate, few have them.

    Sums hold how many people have two levels of different covariates for both arms together alone.
    """
    indicators = {
        (name, level): places == level
        for name, places in people.levels.items()
        for level in range(1, int(places.max(initial=0)) + 1)
    }
    rare = {key for key, has in indicators.items() if any(_is_few(has[cells == one], threshold) for one in _in(cells))}
    for (first, has), (second, had) in combinations(indicators.items(), 2):
        if first in rare or second in rare or first[0] == second[0]:
            continue
        both = (has & had, has & ~had, ~has & had, ~has & ~had)
        if any(_is_few(one[blocks == place], threshold) for place in _in(blocks) for one in both):
            rare.add(min(first, second, key=lambda key: int(indicators[key][cells >= 0].sum())))
    yield from sorted(rare)


def _in(cells: NDArray[np.int64]) -> list[int]:
    return sorted(set(map(int, cells)) - {-1})


def _is_few(has: NDArray[np.bool_], threshold: int) -> bool:
    """Whether few have something, or few do not."""
    return 0 < int(has.sum()) < threshold or 0 < int((~has).sum()) < threshold


def _find_untold(people: People, cells: NDArray[np.int64], threshold: int) -> Iterator[str]:
    """Find covariates that are numbers and nearly the same for everybody in a cell."""
    for name, column in people.numbers.items():
        if any(tells_few(column[cells == one], threshold) for one in _in(cells)):
            yield name
