"""One ratio for all visits after the start, by generalised estimating equations, of counts or of yes/no."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.gee import fit_gee
from outcomes.models.contract import OF_THE_LOGARITHM, estimate_ratio
from outcomes.models.kinds import read_adjusted, read_repeated
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from outcomes.methods.gee import Correction, Family
    from outcomes.models.occasion import Occasion
    from outcomes.results.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a kind of measure is compared over all visits: its ratio, family of the equations, and what judges it."""

    analysis: str
    what: str
    label: str
    quantity: Quantity
    family: Family
    correction: Correction
    inference: str
    method: str


OF_KIND = {
    "count": Way(
        analysis="counts",
        what="common_rate_ratio",
        label="ratio of the mean numbers over all visits after the start",
        quantity=Quantity.RATE_RATIO,
        family="poisson",
        correction="mancl_derouen",
        inference="t",
        method=(
            "generalised estimating equations, log link, exchangeable correlation; Mancl–DeRouen standard error, "
            "t on people minus coefficients"
        ),
    ),
    "yes_no": Way(
        analysis="yes_no",
        what="common_odds_ratio",
        label="odds ratio over all visits after the start",
        quantity=Quantity.ODDS_RATIO,
        family="binomial",
        correction="kauermann_carroll",
        inference="satterthwaite",
        method=(
            "generalised estimating equations, logit link, exchangeable correlation; Kauermann–Carroll standard error, "
            "Satterthwaite df"
        ),
    ),
}


def compare_every_visit(occasion: Occasion) -> Outcome:
    """Compare the arms over all visits of a measure; the occasion says what is adjusted for."""
    described = occasion.cohort.plan.measures[occasion.measure]
    way = OF_KIND[described.kind]
    planned = Planned(
        key=Key(way.analysis, occasion.measure, what=way.what),
        label=f"{described.label}: {way.label}",
        quantity=way.quantity,
        unit="ratio",
    )

    def compute(planned: Planned) -> Outcome:
        found = read_adjusted(occasion)
        repeated = read_repeated(occasion, found)
        fit = fit_gee(
            values=repeated.values,
            design=repeated.design,
            people=repeated.rows,
            names=repeated.names,
            family=way.family,
        )
        return estimate_ratio(
            replace(planned, counts=repeated.people.counts()),
            fit.contrast(np.eye(len(fit.beta))[1], correction=way.correction),
            level=occasion.level,
            method=way.method,
            how=How(
                estimator="gee",
                inference=way.inference,
                covariance=way.correction,
                adjusted=found.adjusted,
                groups_not_allowed_for=occasion.cohort.clustering is not None,
            ),
            notes=(OF_THE_LOGARITHM, *found.notes),
        )

    return planned.attempt(compute)
