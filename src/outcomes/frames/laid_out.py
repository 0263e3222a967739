"""A study as one frame: what an analysis reads of it, laid out for whoever goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort import assemble
from outcomes.cohort.events import read_events
from outcomes.cohort.stay import read_stay
from outcomes.errors import FrameError
from outcomes.plan.model import ARMS
from outcomes.questions.evidence.rows import read_rows
from outcomes.scoring import score_study
from outcomes.study.schemas import CLIENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.cohort import Cohort
    from outcomes.study.model import Study

_NO_COVARIATES = ("full", "completed")  # told as the arm, and as a number


def lay_out(study: Study, rows: str) -> pd.DataFrame:
    """Lay a study out, one row a score, a person or a published result; see `Study.frame`.

    Raises
    ------
    FrameError
        Of rows that there are none of.
    """
    ways: dict[str, Callable[[Cohort], pd.DataFrame]] = {
        "scores": list_scores,
        "clients": list_clients,
        "evidence": list_evidence,
    }
    if rows not in ways:
        raise FrameError("frame", f"a row is one of: {', '.join(ways)}")
    return ways[rows](assemble(study, score_study(study)))


def list_scores(cohort: Cohort) -> pd.DataFrame:
    """One row a person on a measure at a visit after the start, whether or not it was seen; the start beside it."""
    people, plan = _people(cohort), cohort.plan
    parts = [
        people.assign(
            measure=measure,
            visit=visit,
            week=plan.visits[visit].week,
            score=cohort.scores(measure, visit),
            baseline=cohort.scores(measure, plan.baseline),
        )
        for measure in plan.measures
        for visit in plan.later
    ]
    long = pd.concat(parts, ignore_index=True)
    first = [CLIENT, "measure", "visit", "week", "score", "baseline", "arm"]
    long["visit"] = pd.Categorical(long["visit"], categories=list(plan.later), ordered=True)
    return long[[*first, *(name for name in long.columns if name not in first)]]


def list_clients(cohort: Cohort) -> pd.DataFrame:
    """One row a person: programme, covariates, completion, stay, each score and each kind of event."""
    stay, plan = read_stay(cohort), cohort.plan
    columns: dict[str, np.ndarray] = {"completed": cohort.completed, "weeks": stay.weeks, "left": stay.left}
    for measure in plan.measures:
        columns |= {f"{measure}_{visit}": cohort.scores(measure, visit) for visit in plan.visits}
    if "events" in cohort.tables:
        for kind, event in plan.events.items():
            since = read_events(cohort, kind, "since")
            columns |= {kind: since.number, f"{kind}_years": since.years}
            if event.before is not None:
                columns[f"{kind}_before"] = read_events(cohort, kind, "before").number
    return pd.concat([_people(cohort), pd.DataFrame(columns)], axis=1)


def list_evidence(cohort: Cohort) -> pd.DataFrame:
    """One row a published comparison of the two programmes that may be pooled, with its effect and variance."""
    table = cohort.tables.get("evidence")
    rows = [] if table is None else [one for one in read_rows(table, cohort.plan) if one.group == "direct"]
    found = [
        {
            "topic": one.topic.word,
            "study": one.study,
            "scale": one.scale,
            "effect": one.effect.value,
            "variance": one.effect.variance,
            "n_full": one.n_full,
            "n_skills": one.n_skills,
        }
        for one in rows
        if one.is_poolable and one.effect is not None
    ]
    names = ["topic", "study", "scale", "effect", "variance", "n_full", "n_skills"]
    return pd.DataFrame(found, columns=names)


def _people(cohort: Cohort) -> pd.DataFrame:
    """Give what is recorded of people, the programme as a category of which skills group only comes first."""
    clients = cohort.clients.drop(columns=[name for name in _NO_COVARIATES if name in cohort.clients])
    arm = np.where(cohort.full, *ARMS)
    clients.insert(1, "arm", pd.Series(pd.Categorical(arm, categories=list(reversed(ARMS)))))
    return clients
