"""Answers made into scores once more, questionnaire by questionnaire, from each instrument's definition."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.instruments import is_called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.instruments import ScoreRule
    from outcomes.plan.model import Measure
    from outcomes.study.model import Study


def score_all(study: Study) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give each measure that comes from items, and its table with the column `score`."""
    for word, measure, table, answers in _turned(study):
        rule = study.plan.instrument(str(measure.instrument)).score(measure.scoring.score)
        yield word, table.assign(score=[_score(row, measure, rule) for row in answers])
    for word, measure in study.plan.measures.items():
        if (
            study.goals is not None
            and measure.instrument
            and study.plan.instrument(measure.instrument).table == "goals"
        ):
            yield word, _rate_goals(study.goals, list(study.plan.visits))


def _rate_goals(goals: pd.DataFrame, visits: list[str]) -> pd.DataFrame:
    """Mean of the goals that each person rated the first time, at each occasion at which all of them are rated."""
    rated: dict[str, dict[tuple[int, float, str], dict[int, float]]] = {}
    dates: dict[tuple[str, tuple[int, float, str]], Any] = {}
    columns = (_column(goals, "visit"), pd.to_datetime(_column(goals, "date")))
    for client, visit, date, goal, rating in zip(
        goals["client_id"], *columns, goals["goal"], goals["rating"], strict=True
    ):
        name = "" if pd.isna(visit) else str(visit)
        when = math.inf if name or pd.isna(date) else date.timestamp()
        occasion = (visits.index(name) if name else len(visits), when, name)
        dates.setdefault((str(client), occasion), date)
        mine = rated.setdefault(str(client), {}).setdefault(occasion, {})
        if not pd.isna(rating):
            mine[int(goal)] = float(rating)
    rows = []
    for client, occasions in rated.items():
        begun = [occasion for occasion in sorted(occasions) if occasions[occasion]]
        own = list(occasions[begun[0]]) if begun else []
        for occasion in begun:
            marks = [occasions[occasion].get(goal, math.nan) for goal in own]
            rows.append((client, occasion[2], dates[client, occasion], sum(marks) / len(marks)))
    return pd.DataFrame(rows, columns=["client_id", "visit", "date", "score"])


def find_alphas(study: Study) -> dict[str, float]:
    """Cronbach's alpha over each person's first questionnaire, from the mean covariance of the items."""
    found = {}
    visits = list(study.plan.visits)
    for word, measure, table, answers in _turned(study):
        items = [item - 1 for item in study.plan.instrument(str(measure.instrument)).score(measure.scoring.score).items]
        place = [visits.index(str(visit)) if visit in visits else len(visits) for visit in _column(table, "visit")]
        days: list[Any] = pd.to_datetime(_column(table, "date")).tolist()
        dates = [math.inf if pd.isna(one) else one.timestamp() for one in days]
        begun = [row for row in range(len(table)) if not np.isnan(answers[row]).all()]
        first: dict[str, int] = {}
        for row in sorted(begun, key=lambda row: (place[row], dates[row], row)):
            first.setdefault(str(table["client_id"].iloc[row]), row)
        chosen = answers[list(first.values())][:, items]
        chosen = chosen[np.isfinite(chosen).all(axis=1)]
        if min(chosen.shape) > 1 and np.ptp(chosen.sum(axis=1)):
            products = np.cov(chosen.T)
            k = len(products)
            between = (products.sum() - np.trace(products)) / (k * (k - 1))
            found[word] = float(k**2 * between / products.sum())
    return found


def _turned(study: Study) -> Iterator[tuple[str, Measure, pd.DataFrame, NDArray[np.float64]]]:
    """Give the answers of each measure as its key turns them: nan missing, infinite where they are no option."""
    for word, measure in study.plan.measures.items():
        if measure.instrument is None:
            continue
        instrument, said = study.plan.instrument(measure.instrument), measure.scoring
        for name, table in study.items.items():
            columns = sorted((one for one in table.columns if one[:1] == "q" and one[1:].isdecimal()), key=_number)
            if not is_called(name, instrument.id) or len(columns) != instrument.n_items:
                continue
            answers = table[columns].to_numpy(dtype=float, na_value=np.nan, copy=True)
            low, high = instrument.answers
            answers[(answers < low) | (answers > high)] = np.inf
            turned = set(said.reverse_items or ()) if said.reverse_items is not None else set(instrument.reversed_items)
            for item in range(1, instrument.n_items + 1):
                runs_against = item in turned and not said.items_already_reversed
                if runs_against != (said.coding == "opposite"):
                    mine = answers[:, item - 1]
                    answers[:, item - 1] = np.where(np.isinf(mine), mine, low + high - mine)
            yield word, measure, table, answers
            break


def _score(row: NDArray[np.float64], measure: Measure, rule: ScoreRule) -> float:
    cap = rule.maximum_missing if measure.scoring.maximum_missing is None else measure.scoring.maximum_missing
    if rule.rule == "mean_of_subscales":
        if sum(math.isnan(row[item - 1]) for item in rule.items) > cap:
            return math.nan
        means = [_mean(row, part.items, part.maximum_missing) for part in rule.parts]
        return rule.factor * sum(means) / len(means)
    mean = _mean(row, rule.items, cap)
    return rule.factor * mean * (len(rule.items) if rule.rule == "sum" else 1)


def _mean(row: NDArray[np.float64], items: tuple[int, ...], cap: int) -> float:
    """Mean of what is answered; nan where too much is missing or one answer is no option."""
    answered = [row[item - 1] for item in items if not math.isnan(row[item - 1])]
    usable = answered and len(items) - len(answered) <= cap and not any(map(math.isinf, answered))
    return sum(answered) / len(answered) if usable else math.nan


def _number(column: str) -> int:
    return int(column[1:])


def _column(table: pd.DataFrame, name: str) -> pd.Series[Any]:
    return table[name] if name in table else pd.Series(pd.NaT if name == "date" else "", index=table.index)
