"""Scores as they are: means at each visit, change within each arm, difference between the arms, not adjusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.methods import effect_size, means
from outcomes.models.contract import People, count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.baseline.analysis import describe_arm
from outcomes.results.how import How
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.models.occasion import Occasion
    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned


def describe(occasion: Occasion) -> Iterator[Outcome]:
    """Mean and standard deviation by arm, of everybody who was seen."""
    for arm in ARMS:
        key = occasion.key("describe", "", arm)
        yield from describe_arm(occasion.cohort, key, occasion.label, "points", occasion.after)


def change_within(occasion: Occasion, arm: str) -> Iterator[Outcome]:
    """Change since the start in an arm, in points and in standard deviations of the start."""
    used = occasion.paired & occasion.cohort.in_arm(arm)
    counts, refused = count_arm(arm, used), People(used, occasion.cohort.full).counts()
    scores = {"before": occasion.before[used], "after": occasion.after[used]}
    arm_label = occasion.cohort.plan.arm_names[arm]
    points = occasion.declare(
        occasion.key("within", "change", arm), f"change since the start, {arm_label}", Quantity.CHANGE, counts=counts
    )
    g = occasion.declare(
        occasion.key("within", "g", arm),
        f"standardised change, {arm_label}",
        Quantity.STANDARDISED_DIFFERENCE,
        unit="sd",
        counts=counts,
    )

    def change(planned: Planned) -> Outcome:
        occasion.require_baseline()
        method = "mean change of those seen at both visits, with its t interval; not adjusted"
        how = How(estimator="mean_change", inference="t")
        return occasion.estimate_points(planned, means.fit_change(**scores).contrast, method=method, how=how)

    def standardised(planned: Planned) -> Outcome:
        occasion.require_baseline()
        fit = effect_size.fit_standardised_change(**scores, level=occasion.level)
        method = "mean change over the standard deviation at the start, corrected by J; normal interval (Becker 1988)"
        return occasion.estimate_g(planned, fit, method=method, how=How(estimator="becker", inference="normal"))

    yield points.attempt(change, refused=refused)
    yield g.attempt(standardised, refused=refused)


def compare_between(occasion: Occasion) -> Iterator[Outcome]:
    """Difference between the arms without adjustment: of the change, as d_ppc2, and g of the scores."""
    used = occasion.paired
    counts = People(used, occasion.cohort.full).counts()
    full, before, after = occasion.cohort.full[used], occasion.before[used], occasion.after[used]

    def difference(planned: Planned) -> Outcome:
        occasion.require_baseline()
        fit = means.fit_difference(scores=after - before, full=full)
        method = "difference of the mean changes of those seen at both visits, pooled t; not adjusted"
        how = How(estimator="mean_change", inference="pooled_t")
        return occasion.estimate_points(planned, fit.contrast, method=method, how=how)

    def g_change(planned: Planned) -> Outcome:
        occasion.require_baseline()
        fit = effect_size.fit_d_ppc2(before=before, after=after, full=full, level=occasion.level)
        method = "d_ppc2 (Morris 2008): difference in change over the pooled sd at the start; normal interval"
        return occasion.estimate_g(planned, fit, method=method, how=How(estimator="d_ppc2", inference="normal"))

    def g_score(planned: Planned) -> Outcome:
        occasion.require_baseline()
        fit = effect_size.fit_hedges_g(scores=after, full=full, level=occasion.level)
        method = "Hedges' g of the scores at the visit; exact non-central t interval"
        how = How(estimator="hedges_g", inference="noncentral_t")
        return occasion.estimate_g(planned, fit, method=method, how=how)

    key, changes = occasion.key("between", "difference"), tuple(occasion.key("within", "change", arm) for arm in ARMS)
    points = occasion.declare(key, "difference in change", Quantity.DIFFERENCE, counts=counts, tells=(changes,))
    yield points.attempt(difference)
    for what, text, compute in (
        ("g_change", "effect size of change", g_change),
        ("g_score", "effect size of the score", g_score),
    ):
        g = Quantity.STANDARDISED_DIFFERENCE
        yield occasion.declare(key.but(what=what), text, g, unit="sd", counts=counts).attempt(compute)
