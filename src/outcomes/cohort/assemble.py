"""Put the cohort together: one row a client, one column a visit, and a count of what does not enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.completion import read_completion
from outcomes.cohort.model import Cohort, LeftOut
from outcomes.cohort.structure import read_structure
from outcomes.cohort.visits import OUTSIDE, WHY_LEFT_OUT, assign_visits
from outcomes.study.schemas import OPTIONAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.instruments import Reliability
    from outcomes.plan.model import Plan
    from outcomes.scoring import Scores
    from outcomes.study.model import Study


def assemble(study: Study, scores: Scores) -> Cohort:
    """Assemble the cohort of a study.

    Parameters
    ----------
    study : Study
        Validated.
    scores : Scores
        The study's answers, scored.

    Returns
    -------
    Cohort
        Everyone who started, by the programme they started.
    """
    clients = study.clients.sort_values("client_id", kind="stable").reset_index(drop=True)
    answered = scores.frame[scores.frame["score"].notna()]
    placed = assign_visits(answered, clients, study.plan)
    kept = placed[placed["left_out"].isna()]
    grids = _fill_grids(kept, clients, study.plan)
    tables = {name: getattr(study, name) for name in OPTIONAL}
    return Cohort(
        plan=study.plan,
        clients=clients,
        completed=read_completion(clients, study.attendance, study.plan),
        grids=grids,
        structure=read_structure(clients, study.plan),
        outside=_find_outside(placed, clients, study.plan),
        left_out=(*_count_others(study), *_count_left_out(placed, grids, clients), *_count_unscored(scores, clients)),
        alphas=dict(scores.alphas),
        published=_list_published(study.plan),
        tables={name: table for name, table in tables.items() if table is not None},
        last_answer=_find_last_answer(answered, clients),
    )


def _find_last_answer(answered: pd.DataFrame, clients: pd.DataFrame) -> NDArray[np.datetime64]:
    last = answered.groupby("client_id")["date"].max()
    return last.reindex(clients["client_id"]).to_numpy(dtype="datetime64[D]")


def _fill_grids(scores: pd.DataFrame, clients: pd.DataFrame, plan: Plan) -> dict[str, NDArray[np.float64]]:
    row = clients["client_id"].to_numpy()
    visits = {name: place for place, name in enumerate(plan.visits)}
    grids = {}
    for measure in plan.measures:
        grid = np.full((len(clients), len(visits)), np.nan)
        mine = scores[scores["measure"] == measure]
        place = np.searchsorted(row, mine["client_id"].to_numpy())
        grid[place, mine["visit"].map(visits).to_numpy(dtype=int)] = mine["score"].to_numpy(dtype=float)
        grids[measure] = grid
    return grids


def _find_outside(placed: pd.DataFrame, clients: pd.DataFrame, plan: Plan) -> dict[str, NDArray[np.bool_]]:
    lost = placed[placed["left_out"] == OUTSIDE]
    return {
        measure: clients["client_id"].isin(lost.loc[lost["measure"] == measure, "client_id"]).to_numpy(dtype=bool)
        for measure in plan.measures
    }


def _count_others(study: Study) -> Iterator[LeftOut]:
    """Count the people of another programme."""
    if study.others:
        reason = "of a programme that is neither of the two"
        yield LeftOut(reason=reason, what="people", n_full=0, n_skills=0, n_others=study.others)


def _count_unscored(scores: Scores, clients: pd.DataFrame) -> Iterator[LeftOut]:
    """Count the questionnaires that were begun and make no score."""
    full = clients.set_index("client_id")["full"]
    arm = [bool(full[client]) for begun in scores.unscored_clients.values() for client in begun]
    if arm:
        reason = "too few of their questions answered, or answered with what is no option, to make a score"
        yield LeftOut(reason=reason, what="questionnaires", n_full=sum(arm), n_skills=len(arm) - sum(arm))


def _count_left_out(
    placed: pd.DataFrame,
    grids: Mapping[str, NDArray[np.float64]],
    clients: pd.DataFrame,
) -> tuple[LeftOut, ...]:
    full = clients["full"].to_numpy(dtype=bool)
    silent = np.all([np.isnan(grid).all(axis=1) for grid in grids.values()], axis=0)
    found = []
    if silent.any():
        reason = "no score at any visit: counted as having started, but in no comparison of scores"
        found.append(
            LeftOut(reason=reason, what="people", n_full=int(full[silent].sum()), n_skills=int((~full)[silent].sum()))
        )
    lost = placed[placed["left_out"].notna()]
    arm = lost["client_id"].map(clients.set_index("client_id")["full"]).to_numpy(dtype=bool)
    for word, reason in WHY_LEFT_OUT.items():
        mine = (lost["left_out"] == word).to_numpy()
        if not mine.any():
            continue
        n_full, n_skills = int((mine & arm).sum()), int((mine & ~arm).sum())
        found.append(LeftOut(reason=reason, what="scores", n_full=n_full, n_skills=n_skills))
    return tuple(found)


def _list_published(plan: Plan) -> dict[str, Reliability]:
    """List by measure the reliability that is published for the questionnaire which the plan names."""
    named = {word: one for word, one in plan.scored.items() if one.instrument is not None}
    found = {word: plan.instrument(str(one.instrument)).find_alpha(one.scoring.score) for word, one in named.items()}
    return {word: alpha for word, alpha in found.items() if alpha is not None}
