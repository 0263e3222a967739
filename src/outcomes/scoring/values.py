"""Columns of answers that hold totals, shifted, impossible or constant values: one test of a column each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.scoring.direction import correlate, row_mean
from outcomes.scoring.settings import turn_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.instruments import Instrument
    from outcomes.scoring.settings import ScoringSettings

ODD_SHARE = 0.2  # share of values no item can take, above which a column is taken for something else than an item
TOTAL_R = 0.9  # a total correlates so with the other items; the part of it that is missing among them costs little
SUM_ROWS = 7  # rows, not all zero, in which a column is the sum of the others, before that is no accident
ROUNDING = 1e-6  # [points] what a CSV may have rounded away
CONSTANT_ROWS = 20  # the same answer this often is no accident
COPY_ROWS = 30  # both answered, and the same
TELLING_ROWS = 10  # with another answer than the most frequent: items that nearly nobody ticks are alike by chance
# What programs for statistics and clinics write for “not answered”; 0 and 9 lie outside many forms' options.
MISSING_CODES = (-999, -99, -9, -8, -7, -1, 0, 9, 77, 88, 98, 99, 777, 888, 999, 9999)


def find_totals(answers: NDArray[np.float64], instrument: Instrument, settings: ScoringSettings) -> tuple[int, ...]:
    """Numbers of the columns that hold a total of the others; there may be one column more than items."""
    columns = range(answers.shape[1])
    finite = np.where(np.isinf(answers), np.nan, answers)
    if answers.shape[1] == instrument.n_items + 1:  # then without the total the others are exactly the form
        forms = [turn_answers(np.delete(finite, column, axis=1), instrument, settings) for column in columns]
        sums = [form.sum(axis=1) for form in forms]
    elif answers.shape[1] == instrument.n_items:
        turned = turn_answers(finite, instrument, settings)
        forms = [turned for _ in columns]
        sums = [turned.sum(axis=1) - turned[:, column] for column in columns]
    else:
        return ()
    return tuple(
        column + 1
        for column in columns
        if _is_sum(finite[:, column], sums[column]) or _is_total(finite, column, forms[column], instrument)
    )


def _is_total(answers: NDArray[np.float64], column: int, form: NDArray[np.float64], instrument: Instrument) -> bool:
    """Whether a column holds values that no item can take, and moves with the other items together."""
    if not _has_odd_values(answers[:, column], instrument):
        return False
    others = np.delete(form, column, axis=1) if form.shape == answers.shape else form
    low, high = instrument.answers
    r, _ = correlate(answers[:, column], row_mean(np.where((others < low) | (others > high), np.nan, others)))
    return not math.isnan(r) and abs(r) > TOTAL_R


def _has_odd_values(values: NDArray[np.float64], instrument: Instrument) -> bool:
    known = values[~np.isnan(values)]
    low, high = instrument.answers
    odd = (known < low) | (known > high) | ~_is_whole(known)
    return bool(np.count_nonzero(odd) > ODD_SHARE * known.size)


def _is_sum(values: NDArray[np.float64], sums: NDArray[np.float64]) -> bool:
    """Whether a column is the sum of the others in every complete row, in more rows than by accident."""
    complete = ~np.isnan(values) & ~np.isnan(sums)
    telling = np.count_nonzero(sums[complete]) >= SUM_ROWS
    return bool(telling and np.all(np.abs(values[complete] - sums[complete]) < ROUNDING))


def find_shift(answers: NDArray[np.float64], instrument: Instrument) -> int:
    """-1 or +1 where the answers fill the instrument's range moved by one point, in most columns; else 0."""
    known = answers[~np.isnan(answers)]
    if known.size == 0:
        return 0
    low, high = instrument.answers
    lowest, highest = float(known.min()), float(known.max())
    for shift, edge, inside in ((-1, lowest == low - 1, highest < high), (1, highest == high + 1, lowest > low)):
        if edge and inside:
            outer = low - 1 if shift < 0 else high + 1
            columns = float(np.mean((answers == outer).any(axis=0)))
            if columns > 1 / 2:
                return shift
    return 0


def find_out_of_range(
    answers: NDArray[np.float64], instrument: Instrument, columns: Sequence[int]
) -> tuple[tuple[int, ...], bool]:
    """Items with an answer that the form does not offer, and whether all such answers are usual missing codes."""
    low, high = instrument.answers
    outside = (answers < low) | (answers > high)
    items = tuple(column + 1 for column in columns if outside[:, column].any())
    values = answers[:, columns][outside[:, columns]]
    return items, bool(values.size and np.isin(values, MISSING_CODES).all())


def find_not_whole(answers: NDArray[np.float64], instrument: Instrument, columns: Sequence[int]) -> tuple[int, ...]:
    """Items with a possible answer that lies between two options."""
    low, high = instrument.answers
    broken = (answers >= low) & (answers <= high) & ~_is_whole(answers)
    return tuple(column + 1 for column in columns if broken[:, column].any())


def find_constant(answers: NDArray[np.float64], columns: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Items with one and the same answer in at least `CONSTANT_ROWS` rows, and the fewest rows among them."""
    found = {}
    for column in columns:
        known = answers[~np.isnan(answers[:, column]), column]
        if known.size >= CONSTANT_ROWS and known.min() == known.max():
            found[column + 1] = int(known.size)
    return tuple(found), min(found.values(), default=0)


def find_copies(answers: NDArray[np.float64], columns: Sequence[int]) -> list[tuple[int, ...]]:
    """Items that are the same in every row in which both are answered: the numbers of each set of them."""
    found: list[tuple[int, ...]] = []
    taken: set[int] = set()
    for place, column in enumerate(columns):
        if column in taken:
            continue
        same = [other for other in columns[place + 1 :] if _are_copies(answers[:, column], answers[:, other])]
        if same:
            taken.update(same)
            found.append(tuple(item + 1 for item in (column, *same)))
    return found


def _are_copies(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    both = ~np.isnan(one) & ~np.isnan(other)
    if not np.array_equal(one[both], other[both]) or np.count_nonzero(both) < COPY_ROWS:
        return False
    _, counts = np.unique(one[both], return_counts=True)
    return bool(counts.sum() - counts.max() >= TELLING_ROWS)


def _is_whole(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    whole: NDArray[np.bool_] = np.isnan(values) | (np.round(values) == values)
    return whole
