"""Change of single people: how many recovered, improved, stayed or got worse, beyond the error of measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analyses.change_imputed import LABEL, compare_completed
from outcomes.analyses.contract import People, attempt, count_arm, to_interval
from outcomes.analyses.covariates import read_covariates
from outcomes.analyses.outcomes.occasion import Occasion
from outcomes.analyses.share_model import ShareModel
from outcomes.core.estimates import Estimate, NotEstimable, NotEstimableError, Outcome
from outcomes.methods import proportions, reliable_change
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.analyses.covariates import Covariates
    from outcomes.cohort import Cohort

WORDS = {
    "recovered": "recovered",
    "improved": "improved reliably (the recovered among them)",
    "unchanged": "did not change reliably",
    "deteriorated": "got reliably worse",
}
NO_RELIABILITY = "The plan gives no reliability for this measure, and it is not scored from items."
NO_NORMS = "The plan gives no clinical and non-clinical norms for this measure."


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Judge every primary measure at the primary visit, for those seen then and at the start."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_measures:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        try:
            occasion.require_baseline()
            change = _judge(occasion)
        except NotEstimableError as reason:
            yield from _refuse(occasion, str(reason))
            continue
        yield _threshold(occasion, change)
        for arm in ARMS:
            yield from _count(occasion, arm, change)
        yield _compare(occasion, change, covariates)
        yield compare_completed(occasion, change.threshold)


def _judge(occasion: Occasion) -> reliable_change.ReliableChange:
    """Judge everybody; those without both scores count nowhere."""
    measure = occasion.cohort.plan.measures[occasion.measure]
    reliability = measure.reliability or occasion.cohort.alphas.get(occasion.measure)
    if reliability is None:
        raise NotEstimableError(NO_RELIABILITY)
    start = occasion.before[~np.isnan(occasion.before)]
    sd = float(start.std(ddof=1)) if len(start) > 1 else 0.0
    cut_off = None
    if measure.clinical is not None and measure.nonclinical is not None:
        norms = [(norm.mean, norm.sd) for norm in (measure.clinical, measure.nonclinical)]
        cut_off = reliable_change.find_cut_off(clinical=norms[0], functional=norms[1], kind="c")
    return reliable_change.fit_reliable_change(
        before=occasion.before,
        after=occasion.after,
        higher_is_better=measure.better == "higher",
        threshold=reliable_change.smallest_reliable_change(sd=sd, reliability=reliability, level=0.95),
        cut_off=cut_off,
    )


def _refuse(occasion: Occasion, reason: str) -> Iterator[Outcome]:
    for arm in ARMS:
        for word in WORDS:
            label = _label(occasion, arm, word)
            yield NotEstimable(id=occasion.id("change", arm, word), label=label, reason=reason)
    label = f"{occasion.label}: improved reliably, adjusted difference"
    yield NotEstimable(id=occasion.id("change", "improved", "difference"), label=label, reason=reason)
    label = f"{occasion.label}: {LABEL}"
    yield NotEstimable(id=occasion.id("change", "improved", "imputed_difference"), label=label, reason=reason)


def _label(occasion: Occasion, arm: str, word: str) -> str:
    return f"{occasion.label}: {WORDS[word]}, {occasion.cohort.plan.arm_labels[arm]}"


def _threshold(occasion: Occasion, change: reliable_change.ReliableChange) -> Outcome:
    measure = occasion.cohort.plan.measures[occasion.measure]
    source = "the plan's reliability" if measure.reliability is not None else "Cronbach's alpha of the items"
    cut_off = "" if change.cut_off is None else "; recovered: and across the cut-off c between the plan's two norms"
    return Estimate(
        id=occasion.id("change", "threshold"),
        label=f"{occasion.label}: smallest reliable change",
        value=change.threshold,
        unit="points",
        method=f"Jacobson & Truax (1991): 1.96 √2 · SD at the start · √(1 − r), r from {source}{cut_off}",
        **People(occasion.paired, occasion.cohort.full).counts(),
    )


def _count(occasion: Occasion, arm: str, change: reliable_change.ReliableChange) -> Iterator[Outcome]:
    used = occasion.paired & (occasion.cohort.full if arm == "full" else ~occasion.cohort.full)
    happened: Mapping[str, NDArray[np.bool_] | None] = {
        "recovered": change.recovered,
        "improved": change.improved,
        "unchanged": ~change.improved & ~change.deteriorated,
        "deteriorated": change.deteriorated,
    }
    for word, mask in happened.items():
        yield _share(occasion, arm, word, mask, used)


def _share(occasion: Occasion, arm: str, word: str, mask: NDArray[np.bool_] | None, used: NDArray[np.bool_]) -> Outcome:
    result, label = occasion.id("change", arm, word), _label(occasion, arm, word)

    def compute() -> Outcome:
        if mask is None:
            raise NotEstimableError(NO_NORMS)
        fit = proportions.fit_share(events=int(mask[used].sum()), n=int(used.sum()), level=occasion.level)
        return Estimate(
            id=result,
            label=label,
            value=fit.value,
            unit="share",
            interval=to_interval(occasion.level, (fit.low, fit.high)),
            method="share of those seen at the start and at the visit, Wilson's interval, not adjusted",
            **count_arm(arm, used),
        )

    return attempt(result, label, compute, people=People(used, occasion.cohort.full))


def _compare(occasion: Occasion, change: reliable_change.ReliableChange, covariates: Covariates) -> Outcome:
    result = occasion.id("change", "improved", "difference")
    label = f"{occasion.label}: improved reliably, adjusted difference"
    people = People(occasion.paired & covariates.known, occasion.cohort.full)
    columns = covariates.beside(occasion.before, "the score at the start")
    happened = change.improved.astype(float)
    return attempt(
        result,
        label,
        lambda: ShareModel(occasion.cohort, happened, columns, people).difference(result, label),
        people=people,
    )
