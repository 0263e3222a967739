"""Audits a study's files of items: each file by itself, visit by visit, against other measures, against the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.instruments import is_called
from outcomes.scoring.audit import audit_directions, audit_values
from outcomes.scoring.findings import find
from outcomes.scoring.measure import find_first_rows, take_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.plan.model import Measure, Plan
    from outcomes.scoring.findings import AuditFinding
    from outcomes.scoring.measure import ScoredMeasure

# Domains whose measures ought to agree about who does better; alliance and functioning need not.
COMPANION_DOMAINS = frozenset({"distress tolerance", "emotion regulation", "mindfulness", "symptoms"})


def audit_measures(made: Sequence[ScoredMeasure], frame: pd.DataFrame, plan: Plan) -> tuple[AuditFinding, ...]:
    """Each file once, however many measures are scored from it; then each measure against the plan."""
    found: list[AuditFinding] = []
    for one in made:
        if one.instrument.warning is not None:
            found.append(find("unchecked_key", one.instrument, warning=one.instrument.warning))
        if one.instrument.table != "goals":  # whose answers are to no common questions
            found += audit_values(one.answers, one.instrument, one.settings)
            found += _audit_visits(one, frame, plan)
        found += _audit_plan(one)
    return tuple(dict.fromkeys(found))


def _audit_visits(one: ScoredMeasure, frame: pd.DataFrame, plan: Plan) -> list[AuditFinding]:
    """Look for items that run the wrong way, visit by visit: a form may have changed between two."""
    visits = [visit for visit in plan.visits if (take_column(one.table, "visit") == visit).any()]
    seen: dict[AuditFinding, list[str]] = {}
    when: list[str | None] = [*visits] or [None]
    for visit in when:
        rows = find_first_rows(one, plan, visit=visit)
        companion = _companion(one, frame, plan, rows, visit)
        for finding in audit_directions(one.answers[rows], one.instrument, one.settings, companion=companion):
            seen.setdefault(finding, []).extend([visit] if visit else [])
    return [replace(finding, visits=tuple(at)) for finding, at in seen.items()]


def _companion(
    one: ScoredMeasure, frame: pd.DataFrame, plan: Plan, rows: NDArray[np.int64], visit: str | None
) -> NDArray[np.float64] | None:
    """Mean of the other measures' standardised scores of the same people at the visit, higher meaning better."""
    others = {
        word: measure.sign
        for word, measure in plan.measures.items()
        if measure.domain in COMPANION_DOMAINS and not _shares_file(measure, one)
    }
    if one.measure.domain not in COMPANION_DOMAINS or not others or len(rows) == 0:
        return None
    here = frame if visit is None else frame[frame["visit"] == visit]
    clients = one.table["client_id"].iloc[rows]
    oriented = [sign * _first_scores(here, word, clients) for word, sign in others.items()]
    return _mean_of_standardised(np.column_stack(oriented))


def _first_scores(frame: pd.DataFrame, word: str, clients: pd.Series[str]) -> NDArray[np.float64]:
    scores = frame[(frame["measure"] == word) & frame["score"].notna()].drop_duplicates("client_id")
    return scores.set_index("client_id")["score"].reindex(clients).to_numpy(dtype=np.float64)


def _shares_file(measure: Measure, one: ScoredMeasure) -> bool:
    return measure.instrument is not None and is_called(measure.instrument, one.instrument.id)


def _mean_of_standardised(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - np.where(known, values, 0.0).sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    telling = spread > 0
    if not telling.any():
        return None
    standardised = centred[:, telling] / spread[telling]
    rows = known[:, telling].sum(axis=1)
    return np.where(rows > 0, standardised.sum(axis=1) / np.maximum(rows, 1), np.nan)


def _audit_plan(one: ScoredMeasure) -> list[AuditFinding]:
    rule = one.instrument.score(one.settings.score)
    limits = (float(one.measure.range[0]), float(one.measure.range[1]))
    found = []
    if limits != rule.range:
        found.append(find("plan_range", one.instrument, measure=one.word, planned=limits, scored=rule.range))
    if one.measure.better != rule.better:
        planned, scored = one.measure.better, rule.better
        found.append(find("plan_direction", one.instrument, measure=one.word, planned=planned, scored=scored))
    return found
