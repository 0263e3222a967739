"""One measure scored from its file of items, and the order in which its questionnaires were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from outcomes.instruments import is_called
from outcomes.scoring.items import score_items
from outcomes.scoring.settings import require_settings, to_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from outcomes.instruments import Instrument
    from outcomes.plan.model import Measure, Plan
    from outcomes.scoring.items import ScoredItems
    from outcomes.scoring.settings import ScoringSettings
    from outcomes.study.model import Study


class ScoredMeasure(NamedTuple):
    """A measure scored from a file of items."""

    word: str
    measure: Measure
    instrument: Instrument
    settings: ScoringSettings
    table: pd.DataFrame
    answers: NDArray[np.float64]
    result: ScoredItems | None  # None where the file has not one column per item

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"ScoredMeasure({self.word} from {len(self.table)} questionnaires)"


def score_measure(word: str, measure: Measure, study: Study) -> ScoredMeasure | None:
    """Score a measure from the items of its instrument; None where the study has no file of them."""
    if measure.instrument is None:
        return None
    instrument = study.plan.instrument(measure.instrument)
    settings = to_settings(measure.scoring)
    require_settings(instrument, settings)
    table = next((frame for name, frame in study.items.items() if is_called(name, instrument.id)), None)
    if table is None:
        return None
    answers = table[_item_columns(table)].to_numpy(dtype=np.float64, na_value=np.nan)
    fits = answers.shape[1] == instrument.n_items
    result = score_items(answers, instrument, settings) if fits else None
    return ScoredMeasure(word, measure, instrument, settings, table, answers, result)


def _item_columns(table: pd.DataFrame) -> list[str]:
    numbered = [name for name in table.columns if name[:1] == "q" and name[1:].isdecimal()]
    return sorted(numbered, key=lambda name: int(name[1:]))


def find_first_rows(one: ScoredMeasure, plan: Plan, *, visit: str | None = None) -> NDArray[np.int64]:
    """Rows of each client's first questionnaire with an answer, of all of them or of a visit."""
    visits = find_positions(take_column(one.table, "visit"), plan.visits)
    wanted: NDArray[np.bool_] = np.any(~np.isnan(one.answers), axis=1)
    if visit is not None:
        wanted = wanted & (visits == list(plan.visits).index(visit))
    order = np.lexsort((to_days(take_column(one.table, "date")), visits))
    order = order[wanted[order]]
    again = one.table["client_id"].iloc[order].duplicated().to_numpy(dtype=bool)
    return np.sort(order[~again])


def take_column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Give an optional column; missing throughout where the table has none."""
    return table[name] if name in table.columns else pd.Series(pd.NA, index=table.index, dtype="object")


def find_positions(words: pd.Series[Any], order: Iterable[str]) -> NDArray[np.int64]:
    """Position of each word in the plan; words that it does not have come last."""
    known = list(order)
    found = pd.Index(known).get_indexer(pd.Index(words))
    return np.where(found < 0, len(known), found).astype(np.int64)


def to_days(dates: pd.Series[Any]) -> NDArray[np.int64]:
    """Days since 1970; a missing date comes last."""
    known = pd.to_datetime(dates).to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(known), np.iinfo(np.int64).max, known.astype(np.int64))
