"""Items, or the block of reversed items, that run against the rest of their scale.

A sign alone cries wolf: in fifteen questionnaires a sound item often correlates negatively by chance. An item is
named only when three things hold. The upper confidence bound of its correlation with the rest lies below zero. The
correlation is far likelier if the item were turned than if it stood right, judged by how strongly the *other* items
hang together. And the second rest (its subscale, or the whole scale) does not contradict it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.instruments import Instrument

FEWEST_ROWS = 15  # below, no correlation is looked at
ITEM_BOUND = -1.2816  # upper one-sided 90 % bound below zero: the likelihood ratio does the rest
BLOCK_BOUND = -1.6449  # upper one-sided 95 % bound below zero
ALONE_BOUND = -2.3263  # 99 %, where no second correlation can contradict
LIKELIHOOD_RATIO = 30.0  # turned against right, times the number of items, since each is a chance of a false alarm
_CONSTANT = 1e-9  # [points squared] a row: answers differ by whole points, what is less is rounding
LARGEST_R = 0.999  # keeps Fisher's z finite


def find_items_against(turned: NDArray[np.float64], instrument: Instrument) -> tuple[int, ...]:
    """Numbers of the items that run against the rest of their scale.

    Parameters
    ----------
    turned : ndarray, shape (n, n_items)
        Answers after reversing; nan where there is none to use [points].
    """
    whole = _correlations(turned, _whole_groups(instrument))
    subscale = _correlations(turned, [list(group) for group in _subscale_groups(instrument)])
    against = [
        column + 1
        for column in range(instrument.n_items)
        if (_is_turned(column, whole) and not subscale.r[column] > 0)
        or (_is_turned(column, subscale) and not whole.r[column] > 0)
    ]
    return tuple(against)


def is_block_against(turned: NDArray[np.float64], instrument: Instrument, block: frozenset[int]) -> bool:
    """Whether the items of `block` as one run against all the others.

    A block that is half the scale hides from the item by item look: each item then agrees with half of its rest.
    """
    inside = [item - 1 for item in sorted(block)]
    outside = [column for column in _whole_groups(instrument)[0] if column + 1 not in block]
    inside = [column for column in inside if column in _whole_groups(instrument)[0]]
    if not inside or not outside:
        return False
    z_whole = _z_of_blocks(turned, inside, outside)
    within = [
        _z_of_blocks(turned, [c for c in group if c in inside], [c for c in group if c in outside])
        for group in _subscale_groups(instrument)
        if 0 < len(set(group) & set(inside)) < len(group)
    ]
    within = [z for z in within if not math.isnan(z)]
    if not within or not instrument.subscales:
        return z_whole < ALONE_BOUND
    z_within = sum(within) / math.sqrt(len(within))
    return (z_whole < BLOCK_BOUND and z_within < 0) or (z_within < BLOCK_BOUND and z_whole < 0)


def is_score_against(score: NDArray[np.float64], companion: NDArray[np.float64]) -> bool:
    """Whether a score, turned so that higher is better, runs against others that are turned so as well."""
    return _z(*correlate(score, companion)) < ALONE_BOUND


class _Rest:
    """Correlation `r` of each item with the mean of the rest of its group, rows behind it, and the typical strength."""

    def __init__(self, r: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        self.r = r
        self.rows = rows
        known = r[~np.isnan(r)]
        self.typical = float(np.arctanh(np.median(known))) if known.size else 0.0


def _correlations(turned: NDArray[np.float64], groups: Sequence[Sequence[int]]) -> _Rest:
    n_items = turned.shape[1]
    r, rows = np.full(n_items, np.nan), np.zeros(n_items, dtype=np.int64)
    for group in groups:
        if len(group) > 1:
            rest = rest_means(turned[:, group])
            for place, column in enumerate(group):
                r[column], rows[column] = correlate(turned[:, column], rest[:, place])
    return _Rest(r, rows)


def _is_turned(column: int, rest: _Rest) -> bool:
    r, rows = float(rest.r[column]), int(rest.rows[column])
    z = _z(r, rows)
    if math.isnan(z):
        return False
    # log likelihood of z under mean -m against mean +m with unit variance, m the strength of a typical item here
    log_ratio = -2 * z * rest.typical * math.sqrt(rows - 3)
    return z < ITEM_BOUND and log_ratio > math.log(LIKELIHOOD_RATIO * rest.r.size)


def _z_of_blocks(turned: NDArray[np.float64], inside: Sequence[int], outside: Sequence[int]) -> float:
    return _z(*correlate(row_mean(turned[:, list(inside)]), row_mean(turned[:, list(outside)])))


def _z(r: float, rows: int) -> float:
    """Fisher's z in standard errors; nan below `FEWEST_ROWS`."""
    if math.isnan(r) or rows < FEWEST_ROWS:
        return math.nan
    return math.atanh(r) * math.sqrt(rows - 3)


def row_mean(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the answered items of each row; nan where fewer than half are answered."""
    answered = ~np.isnan(block)
    count = answered.sum(axis=1)
    mean = np.where(answered, block, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(2 * count >= block.shape[1], mean, np.nan)


def rest_means(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each item of the block the mean of the others' answers in its row; nan where fewer than half answered."""
    answered = ~np.isnan(block)
    filled = np.where(answered, block, 0.0)
    count = answered.sum(axis=1, keepdims=True) - answered
    mean = (filled.sum(axis=1, keepdims=True) - filled) / np.maximum(count, 1)
    return np.where(2 * count >= block.shape[1] - 1, mean, np.nan)


def correlate(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, int]:
    """Pearson's r over the rows with both, kept inside ±`LARGEST_R`, and their number; nan where one is constant."""
    both = ~(np.isnan(x) | np.isnan(y))
    rows = int(both.sum())
    if rows < FEWEST_ROWS:
        return math.nan, rows
    dx, dy = x[both] - x[both].mean(), y[both] - y[both].mean()
    length = math.sqrt(float(dx @ dx) * float(dy @ dy))
    if length <= _CONSTANT * rows:
        return math.nan, rows
    return max(-LARGEST_R, min(LARGEST_R, float(dx @ dy) / length)), rows


def _whole_groups(instrument: Instrument) -> list[list[int]]:
    """Columns that add up to the published score; then, where that is not the whole form, each other subscale."""
    published = [item - 1 for item in instrument.score().items]
    others = [group for group in _subscale_groups(instrument) if not set(group) & set(published)]
    return [published, *(list(group) for group in others)]


def _subscale_groups(instrument: Instrument) -> list[list[int]]:
    return [[item - 1 for item in subscale.items] for subscale in instrument.subscales.values()]
