"""The audit of one file of items: number of columns, values, and the directions of items by their correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.instruments import list_instruments, read_instrument
from outcomes.scoring.direction import find_items_against, is_block_against, is_score_against
from outcomes.scoring.findings import find
from outcomes.scoring.items import score_items
from outcomes.scoring.settings import require_settings, reversed_by, turn_answers
from outcomes.scoring.values import (
    find_constant,
    find_copies,
    find_not_whole,
    find_out_of_range,
    find_shift,
    find_totals,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.instruments import Instrument
    from outcomes.scoring.findings import AuditFinding, Kind
    from outcomes.scoring.settings import ScoringSettings


def audit_items(
    answers: NDArray[np.float64],
    instrument: Instrument,
    settings: ScoringSettings,
    *,
    companion: NDArray[np.float64] | None = None,
) -> tuple[AuditFinding, ...]:
    """Every suspicion about the answers to one instrument.

    Parameters
    ----------
    answers : ndarray, shape (n, columns)
        As they stand in the file, nan where missing [points]. One row per person, since the bounds of the correlations
        take rows for independent.
    instrument : Instrument
        Whose key is used.
    settings : ScoringSettings
        As for scoring.
    companion : ndarray, shape (n,), optional
        What other measures say about the same people, higher meaning better. Without it a form whose every item is
        coded the other way cannot be told from a sound one: its items agree with each other just as well.
    """
    return audit_values(answers, instrument, settings) + audit_directions(
        answers, instrument, settings, companion=companion
    )


def audit_values(
    answers: NDArray[np.float64], instrument: Instrument, settings: ScoringSettings
) -> tuple[AuditFinding, ...]:
    """Suspicions about the values themselves: their number, totals among them, impossible and constant answers."""
    require_settings(instrument, settings)
    if answers.shape[1] != instrument.n_items:
        return _audit_count(answers, instrument, settings)
    totals = find_totals(answers, instrument, settings)
    columns = [column for column in range(instrument.n_items) if column + 1 not in totals]
    found = [find("total_as_item", instrument, totals)] if totals else []
    shift = find_shift(answers[:, columns], instrument)
    outside, codes = find_out_of_range(answers, instrument, columns)
    if shift:
        low, high = (limit + shift for limit in instrument.answers)
        found.append(find("shifted_coding", instrument, case="down" if shift < 0 else "up", lowest=low, highest=high))
    elif outside:
        found.append(find("out_of_range", instrument, outside, case="codes" if codes else "others"))
    broken = find_not_whole(answers, instrument, columns)
    if broken:
        found.append(find("not_whole", instrument, broken))
    constant, rows = find_constant(answers, columns)
    if constant:
        found.append(find("constant_item", instrument, constant, rows=rows))
    found += [find("same_answers", instrument, same) for same in find_copies(answers, columns)]
    return tuple(found)


def _audit_count(
    answers: NDArray[np.float64], instrument: Instrument, settings: ScoringSettings
) -> tuple[AuditFinding, ...]:
    columns = answers.shape[1]
    fitting = tuple(name for name in list_instruments() if read_instrument(name).n_items == columns)
    related = tuple(name for name in fitting if name.rstrip("0123456789") == instrument.id.rstrip("0123456789"))
    case = "others_fit" if related else "none_fits"
    found = [find("wrong_item_count", instrument, case=case, columns=columns, fitting=", ".join(related))]
    totals = find_totals(answers, instrument, settings)
    if totals:
        found.append(find("total_as_item", instrument, totals))
    return tuple(found)


def audit_directions(
    answers: NDArray[np.float64],
    instrument: Instrument,
    settings: ScoringSettings,
    *,
    companion: NDArray[np.float64] | None = None,
) -> tuple[AuditFinding, ...]:
    """Suspicions from correlations: an item, the reversed items as a block, or the whole form runs the wrong way."""
    require_settings(instrument, settings)
    if answers.shape[1] != instrument.n_items:
        return ()
    turned = _require_usable(answers, instrument, settings)
    found = []
    block = frozenset(instrument.reversed_items)
    if len(block) > 1 and is_block_against(turned, instrument, block):
        case = "reversed_here" if block & reversed_by(instrument, settings) else "as_given"
        found.append(find("block_against", instrument, tuple(sorted(block)), case=case))
        # put the block right, to see whether any item besides does not follow
        columns = [item - 1 for item in block]
        turned[:, columns] = sum(instrument.answers) - turned[:, columns]
    found += _sort_items(find_items_against(turned, instrument), instrument, settings)
    if companion is not None:
        rule = instrument.score(settings.score)
        score = score_items(answers, instrument, settings).total
        if is_score_against(score if rule.better == "higher" else -score, companion):
            found.append(find("opposite_coding", instrument))
    return tuple(found)


def _require_usable(
    answers: NDArray[np.float64], instrument: Instrument, settings: ScoringSettings
) -> NDArray[np.float64]:
    """Reversed answers, nan where there is none, where it is impossible, and in columns that hold a total."""
    turned = turn_answers(answers, instrument, settings)
    low, high = instrument.answers
    turned = np.where((turned < low) | (turned > high), np.nan, turned)
    turned[:, [item - 1 for item in find_totals(answers, instrument, settings)]] = np.nan
    return turned


def _sort_items(items: tuple[int, ...], instrument: Instrument, settings: ScoringSettings) -> list[AuditFinding]:
    """One finding per explanation: reversed here, not reversed here though the key does, or neither."""
    here = reversed_by(instrument, settings)
    key = frozenset(instrument.reversed_items)
    twice = tuple(item for item in items if item in here)
    unreversed = tuple(item for item in items if item in key - here)
    others = tuple(item for item in items if item not in key | here)
    kinds: tuple[tuple[Kind, tuple[int, ...]], ...] = (
        ("reversed_twice", twice),
        ("left_unreversed", unreversed),
        ("against_scale", others),
    )
    return [find(kind, instrument, these) for kind, these in kinds if these]
