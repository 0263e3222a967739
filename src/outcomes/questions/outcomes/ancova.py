"""Scores at one visit, adjusted for the start and the plan's covariates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.methods.alone import find_alone
from outcomes.methods.ancova import ancova_design, fit_ancova
from outcomes.methods.cluster import FEW_CLUSTERS, fit_cr2
from outcomes.models.alone import tell_alone
from outcomes.models.contract import People
from outcomes.models.covariates import START
from outcomes.models.grouping import read_grouping
from outcomes.models.main import FEW
from outcomes.results.how import How
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned


def compare(occasion: Occasion, covariates: Covariates) -> Iterator[Outcome]:
    """Difference between the arms at a visit by ANCOVA: in points, and standardised."""
    people = People(occasion.paired & covariates.known, occasion.cohort.full)
    key, counts = occasion.key("ancova", "difference"), people.counts()
    g = Quantity.STANDARDISED_DIFFERENCE
    points = occasion.declare(key, "adjusted difference at this visit", Quantity.DIFFERENCE, counts=counts)
    standardised = occasion.declare(
        key.but(what="g"), "adjusted effect size at this visit", g, unit="sd", counts=counts
    )

    def estimate_g(planned: Planned) -> Outcome:
        fit = fit_arm(occasion, covariates, people)
        named = replace(planned, label=f"{occasion.label}: adjusted effect size")  # the visit is told where it fails
        return occasion.estimate_adjusted_g(named, fit.contrast, people, how=fit.how)

    yield points.attempt(lambda p: occasion.estimate_points(p, **fit_arm(occasion, covariates, people)._asdict()))
    yield standardised.attempt(estimate_g)


class ArmFit(NamedTuple):
    """The contrast of the arm, and how it was computed."""

    contrast: Contrast
    method: str
    how: How
    notes: tuple[str, ...]


def fit_arm(occasion: Occasion, covariates: Covariates, people: People) -> ArmFit:
    """Fit the arm's contrast, by clusters where people share some."""
    adjusted = ", ".join(["the score at the start", *covariates.sources])
    method = f"ANCOVA of those seen at both visits, adjusted for {adjusted}"
    how = How(estimator="ancova", inference="t", covariance="hc3", adjusted=("baseline", *covariates.sources))
    data = _Data.read(occasion, covariates, people)
    grouping = read_grouping(occasion.cohort, people.used)
    notes = (*data.notes, *grouping.notes)
    if grouping.labels is None:
        contrast = fit_people(occasion, covariates, people)
        return ArmFit(contrast, f"{method}; HC3 standard error, t on n minus k", grouping.mark(how), notes)
    design = ancova_design(full=data.full, covariates=data.columns)
    names = ("the intercept", "the arm", *data.names)
    clustered = fit_cr2(scores=data.scores, design=design, clusters=grouping.labels, names=names)
    arm = np.zeros(design.shape[1])
    arm[1] = 1.0
    few = clustered.n_clusters < FEW_CLUSTERS
    return ArmFit(
        clustered.contrast(arm),
        f"{method}; CR2 standard error by {grouping.column}, Satterthwaite df",
        grouping.mark(replace(how, inference="satterthwaite", covariance="cr2")),
        (*notes, *(FEW if few else ())),
    )


def fit_people(occasion: Occasion, covariates: Covariates, people: People) -> Contrast:
    """Give the arm's contrast with the HC3 standard error, as if nobody shared a group."""
    data = _Data.read(occasion, covariates, people)
    return fit_ancova(scores=data.scores, full=data.full, covariates=data.columns, names=data.names).arm


@dataclass(frozen=True, slots=True, repr=False)
class _Data:
    """The arrays of the comparison."""

    scores: NDArray[np.float64]
    full: NDArray[np.bool_]
    columns: NDArray[np.float64]
    names: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def read(cls, occasion: Occasion, covariates: Covariates, people: People) -> _Data:
        occasion.require_baseline()
        occasion.require_arms(people.used)
        among = covariates.beside(occasion.before, START).among(people.used)
        full = occasion.cohort.full[people.used]
        among.require_apart(full)
        alone = int(find_alone(ancova_design(full=full, covariates=among.columns)).sum())
        return cls(
            scores=occasion.after[people.used],
            full=full,
            columns=among.columns,
            names=among.names,
            notes=(*among.notes, *tell_alone(occasion.cohort, alone)),
        )
