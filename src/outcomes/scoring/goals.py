"""A person's own goals made into one score at each visit: the mean of the goals that they rated the first time.

A mean over whatever is rated would move when an easy goal is added or a hard one dropped. So the goals of the first
rating count, all of them, and no other: the change of the score is the mean change over a person's goals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.scoring.items import ScoredItems
from outcomes.scoring.measure import ScoredMeasure, find_first_rows, take_column
from outcomes.scoring.settings import require_settings, to_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.instruments import Instrument
    from outcomes.plan.model import Measure, Plan
    from outcomes.study.model import Study

NO_ALPHA = "Goals are each person's own, and do not measure one thing: Cronbach's alpha says nothing of them."


def is_of_goals(measure: Measure, plan: Plan) -> bool:
    """Whether a measure is scored from goals.csv."""
    return measure.instrument is not None and plan.instrument(measure.instrument).table == "goals"


def score_goals(word: str, measure: Measure, study: Study) -> ScoredMeasure | None:
    """Score a measure from goals.csv; None where there is none."""
    if study.goals is None:
        return None
    instrument = study.plan.instrument(str(measure.instrument))
    settings = to_settings(measure.scoring)
    require_settings(instrument, settings)
    table, answers = _spread(study.goals, instrument)
    one = ScoredMeasure(word, measure, instrument, settings, table, answers, None)
    first = find_first_rows(one, study.plan)
    set_first = pd.DataFrame(~np.isnan(answers[first]), index=table["client_id"].iloc[first])
    counts = set_first.reindex(table["client_id"]).to_numpy(dtype=object) == True  # noqa: E712  # nobody is nan
    return one._replace(result=_score(answers, counts, settings.score or instrument.default_score))


def _spread(goals: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Put the goals of one occasion into one row: of a visit by its name, else of a date."""
    visit = take_column(goals, "visit").astype(object)
    named = (visit.notna() & (visit != "")).to_numpy(dtype=bool)
    date = pd.to_datetime(take_column(goals, "date"))
    keys = pd.DataFrame({"client": goals["client_id"], "visit": visit.where(named, ""), "date": date.where(~named)})
    place = keys.groupby(["client", "visit", "date"], sort=False, dropna=False).ngroup().to_numpy()
    answers = np.full((int(place.max(initial=-1)) + 1, instrument.n_items), np.nan)
    answers[place, goals["goal"].to_numpy(dtype=int) - 1] = goals["rating"].to_numpy(dtype=float, na_value=np.nan)
    first = np.unique(place, return_index=True)[1]
    return goals.assign(visit=visit, date=date).iloc[first].reset_index(drop=True), answers


def _score(answers: NDArray[np.float64], counts: NDArray[np.bool_], name: str) -> ScoredItems:
    """Mean over the goals that count, where every one of them is rated."""
    number = counts.sum(axis=1)
    lacking = (counts & np.isnan(answers)).sum(axis=1)
    total = np.where(counts, np.nan_to_num(answers), 0.0).sum(axis=1) / np.maximum(number, 1)
    nowhere = np.zeros(len(answers), dtype=bool)
    return ScoredItems(
        score=name,
        total=np.where((number > 0) & (lacking == 0), total, np.nan),
        subscales={},
        n_missing=lacking,
        prorated=nowhere,
        impossible=nowhere,
        items_used=np.where(counts, answers, np.nan),
    )
