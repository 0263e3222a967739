"""Change of single people: shares who recovered, improved, stayed or got worse, beyond the error of measurement."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import reliable_change
from outcomes.models.contract import People
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.models.shares import compare_shares, require_differing
from outcomes.plan.model import ARMS
from outcomes.questions.change import talking_therapies
from outcomes.questions.change.imputed_shares import compare_completed, declare_completed
from outcomes.questions.change.shares import SHARE, count_and_share, declare_share
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError, Outcome
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.models.alike import AlikeShares
    from outcomes.models.covariates import Covariates
    from outcomes.models.shares import ShareModel
    from outcomes.results.planned import Planned

WORDS = {
    "recovered": "recovered",
    "improved": "improved reliably (the recovered among them)",
    "unchanged": "did not change reliably",
    "crossed": "crossed the cut-off without a reliable change (among the unchanged)",
    "improved_only": "improved reliably and did not recover",
    "unchanged_only": "neither changed reliably nor crossed the cut-off",
    "deteriorated": "got reliably worse",
}
WHOLE = ("improved", "unchanged", "deteriorated")  # everybody is one of these; the other words lie within them
MADE_OF = {"improved": ("recovered", "improved_only"), "unchanged": ("crossed", "unchanged_only")}
NO_RELIABILITY = (
    "The plan gives neither a reliability nor a published reliable change for this measure, it is not scored from "
    "items, and the plan names no questionnaire whose reliability comes with the program."
)
NO_NORMS = (
    "The plan gives no clinical and non-clinical norms for this measure, and none with a source come with the program."
)
CUT_OFFS: Mapping[reliable_change.CutOff, str] = {
    "a": "two standard deviations from the clinical mean",
    "b": "two of its own standard deviations from the non-clinical mean",
    "c": "where both norms are equally near",
}


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Shares of reliable change of every judged measure at the primary visit, and their adjusted differences."""
    covariates = read_covariates(cohort)
    for measure in cohort.plan.judged_measures:
        occasion = Occasion(cohort, measure, cohort.plan.primary)
        yield from _find_cut_offs(occasion)
        shares, difference = _declare_shares(occasion), _declare_difference(occasion)
        completed = declare_completed(occasion)
        try:
            occasion.require_baseline()
            change = judge(occasion, after=occasion.after)
        except NotEstimableError as why:
            for planned in (*shares, difference, completed):
                yield replace(planned, counts=None).refuse(str(why), why.cause)
            continue
        yield _find_threshold(occasion, change)
        yield from _count(occasion, shares, change)
        people = People(occasion.paired & covariates.known, cohort.full)
        compute = partial(_compare, occasion, covariates)
        yield replace(difference, counts=people.counts()).attempt(compute)
        yield compare_completed(occasion, completed, change.threshold)
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
    return reliable_change.fit_reliable_change(
        before=occasion.before,
        after=after,
        higher_is_better=measure.better == "higher",
        threshold=_smallest(occasion),
        reached=measure.reliable_change is not None,
        cut_off=_cut_off(occasion, measure.cut_off),
    )


def _smallest(occasion: Occasion) -> float:
    """Smallest reliable change: as published, where the plan gives it, else from the reliability."""
    measure = occasion.cohort.plan.measures[occasion.measure]
    if measure.reliable_change is not None:
        return measure.reliable_change.points
    reliability = occasion.cohort.reliability(occasion.measure)
    if reliability is None:
        raise NotEstimableError(NO_RELIABILITY, "not planned")
    start = occasion.before[~np.isnan(occasion.before)]
    sd = float(start.std(ddof=1)) if len(start) > 1 else 0.0
    return reliable_change.smallest_reliable_change(sd=sd, reliability=reliability, level=0.95)


def compare_improved(
    occasion: Occasion, covariates: Covariates, *, after: NDArray[np.float64]
) -> ShareModel | AlikeShares:
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
    people = People(used, occasion.cohort.full)
    judged = ~np.isnan(occasion.before) & ~np.isnan(after)
    require_differing(np.where(judged, change.improved, np.nan), people)
    return compare_shares(
        occasion.cohort,
        change.improved.astype(float),
        columns,
        people,
        adjusted=("baseline", *covariates.sources),
    )


def _cut_off(occasion: Occasion, kind: reliable_change.CutOff) -> float | None:
    measure = occasion.cohort.plan.measures[occasion.measure]
    if measure.clinical is None or measure.nonclinical is None:
        return None
    norms = [(norm.mean, norm.sd) for norm in (measure.clinical, measure.nonclinical)]
    return reliable_change.find_cut_off(clinical=norms[0], functional=norms[1], kind=kind)


def _find_cut_offs(occasion: Occasion) -> Iterator[Outcome]:
    """Give all three cut-offs, and which of them the plan chose."""
    chosen = occasion.cohort.plan.measures[occasion.measure].cut_off
    for kind, where in CUT_OFFS.items():
        key = occasion.key("change", "cut_off", category=kind)
        planned = occasion.declare(key, f"cut-off {kind}", Quantity.CUT_OFF)
        value = _cut_off(occasion, kind)
        choice = "; the plan's choice" if kind == chosen else ""
        method = f"Jacobson & Truax (1991), cut-off {kind}: {where}{choice}"
        how = How(estimator="jacobson_truax")
        yield (
            planned.refuse(NO_NORMS, "not planned")
            if value is None
            else planned.estimate(value, method=method, how=how)
        )


def _declare_shares(occasion: Occasion) -> list[Planned]:
    """Declare what became of the people of each arm; three of the words add up to everybody."""
    found = []
    for arm in ARMS:
        for word, text in WORDS.items():
            key = occasion.key("change", SHARE, arm, category=word)
            label = f"{occasion.label}: {text}, {occasion.cohort.plan.arm_names[arm]}"
            sisters = tuple(other for other in WHOLE if other != word) if word in WHOLE else ()
            told = tuple(names for names in (sisters, MADE_OF.get(word, ())) if names)
            planned = declare_share(occasion.cohort, key, label, occasion.paired)
            found.append(replace(planned, tells=tuple(tuple(key.but(category=one) for one in names) for names in told)))
    return found


def _declare_difference(occasion: Occasion) -> Planned:
    key = occasion.key("change", "difference", category="improved")
    shares = tuple(key.but(what=SHARE, arm=arm) for arm in ARMS)
    return occasion.declare(
        key,
        "improved reliably, adjusted difference",
        Quantity.SHARE_DIFFERENCE,
        unit="share_difference",
        tells=(shares,),
    )


def _find_threshold(occasion: Occasion, change: reliable_change.ReliableChange) -> Outcome:
    """Give the smallest reliable change."""
    measure = occasion.cohort.plan.measures[occasion.measure]
    kind = measure.cut_off
    cut_off = "" if change.cut_off is None else f"; recovered: and across cut-off {kind}, {CUT_OFFS[kind]}"
    counts = People(occasion.paired, occasion.cohort.full).counts()
    planned = occasion.declare(
        occasion.key("change", "threshold"), "smallest reliable change", Quantity.CUT_OFF, counts=counts
    )
    if measure.reliable_change is not None:
        method = f"as published ({measure.reliable_change.source}): a change of this size or more{cut_off}"
        return planned.estimate(change.threshold, method=method, how=How(estimator="published"))
    source = _say_source(occasion)
    method = f"Jacobson & Truax (1991): 1.96 √2 · SD at the start · √(1 − r), r from {source}{cut_off}"
    return planned.estimate(change.threshold, method=method, how=How(estimator="jacobson_truax"))


def _say_source(occasion: Occasion) -> str:
    """Say where the reliability of a measure is from."""
    cohort, measure = occasion.cohort, occasion.cohort.plan.measures[occasion.measure]
    if measure.reliability is not None:
        return "the plan's reliability"
    if occasion.measure in cohort.alphas or measure.instrument is None:
        return "Cronbach's alpha of the items"
    known = cohort.plan.instrument(measure.instrument)
    return f"what is published for the {known.name} ({known.citation}; {cohort.published[occasion.measure].status})"


def _count(occasion: Occasion, shares: Sequence[Planned], change: reliable_change.ReliableChange) -> Iterator[Outcome]:
    """Count and share of each word in each arm."""
    happened: Mapping[str, NDArray[np.bool_] | None] = {
        "recovered": change.recovered,
        "improved": change.improved,
        "unchanged": ~change.improved & ~change.deteriorated,
        "crossed": change.crossed,
        "deteriorated": change.deteriorated,
        "improved_only": None if change.recovered is None else change.improved & ~change.recovered,
        "unchanged_only": (
            None if change.crossed is None else ~change.improved & ~change.deteriorated & ~change.crossed
        ),
    }
    among, used = "those seen at the start and at the visit", occasion.paired
    for planned in shares:
        mask = happened[planned.key.category]
        if mask is None:
            people = People(used & occasion.cohort.in_arm(planned.key.arm), occasion.cohort.full)
            yield replace(planned, counts=people.counts()).refuse(NO_NORMS, "not planned")
        else:
            yield from count_and_share(occasion.cohort, planned, mask=mask, used=used, among=among)


def _compare(occasion: Occasion, covariates: Covariates, planned: Planned) -> Outcome:
    return compare_improved(occasion, covariates, after=occasion.after).difference(planned)
