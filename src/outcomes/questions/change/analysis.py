"""Change of single people: how many recovered, improved, stayed or got worse, beyond the error of measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import reliable_change
from outcomes.models.contract import People, attempt
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.models.shares import ShareModel
from outcomes.plan.model import ARMS
from outcomes.questions.change import talking_therapies
from outcomes.questions.change.imputed import LABEL, compare_completed
from outcomes.questions.change.shares import tell_share
from outcomes.results.outcome import Estimate, NotEstimable, NotEstimableError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates

WORDS = {
    "recovered": "recovered",
    "improved": "improved reliably (the recovered among them)",
    "unchanged": "did not change reliably",
    "crossed": "crossed the cut-off without a reliable change (among the unchanged)",
    "deteriorated": "got reliably worse",
}
NO_RELIABILITY = "The plan gives no reliability for this measure, and it is not scored from items."
NO_NORMS = "The plan gives no clinical and non-clinical norms for this measure."
CUT_OFFS: Mapping[reliable_change.CutOff, str] = {
    "a": "two standard deviations from the clinical mean",
    "b": "two of its own standard deviations from the non-clinical mean",
    "c": "where both norms are equally near",
}


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Judge every primary measure at the primary visit, for those seen then and at the start."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.primary_measures:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        yield from _cut_offs(occasion)
        try:
            occasion.require_baseline()
            change = judge(occasion, after=occasion.after)
        except NotEstimableError as reason:
            yield from _refuse(occasion, str(reason))
            continue
        yield _threshold(occasion, change)
        for arm in ARMS:
            yield from _count(occasion, arm, change)
        yield _compare(occasion, covariates)
        yield compare_completed(occasion, change.threshold)
    yield from talking_therapies.analyse(cohort, covariates)


def judge(occasion: Occasion, *, after: NDArray[np.float64]) -> reliable_change.ReliableChange:
    """Judge everybody's change to these scores at the visit, seen or filled in; a missing score counts nowhere.

    The threshold and the cut-off do not depend on `after`.

    Raises
    ------
    NotEstimableError
        Without a reliability, or where all scores at the start are equal.
    """
    measure = occasion.cohort.plan.measures[occasion.measure]
    reliability = measure.reliability or occasion.cohort.alphas.get(occasion.measure)
    if reliability is None:
        raise NotEstimableError(NO_RELIABILITY)
    start = occasion.before[~np.isnan(occasion.before)]
    sd = float(start.std(ddof=1)) if len(start) > 1 else 0.0
    return reliable_change.fit_reliable_change(
        before=occasion.before,
        after=after,
        higher_is_better=measure.better == "higher",
        threshold=reliable_change.smallest_reliable_change(sd=sd, reliability=reliability, level=0.95),
        cut_off=_cut_off(occasion, measure.cut_off),
    )


def compare_improved(occasion: Occasion, covariates: Covariates, *, after: NDArray[np.float64]) -> ShareModel:
    """Model who improved, given the scores at the visit: those seen, or a set completed by imputation.

    Parameters
    ----------
    occasion : Occasion
    covariates : Covariates
        Of the plan, without the score at the start.
    after : ndarray, shape (n,)
        Scores at the visit; nan leaves a person out [points].

    Raises
    ------
    NotEstimableError
        As `judge`, and where the model cannot be fitted.
    """
    change = judge(occasion, after=after)
    used = ~np.isnan(occasion.before) & ~np.isnan(after) & covariates.known
    columns = covariates.beside(occasion.before, "the score at the start")
    return ShareModel(occasion.cohort, change.improved.astype(float), columns, People(used, occasion.cohort.full))


def _cut_off(occasion: Occasion, kind: reliable_change.CutOff) -> float | None:
    measure = occasion.cohort.plan.measures[occasion.measure]
    if measure.clinical is None or measure.nonclinical is None:
        return None
    norms = [(norm.mean, norm.sd) for norm in (measure.clinical, measure.nonclinical)]
    return reliable_change.find_cut_off(clinical=norms[0], functional=norms[1], kind=kind)


def _cut_offs(occasion: Occasion) -> Iterator[Outcome]:
    """Tell all three cut-offs, and which of them the plan chose."""
    chosen = occasion.cohort.plan.measures[occasion.measure].cut_off
    for kind, where in CUT_OFFS.items():
        result, label = occasion.id("change", "cut_off", kind), f"{occasion.label}: cut-off {kind}"
        value = _cut_off(occasion, kind)
        if value is None:
            yield NotEstimable(id=result, label=label, reason=NO_NORMS)
            continue
        choice = "; the plan's choice" if kind == chosen else ""
        method = f"Jacobson & Truax (1991), cut-off {kind}: {where}{choice}"
        yield Estimate(id=result, label=label, value=value, unit="points", method=method)


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
    kind = measure.cut_off
    cut_off = "" if change.cut_off is None else f"; recovered: and across cut-off {kind}, {CUT_OFFS[kind]}"
    return Estimate(
        id=occasion.id("change", "threshold"),
        label=f"{occasion.label}: smallest reliable change",
        value=change.threshold,
        unit="points",
        method=f"Jacobson & Truax (1991): 1.96 √2 · SD at the start · √(1 − r), r from {source}{cut_off}",
        **People(occasion.paired, occasion.cohort.full).counts(),
    )


def _count(occasion: Occasion, arm: str, change: reliable_change.ReliableChange) -> Iterator[Outcome]:
    used = occasion.paired & occasion.cohort.in_arm(arm)
    happened: Mapping[str, NDArray[np.bool_] | None] = {
        "recovered": change.recovered,
        "improved": change.improved,
        "unchanged": ~change.improved & ~change.deteriorated,
        "crossed": change.crossed,
        "deteriorated": change.deteriorated,
    }
    among = "those seen at the start and at the visit"
    for word, mask in happened.items():
        result, label = occasion.id("change", arm, word), _label(occasion, arm, word)
        if mask is None:
            people = People(used, occasion.cohort.full).counts()
            yield NotEstimable(id=result, label=label, reason=NO_NORMS, **people)
            continue
        yield from tell_share(occasion.cohort, result, label, arm, mask=mask, used=used, among=among)


def _compare(occasion: Occasion, covariates: Covariates) -> Outcome:
    result = occasion.id("change", "improved", "difference")
    label = f"{occasion.label}: improved reliably, adjusted difference"
    people = People(occasion.paired & covariates.known, occasion.cohort.full)

    def compute() -> Outcome:
        return compare_improved(occasion, covariates, after=occasion.after).difference(result, label)

    return attempt(result, label, compute, people=people)
