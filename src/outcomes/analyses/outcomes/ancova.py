"""Scores at one visit, adjusted for the start and the plan's covariates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.contract import People, attempt
from outcomes.methods.ancova import ancova_design, fit_ancova
from outcomes.methods.cluster import FEW_CLUSTERS, fit_cr2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.analyses.covariates import Covariates
    from outcomes.analyses.outcomes.occasion import Occasion
    from outcomes.core.estimates import Outcome
    from outcomes.methods.least_squares import Contrast


def compare(occasion: Occasion, covariates: Covariates) -> Iterator[Outcome]:
    """Compare the arms at a visit: difference in points, and standardised."""
    people = People(occasion.paired & covariates.known, occasion.cohort.full)

    def difference() -> Outcome:
        contrast, method, notes = fit_arm(occasion, covariates, people)
        result = occasion.id("ancova", "difference")
        what = "adjusted difference at this visit"
        return occasion.to_points(result, what, contrast, people.counts(), method=method, notes=notes)

    def standardised() -> Outcome:
        return occasion.to_adjusted_g("ancova", fit_arm(occasion, covariates, people)[0], people)

    for what, label, compute in (
        ("difference", "adjusted difference at this visit", difference),
        ("g", "adjusted effect size at this visit", standardised),
    ):
        yield attempt(occasion.id("ancova", what), f"{occasion.label}: {label}", compute, people=people)


def fit_arm(occasion: Occasion, covariates: Covariates, people: People) -> tuple[Contrast, str, tuple[str, ...]]:
    """Give the arm's contrast, the method sentence and the notes."""
    occasion.require_baseline()
    occasion.require_arms(people.used)
    among = covariates.among(people.used)
    full, scores = occasion.cohort.full[people.used], occasion.after[people.used]
    columns, names = (
        np.column_stack([occasion.before[people.used], among.columns]),
        ("the score at the start", *among.names),
    )
    notes, clusters = covariates.left_out(among), occasion.cohort.cluster_labels()
    adjusted = ", ".join(["the score at the start", *occasion.cohort.plan.adjust.covariates])
    method = f"ANCOVA of those seen at both visits, adjusted for {adjusted}"
    if clusters is None or occasion.cohort.clustering is None:
        fit = fit_ancova(scores=scores, full=full, covariates=columns, names=names)
        return fit.arm, f"{method}; HC3 standard error, t on n minus k", notes
    design = ancova_design(full=full, covariates=columns)
    clustered = fit_cr2(
        scores=scores, design=design, clusters=clusters[people.used], names=("the intercept", "the arm", *names)
    )
    arm = np.zeros(design.shape[1])
    arm[1] = 1.0
    if clustered.n_clusters < FEW_CLUSTERS:
        notes = (*notes, "Fewer than ten clusters: the standard error itself is uncertain.")
    column = occasion.cohort.clustering.column
    return clustered.contrast(arm), f"{method}; CR2 standard error by {column}, Satterthwaite df", notes
