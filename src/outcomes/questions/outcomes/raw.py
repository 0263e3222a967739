"""Scores as they are: means at each visit, change within each arm, difference between the arms, not adjusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.methods import effect_size, means
from outcomes.models.contract import People, attempt, count_arm
from outcomes.plan.model import ARMS
from outcomes.questions.baseline.analysis import describe_arm

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.models.occasion import Occasion
    from outcomes.results.outcome import Outcome


def describe(occasion: Occasion) -> Iterator[Outcome]:
    """Mean and standard deviation by arm, of everybody who was seen."""
    words = ("describe", occasion.measure, occasion.visit)
    for arm in ARMS:
        yield from describe_arm(words, occasion.label, "points", arm, occasion.after, occasion.cohort)


def change_within(occasion: Occasion) -> Iterator[Outcome]:
    """Change since the start in each arm, in points and in standard deviations of the start."""
    for arm in ARMS:
        mine = occasion.cohort.in_arm(arm)
        yield from _change_of(occasion, arm, occasion.paired & mine)


def _change_of(occasion: Occasion, arm: str, used: NDArray[np.bool_]) -> Iterator[Outcome]:
    counts, people = count_arm(arm, used), People(used, occasion.cohort.full)
    scores = {"before": occasion.before[used], "after": occasion.after[used]}
    arm_label = occasion.cohort.plan.arm_labels[arm]
    change_id, g_id = occasion.id("within", arm, "change"), occasion.id("within", arm, "g")
    change_label, g_label = f"change since the start, {arm_label}", f"standardised change, {arm_label}"

    def change() -> Outcome:
        occasion.require_baseline()
        fit = means.fit_change(**scores)
        method = "mean change of those seen at both visits, with its t interval; not adjusted"
        return occasion.to_points(change_id, change_label, fit.contrast, counts, method=method)

    def standardised() -> Outcome:
        occasion.require_baseline()
        fit = effect_size.fit_standardised_change(**scores, level=occasion.level)
        method = "mean change over the standard deviation at the start, corrected by J; normal interval (Becker 1988)"
        return occasion.to_g(g_id, fit, counts, what=g_label, method=method)

    yield attempt(change_id, f"{occasion.label}: {change_label}", change, people=people)
    yield attempt(g_id, f"{occasion.label}: {g_label}", standardised, people=people)


def compare_between(occasion: Occasion) -> Iterator[Outcome]:
    """Compare the arms without adjustment: change, d_ppc2, and g of the scores."""
    used = occasion.paired
    people = People(used, occasion.cohort.full)
    full, before, after = occasion.cohort.full[used], occasion.before[used], occasion.after[used]

    def difference() -> Outcome:
        occasion.require_baseline()
        fit = means.fit_difference(scores=after - before, full=full)
        method = "difference of the mean changes of those seen at both visits, pooled t; not adjusted"
        result = occasion.id("between", "difference")
        return occasion.to_points(result, "difference in change", fit.contrast, people.counts(), method=method)

    def g_change() -> Outcome:
        occasion.require_baseline()
        fit = effect_size.fit_d_ppc2(before=before, after=after, full=full, level=occasion.level)
        method = "d_ppc2 (Morris 2008): difference in change over the pooled sd at the start; normal interval"
        result = occasion.id("between", "g_change")
        return occasion.to_g(result, fit, people.counts(), what="effect size of change", method=method)

    def g_score() -> Outcome:
        occasion.require_baseline()
        fit = effect_size.fit_hedges_g(scores=after, full=full, level=occasion.level)
        method = "Hedges' g of the scores at the visit; exact non-central t interval"
        result = occasion.id("between", "g_score")
        return occasion.to_g(result, fit, people.counts(), what="effect size of the score", method=method)

    for what, label, compute in (
        ("difference", "difference in change", difference),
        ("g_change", "effect size of change", g_change),
        ("g_score", "effect size of the score", g_score),
    ):
        yield attempt(occasion.id("between", what), f"{occasion.label}: {label}", compute, people=people)
