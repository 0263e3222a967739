"""Scores at one visit, adjusted for the start and the plan's covariates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.ancova import ancova_design, fit_ancova
from outcomes.methods.cluster import FEW_CLUSTERS, fit_cr2
from outcomes.models.contract import People, attempt
from outcomes.results.how import How

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast
    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion
    from outcomes.results.outcome import Outcome


def compare(occasion: Occasion, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the arms at a visit: difference in points, and standardised."""
    people = People(occasion.paired & covariates.known, occasion.cohort.full)

    def difference() -> Outcome:
        contrast, method, notes = fit_arm(occasion, covariates, people)
        result = occasion.id("ancova", "difference")
        what = "adjusted difference at this visit"
        found = occasion.to_points(result, what, contrast, people.counts(), method=method, notes=notes)
        column = "" if occasion.cohort.clustering is None else occasion.cohort.clustering.column
        return replace(found, how=How(estimator="ancova", covariance="cr2" if column else "hc3", clusters=column))

    def standardised() -> Outcome:
        return occasion.to_adjusted_g("ancova", fit_arm(occasion, covariates, people)[0], people)

    for what, label, compute in (
        ("difference", "adjusted difference at this visit", difference),
        ("g", "adjusted effect size at this visit", standardised),
    ):
        yield attempt(occasion.id("ancova", what), f"{occasion.label}: {label}", compute, people=people)


def fit_arm(occasion: Occasion, covariates: Covariates, people: People) -> tuple[Contrast, str, tuple[str, ...]]:
    """Give the arm's contrast, the method sentence and the notes; by clusters where people share some."""
    adjusted = ", ".join(["the score at the start", *covariates.sources])
    method = f"ANCOVA of those seen at both visits, adjusted for {adjusted}"
    data = _Data.read(occasion, covariates, people)
    if data.clusters is None or occasion.cohort.clustering is None:
        return fit_people(occasion, covariates, people), f"{method}; HC3 standard error, t on n minus k", data.notes
    design = ancova_design(full=data.full, covariates=data.columns)
    names = ("the intercept", "the arm", *data.names)
    clustered = fit_cr2(scores=data.scores, design=design, clusters=data.clusters, names=names)
    arm = np.zeros(design.shape[1])
    arm[1] = 1.0
    few = clustered.n_clusters < FEW_CLUSTERS
    notes = (*data.notes, "Fewer than ten clusters: the standard error itself is uncertain.") if few else data.notes
    column = occasion.cohort.clustering.column
    return clustered.contrast(arm), f"{method}; CR2 standard error by {column}, Satterthwaite df", notes


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
    clusters: NDArray[np.object_] | None
    notes: tuple[str, ...]

    @classmethod
    def read(cls, occasion: Occasion, covariates: Covariates, people: People) -> _Data:
        occasion.require_baseline()
        occasion.require_arms(people.used)
        among = covariates.among(people.used)
        clusters = occasion.cohort.cluster_labels()
        return cls(
            scores=occasion.after[people.used],
            full=occasion.cohort.full[people.used],
            columns=np.column_stack([occasion.before[people.used], among.columns]),
            names=("the score at the start", *among.names),
            clusters=None if clusters is None else clusters[people.used],
            notes=covariates.left_out(among),
        )
