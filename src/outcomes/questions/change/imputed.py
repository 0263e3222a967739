"""The share that improved reliably, with the scores of those not seen completed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.pooling import pool_estimates
from outcomes.methods.reliable_change import fit_reliable_change
from outcomes.methods.standardise_many import fit_shares_of_many
from outcomes.models.contract import attempt, to_interval
from outcomes.models.imputation import prepare_imputation
from outcomes.models.shares import ARM_COLUMN, FEW, SMALL_CELL
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.standardise_many import SharesOfMany
    from outcomes.models.imputation import Imputation
    from outcomes.models.occasion import Occasion

LABEL = "improved reliably, adjusted difference with the scores of those not seen completed"
FEWEST = 1e-12  # of a variance


def compare_completed(occasion: Occasion, threshold: float) -> Outcome:
    """Compare the arms in every completed data set, and pool.

    Parameters
    ----------
    occasion : Occasion
    threshold : float
        Smallest reliable change [points].
    """
    result, label = occasion.id("change", "improved", "imputed_difference"), f"{occasion.label}: {LABEL}"
    try:
        imputation = prepare_imputation(occasion.cohort, occasion.measure)
        after = imputation.scores(occasion.visit)
    except NotEstimableError as reason:
        return NotEstimable(id=result, label=label, reason=str(reason))
    judged = fit_reliable_change(
        before=occasion.before[imputation.people.used],
        after=after,
        higher_is_better=occasion.sign > 0,
        threshold=threshold,
        cut_off=None,
    )

    def compute() -> Outcome:
        return _pool(occasion, imputation, judged.improved, (result, label))

    return attempt(result, label, compute, people=imputation.people)


def _pool(occasion: Occasion, imputation: Imputation, improved: NDArray[np.bool_], names: tuple[str, str]) -> Outcome:
    shares, penalised = _fit(occasion, imputation, improved)
    if shares.variances.min() <= FEWEST:
        raise NotEstimableError("The share has no variance to pool.")
    pooled = pool_estimates(estimates=shares.differences, variances=shares.variances, df_complete=shares.df)
    adjusted = ", ".join(["the score at the start", *occasion.cohort.plan.adjust.covariates])
    clustering = occasion.cohort.clustering
    spread = "delta method" if clustering is None else f"delta method and CR2 by {clustering.column}"
    return Estimate(
        id=names[0],
        label=names[1],
        value=pooled.estimate,
        unit="share_difference",
        se=pooled.contrast.se,
        df=pooled.df if np.isfinite(pooled.df) else None,
        p_value=pooled.contrast.p_value,
        interval=to_interval(occasion.level, pooled.contrast.interval(occasion.level)),
        method=(
            f"multiple imputation under missing at random from the posterior of the main model; in each completed data "
            f"set logistic regression by {'Firth' if penalised else 'maximum likelihood'}, adjusted for {adjusted}, "
            f"standardised over everybody, {spread}; pooled by Rubin's rules with Barnard and Rubin's df"
        ),
        notes=(FEW,) if penalised else (),
        **imputation.people.counts(),
    )


def _fit(occasion: Occasion, imputation: Imputation, improved: NDArray[np.bool_]) -> tuple[SharesOfMany, bool]:
    """Fit by maximum likelihood where every data set has one, else all of them by Firth's penalised likelihood."""
    used, full = imputation.people.used, imputation.arrays.full
    labels = occasion.cohort.cluster_labels()
    clusters = None if labels is None else labels[used]

    def fit(*, penalised: bool) -> SharesOfMany:
        return fit_shares_of_many(
            events=improved,
            design=imputation.arrays.design,
            names=imputation.names,
            arm=ARM_COLUMN,
            penalised=penalised,
            clusters=clusters,
        )

    cells = [(improved[:, arm] == event).sum(axis=1).min() for arm in (full, ~full) for event in (True, False)]
    if min(cells) >= SMALL_CELL:
        try:
            return fit(penalised=False), False
        except NotEstimableError:
            pass  # separated in some data set: the penalised likelihood has a maximum
    return fit(penalised=True), True
