"""All scores of a study in one frame: those that came as scores, and those made from items here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.results.outcome import NotEstimableError
from outcomes.scoring.alpha import cronbach_alpha
from outcomes.scoring.goals import NO_ALPHA, is_of_goals, score_goals
from outcomes.scoring.measure import find_first_rows, find_positions, score_measure, to_days
from outcomes.scoring.study_audit import audit_measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.plan.model import Plan
    from outcomes.scoring.findings import AuditFinding
    from outcomes.scoring.items import ScoredItems
    from outcomes.scoring.measure import ScoredMeasure
    from outcomes.study.model import Study

COLUMNS = ("client_id", "visit", "date", "measure", "score")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scores:
    """Every score of a study, and what was noticed in making it.

    Attributes
    ----------
    frame : DataFrame
        `client_id`, `visit`, `date`, `measure` (str), `score` (float; nan where there is none), by client, by measure
        in the order of the plan, then by visit and date. Rows without an answer are kept.
    alphas : mapping of str to float
        By measure scored from items: Cronbach's alpha of its items, over each client's first questionnaire.
    no_alpha : mapping of str to str
        By measure: why there is none.
    prorated : mapping of str to int
        By measure: scores made although an item is missing [count].
    unscored : mapping of str to int
        By measure: questionnaires with some answers, but too few or impossible ones [count].
    unscored_clients : mapping of str to tuple of str
        By measure: whose these questionnaires are.
    findings : tuple of AuditFinding
    """

    frame: pd.DataFrame
    alphas: Mapping[str, float]
    no_alpha: Mapping[str, str]
    prorated: Mapping[str, int]
    unscored: Mapping[str, int]
    unscored_clients: Mapping[str, tuple[str, ...]]
    findings: tuple[AuditFinding, ...]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Scores({len(self.frame)} scores, {len(self.alphas)} alphas, {len(self.findings)} findings)"


def score_study(study: Study) -> Scores:
    """Score every measure that the study has items for, and audit the items.

    Raises
    ------
    UnknownInstrumentError, UnknownScoreError, ScoringSettingsError
        A measure of the plan names an instrument, a score or settings that do not exist or do not go together.
    """
    scored = [
        (score_goals if is_of_goals(measure, study.plan) else score_measure)(word, measure, study)
        for word, measure in study.plan.measures.items()
    ]
    made = [one for one in scored if one is not None]
    frame = _sort_frame([_only_columns(study.scores), *(_to_frame(one) for one in made)], study.plan)
    alphas, no_alpha = _alphas(made, study.plan)
    results = {one.word: (one, one.result) for one in made if one.result is not None}
    unscored = {word: _find_unscored(one, result) for word, (one, result) in results.items()}
    return Scores(
        frame=frame,
        alphas=alphas,
        no_alpha=no_alpha,
        prorated={word: int(result.prorated.sum()) for word, (_, result) in results.items()},
        unscored={word: len(clients) for word, clients in unscored.items()},
        unscored_clients=unscored,
        findings=audit_measures(made, frame, study.plan),
    )


def _to_frame(one: ScoredMeasure) -> pd.DataFrame:
    frame = _only_columns(one.table)
    frame["measure"] = one.word
    frame["score"] = np.full(len(frame), np.nan) if one.result is None else one.result.total
    return frame


def _only_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of the scores' frame that a table has; one that it has not is missing throughout."""
    frame = table.reindex(columns=list(COLUMNS))
    frame["date"] = pd.to_datetime(frame["date"])
    return frame.astype({"client_id": "str", "visit": "str", "measure": "str", "score": float})


def _sort_frame(frames: list[pd.DataFrame], plan: Plan) -> pd.DataFrame:
    with_rows = [frame for frame in frames if len(frame)]
    if not with_rows:
        return frames[0]
    frame = pd.concat(with_rows, ignore_index=True)
    # sorted by numbers, not by words, since the table may be long; stable, so that rows without visit and date keep
    # the order of their file
    keys = (
        to_days(frame["date"]),
        find_positions(frame["visit"], plan.visits),
        find_positions(frame["measure"], plan.measures),
        pd.factorize(frame["client_id"], sort=True)[0],
    )
    return frame.iloc[np.lexsort(keys)].reset_index(drop=True)


def _find_unscored(one: ScoredMeasure, result: ScoredItems) -> tuple[str, ...]:
    columns = [item - 1 for item in one.instrument.score(one.settings.score).items]
    begun = ~np.isnan(one.answers[:, columns]).all(axis=1)
    return tuple(one.table["client_id"][begun & np.isnan(result.total)].astype(str))


def _alphas(made: list[ScoredMeasure], plan: Plan) -> tuple[dict[str, float], dict[str, str]]:
    alphas: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for one in made:
        if one.result is None:
            continue
        if is_of_goals(one.measure, plan):
            reasons[one.word] = NO_ALPHA
            continue
        try:
            alphas[one.word] = cronbach_alpha(one.result.items_used[find_first_rows(one, plan)])
        except NotEstimableError as error:
            reasons[one.word] = str(error)
    return alphas, reasons
