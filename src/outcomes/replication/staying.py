"""Staying a second time: the mean stay by weighting for censoring, the hazard ratio from a table of who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication.solve import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mean_stay(weeks: NDArray[np.float64], left: NDArray[np.bool_], horizon: float) -> float:
    """Mean stay up to a horizon: the horizon less what each who left lost, weighted by their chance of being followed.

    The same number as the area under Kaplan–Meier (Satten & Datta 2001), without that curve.
    """
    lost = 0.0
    for week in weeks[left & (weeks < horizon)]:
        followed = 1.0
        for end in np.unique(weeks[~left & (weeks < week)]):
            could = int((weeks >= end).sum()) - int((left & (weeks == end)).sum())
            followed *= 1 - int((~left & (weeks == end)).sum()) / could
        lost += (horizon - week) / followed
    return float(horizon - lost / len(weeks))


def log_hazard_ratio(
    weeks: NDArray[np.float64], left: NDArray[np.bool_], full: NDArray[np.bool_], others: NDArray[np.float64]
) -> float | None:
    """Coefficient of the arm where Efron's score is zero, by MINPACK; None where no solution was found."""
    scaled = (others - others.mean(axis=0)) / np.maximum(others.std(axis=0), 1e-300)
    design = np.column_stack([full.astype(float), scaled])
    rows = []  # one a person who leaves: with what weight each other counts as there
    for week in np.unique(weeks[left]):
        there, going = (weeks >= week).astype(float), (left & (weeks == week)).astype(float)
        tied = int(going.sum())
        rows += [there - step / tied * going for step in range(tied)]
    table = np.array(rows)
    gone = design[left].sum(axis=0)

    def score(beta: NDArray[np.float64]) -> NDArray[np.float64]:
        hazard = table * np.exp(design @ beta)
        return np.asarray(gone - (hazard @ design / hazard.sum(axis=1)[:, None]).sum(axis=0))

    beta = solve(score, size=design.shape[1], people=len(weeks))
    return None if beta is None else float(beta[0])
