"""Recovery, reliable improvement and reliable recovery as NHS Talking Therapies counts them, each of its own people.

Told where the plan's measures are the PHQ-9 and the GAD-7, both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.instruments import read_instrument
from outcomes.methods import reliable_change
from outcomes.models.contract import People
from outcomes.models.shares import compare_shares
from outcomes.plan.model import ARMS
from outcomes.questions.change.shares import SHARE, count_and_share, declare_share
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.results.outcome import Outcome

NAME = "talking_therapies"
INSTRUMENTS = ("phq9", "gad7")
FEWEST_CONTACTS = 2  # attended, to count as treated: NHS Talking Therapies Manual
LABELS = {
    "recovery": "recovered (cases at the start only)",
    "reliable_improvement": "improved reliably",
    "reliable_recovery": "recovered and improved reliably (cases at the start only)",
    "reliable_deterioration": "got reliably worse",
}


@dataclass(frozen=True, slots=True, repr=False)
class _Told:
    """One of the four words: who it is true of, and of whom it is asked."""

    happened: NDArray[np.bool_]
    of: NDArray[np.bool_]
    among: str


def find_measures(cohort: Cohort) -> tuple[str, str] | None:
    """Words of the plan for the totals of the PHQ-9 and the GAD-7; None unless both are there."""
    found: dict[str, str] = {}
    for word, measure in cohort.plan.scored.items():
        if measure.instrument is not None and measure.scoring.score in {None, "total"}:
            found.setdefault(cohort.plan.instrument(measure.instrument).id, word)
    if not set(INSTRUMENTS) <= set(found):
        return None
    return found[INSTRUMENTS[0]], found[INSTRUMENTS[1]]


def analyse(cohort: Cohort, covariates: Covariates) -> Iterator[Outcome]:
    """Count by arm, then compare with adjustment for both scores at the start."""
    measures = find_measures(cohort)
    if measures is None:
        return
    grids = [(cohort.scores(one, cohort.plan.baseline), cohort.scores(one, cohort.plan.primary)) for one in measures]
    before, after = (np.column_stack([grid[side] for grid in grids]) for side in (0, 1))
    columns = covariates
    for place in (1, 0):
        columns = columns.beside(before[:, place], f"{cohort.plan.measures[measures[place]].label} at the start")
    for word, told in _judge(cohort, before, after).items():
        key = Key("change", visit=cohort.plan.primary, what=SHARE, subject=NAME, category=word)
        for arm in ARMS:
            label = f"NHS Talking Therapies: {LABELS[word]}, {cohort.plan.arm_names[arm]}"
            planned = declare_share(cohort, key.but(arm=arm), label, told.of)
            yield from count_and_share(cohort, planned, mask=told.happened, used=told.of, among=told.among)
        yield _compare(cohort, key, told, columns, ("baseline", *covariates.sources))


def _judge(cohort: Cohort, before: NDArray[np.float64], after: NDArray[np.float64]) -> Mapping[str, _Told]:
    rules = [rule for name in INSTRUMENTS if (rule := read_instrument(name).talking_therapies) is not None]
    change = reliable_change.fit_case_change(
        before=before,
        after=after,
        caseness=np.array([rule.caseness for rule in rules]),
        reliable=np.array([rule.reliable_change for rule in rules]),
    )
    finished, treated = _finished(cohort)
    seen = finished & ~np.isnan(before).any(axis=1) & ~np.isnan(after).any(axis=1)
    of_all = f"those seen on both scales at the start and at the visit{treated}"
    of_cases = f"those of them who were cases at the start (PHQ-9 of 10 or GAD-7 of 8 and more){treated}"
    return {
        "recovery": _Told(change.recovered, seen & change.case, of_cases),
        "reliable_improvement": _Told(change.improved, seen, of_all),
        "reliable_recovery": _Told(change.recovered & change.improved, seen & change.case, of_cases),
        "reliable_deterioration": _Told(change.deteriorated, seen, of_all),
    }


def _finished(cohort: Cohort) -> tuple[NDArray[np.bool_], str]:
    """Who attended at least two contacts, which is what completed treatment means there; without attendance, all."""
    table = cohort.tables.get("attendance")
    if table is None:
        return np.ones(len(cohort.clients), dtype=bool), "; attendance.csv, to count contacts by, was not provided"
    came = table.loc[(table["status"] == "attended").to_numpy(), "client_id"].astype(str).value_counts()
    contacts = cohort.clients["client_id"].astype(str).map(came).fillna(0).to_numpy(dtype=float)
    return np.asarray(contacts >= FEWEST_CONTACTS), ", with two contacts attended or more"


def _compare(cohort: Cohort, key: Key, told: _Told, columns: Covariates, adjusted: tuple[str, ...]) -> Outcome:
    people = People(told.of & columns.known, cohort.full)
    planned = Planned(
        key=key.but(what="difference"),
        label=f"NHS Talking Therapies: {LABELS[key.category]}, adjusted difference",
        quantity=Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        counts=people.counts(),
        tells=(tuple(key.but(arm=arm) for arm in ARMS),),
    )
    happened = told.happened.astype(float)
    return planned.attempt(lambda p: compare_shares(cohort, happened, columns, people, adjusted=adjusted).difference(p))
