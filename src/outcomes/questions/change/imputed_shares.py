"""The share that improved reliably, with the scores of those not seen completed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.pooling import pool_estimates
from outcomes.methods.reliable_change import fit_reliable_change
from outcomes.methods.standardise_many import fit_shares_of_many
from outcomes.models.contract import to_interval
from outcomes.models.grouping import read_grouping
from outcomes.models.imputation import prepare_imputation
from outcomes.models.shares import ARM_COLUMN, FEW, SMALL_CELL
from outcomes.plan.model import ARMS
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.standardise_many import SharesOfMany
    from outcomes.models.grouping import Grouping
    from outcomes.models.imputation import Imputation
    from outcomes.models.occasion import Occasion
    from outcomes.results.planned import Planned

ALIKE = "Everybody improved reliably in every completed data set, or nobody did, so that there is nothing to compare."
LEAST_VARIANCE = 1e-12  # of a share: less is rounding, and Rubin's rules would divide by it


def declare_completed(occasion: Occasion) -> Planned:
    """Declare the adjusted difference of the share who improved, of scores that are completed."""
    key = occasion.key("change", "imputed_difference", category="improved")
    text = "improved reliably, adjusted difference with the scores of those not seen completed"
    shares = tuple(key.but(what="share", arm=arm) for arm in ARMS)
    quantity, unit = Quantity.SHARE_DIFFERENCE, "share_difference"
    return occasion.declare(key, text, quantity, unit=unit, tells=(shares,))


def compare_completed(occasion: Occasion, planned: Planned, threshold: float) -> Outcome:
    """Compare the arms in every completed data set, and pool.

    Parameters
    ----------
    occasion : Occasion
    planned : Planned
    threshold : float
        Smallest reliable change [points].
    """
    try:
        imputation = prepare_imputation(occasion.cohort, occasion.measure)
        after = imputation.scores(occasion.visit)
    except NotEstimableError as refusal:
        return planned.refuse(str(refusal), refusal.cause)
    judged = fit_reliable_change(
        before=occasion.before[imputation.people.used],
        after=after,
        higher_is_better=occasion.sign > 0,
        threshold=threshold,
        reached=occasion.cohort.plan.measures[occasion.measure].reliable_change is not None,
        cut_off=None,
    )
    counted = replace(planned, counts=imputation.people.counts())
    return counted.attempt(lambda p: _pool(occasion, imputation, judged.improved, p))


def _pool(occasion: Occasion, imputation: Imputation, improved: NDArray[np.bool_], planned: Planned) -> Outcome:
    grouping = read_grouping(occasion.cohort, imputation.people.used)
    if improved.all() or not improved.any():
        raise NotEstimableError(ALIKE, "too few")
    shares, penalised = _fit(imputation, improved, grouping)
    if shares.variances.min() <= LEAST_VARIANCE:
        raise NotEstimableError("The share has no variance to pool.")
    pooled = pool_estimates(estimates=shares.differences, variances=shares.variances, df_complete=shares.df)
    covariates = occasion.cohort.plan.adjust.covariates
    adjusted = ", ".join(["the score at the start", *covariates])
    spread = f"delta method and CR2 by {grouping.column}" if grouping.column else "delta method"
    return planned.estimate(
        pooled.estimate,
        se=pooled.contrast.se,
        df=pooled.df if np.isfinite(pooled.df) else None,
        p_value=pooled.contrast.p_value,
        interval=to_interval(occasion.level, pooled.contrast.interval(occasion.level)),
        method=(
            f"multiple imputation under missing at random from the posterior of the main model; in each completed data "
            f"set logistic regression by {'Firth' if penalised else 'maximum likelihood'}, adjusted for {adjusted}, "
            f"standardised over everybody, {spread}; pooled by Rubin's rules with Barnard and Rubin's df"
        ),
        how=How(
            estimator="standardised_shares",
            inference="rubin",
            covariance="cr2" if grouping.column else "model",
            adjusted=("baseline", *covariates),
            clusters=grouping.column,
            groups_not_allowed_for=grouping.refuses,
            penalised=penalised,
            draws=imputation.draws,
        ),
        notes=(*((FEW,) if penalised else ()), *grouping.notes),
    )


def _fit(imputation: Imputation, improved: NDArray[np.bool_], grouping: Grouping) -> tuple[SharesOfMany, bool]:
    """Fit by maximum likelihood where every data set has one, else all of them by Firth's penalised likelihood."""
    full = imputation.arrays.full

    def fit(*, penalised: bool) -> SharesOfMany:
        return fit_shares_of_many(
            events=improved,
            design=imputation.arrays.design,
            names=imputation.design.names,
            arm=ARM_COLUMN,
            penalised=penalised,
            clusters=grouping.labels,
        )

    cells = [(improved[:, arm] == event).sum(axis=1).min() for arm in (full, ~full) for event in (True, False)]
    if min(cells) >= SMALL_CELL:
        try:
            return fit(penalised=False), False
        except NotEstimableError:
            pass  # separated in some data set: the penalised likelihood has a maximum
    return fit(penalised=True), True
